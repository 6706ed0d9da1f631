"""Effects that need the network: leased so that two workers never share one, kept when a worker dies, put off, given up and resent."""

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest

from amends.engine.ids import new_id
from amends.store import outbox
from amends.store.connect import PLATFORM, scope
from amends.worker.effects import perform
from amends.worker.outside import LANES, OUTSIDE, lane, perform_outside
from tests.shop import open_shop

NAMES = ("send_refund", "send_payout")


class World:
    """A performer that remembers what it was asked, and can be told to fail or to ask for more time."""

    def __init__(self):
        self.asked, self.error, self.again_at, self.lock = [], None, None, threading.Lock()

    def __call__(self, house, merchant, effect, now):
        with self.lock:
            self.asked.append(effect.body["n"])
        if self.error:
            raise self.error
        return self.again_at


@pytest.fixture
def shop(pool):
    with scope(pool, PLATFORM) as conn:
        conn.execute("update outbox set done_at = now() where done_at is null and dead_at is null")
    return open_shop(pool)


@pytest.fixture
def world(monkeypatch):
    found = World()
    monkeypatch.setitem(OUTSIDE, "send_refund", found)
    monkeypatch.setitem(OUTSIDE, "send_payout", found)
    return found


@pytest.fixture
def house(shop):
    return SimpleNamespace(pool=shop.pool, clock=SimpleNamespace(now=lambda: shop.now))


def put(shop, many, effect="send_refund"):
    with scope(shop.pool, PLATFORM) as conn:
        for n in range(many):
            conn.execute(
                "insert into outbox (merchant_id, id, effect, body, due_at) values (%s, %s, %s, jsonb_build_object('n', %s::int), %s)",
                (shop.merchant, new_id(), effect, n, shop.now),
            )


def states(shop):
    return shop.all(
        "select case when dead_at is not null then 'dead' when done_at is not null then 'done' else 'waits' end, attempts, count(*)::int from outbox where merchant_id = %s"
        " group by 1, 2 order by 1, 2", shop.merchant,
    )


def test_the_tables_column_names_the_effects_of_the_lanes(shop):
    [(source,)] = shop.all("select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = 'outbox'::regclass and pg_get_expr(adbin, adrelid) like '%%send_refund%%'")
    laned = [name for names in LANES.values() for name in names]
    assert len(laned) == len(set(laned))
    assert {name for name in laned if f"'{name}'" in source} == set(laned)
    assert set(laned) == set(OUTSIDE), "a lane without a performer never moves"


def test_what_needs_the_network_is_left_alone_by_the_rounds_on_our_own_tables(shop, house, world):
    put(shop, 3)
    assert shop.merchant not in outbox.merchants_waiting(shop.pool, shop.now)
    assert perform(shop.pool, shop.merchant, shop.now) == 0
    assert perform_outside(house, NAMES) == 3
    assert sorted(world.asked) == [0, 1, 2]
    assert states(shop) == [("done", 1, 3)]
    assert perform_outside(house, NAMES) == 0


def test_two_workers_never_share_one(shop, house, world):
    put(shop, 60)
    both = [threading.Thread(target=perform_outside, args=(house, NAMES)) for _ in range(2)]
    for worker in both:
        worker.start()
    for worker in both:
        worker.join()
    while perform_outside(house, NAMES):
        pass
    assert sorted(world.asked) == list(range(60))
    assert states(shop) == [("done", 1, 60)]


def test_what_a_dead_worker_had_leased_is_performed_again_after_its_lease(shop, house, world):
    put(shop, 2)
    assert len(outbox.lease(shop.pool, shop.merchant, list(NAMES), shop.now, 10)) == 2  # and then the worker was killed
    assert perform_outside(house, NAMES) == 0
    shop.now += outbox.LEASE
    assert perform_outside(house, NAMES) == 2
    assert states(shop) == [("done", 2, 2)]


def test_an_effect_that_kills_every_worker_is_given_up(shop, house, world):
    put(shop, 1)
    for _ in range(outbox.TRIES):
        assert len(outbox.lease(shop.pool, shop.merchant, list(NAMES), shop.now, 10)) == 1
        shop.now += outbox.LEASE
    assert outbox.lease(shop.pool, shop.merchant, list(NAMES), shop.now, 10) == []
    assert states(shop) == [("dead", outbox.TRIES, 1)]


def test_a_world_that_is_down_is_tried_with_back_off_until_it_is_dead_and_resent(shop, house, world):
    put(shop, 1)
    world.error = ConnectionError("refused")
    waits = []
    for _ in range(outbox.TRIES):
        assert perform_outside(house, NAMES) == 1
        [(due, error)] = shop.all("select due_at, last_error from outbox where merchant_id = %s", shop.merchant)
        assert error == "ConnectionError: refused"
        waits.append((due - shop.now).total_seconds())
        shop.now = due
    assert waits == [10 * 2**n for n in range(12)]
    assert states(shop) == [("dead", 12, 1)]
    assert perform_outside(house, NAMES) == 0
    world.error = None
    [(effect,)] = shop.all("select id::text from outbox where merchant_id = %s", shop.merchant)
    assert outbox.resend(shop.pool, shop.merchant, effect, shop.now)
    assert perform_outside(house, NAMES) == 1
    assert states(shop) == [("done", 1, 1)]


def test_a_late_failure_of_a_worker_that_lost_its_lease_changes_nothing(shop, house, world):
    put(shop, 1)
    [slow] = outbox.lease(shop.pool, shop.merchant, list(NAMES), shop.now, 1)
    shop.now += outbox.LEASE
    [quick] = outbox.lease(shop.pool, shop.merchant, list(NAMES), shop.now, 1)
    outbox.leased_failed(shop.pool, shop.merchant, slow, shop.now, "late")
    assert shop.all("select due_at, last_error from outbox where merchant_id = %s", shop.merchant) == [(shop.now + outbox.LEASE, None)]
    outbox.leased_done(shop.pool, shop.merchant, quick, shop.now)
    outbox.leased_failed(shop.pool, shop.merchant, quick, shop.now, "later still")
    assert states(shop) == [("done", 2, 1)]


def test_what_asks_to_be_called_again_is_not_a_failure(shop, house, world):
    put(shop, 1, "send_payout")
    world.again_at = shop.now + timedelta(minutes=30)
    assert perform_outside(house, NAMES) == 1
    assert perform_outside(house, NAMES) == 0
    assert states(shop) == [("waits", 0, 1)]
    shop.now, world.again_at = world.again_at, None
    assert perform_outside(house, NAMES) == 1
    assert states(shop) == [("done", 1, 1)]


def test_a_lane_works_beside_the_rounds(shop, house, world):
    put(shop, 5)
    aside = lane("payments")
    assert aside(house) == 0
    aside.join(10)
    assert states(shop) == [("done", 1, 5)]
