"""Messages inside the product: read by opening the case, one side at a time; one's own doing is no news."""

from datetime import timedelta
from uuid import UUID

import pytest

from amends.core.verbs import desk as d
from amends.core.verbs import review as v
from amends.engine.notices import read_all, read_case
from amends.store.connect import PLATFORM, scope
from amends.store.screens import notices
from amends.worker.effects import perform
from tests.shop import LIN, open_shop


@pytest.fixture
def shop(pool):
    return open_shop(pool)


def of_merchant(shop, after=None, most=50):
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        return notices.of_merchant(conn, shop.merchant, after, most), notices.unread(conn, shop.merchant)


def of_buyer(shop, buyer="buyer-lin"):
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        return [n.event for n in notices.of_buyer(conn, shop.merchant, buyer, 5)]


def test_opening_a_case_reads_its_messages_for_one_side(shop):
    first, second = (shop.apply(shop.order(("CUP", 1, 100))) for _ in range(2))
    shop.say(first, v.ApproveReturn())
    perform(shop.pool, shop.merchant, shop.now)
    rows, unread = of_merchant(shop)
    assert (sorted(n.case_id for n in rows), unread) == (sorted([first, second]), 2)
    assert of_buyer(shop) == ["return_approved"]
    assert of_buyer(shop, "somebody") == []
    assert read_case(shop.pool, shop.merchant, first, "merchant", shop.now) == 1
    assert read_case(shop.pool, shop.merchant, first, "merchant", shop.now) == 0
    assert of_merchant(shop)[1] == 1
    assert of_buyer(shop) == ["return_approved"]
    other = open_shop(shop.pool, name="隔壁")
    assert read_case(shop.pool, other.merchant, second, "merchant", shop.now) == 0
    assert of_merchant(other) == ([], 0)


def test_what_one_did_oneself_is_no_news(shop):
    case = shop.apply(shop.order(("CUP", 1, 100)))
    shop.say(case, d.Say("请问几点有人"))
    shop.say(case, d.Say("下午都在"), LIN)
    perform(shop.pool, shop.merchant, shop.now)
    rows, unread = of_merchant(shop)
    assert sorted(n.event for n in rows) == ["applied", "said"]
    assert unread == 2
    assert of_buyer(shop) == ["said"]


def test_pages_follow_each_other_and_reading_all_stops_at_what_was_seen(shop):
    for _ in range(5):
        shop.now += timedelta(minutes=1)
        shop.apply(shop.order(("CUP", 1, 100)))
        perform(shop.pool, shop.merchant, shop.now)
    whole = [n.id for n in of_merchant(shop)[0]]
    first, _ = of_merchant(shop, most=2)
    rest, _ = of_merchant(shop, (first[-1].at, first[-1].id))
    assert [n.id for n in [*first, *rest]] == whole
    assert [n.at for n in first] == sorted((n.at for n in first), reverse=True)
    assert read_all(shop.pool, shop.merchant, shop.now, shop.now - timedelta(minutes=1)) == 4
    assert of_merchant(shop)[1] == 1
    assert read_all(shop.pool, shop.merchant, shop.now, shop.now + timedelta(days=1)) == 1


def test_the_platform_sees_calls_for_help_of_every_merchant_until_it_opens_the_case(shop):
    case = shop.apply(shop.order(("CUP", 1, 100)))
    shop.say(case, d.CallPlatform("客户要求超出规则"))
    perform(shop.pool, shop.merchant, shop.now)

    def called():
        with scope(shop.pool, PLATFORM) as conn:
            return [(n.merchant, n.event) for n in notices.of_platform(conn, 50) if n.case_id == case]

    assert called() == [("青禾家居", "platform_called")]
    read_case(shop.pool, shop.merchant, case, "platform", shop.now)
    assert called() == []
