"""What becomes of money asked for without a case: moved, refused, asked again, transferred by hand; ledger and compensation follow (MO-3, MO-5, CO-1 … CO-5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from amends.core import movements
from amends.core.ledger import MANUAL, Movement
from amends.core.refusal import Refusal
from amends.engine import posting
from amends.engine.audit import By, record
from amends.engine.compensation_money import tell
from amends.engine.ids import is_id
from amends.store import compensations, refund_requests
from amends.store.audit import Connection
from amends.store.connect import Pool, scope
from amends.store.queries import sql
from amends.store.refund_requests import Request

TRANSFER, RETRY = "service_order.record_transfer", "service_order.retry_refund"
"""Who may do this for a case's refund may do it for what has no case."""


def moved(pool: Pool, merchant: str, request_id: str, reference: str, now: datetime) -> Refusal | None:
    """The provider says that it has paid."""
    with scope(pool, UUID(merchant)) as conn:
        found = refund_requests.find(conn, merchant, request_id, lock=True)
        if found is None or found.case_id is not None or found.state != "requested":
            return Refusal("request_unknown", field="request")
        _moved(conn, merchant, found, reference, now, by_hand=False)
    return None


def failed(pool: Pool, merchant: str, request_id: str, code: str, words: str, now: datetime) -> Refusal | None:
    """The provider refuses for good; it waits for finance."""
    with scope(pool, UUID(merchant)) as conn:
        found = refund_requests.find(conn, merchant, request_id, lock=True)
        if found is None or found.case_id is not None or found.state != "requested":
            return Refusal("request_unknown", field="request")
        _run(conn, "fail_requests", merchant, now, id=found.id, code=code, words=words)
        _follow(conn, merchant, found.compensation_id, now)
    return None


def record_transfer(pool: Pool, by: By, request_id: str, reference: str, now: datetime) -> Refusal | None:
    """Finance has paid by hand: what no provider was asked for, or what a provider has refused."""
    reference = reference.strip()
    if refusal := by.lacks(TRANSFER):
        return refusal
    if not reference or len(reference) > 64:
        return Refusal("required", {"zh": "转账流水号", "en": "Transfer reference"}, "reference")
    merchant = by.merchant_id or ""
    if not is_id(merchant) or not is_id(request_id):
        return Refusal("request_unknown", field="request")
    with scope(pool, by.scope) as conn:
        found = refund_requests.find(conn, merchant, request_id, lock=True)
        if found is None or found.case_id is not None or found.state not in ("requested", "failed"):
            return Refusal("request_unknown", field="request")
        if found.provider != MANUAL and found.state != "failed":
            return Refusal("request_with_provider", field="request")
        _moved(conn, merchant, found, reference, now, by_hand=True)
        record(conn, by, now, "payout_recorded", ("refund_request", request_id), after={"reference": reference, "amount": found.amount})
    return None


def retry(pool: Pool, by: By, request_id: str, now: datetime) -> Refusal | None:
    """Ask the provider once more for what it refused, under a new key."""
    if refusal := by.lacks(RETRY):
        return refusal
    merchant = by.merchant_id or ""
    if not is_id(merchant) or not is_id(request_id):
        return Refusal("request_unknown", field="request")
    with scope(pool, by.scope) as conn:
        found = refund_requests.find(conn, merchant, request_id, lock=True)
        if found is None or found.case_id is not None:
            return Refusal("request_unknown", field="request")
        if found.state != "failed":
            return Refusal("request_not_failed", field="request")
        _run(conn, "retry_requests", merchant, now, id=found.id)
        _follow(conn, merchant, found.compensation_id, now)
        record(conn, by, now, "payout_retried", ("refund_request", request_id), after={"attempt": found.attempt + 1})
    return None


def _moved(conn: Connection, merchant: str, found: Request, reference: str, now: datetime, *, by_hand: bool) -> None:
    _run(conn, "settle_requests", merchant, now, id=found.id, reference=reference, by_hand=by_hand)
    through = MANUAL if by_hand else found.provider
    movement = (
        movements.compensation_paid(found.purpose, found.amount, through, found.currency) if found.compensation_id
        else movements.refund_moved(found.amount, through, found.currency)  # an order that became cheaper (OR-7): owed as any refund
    )
    if not isinstance(movement, Movement):
        raise ValueError(f"{found.purpose}: {movement.code}")
    facts = {"reference": reference} if reference else {}
    row = posting.row(movement, found.id, facts=facts, request_id=found.id, compensation_id=found.compensation_id, order_id=found.order_id)
    posting.post(conn, merchant, [row], now)
    _follow(conn, merchant, found.compensation_id, now)


def _follow(conn: Connection, merchant: str, compensation_id: str | None, now: datetime) -> None:
    """The compensation is what its requests are: paid with the last of them, failed while one has failed. The money of a changed order has none."""
    if compensation_id is None:
        return
    state = refund_requests.compensation_state(conn, merchant, compensation_id)
    settled = compensations.settle(conn, merchant, compensation_id, state, now)
    if settled is not None and state == "paid":
        tell(conn, merchant, [settled], "paid", now)


def _run(conn: Connection, query: str, merchant: str, now: datetime, **row: Any) -> None:
    conn.execute(sql(query), {"merchant": UUID(merchant), "now": now, "rows": msgspec.json.encode([row]).decode()})
