"""What a merchant decides about its stock is refused with the reason where stock cannot be held (ST-K3)."""

from amends.engine.audit import By
from amends.engine.stock_settings import Chosen, change, chosen_of, declare
from tests.engine.stock_shop import stocked


def kept(shop):
    return shop.all("select settings from merchants where id = %s", shop.merchant)[0][0]


def test_what_is_chosen_is_kept_and_on_record(pool):
    shop = stocked(pool, {})
    by = By(shop.hai)
    assert change(pool, by, Chosen({"exchange_locks_stock": True}, "7", False, " erp-a ", True), shop.now) is None
    assert chosen_of(kept(shop)) == Chosen({"exchange_only_with_stock": False, "exchange_locks_stock": True, "deduct_offline": False}, "7", False, "erp-a", True)
    changed = shop.all("select after from audit where merchant_id = %s and action = 'settings_changed'", shop.merchant)
    assert changed == [({"exchange_locks_stock": True, "hold_days": 7, "stock_connector": {"name": "erp-a", "holds": True}},)]
    assert change(pool, by, chosen_of(kept(shop)), shop.now) is None
    assert len(shop.all("select 1 from audit where merchant_id = %s and action = 'settings_changed'", shop.merchant)) == 1


def test_switches_that_hold_are_refused_with_the_reason(pool):
    shop = stocked(pool, {})
    by = By(shop.hai)
    refused = change(pool, by, Chosen({"exchange_only_with_stock": True}, "7", True), shop.now)
    assert (refused.code, refused.field) == ("stock_partitioned", "exchange_only_with_stock")
    refused = change(pool, by, Chosen({"exchange_locks_stock": True}, "7", False, "erp-a", False), shop.now)
    assert (refused.code, refused.field, refused.facts["name"]) == ("connector_without_holds", "exchange_locks_stock", "erp-a")
    assert change(pool, by, Chosen({"deduct_offline": True}, "7", True), shop.now) is None
    assert change(pool, by, Chosen({}, "0"), shop.now).code == "hold_days_wrong"
    assert change(pool, by, Chosen({}, "7", False, "x" * 41), shop.now).code == "connector_name_long"
    assert change(pool, By(shop.new), Chosen(), shop.now).code == "permission_missing"


def test_an_erp_declares_itself_by_its_key(pool):
    shop = stocked(pool, {})
    assert declare(pool, By(shop.hai), shop.merchant, "erp-a", True, shop.now) is None
    assert kept(shop)["stock_connector"] == {"name": "erp-a", "holds": True}
    assert declare(pool, By(shop.hai), shop.merchant, "", False, shop.now) is None
    assert kept(shop)["stock_connector"] == {}
    assert declare(pool, By(shop.new), shop.merchant, "erp-a", True, shop.now).code == "permission_missing"
