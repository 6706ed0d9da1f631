"""What is kept of a buyer, matter by matter: an order with everything about it, or a case that is about no order (ST-10). Read in the platform's scope only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import psycopg
from psycopg.rows import class_row

_STATE = """
left join lateral (
  select coalesce(array_agg(f.id::text order by f.id), '{{}}') as cases, (array_agg(f.number order by f.opened_at) filter (where f.closed_at is null))[1] as open_case, max(f.closed_at) as ended_at,
    coalesce(array_agg(distinct f.buyer_id) filter (where f.buyer_id is not null), '{{}}') as buyers
  from ({family}) f
) r on true
left join lateral (
  select exists (select 1 from refund_requests q where q.merchant_id = x.merchant_id and {money} and q.state in ('requested', 'failed'))
      or exists (select 1 from compensations k where k.merchant_id = x.merchant_id and {awards} and (k.state = 'asked' or (k.medium = 'money' and k.state in ('granted', 'failed'))))
      or exists (select 1 from charges h where h.merchant_id = x.merchant_id and {charges} and h.state = 'asked')
      or exists (select 1 from reconciliation_differences d where d.merchant_id = x.merchant_id and {differences} and d.closed_at is null) as owed,
    (select max(coalesce(u.valid_until, '9999-12-31')) from compensations k join coupons u on u.merchant_id = k.merchant_id and u.compensation_id = k.id
       where k.merchant_id = x.merchant_id and {awards} and u.used_at is null and u.order_id is null) as coupon_until,
    exists (select 1 from calls l where l.merchant_id = x.merchant_id and l.case_id = any(r.cases::uuid[]) and l.answered_at is null) as called,
    exists (select 1 from outbox w where w.merchant_id = x.merchant_id and w.case_id = any(r.cases::uuid[]) and w.done_at is null and w.dead_at is null)
      or exists (select 1 from mails e where e.merchant_id = x.merchant_id and e.case_id = any(r.cases::uuid[]) and e.erased_at is null and e.status in ('kept', 'not_placed', 'queued')) as waits,
    greatest((select max(q.moved_at) from refund_requests q where q.merchant_id = x.merchant_id and {money}), (select max(k.paid_at) from compensations k where k.merchant_id = x.merchant_id and {awards})) as moved_at
) s on true
"""
_OF_ORDER = _STATE.format(
    family="select c.id, c.number, c.opened_at, c.closed_at, c.buyer_id from cases c where c.merchant_id = x.merchant_id and c.order_id = x.id union select c.id, c.number, c.opened_at, c.closed_at, c.buyer_id"
    " from cases p join cases c on c.merchant_id = p.merchant_id and c.parent_id = p.id where p.merchant_id = x.merchant_id and p.order_id = x.id",
    money="(q.order_id = x.id or q.case_id = any(r.cases::uuid[]))", awards="k.order_id = x.id", charges="(h.order_id = x.id or h.case_id = any(r.cases::uuid[]))",
    differences="(d.order_id = x.id or d.case_id = any(r.cases::uuid[]))",
)
_OF_CASE = _STATE.format(
    family="select c.id, c.number, c.opened_at, c.closed_at, c.buyer_id from cases c where c.merchant_id = x.merchant_id and c.id = x.id union select c.id, c.number, c.opened_at, c.closed_at, c.buyer_id"
    " from cases c where c.merchant_id = x.merchant_id and c.parent_id = x.id",
    money="q.case_id = any(r.cases::uuid[])", awards="k.case_id = any(r.cases::uuid[])", charges="h.case_id = any(r.cases::uuid[])", differences="d.case_id = any(r.cases::uuid[])",
)
_FACTS = "r.cases, r.buyers, r.open_case, r.ended_at, s.owed, s.coupon_until, s.called, s.waits"
_ORDERS = f"""select x.merchant_id::text as merchant_id, m.name as merchant, m.pack_ref, x.id::text as order_id, null as case_id, x.number, x.buyer_id, x.erased_at, x.state,
  greatest(x.placed_at, x.paid_at, x.shipped_at, x.delivered_at, x.receipt_confirmed_at, x.completed_at, s.moved_at) as at, {_FACTS} from orders x join merchants m on m.id = x.merchant_id {_OF_ORDER}"""
_CASES = f"""select x.merchant_id::text as merchant_id, m.name as merchant, m.pack_ref, null as order_id, x.id::text as case_id, x.number, x.buyer_id, x.erased_at, '' as state,
  greatest(x.opened_at, x.closed_at, s.moved_at) as at, {_FACTS} from cases x join merchants m on m.id = x.merchant_id {_OF_CASE}"""
_ALONE = "x.order_id is null and x.buyer_id is not null and not exists (select 1 from cases p where p.merchant_id = x.merchant_id and p.id = x.parent_id)"
_MAY_GO = "r.open_case is null and not s.owed and not s.called and not s.waits and coalesce(s.coupon_until, '-infinity') <= %(now)s and coalesce(r.ended_at, '-infinity') <= %(before)s and coalesce(s.moved_at, '-infinity') <= %(before)s"

_DUE_ORDERS = f"""{_ORDERS} where x.merchant_id = %(m)s and x.erased_at is null and x.placed_at <= %(before)s and x.state in ('received', 'completed', 'cancelled')
  and greatest(x.placed_at, x.paid_at, x.shipped_at, x.delivered_at, x.receipt_confirmed_at, x.completed_at) <= %(before)s and {_MAY_GO} order by x.placed_at, x.id limit %(most)s"""
_DUE_CASES = f"{_CASES} where x.merchant_id = %(m)s and x.erased_at is null and x.closed_at <= %(before)s and {_ALONE} and {_MAY_GO} order by x.closed_at, x.id limit %(most)s"
_WITH_OLD = """select m.id::text from merchants m where exists (select 1 from orders o where o.merchant_id = m.id and o.placed_at <= %(before)s and o.erased_at is null)
  or exists (select 1 from cases c where c.merchant_id = m.id and c.closed_at <= %(before)s and c.erased_at is null and c.order_id is null) order by 1"""


@dataclass(slots=True)
class Matter:
    """One of them, with what decides whether it may go. `cases`: ids of all its cases; `buyers`: ids of buyers those name."""

    merchant_id: str
    merchant: str
    pack_ref: str
    order_id: str | None
    case_id: str | None
    number: str
    buyer_id: str
    erased_at: datetime | None
    state: str
    at: datetime
    cases: list[str] = field(default_factory=list)
    buyers: list[str] = field(default_factory=list)
    open_case: str | None = None
    ended_at: datetime | None = None
    owed: bool = False
    coupon_until: datetime | None = None
    called: bool = False
    waits: bool = False


@dataclass(slots=True)
class Buyer:
    """Somebody who is kept at a merchant: how many orders and cases, and who the newest order went to."""

    merchant_id: str
    merchant: str
    buyer_id: str
    orders: int
    cases: int
    receiver: str | None
    phone: str | None


def of_buyer(conn: psycopg.Connection, merchant: str, buyer: str, most: int | None = None) -> list[Matter]:
    """Everything of a buyer at a merchant that is not erased, oldest first."""
    if "\x00" in buyer:
        return []
    given = {"m": merchant, "b": buyer, "most": most}
    with conn.cursor(row_factory=class_row(Matter)) as cursor:
        found = cursor.execute(_safe(f"{_ORDERS} where x.merchant_id = %(m)s and x.buyer_id = %(b)s and x.erased_at is null order by x.placed_at, x.id limit %(most)s"), given).fetchall()
        return found + cursor.execute(_safe(f"{_CASES} where x.merchant_id = %(m)s and x.buyer_id = %(b)s and x.erased_at is null and {_ALONE} order by x.opened_at, x.id limit %(most)s"), given).fetchall()


def locked(conn: psycopg.Connection, matter: Matter) -> Matter | None:
    """The same, with its cases and then its order locked, read again; None if it is there no more or was erased meanwhile."""
    conn.execute("select 1 from cases where merchant_id = %s and id = any(%s::uuid[]) order by id for update", (matter.merchant_id, matter.cases))
    if matter.order_id:
        conn.execute("select 1 from orders where merchant_id = %s and id = %s for update", (matter.merchant_id, matter.order_id))
    text, ident = (_ORDERS, matter.order_id) if matter.order_id else (_CASES, matter.case_id)
    with conn.cursor(row_factory=class_row(Matter)) as cursor:
        now = cursor.execute(_safe(f"{text} where x.merchant_id = %(m)s and x.id = %(i)s and x.erased_at is null"), {"m": matter.merchant_id, "i": ident}).fetchone()
    return now if now is not None and now.cases == matter.cases else None


def due(conn: psycopg.Connection, days: int, now: datetime, most: int) -> list[Matter]:
    """Matters whose time is over and that nothing holds, merchant by merchant, oldest first. Each merchant is read through its own index, so that a house without anything old reads next to nothing."""
    given: dict[str, object] = {"before": now - timedelta(days=days), "now": now}
    found: list[Matter] = []
    for (merchant,) in conn.execute(_WITH_OLD.encode(), given).fetchall():
        with conn.cursor(row_factory=class_row(Matter)) as cursor:
            for text in (_DUE_ORDERS, _DUE_CASES):
                if len(found) < most:
                    found += cursor.execute(_safe(text), given | {"m": merchant, "most": most - len(found)}).fetchall()
    return found


def private(conn: psycopg.Connection, matter: Matter) -> list[str]:
    """Words by which somebody may have looked for the buyer of an order: phone, name and the buyer's id."""
    rows = conn.execute("select receiver, phone from orders where merchant_id = %s and id = %s", (matter.merchant_id, matter.order_id)).fetchall()
    return [word for row in rows for word in row if word] + [b for b in matter.buyers if not b.startswith("erased:")]


def erased(conn: psycopg.Connection) -> int:
    """How many matters were erased so far."""
    row = conn.execute("select count(*)::int from erasures").fetchone()
    return row[0] if row else 0


def find(conn: psycopg.Connection, asked: str, most: int = 20) -> list[Buyer]:
    """Buyers by their id, the number of an order or case, or the phone of a receiver, at every merchant."""
    if "\x00" in asked:
        return []
    with conn.cursor(row_factory=class_row(Buyer)) as cursor:
        return cursor.execute(
            """
with found as (
  select m.id as merchant_id, b.buyer_id from merchants m cross join lateral (
    select o.buyer_id from orders o where o.merchant_id = m.id and o.buyer_id = %(a)s union select c.buyer_id from cases c where c.merchant_id = m.id and c.buyer_id = %(a)s
    union select o.buyer_id from orders o where o.merchant_id = m.id and o.number = %(a)s union select c.buyer_id from cases c where c.merchant_id = m.id and c.number = upper(%(a)s)
    union select o.buyer_id from orders o where o.merchant_id = m.id and o.phone = %(a)s
  ) b where b.buyer_id is not null and b.buyer_id not like 'erased:%%' limit %(most)s
)
select f.merchant_id::text as merchant_id, m.name as merchant, f.buyer_id, (select count(*)::int from orders o where o.merchant_id = f.merchant_id and o.buyer_id = f.buyer_id) as orders,
  (select count(*)::int from cases c where c.merchant_id = f.merchant_id and c.buyer_id = f.buyer_id) as cases, l.receiver, l.phone
from found f join merchants m on m.id = f.merchant_id
left join lateral (select o.receiver, o.phone from orders o where o.merchant_id = f.merchant_id and o.buyer_id = f.buyer_id order by o.placed_at desc limit 1) l on true order by m.name, f.buyer_id
""", {"a": asked, "most": most},
        ).fetchall()


def _safe(text: str) -> bytes:
    return text.encode()
