"""Guards and choices of a dispute (04-disputes).

Facts looked at: `disputes` (the pack's section, `core.pack_disputes.Disputes`), `order` (as `core.rules_cancel` says), `room` (minor units that can still be given back of what is in
dispute, with what this dispute itself gave counted as free again), `paid` (minor units paid for what is in dispute), `goods_paid` (the same of its goods alone), `room_all` (the same with the order's way out), `under_way` (refund requests and payouts of awards that are with a provider), `appeal_until` (instant until which a judgement of now could be appealed). A missing fact means "none".
"""

from datetime import datetime
from typing import Any

from amends.core.actor import Party
from amends.core.judged import freight_of, way_out
from amends.core.machine import Look
from amends.core.pack_disputes import CANCEL_ORDER
from amends.core.refusal import Refusal
from amends.core.rules import before_asking
from amends.core.rules_awards import compensation_fits, freight_fits, section
from amends.core.rules_cancel import order_received, order_shipped
from amends.core.rules_evidence import evidence_is_open, still_adding
from amends.core.windows import window_of

HANDS_OVER = ("refund", "return_and_refund")
"""Outcomes that need an amount."""
THROUGH_CASE = ("return_and_refund", "reship")
"""Outcomes that a service order carries out."""


def side_of(look: Look) -> str:
    """The side of the trade that acts, `platform` for the platform's people."""
    return look.actor.side.value


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def evidence_still_waited_for(look: Look) -> bool:
    """An answer was given: others are still owed, or the time for evidence is not over yet and somebody may add to it."""
    asked = {q["n"] for q in look.case.body.get("questions") or () if not q.get("answer")} - {getattr(look.command, "question", None)}
    return bool(asked) or (look.case.body.get("clock", {}).get("clock") != "question" and bool(still_adding(look.case.body)))


def verdict(look: Look) -> dict[str, Any]:
    """The judgement as typed, as waiting for a second person, or as it stands."""
    body = look.case.body
    if hasattr(look.command, "liability"):
        c: Any = look.command
        return {"outcome": c.outcome, "amount": c.amount or 0, "freight": c.freight or 0, "compensation": c.compensation or 0, "advance": c.advance, "liability": c.liability, "freight_by": c.freight_by, "freight_way": c.freight_way}
    return dict(body.get("pending") or body.get("judgement") or {})


def total(judged: dict[str, Any]) -> int:
    """Everything a judgement gives the buyer, in minor units."""
    return int(judged.get("amount", 0)) + int(judged.get("compensation", 0)) + freight_of(judged)


def worth(look: Look, judged: dict[str, Any]) -> int:
    """What a judgement is worth to the buyer, in minor units: its money, and what was paid for goods that go out anew."""
    return total(judged) + (int(look.facts.get("goods_paid", 0)) if judged.get("outcome") == "reship" else 0)


def needs_second_person(look: Look) -> bool:
    """DI-6: above the set amount somebody else looks first; under appeal also where so much would be taken back."""
    above = section(look).second_above
    # What an appeal takes back weighs as much as what it gives.
    standing = worth(look, look.case.body.get("judgement") or {}) if look.case.state == "appealing" else 0
    return bool(above) and max(worth(look, verdict(look)), standing) > above


def appeal_is_over(look: Look) -> bool:
    """The time to carry out has been; now the time to appeal has run out too."""
    return bool(look.case.body.get("appeal_runs"))


@before_asking
def is_about_cancelling(look: Look) -> Refusal | None:
    """DI-2: the three settlement plans belong to the cancel-order scenario."""
    return None if look.case.type == CANCEL_ORDER else Refusal("plan_for_cancelling")


@before_asking
def is_not_about_cancelling(look: Look) -> Refusal | None:
    """DI-2: where an order is to be cancelled, one of the four is chosen."""
    return Refusal("choose_a_plan") if look.case.type == CANCEL_ORDER else None


@before_asking
def order_not_received(look: Look) -> Refusal | None:
    """OR-5: after receipt there is nothing left to cancel."""
    return Refusal("dispute_received") if order_received(look) else None


@before_asking
def order_is_shipped(look: Look) -> Refusal | None:
    """There is a parcel to wait for."""
    return None if order_shipped(look) else Refusal("dispute_not_shipped")


def offer_fits(look: Look) -> Refusal | None:
    """An offer of money names how much, and no more than is left."""
    offer, amount = getattr(look.command, "offer", ""), getattr(look.command, "amount", None)
    return _has_case(look, offer, "offer") or _amount_fits(look, offer, amount or 0, amount or 0 if offer == "compensation" else 0)


def _has_case(look: Look, outcome: str, field: str) -> Refusal | None:
    """Goods come back, or go out anew, through a service order: the one in dispute, or one opened for it once the goods are received (OR-5)."""
    able = look.case.body.get("parent_kind") == "service_order" or order_received(look)
    return Refusal("judge_needs_service_order", field=field) if outcome in THROUGH_CASE and not able else None


def _amount_fits(look: Look, outcome: str, amount: int, compensation: int) -> Refusal | None:
    room = int(look.facts.get("room", 0))
    if outcome in HANDS_OVER and amount <= 0:
        return Refusal("judge_amount_missing", {"most": room}, "amount")
    if outcome in HANDS_OVER and amount > room:
        return Refusal("judge_above_room", {"most": room, "asked": amount}, "amount")
    if outcome == "compensation" and compensation <= 0:
        return Refusal("judge_compensation_missing", field="amount" if hasattr(look.command, "offer") else "compensation")
    return compensation_fits(look, compensation, "amount" if hasattr(look.command, "offer") else "compensation")


def ground_is_known(look: Look) -> Refusal | None:
    """The ground is one of the pack's for this scenario."""
    known = [g for g in section(look).grounds if look.case.type in g.scenarios]
    code = getattr(look.command, "ground", "")
    return None if any(g.code == code for g in known) else Refusal("ground_unknown", {"zh": "、".join(g.zh for g in known), "en": ", ".join(g.en for g in known)}, "ground")


@before_asking
def may_file_evidence(look: Look) -> Refusal | None:
    """Until the closing date, while evidence is waited for, and again under appeal (DI-5, DI-8)."""
    # While a question is waited for after the closing date, files come with its answer, from the side it was put to.
    runs = look.case.state == "awaiting_evidence" and look.case.body.get("clock", {}).get("clock") == "evidence"
    if evidence_is_open(look) or runs or look.case.state == "appealing":
        return None
    return Refusal("evidence_closed", {"until": window_of(look.case.body, "evidence_until")})


@before_asking
def opened_by_buyer(look: Look) -> Refusal | None:
    """What the platform opened is not the buyer's to withdraw."""
    return Refusal("dispute_of_platform") if look.case.body.get("by_staff") else None


def evidence_has_content(look: Look) -> Refusal | None:
    """A piece of evidence is a file; words alone are a message."""
    return None if getattr(look.command, "photos", ()) else Refusal("evidence_needs_file", field="photos")


def evidence_within(look: Look) -> Refusal | None:
    """So many files a side; what is filed with an answer or an appeal counts too (DI-5)."""
    most, filed = section(look).files_at_most, int((look.case.body.get("filed") or {}).get(side_of(look), 0))
    return Refusal("evidence_too_many", {"most": most, "now": filed}, "photos") if filed + len(getattr(look.command, "photos", ())) > most else None


def new_evidence_is_whole(look: Look) -> Refusal | None:
    """Files brought with an appeal say what they are."""
    return Refusal("evidence_kind_missing", field="evidence") if getattr(look.command, "photos", ()) and not getattr(look.command, "evidence", "") else None


def plan_is_under_way(look: Look) -> bool:
    """The house has not reported yet; silence settles nothing that has not been done."""
    return look.case.body.get("plan_state") == "under_way"


def silence_settles(look: Look) -> bool:
    """DI-4: silence settles a plan, and an offer that gives the buyer something; one of nothing is judged. What was agreed about cancelling is a plan, not an offer (decision 0011)."""
    return look.case.body.get("plan") != "offer" or (look.case.body.get("offer") or {}).get("outcome") != "nothing"


@before_asking
def plan_is_carried_out(look: Look) -> Refusal | None:
    """DI-2: what is confirmed has been done."""
    return Refusal("plan_under_way") if look.case.body.get("plan_state") == "under_way" else None


def _question(look: Look) -> dict[str, Any] | None:
    number = getattr(look.command, "question", None)
    return next((q for q in look.case.body.get("questions") or () if q["n"] == number), None)


def asked_of_oneself(look: Look) -> Refusal | None:
    """A question belongs to the side it was put to (DI-6a)."""
    found = _question(look)
    return None if found is not None and found["side"] == side_of(look) else Refusal("question_unknown", field="question")


def not_answered_yet(look: Look) -> Refusal | None:
    """DI-6a: answered once, and not edited afterwards."""
    found = _question(look)
    return Refusal("question_answered_before", field="question") if found is not None and found.get("answer") else None


@before_asking
def questions_left(look: Look) -> Refusal | None:
    """So many questions a dispute, that nobody is asked for ever."""
    most = section(look).questions_at_most
    return Refusal("questions_used_up", {"most": most}) if len(look.case.body.get("questions") or ()) >= most else None


@before_asking
def nothing_to_confirm(look: Look) -> Refusal | None:
    """A judgement waits for its second person."""
    pending = look.case.body.get("pending")
    return Refusal("judgement_waits", {"name": pending["by_name"]}) if pending else None


@before_asking
def waits_for_second(look: Look) -> Refusal | None:
    """There is a judgement to look at."""
    return None if look.case.body.get("pending") else Refusal("nothing_waits_for_second")


@before_asking
def another_person(look: Look) -> Refusal | None:
    """DI-6: the second person is not the first."""
    pending = look.case.body.get("pending") or {}
    return Refusal("second_is_first") if pending.get("by") == look.actor.id else None


@before_asking
def another_judge(look: Look) -> Refusal | None:
    """DI-8: an appeal is judged by somebody who took no part in any judgement of this dispute, and dismissed no appeal of it."""
    body = look.case.body
    took_part = {who for judged in body.get("judgements") or () for who in (judged.get("by"), judged.get("second"))} | set(body.get("dismissers") or ())
    return Refusal("judge_of_first", {"name": look.actor.name}) if look.actor.id in took_part else None


def judgement_fits(look: Look) -> Refusal | None:
    """Outcome and amounts belong together (DI-6a)."""
    judged = verdict(look)
    if refusal := _has_case(look, judged["outcome"], "outcome"):
        return refusal
    if judged["outcome"] == "nothing" and total(judged):
        return Refusal("judge_nothing_costs", field="outcome")
    if judged["outcome"] not in HANDS_OVER and judged["amount"]:
        return Refusal("judge_refund_beside", field="amount")
    if (judged["freight"] or judged["freight_way"]) and not judged["freight_by"]:
        return Refusal("judge_freight_payer", field="freight_by")
    if judged["advance"] and (judged["liability"] not in ("merchant", "shared") or not total(judged)):
        return Refusal("advance_needs_merchant", field="advance")
    return None


def rules_are_known(look: Look) -> Refusal | None:
    """DI-6: reasons by rule number."""
    known = {r.number for r in section(look).rules}
    wrong = [str(n) for n in getattr(look.command, "rules", ()) if n not in known]
    return Refusal("rule_unknown", {"numbers": ", ".join(wrong)}, "rules") if wrong else None


def within_room(look: Look) -> Refusal | None:
    """MO-1: never more than was paid and is left, whatever is judged."""
    judged = verdict(look)
    wrong = freight_fits(look, judged, "freight", "freight_way") or _amount_fits(look, judged["outcome"], judged["amount"], judged["compensation"])
    return wrong or _beside_way_out(look, judged, "amount")


def _beside_way_out(look: Look, judged: dict[str, Any], field: str | None) -> Refusal | None:
    """Refund and way out together stay within what was paid: of a whole order the refund may take the way out in already."""
    out, amount = way_out(judged), int(judged.get("amount") or 0)
    most = int(look.facts.get("room_all", 0)) - out
    return Refusal("judge_above_room", {"most": max(0, most), "asked": amount}, field) if out and amount > most else None


def still_within_room(look: Look) -> Refusal | None:
    """The same when the second person looks: something may have been refunded, awarded or claimed meanwhile."""
    pending = look.case.body.get("pending") or {}
    room = int(look.facts.get("room", 0))
    if pending.get("amount", 0) > room:
        return Refusal("judge_above_room", {"most": room, "asked": pending.get("amount", 0)})
    return compensation_fits(look, int(pending.get("compensation") or 0), None) or freight_fits(look, pending, None, None) or _beside_way_out(look, pending, None)


@before_asking
def not_carried_out(look: Look) -> Refusal | None:
    """Carried out once."""
    return Refusal("carried_out_before") if look.case.body.get("executed") else None


@before_asking
def nothing_on_its_way(look: Look) -> Refusal | None:
    """Money that is with a provider can only be taken back when the provider has answered, and cases that are being changed only when they have been."""
    if look.case.body.get("applying"):
        return Refusal("remedy_under_way")
    return Refusal("money_under_way") if look.facts.get("under_way") else None


@before_asking
def appeals_once(look: Look) -> Refusal | None:
    """DI-8: each side once."""
    return Refusal("appealed_before") if side_of(look) in (look.case.body.get("appeals") or {}) else None


@before_asking
def in_time_to_appeal(look: Look) -> Refusal | None:
    """DI-8: within the pack's days after the judgement."""
    until = _instant(window_of(look.case.body, "appeal_until"))
    return Refusal("appeal_late", {"until": window_of(look.case.body, "appeal_until")}) if until is None or look.now >= until else None


def appellant(look: Look) -> Party:
    """Who appealed last."""
    return Party((look.case.body.get("appeal") or {}).get("side", "buyer"))
