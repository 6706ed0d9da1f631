"""The worker moves armed clocks after suspensions, a batch of one merchant at a time; any number of workers may (PO-15)."""

from __future__ import annotations

from amends.engine.house import House
from amends.engine.retiming import retime
from amends.store.suspensions import merchants_behind
from amends.worker.log import log

BATCHES_A_MERCHANT = 20


def retime_all(house: House) -> int:
    """Every merchant that has not followed the last change; answers how many cases were looked at. A merchant with very many makes room for the others."""
    total = 0
    for merchant in merchants_behind(house.pool):
        try:
            for _ in range(BATCHES_A_MERCHANT):
                did = retime(house.pool, merchant, house.clock.now())
                total += did.looked
                if did.done or did.waits:
                    break
        except Exception as error:  # one merchant's trouble must not stop the others; its round goes on where it was
            log.error("retiming_failed", merchant=merchant, error=f"{type(error).__name__}: {error}")
    return total
