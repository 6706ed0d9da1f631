"""The same goods refused so many times bring the platform in, whoever refuses when (PO-11): one after another, in one batch, at the same instant."""

import pytest

from amends.core.verbs.review import Reject
from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from tests.engine.together import at_once
from tests.shop import open_shop

NO = Reject("no_fault_found", "发货正确")


@pytest.fixture
def three(pool):
    shop = open_shop(pool)
    shop.all("update merchants set pack = 'pdd' where id = %s returning 1", shop.merchant)
    order = shop.order(("CUP", 3, 30000))
    return shop, [shop.apply(order, "return", "no_reason") for _ in range(3)]


def called(shop, cases):
    return sorted(shop.row(case, "facts -> 'platform_in' -> 'facts' ->> 'refusals'")[0] or "" for case in cases)


def test_in_one_batch_each_refusal_sees_those_before_it(three):
    shop, cases = three
    answers = handle(shop.pool, [Asked(new_id(), shop.merchant, case, NO, shop.hai) for case in cases], shop.now)
    assert [a.refusal for a in answers] == [None] * 3
    assert called(shop, cases) == ["", "", "3"]
    assert shop.row(cases[2], "facts -> 'platform_in' ->> 'version'") == ("1",)


@pytest.mark.parametrize("seed", range(4))
def test_at_the_same_instant_exactly_one_is_the_third(three, seed):
    shop, cases = three
    at_once(seed, *(lambda case=case: shop.say(case, NO) for case in cases))
    assert called(shop, cases) == ["", "", "3"]
