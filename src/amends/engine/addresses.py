"""Return addresses (ME-2): complete, in a real place, exactly one of them the default."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.core.divisions import Place, find
from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.ids import new_id
from amends.store import addresses
from amends.store.connect import Pool, scope

_PHONE = re.compile(r"\+?[0-9][0-9 ()\-]{4,22}(?:转[0-9]{1,6})?")
_LENGTHS = {"label": ("名称", "Name", 40), "receiver": ("收货人", "Receiver", 40), "detail": ("详细地址", "Street and number", 120)}


@dataclass(slots=True)
class Typed:
    """An address as somebody typed it."""

    receiver: str
    phone: str
    province: str
    city: str
    district: str
    detail: str
    label: str = ""


def addresses_of(pool: Pool, by: By) -> list[addresses.Row]:
    """All addresses of the asker's merchant, the default first."""
    with scope(pool, by.scope) as conn:
        return addresses.listed(conn, by.merchant_id)


def add_address(pool: Pool, by: By, typed: Typed, now: datetime) -> str | Refusal:
    """Add an address, answered by its id; a merchant's first becomes the default."""
    place = by.lacks("manage_addresses") or place_of(typed)
    if isinstance(place, Refusal):
        return place
    with scope(pool, by.scope) as conn:
        first = not any(row["is_default"] for row in addresses.locked(conn, by.merchant_id))
        row = _row(new_id(now), typed, place) | {"is_default": first, "active": True}
        addresses.put(conn, by.merchant_id, row)
        record(conn, by, now, "address_made", ("address", row["id"]), after=_shown(row))
    return str(row["id"])


def change_address(pool: Pool, by: By, address_id: str, typed: Typed, now: datetime) -> Refusal | None:
    """Write an address anew; whether it is the default or in use stays as it is."""
    place = by.lacks("manage_addresses") or place_of(typed)
    if isinstance(place, Refusal):
        return place
    with scope(pool, by.scope) as conn:
        old = _one(addresses.locked(conn, by.merchant_id), address_id)
        if old is None:
            return Refusal("address_unknown")
        row = _row(address_id, typed, place) | {"is_default": old["is_default"], "active": old["active"]}
        addresses.put(conn, by.merchant_id, row)
        if row != old:
            record(conn, by, now, "address_changed", ("address", address_id), before=_shown(old), after=_shown(row))
    return None


def choose_default(pool: Pool, by: By, address_id: str, now: datetime) -> Refusal | None:
    """Make an address that is in use the default."""
    refusal = by.lacks("manage_addresses")
    if refusal:
        return refusal
    with scope(pool, by.scope) as conn:
        rows = addresses.locked(conn, by.merchant_id)
        chosen, old = _one(rows, address_id), next((r for r in rows if r["is_default"]), None)
        if chosen is None:
            return Refusal("address_unknown")
        if not chosen["active"]:
            return Refusal("address_resting", {"label": chosen["label"]})
        if chosen != old:
            addresses.set_default(conn, by.merchant_id, address_id)
            before = {"label": old["label"]} if old else None
            record(conn, by, now, "address_default", ("address", address_id), before=before, after={"label": chosen["label"]})
    return None


def rest_address(pool: Pool, by: By, address_id: str, now: datetime, *, active: bool = False) -> Refusal | None:
    """Take an address out of use, or (`active`) back into it; the default stays in use. Cases keep what they were given."""
    refusal = by.lacks("manage_addresses")
    if refusal:
        return refusal
    with scope(pool, by.scope) as conn:
        row = _one(addresses.locked(conn, by.merchant_id), address_id)
        if row is None:
            return Refusal("address_unknown")
        if row["is_default"] and not active:
            return Refusal("address_is_default", {"label": row["label"]})
        if row["active"] != active:
            addresses.put(conn, by.merchant_id, row | {"active": active})
            record(conn, by, now, "address_changed", ("address", address_id), before={"active": row["active"]}, after={"active": active})
    return None


def place_of(typed: Typed) -> Place | Refusal:
    """What is missing or unknown about an address, the first thing first; otherwise its place by full names."""
    for field in ("receiver", "phone", "province", "district", "detail"):
        if not getattr(typed, field).strip():
            zh, en = {**_LENGTHS, "phone": ("电话", "Phone", 0), "province": ("省份", "Province", 0), "district": ("区县", "District", 0)}[field][:2]
            return Refusal("required", {"zh": zh, "en": en}, field)
    for field, (zh, en, most) in _LENGTHS.items():
        if len(getattr(typed, field).strip()) > most:
            return Refusal("too_long", {"zh": zh, "en": en, "most": most, "now": len(getattr(typed, field).strip())}, field)
    if not _PHONE.fullmatch(typed.phone.strip()) or not 5 <= len(re.sub(r"\D", "", typed.phone)) <= 18:
        return Refusal("wrong_kind", {"zh": "电话", "en": "Phone"}, "phone")
    place = find(typed.province, typed.city, typed.district)
    return place or Refusal("place_unknown", {"place": " ".join(filter(None, (typed.province, typed.city, typed.district)))}, "district")


def _row(address_id: str, typed: Typed, place: Place) -> addresses.Row:
    return {
        "id": address_id, "label": typed.label.strip() or f"{place.district} {typed.receiver.strip()}", "receiver": typed.receiver.strip(),
        "phone": typed.phone.strip(), "province": place.province, "city": place.city, "district": place.district, "detail": typed.detail.strip(),
    }


def _one(rows: list[addresses.Row], address_id: str) -> addresses.Row | None:
    return next((row for row in rows if row["id"] == address_id), None)


def _shown(row: addresses.Row) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k != "id"}
