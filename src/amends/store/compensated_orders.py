"""Orders as compensation looks at them: held by their row, with lines, today's prices and what was given back; candidates of late shipment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row

AT_ONCE = 500


@dataclass(slots=True)
class Held:
    """One order; amounts in minor units. `asked_back`: what its payments were asked to give back; `cancelling`: a cancellation is open."""

    id: str
    number: str
    state: str
    buyer_id: str
    currency: str
    paid: int
    refunded: int
    paid_at: datetime | None
    placed_at: datetime
    promised_ship_by: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    receipt_confirmed_at: datetime | None
    presale: bool
    cancelling: bool
    platform_delivery: bool
    province: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class HeldLine:
    """A line with today's price of its SKU (None: not known, or in another currency) and what was given back of it, oldest first."""

    id: str
    sku: str
    title: str
    quantity: int
    paid: int
    gift: bool
    today: int | None
    earlier: list[tuple[int, int]]


_ORDER = """o.id::text, o.number, o.state, o.buyer_id, o.currency, o.paid_minor as paid, o.refunded_minor as refunded, o.paid_at, o.placed_at, o.promised_ship_by, o.shipped_at,
  o.delivered_at, o.receipt_confirmed_at, o.balance_due_at is not null as presale, o.platform_delivery, coalesce(o.province, '') as province, o.facts,
  exists (select 1 from cases c where c.merchant_id = o.merchant_id and c.order_id = o.id and c.kind = 'cancellation' and c.closed_at is null) as cancelling"""


def order(conn: psycopg.Connection, merchant: str, order_id: str, *, lock: bool) -> Held | None:
    """One order; `lock` holds its row until the transaction ends, and what is read is what stands once it is held."""
    if lock:
        conn.execute("select 1 from orders where merchant_id = %s and id = %s for update", (UUID(merchant), UUID(order_id)))
    found = _read(conn, merchant, [order_id])
    return found[0] if found else None


def _read(conn: psycopg.Connection, merchant: str, order_ids: list[str]) -> list[Held]:
    with conn.cursor(row_factory=class_row(Held)) as cursor:
        return cursor.execute(f"select {_ORDER} from orders o where o.merchant_id = %s and o.id = any(%s::uuid[]) order by o.id", (UUID(merchant), order_ids)).fetchall()


def lines(conn: psycopg.Connection, merchant: str, order_id: str) -> list[HeldLine]:
    """The lines of an order, in order."""
    with conn.cursor(row_factory=class_row(HeldLine)) as cursor:
        return cursor.execute(
            "select l.id::text, l.sku, l.title, l.quantity, l.paid_minor as paid, l.gift, s.price_minor as today,"
            " coalesce((select json_agg(json_build_array(g.quantity, g.amount_minor) order by g.at, g.id) from granted_refunds g"
            "   where g.merchant_id = l.merchant_id and g.order_id = l.order_id and g.line_id = l.id and g.reversed_at is null), '[]') as earlier"
            " from order_lines l join orders o on o.merchant_id = l.merchant_id and o.id = l.order_id"
            " left join skus s on s.merchant_id = l.merchant_id and s.sku = l.sku and s.active and s.price_minor > 0 and s.currency = o.currency"
            " where l.merchant_id = %s and l.order_id = %s order by l.position", (UUID(merchant), UUID(order_id)),
        ).fetchall()


@dataclass(slots=True)
class Shop:
    """Whom late shipment is looked at for: `since` is when the merchant switched it on."""

    merchant: str
    pack: str
    tz: str
    currency: str
    settings: dict[str, Any]


def shop(conn: psycopg.Connection, merchant: str) -> Shop | None:
    """The merchant's pack, zone and settings."""
    with conn.cursor(row_factory=class_row(Shop)) as cursor:
        return cursor.execute("select id::text as merchant, pack_ref as pack, tz, currency, settings from merchants where id = %s", (UUID(merchant),)).fetchone()


def shops_on(conn: psycopg.Connection) -> list[Shop]:
    """Merchants that pay late shipment by themselves; PLATFORM scope."""
    with conn.cursor(row_factory=class_row(Shop)) as cursor:
        return cursor.execute(
            "select id::text as merchant, pack_ref as pack, tz, currency, settings from merchants where closed_at is null and settings -> 'compensation' ->> 'late_since' is not null order by id"
        ).fetchall()


_LATE = "o.merchant_id = %(m)s and o.late_settled_at is null and o.paid_at is not null and o.paid_at >= %(since)s and o.state <> 'cancelled'"
_PAYABLE = """ and o.state <> 'locked' and o.balance_due_at is null and o.refunded_minor < o.paid_minor and o.currency = any(%(currencies)s) and not exists (
    select 1 from cases c where c.merchant_id = o.merchant_id and c.order_id = o.id and c.kind = 'cancellation' and c.closed_at is null)"""


# Of those that a suspension has moved, which are few if any, the instant is worked out one by one (PO-15).
_STILL = """ and (not exists (select 1 from suspensions s where s.withdrawn_at is null and s.ends_at > %(lately)s and (s.clocks = '{}' or 'order_ship' = any(s.clocks)))
    or amends_later('order_ship', o.paid_at, coalesce(o.promised_ship_by, o.paid_at + %(within)s), coalesce(o.province, ''), case when o.promised_ship_by is not null then o.paid_at end)
      + %(wait)s <= %(now)s)"""


def _candidates(more: str) -> str:
    """Ids of late orders, each way of being late by its own index."""
    more = _STILL + more
    return f"""
select o.id, coalesce(o.promised_ship_by, o.paid_at) as since from orders o where {_LATE} and o.state in ('preparing', 'locked') and o.shipped_at is null
  and coalesce(o.promised_ship_by, o.paid_at + %(within)s) + %(wait)s <= %(now)s{more}
union all
select o.id, coalesce(o.promised_ship_by, o.paid_at) from orders o where {_LATE} and o.shipped_at is not null
  and (o.shipped_at > o.promised_ship_by or (o.promised_ship_by is null and o.shipped_at - o.paid_at > interval '24 hours'))
  and o.shipped_at > coalesce(o.promised_ship_by, o.paid_at + %(within)s) and coalesce(o.promised_ship_by, o.paid_at + %(within)s) + %(wait)s <= %(now)s{more}
"""


def late(conn: psycopg.Connection, merchant: str, given: dict[str, Any], most: int = AT_ONCE) -> list[Held]:
    """Up to `most` late orders that may be paid for, locked in the order of ids; what somebody works on is left to the next round.

    given: since, within and wait (intervals), now, currencies. They are read again once they are held, for they may have changed before.
    """
    ids = conn.execute(
        f"select o.id::text from orders o where o.merchant_id = %(m)s and o.id = any(array(select x.id from ({_candidates(_PAYABLE)}) x order by x.id limit %(most)s))"
        " order by o.id for update skip locked",
        {"m": UUID(merchant), "most": most, **given},
    ).fetchall()
    return _read(conn, merchant, [row[0] for row in ids]) if ids else []


def late_unpaid(conn: psycopg.Connection, merchant: str, given: dict[str, Any], most: int) -> list[Held]:
    """Late orders that nothing was paid for, the longest late first, so that a page can tell why."""
    with conn.cursor(row_factory=class_row(Held)) as cursor:
        return cursor.execute(
            f"select {_ORDER} from orders o where o.merchant_id = %(m)s and o.id = any(array(select x.id from ({_candidates('')}) x order by x.since, x.id limit %(most)s))"
            " order by coalesce(o.promised_ship_by, o.paid_at), o.id",
            {"m": UUID(merchant), "most": most, **given},
        ).fetchall()


def roles_of(conn: psycopg.Connection, merchant: str, person_id: str) -> list[str]:
    """The ids of the roles a person holds."""
    query = "select role_id::text from grants where merchant_id = %s and person_id = %s and role_id is not null"
    return [row[0] for row in conn.execute(query, (UUID(merchant), UUID(person_id)))]


def holders(conn: psycopg.Connection, merchant: str, permission: str) -> list[str]:
    """Names of the merchant's people in office who hold a permission, the main account last: one asks a supervisor before the owner."""
    return [row[0] for row in conn.execute(
        "select p.name from people p where p.merchant_id = %(m)s and p.active and (p.main_account or exists (select 1 from grants g left join roles r on r.id = g.role_id"
        " where g.person_id = p.id and g.merchant_id = p.merchant_id and (g.permission = %(p)s or %(p)s = any(r.permissions)))) order by p.main_account, p.name, p.id limit 5",
        {"m": UUID(merchant), "p": permission},
    )]


def settle_late(conn: psycopg.Connection, merchant: str, order_ids: list[str], now: datetime) -> None:
    """These orders were looked at and need no more looking."""
    conn.execute("update orders set late_settled_at = %s where merchant_id = %s and id = any(%s::uuid[])", (now, UUID(merchant), order_ids))


@dataclass(slots=True)
class ReturnedCase:
    """A service order whose goods come back: whose fault, whether the buyer sent them or they were fetched, and what freight insurance covers of the way, minor units."""

    id: str
    order_id: str
    line_id: str
    buyer_id: str
    currency: str
    fault: str
    sent: bool
    fetched: bool
    closed_at: datetime | None
    insured: int
    province: str


def returned_case(conn: psycopg.Connection, merchant: str, case_id: str) -> ReturnedCase | None:
    """The case, if it is one with a way back. Whoever books a pick-up has the goods fetched; whoever names a waybill or drops them off pays the carrier."""
    with conn.cursor(row_factory=class_row(ReturnedCase)) as cursor:
        return cursor.execute(
            "select c.id::text, c.order_id::text, coalesce(c.line_id::text, '') as line_id, c.buyer_id, o.currency, coalesce(c.fault, '') as fault,"
            " exists (select 1 from events e where e.merchant_id = c.merchant_id and e.case_id = c.id and e.name in ('shipped_back', 'dropped_off')) as sent,"
            " coalesce((select e.name from events e where e.merchant_id = c.merchant_id and e.case_id = c.id and e.name in ('shipped_back', 'dropped_off', 'pickup_booked')"
            "   order by e.version desc limit 1), '') = 'pickup_booked' as fetched, c.closed_at,"
            " case when jsonb_typeof(o.facts -> 'freight_insured') = 'number' then (o.facts ->> 'freight_insured')::bigint else 0 end as insured,"
            " coalesce(o.province, '') as province from cases c join orders o on o.merchant_id = c.merchant_id and o.id = c.order_id"
            " where c.merchant_id = %s and c.id = %s and c.kind = 'service_order' and coalesce(c.type, '') <> 'reissue'", (UUID(merchant), UUID(case_id)),
        ).fetchone()


def files_free(conn: psycopg.Connection, merchant: str, ids: list[str], case_id: str) -> bool:
    """Whether all these pictures are there and belong to no other case."""
    row = conn.execute(
        "select count(*) from files where merchant_id = %s and id::text = any(%s) and (case_id is null or case_id = %s)", (UUID(merchant), ids, UUID(case_id))
    ).fetchone()
    return row is not None and row[0] == len(set(ids))


def file_to_case(conn: psycopg.Connection, merchant: str, ids: list[str], case_id: str) -> None:
    """These pictures belong to the case from now on."""
    conn.execute("update files set case_id = %s where merchant_id = %s and id::text = any(%s) and case_id is null", (UUID(case_id), UUID(merchant), ids))
