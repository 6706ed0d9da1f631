"""Copies of what is kept of a buyer, made for the buyer (ST-10): what goes into one, and the copies themselves until their time is over. In the platform's scope only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row

Row = dict[str, Any]
_COLUMNS = """x.merchant_id::text as merchant_id, m.name as merchant, x.id::text as id, x.buyer_id, x.why, x.reference, x.language, x.asked_name, x.asked_at, x.size, encode(x.sha256, 'hex') as sha256, x.orders, x.cases,
  x.files, x.taken, x.gone_after, x.gone_at"""


@dataclass(slots=True)
class Copied:
    """One copy, without its bytes. `taken`: how often it was fetched; `gone_at`: when its bytes went, None while they are there."""

    merchant_id: str
    merchant: str
    id: str
    buyer_id: str
    why: str
    reference: str
    language: str
    asked_name: str
    asked_at: datetime
    size: int
    sha256: str
    orders: int
    cases: int
    files: int
    taken: int
    gone_after: datetime
    gone_at: datetime | None


PARTS: tuple[tuple[str, str], ...] = (
    ("orders", """select o.id::text as id, o.number, o.state, o.buyer_level, o.channel, o.currency, o.freight_minor, o.paid_minor, o.refunded_minor, o.receiver, o.phone, o.province, o.city, o.district, o.detail, o.placed_at,
       o.paid_at, o.shipped_at, o.delivered_at, o.receipt_confirmed_at, o.completed_at, o.buyer_remark, o.delivery_wish, o.invoice from orders o where o.merchant_id = %(m)s and o.buyer_id = %(b)s order by o.placed_at"""),
    ("lines", """select o.number as order_number, l.sku, l.title, l.quantity, l.unit_price_minor, l.paid_minor, l.coupon_minor, l.points_used, l.refunded_minor, l.gift from orders o
       join order_lines l on l.merchant_id = o.merchant_id and l.order_id = o.id where o.merchant_id = %(m)s and o.buyer_id = %(b)s order by o.placed_at, l.position"""),
    ("payments", """select o.number as order_number, p.provider, p.provider_ref, p.method, p.currency, p.amount_minor, p.refunded_minor, p.paid_at from orders o
       join payments p on p.merchant_id = o.merchant_id and p.order_id = o.id where o.merchant_id = %(m)s and o.buyer_id = %(b)s order by p.paid_at"""),
    ("parcels", """select p.id::text as id, o.number as order_number, p.direction, p.carrier, p.waybill, p.state, p.sent_at, p.signed_at, coalesce((select jsonb_agg(jsonb_build_object('at', e.at, 'words', e.words, 'place', e.place) order by e.at)
       from parcel_events e where e.merchant_id = p.merchant_id and e.parcel_id = p.id), '[]') as trace from orders o join parcels p on p.merchant_id = o.merchant_id and p.order_id = o.id
       where o.merchant_id = %(m)s and o.buyer_id = %(b)s order by p.sent_at nulls last"""),
    ("pickups", """select c.number as case_number, p.carrier, p.address, p.starts_at, p.ends_at, p.state, p.waybill from cases c join pickups p on p.merchant_id = c.merchant_id and p.case_id = c.id
       where c.merchant_id = %(m)s and c.buyer_id = %(b)s order by p.asked_at"""),
    ("refunds", """select coalesce(c.number, '') as case_number, r.kind, r.provider, r.amount_minor, r.currency, r.state, r.reference, r.requested_at, r.moved_at from refund_requests r left join cases c on c.merchant_id = r.merchant_id and c.id = r.case_id
       where r.merchant_id = %(m)s and (r.order_id in (select id from orders where merchant_id = %(m)s and buyer_id = %(b)s) or r.buyer_id = %(b)s) order by r.requested_at"""),
    ("charges", "select amount_minor, currency, words, state, asked_at, paid_at from charges where merchant_id = %(m)s and buyer_id = %(b)s order by asked_at"),
    ("compensations", "select number, kind, state, medium, asked_minor, amount_minor, currency, case when asked_kind = 'buyer' then words else '' end as words, answer, asked_at, decided_at, paid_at from compensations"
                      " where merchant_id = %(m)s and buyer_id = %(b)s order by asked_at"),
    ("coupons", "select code, title, kind, amount_minor, minimum_minor, currency, valid_from, valid_until, used_at from coupons where merchant_id = %(m)s and buyer_id = %(b)s order by code"),
    ("urges", """select o.number as order_number, u.words, u.at, u.answer, u.answered_at from urges u join orders o on o.merchant_id = u.merchant_id and o.id = u.order_id
       where u.merchant_id = %(m)s and u.buyer_id = %(b)s order by u.at"""),
    ("ratings", "select c.number as case_number, r.score, r.text, r.at, r.answer, r.answered_at from ratings r join cases c on c.merchant_id = r.merchant_id and c.id = r.case_id where r.merchant_id = %(m)s and r.buyer_id = %(b)s order by r.at"),
    ("order_changes", """select o.number as order_number, h.what, h.at, h.before, h.after from order_changes h join orders o on o.merchant_id = h.merchant_id and o.id = h.order_id
       where o.merchant_id = %(m)s and o.buyer_id = %(b)s and h.actor_kind = 'buyer' order by h.at"""),
    ("notices", "select event, at, read_at from notices where merchant_id = %(m)s and buyer_id = %(b)s and reader = 'buyer' order by at"),
    ("mails", """select c.number as case_number, e.direction, e.sender, e.sender_name, e.recipient, e.subject, e.body, e.at from mails e join cases c on c.merchant_id = e.merchant_id and c.id = e.case_id
       where c.merchant_id = %(m)s and c.buyer_id = %(b)s and e.side = 'other_side' and e.erased_at is null and c.facts ->> 'other_side' = 'buyer' order by e.at"""),
)
"""What is copied beside the cases: its name in the copy, and how it is read."""


def parts(conn: psycopg.Connection, merchant: str, buyer: str) -> dict[str, list[Row]]:
    """Everything beside the cases."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return {name: cursor.execute(text.encode(), {"m": merchant, "b": buyer}).fetchall() for name, text in PARTS}


def cases(conn: psycopg.Connection, merchant: str, buyer: str) -> list[str]:
    """Ids of a buyer's cases, oldest first."""
    return [row[0] for row in conn.execute("select id::text from cases where merchant_id = %s and buyer_id = %s order by opened_at, id", (merchant, buyer)).fetchall()]


def own_files(conn: psycopg.Connection, merchant: str, buyer: str) -> list[tuple[str, str, int]]:
    """(id, media type, size) of what the buyer uploaded."""
    return conn.execute("select id::text, media_type, size from files where merchant_id = %s and uploaded_by = %s order by at, id", (merchant, buyer)).fetchall()


def add(conn: psycopg.Connection, row: Row) -> None:
    """Keep a copy."""
    conn.execute(
        "insert into buyer_exports (merchant_id, id, buyer_id, why, reference, language, asked_by, asked_name, asked_at, bytes, sha256, size, orders, cases, files, gone_after) values (%(merchant_id)s, %(id)s, %(buyer_id)s,"
        " %(why)s, %(reference)s, %(language)s, %(asked_by)s, %(asked_name)s, %(asked_at)s, %(bytes)s, %(sha256)s, %(size)s, %(orders)s, %(cases)s, %(files)s, %(gone_after)s)", row,
    )


def listed(conn: psycopg.Connection, most: int = 50) -> list[Copied]:
    """The newest copies first."""
    with conn.cursor(row_factory=class_row(Copied)) as cursor:
        return cursor.execute(f"select {_COLUMNS} from buyer_exports x join merchants m on m.id = x.merchant_id order by x.asked_at desc, x.id limit %s".encode(), (most,)).fetchall()


def one(conn: psycopg.Connection, ident: str) -> Copied | None:
    """One of them."""
    with conn.cursor(row_factory=class_row(Copied)) as cursor:
        return cursor.execute(f"select {_COLUMNS} from buyer_exports x join merchants m on m.id = x.merchant_id where x.id = %s".encode(), (ident,)).fetchone()


def take(conn: psycopg.Connection, merchant: str, ident: str) -> bytes | None:
    """Its bytes, counted as fetched; None when they are gone."""
    row = conn.execute("update buyer_exports set taken = taken + 1 where merchant_id = %s and id = %s and gone_at is null returning bytes", (merchant, ident)).fetchone()
    return bytes(row[0]) if row else None


def remove(conn: psycopg.Connection, now: datetime, most: int = 100) -> list[tuple[str, str]]:
    """Let the bytes go whose time is over; answers (merchant, id) of each."""
    found = conn.execute("select merchant_id::text, id::text from buyer_exports where gone_at is null and gone_after <= %s order by gone_after limit %s", (now, most)).fetchall()
    for merchant, ident in found:
        conn.execute("update buyer_exports set bytes = '', buyer_id = '', reference = '', gone_at = %s where merchant_id = %s and id = %s and gone_at is null", (now, merchant, ident))
    return found
