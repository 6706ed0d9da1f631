"""After a decision the next case of the same queue opens (UI-1a, SO-11)."""

from datetime import datetime

from amends.engine.presence import FRESH
from amends.store.connect import Pool
from amends.store.screens import nextcase as read
from amends.store.screens.queue_filter import QueueFilter


def next_case(pool: Pool, merchant_id: str, queue: str, filters: QueueFilter, person: str, after_case_id: str | None, now: datetime) -> str | None:
    """The id of the case to open next, or None when nothing is left.

    Earliest deadline first (or the filter's own order), leaving out what others have claimed and where others type or look.
    While `after_case_id` still stands in the queue (it was only passed over), the one after it comes, and at the end the first again;
    once it has been decided, the first. When others look at all that is left, those are given too: looking is no claim.
    """
    return read.next_in_queue(pool, merchant_id, queue, filters, person, after_case_id, now, now - FRESH)
