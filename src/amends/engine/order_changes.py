"""The buyer changes an order before it is printed (OR-7): begin, look, save, give up; and what nobody saved in time ends by itself.

While a change is open the order is `locked` and remembers what it was. One change at a time: beginning again, in another tab or by the shop's own page, goes on with
the same one; the first to save it ends it, and the others are told. Everything happens under the order's row lock, so printing, shipping and cancelling either come
first, and the change is refused, or wait for its end, and are refused meanwhile.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from amends.core.actor import Actor
from amends.core.masking import mask_address, mask_name, mask_phone
from amends.core.order_change import Changed, Coupon, Goods, Line, Ordered, Standing, Wish, change, settled
from amends.core.order_fields import STATES
from amends.core.refusal import Refusal
from amends.engine import order_money
from amends.engine.deadlines import pack_of
from amends.engine.ids import is_id, new_id
from amends.engine.order_wish import Details
from amends.store import order_changing as store
from amends.store.connect import PLATFORM, Pool, scope

OPEN = frozenset({"pending_payment", "preparing", "awaiting_pickup", "on_hold"})
"""States in which an order may be changed while it is not printed."""
TO_PAY = frozenset({"pending_payment", "on_hold"})
"""States in which payment is still awaited: here an order may become dearer."""
MOST_FOUND = 20


@dataclass(slots=True)
class Begun:
    """An open change: its id, until when it holds the order."""

    change: str
    until: datetime


@dataclass(slots=True)
class Looked:
    """The order, the change that is open, what the wish makes of it (or why it cannot be), and what would go back or be paid. `seen` goes with the save."""

    order: store.Row
    standing: Standing
    until: datetime
    seen: str
    result: Changed | None
    refusals: list[Refusal]
    back: int = 0
    due: int = 0


@dataclass(slots=True)
class Saved:
    """What became of it: the new total, what goes back, what is to be paid; minor units."""

    order_id: str
    total: int
    back: int
    due: int
    replayed: bool = False


def may_change(seen: store.Seen, now: datetime) -> Refusal | None:
    """Why this order cannot be changed now; None when it can. A change that is open is no hindrance to itself."""
    order = seen.order
    state = order["lock_state"] if order["lock_id"] else order["state"]
    if state == "locked":
        return Refusal("change_locked_by_shop")
    if state not in OPEN or order["shipped_at"] is not None:
        zh, en = STATES[state]
        return Refusal("change_closed", {"zh": zh, "en": en})
    if order["sub_state"]:
        return Refusal("change_printed")
    return Refusal("change_cancelling", {"number": seen.cancellation}) if seen.cancellation else None


def begin(pool: Pool, merchant: str, order_id: str, buyer: str, actor: Actor, now: datetime) -> Begun | Refusal:
    """Hold the order for a change, or go on with the one that is open."""
    with scope(pool, UUID(merchant)) as conn:
        seen = _own(conn, merchant, order_id, buyer, now, lock=True)
        if seen is None:
            return Refusal("order_unknown", field="order_id")
        order = seen.order
        if _running(order, now):
            return Begun(order["lock_id"], order["locked_until"])
        if order["lock_id"]:
            store.unlock(conn, merchant, order_id)
        if refusal := may_change(seen, now):
            return refusal
        made, until = new_id(), now + timedelta(seconds=pack_of(order["pack"]).order_desk.unlock_after)
        store.lock(conn, merchant, order_id, made, f"buyer/{buyer}", now, until)
        _record(conn, merchant, order_id, "change_begun", actor, now, after={"until": until.isoformat()})
        return Begun(made, until)


def look(pool: Pool, merchant: str, order_id: str, buyer: str, change_id: str, wish: Wish, now: datetime) -> Looked | Refusal:
    """What the wish would make of the order; nothing is written."""
    with scope(pool, UUID(merchant)) as conn:
        seen = _own(conn, merchant, order_id, buyer, now)
        if seen is None:
            return Refusal("order_unknown", field="order_id")
        if _over(seen.order, change_id, now):
            return Refusal("change_over")
        return _look(conn, merchant, seen, wish)


def find_goods(pool: Pool, merchant: str, text: str, currency: str) -> list[store.Row]:
    """Goods of the shop that could be added."""
    with scope(pool, UUID(merchant)) as conn:
        return store.find_goods(conn, merchant, text.strip()[:60], currency, MOST_FOUND)


def save(
    pool: Pool, merchant: str, order_id: str, buyer: str, change_id: str, seen_as: str, wish: Wish, details: Details, actor: Actor, now: datetime, command_id: str,
) -> Saved | list[Refusal]:
    """Write the change and unlock. The same command id answers what it answered first; an order that is other than was looked at is refused."""
    with scope(pool, UUID(merchant)) as conn:
        seen = _own(conn, merchant, order_id, buyer, now, lock=True)
        if seen is None:
            return [Refusal("order_unknown", field="order_id")]
        if before := store.recorded(conn, merchant, command_id):
            return _again(before, order_id)
        if _over(seen.order, change_id, now):
            return [Refusal("change_over")]
        if seen.cancellation:
            return [Refusal("change_cancelling", {"number": seen.cancellation})]
        looked = _look(conn, merchant, seen, wish)
        if seen_as != looked.seen:
            return [Refusal("change_overtaken")]
        columns, wrong = details.changes(seen.order)
        if wrong or looked.refusals or looked.result is None:
            return [*looked.refusals, *wrong]
        coupons = {c.id for c in looked.standing.coupons} != {c.id for c in looked.result.coupons}
        if not (looked.result.touched or coupons or columns):
            return [Refusal("change_nothing")]
        if not store.use_coupons(conn, merchant, order_id, [c.id for c in looked.result.coupons], now):
            conn.rollback()
            return [Refusal("coupon_unknown", field="coupons")]
        _write(conn, merchant, seen, looked, columns, coupons, actor, now, command_id)
        return Saved(order_id, looked.result.total, looked.back, looked.due)


def give_up(pool: Pool, merchant: str, order_id: str, buyer: str, change_id: str, actor: Actor, now: datetime) -> Refusal | None:
    """Unlock without changing anything. A change that has ended is given up already."""
    with scope(pool, UUID(merchant)) as conn:
        seen = _own(conn, merchant, order_id, buyer, now, lock=True)
        if seen is None:
            return Refusal("order_unknown", field="order_id")
        if seen.order["lock_id"] == change_id:
            store.unlock(conn, merchant, order_id)
            _record(conn, merchant, order_id, "change_given_up", actor, now)
    return None


def end_abandoned(pool: Pool, now: datetime) -> int:
    """Changes that nobody saved within the pack's time end; answers how many. For the worker; late or early, a change is never saved after its time."""
    with scope(pool, PLATFORM) as conn:
        merchants = store.merchants_with_abandoned(conn, now)
    total = 0
    for merchant in merchants:
        with scope(pool, UUID(merchant)) as conn:
            total += store.end_abandoned(conn, merchant, now)
    return total


def _own(conn: Any, merchant: str, order_id: str, buyer: str, now: datetime, *, lock: bool = False) -> store.Seen | None:
    seen = store.see(conn, merchant, order_id, now, lock=lock) if is_id(order_id) else None
    return seen if seen is not None and seen.order["buyer_id"] == buyer else None


def _running(order: store.Row, now: datetime) -> bool:
    return order["lock_id"] is not None and order["locked_until"] > now


def _over(order: store.Row, change_id: str, now: datetime) -> bool:
    return not _running(order, now) or order["lock_id"] != change_id


def _again(before: store.Row, order_id: str) -> Saved | list[Refusal]:
    if before["order_id"] != order_id or before["what"] != "changed":
        return [Refusal("command_id_reused", field="command_id")]
    return Saved(order_id, before["after"]["total"], before["after"]["back"], before["after"]["due"], replayed=True)


def _look(conn: Any, merchant: str, seen: store.Seen, wish: Wish) -> Looked:
    order = seen.order
    skus = {line["sku"] for line in seen.lines} | set(wish.added)
    standing = Standing(
        tuple(_ordered(line) for line in seen.lines), tuple(map(_coupon, seen.coupons)), tuple(map(_coupon, seen.offered)), order["freight_minor"],
        {row["sku"]: _goods(row) for row in store.goods(conn, merchant, sorted(skus), order["currency"])}, order["currency"],
    )
    answer = change(standing, wish)
    looked = Looked(order, standing, order["locked_until"], _mark(seen, answer), None, [])
    if not isinstance(answer, Changed):
        looked.refusals = answer
        return looked
    looked.result = answer
    money = settled(answer.before, answer.total, order["paid_minor"] - order["refunded_minor"], order["lock_state"] in TO_PAY, order["currency"])
    if isinstance(money, Refusal):
        looked.refusals.append(money)
    else:
        looked.back, looked.due = money
    return looked


def _ordered(row: store.Row) -> Ordered:
    return Ordered(
        row["id"], row["sku"], row["title"], row["quantity"], row["unit_price_minor"], row["paid_minor"], row["coupon_minor"], row["points_used"],
        row["points_granted"], row["gift"], row["gift_of"], row["protected"], row["gone"],
    )


def _coupon(row: store.Row) -> Coupon:
    return Coupon(row["id"], row["title"] or row["code"], row["kind"], row["amount_minor"], row["minimum_minor"])


def _goods(row: store.Row) -> Goods:
    gifts = tuple((str(g["sku"]), int(g.get("quantity", 1))) for g in row["gifts"] or () if isinstance(g, dict) and "sku" in g) if isinstance(row["gifts"], list) else ()
    return Goods(row["sku"], row["title"], row["price_minor"], row["category"], gifts, row["free"])


def _mark(seen: store.Seen, answer: Changed | list[Refusal]) -> str:
    """What the buyer saw, in short: the order's lines, money, receiver and coupons, and what the wish makes of them today. Staff's remarks are none of it."""
    order = {name: seen.order[name] for name in ("freight_minor", "paid_minor", "refunded_minor", *sorted(store.RECEIVER), "buyer_remark", "delivery_wish", "invoice")}
    made = [[x.id, x.sku, x.quantity, x.unit_price, x.paid] for x in answer.lines] if isinstance(answer, Changed) else []
    return hashlib.sha256(msgspec.json.encode([order, seen.lines, [c["id"] for c in seen.coupons], made])).hexdigest()[:24]


def _write(conn: Any, merchant: str, seen: store.Seen, looked: Looked, columns: store.Row, coupons: bool, actor: Actor, now: datetime, command_id: str) -> None:
    result, order = looked.result, seen.order
    assert result is not None
    if result.touched or coupons:
        _write_lines(conn, merchant, order["id"], seen.lines, result)
    store.write_order(conn, merchant, order["id"], columns, looked.back, now)
    lines = [x for x in result.lines if x.change != "same"]
    was = {x.id: x for x in looked.standing.lines}
    before = {**_shown(order, columns), "total": result.before, "lines": [{"sku": x.sku, "quantity": was[x.id].quantity if x.id in was else 0} for x in lines]}
    after = {
        **_shown(columns, columns), "total": result.total, "back": looked.back, "due": looked.due, "points_back": result.points_back, "currency": order["currency"],
        "lines": [{"sku": x.sku, "title": x.title, "quantity": x.quantity} for x in lines], "coupons": [c.code for c in result.coupons],
    }
    _record(conn, merchant, order["id"], "changed", actor, now, before, after, command_id)
    if looked.back:
        order_money.give_back(conn, merchant, order["id"], command_id, looked.back, order["currency"], actor, now)


def _write_lines(conn: Any, merchant: str, order_id: str, before: list[store.Row], result: Changed) -> None:
    ids = {x.id: x.id if x.id in {line["id"] for line in before} else new_id() for x in result.lines}
    place, top = {line["id"]: line["position"] for line in before}, max((line["position"] for line in before), default=0)
    new = [x.id for x in result.standing if x.id not in place]
    rows = [_row(x, ids, place.get(x.id) if x.id in place else top + 1 + new.index(x.id)) for x in result.standing]
    store.write_lines(conn, merchant, order_id, rows, [x.id for x in result.lines if x.change == "removed"])


def _row(x: Line, ids: dict[str, str], position: int | None) -> store.Row:
    return {
        "id": ids[x.id], "position": position, "sku": x.sku, "title": x.title, "category": x.category, "quantity": x.quantity, "unit_price_minor": x.unit_price,
        "paid_minor": x.paid, "coupon_minor": x.coupon, "points_used": x.points_used, "points_granted": x.points_granted, "gift": x.gift,
        "gift_of": ids.get(x.gift_of, x.gift_of) if x.gift_of else None,
    }


def _shown(values: Any, names: Any) -> store.Row:
    """What was typed, as the record keeps it: names, phones and streets masked (ST-10)."""
    veils: dict[str, Any] = {"receiver": mask_name, "phone": mask_phone, "detail": mask_address}
    return {name: veils[name](values[name] or "") if name in veils else values[name] for name in names}


def _record(conn: Any, merchant: str, order_id: str, what: str, actor: Actor, now: datetime, before: Any = None, after: Any = None, id: str = "") -> None:
    row = {"id": id or new_id(), "order_id": order_id, "what": what, "actor_kind": actor.party.value, "actor_id": actor.id, "actor_name": actor.name, "before": before, "after": after}
    store.record(conn, merchant, [row], now)


def open_change(pool: Pool, merchant: str, order_id: str, buyer: str, now: datetime) -> Begun | Refusal | None:
    """The change that is open, None when one may be begun, or why none may; for a page."""
    with scope(pool, UUID(merchant)) as conn:
        seen = _own(conn, merchant, order_id, buyer, now)
        if seen is None:
            return Refusal("order_unknown", field="order_id")
        return Begun(seen.order["lock_id"], seen.order["locked_until"]) if _running(seen.order, now) else may_change(seen, now)
