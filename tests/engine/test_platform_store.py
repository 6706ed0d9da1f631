"""The platform's spare-parts store has an address that buyers are told, and merchants whose platform does its part need it (PO-8)."""

import pytest

from amends.core.actor import ALL, Actor, Party
from amends.core.refusal import Refusal
from amends.core.verbs.review import ApproveReturn
from amends.engine import platform_store
from amends.engine.addresses import Typed
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.engine.merchant_settings import change_terms
from amends.engine.ringing import ring
from amends.store.connect import PLATFORM, scope
from tests.shop import open_shop

STORE = Typed("备件库", "010-87654321", "北京市", "", "大兴区", "京东路 1 号")
PING = By(Actor(Party.PLATFORM, new_id(), "平", None, ALL))


@pytest.fixture
def no_store(pool):
    """The house without an address of the store; it is one for all merchants."""
    with scope(pool, PLATFORM) as conn:
        conn.execute("set local role postgres")
        conn.execute("delete from platform_store")
    return pool


def terms(shop, own, mode="FBP", pack="jd"):
    return change_terms(shop.pool, PING, shop.merchant, pack, mode, shop.now, own=own)


def test_the_platforms_part_needs_an_address_of_its_store(no_store):
    shop = open_shop(no_store)
    refused = terms(shop, own=False)
    assert (refused.code, refused.field) == ("store_place_missing", "own")
    assert terms(shop, own=False, pack="pdd").code == "mode_has_no_flow"
    assert platform_store.keep(no_store, PING, STORE, shop.now) is None
    assert terms(shop, own=False) is None
    assert shop.all("select settings -> 'own_after_sales', fulfilment_mode from merchants where id = %s", shop.merchant) == [(False, "FBP")]
    [(before, after)] = shop.all("select before, after from audit where merchant_id = %s and action = 'settings_changed'", shop.merchant)
    assert (before["own_after_sales"], after["own_after_sales"]) == (None, False)
    assert terms(shop, own=None, pack="tmall").code == "mode_has_no_flow"
    assert terms(shop, own=True, pack="tmall") is None


@pytest.mark.parametrize("silence", [False, True], ids=["agreed to", "by silence"])
def test_what_the_buyer_was_told_stays_with_the_case(no_store, silence):
    shop = open_shop(no_store)
    assert platform_store.keep(no_store, PING, STORE, shop.now) is None
    assert terms(shop, own=False) is None
    case = shop.apply(shop.order(("CUP", 1, 9900), fulfilment_mode="FBP"))
    if silence:
        shop.now = shop.row(case, "due_at")[0]
        assert ring(shop.pool, shop.merchant, shop.now) == 1
    else:
        assert shop.say(case, ApproveReturn()).refusal is None
    told = {"receiver": "备件库", "phone": "010-87654321", "province": "北京市", "city": "市辖区", "district": "大兴区", "detail": "京东路 1 号"}
    [kept] = shop.row(case, "facts -> 'return_store' -> 'place'")
    assert {**kept, "city": "市辖区"} == told
    assert platform_store.keep(no_store, PING, Typed("新库", "010-1111111", "北京市", "", "大兴区", "二路 2 号"), shop.now) is None
    assert shop.row(case, "facts -> 'return_store' -> 'place'") == ([kept][0],)


@pytest.mark.parametrize(("typed", "code"), [
    (Typed("", "010-87654321", "北京市", "", "大兴区", "一号"), "required"), (Typed("库", "x", "北京市", "", "大兴区", "一号"), "wrong_kind"),
    (Typed("库", "010-87654321", "北京市", "", "浦东新区", "一号"), "place_unknown"),
], ids=["nobody", "no phone", "no such place"])
def test_an_address_that_nothing_can_be_sent_to_is_not_kept(no_store, typed, code):
    refused = platform_store.keep(no_store, PING, typed, open_shop(no_store).now)
    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert platform_store.place(no_store, PING) is None


def test_only_the_platform_keeps_it_and_it_is_on_record(no_store):
    shop = open_shop(no_store)
    assert platform_store.keep(no_store, By(shop.hai), STORE, shop.now).code == "not_yours"
    nobody = By(Actor(Party.PLATFORM, new_id(), "新人", None, frozenset({"read"})))
    assert platform_store.keep(no_store, nobody, STORE, shop.now).code == "permission_missing"
    assert platform_store.keep(no_store, PING, STORE, shop.now) is None
    assert platform_store.keep(no_store, PING, STORE, shop.now) is None
    assert shop.all("select count(*) from audit where action = 'platform_store_changed' and actor_id = %s and at = %s", PING.actor.id, shop.now)[0][0] >= 1
