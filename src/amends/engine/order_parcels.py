"""Parcels of an order as the desk puts them right: a wrong waybill, an abnormal parcel and what was done about it (OR-8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from amends.core.order_choices import TROUBLES
from amends.core.refusal import Refusal
from amends.engine.audit import By
from amends.engine.audit import record as put_on_record
from amends.engine.ids import is_id, new_id
from amends.store import order_changing
from amends.store import orders_desk as store
from amends.store.connect import Pool, scope

MOST_WORDS = 300


def correct_waybill(pool: Pool, by: By, merchant: str, order_id: str, parcel_id: str, carrier: str, waybill: str, now: datetime) -> Refusal | None:
    """The number of an outbound parcel was wrong. What was heard under it is forgotten, and the right one is followed. The same number again changes nothing."""
    carrier, waybill = carrier.strip(), "".join(waybill.split()).upper()
    refusal = by.lacks("ship_orders") or _line(carrier, "承运商", "Carrier", "carrier", 64) or _line(waybill, "运单号", "Waybill", "waybill", 64)
    if refusal:
        return refusal
    with scope(pool, UUID(merchant)) as conn:
        order, old = _parcel(conn, merchant, order_id, parcel_id)
        if order is None:
            return Refusal("order_unknown")
        if old is None:
            return Refusal("parcel_unknown")
        if old["signed_at"] is not None:
            return Refusal("parcel_signed_already")
        if order["state"] not in ("shipped", "delivered"):
            return Refusal("not_shipped_yet_waybill")
        if (old["carrier"], old["waybill"]) == (carrier, waybill):
            return None
        if (there := store.waybills(conn, merchant, [(carrier, waybill)]).get((carrier, waybill))) is not None:
            return Refusal("waybill_elsewhere", {"waybill": waybill, "number": there[1]}, "waybill")
        store.replace_parcel(conn, merchant, order_id, old, {"id": new_id(), "order_id": order_id, "carrier": carrier, "waybill": waybill}, now)
        before, after = {"carrier": old["carrier"], "waybill": old["waybill"]}, {"carrier": carrier, "waybill": waybill}
        _record(conn, by, merchant, order, "waybill_corrected", before, after, now)
    return None


def report_trouble(pool: Pool, by: By, merchant: str, order_id: str, parcel_id: str, kind: str, words: str, now: datetime) -> str | Refusal:
    """Something is wrong with a parcel on its way; answered by the report's id."""
    words = words.strip()
    refusal = by.lacks("manage_orders") or (None if kind in TROUBLES else Refusal("not_a_choice", {"zh": "异常类型", "en": "What is wrong", "choices": list(TROUBLES)}, "kind"))
    if refusal is None and (kind == "other" or len(words) > MOST_WORDS):
        refusal = _line(words, "说明", "What happened", "words", MOST_WORDS)
    if refusal:
        return refusal
    with scope(pool, UUID(merchant)) as conn:
        order, parcel = _parcel(conn, merchant, order_id, parcel_id)
        if order is None:
            return Refusal("order_unknown")
        if parcel is None:
            return Refusal("parcel_unknown")
        row = {"id": new_id(), "order": order_id, "parcel": parcel_id, "kind": kind, "words": words, "by_id": by.actor.id, "by_name": by.actor.name}
        if not store.add_trouble(conn, merchant, row, now):
            return Refusal("trouble_open")
        _record(conn, by, merchant, order, "trouble_reported", {}, {"waybill": parcel["waybill"], "kind": kind, "words": words}, now)
    return str(row["id"])


def settle_trouble(pool: Pool, by: By, merchant: str, order_id: str, trouble_id: str, words: str, now: datetime) -> Refusal | None:
    """It is put right, and how."""
    words = words.strip()
    if refusal := by.lacks("manage_orders") or _line(words, "处理结果", "What was done", "words", MOST_WORDS):
        return refusal
    with scope(pool, UUID(merchant)) as conn:
        order = store.hold(conn, merchant, [order_id]).get(order_id) if is_id(order_id) and is_id(trouble_id) else None
        if order is None or not store.settle_trouble(conn, merchant, order_id, trouble_id, words, by.actor.name, now):
            return Refusal("trouble_unknown")
        _record(conn, by, merchant, order, "trouble_settled", {}, {"words": words}, now)
    return None


def _parcel(conn: Any, merchant: str, order_id: str, parcel_id: str) -> tuple[store.Row | None, store.Row | None]:
    order = store.hold(conn, merchant, [order_id]).get(order_id) if is_id(order_id) else None
    return order, store.parcel(conn, merchant, order_id, parcel_id) if order is not None and is_id(parcel_id) else None


def _line(value: str, zh: str, en: str, field: str, most: int) -> Refusal | None:
    if not value:
        return Refusal("required", {"zh": zh, "en": en}, field)
    return Refusal("too_long", {"zh": zh, "en": en, "most": most, "now": len(value)}, field) if len(value) > most else None


def _record(conn: Any, by: By, merchant: str, order: store.Row, what: str, before: dict[str, Any], after: dict[str, Any], now: datetime) -> None:
    actor = by.actor
    row = {
        "id": new_id(), "order_id": order["id"], "what": what, "actor_kind": actor.party.value, "actor_id": actor.id, "actor_name": actor.name, "before": before, "after": after,
    }
    order_changing.record(conn, merchant, [row], now)
    put_on_record(conn, by, now, f"order_{what}", ("order", order["id"]), before=before, after={**after, "number": order["number"]}, merchant_id=merchant)
