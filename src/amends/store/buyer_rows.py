"""The rows of one matter without the person in them (ST-10): texts emptied, ids of the buyer replaced, pictures put in the place of pictures. Money, counts, times, digests and the structure of the history stay.

One call is part of one transaction in the platform's scope, which holds the matter's cases and order. Tables that may only be added to let it happen while `erasures` says so (migration 0052).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from amends.store.audit import NOBODY
from amends.store.buyer_matters import Matter
from amends.store.erasure import erase_dossier, erase_mail

Veil = Callable[..., Any]

_NAMED = "actor_id = coalesce(%(names)s::jsonb ->> actor_id, actor_id), actor_name = case when actor_kind = 'buyer' and actor_name is not null then '' else actor_name end"
_BUYER = "buyer_id = coalesce(%(names)s::jsonb ->> {0}.buyer_id, {0}.buyer_id)"
_MINE = "merchant_id = %(m)s and case_id = any(%(c)s::uuid[])"
_MONEY = "merchant_id = %(m)s and (order_id = %(o)s or case_id = any(%(c)s::uuid[]) or compensation_id = any(%(k)s::uuid[]))"

PLAIN: tuple[tuple[str, str, str], ...] = (
    ("orders", "receiver = null, phone = null, city = null, district = null, detail = null, remarks = '', buyer_remark = '', invoice = '{}', receiver_mark = null, " + _BUYER.format("orders"), "merchant_id = %(m)s and id = %(o)s"),
    ("cases", _BUYER.format("cases"), "merchant_id = %(m)s and id = any(%(c)s::uuid[])"),
    ("applications", _BUYER.format("applications"), "merchant_id = %(m)s and order_id = %(o)s"),
    ("messages", f"body = '', {_NAMED}", _MINE),
    ("notes", "body = ''", _MINE),
    ("evidence", "words = '', actor_id = coalesce(%(names)s::jsonb ->> actor_id, actor_id), actor_name = case when side = 'buyer' then '' else actor_name end", _MINE),
    ("receipts", "note = ''", _MINE),
    ("ratings", f"text = '', answer = case when answer is not null then '' end, {_BUYER.format('ratings')}", _MINE),
    ("notices", _BUYER.format("notices"), "merchant_id = %(m)s and (case_id = any(%(c)s::uuid[]) or order_id = %(o)s or compensation_id = any(%(k)s::uuid[]))"),
    ("calls", "words = '', cause = '', answer = case when answer is not null then '' end, actor_id = coalesce(%(names)s::jsonb ->> actor_id, actor_id), actor_name = case when side = 'buyer' then '' else actor_name end", _MINE),
    ("buyer_marks", f"words = '', withdrawn_words = case when withdrawn_words is not null then '' end, {_BUYER.format('buyer_marks')}", _MINE),
    ("urges", f"words = '', answer = case when answer is not null then '' end, {_BUYER.format('urges')}", "merchant_id = %(m)s and order_id = %(o)s"),
    ("compensations", "words = '', answer = '', asked_by = coalesce(%(names)s::jsonb ->> asked_by, asked_by), asked_name = case when asked_kind = 'buyer' then '' else asked_name end, " + _BUYER.format("compensations"),
     "merchant_id = %(m)s and id = any(%(k)s::uuid[])"),
    ("coupons", _BUYER.format("coupons"), "merchant_id = %(m)s and (order_id = %(o)s or compensation_id = any(%(k)s::uuid[]))"),
    ("charges", f"words = '', pay_url = null, {_BUYER.format('charges')}", "merchant_id = %(m)s and (order_id = %(o)s or case_id = any(%(c)s::uuid[]))"),
    ("refund_requests", f"failure_words = case when failure_words is not null then '' end, {_BUYER.format('refund_requests')}", _MONEY),
    ("reconciliation_differences", "note = case when note is not null then '' end", "merchant_id = %(m)s and (order_id = %(o)s or case_id = any(%(c)s::uuid[]))"),
    ("parcel_troubles", "words = '', settled_words = case when settled_words is not null then '' end, by_id = coalesce(%(names)s::jsonb ->> by_id, by_id), by_name = case when %(names)s::jsonb ? by_id then '' else by_name end",
     "merchant_id = %(m)s and order_id = %(o)s"),
    ("parcel_events", "words = '', place = '', key = 'erased:' || encode(sha256(convert_to(parcel_id::text || key, 'UTF8')), 'hex')", "merchant_id = %(m)s and parcel_id = any(%(p)s::uuid[]) and key not like 'erased:%%'"),
    ("parcels", "waybill = 'erased:' || id, trouble = '', intercept_answer = '', next_look_at = null", "merchant_id = %(m)s and id = any(%(p)s::uuid[])"),
    ("pickups", "address = '', booking = '', waybill = '', answer = ''", _MINE),
    ("unclaimed_parcels", "sender = null, phone = null, description = '', waybill = 'erased:' || id", "merchant_id = %(m)s and matched_case_id = any(%(c)s::uuid[])"),
    ("strategy_decisions", _BUYER.format("strategy_decisions"), _MINE),
    ("strategy_run_cases", "people_words = ''", _MINE),
    ("outbox", "last_error = null", _MINE),
)
"""Table, what is set, and which rows of a matter."""

VEILED: tuple[tuple[str, tuple[str, ...], tuple[str, ...], str, str], ...] = (
    ("orders", ("id",), ("facts",), "", "merchant_id = %(m)s and id = %(o)s"),
    ("order_lines", ("order_id", "id"), ("facts",), "", "merchant_id = %(m)s and order_id = %(o)s"),
    ("cases", ("id",), ("facts",), "", "merchant_id = %(m)s and id = any(%(c)s::uuid[])"),
    ("events", ("case_id", "version"), ("body", "explanation"), _NAMED, _MINE),
    ("order_changes", ("id",), ("before", "after"), _NAMED, "merchant_id = %(m)s and order_id = %(o)s"),
    ("notices", ("id",), ("body",), "", "merchant_id = %(m)s and (case_id = any(%(c)s::uuid[]) or order_id = %(o)s or compensation_id = any(%(k)s::uuid[]))"),
    ("compensations", ("id",), ("explanation",), "", "merchant_id = %(m)s and id = any(%(k)s::uuid[])"),
    ("outbox", ("id",), ("body",), "", "merchant_id = %(m)s and (case_id = any(%(c)s::uuid[]) or (case_id is null and body ->> 'order' = %(o)s))"),
    ("commands_done", ("command_id",), ("answer",), "", _MINE),
    ("strategy_decisions", ("case_id", "case_version", "node", "row_id"), ("refusal",), "", _MINE),
    ("strategy_run_limited", ("run_id", "case_id"), ("refusal",), "", _MINE),
    ("ledger_movements", ("id",), ("facts",), "", _MONEY),
    ("batch_cases", ("batch_id", "case_id"), ("refusal",), "", _MINE),
    ("batches", ("id",), ("body", "filters"), "", "merchant_id = %(m)s and finished_at is not null and id in (select b.batch_id from batch_cases b where b.merchant_id = %(m)s and b.case_id = any(%(c)s::uuid[]))"),
    ("what_if_differences", ("run_id", "case_id", "nth"), ("was", "would_be"), "", _MINE),
    ("audit", ("id",), ("before", "after"), _NAMED + ", address = case when actor_kind = 'buyer' then null else address end", "merchant_id = any(%(both)s::uuid[]) and subject_id = any(%(subjects)s)"),
)
"""Table, the rest of its key, JSON that is veiled, what is set besides, and which rows."""

TYPED: tuple[tuple[str, str, str], ...] = (
    ("ledger_movements", "reason", _MONEY),
    ("stock_moves", "note", _MINE),
)
"""Texts beside which a code of the house may stand: emptied unless they are one."""


def erase(conn: psycopg.Connection, matter: Matter, names: Mapping[str, str], veil: Veil, stays: Callable[[str], bool], picture: bytes, by: tuple[str, datetime]) -> None:
    """Everything of one matter, between `buyer_erasures.begin` and `finish`. `names`: buyers' ids and their pseudonyms; `picture`: what stands in the place of each file; `by`: whose name and when."""
    name, now = by
    given = _subjects(conn, matter, names)
    for mail in _ids(conn, "select id::text from mails where merchant_id = %(m)s and case_id = any(%(c)s::uuid[]) and erased_at is null", given):
        erase_mail(conn, matter.merchant_id, mail, name, now)
    conn.execute("update mails set note = '' where merchant_id = %(m)s and case_id = any(%(c)s::uuid[]) and note <> ''", given)
    for dossier in _ids(conn, "select id::text from dossiers where merchant_id = %(m)s and case_id = any(%(c)s::uuid[]) and erased_at is null", given):
        erase_dossier(conn, matter.merchant_id, dossier, name, now)
    _files(conn, given, picture)
    for table, keys, columns, besides, where in VEILED:
        _veil(conn, table, keys, columns, besides, where, given, veil)
    for table, column, where in TYPED:
        _typed(conn, table, column, where, given, stays)
    for table, sets, where in PLAIN:
        conn.execute(f"update {table} set {sets} where {where}".encode(), given)
    for table in ("drafts", "considerations", "presence"):
        conn.execute(f"delete from {table} where {_MINE}".encode(), given)
    conn.execute("update cases set erased_at = %(now)s where merchant_id = %(m)s and id = any(%(c)s::uuid[])", given | {"now": now})
    conn.execute("update orders set erased_at = %(now)s where merchant_id = %(m)s and id = %(o)s", given | {"now": now})


def _subjects(conn: psycopg.Connection, matter: Matter, names: Mapping[str, str]) -> dict[str, Any]:
    """What the statements are given: the order, its cases, compensations, parcels, and everything that the log may name as a subject."""
    given: dict[str, Any] = {"m": matter.merchant_id, "o": matter.order_id, "c": matter.cases, "names": json.dumps(dict(names)), "both": [matter.merchant_id, NOBODY]}
    given["k"] = _ids(conn, "select id::text from compensations where merchant_id = %(m)s and (order_id = %(o)s or case_id = any(%(c)s::uuid[]))", given)
    given["p"] = _ids(conn, "select id::text from parcels where merchant_id = %(m)s and (order_id = %(o)s or case_id = any(%(c)s::uuid[]))", given)
    more = _ids(
        conn, "select id::text from applications where merchant_id = %(m)s and order_id = %(o)s union all select id::text from dossiers where merchant_id = %(m)s and case_id = any(%(c)s::uuid[])"
        " union all select id::text from mails where merchant_id = %(m)s and case_id = any(%(c)s::uuid[]) union all select id::text from refund_requests where merchant_id = %(m)s and (order_id = %(o)s or case_id = any(%(c)s::uuid[]))"
        " union all select id::text from charges where merchant_id = %(m)s and (order_id = %(o)s or case_id = any(%(c)s::uuid[])) union all select id::text from pickups where merchant_id = %(m)s and case_id = any(%(c)s::uuid[])"
        " union all select id::text from unclaimed_parcels where merchant_id = %(m)s and matched_case_id = any(%(c)s::uuid[]) union all select id::text from urges where merchant_id = %(m)s and order_id = %(o)s"
        " union all select id::text from calls where merchant_id = %(m)s and case_id = any(%(c)s::uuid[]) union all select id::text from buyer_marks where merchant_id = %(m)s and case_id = any(%(c)s::uuid[])"
        " union all select id::text from reconciliation_differences where merchant_id = %(m)s and (order_id = %(o)s or case_id = any(%(c)s::uuid[]))", given,
    )
    given["subjects"] = [*([matter.order_id] if matter.order_id else []), *matter.cases, *given["k"], *given["p"], *more]
    return given


def _ids(conn: psycopg.Connection, text: str, given: Mapping[str, Any]) -> list[str]:
    return [row[0] for row in conn.execute(text.encode(), given).fetchall()]


def _files(conn: psycopg.Connection, given: Mapping[str, Any], picture: bytes) -> None:
    """Every file of the matter becomes the one picture; its id, place, digest and time stay, so that a history with photos keeps them as places."""
    conn.execute(
        b"update files set bytes = %(picture)s, size = length(%(picture)s), media_type = 'image/png', uploaded_by = coalesce(%(names)s::jsonb ->> uploaded_by, uploaded_by)"
        b" where merchant_id = %(m)s and (case_id = any(%(c)s::uuid[]) or id in ("
        b"   select unnest(file_ids) from messages where merchant_id = %(m)s and case_id = any(%(c)s::uuid[]) union all select unnest(file_ids) from receipts where merchant_id = %(m)s and case_id = any(%(c)s::uuid[])"
        b"   union all select file_id from evidence where merchant_id = %(m)s and case_id = any(%(c)s::uuid[]) union all select unnest(file_ids) from compensations where merchant_id = %(m)s and id = any(%(k)s::uuid[])"
        b"   union all select unnest(file_ids) from unclaimed_parcels where merchant_id = %(m)s and matched_case_id = any(%(c)s::uuid[])))",
        {**given, "picture": picture},
    )


def _veil(conn: psycopg.Connection, table: str, keys: Sequence[str], columns: Sequence[str], besides: str, where: str, given: Mapping[str, Any], veil: Veil) -> None:
    kind = ", (kind <> 'ticket') as goods" if table == "cases" else ", (subject_kind is distinct from 'ticket') as goods" if table == "audit" else ", true as goods"
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(f"select merchant_id, {', '.join((*keys, *columns))}{kind} from {table} where {where}".encode(), given).fetchall()
    sets = ", ".join([*(f"{name} = %({name})s" for name in columns), *((besides,) if besides else ())])
    which = " and ".join(f"{name} = %(key_{name})s" for name in ("merchant_id", *keys))
    changes = []
    for row in rows:
        new = {name: veil(row[name], title=row["goods"]) for name in columns}
        if besides or any(new[name] != row[name] for name in columns):
            changes.append({**given, **{name: None if new[name] is None else Jsonb(new[name]) for name in columns}, **{f"key_{name}": row[name] for name in ("merchant_id", *keys)}})
    if changes:
        with conn.cursor() as cursor:
            cursor.executemany(f"update {table} set {sets} where {which}".encode(), changes)


def _typed(conn: psycopg.Connection, table: str, column: str, where: str, given: Mapping[str, Any], stays: Callable[[str], bool]) -> None:
    rows = conn.execute(f"select id, {column} from {table} where {where} and {column} <> ''".encode(), given).fetchall()
    gone = [row[0] for row in rows if not stays(row[1])]
    conn.execute(f"update {table} set {column} = '' where merchant_id = %(m)s and id = any(%(gone)s::uuid[])".encode(), {**given, "gone": gone})
    conn.execute(f"update {table} set {_NAMED} where {where} and actor_kind = 'buyer'".encode(), given)
