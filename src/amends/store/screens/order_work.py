"""Orders that need somebody (OR-9, OR-10): about to be sent late or late, not picked up, urged, locked, pre-sale, with trouble; and how many of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row

COUNTED_TO = 1000
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Times:
    """The pack's figures as spans (see `core.pack_orders`), and now. `still`: a suspension has lately moved times of orders, so each is worked out (PO-15)."""

    now: datetime
    ship: timedelta
    pick_up: timedelta
    watched: timedelta
    warn: timedelta
    still: bool = False

    def given(self) -> dict[str, Any]:
        """Parameters of the clauses below."""
        return {"now": self.now, "ship": self.ship, "pick": self.pick_up, "after": self.pick_up - self.ship, "since": self.now - self.watched, "soon": self.now + self.warn, "hour": self.now + HOUR}


_SHIP_DUE = "coalesce(o.promised_ship_by, o.paid_at + %(ship)s)"
_PICK_DUE = "coalesce(o.promised_ship_by + %(after)s, o.paid_at + %(pick)s, o.shipped_at + %(after)s)"
_MOVED = "amends_later('{clock}', coalesce(o.paid_at, o.shipped_at), {due}, coalesce(o.province, ''), case when o.promised_ship_by is not null then o.paid_at end)"
SHIP_DUE = {False: _SHIP_DUE, True: _MOVED.format(clock="order_ship", due=_SHIP_DUE)}
"""When an order is to be sent, as it stands by itself, and under suspensions."""
PICK_DUE = {False: _PICK_DUE, True: _MOVED.format(clock="order_pick_up", due=_PICK_DUE)}
_UNSHIPPED = "o.state in ('preparing', 'locked') and o.paid_at is not null"
# A parcel whose carrier reports to us and has not scanned it. Of a carrier that reports nothing nobody knows.
_UNSCANNED = "p.direction = 'out' and p.followed_at is not null and p.accepted_at is null and p.last_event_at is null and p.signed_at is null"
_UNDER_WAY = "o.state = 'shipped' and o.shipped_at > %(since)s"
_SILENT = f"{_UNDER_WAY} and exists (select 1 from parcels p where p.merchant_id = o.merchant_id and p.order_id = o.id and {_UNSCANNED})"
_BALANCE = "o.balance_due_at is not null and o.state in ('pending_payment', 'locked')"


@dataclass(frozen=True, slots=True)
class Work:
    """One list: what is in it, and by which instant it is sorted."""

    where: str
    due: str


def _by(due: dict[bool, str], until: str, after: str = "") -> dict[bool, str]:
    """Due by an instant (and after another). A suspension only makes it later, so what is not due by then without one is not worked out."""
    late = f" and {{due}} > {after}" if after else ""
    return {still: f"{f'{due[False]} <= {until} and ' if still else ''}{due[still]} <= {until}{late.format(due=due[still])}" for still in (False, True)}


_DUE = {
    "ship_late": (_UNSHIPPED, SHIP_DUE, _by(SHIP_DUE, "%(now)s")), "ship_soon": (_UNSHIPPED, SHIP_DUE, _by(SHIP_DUE, "%(soon)s", "%(now)s")),
    "ship_hour": (_UNSHIPPED, SHIP_DUE, _by(SHIP_DUE, "%(hour)s", "%(now)s")),
    "pick_late": (_SILENT, PICK_DUE, _by(PICK_DUE, "%(now)s")), "pick_soon": (_SILENT, PICK_DUE, _by(PICK_DUE, "%(soon)s", "%(now)s")),
}
_BESIDE: dict[str, Work] = {
    "urged": Work(
        "exists (select 1 from urges u where u.merchant_id = o.merchant_id and u.order_id = o.id and u.answered_at is null)",
        "(select min(u.at) from urges u where u.merchant_id = o.merchant_id and u.order_id = o.id and u.answered_at is null)",
    ),
    "trouble": Work(
        "exists (select 1 from parcel_troubles r where r.merchant_id = o.merchant_id and r.order_id = o.id and r.settled_at is null)",
        "(select min(r.at) from parcel_troubles r where r.merchant_id = o.merchant_id and r.order_id = o.id and r.settled_at is null)",
    ),
    "locked": Work("o.state = 'locked'", "coalesce(o.locked_until, o.placed_at)"),
    "balance": Work(f"{_BALANCE} and o.balance_due_at > %(now)s", "o.balance_due_at"),
    "balance_over": Work(f"{_BALANCE} and o.balance_due_at <= %(now)s", "o.balance_due_at"),
    "balance_paid": Work("o.balance_due_at is not null and o.state not in ('pending_payment', 'locked', 'cancelled')", "o.balance_due_at"),
}
_WORKS = {still: {name: Work(f"{where} and {by[still]}", due[still]) for name, (where, due, by) in _DUE.items()} | _BESIDE for still in (False, True)}
WORK: tuple[str, ...] = tuple(_WORKS[False])
"""Names of the lists."""
COUNTED = ("ship_late", "ship_soon", "pick_late", "pick_soon", "urged", "trouble", "locked", "balance", "balance_over")
# Found from the small side, so that the count never walks through all orders.
_PICKED = f"select distinct o.id from parcels p join orders o on o.merchant_id = p.merchant_id and o.id = p.order_id where p.merchant_id = %(m)s and {_UNSCANNED} and {_UNDER_WAY}"
_FROM = {
    "urged": "select 1 from urges o where o.merchant_id = %(m)s and o.answered_at is null",
    "trouble": "select 1 from parcel_troubles o where o.merchant_id = %(m)s and o.settled_at is null",
}


def work(name: str, times: Times | None) -> Work:
    """One of the lists, by the suspensions there are."""
    return _WORKS[bool(times and times.still)][name]


def _rows(name: str, times: Times) -> str:
    """The orders of a list, found from the small side where there is one."""
    if name in ("pick_late", "pick_soon"):
        return f"{_PICKED} and {_DUE[name][2][times.still]}"
    return _FROM.get(name) or f"select 1 from orders o where o.merchant_id = %(m)s and {work(name, times).where}"


STILL_FELT = timedelta(days=45)
"""So long after a suspension no order waits any more whose time it moved."""


def pack_of(conn: psycopg.Connection, merchant_id: str, now: datetime) -> tuple[str, bool]:
    """The merchant's pack, and whether suspensions have lately moved times of orders."""
    row = conn.execute(
        "select pack_ref, exists (select 1 from suspensions s where s.withdrawn_at is null and s.ends_at > %s and (s.clocks = '{}' or s.clocks && array['order_ship', 'order_pick_up']))"
        " from merchants where id = %s", (now - STILL_FELT, merchant_id),
    ).fetchone()
    return (str(row[0]), bool(row[1])) if row else ("", False)


def counts(conn: psycopg.Connection, merchant_id: str, times: Times, names: tuple[str, ...] = COUNTED) -> dict[str, int]:
    """How many there are of each, counted no further than COUNTED_TO, in one statement."""
    parts = [f"(select count(*) from ({_rows(n, times)} limit {COUNTED_TO}) c)::int as {n}" for n in names]
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute("select " + ", ".join(parts), {"m": merchant_id, **times.given()}).fetchone() or {}


def first_due(conn: psycopg.Connection, merchant_id: str, times: Times, names: tuple[str, ...]) -> dict[str, datetime]:
    """When the first of each is due, in one statement; left out where there is none, or so many that it would be a long walk."""
    parts = [f"(select case when count(*) < {COUNTED_TO} then min(d.due) end from (select {work(n, times).due} as due from orders o where o.merchant_id = %(m)s and {work(n, times).where} limit {COUNTED_TO}) d) as {n}" for n in names]
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("select " + ", ".join(parts), {"m": merchant_id, **times.given()}).fetchone() or {}
    return {name: due for name, due in row.items() if due is not None}


@dataclass(slots=True)
class UrgeRow:
    """An urge on the merchant's list, with its order as it stands."""

    id: str
    order_id: str
    number: str
    state: str
    sub_state: str | None
    words: str
    at: datetime
    title: str
    pieces: int
    receiver: str | None
    due_at: datetime | None
    before: int
    answered_at: datetime | None = None
    answer: str | None = None
    answered_name: str | None = None
    waybills: list[str] = field(default_factory=list)


def urges(conn: psycopg.Connection, merchant_id: str, times: Times, *, answered: bool = False, after: tuple[datetime, str] | None = None, limit: int = 50) -> list[UrgeRow]:
    """Urges that wait for an answer, the longest waiting first; or those answered, newest first."""
    step, way, order = ("<", "u.answered_at", "desc") if answered else (">", "u.at", "asc")
    at, last = after or (None, None)
    query = f"""
select u.id::text, u.order_id::text, o.number, o.state, o.sub_state, u.words, u.at, coalesce(l.title, '') as title, coalesce(l.pieces, 0)::int as pieces, o.receiver,
  {SHIP_DUE[times.still]} as due_at, (select count(*) from urges b where b.merchant_id = u.merchant_id and b.order_id = u.order_id and b.at < u.at)::int as before,
  u.answered_at, u.answer, u.answered_name,
  array(select p.carrier || ' ' || p.waybill from parcels p where p.merchant_id = u.merchant_id and p.order_id = u.order_id and p.direction = 'out' order by p.sent_at, p.id) as waybills
from urges u join orders o on o.merchant_id = u.merchant_id and o.id = u.order_id
left join lateral (select (array_agg(x.title order by x.position))[1] as title, sum(x.quantity) as pieces from order_lines x where x.merchant_id = o.merchant_id and x.order_id = o.id) l on true
where u.merchant_id = %(m)s and u.answered_at is {"not null" if answered else "null"} {f"and ({way}, u.id) {step} (%(at)s, %(last)s::uuid)" if after else ""}
order by {way} {order}, u.id {order} limit %(limit)s"""
    with conn.cursor(row_factory=class_row(UrgeRow)) as cursor:
        return cursor.execute(query, {"m": merchant_id, "at": at, "last": last, "limit": limit, **times.given()}).fetchall()


@dataclass(slots=True)
class ChangeRow:
    """Something that was done to an order."""

    id: str
    what: str
    at: datetime
    actor_kind: str
    actor_name: str | None
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(slots=True)
class TroubleRow:
    """Something that is or was wrong with a parcel."""

    id: str
    parcel_id: str
    kind: str
    words: str
    at: datetime
    by_name: str | None
    settled_at: datetime | None
    settled_words: str | None
    settled_name: str | None


@dataclass(slots=True)
class Urge:
    """One urge of an order and its answer."""

    id: str
    words: str
    at: datetime
    answered_at: datetime | None
    answer: str | None
    answered_name: str | None


def _all(conn: psycopg.Connection, kind: Any, query: str, merchant_id: str, order_id: str) -> list[Any]:
    with conn.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(query, {"m": merchant_id, "o": order_id}).fetchall()


def changes_of(conn: psycopg.Connection, merchant_id: str, order_id: str) -> list[ChangeRow]:
    """What was done to an order here, newest first."""
    query = "select id::text, what, at, actor_kind, actor_name, before, after from order_changes where merchant_id = %(m)s and order_id = %(o)s order by at desc, id desc limit 200"
    return _all(conn, ChangeRow, query, merchant_id, order_id)


def troubles_of(conn: psycopg.Connection, merchant_id: str, order_id: str) -> list[TroubleRow]:
    """What is or was wrong with its parcels, newest first."""
    query = """select id::text, parcel_id::text, kind, words, at, by_name, settled_at, settled_words, settled_name from parcel_troubles
      where merchant_id = %(m)s and order_id = %(o)s order by at desc, id desc"""
    return _all(conn, TroubleRow, query, merchant_id, order_id)


def urges_of(conn: psycopg.Connection, merchant_id: str, order_id: str) -> list[Urge]:
    """Its buyer's urges, newest first."""
    query = "select id::text, words, at, answered_at, answer, answered_name from urges where merchant_id = %(m)s and order_id = %(o)s order by at desc, id desc limit 50"
    return _all(conn, Urge, query, merchant_id, order_id)


@dataclass(slots=True)
class ToShip:
    """An order on the page where it gets its waybill."""

    id: str
    number: str
    state: str
    title: str
    pieces: int
    receiver: str | None
    city: str | None
    district: str | None
    waybills: list[str]
    cancelling: str | None


def to_ship(conn: psycopg.Connection, merchant_id: str, order_ids: list[str]) -> list[ToShip]:
    """These orders, first paid first; `pieces` without those cancelled, `cancelling` the number of an open cancellation."""
    query = """
select o.id::text, o.number, o.state, coalesce(l.title, '') as title, coalesce(l.pieces, 0)::int as pieces, o.receiver, o.city, o.district,
  array(select p.waybill from parcels p where p.merchant_id = o.merchant_id and p.order_id = o.id and p.direction = 'out' order by p.sent_at, p.id) as waybills,
  (select c.number from cases c where c.merchant_id = o.merchant_id and c.order_id = o.id and c.kind = 'cancellation' and c.closed_at is null limit 1) as cancelling
from orders o left join lateral (
  select (array_agg(x.title order by x.position))[1] as title, sum(x.quantity - x.cancelled_quantity) as pieces from order_lines x where x.merchant_id = o.merchant_id and x.order_id = o.id
) l on true where o.merchant_id = %(m)s and o.id::text = any(%(ids)s) order by o.paid_at, o.id"""
    with conn.cursor(row_factory=class_row(ToShip)) as cursor:
        return cursor.execute(query, {"m": merchant_id, "ids": order_ids}).fetchall()


@dataclass(slots=True)
class Balance:
    """What is still to be paid for a pre-sale order, and by when; minor units."""

    due_at: datetime
    amount_minor: int
    currency: str


def balance_of(conn: psycopg.Connection, merchant_id: str, order_id: str) -> Balance | None:
    """None for an order that is no pre-sale."""
    query = """select o.balance_due_at as due_at, o.currency, greatest(0, o.freight_minor - o.paid_minor + o.refunded_minor
      + coalesce((select sum(l.paid_minor) from order_lines l where l.merchant_id = o.merchant_id and l.order_id = o.id), 0))::bigint as amount_minor
      from orders o where o.merchant_id = %(m)s and o.id = %(o)s and o.balance_due_at is not null"""
    found = _all(conn, Balance, query, merchant_id, order_id)
    return found[0] if found else None
