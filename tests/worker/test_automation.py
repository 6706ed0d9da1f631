"""The worker's turns over what decides by itself: cases that wait, runs in pieces that go on after a crash, another look when time has passed (SA-4, SA-8)."""

from datetime import timedelta
from pathlib import Path

import pytest

from amends.engine import strategy_runs, strategy_waiting
from amends.engine.house import House
from amends.store import strategy_runs as runs
from amends.store.connect import Database
from amends.worker import automation
from tests.engine.strategy_shop import publish, row, state, waiting
from tests.shop import Shop, open_shop


class Clock:
    """A clock that stands where the shop is."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def now(self):
        return self.shop.now


@pytest.fixture
def shop(pool) -> Shop:
    return open_shop(pool)


@pytest.fixture
def house(pool, shop, tmp_path: Path) -> House:
    return House(pool, Clock(shop), tmp_path, False, b"secret", Database(""))


def cups(shop: Shop, many: int) -> list[str]:
    return [shop.apply(shop.order(("CUP", 1, 9900))) for _ in range(many)]


def test_a_turn_considers_everything_that_waits(shop, house):
    publish(shop, row())
    cases = cups(shop, 5)
    assert automation._waits(house)
    assert automation.consider_all(house, most=2) == 5
    assert (waiting(shop), {state(shop, c) for c in cases}) == (0, {"awaiting_return"})


def test_a_run_goes_on_where_it_was_after_a_crash(shop, house, monkeypatch):
    cases = cups(shop, 5)
    run_id = publish(shop, row(), waiting=True).run_id
    assert run_id is not None
    monkeypatch.setattr(strategy_waiting, "PIECE", 2)
    assert automation.work_run(house, shop.merchant, run_id) == 1
    run = strategy_runs.get(shop.pool, shop.merchant, run_id)
    assert run is not None
    assert (run.done, run.total, run.running) == (2, 5, True)
    note = runs.note
    monkeypatch.setattr(runs, "note", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        automation.work_run(house, shop.merchant, run_id)  # it acted, and the worker dies before it says so
    monkeypatch.setattr(runs, "note", note)
    assert automation.work_run(house, shop.merchant, run_id) == 0, "until the lease has run out"
    shop.now += runs.LEASE + timedelta(seconds=1)
    while automation.work_run(house, shop.merchant, run_id):
        pass
    run = strategy_runs.get(shop.pool, shop.merchant, run_id)
    assert run is not None
    assert (run.done, run.running) == (5, False)
    assert [len(shop.all("select 1 from events where case_id = %s and name = 'return_approved'", c)) for c in cases] == [1] * 5


def test_what_fails_twice_ends_a_run_with_its_words(shop, house, monkeypatch):
    cups(shop, 1)
    run_id = publish(shop, row(), waiting=True).run_id
    assert run_id is not None
    monkeypatch.setattr(strategy_waiting, "consider", lambda *_: 1 / 0)
    for _ in range(2):
        automation.work_run(house, shop.merchant, run_id)
    run = strategy_runs.get(shop.pool, shop.merchant, run_id)
    assert run is not None
    assert (run.running, run.last_error) == (False, "ZeroDivisionError: division by zero")


def test_only_what_is_bad_is_put_off(shop, house, monkeypatch):
    from amends.engine import automate

    publish(shop, row())
    good, bad = cups(shop, 2)
    ask = automate.DECIDERS[-1]

    def fails(asked, cases):
        if any(case.case_id == bad for case in cases):
            raise ValueError("a bug")
        return ask(asked, cases)

    monkeypatch.setattr(automate, "DECIDERS", (fails,))
    automation.consider_all(house)
    assert (state(shop, good), state(shop, bad)) == ("awaiting_return", "reviewing")
    assert shop.all("select last_error from considerations where case_id = %s", bad) == [("ValueError: a bug",)]
    monkeypatch.setattr(automate, "DECIDERS", (ask,))
    shop.now += timedelta(minutes=5)
    automation.consider_all(house)
    assert state(shop, bad) == "awaiting_return"
