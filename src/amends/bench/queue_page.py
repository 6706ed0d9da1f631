"""The queue page of a very large merchant, beside the bare SQL of that page."""

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from amends.bench.figures import Figure
from amends.bench.http_load import percentile
from amends.engine.house import House
from amends.sim import crowd
from amends.store.connect import scope
from amends.store.screens import queue
from amends.store.screens.queue_filter import QueueFilter

_BARE = "select id, number, state, due_at, type, reason, quantity, facts from cases where merchant_id = %s and kind = 'service_order' and state = 'reviewing' and closed_at is null order by due_at, id limit 50"


def queue_page(house: House, own: int, others: int, looks: int = 60) -> Figure:
    """p95 of reading one page of the review queue of a merchant with `own` cases among `own + others`."""
    now = datetime.now(UTC)
    merchant = crowd.merchant(house.pool, "大商家")
    crowd.cases(house.pool, merchant, own, now - timedelta(hours=1), now + timedelta(hours=40), spread=20)
    for n in range(9):
        crowd.cases(house.pool, crowd.merchant(house.pool, f"邻居 {n}"), others // 9, now - timedelta(hours=1), now + timedelta(hours=40), spread=20)
    page, bare = [], []
    for _ in range(looks):
        start = time.perf_counter()
        queue.page(house.pool, merchant, "review", QueueFilter(), now)
        page.append(time.perf_counter() - start)
        start = time.perf_counter()
        with scope(house.pool, UUID(merchant)) as conn:
            conn.execute(_BARE, (merchant,)).fetchall()
        bare.append(time.perf_counter() - start)
    here, floor = percentile(page, 0.95) * 1000, percentile(bare, 0.95) * 1000
    return Figure(f"queue page, {own:,} of {own + others:,} cases, p95", here, "ms", "<= 50 ms and <= 2x the bare SQL", floor, here <= 50 and here <= 2 * max(floor, 1))
