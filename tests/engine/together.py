"""Several people doing something at the same instant on a real database, and what must stand afterwards whoever came first."""

import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from amends.core.actor import PROVIDER_ACTOR
from amends.core.cases import TABLES
from amends.core.verbs.outside import RefundMoved
from amends.engine.ringing import ring
from amends.sim.invariants import WRONG
from amends.store import outbox
from amends.store.connect import scope
from amends.worker import cancellations
from amends.worker.effects import perform
from tests.shop import Shop


def at_once(seed: int, *things: Callable[[], Any]) -> list[Any]:
    """Each in a thread of its own, from one barrier on, some held back by a hair as the seed says; answers in their order. Raises what any of them raised."""
    chance, barrier = random.Random(seed), threading.Barrier(len(things))
    found: list[Any] = [None] * len(things)
    wrong: list[BaseException] = []

    def one(n: int, thing: Callable[[], Any], late: float) -> None:
        barrier.wait(30)
        time.sleep(late)
        try:
            found[n] = thing()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=one, args=(n, thing, chance.choice((0, 0, 0.001, 0.004)))) for n, thing in enumerate(things)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    if wrong:
        raise wrong[0]
    return found


def news(shop: Shop) -> None:
    """The house tells cancellations what became of their orders."""
    house: Any = SimpleNamespace(pool=shop.pool)
    for effect in outbox.lease(shop.pool, shop.merchant, ["tell_cancellation"], shop.now, 100):
        cancellations.tell(house, shop.merchant, effect, shop.now)
        outbox.leased_done(shop.pool, shop.merchant, effect, shop.now)


def stands(shop: Shop) -> None:
    """Every invariant of the simulator holds for this merchant now."""
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        with conn.pipeline():
            looks = [conn.execute(query, {"m": UUID(shop.merchant)}) for query in WRONG.values()]
        found = [row[0] for look in looks for row in look.fetchall()]
    assert not found, found


def comes_to_rest(shop: Shop) -> None:
    """Money and news arrive and clocks ring until nothing is due: every cancellation has ended, all that was granted has moved, and nothing moved twice."""
    for _ in range(6):
        news(shop)
        while perform(shop.pool, shop.merchant, shop.now):
            pass
        for case, request in shop.all("select case_id::text, id::text from refund_requests where merchant_id = %s and state = 'requested'", shop.merchant):
            assert shop.say(case, RefundMoved(request, "R"), PROVIDER_ACTOR).refusal is None
        shop.now += timedelta(days=3)
        ring(shop.pool, shop.merchant, shop.now)
    stands(shop)
    final = [name for name, state in TABLES["cancellation"].states.items() if state.final]
    assert shop.all("select number, state from cases where merchant_id = %s and kind = 'cancellation' and not state = any(%s)", shop.merchant, final) == []
    assert shop.all("select number from cases where merchant_id = %s and granted_minor <> moved_minor", shop.merchant) == []
    assert shop.all("select id from orders where merchant_id = %s and refunded_minor > paid_minor", shop.merchant) == []
