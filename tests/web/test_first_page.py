"""After signing in everybody is where their work is."""

from datetime import UTC, datetime

import pytest

from amends.engine import people
from tests.web.case_cast import grant
from tests.web.conftest import PASSWORD, enter

WHERE = [
    (("service_order.approve_return", "service_order.register_receipt"), "/m/q/review"), (("service_order.register_receipt",), "/w/"),
    (("service_order.refund",), "/m/q/processing"), (("service_order.record_transfer",), "/m/finance"), (("cancellation.approve_cancellation", "cancellation.claim"), "/m/q/cancel-review"), ((), "/me"),
]


@pytest.mark.parametrize(("permissions", "page"), WHERE)
def test_the_first_page_is_where_the_work_is(client, house, shop, permissions, page):
    somebody = people.make_person(house.pool, people.By(shop.actor()), f"p{WHERE.index((permissions, page))}@chengwu.test", "新人", datetime.now(UTC), password=PASSWORD)
    if permissions:
        grant(house, shop, somebody, "read", *permissions)
    assert enter(client, house, somebody).get("/")["Location"] == page


def test_main_accounts_and_the_platform_begin_at_their_desks(client, house, shop, operator):
    assert enter(client, house, shop).get("/")["Location"] == "/m/q/review"
    assert enter(client, house, operator).get("/")["Location"].startswith("/p/")
