"""A case as its buyer reads it: where it stands, what happened, what comes next, who must act, by when and what happens then (SO-5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.core.pack import Pack
from amends.core.pack_flows import KEEP, traits_of
from amends.store.screens.buyer import CasePage, Event

Say = Callable[..., str]

# The road of each type, by the states a case waits in; what stands behind the present one is still to come.
ROADS: dict[str, tuple[str, ...]] = {
    "return": ("reviewing", "awaiting_return", "in_transit", "processing", "confirming"),
    "exchange": ("reviewing", "awaiting_return", "in_transit", "processing", "fulfilling", "awaiting_delivery"),
    "repair": ("reviewing", "awaiting_return", "in_transit", "processing", "fulfilling", "awaiting_delivery"),
    "reissue": ("reviewing", "fulfilling", "awaiting_delivery"),
}
KEPT = ("reviewing", "confirming")
"""The road of a refund whose goods stay with the buyer (PO-11)."""
CLOCKS = {
    "awaiting_return": "ship_back", "in_transit": "receive", "processing": "process", "collecting": "collect", "fulfilling": "fulfil", "awaiting_delivery": "deliver", "confirming": "confirm",
}
DAY = 86_400
TOLD = frozenset({
    "applied", "application_changed", "withdrawn", "buyer_answered", "shipped_back", "pickup_booked", "pickup_confirmed", "pickup_cancel_asked", "pickup_off", "pickup_stands", "dropped_off", "waybill_corrected", "delivery_confirmed",
    "confirmed", "declined", "rated", "rating_improved", "rating_answered", "not_solved", "return_approved", "rejected", "parts_delivered", "reissue_granted", "refund_granted",
    "reissued_offline", "buyer_asked", "abandoned", "goods_received", "exchange_granted", "exchanged_offline", "repaired", "original_returned", "type_changed",
    "discrepancy_raised", "replacement_shipped", "refund_reversed", "refunded_by_platform", "parcel_signed", "replacement_delivered", "platform_called", "refund_moved", "difference_paid", "stock_promised",
    "refund_advanced", "return_collected", "advance_settled", "advance_claimed", "claim_waived", "proposed", "proposal_accepted", "proposal_declined", "proposal_taken_back", "call_answered",
    "ended_by_judgement", "return_judged", "reship_judged", "judgement_undone", "finished_paid",
})
"""What a buyer is told of. Claims, assignments, notes and alerts are the merchant's own; talk has a place of its own."""
WORDS_OF = ("words", "reason", "done")
CODED = {"rejected": "reject", "original_returned": "return_original", "advance_claimed": "claim"}
"""Events whose reason is a code, and of which list; elsewhere it is what somebody wrote."""


@dataclass(slots=True)
class Step:
    """One line of the timeline. `when`: done, now or next; `at` the instant it happened, `by` the latest instant of the present one."""

    when: str
    title: str
    at: datetime | None = None
    by: datetime | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Standing:
    """The head of the page: what is waited for in a few words, and the consequence in a sentence. `mark`: wait, act, good or ended."""

    mark: str
    title: str
    key: str
    facts: dict[str, Any] = field(default_factory=dict)


def standing(case: CasePage) -> Standing:
    """Where the case stands; `key` and `facts` make the sentence, the instant is added by the page."""
    state = case.state
    if state == "completed" and case.granted_minor:
        return Standing("good", "buyer.now_refunded" if case.moved_minor >= case.granted_minor else "buyer.now_granted", "buyer.then_refunded" if case.moved_at else "buyer.then_granted")
    key = f"buyer.then_{state}"
    if state == "reviewing":
        key = _silence(case)
    elif state == "awaiting_buyer" and case.facts.get("asked_in") == "processing":
        key = "buyer.then_awaiting_buyer_processing"
    elif state in ("processing", "fulfilling") and case.facts.get("late"):
        key = "buyer.then_late"
    elif state == "in_transit" and (case.facts.get("advance") or {}).get("state") == "open":
        key = "buyer.then_in_transit_advanced"
    elif state == "confirming" and case.granted_minor:
        key = "buyer.then_confirming_refund"
    mark = "act" if state in ("negotiating", "claiming_back", "collecting", "awaiting_buyer", "awaiting_return", "awaiting_delivery", "confirming") else "good" if state == "completed" else "wait"
    return Standing("ended" if state in ("rejected", "withdrawn", "closed") else mark, f"buyer.now_{state}", key)


def _silence(case: CasePage) -> str:
    """What happens if the merchant does not review in time, as the pack said when the clock began (SO-8)."""
    told = case.facts.get("clock") or {}
    then = str(told.get("then", "")) if told.get("clock") == "review" else ""
    if case.facts.get("late"):
        return "packs_rules.then_unanswered"
    if then in ("refund_without_return", "call_platform"):
        return f"packs_rules.then_{then}"
    return "buyer.then_reviewing_reissue" if case.type == "reissue" else "buyer.then_reviewing"


def story(case: CasePage, events: list[Event], pack: Pack, say: Say, names: Callable[[str, str], str]) -> list[Step]:
    """Done, the present one, and what is still to come. `names(kind, code)` gives the words of a code (type, reason, carrier)."""
    steps = [_done(e, say, names) for e in events if (e.name in TOLD or e.name == "ran_out") and not _not_ours(e)]
    if case.closed_at is None:
        steps.append(Step("now", say(f"buyer.step_{case.state}"), by=case.due_at))
        steps += [_next(state, case, pack, say) for state in _ahead(case)]
    return steps


def _not_ours(event: Event) -> bool:
    """What the platform answered the merchant."""
    return event.name == "call_answered" and ((event.body.get("changes") or {}).get("call_answer") or {}).get("to") != "buyer"


def _ahead(case: CasePage) -> tuple[str, ...]:
    road = KEPT if case.facts.get("return_way") == KEEP and case.type == "return" else ROADS.get(case.type, ())
    here = case.state
    if here == "awaiting_buyer":
        here = "processing" if case.facts.get("asked_in") == "processing" else "reviewing"
    elif here == "negotiating":
        here = (case.facts.get("proposal") or {}).get("asked_in", "reviewing")
    elif here == "claiming_back":
        return ()
    elif here == "collecting":
        here = "processing"
    if here == "in_transit" and (case.facts.get("advance") or {}).get("state") == "open":
        return ()  # the money is with the buyer already: goods in order end it
    if here in road:
        return road[road.index(here) + 1 :]
    return ("awaiting_delivery",) if here == "fulfilling" else ()


def _next(state: str, case: CasePage, pack: Pack, say: Say) -> Step:
    key = f"{state}_refund" if state == "processing" and case.type == "return" else state
    clock = pack.clocks.get(CLOCKS[state])
    if clock is None:
        return Step("next", say(f"buyer.next_{key}"))
    length, _, _ = clock.for_case(case.type, traits_of(case.facts))
    days = max(1, length.amount // DAY) if length.kind == "elapsed" else length.amount
    return Step("next", say(f"buyer.next_{key}"), notes=[say(f"buyer.next_{key}_by", n=days)])


def _done(event: Event, say: Say, names: Callable[[str, str], str]) -> Step:
    typed = event.body.get("input") or {}
    if event.name == "ran_out":
        return Step("done", say(f"buyer.ran_out_{event.body.get('from', '')}_{event.body.get('to', '')}"), event.at)
    title = say(f"buyer.event_{event.name}", type=names("type", typed.get("type", ""))) if event.name == "type_changed" else say(f"buyer.event_{event.name}")
    if event.name == "difference_paid" and event.body.get("from") == "claiming_back":
        title = say("buyer.event_claim_paid")
    notes = []
    if event.name == "applied" and typed.get("type"):
        notes.append(f"{names('type', typed['type'])} · {names('reason', typed.get('reason', ''))}")
    if typed.get("waybill"):
        notes.append(" ".join(p for p in (typed.get("carrier", ""), typed["waybill"]) if p))
    elif typed.get("point"):
        notes.append(typed["point"])
    if event.name in CODED and typed.get("reason"):
        notes.append(names(CODED[event.name], typed["reason"]))
    if event.name in ("declined", "original_returned", "repaired", "rejected", "buyer_asked", "discrepancy_raised", "buyer_answered", "refund_granted", "return_approved", "stock_promised", "proposed", "proposal_declined", "proposal_taken_back", "advance_claimed", "claim_waived", "call_answered"):
        notes += [typed[name] for name in WORDS_OF if typed.get(name) and not (name == "reason" and event.name in CODED)]
    return Step("done", title, event.at, notes=notes)
