"""Merchant settings, and personal data shown in full (ME-4, ST-8, ST-10)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from amends.core.refusal import Refusal
from amends.engine.deadlines import Deadlines
from amends.engine.merchant_settings import Chosen, change_settings, change_terms, settings_of
from amends.engine.people import By, grant, sign_in
from amends.engine.reveal import Revealed, reveal_case, reveal_order
from amends.store.connect import PLATFORM, Pool, scope
from tests.engine.people_cast import NOW, PASSWORD, made, open_platform, open_shop, trail
from tests.shop import open_shop as open_trading_shop

GOOD = Chosen("青禾家居", "09:30", "18:00", False, ["2026-05-08"], ["2026-05-09"], {"fast_refund": True}, "10")


def test_settings_are_kept_beside_others_and_logged(pool: Pool) -> None:
    by = open_shop(pool).by_main
    with scope(pool, by.scope) as conn:
        conn.execute("update merchants set settings = '{\"source\": \"olist-9\"}' where id = %s", (by.merchant_id,))
    assert change_settings(pool, by, replace(GOOD, name="青禾"), NOW) is None
    assert change_settings(pool, by, replace(GOOD, name="青禾"), NOW) is None
    row = settings_of(pool, by)
    assert row["name"] == "青禾"
    assert row["settings"] == {
        "source": "olist-9", "hours": ["09:30", "18:00"], "open_on_holidays": False, "days_off": ["2026-05-08"], "days_on": ["2026-05-09"],
        "confirm_after_days": 10, "fast_refund": True, "lightning_refund": False,
    }
    (line,) = [x for x in trail(pool, by.merchant_id) if x["action"] == "settings_changed"]
    assert line["before"]["name"] == "青禾家居"
    assert line["after"]["hours"] == ["09:30", "18:00"]
    assert "source" not in line["after"]


def test_hours_and_days_of_the_merchant_reach_its_clocks() -> None:
    plain, own = Deadlines("jd", {}).calendar, Deadlines("jd", {"hours": ["09:30", "18:00"], "days_off": ["2026-05-08"], "days_on": ["2026-05-09"]}).calendar
    friday, saturday = datetime(2026, 5, 8, 4, tzinfo=UTC).date(), datetime(2026, 5, 9, 4, tzinfo=UTC).date()
    may_1 = datetime(2026, 5, 1, 4, tzinfo=UTC).date()
    assert friday in own.holidays
    assert friday not in plain.holidays
    assert saturday in own.makeup_workdays
    assert saturday not in own.holidays
    assert may_1 in own.holidays
    assert own.hours[0] == ((570, 1080),)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [({"name": " "}, "required", "name"), ({"name": "长" * 61}, "too_long", "name"), ({"opens": "25:00"}, "hours_wrong", "opens"),
     ({"opens": "18:00"}, "hours_wrong", "opens"), ({"closes": "late"}, "hours_wrong", "opens"), ({"days_off": ["1 May"]}, "day_wrong", "days_off"),
     ({"days_on": ["2026-02-30"]}, "day_wrong", "days_on"), ({"days_on": ["2026-05-08"]}, "day_twice", "days_on"),
     ({"confirm_after_days": "0"}, "out_of_range", "confirm_after_days"), ({"confirm_after_days": "many"}, "out_of_range", "confirm_after_days")],
)
def test_what_cannot_be_is_refused_at_its_field(pool: Pool, change: dict, code: str, field: str) -> None:
    refusal = change_settings(pool, open_shop(pool).by_main, replace(GOOD, **change), NOW)
    assert (refusal.code, refusal.field) == (code, field)


def test_pack_and_mode_are_the_platform_s_to_change(pool: Pool) -> None:
    shop, platform = open_shop(pool), By(open_platform(pool).actor())
    merchant = shop.main.merchant_id
    assert change_terms(pool, shop.by_main, merchant, "jd", "FBP", NOW).code == "not_yours"
    assert change_terms(pool, platform, merchant, "nope", "FBP", NOW).code == "pack_unknown"
    assert change_terms(pool, platform, merchant, "jd", "XX", NOW).code == "not_a_choice"
    assert change_terms(pool, platform, "no-id", "jd", "FBP", NOW).code == "merchant_unknown"
    assert change_terms(pool, platform, merchant, "jd", "FBP", NOW) is None
    assert settings_of(pool, shop.by_main)["fulfilment_mode"] == "FBP"
    (line,) = [x for x in trail(pool, merchant) if x["action"] == "settings_changed"]
    assert (line["before"], line["after"], line["actor"]) == ({"fulfilment_mode": "SOP"}, {"fulfilment_mode": "FBP"}, platform.actor.id)


def test_settings_need_the_permission(pool: Pool) -> None:
    shop = open_shop(pool)
    assert change_settings(pool, By(shop.sub.actor()), GOOD, NOW) == Refusal("permission_missing", {"permission": "manage_settings"})
    grant(pool, shop.by_main, shop.sub.id, NOW, permission="manage_settings")
    assert change_settings(pool, By(made(sign_in(pool, shop.sub.email, PASSWORD, "", "", NOW)).person.actor()), GOOD, NOW) is None


def test_personal_data_is_shown_with_the_permission_and_each_time_logged(pool: Pool) -> None:
    trading = open_trading_shop(pool)
    order = trading.order(("LAMP", 1, 9900))
    main = By(trading.hai, "203.0.113.9")
    shown = Revealed(order, "林小满", "13800000000", "河北省廊坊市广阳区银河大街 1 号")
    assert reveal_order(pool, main, order, NOW) == shown
    assert reveal_order(pool, By(trading.new), order, NOW) == Refusal("permission_missing", {"permission": "reveal_personal_data"})
    platform = By(open_platform(pool).actor())
    assert reveal_order(pool, platform, order, NOW) == shown
    lines = [x for x in trail(pool, trading.merchant) if x["action"] == "revealed"]
    assert [x["actor"] for x in lines] == [trading.hai.id, platform.actor.id]
    assert lines[0]["after"]["shown"] == ["receiver", "phone", "detail"]
    assert "13800000000" not in str(lines)


def test_another_merchant_s_buyer_is_not_there(pool: Pool) -> None:
    order, other = open_trading_shop(pool).order(("LAMP", 1, 9900)), open_shop(pool)
    assert reveal_order(pool, other.by_main, order, NOW) == Refusal("nothing_to_reveal")
    assert reveal_case(pool, other.by_main, "not-an-id", NOW) == Refusal("nothing_to_reveal")


def test_what_was_erased_is_not_shown(pool: Pool) -> None:
    trading = open_trading_shop(pool)
    order = trading.order(("LAMP", 1, 9900))
    with scope(pool, PLATFORM) as conn:
        conn.execute("update orders set receiver = null, phone = null, detail = null where merchant_id = %s and id = %s", (trading.merchant, order))
    assert reveal_order(pool, By(trading.hai), order, NOW) == Refusal("nothing_to_reveal")
    assert [x for x in trail(pool, trading.merchant) if x["action"] == "revealed"] == []
