"""Clocks that came after packs were written: a document that does not name them has these, so that every version ever released still loads (decision 0010)."""

from __future__ import annotations

from amends.core.pack import Clock, Pack, Source
from amends.core.spans import Span, daily_cutoff

OWN = "own"
DEFAULT_CLOCKS: dict[str, Clock] = {
    "negotiation": Clock("negotiating", Span("elapsed", 172_800), "back_to_merchant", OWN, remind_before=7200),
    "dispute_answer": Clock("awaiting_merchant", Span("elapsed", 86_400), "judge_without_evidence", OWN, remind_before=7200, kind="dispute"),
    "settle_confirm": Clock("awaiting_buyer_confirmation", Span("elapsed", 259_200), "settle", OWN, remind_before=86_400, kind="dispute"),
    "evidence": Clock("awaiting_evidence", Span("elapsed", 259_200), "judge", OWN, remind_before=86_400, kind="dispute"),
    "question": Clock("awaiting_evidence", Span("elapsed", 86_400), "judge", OWN, remind_before=7200, kind="dispute"),
    "adjudicate": Clock("awaiting_adjudication", Span("working_days", 3), "warn", OWN, remind_before=14_400, kind="dispute"),
    "execute": Clock("adjudicated", Span("elapsed", 86_400), "carry_out", OWN, remind_before=7200, kind="dispute"),
    "appeal": Clock("adjudicated", Span("calendar_days", 6), "close", OWN, kind="dispute"),
    "appeal_review": Clock("appealing", Span("working_days", 3), "warn", OWN, remind_before=14_400, kind="dispute"),
    "ticket_answer": Clock("awaiting_merchant", Span("elapsed", 10_800), "count_as_consent", OWN, remind_before=3600, kind="ticket"),
    "ticket_mail": Clock("awaiting_merchant", daily_cutoff("16:00", "18:00"), "count_as_consent", OWN, remind_before=3600, kind="ticket"),
    "ticket_transfer": Clock("awaiting_merchant", Span("elapsed", 86_400), "transfer", OWN, remind_before=3600, kind="ticket"),
    "ticket_follow_up": Clock("awaiting_other_side", Span("elapsed", 259_200), "resolve", OWN, remind_before=86_400, kind="ticket"),
    "ticket_decide": Clock("transferred", Span("working_days", 1), "warn", OWN, remind_before=14_400, kind="ticket"),
    "ticket_carry_out": Clock("transferred", Span("calendar_days", 3), "platform_may_refund", OWN, remind_before=86_400, kind="ticket"),
    "claim_back": Clock("claiming_back", Span("calendar_days", 7), "write_off", OWN, remind_before=86_400),
}
"""Own figures: the buyer has as long to answer a proposal as the merchant has to review (48 h), and a week to pay an advance back."""


def complete(pack: Pack) -> None:
    """Put in what an older document does not name. A clock that is named there stands as it is."""
    for name, clock in DEFAULT_CLOCKS.items():
        if name not in pack.clocks:
            pack.clocks[name] = clock
            pack.sources.setdefault(OWN, Source("own", "our own editable default: no source gives a figure", "默认值，可修改：没有来源给出数字"))
