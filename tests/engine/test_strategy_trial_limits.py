"""A trial promises no more than its rows would do: limits are played out, what had decided by itself is no person, money is what the action says (SA-4, SA-7)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from amends.core.strategy_json import decode_rows
from amends.core.strategy_played import Played
from amends.core.verbs.review import ApproveReturn, RefundWithoutReturn, Reject
from amends.engine import strategy_cells, strategy_runs, strategy_trial
from amends.engine.audit import By
from amends.engine.strategies import Table
from tests.engine.strategy_shop import REVIEW, SO, consider, publish, row, state
from tests.engine.test_strategies import run_all
from tests.engine.test_strategy_trial import case, rows, tried
from tests.shop import Shop, open_shop

DAY = date(2026, 3, 2)


@pytest.fixture
def shop(pool) -> Shop:
    return open_shop(pool)


def rejected(shop: Shop, many: int) -> list[str]:
    made = [case(shop) for _ in range(many)]
    for one in made:
        shop.say(one, Reject("other", "不退"))
    return made


@pytest.mark.parametrize(("limits", "would"), [
    ({"amount": 9800}, 0), ({"amount": 9900, "per_buyer": 2}, 2), ({"amount": 9900, "per_day": 3}, 3), ({"amount_per_day": 19_800}, 2), ({"amount": 9900, "amount_per_buyer": 30_000}, 3),
], ids=["amount", "buyer", "day", "money-a-day", "money-a-buyer"])
def test_a_trial_decides_as_many_as_the_rows_would_have(shop, limits, would):
    rejected(shop, 4)
    found = tried(shop, row("仅退款", "refund_without_return", limits=limits))
    assert (found.would_decide, found.limited, found.looked_at, found.paid_by_rows) == (would, 4 - would, 4, 9900 * would)
    assert found.agreement == {"reject": {k: n for k, n in (("refund_without_return", would), ("", 4 - would)) if n}}


def test_the_same_rows_on_live_cases_decide_as_many(shop):
    limits = {"amount": 9900, "per_day": 2}
    rejected(shop, 3)
    promised = tried(shop, row("仅退款", "refund_without_return", limits=limits)).would_decide
    publish(shop, row("仅退款", "refund_without_return", limits=limits))
    live = [case(shop) for _ in range(3)]
    consider(shop)
    assert sum(state(shop, c) == "confirming" for c in live) == promised == 2


def test_a_long_trial_goes_on_with_what_was_counted_and_its_cells_show_who_was_left(shop, monkeypatch):
    monkeypatch.setattr(strategy_trial, "PIECE", 2)
    made = rejected(shop, 5)
    some = rows(row("仅退款", "refund_without_return", limits={"amount": 9900, "per_day": 3}))
    run_id = strategy_runs.start_trial(shop.pool, By(shop.hai), Table(REVIEW, SO, 0, some), 30, shop.now + timedelta(hours=1))
    assert isinstance(run_id, str)
    run = run_all(shop, run_id)
    report = strategy_trial.report(run)
    assert (report.would_decide, report.limited) == (3, 2)
    kept = strategy_runs.get(shop.pool, shop.merchant, run_id)
    assert kept is not None
    cells = {said: [c.case_id for c in strategy_cells.cases(shop.pool, shop.merchant, kept, "reject", said, "", 50)[0]] for said in ("refund_without_return", "")}
    assert (len(cells["refund_without_return"]), len(cells[""])) == (3, 2)
    assert sorted(cells["refund_without_return"] + cells[""]) == sorted(made)


def test_what_a_strategy_had_decided_is_not_taken_for_people(shop):
    mine = row("同意")
    publish(shop, mine)
    by_itself = [case(shop) for _ in range(2)]
    consider(shop)
    assert {state(shop, c) for c in by_itself} == {"awaiting_return"}
    publish(shop, {**mine, "mode": "off"})
    shop.say(case(shop), ApproveReturn())
    found = tried(shop, mine)
    assert (found.agree, found.differ, found.would_decide) == (1, 0, 3)
    assert found.agreement == {"by_itself": {"approve_return": 2}, "approve_return": {"approve_return": 1}}


def test_money_is_what_the_action_says(shop):
    shop.say(case(shop), RefundWithoutReturn(9900, "seal"))
    found = tried(shop, row("五元", "refund_without_return", fields={"amount": 500, "adjust_reason": "goodwill"}, limits={"amount": 500}))
    assert (found.paid_by_people, found.paid_by_rows, found.agree) == (9900, 500, 1)


def test_looking_on_is_held_to_the_same_limits(shop):
    publish(shop, row("看看", "refund_without_return", mode="shadow", limits={"amount": 9900, "per_day": 1}))
    made = [case(shop) for _ in range(2)]
    consider(shop)
    for one in made:
        shop.say(one, Reject("other", "不退"))
    found = strategy_trial.shadow(shop.pool, shop.merchant, SO, REVIEW, 7, shop.now)
    assert (found.would_decide, found.limited, found.differ) == (1, 1, 1)


def test_thirty_days_of_a_buyer_are_counted_back_from_each_act():
    (one,) = decode_rows([row(limits={"per_buyer": 1})])[0]
    played = Played()
    acted = [played.act(one, "lin", DAY + timedelta(days=n), 0) for n in (0, 29, 30, 31)]
    assert acted == [True, False, True, False]
    assert Played(played.kept()).act(one, "lin", DAY + timedelta(days=59), 0) is False
    assert played.act(one, "chen", DAY, 0)


def test_money_of_another_currency_is_left_to_people():
    (one,) = decode_rows([row(limits={"amount": 10_000})])[0]
    assert Played().act(one, "lin", DAY, 500, own_currency=False) is False
