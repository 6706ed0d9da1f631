"""Whose turn it is at a merchant: workers go where no other one is, and help only when nothing else is left (SA-4)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from amends.engine.house import House
from amends.engine.ids import new_id
from amends.store.connect import Database
from amends.store.turns import turn
from amends.worker import automation, loop
from tests.engine.strategy_shop import publish, row, state, waiting
from tests.shop import Shop, open_shop
from tests.worker.test_automation import Clock, cups


@pytest.fixture
def shops(pool) -> list[Shop]:
    return [open_shop(pool), open_shop(pool)]


@pytest.fixture
def house(pool, shops, tmp_path: Path) -> House:
    return House(pool, Clock(shops[0]), tmp_path, False, b"secret", Database(""))


def test_a_turn_is_one_workers_until_its_block_ends(pool):
    merchant = new_id()
    with turn(pool, "consider", merchant) as mine:
        assert mine
        with turn(pool, "consider", merchant) as other, turn(pool, "consider", new_id()) as elsewhere, turn(pool, "ring", merchant) as another_work:
            assert (other, elsewhere, another_work) == (False, True, True)
        with turn(pool, "consider", merchant) as still:
            assert not still, "who did not get it does not give it back"
    with turn(pool, "consider", merchant) as free:
        assert free


def test_a_turn_is_given_back_when_its_work_fails(pool):
    merchant = new_id()
    with pytest.raises(ZeroDivisionError), turn(pool, "consider", merchant):
        raise ZeroDivisionError
    with turn(pool, "consider", merchant) as free:
        assert free


def test_a_worker_goes_first_where_no_other_is_and_helps_with_what_is_left(shops, house, monkeypatch):
    there, here = shops
    cases = {shop.merchant: cups(shop, 3) for shop in shops if publish(shop, row())}
    been: list[tuple[str, int]] = []
    work = automation.automate.work

    def watched(pool, merchant, now, most):
        done = work(pool, merchant, now, most)
        been.append((merchant, done))
        return done

    monkeypatch.setattr(automation.automate, "work", watched)
    with turn(house.pool, "consider", there.merchant):
        assert automation.consider_all(house, most=2) == 6
    assert [m for m, n in been if n] == [here.merchant, here.merchant, there.merchant, there.merchant]
    assert [waiting(shop) for shop in shops] == [0, 0]
    assert {state(shop, c) for shop in shops for c in cases[shop.merchant]} == {"awaiting_return"}


def test_an_act_told_twice_is_done_once_by_the_version_of_its_case(shops, house, monkeypatch):
    shop, told = shops[0], []
    publish(shop, row())
    case, = cups(shop, 1)
    before = shop.all("select count(*) from commands_done where merchant_id = %s", shop.merchant)
    give = automation.automate.give
    monkeypatch.setattr(automation.automate, "give", lambda *given: told.append(given) or give(*given))
    automation.consider_all(house)
    again = give(*told[0])  # a second worker had come to the same conclusion, or the first one died before it ticked the case off
    assert (again.acted, again.again) == (0, {case})
    assert shop.all("select count(*) from events where case_id = %s and name = 'return_approved'", case) == [(1,)]
    assert shop.all("select n from strategy_counts where merchant_id = %s and buyer_id = ''", shop.merchant) in ([], [(1,)])
    assert shop.all("select count(*) from commands_done where merchant_id = %s", shop.merchant) == before, "nobody sends it again: no answer is kept under its id"


def test_clocks_are_rung_first_where_no_other_worker_rings(shops, house, monkeypatch):
    there, here = shops
    for shop in shops:
        cups(shop, 3)
    later = there.now + timedelta(days=3)
    been: list[tuple[str, int]] = []
    ring = loop.ring

    def watched(pool, merchant, now, most):
        done = ring(pool, merchant, now, most)
        been.append((merchant, done))
        return done

    monkeypatch.setattr(loop, "ring", watched)
    with turn(house.pool, "ring", there.merchant):
        loop.ring_all(house, later, most=2)
    mine = {here.merchant, there.merchant}
    assert [m for m, n in been if n and m in mine] == [here.merchant, here.merchant, there.merchant, there.merchant]
