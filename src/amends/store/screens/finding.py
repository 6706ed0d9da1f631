"""Cases by what people read out: case number or its end, order number, waybill, phone ending or whole phone, buyer id (UI-1a). Every way is an index."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from amends.store.connect import Pool, scope

MOST = 10
_FIRST = ("S", "C", "D", "T")


@dataclass(slots=True)
class Found:
    """A case and how it was found: `by` is number, order, waybill, phone or buyer."""

    by: str
    id: str
    kind: str
    number: str
    state: str
    title: str
    order_number: str | None


_FIND = """
with hit as (
  select * from (select 1 as place, 'number' as by, id from cases where merchant_id = %(m)s and kind = any('{service_order,cancellation,dispute,ticket}') and number = any(%(numbers)s) limit 10) a
  union all select * from (select 2, 'order', c.id from orders o join cases c on c.merchant_id = o.merchant_id and c.order_id = o.id where o.merchant_id = %(m)s and o.number = %(text)s limit 10) b
  union all select * from (select 3, 'waybill', c.id from parcels p join cases c on c.merchant_id = p.merchant_id and c.id = p.case_id where p.merchant_id = %(m)s and p.waybill = %(text)s limit 10) c
  union all select * from (select 4, 'phone', c.id from (select id from orders where merchant_id = %(m)s and phone_end = %(end)s and (%(phone)s = '' or phone = %(phone)s)
    order by placed_at desc, id desc limit 200) o join cases c on c.merchant_id = %(m)s and c.order_id = o.id order by (c.closed_at is not null), c.opened_at desc, c.id desc limit 10) d
  union all select * from (select 5, 'buyer', id from cases where merchant_id = %(m)s and buyer_id = %(text)s order by opened_at desc limit 10) e
)
select h.by, c.id::text as id, c.kind, c.number, c.state, coalesce(c.facts ->> 'title', c.sku, '') as title, o.number as order_number
from (select distinct on (id) place, by, id from hit order by id, place) h join cases c on c.merchant_id = %(m)s and c.id = h.id
left join orders o on o.merchant_id = %(m)s and o.id = c.order_id
order by h.place, (c.closed_at is not null), c.opened_at desc, c.id desc limit %(most)s
"""


def find(pool: Pool, merchant_id: str, text: str, now: datetime) -> list[Found]:
    """At most ten cases, those that match best first. An empty text finds nothing."""
    text = text.strip()[:100]
    if not text:
        return []
    digits = re.sub(r"[\s-]", "", text)
    phone = digits if re.fullmatch(r"\+?\d{7,15}", digits) else ""
    given = {
        "m": UUID(merchant_id), "text": text, "numbers": numbers(text, now), "phone": phone,
        "end": digits[-4:] if phone or re.fullmatch(r"\d{4}", digits) else "", "most": MOST,
    }
    with scope(pool, UUID(merchant_id)) as conn, conn.cursor(row_factory=class_row(Found)) as cursor:
        return cursor.execute(_FIND, given).fetchall()


def numbers(text: str, now: datetime) -> list[str]:
    """S-2026-000123 as typed; a bare 123 or s123 is tried for this year and the last, for every kind of case."""
    if re.fullmatch(r"[A-Za-z]-\d{4}-\d+", text):
        return [text.upper()]
    short = re.fullmatch(r"([A-Za-z]?)-?(\d{1,9})", text)
    if not short:
        return []
    firsts = (short[1].upper(),) if short[1] else _FIRST
    return [f"{first}-{year}-{int(short[2]):06d}" for first in firsts for year in (now.year, now.year - 1)]
