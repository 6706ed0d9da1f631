"""Parcels at the dock that match nothing: registered, and matched later (SO-13). What matches is registered by the command RegisterReceipt."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.ids import is_id, new_id
from amends.store import unclaimed
from amends.store.connect import Pool, scope
from amends.store.screens.receipt import OPEN

PERMISSION = "service_order.register_receipt"
LENGTHS = {"carrier": 64, "waybill": 64, "sender": 64, "phone": 32, "description": 200}


@dataclass(slots=True)
class Unclaimed:
    """A parcel as it lies there; `photos` are ids of uploaded files."""

    carrier: str = ""
    waybill: str = ""
    sender: str = ""
    phone: str = ""
    description: str = ""
    photos: list[str] = field(default_factory=list)


def register_unclaimed(pool: Pool, by: By, parcel: Unclaimed, now: datetime, once: str = "") -> str | Refusal:
    """Keep an unclaimed parcel and answer its id; `once` (a UUID) makes a form sent twice one parcel."""
    refusal = by.lacks(PERMISSION) or _wrong(parcel)
    if refusal is not None or by.merchant_id is None:
        return refusal or Refusal("permission_missing", {"permission": PERMISSION})
    row = {name: getattr(parcel, name).strip()[:most] for name, most in LENGTHS.items()}
    row = {**row, "id": once if is_id(once) else new_id(now), "photos": [p for p in parcel.photos if is_id(p)], "by": by.actor.id}
    with scope(pool, UUID(by.merchant_id)) as conn:
        if unclaimed.add(conn, by.merchant_id, row, now):
            record(conn, by, now, "unclaimed_registered", ("unclaimed_parcel", row["id"]), after={"waybill": row["waybill"]})
    return str(row["id"])


def match_unclaimed(pool: Pool, by: By, unclaimed_id: str, case_id: str, now: datetime) -> Refusal | None:
    """Say whose parcel it is: a service order that still waits for its goods. Its receipt is registered next."""
    refusal = by.lacks(PERMISSION)
    if refusal is not None or by.merchant_id is None:
        return refusal or Refusal("permission_missing", {"permission": PERMISSION})
    if not is_id(unclaimed_id) or not is_id(case_id):
        return Refusal("case_unknown", field="case")
    with scope(pool, UUID(by.merchant_id)) as conn:
        state = unclaimed.state_of(conn, by.merchant_id, case_id)
        if state is None:
            return Refusal("case_unknown", field="case")
        if state not in OPEN:
            return Refusal("goods_not_awaited", {"state": state}, "case")
        if not unclaimed.match(conn, by.merchant_id, unclaimed_id, case_id, new_id(now), now):
            return Refusal("unclaimed_matched")
        record(conn, by, now, "unclaimed_matched", ("unclaimed_parcel", unclaimed_id), after={"case": case_id})
    return None


def _wrong(parcel: Unclaimed) -> Refusal | None:
    if not any(getattr(parcel, name).strip() for name in LENGTHS if name != "carrier"):
        return Refusal("unclaimed_empty", field="waybill")
    return None
