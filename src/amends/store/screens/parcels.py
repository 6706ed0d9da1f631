"""A parcel with its trace, as pages and the API show it (LO-1). One piece of SQL for every screen that has parcels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from amends.core import parcels

COLUMNS = """p.id::text, p.order_id::text, p.case_id::text, p.direction, p.carrier, p.waybill, p.state, p.sent_at, p.signed_at, p.registered_at, p.expected_at,
  p.followed_at, p.accepted_at, p.returned_at, p.last_event_at, p.heard_at, p.trouble, p.intercept, p.intercept_asked_at, p.intercept_answered_at, p.intercept_answer,
  (select coalesce(json_agg(json_build_object('key', e.key, 'code', e.code, 'words', e.words, 'place', e.place, 'at', e.at) order by e.at desc, e.key desc), '[]')
   from parcel_events e where e.merchant_id = p.merchant_id and e.parcel_id = p.id) as trace"""
"""What `ParcelRow` is made of, of a table `parcels p`."""


@dataclass(slots=True)
class Scan:
    """One event of a trace."""

    code: str
    words: str
    place: str
    at: datetime


@dataclass(slots=True)
class ParcelRow:
    """One parcel. direction: out, back, replacement, original. `trace`: its events as stored, newest first."""

    id: str
    order_id: str | None
    case_id: str | None
    direction: str
    carrier: str
    waybill: str
    state: str
    sent_at: datetime | None
    signed_at: datetime | None
    registered_at: datetime | None
    expected_at: datetime | None
    followed_at: datetime | None
    accepted_at: datetime | None
    returned_at: datetime | None
    last_event_at: datetime | None
    heard_at: datetime | None
    trouble: str
    intercept: str | None
    intercept_asked_at: datetime | None
    intercept_answered_at: datetime | None
    intercept_answer: str
    trace: list[dict[str, Any]]

    @property
    def scans(self) -> list[Scan]:
        """The trace, newest first."""
        return [Scan(e["code"], e["words"], e["place"], datetime.fromisoformat(e["at"])) for e in self.trace]

    @property
    def standing(self) -> str:
        """The state to show: signed for, where an order's record says so and no carrier was asked."""
        return parcels.standing(self.direction, "signed") if self.signed_at and self.state in ("sent", "out") else self.state

    @property
    def over(self) -> bool:
        """Nothing more is expected of the carrier."""
        return self.standing in parcels.OVER

    def flag(self, now: datetime) -> str:
        """lost, abnormal or silent, or "" when all is well."""
        return parcels.trouble(self.standing, self.followed_at is not None, self.last_event_at or self.followed_at, now)


_LISTED = f"""
select {COLUMNS} from parcels p where p.merchant_id = %(m)s and {{which}} and (%(after)s::uuid is null or p.id < %(after)s) order by p.id desc limit %(most)s"""
_WHICH = {
    "case": "(p.case_id = %(of)s::uuid or (p.case_id is null and p.direction = 'out' and p.order_id = (select order_id from cases where merchant_id = %(m)s and id = %(of)s::uuid)))",
    "order": "p.order_id = %(of)s::uuid", "waybill": "p.waybill = %(of)s", "id": "p.id = %(of)s::uuid", "": "true",
}


def listed(conn: psycopg.Connection, merchant_id: str, by: str, of: str, most: int, after: str | None = None) -> list[ParcelRow]:
    """Parcels of a case (its own and its order's), of an order, with a waybill, or all (`by` is ""), newest first."""
    given = {"m": UUID(merchant_id), "of": of, "most": most, "after": after}
    with conn.cursor(row_factory=class_row(ParcelRow)) as cursor:
        return cursor.execute(_LISTED.format(which=_WHICH[by]), given).fetchall()


def one(conn: psycopg.Connection, merchant_id: str, parcel_id: str) -> ParcelRow | None:
    """One parcel by its id."""
    found = listed(conn, merchant_id, "id", parcel_id, 1)
    return found[0] if found else None
