"""What the form for goodwill stands on: the order, the case, whose pack."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import psycopg
from psycopg.rows import class_row


@dataclass(slots=True)
class About:
    """The order (and case) goodwill is for; `paid_minor` in minor units."""

    order_id: str
    order_number: str
    state: str
    receiver: str
    currency: str
    paid_minor: int
    case_id: str | None
    case_number: str | None
    title: str
    pack: str


def order_of_case(conn: psycopg.Connection, merchant_id: str, case_id: str) -> str | None:
    """The order a case is about."""
    row = conn.execute("select order_id::text from cases where merchant_id = %s and id = %s", (UUID(merchant_id), UUID(case_id))).fetchone()
    return row[0] if row else None


def about(conn: psycopg.Connection, merchant_id: str, order_id: str, case_id: str | None) -> About | None:
    """The order, with the case if one is named."""
    with conn.cursor(row_factory=class_row(About)) as cursor:
        return cursor.execute(
            "select o.id::text as order_id, o.number as order_number, o.state, coalesce(o.receiver, '') as receiver, o.currency, o.paid_minor, c.id::text as case_id, c.number as case_number,"
            " coalesce((select l.title from order_lines l where l.merchant_id = o.merchant_id and l.order_id = o.id order by l.position limit 1), '') as title, m.pack_ref as pack"
            " from orders o join merchants m on m.id = o.merchant_id left join cases c on c.merchant_id = o.merchant_id and c.order_id = o.id and c.id = %(case)s"
            " where o.merchant_id = %(m)s and o.id = %(o)s", {"m": UUID(merchant_id), "o": UUID(order_id), "case": case_id},
        ).fetchone()
