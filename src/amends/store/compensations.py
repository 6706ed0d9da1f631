"""Rows of compensation: written here by the engine, inside transactions it opened (CO-1, CO-3 … CO-5)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import class_row, dict_row

from amends.store.queries import sql

Row = dict[str, Any]


@dataclass(slots=True)
class Compensation:
    """One compensation as it is kept; amounts in minor units of `currency`, instants UTC. `decided_kind` None: not decided yet."""

    id: str
    number: str
    kind: str
    state: str
    order_id: str
    buyer_id: str
    currency: str
    asked_minor: int
    asked_kind: str
    asked_at: datetime
    amount_minor: int = 0
    medium: str = "money"
    case_id: str | None = None
    line_id: str | None = None
    quantity: int = 0
    reason: str = ""
    words: str = ""
    answer: str = ""
    file_ids: list[str] = field(default_factory=list)
    asked_by: str | None = None
    asked_name: str = ""
    due_at: datetime | None = None
    decided_kind: str | None = None
    decided_by: str | None = None
    decided_name: str = ""
    decided_at: datetime | None = None
    day: date | None = None
    paid_at: datetime | None = None
    explanation: dict[str, Any] = field(default_factory=dict)
    clock: dict[str, Any] = field(default_factory=dict)


COLUMNS = (
    "k.id::text, k.number, k.kind, k.state, k.order_id::text, k.buyer_id, k.currency, k.asked_minor, k.asked_kind, k.asked_at, k.amount_minor, k.medium, k.case_id::text,"
    " k.line_id::text, k.quantity, k.reason, k.words, k.answer, k.file_ids::text[] as file_ids, k.asked_by, k.asked_name, k.due_at, k.decided_kind, k.decided_by, k.decided_name,"
    " k.decided_at, k.day, k.paid_at, k.explanation, k.clock"
)


def add(conn: psycopg.Connection, merchant: str, rows: list[Compensation]) -> list[str]:
    """Write compensations in one statement; answers the ids that were written. A second late shipment of an order is left out."""
    if not rows:
        return []
    given = msgspec.json.encode([asdict(row) for row in rows]).decode()
    return [row[0] for row in conn.execute(sql("add_compensations"), {"merchant": UUID(merchant), "rows": given}).fetchall()]


def one(conn: psycopg.Connection, merchant: str, compensation_id: str, *, lock: bool = False) -> Compensation | None:
    """A compensation by its id; `lock` holds its row."""
    with conn.cursor(row_factory=class_row(Compensation)) as cursor:
        query = f"select {COLUMNS} from compensations k where k.merchant_id = %s and k.id = %s"
        return cursor.execute(query + (" for update" if lock else ""), (UUID(merchant), UUID(compensation_id))).fetchone()


def asked(conn: psycopg.Connection, merchant: str, kind: str, order_id: str, about: str) -> Compensation | None:
    """What is asked already, and waits, about this line or case."""
    with conn.cursor(row_factory=class_row(Compensation)) as cursor:
        return cursor.execute(
            f"select {COLUMNS} from compensations k where k.merchant_id = %s and k.kind = %s and k.order_id = %s and coalesce(k.line_id, k.case_id, k.order_id) = %s"
            " and k.state = 'asked' limit 1", (UUID(merchant), kind, UUID(order_id), UUID(about)),
        ).fetchone()


def decide(conn: psycopg.Connection, merchant: str, row: Compensation) -> None:
    """Write what was decided of one that was asked for."""
    conn.execute(
        "update compensations set state = %(state)s, amount_minor = %(amount_minor)s, quantity = %(quantity)s, answer = %(answer)s, decided_kind = %(decided_kind)s,"
        " decided_by = %(decided_by)s, decided_name = %(decided_name)s, decided_at = %(decided_at)s, day = %(day)s, paid_at = %(paid_at)s, explanation = %(explanation)s"
        " where merchant_id = %(m)s and id = %(id)s",
        {**asdict(row), "m": UUID(merchant), "explanation": msgspec.json.encode(row.explanation).decode()},
    )


def settle(conn: psycopg.Connection, merchant: str, compensation_id: str, state: str, now: datetime) -> Compensation | None:
    """Its money has moved (`paid`), could not (`failed`), or is asked for again (`granted`); None if it is not one that was granted."""
    row = one(conn, merchant, compensation_id, lock=True)
    if row is None or row.state not in ("granted", "failed") or row.state == state:
        return None
    row.state, row.paid_at = state, now if state == "paid" else None
    conn.execute("update compensations set state = %s, paid_at = %s where merchant_id = %s and id = %s", (state, row.paid_at, UUID(merchant), UUID(compensation_id)))
    return row


def hold_day(conn: psycopg.Connection, merchant: str, day: date) -> None:
    """Take a day of this merchant until the transaction ends: others who give goodwill on it wait. Held after the order, never before."""
    conn.execute(
        "insert into compensation_days (merchant_id, day) values (%s, %s) on conflict (merchant_id, day) do update set day = excluded.day", (UUID(merchant), day)
    )


def given(conn: psycopg.Connection, merchant: str, order_id: str, person: str, day: date, currency: str) -> tuple[int, int, int]:
    """Goodwill so far: for this order with its cases, by this person on this day, by everybody on this day (minor units)."""
    row = conn.execute(
        "select coalesce((select sum(amount_minor) from compensations where merchant_id = %(m)s and order_id = %(o)s and kind = 'goodwill' and currency = %(c)s), 0)::bigint,"
        " coalesce(sum(amount_minor) filter (where decided_by = %(p)s), 0)::bigint, coalesce(sum(amount_minor), 0)::bigint"
        " from compensations where merchant_id = %(m)s and kind = 'goodwill' and day = %(d)s and currency = %(c)s",
        {"m": UUID(merchant), "o": UUID(order_id), "p": person, "d": day, "c": currency},
    ).fetchone()
    return (0, 0, 0) if row is None else (row[0], row[1], row[2])


def freight_given(conn: psycopg.Connection, merchant: str, case_id: str) -> int:
    """Return freight given for a case so far, minor units."""
    row = conn.execute(
        "select coalesce(sum(amount_minor), 0)::bigint from compensations where merchant_id = %s and case_id = %s and kind = 'return_freight'", (UUID(merchant), UUID(case_id))
    ).fetchone()
    return int(row[0]) if row else 0


def insured_given(conn: psycopg.Connection, merchant: str, order_id: str) -> int:
    """What an order's freight insurance has paid of ways back so far, minor units (PO-7)."""
    row = conn.execute(
        "select coalesce(sum(least(amount_minor, coalesce((explanation ->> 'insured')::bigint, 0))), 0)::bigint from compensations"
        " where merchant_id = %s and order_id = %s and kind = 'return_freight' and state in ('granted', 'paid', 'failed')", (UUID(merchant), UUID(order_id)),
    ).fetchone()
    return int(row[0]) if row else 0


def add_coupon(conn: psycopg.Connection, merchant: str, row: Row) -> bool:
    """Issue a coupon; False when its code is taken."""
    return conn.execute(
        "insert into coupons (merchant_id, id, code, title, kind, buyer_id, amount_minor, minimum_minor, currency, valid_from, valid_until, compensation_id, issued_at)"
        " values (%(m)s, %(id)s, %(code)s, %(title)s, %(kind)s, %(buyer)s, %(amount)s, %(minimum)s, %(currency)s, %(now)s, %(until)s, %(compensation)s, %(now)s)"
        " on conflict (merchant_id, code) do nothing",
        {**row, "m": UUID(merchant)},
    ).rowcount == 1


def use_coupon(conn: psycopg.Connection, merchant: str, coupon_id: str, order_id: str, buyer_id: str, now: datetime) -> bool:
    """Note the order a coupon was used for; False when that is no order of its buyer."""
    return conn.execute(
        "update coupons p set order_id = o.id, used_at = %(now)s from orders o where p.merchant_id = %(m)s and p.id = %(id)s and o.merchant_id = p.merchant_id and o.id = %(o)s"
        " and o.buyer_id = %(b)s", {"now": now, "m": UUID(merchant), "id": UUID(coupon_id), "o": UUID(order_id), "b": buyer_id},
    ).rowcount == 1


def protected_lines(conn: psycopg.Connection, merchant: str, order_id: str) -> frozenset[str]:
    """Lines of an order under price protection, asked for or given: they can be neither changed nor removed (OR-7)."""
    rows = conn.execute(
        "select line_id::text from compensations where merchant_id = %s and order_id = %s and kind = 'price_protection' and state <> 'refused' and line_id is not null",
        (UUID(merchant), UUID(order_id)),
    )
    return frozenset(row[0] for row in rows)


def tell(conn: psycopg.Connection, merchant: str, rows: list[Row], now: datetime) -> None:
    """Messages about compensations: compensation_id, order_id, case_id, buyer_id, reader, event, body. The same about the same is told once."""
    conn.execute(
        "insert into notices (merchant_id, id, case_id, order_id, compensation_id, reader, buyer_id, event, body, at)"
        " select %(m)s, md5(x.compensation_id || x.event || x.reader)::uuid, x.case_id, x.order_id, x.compensation_id::uuid, x.reader, x.buyer_id, x.event, x.body, %(now)s"
        " from json_to_recordset(%(rows)s) as x(compensation_id text, case_id uuid, order_id uuid, buyer_id text, reader text, event text, body jsonb) on conflict do nothing",
        {"m": UUID(merchant), "now": now, "rows": msgspec.json.encode(rows).decode()},
    )


def done(conn: psycopg.Connection, merchant: str, command_id: str) -> Row | None:
    """What was answered under this command id before."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("select answer from commands_done where merchant_id = %s and command_id = %s", (UUID(merchant), UUID(command_id))).fetchone()
    return row["answer"] if row else None


def keep(conn: psycopg.Connection, merchant: str, command_id: str, answer: Row, case_id: str | None, now: datetime) -> None:
    """Keep an answer with what it decided, in the same transaction."""
    conn.execute(
        "insert into commands_done (merchant_id, command_id, case_id, answer, at) values (%s, %s, %s, %s, %s)",
        (UUID(merchant), UUID(command_id), case_id, msgspec.json.encode(answer).decode(), now),
    )
