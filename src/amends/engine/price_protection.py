"""Price protection (CO-4, 价保): the buyer asks for the difference, line by line; a person decides, or the house where the merchant says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from amends.core import compensation as core
from amends.core.actor import SYSTEM, Party
from amends.core.compensation import Owed, Priced
from amends.core.eligibility import window_end
from amends.core.refund import Earlier
from amends.core.refusal import Refusal
from amends.engine import answer_times
from amends.engine import compensation_money as money
from amends.engine.audit import By
from amends.engine.compensation_desk import Desk, Done, at_desk
from amends.engine.compensation_rules import chosen, pack_section
from amends.engine.deadlines import calendar_from, pack_of
from amends.engine.ids import is_id
from amends.store import compensated_orders as orders
from amends.store import compensations as rows
from amends.store.audit import Connection
from amends.store.compensated_orders import Held, HeldLine, Shop
from amends.store.compensations import Compensation
from amends.store.connect import Pool, scope


@dataclass(frozen=True, slots=True)
class LineOffer:
    """One line as the buyer sees it before asking: what is owed and how it was reckoned, or why nothing is."""

    line: HeldLine
    found: Owed | Refusal
    number: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """An order's price protection: its lines, until when it can be asked for (None: the goods are not received yet), why not at all, and until when one made now is answered."""

    order: Held
    lines: list[LineOffer]
    until: datetime | None
    closed: Refusal | None
    automatic: bool
    answer_by: datetime


def offer(pool: Pool, merchant: str, order_id: str, now: datetime, buyer_id: str | None = None) -> Offer | None:
    """What could be asked for now; None for an order that is not there (or not this buyer's)."""
    with scope(pool, UUID(merchant)) as conn:
        order, shop = (orders.order(conn, merchant, order_id, lock=False) if is_id(order_id) else None), orders.shop(conn, merchant)
        if order is None or shop is None or (buyer_id is not None and order.buyer_id != buyer_id):
            return None
        desk = Desk(conn, merchant, shop, order, By(), now)
        found = [LineOffer(line, owed, _waiting(desk, line)) for line, owed in _lines(desk)]
        until, closed = _until(conn, shop, order, now), _closed(conn, shop, order, now)
        answer_by, _ = answer_times.answer_by(conn, shop, "price_protection", order.province, now)
    return Offer(order, found, until, closed, bool(chosen(shop.settings).get("price_automatic")), answer_by)


def ask(pool: Pool, by: By, merchant: str, order_id: str, line_ids: list[str], command_id: str, now: datetime, buyer_id: str | None = None) -> Done | list[Refusal]:
    """Ask for the difference of these lines; none named: of every line that has one. Each line is a compensation of its own.

    By its buyer, or by staff and keys that speak for the buyer.
    """
    if by.actor.party is not Party.BUYER and (refusal := by.lacks("speak_for_buyer")):
        return [refusal]
    wanted = sorted(set(line_ids))
    return at_desk(pool, by, merchant, order_id, command_id, ["price", order_id, wanted, by.actor.id], now, lambda desk: _ask(desk, wanted), buyer_id=buyer_id)


def _ask(desk: Desk, wanted: list[str]) -> Done | list[Refusal]:
    closed = _closed(desk.conn, desk.shop, desk.order, desk.now)
    if closed is not None:
        return [closed]
    pack, found = pack_of(desk.shop.pack), _lines(desk)
    if unknown := set(wanted) - {line.id for line, _ in found}:
        return [Refusal("line_unknown", field="lines") for _ in unknown]
    refused = [owed for line, owed in found if isinstance(owed, Refusal) and (line.id in wanted or not wanted)]
    if wanted and refused:
        return refused
    made, automatic = [], bool(chosen(desk.shop.settings).get("price_automatic"))
    for line, owed in found:
        if isinstance(owed, Refusal) or (wanted and line.id not in wanted):
            continue
        if number := _waiting(desk, line):
            refused.append(Refusal("compensation_asked", {"number": number}, "lines"))
            continue
        due_at, clock = (None, {}) if automatic else answer_times.answer_by(desk.conn, desk.shop, "price_protection", desk.order.province, desk.now)
        k = desk.begin("price_protection", owed.amount, line_id=line.id, quantity=owed.why["pieces"], due_at=due_at, clock=clock)
        k.explanation = {**owed.why, "pack": pack.id, "version": pack.version, "source": pack.compensation.price_protection.source, "sku": line.sku, "title": line.title}
        made.append(k)
    if not made or (wanted and len(made) < len(wanted)):
        return refused[:20] or [Refusal("price_nothing_left")]
    return _write(desk, made, automatic)


def _write(desk: Desk, made: list[Compensation], automatic: bool) -> Done:
    if automatic:
        house = replace(desk, by=By(SYSTEM))
        for k in made:
            house.decide(k, "granted", k.asked_minor)
    desk.write(made, "price_protection_granted" if automatic else "price_protection_asked")
    if automatic:
        money.pay(desk.conn, desk.merchant, made, SYSTEM, desk.now)
    else:
        money.tell(desk.conn, desk.merchant, made, "asked", desk.now)
    return Done(made)


def reckon_again(desk: Desk, k: Compensation) -> int | Refusal:
    """The difference at the price of the day it was asked for, with what was given back since; the cap as it stands now."""
    line = next((x for x in orders.lines(desk.conn, desk.merchant, desk.order.id) if x.id == k.line_id), None)
    if line is None:
        return Refusal("line_unknown")
    owed = core.price_difference(_priced(line, int(k.explanation["today"])), desk.order.paid - desk.order.refunded, k.currency)
    return owed if isinstance(owed, Refusal) else min(owed.amount, k.asked_minor)


def _lines(desk: Desk) -> list[tuple[HeldLine, Owed | Refusal]]:
    """Each line with its difference; what one line takes of the order's money is not there for the next."""
    out: list[tuple[HeldLine, Owed | Refusal]] = []
    cap = desk.order.paid - desk.order.refunded
    for line in orders.lines(desk.conn, desk.merchant, desk.order.id):
        owed = core.price_difference(_priced(line, line.today), cap, desk.order.currency)
        cap -= owed.amount if isinstance(owed, Owed) else 0
        out.append((line, owed))
    return out


def _priced(line: HeldLine, today: int | None) -> Priced:
    return Priced(line.id, line.quantity, line.paid, today, [Earlier(line.id, quantity, amount) for quantity, amount in line.earlier], line.gift)


def _waiting(desk: Desk, line: HeldLine) -> str:
    found = rows.asked(desk.conn, desk.merchant, "price_protection", desk.order.id, line.id)
    return found.number if found else ""


def _until(conn: Connection, shop: Shop, order: Held, now: datetime) -> datetime | None:
    received = order.delivered_at or order.receipt_confirmed_at
    if received is None or received > now:
        return None
    ends = window_end(received, pack_section(shop).price_protection.days, calendar_from(shop.settings))
    return answer_times.later(conn, shop, "price_ask", order.province, received, ends)


def _closed(conn: Connection, shop: Shop, order: Held, now: datetime) -> Refusal | None:
    if order.state == "cancelled":
        return Refusal("price_order_closed")
    if order.paid_at is None or order.paid <= 0:
        return Refusal("price_not_paid")
    until = _until(conn, shop, order, now)
    if until is not None and now >= until:
        return Refusal("price_too_late", {"days": pack_section(shop).price_protection.days, "until": until.isoformat()})
    return None
