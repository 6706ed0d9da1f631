"""Several commands of one batch that leave rows about the same parcel, rating or order: written one after the other, as they were decided."""

from datetime import timedelta

import pytest

from amends.core.verbs import buyer as b
from amends.core.verbs import desk as d
from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from amends.engine.ringing import ring
from tests.engine.test_handle import GOOD
from tests.shop import CARRIER, LIN, open_shop


@pytest.fixture
def shop(pool):
    return open_shop(pool)


def together(shop, *said):
    answers = handle(shop.pool, [Asked(new_id(), shop.merchant, case, command, actor) for case, command, actor in said], shop.now)
    assert [a.refusal.code for a in answers if a.refusal] == []
    return answers


def parcels(shop, case):
    return shop.all("select direction, carrier, waybill, state from parcels where case_id = %s order by 1", case)


def test_two_service_orders_go_back_in_one_parcel_with_one_batch(shop):
    order = shop.order(("CUP", 1, 100), ("MUG", 1, 200))
    first, second = (shop.apply(order, line=n) for n in range(2))
    together(shop, (first, v.ApproveReturn(), shop.hai), (second, v.ApproveReturn(), shop.hai))
    together(shop, (first, b.ShipBack("顺丰", "SF1"), LIN), (second, b.ShipBack("顺丰", "SF1"), LIN))
    assert (parcels(shop, first), parcels(shop, second)) == ([], [("back", "顺丰", "SF1", "sent")]), "a waybill belongs to the case that named it last"


def test_a_rating_and_its_improvement_in_one_batch_keep_the_first_score(shop):
    case = shop.apply(shop.order(("CUP", 1, 100)))
    together(shop, (case, v.RefundWithoutReturn(), shop.hai), (case, b.Confirm(), LIN), (case, b.Rate("neutral"), LIN), (case, b.ImproveRating("satisfied", "好了"), LIN))
    assert shop.all("select first_score, score, text from ratings where case_id = %s", case) == [(3, 4, "好了")]


def test_a_parcel_that_is_sent_signed_and_registered_in_one_batch_ends_registered(shop):
    other, case = (shop.apply(shop.order(("CUP", 1, 100))) for _ in range(2))
    for one in (other, case):
        shop.say(one, v.ApproveReturn())
    shop.say(other, b.ShipBack("顺丰", "SF7"), LIN)
    together(shop, (other, d.ParcelSigned(), CARRIER), (case, b.ShipBack("顺丰", "SF8"), LIN), (case, d.ParcelSigned(), CARRIER), (case, p.RegisterReceipt(received=1, **GOOD), shop.hai))
    assert parcels(shop, case) == [("back", "顺丰", "SF8", "registered")]
    assert parcels(shop, other) == [("back", "顺丰", "SF7", "signed")]


def test_what_one_case_gives_back_another_can_give_out_in_the_same_batch(shop):
    order = shop.order(("CUP", 2, 10000))
    first, second = (shop.apply(order, quantity=1) for _ in range(2))
    shop.say(first, v.RefundWithoutReturn())
    shop.now += timedelta(days=9)
    ring(shop.pool, shop.merchant, shop.now)
    together(shop, (first, d.Note("退错了"), shop.hai), (first, p.ReverseRefund("退错了"), shop.hai), (first, p.Refund(), shop.hai))
    assert shop.row(first, "state, granted_minor") == ("confirming", 5000)
    assert shop.all("select refunded_minor from orders where id = %s", order) == [(5000,)]
    assert shop.row(second, "granted_minor") == (0,)


def test_a_corrected_waybill_is_the_one_that_is_found(shop):
    case = shop.apply(shop.order(("CUP", 1, 100)))
    shop.say(case, v.ApproveReturn())
    shop.say(case, b.ShipBack("顺丰", "SF-WRONG"), LIN)
    shop.say(case, b.CorrectWaybill("顺丰", "SF-RIGHT"), LIN)
    assert parcels(shop, case) == [("back", "顺丰", "SF-RIGHT", "sent")]
    shop.say(case, p.RegisterReceipt(received=1, **GOOD))
    assert parcels(shop, case) == [("back", "顺丰", "SF-RIGHT", "registered")]
