"""One case as its buyer sees it: where it stands, what was and what will be, what can be done now (SO-5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from amends.core.machine import Move
from amends.core.refund import Part
from amends.core.verbs.buyer import RATINGS
from amends.engine import freight_claims, notices, sight
from amends.engine.ids import new_id
from amends.store.connect import scope
from amends.store.screens import buyer as screen
from amends.store.screens.parcels import ParcelRow
from amends.web.buyer import cancelled, difference, dispute, disputed, given, proposal
from amends.web.buyer import visit as visits
from amends.web.buyer.story import Standing, Step, standing, story
from amends.web.buyer.summary import part_rows, parts_of
from amends.web.buyer.visit import Visit
from amends.web.case import going
from amends.web.catalogue import say
from amends.web.gate import buyer
from amends.web.page import render
from amends.web.show import money
from amends.web.wording import choice

MAIN = ("accept_proposal", "answer", "ship_back", "book_pickup", "drop_off", "confirm", "confirm_delivery")
"""What the page asks for first, in this order; the rest stands below."""
BESIDE = ("decline_proposal", "change_application", "correct_waybill", "cancel_pickup", "decline", "withdraw", "not_solved")
VERBS = frozenset({*MAIN, *BESIDE, *disputed.VERBS, "rate", "improve_rating", "say"})
DONE = frozenset({"applied", "asked_before", "rate", "improve_rating", *MAIN, *BESIDE})


@dataclass(slots=True)
class Opened:
    """An own case with everything read for it."""

    visit: Visit
    case: screen.CasePage
    events: list[screen.Event]
    messages: list[screen.Message]
    parcels: list[ParcelRow]
    address: screen.Address | None
    siblings: list[tuple[str, str]]
    moves: list[Move]
    parts: list[Part]
    home: str
    facts: dict[str, Any] = field(default_factory=dict)

    def move(self, verb: str) -> Move | None:
        """A move of the buyer's that nothing blocks."""
        return next((m for m in self.moves if m.verb == verb and m.blocked is None), None)

    @property
    def store_place(self) -> dict[str, str] | None:
        """Where the platform's store is: as the case was told, else as it is now (PO-8); None where nobody has said."""
        place = (self.case.facts.get("return_store") or {}).get("place") or (self.facts.get("store") or {}).get("place")
        return {**place, "line": going.place_line(place)} if place else None

    @property
    def unread(self) -> int:
        """Words of the other side since the buyer last wrote."""
        return sum(1 for m in self.messages if m.actor_kind != "buyer" and m.read_at is None)


def open_case(request: Any, number: str) -> Opened | None:
    """The buyer's own case by its number; None for one that is not there or another's."""
    visit = visits.enter(request)
    if visit is None:
        return None
    m, b = visit.merchant_id, visit.buyer_id
    with scope(request.house.pool, UUID(m)) as conn:
        case = screen.case(conn, m, b, number)
        if case is None:
            return None
        address_id = case.facts.get("return_address") if case.state in ("awaiting_return", "in_transit") else None
        read = (
            screen.events(conn, m, case.id), screen.messages(conn, m, case.id),
            PARCELS[case.kind](conn, m, case),
            screen.return_address(conn, m, address_id) if address_id else None,
            screen.of_application(conn, m, b, case.application_id) if case.application_id else [],
        )
        order = screen.order(conn, m, b, case.order_number)
    seen = sight.see(request.house.pool, m, case.id, request.buyer.actor(), request.now)
    if seen is None:
        return None
    parts = list(seen.entitled.parts) if seen.entitled else []
    return Opened(visit, case, *read, seen.moves, parts, order.address if order else "", seen.facts)


PARCELS: dict[str, Callable[[Any, str, screen.CasePage], list[ParcelRow]]] = {
    "service_order": lambda conn, m, case: screen.parcels(conn, m, case.id), "cancellation": lambda conn, m, case: screen.order_parcels(conn, m, case.order_id),
    "dispute": lambda conn, m, case: screen.order_parcels(conn, m, case.order_id),
}
"""The parcels a kind of case is about: its own, or those in which its order went out."""


@buyer
@require_safe
def page(request: Any, number: str) -> HttpResponse:
    """The case page."""
    opened = open_case(request, number)
    if opened is None:
        return visits.missing(request)
    notices.read_case(request.house.pool, opened.visit.merchant_id, opened.case.id, "buyer", request.now)
    back = freight_claims.standing(request.house.pool, opened.visit.merchant_id, opened.case.id, request.now)
    beside = given.card(request, opened.visit, opened.case.order_id, opened.case.id) | difference.card(request, opened.visit.merchant_id, opened.case) | proposal.card(request, opened.case)
    claim = {"claimable": back is not None and back.closed is None and not back.waiting and back.given < back.most, "claimed": request.GET.get("done") == "freight"}
    if opened.case.kind != "dispute":
        beside |= dispute.card(request, opened.visit, opened.case.order_id, opened.case.order_number, opened.case.id)
    template, face = FACES[opened.case.kind]
    return render(request, template, face(request, opened) | beside | claim)


def context_of(request: Any, opened: Opened) -> dict[str, Any]:
    """What the page shows; the words of the head and of the timeline are made here, where the codes are known."""
    case, lang = opened.case, request.lang

    def words(kind: str, code: str) -> str:
        if kind == "claim":
            return choice("reason", code, lang)
        return say(lang, f"buyer.type_{code}") if kind == "type" and code else opened.visit.words(kind, code)

    head = standing(case)
    rows, total = _money(opened, lang)
    steps = story(case, opened.events, opened.visit.pack, lambda key, **facts: say(lang, key, **facts), words)
    done = request.GET.get("done", "")
    return {
        "o": opened, "case": case, "shop": opened.visit.shop, "head": head, "title": _title(head, case, lang), "sentence": _sentence(request, head, case, lang),
        "steps": _with_sum(steps, total, lang), "rows": rows, "total": total, "reason": opened.visit.words("reason", case.reason), "done": done if done in DONE else "",
        "main": [m for v in _wish_first(case) if (m := opened.move(v))], "beside": [m for v in BESIDE if v != "decline_proposal" and (m := opened.move(v))],
        "rate": opened.move("rate"), "improve": opened.move("improve_rating"), "ratings": RATINGS, "command_id": new_id(),
        "latest": lambda instant: visits.latest(instant, request),
    }


def _wish_first(case: screen.CasePage) -> list[str]:
    """The way back that was chosen when applying stands first (SO-1)."""
    return sorted(MAIN, key=lambda verb: verb != case.facts.get("return_way"))


def _title(head: Standing, case: screen.CasePage, lang: str) -> str:
    return say(lang, head.title, amount=money(case.granted_minor, case.currency)) if head.title.endswith(("_refunded", "_granted")) else say(lang, head.title)


def _sentence(request: Any, head: Standing, case: screen.CasePage, lang: str) -> str:
    facts: dict[str, str] = {}
    if case.due_at is not None:
        facts["at"] = visits.latest(case.due_at, request)
    elif case.closed_at is None:
        return say(lang, "buyer.then_waiting")
    if case.moved_at is not None:
        facts["moved"] = visits.latest(case.moved_at, request)
    if case.granted_minor:
        facts["amount"] = money(case.granted_minor, case.currency)
    return say(lang, head.key, **facts)


def _money(opened: Opened, lang: str) -> tuple[list[tuple[str, str]], str]:
    """What was granted, part by part; before that, for a return, what is to be expected."""
    case = opened.case
    granted = [(p["label"], p["amount"], p["medium"]) for p in case.facts.get("refund_parts", ())]
    if case.granted_minor:
        rows = part_rows(granted, case.currency, lang)
        shown = sum(amount for _, amount, medium in granted if medium == "money")
        if shown != case.granted_minor:  # the merchant gave another amount than was computed, with a reason (MO-2)
            rows.append((say(lang, "buyer.part_adjusted"), money(case.granted_minor - shown, case.currency, signed=True)))
        return rows, money(case.granted_minor, case.currency)
    if case.type != "return" or case.closed_at is not None or not opened.parts:
        return [], ""
    total = sum(p.amount for p in opened.parts if p.medium == "money")
    return part_rows(parts_of(opened.parts), case.currency, lang), money(max(0, total), case.currency)


def _with_sum(steps: list[Step], total: str, lang: str) -> list[Step]:
    """The refund still to come names its amount."""
    refund = say(lang, "buyer.next_processing_refund")
    for step in steps:
        if step.when == "next" and step.title == refund and total:
            step.title = f"{refund} {total}"
    return steps


FACES: dict[str, tuple[str, Callable[[Any, Opened], dict[str, Any]]]] = {
    "service_order": ("buyer/case.html", context_of), "cancellation": ("buyer/cancellation.html", cancelled.context_of),
    "dispute": ("buyer/dispute.html", disputed.context_of),
}
"""The page of each kind of case: its template, and what it shows."""
