"""What carrying out a plan or a judgement reads of a dispute and of other cases of its order (DI-2, DI-7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from amends.store.connect import Pool, scope


@dataclass(slots=True)
class Disputed:
    """A dispute as it stands."""

    id: str
    number: str
    state: str
    type: str
    order_id: str
    parent_id: str | None
    facts: dict[str, Any]


@dataclass(slots=True)
class Beside:
    """A cancellation or service order of the same order. `pieces`: the lines it is about."""

    id: str
    kind: str
    number: str
    state: str
    closed: bool
    facts: dict[str, Any]
    lines: list[str]


_DISPUTE = """select id::text, number, state, coalesce(type, '') as type, order_id::text, parent_id::text, facts from cases
  where merchant_id = %s and id = %s and kind = 'dispute'"""
_CASES = """select c.id::text, c.kind, c.number, c.state, c.closed_at is not null as closed, c.facts,
    coalesce((select array_agg(x.line_id::text) from cancellation_lines x where x.merchant_id = c.merchant_id and x.case_id = c.id), array[c.line_id::text]) as lines
  from cases c where c.merchant_id = %s and c.order_id = %s and c.kind in ('cancellation', 'service_order') order by c.opened_at, c.id"""
_LEFT = """select l.id::text, greatest(0, l.paid_minor - l.refunded_minor), l.quantity - l.cancelled_quantity from order_lines l where l.merchant_id = %s and l.order_id = %s"""


def dispute(pool: Pool, merchant: str, dispute_id: str) -> Disputed | None:
    """A dispute by its id."""
    with scope(pool, UUID(merchant)) as conn, conn.cursor(row_factory=class_row(Disputed)) as cursor:
        return cursor.execute(_DISPUTE, (UUID(merchant), dispute_id)).fetchone()


def opened_before(pool: Pool, merchant: str, command_id: str) -> bool:
    """Whether this command has been carried out."""
    with scope(pool, UUID(merchant)) as conn:
        return conn.execute("select 1 from commands_done where merchant_id = %s and command_id = %s", (UUID(merchant), command_id)).fetchone() is not None


def done_before(pool: Pool, merchant: str, command_ids: list[str]) -> set[str]:
    """Which of these commands have been carried out."""
    with scope(pool, UUID(merchant)) as conn:
        rows = conn.execute("select command_id::text from commands_done where merchant_id = %s and command_id = any(%s::uuid[])", (UUID(merchant), command_ids)).fetchall()
    return {row[0] for row in rows}


def of_order(pool: Pool, merchant: str, order_id: str) -> tuple[list[Beside], dict[str, int], bool]:
    """Cases of an order, oldest first; what each line can still give back, for lines with pieces left; and whether receipt is confirmed."""
    with scope(pool, UUID(merchant)) as conn:
        with conn.cursor(row_factory=class_row(Beside)) as cursor:
            cases = cursor.execute(_CASES, (UUID(merchant), order_id)).fetchall()
        left = {line: money for line, money, pieces in conn.execute(_LEFT, (UUID(merchant), order_id)).fetchall() if pieces > 0}
        row = conn.execute("select receipt_confirmed_at is not null or state in ('received', 'completed') from orders where merchant_id = %s and id = %s", (UUID(merchant), order_id)).fetchone()
    return cases, left, bool(row and row[0])
