"""What-if runs: past cases page by page, and what would have been different (PO-14). Platform scope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from amends.core.what_if_demands import GROUNDS

Row = dict[str, Any]
_RUN = (
    "id::text as id, pack, version, of_packs, merchants::text[] as merchants, since, until, total, looked, differing, counts, after_merchant::text as after_merchant,"
    " after_case::text as after_case, made_by, made_at, finished_at"
)
_CASES = "c.merchant_id = any(%(merchants)s::uuid[]) and c.kind in ('service_order', 'cancellation') and c.opened_at >= %(since)s and c.opened_at < %(until)s"
_PAST = f"""select c.merchant_id::text as merchant_id, c.id::text as id, c.number, c.kind, coalesce(c.expectation, c.type, '') as type, coalesce(c.reason, '') as reason, c.opened_at,
  coalesce(c.quantity, 1) as quantity, coalesce(c.currency, 'CNY') as currency, c.facts, coalesce(o.buyer_level, 0) as stars, coalesce(o.platform_delivery, false) as platform_delivery,
  o.delivered_at, o.receipt_confirmed_at, coalesce(o.province, '') as province, coalesce(o.facts, '{{}}') as order_facts, coalesce(l.tags, '{{}}') as tags,
  coalesce(l.category, c.category, '') as category, coalesce(l.gift, false) as gift, coalesce(l.facts, '{{}}') as line_facts, coalesce(l.quantity, c.quantity, 1) as line_quantity,
  coalesce(l.paid_minor, 0) as line_paid, coalesce(o.paid_minor, 0) as order_paid, coalesce(o.fulfilment_mode, '') as mode, o.paid_at, o.promised_ship_by,
  case when c.state = 'rejected' and c.kind = 'service_order' then (select count(*)::int from cases r where r.merchant_id = c.merchant_id and r.order_id = c.order_id and r.line_id = c.line_id
    and r.kind = 'service_order' and r.state = 'rejected' and r.id <> c.id and (r.closed_at, r.id) < (c.closed_at, c.id)) else 0 end as refused_before,
  (select json_agg(json_build_array(k.kind, k.amount_minor, k.currency, k.explanation
    || jsonb_build_object('asked_at', k.asked_at, 'received_at', case when least(o.delivered_at, o.receipt_confirmed_at) <= k.asked_at then coalesce(o.delivered_at, o.receipt_confirmed_at) end)) order by k.id) from compensations k where k.merchant_id = c.merchant_id and k.order_id = c.order_id
    and k.state in ('granted', 'paid') and (k.case_id = c.id or (k.case_id is null
      and c.id = (select f.id from cases f where f.merchant_id = c.merchant_id and f.order_id = c.order_id and f.kind in ('service_order', 'cancellation') order by f.id limit 1)))) as gave,
  (select e.body -> 'input' from events e where e.merchant_id = c.merchant_id and e.case_id = c.id and e.version = 1) as asked,
  (select json_agg(json_build_array(e.body ->> 'command', e.body -> 'input') order by e.version) from events e
    where e.merchant_id = c.merchant_id and e.case_id = c.id and e.body ->> 'command' = any(%(grounded)s)) as said,
  (select json_agg(json_build_array(coalesce(e.body ->> 'command', ''), coalesce(e.body ->> 'to', ''), e.at) order by e.version) from events e
    where e.merchant_id = c.merchant_id and e.case_id = c.id) as events
  from cases c left join orders o on o.merchant_id = c.merchant_id and o.id = c.order_id
  left join order_lines l on l.merchant_id = c.merchant_id and l.order_id = c.order_id and l.id = c.line_id
  where {_CASES} and (%(after_merchant)s::uuid is null or (c.merchant_id, c.id) > (%(after_merchant)s::uuid, %(after_case)s::uuid))
  order by c.merchant_id, c.id limit %(many)s"""


def start(conn: psycopg.Connection, row: Row) -> bool:
    """Write a run with the number of cases it is over; False when this run is there already."""
    found = conn.execute(f"select count(*) from cases c where {_CASES}", row).fetchone()
    made = conn.execute(
        "insert into what_if_runs (id, pack, version, document, of_packs, merchants, since, until, total, made_by, made_at, finished_at)"
        " values (%(id)s, %(pack)s, %(version)s, %(document)s, %(of_packs)s, %(merchants)s::uuid[], %(since)s, %(until)s, %(total)s, %(made_by)s, %(now)s, %(finished)s) on conflict do nothing",
        row | {"document": Jsonb(row["document"]), "total": found[0] if found else 0, "finished": None if found and found[0] else row["now"]},
    )
    return made.rowcount == 1


def take(conn: psycopg.Connection) -> tuple[Row, Row] | None:
    """A run that is not finished, held until the transaction ends, with its document; None where there is none that nobody else holds."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(f"select {_RUN}, document from what_if_runs where finished_at is null order by made_at, id limit 1 for update skip locked").fetchone()
    return None if row is None else (row, row.pop("document"))


def page(conn: psycopg.Connection, run: Row, many: int) -> list[Row]:
    """The next cases of a run, with everything that comparing asks for."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_PAST, run | {"many": many, "grounded": list(GROUNDS)}).fetchall()


def merchants(conn: psycopg.Connection, ids: list[str]) -> dict[str, Row]:
    """Pack and settings of merchants, by id."""
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute("select id::text as id, name, pack_ref, settings from merchants where id = any(%s::uuid[])", (ids,)).fetchall()
    return {row["id"]: row for row in rows}


def suspensions(conn: psycopg.Connection) -> list[list[Any]]:
    """Every period in which clocks stood still, as `merchant_seen.suspensions_of` reads them."""
    row = conn.execute(
        "select json_agg(json_build_array(id, zh, en, starts_at, ends_at, clocks, regions, made_at) order by starts_at, id) from suspensions where withdrawn_at is null"
    ).fetchone()
    return list(row[0]) if row and row[0] else []


def note(conn: psycopg.Connection, run: Row, looked: list[Row], found: list[Row], counts: dict[str, int], now: Any) -> None:
    """What some cases came to, and how far the run is; finished when this was the last of them."""
    conn.execute(
        "insert into what_if_differences (merchant_id, run_id, case_id, nth, kind, about, was, would_be, amount_minor, currency)"
        " select x.merchant_id, %s, x.case_id, x.nth, x.kind, x.about, x.was, x.would_be, x.amount_minor, x.currency from json_to_recordset(%s::json)"
        " as x(merchant_id uuid, case_id uuid, nth int, kind text, about text, was jsonb, would_be jsonb, amount_minor bigint, currency text)",
        (run["id"], msgspec.json.encode(found).decode()),
    )
    last = looked[-1] if looked else {"merchant_id": run["after_merchant"], "id": run["after_case"]}
    conn.execute(
        "update what_if_runs set looked = looked + %s, differing = differing + %s, counts = %s, after_merchant = %s, after_case = %s, finished_at = %s where id = %s",
        (len(looked), len({f["case_id"] for f in found}), Jsonb(counts), last["merchant_id"], last["id"], None if looked else now, run["id"]),
    )


def one(conn: psycopg.Connection, run_id: str) -> Row | None:
    """One run, without its document."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(f"select {_RUN} from what_if_runs where id = %s", (UUID(run_id),)).fetchone()


def runs(conn: psycopg.Connection, pack: str, version: int, many: int = 20) -> list[Row]:
    """Runs of a version, latest first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(f"select {_RUN} from what_if_runs where pack = %s and version = %s order by made_at desc, id desc limit %s", (pack, version, many)).fetchall()


def differences(conn: psycopg.Connection, run_id: str, kind: str = "", about: str = "", after: tuple[str, str, int] | None = None, many: int = 100) -> list[Row]:
    """Differences of a run (of one kind, about one clock), by merchant and case."""
    at = after or (None, None, None)
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select d.merchant_id::text as merchant_id, m.name as merchant, d.case_id::text as case_id, c.number, c.kind as case_kind, coalesce(c.expectation, c.type, '') as type, c.opened_at, d.nth,"
            " d.kind, d.about, d.was, d.would_be, d.amount_minor, d.currency from what_if_differences d join merchants m on m.id = d.merchant_id"
            " join cases c on c.merchant_id = d.merchant_id and c.id = d.case_id where d.run_id = %(run)s and (%(kind)s = '' or d.kind = %(kind)s) and (%(about)s = '' or d.about = %(about)s)"
            " and (%(m)s::uuid is null or (d.merchant_id, d.case_id, d.nth) > (%(m)s::uuid, %(c)s::uuid, %(n)s)) order by d.merchant_id, d.case_id, d.nth limit %(many)s",
            {"run": UUID(run_id), "kind": kind, "about": about, "m": at[0], "c": at[1], "n": at[2], "many": many},
        ).fetchall()


def every(conn: psycopg.Connection, run_id: str) -> Iterator[Row]:
    """All differences of a run, page by page: for a file."""
    after: tuple[str, str, int] | None = None
    while rows := differences(conn, run_id, after=after, many=1000):
        yield from rows
        after = (rows[-1]["merchant_id"], rows[-1]["case_id"], rows[-1]["nth"])


def sums(conn: psycopg.Connection, run_id: str) -> list[Row]:
    """For each kind and clock: how many cases, and the money that can be said, by currency."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select kind, about, count(distinct (merchant_id, case_id))::int as cases, count(distinct merchant_id)::int as merchants, sum(amount_minor)::bigint as amount, currency"
            " from what_if_differences where run_id = %s group by kind, about, currency", (UUID(run_id),),
        ).fetchall()
