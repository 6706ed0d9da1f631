"""Who has read what of the talk on a case (SO-24)."""

from datetime import datetime
from uuid import UUID

from amends.store import talk
from amends.store.connect import Pool, scope


def read_by_buyer(pool: Pool, merchant_id: str, case_id: str, now: datetime) -> None:
    """The buyer has seen what the other side wrote up to now."""
    with scope(pool, UUID(merchant_id)) as conn:
        talk.read_by_buyer(conn, merchant_id, case_id, now)
