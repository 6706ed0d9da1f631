"""A trial says what strategies would have decided, with the facts as they were then and nothing that came later (SA-7); and why a row fits a case (SA-6)."""

from datetime import timedelta
from typing import Any

import pytest

from amends.core.strategy import Row
from amends.core.strategy_json import decode_rows
from amends.core.verbs.buyer import ChangeApplication, ShipBack
from amends.core.verbs.desk import AcknowledgeAlert
from amends.core.verbs.processing import RegisterReceipt
from amends.core.verbs.review import ApproveReturn, RefundWithoutReturn, Reject
from amends.engine import strategy_runs, strategy_trial
from amends.engine.audit import By
from amends.engine.strategies import Table
from amends.engine.strategy_facts import read_then
from amends.store import strategies as tables
from amends.store.connect import PLATFORM, scope
from tests.engine.strategy_shop import REVIEW, SO, row
from tests.engine.test_strategies import run_all
from tests.shop import LIN, Shop, open_shop


@pytest.fixture
def shop(pool) -> Shop:
    return open_shop(pool)


def rows(*some: dict[str, Any]) -> tuple[Row, ...]:
    made, wrong = decode_rows(list(some))
    assert wrong == []
    return made


def case(shop: Shop, paid: int = 9900, **more: Any) -> str:
    return shop.apply(shop.order(("CUP", 1, paid)), **more)


def tried(shop: Shop, *some: dict[str, Any], days: int = 30, node: str = REVIEW) -> strategy_trial.Trial:
    found = strategy_trial.trial(shop.pool, shop.merchant, SO, node, rows(*some), days, shop.now + timedelta(hours=1))
    assert isinstance(found, strategy_trial.Trial)
    return found


def test_what_people_did_stands_beside_what_rows_would_have(shop):
    same, other, left, waiting = case(shop), case(shop), case(shop, 30000), case(shop)
    shop.say(same, ApproveReturn())
    shop.say(other, Reject("other", "拆吊牌"))
    shop.say(left, RefundWithoutReturn())
    found = tried(shop, row("小额", "approve_return", ("amount", "lt", 10000), mode="off"))
    assert found.agreement == {"approve_return": {"approve_return": 1}, "reject": {"approve_return": 1}, "refund_without_return": {"": 1}}
    assert (found.looked_at, found.would_decide, found.agree, found.differ, found.share) == (3, 2, 1, 1, 0.5)
    assert (found.paid_by_people, found.paid_by_rows) == (0, 9900)
    assert [(d.case_id, d.people, d.people_words, d.strategy, d.amount) for d in found.disagreements] == [(other, "reject", "拆吊牌", "approve_return", 9900)]
    assert waiting not in {d.case_id for d in found.disagreements}


def test_a_buyers_later_applications_are_not_known_earlier(shop):
    first = case(shop)
    shop.say(first, ApproveReturn())
    for _ in range(3):
        shop.now += timedelta(hours=1)
        shop.say(case(shop), ApproveReturn())
    assert tried(shop, row("少", "approve_return", ("buyer_applications_30", "eq", 0))).would_decide == 1
    assert tried(shop, row("多", "approve_return", ("buyer_applications_30", "ge", 3))).would_decide == 1


def test_what_was_changed_later_is_put_back(shop):
    changed = shop.apply(shop.order(("CUP", 3, 29700)), quantity=1, description="漏水")
    with scope(shop.pool, PLATFORM) as conn:
        seen = tables.merchant_seen(conn, shop.merchant)
    shop.now += timedelta(minutes=5)
    assert shop.say(changed, ChangeApplication(quantity=3), LIN).refusal is None
    with scope(shop.pool, PLATFORM) as conn:
        at = [(changed, version, shop.now) for version in (1, 2)]
        before, after = (read_then(conn, shop.merchant, [one], {"quantity", "amount", "reason"}, seen)[0] for one in at)
    assert (before["quantity"], before["amount"], before["reason"]) == (1, 9900, "no_reason")
    assert (after["quantity"], after["amount"]) == (3, 29700)


def test_goods_that_were_signed_for_later_were_not_then(shop):
    mine = case(shop)
    shop.say(mine, ApproveReturn())
    shop.say(mine, ShipBack("顺丰", "SF1"), LIN)
    sent = shop.now
    shop.now += timedelta(days=2)
    shop.say(mine, RegisterReceipt(1, "good", "intact", "intact", "normal", "complete", "", "sale"))
    with scope(shop.pool, PLATFORM) as conn:
        seen = tables.merchant_seen(conn, shop.merchant)
        needs = {"waybill_state", "condition", "received_all", "stock_free"}
        then, now = (read_then(conn, shop.merchant, [(mine, version, at)], needs, seen)[0] for version, at in ((3, sent), (4, shop.now)))
    assert (then["waybill_state"], then["condition"], then["received_all"]) == ("in_transit", None, None)
    assert (now["condition"], now["received_all"]) == ("good", True)


def test_what_history_does_not_keep_is_said(shop):
    shop.say(case(shop), ApproveReturn())
    found = tried(shop, row("忙时", "approve_return", ("agent_load", "ge", 0)))
    assert (found.unknown, found.would_decide) == (["agent_load"], 0)


def test_a_case_with_an_alert_was_held_back(shop):
    mine = case(shop, description="我要换货，不想退")
    assert shop.row(mine, "alert")[0] == "open"
    shop.say(mine, AcknowledgeAlert())
    shop.say(mine, ApproveReturn())
    assert tried(shop, row()).would_decide == 1, "once somebody had acknowledged it"
    with scope(shop.pool, PLATFORM) as conn:
        at = read_then(conn, shop.merchant, [(mine, 2, shop.now)], {"alerts"}, tables.merchant_seen(conn, shop.merchant))[0]
    assert at["_alert"] is True
    assert at["alerts"]


def test_a_whole_history_is_a_run_with_progress(shop):
    for n in range(5):
        shop.say(case(shop), Reject("other", "不行") if n % 2 else ApproveReturn())
    table = Table(REVIEW, SO, 0, rows(row()))
    run_id = strategy_runs.start_trial(shop.pool, By(shop.hai), table, 30, shop.now + timedelta(hours=1))
    assert isinstance(run_id, str)
    run_all(shop, run_id)
    run = strategy_runs.get(shop.pool, shop.merchant, run_id)
    assert run is not None
    assert (run.running, run.done, run.total) == (False, 5, 5)
    assert strategy_trial.report(run).agreement == {"approve_return": {"approve_return": 3}, "reject": {"approve_return": 2}}
    page = strategy_trial.disagreements(shop.pool, shop.merchant, run_id, many=1)
    more = strategy_trial.disagreements(shop.pool, shop.merchant, run_id, page[0].case_id)
    assert len(page) + len(more) == 2


def test_why_a_row_fits_a_case_or_not(shop):
    mine = case(shop)
    found = strategy_trial.fits(shop.pool, shop.merchant, mine, rows(
        row("贵", "approve_return", ("case_type", "is", "return"), ("amount", "ge", 50000)), row("合", "approve_return", ("amount", "lt", 50000), cel="photos == 0"),
    ), shop.now)
    assert [(f.row.name, f.fits, f.wins, [c.fits for c in f.conditions], [c.actual for c in f.conditions]) for f in found] == [
        ("贵", False, False, [True, False], ["return", 9900]), ("合", True, True, [True, True], [9900, {"photos": 0}]),
    ]
