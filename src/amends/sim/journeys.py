"""Orders before receipt: they are prepared, sent, delivered and received whatever is asked of them, and cancellations are asked for on them (CA-1 … CA-9, OR-5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from amends.core.actor import ALL, Actor, Party
from amends.core.cases import TABLES
from amends.engine.application import Application, Item
from amends.engine.audit import By
from amends.engine.cancellation import Cancel, Cancelled, Pieces
from amends.engine.cancelling import cancel
from amends.engine.ids import new_id
from amends.engine.intake import apply_for
from amends.engine.orders import confirm_receipt, take_in
from amends.engine.orders_desk import Shipment, ship
from amends.sim.market import LINES, Life, Line, Market, Shop, Way, order_record
from amends.sim.people import Surprise
from amends.store.connect import scope

STARTS = ("preparing",) * 6 + ("pending_payment", "cod", "cod", "shipped", "shipped", "delivered")
RECEIVED = ("received", "gone")
"""From here on an order takes no more steps."""
PORTER = Actor(Party.MERCHANT, new_id(), "发货员", None, ALL)


@dataclass(frozen=True, slots=True)
class Asking:
    """A cancellation as somebody asks for it, perhaps twice."""

    asked: Cancel
    actor: Actor
    command_id: str


def set_out(market: Market, shop: Shop, many: int) -> None:
    """New orders that have not been received yet, some paid at the door, some not paid at all."""
    chance, ways = market.chance, []
    for _ in range(many):
        shop.orders += 1
        number, buyer, start = f"W{shop.orders:05d}", chance.randint(1, 12), chance.choice(STARTS)
        record = order_record(chance, number, f"buyer-{buyer}", market.now)
        ways.append(Way(number, _at(chance, record, start, market.now), Actor(Party.BUYER, f"buyer-{buyer}", f"客户{buyer}"), "preparing" if start == "cod" else start))
    wrong = [a for a in take_in(market.pool, shop.id, [w.record for w in ways], market.now, with_skus=False) if a.status != "new"]
    assert not wrong, wrong
    by_number = {w.number: w for w in ways}
    with scope(market.pool, UUID(shop.id)) as conn:
        for number, order, line, quantity, paid in conn.execute(LINES, (shop.id, list(by_number))).fetchall():
            by_number[number].order = order
            by_number[number].lines.append(Line(order, line, quantity, paid, by_number[number].buyer))
    shop.ways += ways


def _at(chance: Random, record: dict[str, Any], start: str, now: datetime) -> dict[str, Any]:
    """The record of an order that got so far and no further."""
    record = {**record, "state": "preparing" if start == "cod" else start, "platform_delivery": chance.random() < 0.4}
    del record["receipt_confirmed_at"], record["delivered_at"]
    if start in ("cod", "pending_payment"):
        nothing = {"amount": 0, "currency": "CNY"}
        record |= {"paid": nothing, "payments": [], "lines": [{**line, "paid": nothing} for line in record["lines"]]}
    if start in ("shipped", "delivered"):
        record |= _sent(chance, record["number"], now - timedelta(hours=30))
    if start == "delivered":
        record["delivered_at"] = (now - timedelta(hours=2)).isoformat()
    return record


def _sent(chance: Random, number: str, at: datetime) -> dict[str, Any]:
    parcels = [{"carrier": "顺丰", "waybill": f"SF-{number}-{n}"} for n in range(chance.choice((1, 1, 2)))]
    return {"shipped_at": at.isoformat(), "parcels": parcels if chance.random() < 0.95 else []}


def go_on(market: Market, shop: Shop) -> None:
    """Some orders take their next step, as the shop's own system, its people or the buyer say it; sometimes the shop's system says what is long past."""
    chance = market.chance
    asked = {one.asked.order_id for one, answer in shop.cancelled if not TABLES["cancellation"].states[shop.lives[answer.case_id].state].final}
    under_way = [w for w in shop.ways if w.state not in RECEIVED]
    meanwhile = [w for w in under_way if w.order in asked]  # what happens to these while people decide is where things go wrong
    for way in [*chance.sample(meanwhile, (1 + len(meanwhile)) // 2), *(chance.sample(under_way, 1) if under_way else ())]:
        draw, before = chance.random(), way.state
        if draw < 0.15:
            _said(market, shop, way, way.record)
        elif before in ("preparing", "pending_payment"):
            _goes_out(market, shop, way)
        elif before == "shipped" and draw < 0.75:
            way.record = {**way.record, "state": "delivered", "delivered_at": market.now.isoformat()}
            _said(market, shop, way, way.record)
            way.state = "delivered"
        else:
            _is_received(market, shop, way)
        if way.state != before:
            shop.tell("", f"{market.now:%m-%d %H:%M}  order {way.number} is {way.state}")


def _said(market: Market, shop: Shop, way: Way, record: dict[str, Any]) -> None:
    answer = take_in(market.pool, shop.id, [record], market.now, with_skus=False)[0]
    if answer.status == "refused" and answer.refusals[0].code != "paid_below_refunded":
        raise Surprise(f"order {way.number} was refused: {[r.code for r in answer.refusals]}")


def _goes_out(market: Market, shop: Shop, way: Way) -> None:
    """By the desk, which is told when the order was cancelled; or by the shop's system, which never asks."""
    record = {**way.record, "state": "shipped", **_sent(market.chance, way.number, market.now)}
    if market.chance.random() < 0.5:
        waybill = f"SF-{way.number}-0"
        done = ship(market.pool, By(PORTER), shop.id, [Shipment(way.order, "顺丰", waybill)], market.now)
        assert isinstance(done, list), done
        if done[0].refusal is not None:
            way.state = "gone"
            return
        record["parcels"] = [{"carrier": "顺丰", "waybill": waybill}]
    else:
        _said(market, shop, way, record)
    way.record, way.state = record, "shipped"


def _is_received(market: Market, shop: Shop, way: Way) -> None:
    """The buyer confirms, or the shop's system says so; from then on what is asked for is a service order."""
    if market.chance.random() < 0.5:
        refusal = confirm_receipt(market.pool, shop.id, way.order, way.buyer.id, market.now)
        if refusal is not None and refusal.code not in ("order_cancelled", "not_shipped"):
            raise Surprise(f"receipt of {way.number} was refused: {refusal.code}")
    else:
        way.record = {**way.record, "state": "received", "receipt_confirmed_at": market.now.isoformat()}
        _said(market, shop, way, way.record)
    way.state = "received"
    shop.lines += way.lines


def ask_to_cancel(market: Market, shop: Shop, many: int) -> None:
    """Buyers and staff ask: for all, for a part, twice, by the wrong door, for somebody else's; goes on until `many` cancellations were opened."""
    chance, opened = market.chance, 0
    for _ in range(many * 8):
        if opened >= many or not shop.ways:
            return
        if shop.cancelled and chance.random() < 0.06:
            _ask_again(market, shop)
            continue
        way = chance.choice(shop.ways[-6 * many:])
        one = _asking(chance, shop, way)
        if chance.random() < 0.1:
            _wrong_door(market, shop, way)
        answer = cancel(market.pool, shop.id, one.asked, one.actor, market.now, one.command_id)
        if isinstance(answer, list):
            _judge_refusal(market, shop, way, one, [r.code for r in answer])
            continue
        if answer.existing:
            continue
        opened += 1
        shop.cancelled.append((one, answer))
        shop.lives[answer.case_id] = Life(answer.case_id, answer.number, way.buyer, sum(x.paid for x in way.lines), kind="cancellation", acts=chance.randint(3, 26), order=way.order)
        pieces = [p.quantity for p in one.asked.lines] or "all"
        shop.tell(answer.number, f"{market.now:%m-%d %H:%M}  {answer.number:<14} {one.actor.name} asks to cancel {way.number} ({way.state}): {pieces}")


def _asking(chance: Random, shop: Shop, way: Way) -> Asking:
    lines = [] if chance.random() < 0.6 else [Pieces(x.id, chance.randint(1, x.quantity)) for x in chance.sample(way.lines, chance.randint(1, len(way.lines)))]
    actor = way.buyer if chance.random() < 0.8 else chance.choice([shop.staff[0], Actor(Party.BUYER, "buyer-nobody", "路人")])
    deletion = actor.party is Party.MERCHANT and chance.random() < 0.5
    reason = "unreachable" if deletion else chance.choice(("changed_mind",) * 5 + ("no such reason",))
    return Asking(Cancel(way.order, reason, lines, "不要了", deletion=deletion), actor, new_id())


def _judge_refusal(market: Market, shop: Shop, way: Way, one: Asking, codes: list[str]) -> None:
    shop.tell("", f"{market.now:%m-%d %H:%M}  {one.actor.name} asks to cancel {way.number} ({way.state}) → ✗ {', '.join(codes)}")
    nobody = one.actor.id == "buyer-nobody"
    if nobody != (codes == ["order_unknown"]):
        raise Surprise(f"{one.actor.name} asks to cancel {way.number}, answered {codes}")


def _wrong_door(market: Market, shop: Shop, way: Way) -> None:
    """A service order before receipt is refused and names the right door (OR-5)."""
    if way.state in RECEIVED:
        return
    item = Item(way.lines[0].id, 1, "return", "no_reason", "不要了", [])
    answer = apply_for(market.pool, shop.id, Application(way.order, [item], "ship_back"), way.buyer, market.now, new_id())
    if not isinstance(answer, list):
        raise Surprise(f"a service order was opened on {way.number}, which is {way.state}")


def _ask_again(market: Market, shop: Shop) -> None:
    """The same request once more answers the same; with other words under the same id it is refused (SO-23)."""
    one, before = market.chance.choice(shop.cancelled)
    again = cancel(market.pool, shop.id, one.asked, one.actor, market.now, one.command_id)
    if not isinstance(again, Cancelled) or replace(again, replayed=False) != before or not again.replayed:
        raise Surprise(f"the cancellation {before.number} again answered {again}")
    other = cancel(market.pool, shop.id, replace(one.asked, words="别的话"), one.actor, market.now, one.command_id)
    if isinstance(other, Cancelled) or other[0].code != "command_id_reused":
        raise Surprise(f"the id of {before.number} with other words answered {other}")
