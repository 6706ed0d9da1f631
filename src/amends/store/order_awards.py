"""What disputes and tickets of an order have awarded, and claims of the way back (DI-6, CO-5): read after the order is locked, so that whoever decides second sees the first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row


@dataclass(slots=True)
class Other:
    """A dispute of the order with what it keeps of remedies (`body`), or a ticket with the minor units it compensated."""

    order_id: str
    id: str
    kind: str
    number: str
    state: str
    parent_id: str
    body: dict[str, Any]
    amount: int


@dataclass(slots=True)
class Claim:
    """A claim of the way back (CO-5) that waits or was granted: of which service order, about which line; `amount` minor units asked for or granted."""

    order_id: str
    number: str
    state: str
    case_id: str
    line_id: str
    amount: int


@dataclass(slots=True)
class Return:
    """A service order of the order whose goods come back (not a reissue), and the line they are of."""

    order_id: str
    id: str
    number: str
    line_id: str


@dataclass(slots=True)
class Seen:
    """Everything read."""

    others: list[Other] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)


_KEPT = """jsonb_strip_nulls(jsonb_build_object('lines', c.facts -> 'lines', 'parent_kind', c.facts -> 'parent_kind', 'awards', c.facts -> 'awards', 'judgement', c.facts -> 'judgement', 'offer', c.facts -> 'offer',
    'executed', c.facts -> 'executed', 'award_left', c.facts -> 'award_left', 'freight_reversed', c.facts -> 'freight_reversed',
    'freight_reversed_by', c.facts -> 'freight_reversed_by'))"""
_OTHERS = f"""select c.order_id::text, c.id::text, c.kind, c.number, c.state, coalesce(c.parent_id::text, '') as parent_id, {_KEPT} as body, 0::bigint as amount from cases c
    where c.merchant_id = %(merchant)s and c.kind = 'dispute' and c.order_id in ({{orders}})
  union all
  select k.order_id::text, t.id::text, 'ticket', t.number, t.state, '', '{{{{}}}}'::jsonb, sum(k.amount_minor)::bigint from compensations k join cases t on t.merchant_id = k.merchant_id and t.id = k.case_id and t.kind = 'ticket'
    where k.merchant_id = %(merchant)s and k.order_id in ({{orders}}) and k.kind = 'judgement' and k.state in ('granted', 'paid', 'failed') group by k.order_id, t.id, t.number, t.state"""
_CLAIMS = """select k.order_id::text, k.number, k.state, k.case_id::text, coalesce(s.line_id::text, '') as line_id, case when k.state = 'asked' then k.asked_minor else k.amount_minor end as amount
  from compensations k join cases s on s.merchant_id = k.merchant_id and s.id = k.case_id
  where k.merchant_id = %(merchant)s and k.kind = 'return_freight' and k.state in ('asked', 'granted', 'paid', 'failed') and k.order_id in ({orders}) order by k.asked_at, k.id"""
_RETURNS = """select s.order_id::text, s.id::text, s.number, coalesce(s.line_id::text, '') as line_id from cases s
  where s.merchant_id = %(merchant)s and s.kind = 'service_order' and coalesce(s.type, '') <> 'reissue' and s.order_id in ({orders}) order by s.opened_at, s.id"""
OF_CASES = "select order_id from cases where merchant_id = %(merchant)s and id = any(%(ids)s::uuid[])"
"""The orders of the cases of a batch (`store/batch.py`)."""
OTHERS, CLAIMS, RETURNS = (query.format(orders=OF_CASES) for query in (_OTHERS, _CLAIMS, _RETURNS))
_OTHERS_OF_ONE, _RETURNS_OF_ONE = (query.format(orders="%(order)s") for query in (_OTHERS, _RETURNS))


def ask(conn: Any, given: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Send the reads for a batch (`merchant`, `ids`) down whatever the batch is read through; answers their cursors."""
    return conn.execute(OTHERS, given), conn.execute(CLAIMS, given), conn.execute(RETURNS, given)


def fetched(asked: tuple[Any, Any, Any] | None) -> Seen | None:
    """What `ask` sent for; None where it was not asked."""
    return None if asked is None else Seen([Other(*row) for row in asked[0].fetchall()], [Claim(*row) for row in asked[1].fetchall()], [Return(*row) for row in asked[2].fetchall()])


def read(conn: psycopg.Connection, merchant: str, case_id: str) -> Seen:
    """All of it for the order of one case, without holding it; the caller has the scope."""
    found = fetched(ask(conn, {"merchant": UUID(merchant), "ids": [UUID(case_id)]}))
    assert found is not None
    return found


def disputes_of(conn: psycopg.Connection, merchant: str, order_id: str) -> list[Other]:
    """Disputes of one order, and tickets that compensated; the caller holds the order, and its scope."""
    with conn.cursor(row_factory=class_row(Other)) as cursor:
        return cursor.execute(_OTHERS_OF_ONE, {"merchant": UUID(merchant), "order": UUID(order_id)}).fetchall()


def lines_of_returns(conn: psycopg.Connection, merchant: str, order_id: str) -> dict[str, str]:
    """Service orders of one order whose goods come back → the line of each; the caller has the scope."""
    return {row[1]: row[3] for row in conn.execute(_RETURNS_OF_ONE, {"merchant": UUID(merchant), "order": UUID(order_id)})}
