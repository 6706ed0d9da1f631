"""Work on orders over the API: remark, steps, shipping, receiver; the buyer's change and urge; what was done to an order (OR-7 … OR-9)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from amends.api import order_forms as forms
from amends.api.door import Call, Refused, Reply, refuse
from amends.api.operations import PAGING
from amends.api.order_shapes import (
    ChangeBegun,
    ChangedLine,
    ChangeEnded,
    ChangeLooked,
    ChangeSaved,
    OrderChangePage,
    OrderChangeRow,
    OrderWorked,
    ShipResult,
    ShipResults,
    Urge,
    UrgeAnswered,
    Urged,
    UrgePage,
)
from amends.api.pages import DEFAULT_LIMIT, cursor, limit, read_cursor
from amends.api.problems import problem, status_of
from amends.api.records import read_record
from amends.api.shapes import Money
from amends.core.actor import Actor, Party
from amends.core.order_change import Wish
from amends.core.order_fields import OrderField
from amends.core.refusal import Refusal
from amends.engine import order_changes, orders_desk, urges
from amends.engine.audit import By
from amends.engine.order_times import times_of
from amends.engine.order_wish import Details
from amends.engine.orders_desk import Shipment, Worked
from amends.store.connect import scope
from amends.store.screens import order_book, order_work


def remark(call: Call, id: UUID) -> Reply:
    """POST a remark, a flag or both."""
    values = _body(call, forms.REMARK)
    given = call.json()
    flag = {"none": "", None: None}.get(values.get("flag"), values.get("flag"))
    return _worked(call, id, orders_desk.remark(call.house.pool, _by(call), call.merchant(), [str(id)], str(given["remarks"] or "") if "remarks" in given else None, flag, call.now))


def mark(call: Call, id: UUID) -> Reply:
    """POST how far preparing has come."""
    return _worked(call, id, orders_desk.mark(call.house.pool, _by(call), call.merchant(), [str(id)], _body(call, forms.MARK)["step"], call.now))


def ship(call: Call, id: UUID) -> Reply:
    """POST that it leaves, under which waybill."""
    values = _body(call, forms.SHIP)
    return _worked(call, id, orders_desk.ship(call.house.pool, _by(call), call.merchant(), [Shipment(str(id), values["carrier"], values["waybill"])], call.now))


def ship_many(call: Call) -> Reply:
    """POST many, each with its own result."""
    call.known_queries()
    body = call.json()
    wrong: list[Refusal] = []
    items = body.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= forms.MOST_SHIPPED or set(body) != {"items"}:
        raise Refused(Refusal("too_many_items", {"most": forms.MOST_SHIPPED}, "items"))
    rows: list[dict[str, Any]] = []
    for i, item in enumerate(items):
        if isinstance(item, dict):
            rows.append(read_record(item, forms.SHIP_ITEM, f"items[{i}].", wrong))
        else:
            wrong.append(Refusal("wrong_kind", {"zh": "订单", "en": "Order"}, f"items[{i}]"))
    refuse(wrong)
    answer = orders_desk.ship(call.house.pool, _by(call), call.merchant(), [Shipment(r["id"].lower(), r["carrier"], r["waybill"]) for r in rows], call.now)
    if isinstance(answer, Refusal):
        raise Refused(answer)
    results = [_shipped(w, call) for w in answer]
    return Reply(ShipResults(sum(r.problem is None for r in results), sum(r.problem is not None for r in results), results))


def _shipped(worked: Worked, call: Call) -> ShipResult:
    said = problem([worked.refusal], call.language) if worked.refusal else None
    return ShipResult(worked.order_id, worked.number or None, status_of(worked.refusal) if worked.refusal else 200, worked.changed, said)


def receiver(call: Call, id: UUID) -> Reply:
    """POST another receiver before shipment, in the same city."""
    values = _body(call, forms.RECEIVER)
    refuse(orders_desk.change_receiver(call.house.pool, _by(call), call.merchant(), str(id), Details(**values), call.now))
    return _worked(call, id, [Worked(str(id), "", None, True)])


def changes(call: Call, id: UUID) -> Reply:
    """GET what was done to an order."""
    call.needs("read")
    call.known_queries()
    merchant = call.merchant()
    if order_book.one(call.house.pool, merchant, str(id)) is None:
        raise Refused(Refusal("not_there"))
    with scope(call.house.pool, UUID(merchant)) as conn:
        rows = order_work.changes_of(conn, merchant, str(id))
    return Reply(OrderChangePage([OrderChangeRow(r.id, r.what, r.at, r.actor_kind, r.actor_name, r.before, r.after) for r in rows], None))


def begin(call: Call, id: UUID) -> Reply:
    """POST: the buyer begins to change the order, or goes on."""
    call.known_queries()
    buyer, actor = _buyer(call, id)
    begun = order_changes.begin(call.house.pool, call.merchant(), str(id), buyer, actor, call.now)
    if isinstance(begun, Refusal):
        raise Refused(begun)
    return Reply(ChangeBegun(begun.change, begun.until))


def look(call: Call, id: UUID) -> Reply:
    """POST a wish, to see what it comes to."""
    values, wish = _wish(call, forms.WISH)
    buyer, _ = _buyer(call, id)
    looked = order_changes.look(call.house.pool, call.merchant(), str(id), buyer, values["change"].lower(), wish, call.now)
    if isinstance(looked, Refusal):
        raise Refused(looked)
    refuse(looked.refusals)
    result, money = looked.result, looked.order["currency"]
    assert result is not None
    known = {x.id for x in looked.standing.lines}
    lines = [
        ChangedLine(x.id if x.id in known else None, x.sku, x.title, x.quantity, Money(x.unit_price, money), Money(x.paid, money), Money(x.coupon, money), x.gift, x.change)
        for x in result.lines
    ]
    return Reply(ChangeLooked(
        looked.seen, looked.until, Money(result.before, money), Money(result.total, money), Money(looked.back, money), Money(looked.due, money), result.points_back, lines))


def save(call: Call, id: UUID) -> Reply:
    """POST the wish that was looked at, with receiver, delivery, invoice and remark; the order unlocks."""
    values, wish = _wish(call, forms.SAVE)
    buyer, actor = _buyer(call, id)
    invoice = {name: values.get(f"invoice_{name}", "") for name in ("kind", "title", "tax_number")} if "invoice_kind" in values else None
    plain = {name: values[name] for name in (*forms.RECEIVER, "delivery_wish", "buyer_remark") if name in values}
    saved = order_changes.save(
        call.house.pool, call.merchant(), str(id), buyer, values["change"].lower(), values["seen"], wish, Details(**plain, invoice=invoice), actor, call.now, str(call.command_id))
    if isinstance(saved, list):
        raise Refused(*saved)
    found = order_book.one(call.house.pool, call.merchant(), str(id))
    assert found is not None
    money = found[0]["currency"]
    return Reply(ChangeSaved(saved.order_id, Money(saved.total, money), Money(saved.back, money), Money(saved.due, money)), version=found[0]["version"], replayed=saved.replayed)


def give_up(call: Call, id: UUID) -> Reply:
    """POST that nothing is to be changed; the order unlocks."""
    values = _body(call, forms.CHANGE)
    buyer, actor = _buyer(call, id)
    if refusal := order_changes.give_up(call.house.pool, call.merchant(), str(id), buyer, values["change"].lower(), actor, call.now):
        raise Refused(refusal)
    return Reply(ChangeEnded(str(id), values["change"]))


def urge(call: Call, id: UUID) -> Reply:
    """POST: the buyer asks where the order is."""
    values = _body(call, forms.URGE)
    buyer, actor = _buyer(call, id)
    urged = urges.urge(call.house.pool, call.merchant(), str(id), buyer, values.get("words", ""), actor, call.now, str(call.command_id))
    if isinstance(urged, Refusal):
        raise Refused(urged)
    return Reply(Urged(urged.id, urged.again_at), replayed=urged.replayed)


def urge_list(call: Call) -> Reply:
    """GET urges that wait for an answer, or those answered."""
    call.needs("read")
    call.known_queries("answered", *PAGING)
    merchant, most = call.merchant(), call.query("limit", limit, DEFAULT_LIMIT)
    answered, after = call.query("answered", _flag, False), call.query("cursor", read_cursor(tuple[datetime, UUID]))
    with scope(call.house.pool, UUID(merchant)) as conn:
        pack, still = order_work.pack_of(conn, merchant, call.now)
        times = times_of(pack, call.now, still=still)
        rows = order_work.urges(conn, merchant, times, answered=answered, after=(after[0], str(after[1])) if after else None, limit=most + 1)
    shown = [Urge(u.id, u.order_id, u.number, u.state, u.words, u.at, u.due_at, u.answered_at, u.answer, u.answered_name) for u in rows[:most]]
    last = rows[most - 1] if len(rows) > most else None
    return Reply(UrgePage(shown, cursor(last.answered_at if answered and last.answered_at else last.at, last.id) if last else None))


def urge_answer(call: Call, id: UUID) -> Reply:
    """POST the merchant's words to one."""
    answer = urges.answer(call.house.pool, _by(call), call.merchant(), [str(id)], _body(call, forms.ANSWER)["words"], call.now)
    refusal = answer if isinstance(answer, Refusal) else answer[0].refusal
    if refusal or isinstance(answer, Refusal):
        raise Refused(Refusal("not_there") if refusal and refusal.code == "urge_unknown" else refusal or Refusal("not_there"))
    return Reply(UrgeAnswered(str(id), answer[0].order_id, answer[0].number))


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _by(call: Call) -> By:
    return By(call.caller, getattr(call.request, "address", ""), getattr(call.request, "correlation", ""))


def _buyer(call: Call, id: UUID) -> tuple[str, Actor]:
    """The buyer whose word this is, and who says it: the buyer spoken for, or a key with leave to speak for buyers, for the order's own."""
    actor = call.acting()
    if actor.party is Party.CARRIER:
        raise Refused(Refusal("not_yours", {"command": "change_order", "party": actor.party.value}))
    if actor.party is Party.BUYER:
        return actor.id, actor
    call.needs("speak_for_buyer")
    found = order_book.one(call.house.pool, call.merchant(), str(id))
    if found is None:
        raise Refused(Refusal("not_there"))
    return str(found[0]["buyer_id"]), actor


def _body(call: Call, table: dict[str, OrderField]) -> dict[str, Any]:
    call.known_queries()
    wrong: list[Refusal] = []
    values = read_record(call.json(), table, "", wrong)
    refuse(wrong)
    return values


def _wish(call: Call, table: dict[str, OrderField]) -> tuple[dict[str, Any], Wish]:
    """The flat fields, and the wish out of `lines`, `added` and `coupons`."""
    call.known_queries()
    body, wrong = call.json(), list[Refusal]()
    values = read_record(body, table, "", wrong, forms.LISTS)
    lists: dict[str, dict[str, int]] = {}
    for name, key, inside in (("lines", "line_id", forms.PIECES), ("added", "sku", forms.ADDED)):
        given, found = body.get(name) or [], dict[str, int]()
        if not isinstance(given, list) or len(given) > forms.MOST_ITEMS or not all(isinstance(x, dict) for x in given):
            wrong.append(Refusal("wrong_kind", {"zh": name, "en": name}, name))
            continue
        for i, item in enumerate(given):
            row = read_record(item, inside, f"{name}[{i}].", wrong)
            if len(row) == 2:
                found[str(row[key]).lower() if key == "line_id" else row[key]] = row["quantity"]
        lists[name] = found
    refuse(wrong)
    return values, Wish(lists["lines"], lists["added"], tuple(c.lower() for c in values["coupons"]) if "coupons" in values else None)


def _worked(call: Call, id: UUID, answer: list[Worked] | Refusal) -> Reply:
    refusal = answer if isinstance(answer, Refusal) else answer[0].refusal
    if refusal or isinstance(answer, Refusal):
        raise Refused(Refusal("not_there") if refusal is None or refusal.code == "order_unknown" else refusal)
    found = order_book.one(call.house.pool, call.merchant(), str(id))
    if found is None:
        raise Refused(Refusal("not_there"))
    row = found[0]
    return Reply(OrderWorked(row["id"], row["number"], row["state"], row["sub_state"], row["flag"], row["remarks"], row["version"], answer[0].changed), version=row["version"])
