"""Messages inside the product: read when somebody of the side they are for opens the case, or all at once. A side reads as one."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from amends.store import notices
from amends.store.connect import Pool, scope

Reader = Literal["buyer", "merchant", "platform"]


def read_case(pool: Pool, merchant_id: str, case_id: str, reader: Reader, now: datetime) -> int:
    """Somebody of this side has opened the case; answers how many messages that read."""
    with scope(pool, UUID(merchant_id)) as conn:
        return notices.read_case(conn, merchant_id, case_id, reader, now)


def read_compensations(pool: Pool, merchant_id: str, order_id: str, reader: Reader, now: datetime) -> int:
    """Somebody of this side has seen what was given for an order; answers how many messages that read."""
    with scope(pool, UUID(merchant_id)) as conn:
        return notices.read_compensations(conn, merchant_id, order_id, reader, now)


def read_all(pool: Pool, merchant_id: str, now: datetime, until: datetime) -> int:
    """The merchant's people have seen all that was told up to `until`: what came after the page was made stays unread."""
    with scope(pool, UUID(merchant_id)) as conn:
        return notices.read_all(conn, merchant_id, now, min(until, now))
