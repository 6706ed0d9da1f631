"""A cancellation as its buyer reads it: where it stands, what happens at zero, what was and comes next, where the money goes (CA-2, CA-3, CA-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from amends.store.connect import scope
from amends.store.screens import buyer as screen
from amends.web import wording
from amends.web.buyer import visit as visits
from amends.web.buyer.story import Step
from amends.web.buyer.summary import part_rows, parts_of
from amends.web.case.zero import Way, at_zero
from amends.web.catalogue import say, words
from amends.web.show import money

if TYPE_CHECKING:
    from amends.web.buyer.case import Opened

DONE = frozenset({"asked", "asked_before", "withdraw"})
AHEAD = {"reviewing": ("refunding", "refunded"), "intercepting": ("refunding", "refunded"), "logistics_follow_up": ("refunding", "refunded"), "refunding": ("refunded",)}
"""What is still to come from each state, if all goes as it was asked for."""
TOLD = frozenset({
    "cancel_applied", "cancellation_approved", "interception_asked", "follow_up_chosen", "refund_forced", "cancellation_rejected", "refunded_at_once", "withdrawn",
    "refund_moved", "interception_succeeded", "interception_failed", "order_shipped", "order_received", "platform_called",
    "refunded_by_plan", "follow_up_by_plan", "ended_by_judgement", "rejected_by_judgement", "judgement_undone",
})
"""What a buyer is told of. Claims, notes and failed payments are the merchant's own; talk has a place of its own."""
WAITED = ("reviewing", "intercepting", "logistics_follow_up")


OWN = {"cancellation": "cancellation", "dispute": "disputes", "ticket": "tickets"}
"""Kinds of case with words of their own, and the file they stand in."""


def own(lang: str, kind: str, key: str) -> str:
    """The words a kind of case has of its own on the buyer's pages; empty where it shares those of service orders."""
    found = f"{OWN[kind]}.buyer_{key}" if kind in OWN else ""
    return say(lang, found) if found in words() else ""


def context_of(request: Any, opened: Opened) -> dict[str, Any]:
    """What the page shows."""
    case, lang = opened.case, request.lang
    m = opened.visit.merchant_id
    with scope(request.house.pool, UUID(m)) as conn:
        refunds = screen.refunds(conn, m, case.id)
        lines = {line.id: line for line in screen.lines(conn, m, case.order_id)}
    rows, total = _money(opened, lang)
    done = request.GET.get("done", "")
    return {
        "o": opened, "case": case, "shop": opened.visit.shop, "mark": _mark(case), "title": say(lang, f"cancellation.buyer_now_{case.state}"), "sentence": _sentence(request, opened),
        "steps": _story(opened, lang), "rows": rows, "total": total, "done": done if done in DONE else "", "withdraw": opened.move("withdraw"),
        "goods": [(lines[x["line_id"]], int(x["quantity"])) for x in case.facts.get("lines", ()) if x["line_id"] in lines],
        "reason": case.facts.get("reason_zh" if lang == "zh" else "reason_en") or case.reason, "refunds": refunds, "way": lambda code: wording.way(code, lang),
        "again": case.state in ("rejected", "withdrawn") and not way_of(opened).received, "after_sales": case.closed_at is not None and way_of(opened).received,
        "latest": lambda instant: visits.latest(instant, request),
    }


def way_of(opened: Opened) -> Way:
    """How far the order has come, as the rules of the case see it."""
    order = opened.facts.get("order") or {}
    return Way(*(bool(order.get(name)) for name in ("shipped", "delivered", "received", "platform_delivery")))


def _mark(case: screen.CasePage) -> str:
    return "good" if case.state == "refunded" else "ended" if case.closed_at is not None else "wait"


def _sentence(request: Any, opened: Opened) -> str:
    case, lang = opened.case, request.lang
    if case.state in ("refunding", "refunded"):
        return say(lang, f"cancellation.buyer_then_{case.state}", amount=money(case.granted_minor, case.currency))
    if case.closed_at is not None:
        ended = case.facts.get("ended")
        return say(lang, f"cancellation.buyer_ended_{ended}" if case.state == "closed" and ended in ("received", "unpaid") else f"cancellation.buyer_then_{case.state}")
    code = at_zero(case.state, case.type, case.facts, way_of(opened))
    if case.due_at is None or not code:
        return say(lang, "buyer.then_waiting")
    if case.state == "reviewing" and case.facts.get("reviewed_by") == "platform":
        return say(lang, "packs_rules.cancel_reviewed_by_platform", at=visits.latest(case.due_at, request))
    return say(lang, f"cancellation.buyer_zero_{code}", at=visits.latest(case.due_at, request))


def _money(opened: Opened, lang: str) -> tuple[list[tuple[str, str]], str]:
    """What was granted, part by part; before that, what is to be expected."""
    case = opened.case
    if case.granted_minor:
        parts = [(p["label"], p["amount"], p["medium"]) for p in case.facts.get("refund_parts", ())]
        return part_rows(parts, case.currency, lang), money(case.granted_minor, case.currency)
    if case.closed_at is not None or not opened.parts:
        return [], ""
    total = sum(p.amount for p in opened.parts if p.medium == "money")
    return part_rows(parts_of(opened.parts), case.currency, lang), money(max(0, total), case.currency)


def _story(opened: Opened, lang: str) -> list[Step]:
    """Done, the present one, and what is still to come."""
    case = opened.case
    steps = [step for event in opened.events if (step := _done(event, lang)) is not None]
    if case.closed_at is None:
        steps.append(Step("now", say(lang, f"cancellation.buyer_step_{case.state}"), by=case.due_at if case.state in WAITED else None))
        steps += [Step("next", say(lang, f"cancellation.buyer_next_{state}")) for state in AHEAD[case.state]]
    return steps


def _done(event: screen.Event, lang: str) -> Step | None:
    typed, to = event.body.get("input") or {}, event.body.get("to", "")
    if event.name == "ran_out":
        return None if event.body.get("from") == to else Step("done", say(lang, f"cancellation.buyer_ran_out_{to}"), event.at)
    if event.name not in TOLD:
        return None
    notes = [wording.choice("reason", typed["reason"], lang)] if event.name == "cancellation_rejected" and typed.get("reason") else []
    notes += [typed["words"]] if typed.get("words") and event.name not in ("cancel_applied", "platform_called", "refund_forced") else []
    return Step("done", say(lang, f"cancellation.buyer_event_{event.name}"), event.at, notes=notes)
