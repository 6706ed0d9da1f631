"""A batch of cases: locked and read with all that decisions need, then written set-based. Two round trips for any number of cases.

Both go through a pipeline: begin, read … are sent together; then write …, commit are sent together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.types.json import set_json_loads

from amends.store import order_awards, packed, write_one
from amends.store.alike import alike, array, beside, texts
from amends.store.merchant_seen import COLUMNS, MerchantSeen, merchant_of
from amends.store.queries import sql
from amends.store.wire import pipe

set_json_loads(msgspec.json.decode)
Row = tuple[Any, ...]


@dataclass(slots=True)
class Needs:
    """Which facts beside the cases a batch of commands asks for; `skus` are those typed."""

    addresses: bool = False
    stock: bool = False
    money: bool = False
    rating: bool = False
    requests: bool = False
    staff: bool = False
    pieces: bool = False
    charges: bool = False
    prices: bool = False
    refusals: bool = False
    awards: bool = False
    purses: bool = False
    tickets: bool = False
    awarded: bool = False
    goods: bool = False
    skus: set[str] = field(default_factory=set)
    photos: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Found:
    """What was read: rows as tuples, in the order of the queries below."""

    cases: list[Row]
    clocks: list[Row]
    done: list[Row]
    merchant: MerchantSeen
    addresses: list[Row] = field(default_factory=list)
    stock: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)
    grants: list[Row] = field(default_factory=list)
    ratings: list[Row] = field(default_factory=list)
    requests: list[Row] = field(default_factory=list)
    photos: list[Row] = field(default_factory=list)
    staff: list[Row] = field(default_factory=list)
    pieces: list[Row] = field(default_factory=list)
    charges: list[Row] = field(default_factory=list)
    prices: list[Row] = field(default_factory=list)
    refusals: list[Row] = field(default_factory=list)
    holds: list[Row] = field(default_factory=list)
    store: dict[str, str] | None = field(default=None, init=False)
    """Where the platform's spare-parts store is, when addresses are asked for."""
    awards: list[Row] = field(default_factory=list, init=False)
    purses: list[Row] = field(default_factory=list, init=False)
    numbers: list[Row] = field(default_factory=list, init=False)
    """Orders and cases by the numbers typed (TI-7): number, kind, id, order, the order's number, its buyer, line."""
    compensated: list[Row] = field(default_factory=list, init=False)
    """Money given beside refunds on the orders of tickets (TI-5): order, minor units."""
    opened: list[Row] = field(default_factory=list, init=False)
    """Service orders that tickets are bound to: ticket, number, state, minor units granted, pieces received."""
    awarded: order_awards.Seen | None = field(default=None, init=False)
    """What disputes, tickets and claims of the orders have given beside refunds (DI-6, CO-5)."""
    goods: list[Row] = field(default_factory=list, init=False)
    """The goods of service orders as eligibility looks at them (PO-1): case, the order's stamps, province and facts, the line's category, tags, gift, facts and pieces."""


@dataclass(slots=True)
class Writing:
    """All rows a batch writes, one dict each; `beside` holds rows of other tables with the name of their query, in the order they are written."""

    cases: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    armed: list[dict[str, Any]] = field(default_factory=list)
    disarmed: list[tuple[str, str]] = field(default_factory=list)
    """Cases whose clocks end, each with the name of the one that begins anew (empty: none)."""
    outbox: list[dict[str, Any]] = field(default_factory=list)
    done: list[dict[str, Any]] = field(default_factory=list)
    audit: list[dict[str, Any]] = field(default_factory=list)
    beside: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)


# Planning the writing statement anew costs a batch of one as much as running it; all its ways in are by primary key, so one plan serves every size.
_ENTER = "select set_config('amends.merchant', %(merchant)s, true), set_config('plan_cache_mode', 'force_generic_plan', true)"
_CLOCKS = "select case_id::text, name, due_at from clocks where merchant_id = %(merchant)s and case_id = any(%(ids)s::uuid[]) and due_at is not null"
# The merchant with what was done before and its addresses in one statement: each statement costs a batch of one as much as its rows do.
_ADDRESSES = "(select json_agg(json_build_array(id, label, is_default)) from addresses where merchant_id = %(merchant)s and active)"
_STORE = "(select json_build_object('receiver', receiver, 'phone', phone, 'province', province, 'city', city, 'district', district, 'detail', detail) from platform_store)"
_DONE = "(select json_agg(json_build_array(command_id, case_id, answer)) from commands_done where merchant_id = %(merchant)s and command_id = any(%(commands)s::uuid[]))"
# A case's holds change only while the case is locked, so what is read here stands until the batch is written (ST-K2).
_HOLDS = """(select json_agg(json_build_array(id, case_id, sku, warehouse, quantity, expires_at) order by sku, warehouse)
  from holds where merchant_id = %(merchant)s and case_id = any(%(ids)s::uuid[]) and ended_at is null)"""
_MERCHANT = f"select {COLUMNS}, {{done}}, {{addresses}}, {_HOLDS}, {{store}} from merchants where id = %(merchant)s"
_AGREED = "facts -> 'proposal' ->> 'sku'"  # what was proposed and may be agreed to in this batch (SO-28)
_OF_CASES = "(select {0} from cases where merchant_id = %(merchant)s and id = any(%(ids)s::uuid[]))"
# Every warehouse of what is typed, asked for or held, in the order in which places are locked.
_STOCK = f"""select sku, warehouse, on_hand - held from stock where merchant_id = %(merchant)s and sku in (
    select unnest(%(skus)s::text[]) union {_OF_CASES.format('sku')} union {_OF_CASES.format(_AGREED)}
    union select h.sku from holds h where h.merchant_id = %(merchant)s and h.case_id = any(%(ids)s::uuid[]) and h.ended_at is null) order by sku, warehouse"""
_PRICES = f"select sku, price_minor, currency from skus where merchant_id = %(merchant)s and sku in (select unnest(%(skus)s::text[]) union {_OF_CASES.format('sku')} union {_OF_CASES.format(_AGREED)})"
_CHARGES = "select case_id::text, id::text, amount_minor, provider from charges where merchant_id = %(merchant)s and case_id = any(%(ids)s::uuid[]) and state = 'asked'"
# The first four for money (MO-1), the rest for what a cancellation may still do (CA-1 ... CA-4).
_ORDERS = f"""select id::text, currency, freight_minor, paid_minor, state, shipped_at is not null, delivered_at is not null, receipt_confirmed_at is not null, platform_delivery,
    (select json_object_agg(p.waybill, p.carrier) from parcels p where p.merchant_id = o.merchant_id and p.order_id = o.id and p.direction = 'out' and p.signed_at is null), buyer_level
  from orders o where merchant_id = %(merchant)s and id in {_OF_CASES.format('order_id')} order by id"""
_LINES = f"select order_id::text, id::text, quantity, paid_minor, coupon_minor, points_used from order_lines where merchant_id = %(merchant)s and order_id in {_OF_CASES.format('order_id')} order by order_id, position"
_PAYMENTS = f"select order_id::text, id::text, amount_minor from payments where merchant_id = %(merchant)s and method <> 'claim_back' and order_id in {_OF_CASES.format('order_id')} order by paid_at, id"
_GRANTS = f"select order_id::text, case_id::text, line_id::text, quantity, amount_minor from granted_refunds where merchant_id = %(merchant)s and order_id in {_OF_CASES.format('order_id')} and reversed_at is null order by at, id"
_RATINGS = "select case_id::text, at from ratings where merchant_id = %(merchant)s and case_id = any(%(ids)s::uuid[])"
_REQUESTS = "select case_id::text, id::text, amount_minor, state, provider from refund_requests where merchant_id = %(merchant)s and case_id = any(%(ids)s::uuid[]) and state in ('requested', 'failed')"
# What judgements gave beside refunds (DI-6); one that was covered by what the buyer has already needed no payout.
_AWARDS = """select k.case_id::text, k.id::text, r.state, r.provider from compensations k join refund_requests r on r.merchant_id = k.merchant_id and r.compensation_id = k.id
  where k.merchant_id = %(merchant)s and k.case_id = any(%(ids)s::uuid[]) and k.kind = 'judgement' and k.state in ('granted', 'failed', 'paid')"""
# An advance is recovered from what the deposit holds: held with the merchant's row, as bookings by hand hold it (CO-2).
_HOLD_PURSES = "select 1 from merchants where id = %(merchant)s for update"
_PURSES = "select account, currency, balance_minor from ledger_balances where merchant_id = %(merchant)s and account in ('merchant_deposit', 'platform_advance')"
_HOLD_ORDERS = f"select 1 from orders where merchant_id = %(merchant)s and id in {_OF_CASES.format('order_id')} order by id for update"
# What each service order holds of its line (SO-3, `core.quantity`): read under the order's lock, as applications do.
_PIECES = f"""select line_id::text, id::text, case when state = 'completed' and granted_minor = 0 then 0 else quantity end from cases where merchant_id = %(merchant)s
  and order_id in {_OF_CASES.format('order_id')} and kind = 'service_order' and state not in ('rejected', 'withdrawn', 'closed')
  union all select id::text, order_id::text, cancelled_quantity from order_lines where merchant_id = %(merchant)s and order_id in {_OF_CASES.format('order_id')} and cancelled_quantity > 0"""
# Refusals of the same goods so far (PO-11): read under the order's lock, so that of two refusals at once the later one sees the earlier.
_REFUSALS = f"select line_id::text, id::text from cases where merchant_id = %(merchant)s and order_id in {_OF_CASES.format('order_id')} and kind = 'service_order' and state = 'rejected'"
_PHOTOS = "select id::text, case_id::text, uploaded_by from files where merchant_id = %(merchant)s and id::text = any(%(photos)s)"
_NUMBERS = """select o.number, 'order', o.id::text, o.id::text, o.number, o.buyer_id, '' from orders o where o.merchant_id = %(merchant)s and o.number = any(%(numbers)s)
  union all select c.number, c.kind, c.id::text, c.order_id::text, coalesce(o.number, ''), coalesce(c.buyer_id, ''), coalesce(c.line_id::text, '') from cases c
  left join orders o on o.merchant_id = c.merchant_id and o.id = c.order_id
  where c.merchant_id = %(merchant)s and c.kind in ('service_order', 'cancellation') and c.number = any(%(numbers)s)"""
_COMPENSATED = f"""select order_id::text, sum(amount_minor)::bigint from compensations where merchant_id = %(merchant)s and medium = 'money' and state in ('granted', 'paid', 'failed')
  and order_id in {_OF_CASES.format('order_id')} group by order_id"""
_OPENED = """select t.id::text, c.number, c.state, c.granted_minor, (c.facts ->> 'received')::int from cases t join cases c on c.merchant_id = t.merchant_id and c.id = nullif(t.facts ->> 'bound_case', '')::uuid and c.kind = 'service_order'
  where t.merchant_id = %(merchant)s and t.id = any(%(ids)s::uuid[]) and t.kind = 'ticket'"""
_GOODS = """select c.id::text, o.platform_delivery, o.delivered_at, o.receipt_confirmed_at, coalesce(o.province, ''), o.facts, l.category, l.tags, l.gift, l.facts, l.quantity
  from cases c join orders o on o.merchant_id = c.merchant_id and o.id = c.order_id join order_lines l on l.merchant_id = c.merchant_id and l.order_id = c.order_id and l.id = c.line_id
  where c.merchant_id = %(merchant)s and c.id = any(%(ids)s::uuid[]) and c.kind = 'service_order'"""
_STAFF = "select id::text, name from people where merchant_id = %(merchant)s and active"


def read(conn: psycopg.Connection, merchant: str, ids: list[str], commands: list[str], needs: Needs, *, lock: bool, first: Callable[[Any], None] | None = None) -> Found:
    """Open a transaction in the merchant's scope and read; `lock` holds the cases (and stock and orders asked for) until it ends.

    The caller ends the transaction. `first`: what else goes in the same round trip, before the transaction.
    """
    given = {"merchant": UUID(merchant), "ids": packed.ids(ids), "commands": array(commands), "skus": list(needs.skus), "photos": list(needs.photos)}
    hold = " for update" if lock else ""
    with pipe(conn) as conn:
        if first is not None:
            first(conn)
        conn.execute("begin")
        conn.execute(_ENTER, {"merchant": merchant})
        cases = conn.execute(sql("lock_cases" if lock else "see_cases"), given)
        whose = conn.execute(_MERCHANT.format(done=_DONE if commands else "null", addresses=_ADDRESSES if needs.addresses else "null", store=_STORE if needs.addresses else "null"), given)
        # Locks in one order everywhere: cases, orders, stock, the rest.
        orders = conn.execute(_ORDERS + hold, given) if needs.money else None
        if (needs.pieces or needs.refusals) and lock:
            conn.execute(_HOLD_ORDERS, given)
        stock = conn.execute(_STOCK + hold, given) if needs.stock else None
        lines = conn.execute(_LINES, given) if needs.money else None
        payments = conn.execute(_PAYMENTS, given) if needs.money else None
        grants = conn.execute(_GRANTS, given) if needs.money else None
        ratings = conn.execute(_RATINGS, given) if needs.rating else None
        requests = conn.execute(_REQUESTS + hold, given) if needs.requests else None
        awards = conn.execute(_AWARDS + (" for update of r" if lock else ""), given) if needs.awards else None
        photos = conn.execute(_PHOTOS, given) if needs.photos else None
        staff = conn.execute(_STAFF, given) if needs.staff else None
        pieces = conn.execute(_PIECES, given) if needs.pieces else None
        charges = conn.execute(_CHARGES + hold, given) if needs.charges else None
        prices = conn.execute(_PRICES, given) if needs.prices else None
        numbers = conn.execute(_NUMBERS, {**given, "numbers": list(needs.numbers)}) if needs.numbers else None
        refusals = conn.execute(_REFUSALS, given) if needs.refusals else None
        purses = _purses(conn, given, lock=lock) if needs.purses else None
        goods = conn.execute(_GOODS, given) if needs.goods else None
        compensated, opened = (conn.execute(q, given) if needs.tickets else None for q in (_COMPENSATED, _OPENED))
        awarded = order_awards.ask(conn, given) if needs.awarded else None
    rest = [[] if c is None else c.fetchall() for c in (stock, orders, lines, payments, grants, ratings, requests, photos, staff, pieces, charges, prices, refusals)]
    merchant_row, done, addresses, holds, store = _whose(whose)
    found = Found(cases.fetchall(), [], done, merchant_row, addresses, *[*rest, holds])
    found.store, found.numbers, found.goods = store, numbers.fetchall() if numbers is not None else [], goods.fetchall() if goods is not None else []
    found.awards, found.purses, found.compensated, found.opened = ([] if c is None else c.fetchall() for c in (awards, purses, compensated, opened))
    found.awarded = order_awards.fetched(awarded)
    return found


def _purses(conn: psycopg.Connection, given: dict[str, Any], *, lock: bool) -> psycopg.Cursor:
    if lock:
        conn.execute(_HOLD_PURSES, given)
    return conn.execute(_PURSES, given)


def _whose(cursor: Any) -> tuple[MerchantSeen, list[Row], list[Row], list[Row], dict[str, str] | None]:
    row = cursor.fetchone()
    return (merchant_of(None), [], [], [], None) if row is None else (merchant_of(row), row[7] or [], row[8] or [], row[9] or [], row[10])


def read_locked(conn: psycopg.Connection, merchant: str, ids: list[str], *, money: bool, purses: bool = False, awarded: bool = False) -> Found:
    """Read cases that this transaction has locked already (clocks), with what running out asks for; `money`: orders too, locked, where it may grant; `purses`: where it may recover an advance; `awarded`: where it may award."""
    given = {"merchant": UUID(merchant), "ids": packed.ids(ids)}
    with pipe(conn) as conn:
        cases = conn.execute(sql("see_cases"), given)
        clocks = conn.execute(_CLOCKS, given)
        whose = conn.execute(_MERCHANT.format(done="null", addresses=_ADDRESSES, store=_STORE), given)
        parts = [conn.execute(q, given) for q in (_ORDERS + " for update", _LINES, _PAYMENTS, _GRANTS)] if money else []
        balances = _purses(conn, given, lock=True) if purses else None
        others = order_awards.ask(conn, given) if awarded else None
    merchant_row, _, addresses, holds, store = _whose(whose)
    orders, lines, payments, grants = (c.fetchall() for c in parts) if parts else ([], [], [], [])
    seen = Found(cases.fetchall(), clocks.fetchall(), [], merchant_row, addresses, orders=orders, lines=lines, payments=payments, grants=grants, holds=holds)
    seen.store = store
    seen.purses, seen.awarded = [] if balances is None else balances.fetchall(), order_awards.fetched(others)
    return seen


def write(conn: psycopg.Connection, merchant: str, rows: Writing, now: datetime) -> None:
    """Write everything and commit, in one round trip. Raises psycopg.Error, with nothing written, if the rows do not fit (a bug)."""
    statement, given = write_one.written(UUID(merchant), rows, now) or (sql("write_cases"), _many(UUID(merchant), rows, now))
    with pipe(conn) as conn:
        conn.execute(statement, given)
        for name, some in rows.beside:
            conn.execute(sql(name), {"merchant": given["merchant"], "now": now, **beside(name, some)})
        conn.execute("commit")


def _many(merchant: UUID, rows: Writing, now: datetime) -> dict[str, Any]:
    encode = msgspec.json.encode
    return {
        "merchant": merchant, "now": now, "many": len(rows.cases), "disarmed": packed.ids([case for case, _ in rows.disarmed]), "kept": texts(kept for _, kept in rows.disarmed),
        **alike("cases", rows.cases), **alike("events", rows.events), **alike("armed", rows.armed),
        **{name: encode(getattr(rows, name)).decode() for name in ("outbox", "done", "audit")},
    }


def last_event(pool: Any, merchant: str, case_id: str) -> dict[str, Any] | None:
    """Who did what last on a case: name, event, at. None for a case without events."""
    with pool.connection() as conn, conn.transaction():
        conn.execute("select set_config('amends.merchant', %s, true)", (merchant,))
        row = conn.execute(
            "select actor_name, name, at from events where merchant_id = %s and case_id = %s order by version desc limit 1", (UUID(merchant), case_id)
        ).fetchone()
    return None if row is None else {"name": row[0] or "", "event": row[1], "at": row[2]}
