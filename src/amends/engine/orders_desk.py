"""The desk's work on orders, singly and in bulk: remark and flag, steps of preparing, shipping, parcel count, receiver (OR-8).

Every order answers for itself: what cannot be done with one stops no other. The rows are held, so that printing and a buyer's change, shipping and a cancellation
never happen at once; each change is on the order's record and in the audit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from amends.core.divisions import find
from amends.core.masking import mask_address, mask_name, mask_phone
from amends.core.order_choices import FLAGS, STEPS
from amends.core.order_fields import STATES, SUB_STATES
from amends.core.refusal import Refusal
from amends.engine.audit import By
from amends.engine.audit import record as put_on_record
from amends.engine.ids import is_id, new_id
from amends.engine.order_wish import Details
from amends.store import order_changing, order_news
from amends.store import orders_desk as store
from amends.store.connect import Pool, scope

MOST_AT_ONCE = 200
MOST_REMARK = 500
GONE = frozenset({"shipped", "delivered", "received", "completed"})


@dataclass(slots=True)
class Worked:
    """What became of one order: `refusal` None when it is as asked, `changed` False when it was already."""

    order_id: str
    number: str
    refusal: Refusal | None = None
    changed: bool = False


@dataclass(slots=True)
class Step:
    """What is to be written for one order: the name on record, columns, and what stood and stands."""

    what: str
    columns: dict[str, Any]
    before: Mapping[str, Any]
    after: Mapping[str, Any]


Do = Callable[[Any, store.Row], Step | Refusal | None]


def remark(pool: Pool, by: By, merchant: str, order_ids: Sequence[str], words: str | None, flag: str | None, now: datetime) -> list[Worked] | Refusal:
    """A remark, a flag, or both; None leaves it, an empty one takes it away."""
    if words is None and flag is None:
        return Refusal("remark_empty", field="remarks")
    if flag and flag not in FLAGS:
        return Refusal("flag_unknown", {"choices": list(FLAGS)}, "flag")
    if words is not None and len(words.strip()) > MOST_REMARK:
        return Refusal("too_long", {"zh": "备注", "en": "Remark", "most": MOST_REMARK, "now": len(words.strip())}, "remarks")
    columns = {**({} if words is None else {"remarks": words.strip()}), **({} if flag is None else {"flag": flag or None})}

    def do(_: Any, order: store.Row) -> Step | None:
        return _step("remarked", order, columns)

    return _each(pool, by, merchant, order_ids, "manage_orders", now, do)


def count_parcels(pool: Pool, by: By, merchant: str, order_id: str, count: int, now: datetime) -> Refusal | None:
    """How many parcels the order goes out in."""
    if not 1 <= count <= 999:
        return Refusal("out_of_range", {"zh": "包裹数", "en": "Parcels", "least": 1, "most": 999}, "parcel_count")

    def do(_: Any, order: store.Row) -> Step | Refusal | None:
        return _dead(order) or _step("parcels_counted", order, {"parcel_count": count})

    return _only(_each(pool, by, merchant, [order_id], "manage_orders", now, do))


def mark(pool: Pool, by: By, merchant: str, order_ids: Sequence[str], step: str, now: datetime) -> list[Worked] | Refusal:
    """The order has been printed, picked, scanned or packed. From printing on its buyer can change it no more; steps are left out forwards, never taken back."""
    if step not in SUB_STATES:
        return Refusal("not_a_choice", {"zh": "配货步骤", "en": "Preparing step", "choices": list(SUB_STATES)}, "step")

    def do(conn: Any, order: store.Row) -> Step | Refusal | None:
        if refusal := _held(conn, merchant, order, now) or _dead(order):
            return refusal
        if order["state"] != "preparing":
            return Refusal("order_not_preparing", {"number": order["number"], **_state(order)})
        if order["sub_state"] and SUB_STATES.index(order["sub_state"]) > SUB_STATES.index(step):
            zh, en = STEPS[order["sub_state"]]
            return Refusal("step_backwards", {"number": order["number"], "zh": zh, "en": en})
        return _step("marked", order, {"sub_state": step})

    return _each(pool, by, merchant, order_ids, "manage_orders", now, do)


@dataclass(slots=True)
class Shipment:
    """One order goes out under a carrier's number."""

    order_id: str
    carrier: str
    waybill: str


def ship(pool: Pool, by: By, merchant: str, shipments: Sequence[Shipment], now: datetime) -> list[Worked] | Refusal:
    """Each order leaves under its waybill; the same again changes nothing, another waybill on a shipped order is a further parcel of it.

    Open cancellations of the orders hear of it in the same transaction (CA-2).
    """
    try:
        return _ship(pool, by, merchant, shipments, now)
    except store.Taken:
        return _ship(pool, by, merchant, shipments, now)  # now it is seen where the number is


def _ship(pool: Pool, by: By, merchant: str, shipments: Sequence[Shipment], now: datetime) -> list[Worked] | Refusal:
    wanted = {s.order_id: Shipment(s.order_id, s.carrier.strip(), "".join(s.waybill.split()).upper()) for s in shipments}
    shipped: list[str] = []
    parcels: list[store.Row] = []
    known: dict[tuple[str, str], tuple[str, str]] = {}

    def before(conn: Any) -> None:
        known.update(store.waybills(conn, merchant, [(s.carrier, s.waybill) for s in wanted.values()]))

    def do(conn: Any, order: store.Row) -> Step | Refusal | None:
        s = wanted[order["id"]]
        refusal = _typed(s) or _held(conn, merchant, order, now) or _dead(order) or _leaves(order)
        elsewhere = known.get((s.carrier, s.waybill))
        if refusal is None and elsewhere is not None:
            if elsewhere[0] != order["id"]:
                return Refusal("waybill_elsewhere", {"waybill": s.waybill, "number": elsewhere[1]}, "waybill")
            if order["state"] == "shipped":
                return None
        if refusal:
            return refusal
        known[s.carrier, s.waybill] = (order["id"], order["number"])
        if elsewhere is None:
            parcels.append({"id": new_id(), "order_id": order["id"], "carrier": s.carrier, "waybill": s.waybill})
        if order["state"] == "shipped":
            return Step("parcel_added", {}, {}, {"carrier": s.carrier, "waybill": s.waybill})
        shipped.append(order["id"])
        return Step("shipped", {}, {"state": order["state"]}, {"state": "shipped", "carrier": s.carrier, "waybill": s.waybill})

    def after(conn: Any) -> None:
        if parcels:
            store.add_parcels(conn, merchant, parcels, now)
        if shipped:
            store.ship(conn, merchant, shipped, now)
            order_news.shipped(conn, merchant, shipped, now)

    return _each(pool, by, merchant, list(wanted), "ship_orders", now, do, before, after)


def change_receiver(pool: Pool, by: By, merchant: str, order_id: str, details: Details, now: datetime) -> list[Refusal]:
    """Another receiver, phone or street before shipment, in the same city (OR-8). Empty when it is done."""
    said: list[Refusal] = []

    def do(conn: Any, order: store.Row) -> Step | Refusal | None:
        if refusal := _held(conn, merchant, order, now) or _dead(order):
            return refusal
        if order["shipped_at"] is not None or order["state"] in GONE:
            return Refusal("receiver_after_shipment")
        given = Details(details.receiver, details.phone, details.province, details.city, details.district, details.detail)
        columns, wrong = given.changes({**order, "delivery_wish": "any", "buyer_remark": "", "invoice": {}})
        said.extend(wrong)
        if wrong:
            return wrong[0]
        if not _same_city(order, columns):
            return Refusal("receiver_other_city", {"city": "".join(dict.fromkeys((order["province"] or "", order["city"] or "")))}, "city")
        if columns:
            order_changing.mark_receiver(conn, merchant, order_id)
        return _step("receiver_changed", order, columns)

    refusal = _only(_each(pool, by, merchant, [order_id], "manage_orders", now, do))
    return said or ([refusal] if refusal else [])


def _same_city(order: store.Row, columns: Mapping[str, Any]) -> bool:
    if not columns.keys() & {"province", "city"}:
        return True
    was = find(order["province"] or "", order["city"] or "", order["district"] or "")
    stood = (was.province, was.city) if was else (order["province"], order["city"])
    return stood == (columns.get("province", order["province"]), columns.get("city", order["city"]))


def _each(
    pool: Pool, by: By, merchant: str, order_ids: Sequence[str], permission: str, now: datetime, do: Do, before: Callable[[Any], None] | None = None,
    after: Callable[[Any], None] | None = None,
) -> list[Worked] | Refusal:
    """Hold the orders, decide for each, write what was decided; answers in the order asked."""
    if refusal := by.lacks(permission):
        return refusal
    asked = list(dict.fromkeys(order_ids))
    if not asked:
        return Refusal("nothing_chosen", field="orders")
    if len(asked) > MOST_AT_ONCE:
        return Refusal("too_many_orders", {"most": MOST_AT_ONCE}, "orders")
    answers: dict[str, Worked] = {}
    with scope(pool, UUID(merchant)) as conn:
        held = store.hold(conn, merchant, [i for i in asked if is_id(i)])
        if before:
            before(conn)
        records = []
        for order in held.values():
            decided = do(conn, order)
            answers[order["id"]] = Worked(order["id"], order["number"], decided if isinstance(decided, Refusal) else None, isinstance(decided, Step))
            if isinstance(decided, Step):
                _write(conn, by, merchant, order, decided, now)
                actor = by.actor
                records.append({
                    "id": new_id(), "order_id": order["id"], "what": decided.what, "actor_kind": actor.party.value, "actor_id": actor.id, "actor_name": actor.name,
                    "before": decided.before, "after": decided.after,
                })
        if after:
            after(conn)
        if records:
            order_changing.record(conn, merchant, records, now)
    return [answers.get(i, Worked(i, "", Refusal("order_unknown", field="order_id"))) for i in asked]


def _write(conn: Any, by: By, merchant: str, order: store.Row, step: Step, now: datetime) -> None:
    if step.columns:
        store.change(conn, merchant, order["id"], step.columns)
    put_on_record(conn, by, now, f"order_{step.what}", ("order", order["id"]), before=step.before, after={**step.after, "number": order["number"]}, merchant_id=merchant)


def _only(answer: list[Worked] | Refusal) -> Refusal | None:
    return answer if isinstance(answer, Refusal) else answer[0].refusal


def _step(what: str, order: store.Row, columns: dict[str, Any]) -> Step | None:
    """The columns that become other than they are; None when none does."""
    new = {k: v for k, v in columns.items() if order[k] != v}
    return Step(what, new, _veiled(order, new), _veiled(new, new)) if new else None


def _veiled(values: Mapping[str, Any], names: Any) -> dict[str, Any]:
    veils: dict[str, Callable[[str], str]] = {"receiver": mask_name, "phone": mask_phone, "detail": mask_address}
    return {name: veils[name](values[name] or "") if name in veils else values[name] for name in names}


def _held(conn: Any, merchant: str, order: store.Row, now: datetime) -> Refusal | None:
    """A change of the buyer's holds the order, or its shop does; one whose time is over holds it no longer."""
    if order["state"] != "locked":
        return None
    if order["lock_id"] is None:
        return Refusal("order_held_by_shop", {"number": order["number"]})
    if order["locked_until"] > now:
        return Refusal("order_locked", {"number": order["number"], "until": order["locked_until"].isoformat()})
    order_changing.unlock(conn, merchant, order["id"])
    order["state"] = order["lock_state"]
    return None


def _dead(order: store.Row) -> Refusal | None:
    return Refusal("order_cancelled", {"number": order["number"]}) if order["state"] == "cancelled" or order["pieces"] == 0 else None


def _leaves(order: store.Row) -> Refusal | None:
    """What is paid, or is paid at the door, and has not arrived may leave."""
    if order["state"] in ("pending_payment", "on_hold"):
        return Refusal("order_not_paid", {"number": order["number"]})
    return Refusal("order_shipped_before", {"number": order["number"]}) if order["state"] in ("delivered", "received", "completed") else None


def _typed(s: Shipment) -> Refusal | None:
    for name, value, zh, en in (("carrier", s.carrier, "承运商", "Carrier"), ("waybill", s.waybill, "运单号", "Waybill")):
        if not value:
            return Refusal("required", {"zh": zh, "en": en}, name)
        if len(value) > 64:
            return Refusal("too_long", {"zh": zh, "en": en, "most": 64, "now": len(value)}, name)
    return None


def _state(order: store.Row) -> dict[str, str]:
    zh, en = STATES[order["state"]]
    return {"zh": zh, "en": en}
