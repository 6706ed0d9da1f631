"""Compensation and coupons over HTTP (CO-1, CO-3 … CO-5, IN-2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from amends.api.compensation_shapes import (
    BODIES,
    Compensation,
    CompensationPage,
    CompensationsAsked,
    Coupon,
    CouponPage,
    PriceLine,
    PriceOffer,
)
from amends.api.door import Call, Refused, Reply, uuid_text
from amends.api.naming import plain
from amends.api.operations import PAGING
from amends.api.pages import DEFAULT_LIMIT, cursor, instant, limit, read_cursor, word
from amends.api.records import read_record
from amends.api.shapes import Money
from amends.core.actor import Party
from amends.core.compensation import KINDS, STATES, Owed
from amends.core.refusal import Refusal
from amends.engine import compensation as engine
from amends.engine import coupons as coupon_desk
from amends.engine import freight_claims, price_protection
from amends.engine.audit import By
from amends.engine.compensation_desk import Done
from amends.engine.compensation_rules import DECIDE, GIVE
from amends.store.connect import scope
from amends.store.screens import compensations as read
from amends.store.screens.compensations import Listed, Sought


def listed(call: Call) -> Reply:
    """GET compensation, the newest first."""
    call.needs("read")
    call.known_queries("compensation_kind", "compensation_state", "order_id", "case_id", "buyer_id", "since", "until", *PAGING)
    after, most = call.query("cursor", read_cursor(tuple[datetime, UUID])), call.query("limit", limit, DEFAULT_LIMIT)
    sought = Sought(
        call.merchant(), call.query("compensation_kind", _one_of(KINDS), ""), call.query("compensation_state", _one_of(STATES), ""), order=call.query("order_id", uuid_text, ""),
        case=call.query("case_id", uuid_text, ""), buyer=call.query("buyer_id", word, ""), since=call.query("since", instant), until=call.query("until", instant),
        after=(after[0], str(after[1])) if after else None,
    )
    with scope(call.house.pool, UUID(sought.merchant)) as conn:
        rows = read.listed(conn, sought, call.now, most + 1)
    return Reply(CompensationPage([_shape(k) for k in rows[:most]], cursor(rows[most - 1].asked_at, rows[most - 1].id) if len(rows) > most else None))


def _one_of(choices: tuple[str, ...]) -> Any:
    def read_choice(text: str) -> str:
        if text not in choices:
            raise ValueError(text)
        return text

    return read_choice


def one(call: Call, id: UUID) -> Reply:
    """GET one compensation."""
    call.needs("read")
    call.known_queries()
    return Reply(_read(call, call.merchant(), str(id)))


def give(call: Call) -> Reply:
    """POST goodwill."""
    call.needs(GIVE)
    call.known_queries()
    merchant, given = call.merchant(), _body(call, "Goodwill")
    wish = engine.Goodwill(
        given["order_id"].lower(), given["amount"], given["reason"], given.get("words", ""), _lower(given.get("case_id")), given.get("medium", "money"), given.get("minimum", 0),
        bool(given.get("ask")),
    )
    return _done(call, merchant, engine.give(call.house.pool, By(call.caller), merchant, wish, str(call.command_id), call.now))


def decide(call: Call, id: UUID) -> Reply:
    """POST the decision of what was asked for."""
    call.needs(DECIDE)
    call.known_queries()
    merchant, given = call.merchant(), _body(call, "CompensationDecision")
    decision = engine.Decision(given["grant"], given.get("amount"), given.get("words", ""))
    return _done(call, merchant, engine.decide(call.house.pool, By(call.caller), merchant, str(id), decision, str(call.command_id), call.now))


def price_offer(call: Call, id: UUID) -> Reply:
    """GET what price protection of an order comes to now."""
    call.needs("read")
    call.known_queries()
    actor = call.acting()
    offer = price_protection.offer(call.house.pool, call.merchant(), str(id), call.now, actor.id if actor.party is Party.BUYER else None)
    if offer is None:
        raise Refused(Refusal("not_there"))
    lines = [
        PriceLine(
            x.line.id, x.line.title, x.line.quantity, x.line.today, x.found.amount if isinstance(x.found, Owed) else 0, offer.order.currency, x.number or None,
            None if isinstance(x.found, Owed) else x.found.code, None if isinstance(x.found, Owed) else plain(x.found, call.language),
        )
        for x in offer.lines
    ]
    return Reply(PriceOffer(offer.closed is None, plain(offer.closed, call.language) if offer.closed else None, offer.until, offer.automatic, lines))


def ask_price(call: Call, id: UUID) -> Reply:
    """POST that the buyer asks for the difference."""
    call.needs("speak_for_buyer")
    call.known_queries()
    merchant, given, actor = call.merchant(), _body(call, "PriceProtectionAsked"), call.acting()
    lines = [line.lower() for line in given.get("lines", [])]
    buyer = actor.id if actor.party is Party.BUYER else None
    done = price_protection.ask(call.house.pool, By(actor), merchant, str(id), lines, str(call.command_id), call.now, buyer)
    if isinstance(done, list):
        raise Refused(*done)
    return Reply(CompensationsAsked([_read(call, merchant, k.id) for k in done.compensations]), replayed=done.replayed)


def claim_freight(call: Call) -> Reply:
    """POST that the buyer claims the way back."""
    call.needs("speak_for_buyer")
    call.known_queries()
    merchant, given, actor = call.merchant(), _body(call, "ReturnFreightClaim"), call.acting()
    buyer, photos = actor.id if actor.party is Party.BUYER else None, [p.lower() for p in given["photos"]]
    done = freight_claims.claim(
        call.house.pool, By(actor), merchant, given["case_id"].lower(), given["amount"], photos, given.get("words", ""), str(call.command_id), call.now, buyer,
    )
    return _done(call, merchant, done)


def coupons(call: Call) -> Reply:
    """GET coupons given as goodwill, the newest first."""
    call.needs("read")
    call.known_queries("buyer_id", *PAGING)
    after, most, merchant = call.query("cursor", read_cursor(tuple[UUID])), call.query("limit", limit, DEFAULT_LIMIT), call.merchant()
    with scope(call.house.pool, UUID(merchant)) as conn:
        rows = read.coupons(conn, merchant, buyer_id=call.query("buyer_id", word, ""), after=str(after[0]) if after else None, most=most + 1)
    return Reply(CouponPage([_coupon(c) for c in rows[:most]], cursor(rows[most - 1].id) if len(rows) > most else None))


def coupon(call: Call, code: str) -> Reply:
    """GET one coupon by its code."""
    call.needs("read")
    call.known_queries()
    merchant = call.merchant()
    with scope(call.house.pool, UUID(merchant)) as conn:
        found = read.coupon(conn, merchant, _code(code))
    if found is None:
        raise Refused(Refusal("not_there"))
    return Reply(_coupon(found))


def use_coupon(call: Call, code: str) -> Reply:
    """POST that a coupon was used."""
    call.needs(coupon_desk.PERMISSION)
    call.known_queries()
    merchant, given = call.merchant(), _body(call, "CouponUse")
    found = coupon_desk.use(call.house.pool, By(call.caller), merchant, _code(code), given["order_id"].lower(), call.now)
    if isinstance(found, Refusal):
        raise Refused(found)
    return Reply(_coupon(found))


def _code(text: str) -> str:
    text = unquote(text)
    if not 1 <= len(text) <= 64 or not text.isprintable():
        raise Refused(Refusal("parameter_wrong", {"name": "code"}, "code"))
    return text


def _lower(text: str | None) -> str | None:
    return text.lower() if text else None


def _body(call: Call, name: str) -> dict[str, Any]:
    wrong: list[Refusal] = []
    values = read_record(call.json(), BODIES[name], "", wrong)
    if wrong:
        raise Refused(*wrong)
    return values


def _done(call: Call, merchant: str, done: Done | list[Refusal]) -> Reply:
    if isinstance(done, list):
        raise Refused(*done)
    return Reply(_read(call, merchant, done.compensations[0].id), replayed=done.replayed)


def _read(call: Call, merchant: str, compensation_id: str) -> Compensation:
    with scope(call.house.pool, UUID(merchant)) as conn:
        found = read.one(conn, merchant, compensation_id)
    if found is None:
        raise Refused(Refusal("not_there"))
    return _shape(found)


def _shape(k: Listed) -> Compensation:
    return Compensation(
        k.id, k.number, k.kind, k.state, k.medium, k.order_id, k.order_number, k.case_id, k.line_id, k.buyer_id, k.asked_minor, k.amount_minor, k.currency, k.reason, k.words, k.answer,
        k.asked_name or k.asked_kind, k.asked_at, k.due_at, (k.decided_name or k.decided_kind) if k.decided_kind else None, k.decided_at, k.paid_at, k.coupon, k.explanation,
    )


def _coupon(c: read.Coupon) -> Coupon:
    return Coupon(c.code, c.buyer_id, Money(c.amount_minor, c.currency), Money(c.minimum_minor, c.currency), c.valid_from, c.valid_until, c.used_at, c.order_id, c.compensation_id)
