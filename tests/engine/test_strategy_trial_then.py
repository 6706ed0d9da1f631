"""A trial looks at addresses, people, settings and prices as they were, as far as they are on record, and says what it took as it is today (SA-7)."""

from datetime import UTC, datetime, timedelta

import pytest

from amends.core.verbs.review import Reject
from amends.engine import addresses
from amends.engine.addresses import Typed
from amends.engine.audit import By, record
from amends.engine.strategy_then import WasThen
from amends.store.connect import PLATFORM, scope
from amends.store.merchant_seen import MerchantSeen
from amends.store.was_then import Deed, OnRecord, prices
from tests.engine.strategy_shop import row
from tests.engine.test_strategy_trial import case, tried
from tests.shop import Shop, open_shop

T = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def shop(pool) -> Shop:
    return open_shop(pool)


def test_an_address_that_was_in_use_then_counts_and_one_that_was_not_does_not(shop):
    by, typed = By(shop.hai), Typed("仓库", "13800001111", "河北省", "廊坊市", "广阳区", "一号", "北仓")
    addresses.add_address(shop.pool, by, typed, shop.now)
    north = addresses.add_address(shop.pool, by, Typed("仓库", "13800001111", "河北省", "廊坊市", "广阳区", "二号", "南仓"), shop.now)
    assert isinstance(north, str), north
    shop.now += HOUR
    then = case(shop)
    shop.now += HOUR
    assert addresses.rest_address(shop.pool, by, north, shop.now) is None
    shop.now += HOUR
    without = case(shop)
    for c in (then, without):
        shop.say(c, Reject("other", "不退"))
    found = tried(shop, row("退南仓", "approve_return", fields={"return_address": north}))
    assert found.agreement == {"reject": {"approve_return": 1, "refused_address_unknown": 1}}
    assert [d.case_id for d in found.disagreements] == [then]
    assert "prices" not in found.today


def test_service_hours_are_those_of_the_day_and_what_has_no_history_is_told(shop):
    with scope(shop.pool, PLATFORM) as conn:
        record(conn, By(shop.hai), shop.now + 2 * HOUR, "settings_changed", ("merchant", shop.merchant), merchant_id=shop.merchant, before={"hours": ["20:00", "21:00"]}, after={"hours": None})
    shop.say(case(shop), Reject("other", "不退"))  # at noon, before the shop opened longer
    shop.now += 3 * HOUR
    after = case(shop)
    shop.say(after, Reject("other", "不退"))
    found = tried(shop, row("在班", "approve_return", ("service_hours", "is", True), ("province", "is", "河北省")))
    assert found.today["facts"] == ["province"]
    found = tried(shop, row("在班", "approve_return", ("service_hours", "is", True)))
    assert [d.case_id for d in found.disagreements] == [after]
    assert "facts" not in found.today


def test_what_orders_were_placed_at_is_the_price_of_the_day(shop):
    for days, price in ((9, 5000), (6, 6000), (3, 6000), (1, 4000)):
        shop.order(("CUP", 2, price * 2), placed_at=T - timedelta(days=days))
    with scope(shop.pool, PLATFORM) as conn:
        found = prices(conn, shop.merchant, ["CUP", "MUG"])["CUP"]
    assert [(at, minor) for at, minor, _ in found] == [(T - timedelta(days=d), p) for d, p in ((9, 5000), (6, 6000), (1, 4000))]
    was = WasThen(MerchantSeen(), OnRecord(prices={"CUP": found}))
    asked = [was.price("CUP", T - timedelta(days=d)) for d in (10, 9, 4, 0)]
    assert asked == [None, (5000, "CNY"), (6000, "CNY"), (4000, "CNY")]


def test_rows_are_put_back_step_by_step():
    record_ = OnRecord(
        addresses={"a": {"label": "新北仓", "is_default": False, "active": True}, "b": {"label": "南仓", "is_default": True, "active": True}, "c": {"label": "东仓", "is_default": False, "active": False}},
        people={"p": {"name": "小满", "active": False, "created_at": T - 9 * HOUR}, "q": {"name": "谷雨", "active": True, "created_at": T - 2 * HOUR}},
        deeds=[
            Deed(T - 1 * HOUR, "address_default", "b", {"label": "新北仓"}), Deed(T - 2 * HOUR, "person_changed", "p", {"name": "小满", "language": "zh-CN", "active": True}),
            Deed(T - 3 * HOUR, "address_changed", "a", {"label": "北仓", "active": True, "receiver": "仓库"}), Deed(T - 4 * HOUR, "address_changed", "c", {"active": True}),
            Deed(T - 5 * HOUR, "address_made", "b", {}), Deed(T - 6 * HOUR, "settings_changed", "m", {"deduct_offline": None, "hours": ["08:00", "20:00"], "compensation.case": 5}),
        ],
    )
    was = WasThen(MerchantSeen(settings={"deduct_offline": True, "hours": ["09:00", "21:00"]}), record_)

    def seen(hours: float) -> tuple[list[str], str | None, list[str], dict[str, object]]:
        stood = was.at(T - hours * HOUR)
        return sorted(row[1] for row in stood.addresses), next((row[1] for row in stood.addresses if row[2]), None), [row[1] for row in stood.staff], stood.seen.settings

    now, long_ago = {"deduct_offline": True, "hours": ["09:00", "21:00"]}, {"hours": ["08:00", "20:00"]}
    assert seen(0) == (["南仓", "新北仓"], "南仓", ["谷雨"], now)
    assert seen(1.5) == (["南仓", "新北仓"], "新北仓", ["谷雨"], now)
    assert seen(2.5) == (["南仓", "新北仓"], "新北仓", ["小满"], now)
    assert seen(3.5) == (["北仓", "南仓"], "北仓", ["小满"], now)
    assert seen(4.5) == (["东仓", "北仓", "南仓"], "北仓", ["小满"], now)
    assert seen(8) == (["东仓", "北仓"], "北仓", ["小满"], long_ago)
