"""Compensation as pages and the API read it: lists with sums, one with its order and money, what a buyer was given (CO-1, CO-3 … CO-5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row, dict_row

from amends.core.divisions import province_named
from amends.store.connect import PLATFORM, Pool, scope

Row = dict[str, Any]
AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list is asked for; empty: everything. `agent`: who gave or decided it; `about`: a number, of the compensation, its order or its case."""

    merchant: str = ""
    kind: str = ""
    state: str = ""
    agent: str = ""
    about: str = ""
    since: datetime | None = None
    until: datetime | None = None
    late: bool = False
    buyer: str = ""
    order: str = ""
    case: str = ""
    after: tuple[datetime, str] | None = None


@dataclass(slots=True)
class Listed:
    """A row of a list; amounts in minor units."""

    id: str
    merchant_id: str
    merchant: str
    number: str
    kind: str
    state: str
    medium: str
    order_id: str
    order_number: str
    case_id: str | None
    case_number: str | None
    line_id: str | None
    title: str
    buyer_id: str
    receiver: str
    quantity: int
    asked_minor: int
    amount_minor: int
    currency: str
    reason: str
    words: str
    answer: str
    asked_kind: str
    asked_by: str | None
    asked_name: str
    asked_at: datetime
    due_at: datetime | None
    decided_kind: str | None
    decided_by: str | None
    decided_name: str
    decided_at: datetime | None
    paid_at: datetime | None
    coupon: str | None
    coupon_minimum: int | None
    coupon_until: datetime | None
    coupon_used_at: datetime | None
    file_ids: list[str] = field(default_factory=list)
    explanation: dict[str, Any] = field(default_factory=dict)
    clock: dict[str, Any] = field(default_factory=dict)
    province: str = ""

    @property
    def region(self) -> str:
        """The province by its full name, as suspensions name it."""
        return province_named(self.province)


_COLUMNS = """k.id::text, k.merchant_id::text, m.name as merchant, k.number, k.kind, k.state, k.medium, k.order_id::text, o.number as order_number, k.case_id::text,
  c.number as case_number, k.line_id::text, coalesce(l.title, '') as title, k.buyer_id, coalesce(o.receiver, '') as receiver, k.quantity, k.asked_minor, k.amount_minor,
  k.currency, k.reason, k.words, k.answer, k.asked_kind, k.asked_by, k.asked_name, k.asked_at, k.due_at, k.decided_kind, k.decided_by, k.decided_name, k.decided_at, k.paid_at,
  p.code as coupon, p.minimum_minor as coupon_minimum, p.valid_until as coupon_until, p.used_at as coupon_used_at, k.file_ids::text[] as file_ids, k.explanation,
  case when k.kind in ('price_protection', 'return_freight') then jsonb_build_object('clock', case k.kind when 'price_protection' then 'price_answer' else 'freight_answer' end) || k.clock else k.clock end as clock,
  coalesce(o.province, '') as province"""
_FROM = """from compensations k join merchants m on m.id = k.merchant_id join orders o on o.merchant_id = k.merchant_id and o.id = k.order_id
  left join cases c on c.merchant_id = k.merchant_id and c.id = k.case_id
  left join order_lines l on l.merchant_id = k.merchant_id and l.order_id = k.order_id and l.id = k.line_id
  left join coupons p on p.merchant_id = k.merchant_id and p.compensation_id = k.id"""


def _where(sought: Sought) -> str:
    wanted = {
        "merchant": "k.merchant_id = %(merchant)s", "kind": "k.kind = %(kind)s", "state": "k.state = %(state)s", "agent": "coalesce(k.decided_by, k.asked_by) = %(agent)s",
        "since": "k.asked_at >= %(since)s", "until": "k.asked_at < %(until)s", "late": "k.state = 'asked' and k.due_at <= %(now)s", "buyer": "k.buyer_id = %(buyer)s",
        "order": "k.order_id = %(order)s", "case": "k.case_id = %(case)s", "about": "(k.number = %(about)s or k.order_id in (select x.id from orders x where x.merchant_id = k.merchant_id"
        " and x.number = %(about)s) or k.case_id in (select x.id from cases x where x.merchant_id = k.merchant_id and x.number = %(about)s))",
    }
    return " and ".join(["true", *(text for name, text in wanted.items() if getattr(sought, name))])


def _given(sought: Sought, now: datetime) -> Row:
    at, last = sought.after or (None, None)
    return {
        "merchant": sought.merchant or None, "kind": sought.kind, "state": sought.state, "agent": sought.agent, "about": sought.about, "since": sought.since, "until": sought.until,
        "buyer": sought.buyer, "order": sought.order or None, "case": sought.case or None, "at": at, "last": last, "now": now,
    }


def listed(conn: psycopg.Connection, sought: Sought, now: datetime, most: int) -> list[Listed]:
    """The newest first; `after` is the last one seen (asked_at, id)."""
    older = " and (k.asked_at, k.id) < (%(at)s, %(last)s::uuid)" if sought.after else ""
    with conn.cursor(row_factory=class_row(Listed)) as cursor:
        return cursor.execute(f"select {_COLUMNS} {_FROM} where {_where(sought)}{older} order by k.asked_at desc, k.id desc limit %(most)s", {**_given(sought, now), "most": most}).fetchall()


def sums(conn: psycopg.Connection, sought: Sought, now: datetime) -> list[Row]:
    """By currency, over the whole list: n, waiting, late; minor units granted and not paid (owed), paid, failed, and given as coupons."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select k.currency, count(*) as n, count(*) filter (where k.state = 'asked') as waiting, count(*) filter (where k.state = 'asked' and k.due_at <= %(now)s) as late,"
            " coalesce(sum(k.amount_minor) filter (where k.state = 'granted'), 0)::bigint as owed,"
            " coalesce(sum(k.amount_minor) filter (where k.state = 'paid' and k.medium = 'money'), 0)::bigint as paid,"
            " coalesce(sum(k.amount_minor) filter (where k.state = 'failed'), 0)::bigint as failed,"
            " coalesce(sum(k.amount_minor) filter (where k.medium = 'coupon'), 0)::bigint as coupons"
            f" from compensations k where {_where(sought)} group by k.currency order by count(*) desc, k.currency",
            _given(sought, now),
        ).fetchall()


def one(conn: psycopg.Connection, merchant_id: str, compensation_id: str) -> Listed | None:
    """One compensation."""
    with conn.cursor(row_factory=class_row(Listed)) as cursor:
        return cursor.execute(f"select {_COLUMNS} {_FROM} where k.merchant_id = %s and k.id = %s", (UUID(merchant_id), UUID(compensation_id))).fetchone()


def of_order(conn: psycopg.Connection, merchant_id: str, order_id: str, now: datetime) -> list[Listed]:
    """What an order was given or asked for, newest first."""
    return listed(conn, Sought(merchant=merchant_id, order=order_id), now, 50)


def of_case(conn: psycopg.Connection, merchant_id: str, case_id: str, now: datetime) -> list[Listed]:
    """What a case was given or asked for, newest first."""
    return listed(conn, Sought(merchant=merchant_id, case=case_id), now, 50)


def money_of(conn: psycopg.Connection, merchant_id: str, compensation_id: str) -> list[Row]:
    """Its money on the way: kind, provider, reference, state, amount_minor, requested_at, moved_at, failure_words."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select r.kind, r.provider, coalesce(r.reference, '') as reference, r.state, r.amount_minor, r.requested_at, r.moved_at, coalesce(r.failure_words, '') as failure_words"
            " from refund_requests r where r.merchant_id = %s and r.compensation_id = %s order by r.requested_at, r.id", (UUID(merchant_id), UUID(compensation_id)),
        ).fetchall()


def agents(conn: psycopg.Connection, merchant_id: str) -> list[tuple[str, str]]:
    """(id, name) of those who gave or decided anything, by name."""
    return conn.execute(
        "select distinct on (name, id) id, name from (select coalesce(k.decided_by, k.asked_by) as id, case when k.decided_by is null then k.asked_name else k.decided_name end as name"
        " from compensations k where k.merchant_id = %s and coalesce(k.decided_kind, k.asked_kind) = 'merchant') x order by name, id limit 200", (UUID(merchant_id),),
    ).fetchall()


def waiting(conn: psycopg.Connection, merchant_id: str, now: datetime) -> tuple[int, int]:
    """How many wait for a decision, and how many of them longer than promised."""
    row = conn.execute(
        "select count(*), count(*) filter (where due_at <= %s) from compensations where merchant_id = %s and state = 'asked'", (now, UUID(merchant_id))
    ).fetchone()
    return (0, 0) if row is None else (row[0], row[1])


def every(pool: Pool, sought: Sought, now: datetime) -> Iterator[Listed]:
    """The whole list for an export, read page by page."""
    after = None
    while True:
        with scope(pool, UUID(sought.merchant) if sought.merchant else PLATFORM) as conn:
            some = listed(conn, Sought(**{**{f: getattr(sought, f) for f in Sought.__slots__}, "after": after}), now, AT_ONCE)
        yield from some
        if len(some) < AT_ONCE:
            return
        after = (some[-1].asked_at, some[-1].id)


@dataclass(slots=True)
class Coupon:
    """A coupon as the shop is told of it; amounts in minor units."""

    id: str
    code: str
    kind: str
    buyer_id: str
    amount_minor: int
    minimum_minor: int
    currency: str
    valid_from: datetime | None
    valid_until: datetime | None
    compensation_id: str | None
    order_id: str | None
    used_at: datetime | None


_COUPON = "p.id::text, p.code, p.kind, p.buyer_id, p.amount_minor, p.minimum_minor, p.currency, p.valid_from, p.valid_until, p.compensation_id::text, p.order_id::text, p.used_at"


def coupons(conn: psycopg.Connection, merchant_id: str, *, buyer_id: str = "", compensation_id: str = "", after: str | None = None, most: int = 50) -> list[Coupon]:
    """Coupons of goodwill, the newest first (their ids go by time)."""
    more = (" and p.buyer_id = %(b)s" if buyer_id else "") + (" and p.compensation_id = %(k)s" if compensation_id else "") + (" and p.id < %(after)s" if after else "")
    with conn.cursor(row_factory=class_row(Coupon)) as cursor:
        return cursor.execute(
            f"select {_COUPON} from coupons p where p.merchant_id = %(m)s and p.compensation_id is not null{more} order by p.id desc limit %(most)s",
            {"m": UUID(merchant_id), "b": buyer_id, "k": compensation_id or None, "after": after, "most": most},
        ).fetchall()


def coupon(conn: psycopg.Connection, merchant_id: str, code: str, *, lock: bool = False) -> Coupon | None:
    """A coupon by its code."""
    with conn.cursor(row_factory=class_row(Coupon)) as cursor:
        return cursor.execute(f"select {_COUPON} from coupons p where p.merchant_id = %s and p.code = %s" + (" for update" if lock else ""), (UUID(merchant_id), code)).fetchone()
