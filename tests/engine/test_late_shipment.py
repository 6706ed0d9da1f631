"""Late shipment is paid by the house, once an order, whoever looks and whatever happens meanwhile (CO-1)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from amends.core.compensation import Owed
from amends.engine import late_shipment
from amends.engine.ids import new_id
from amends.store import compensated_orders
from amends.store.connect import PLATFORM, Pool, scope
from tests.engine.compensation_shop import DAY, NOON, SINCE, booked, compensation_shop, compensations, requests, unshipped
from tests.shop import Shop, open_shop

HOUR = timedelta(hours=1)


@pytest.fixture
def shop(pool: Pool) -> Shop:
    return compensation_shop(pool)


def pay(shop: Shop, now=NOON) -> int:
    with scope(shop.pool, PLATFORM) as conn:
        found = compensated_orders.shop(conn, shop.merchant)
    return late_shipment.pay(shop.pool, found, now)


def test_a_late_order_is_paid_for_once_with_its_reckoning_ledger_and_message(shop):
    order = unshipped(shop)
    assert pay(shop) == 1
    assert pay(shop, NOON + DAY) == 0
    assert compensations(shop, order) == [("late_shipment", "granted", 5970)]
    assert requests(shop, order) == [("payout", 5970, False)]
    assert booked(shop, order) == {"merchant_settlement": -5970, "compensation": 5970}
    (why, number, by), = shop.all("select explanation, number, decided_kind from compensations where merchant_id = %s", shop.merchant)
    assert (why["rule"], why["base"], why["share"], why["pack"], why["version"], by) == ("CO-1", 19900, 5970, "jd", 1, "system")
    assert number == "K-2026-000001"
    assert shop.all("select reader, event, buyer_id from notices where merchant_id = %s", shop.merchant) == [("buyer", "compensation_granted", "buyer-lin")]
    (action, after), = shop.all("select action, after from audit where merchant_id = %s", shop.merchant)
    assert (action, after["orders"]) == ("late_shipment_paid", 1)


def test_nothing_is_taken_from_the_order_itself(shop):
    order = unshipped(shop)
    pay(shop)
    assert shop.all("select refunded_minor from orders where id = %s", order) == [(0,)]
    assert shop.all("select count(*) from granted_refunds where order_id = %s", order) == [(0,)]


def test_a_promise_counts_before_the_packs_time(shop):
    kept = unshipped(shop, promised_ship_by=NOON + HOUR)
    broken = unshipped(shop, paid_at=NOON - 3 * HOUR, promised_ship_by=NOON - HOUR)
    assert pay(shop) == 1
    assert (compensations(shop, kept), len(compensations(shop, broken))) == ([], 1)


def test_what_was_late_during_an_outage_is_found_later_sent_or_not(shop):
    sent = unshipped(shop, state="shipped", shipped_at=NOON - 20 * HOUR)
    received = unshipped(shop, state="received", shipped_at=NOON - 20 * HOUR, receipt_confirmed_at=NOON)
    in_time = unshipped(shop, state="shipped", shipped_at=NOON - 25 * HOUR)
    never = unshipped(shop)
    assert pay(shop, NOON + 20 * DAY) == 3
    assert [len(compensations(shop, o)) for o in (sent, received, in_time, never)] == [1, 1, 0, 1]


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        pytest.param({"state": "locked"}, "late_locked", id="locked"), pytest.param({"balance_due_at": NOON + DAY}, "late_presale", id="presale"),
        pytest.param({"refunded_minor": 19900}, "late_refunded", id="refunded"), pytest.param({"currency": "BRL"}, "late_currency", id="currency"),
    ],
)
def test_a_late_order_that_is_left_out_is_listed_with_the_reason(shop, columns, code):
    order = unshipped(shop, **columns)
    assert pay(shop) == 0
    assert compensations(shop, order) == []
    assert [(left.order.id, left.why.code) for left in late_shipment.left_out(shop.pool, shop.merchant, NOON)] == [(order, code)]


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"state": "cancelled"}, id="cancelled"), pytest.param({"paid_at": None, "state": "pending_payment"}, id="unpaid"), pytest.param({"state": "on_hold"}, id="on-hold"),
        pytest.param({"state": "awaiting_pickup"}, id="picked-up"), pytest.param({"paid_at": SINCE - HOUR, "placed_at": SINCE - DAY}, id="paid-before-it-was-switched-on"),
        pytest.param({"state": "completed"}, id="history-without-a-time-of-shipment"),
    ],
)
def test_what_is_no_late_order_is_never_looked_at(shop, columns):
    order = unshipped(shop, **columns)
    assert pay(shop, NOON + 200 * DAY) == 0
    assert compensations(shop, order) == []


def test_an_order_unlocked_after_a_change_is_looked_at_again(shop, admin):
    order = unshipped(shop, state="locked")
    assert pay(shop) == 0
    admin.execute("update orders set state = 'preparing' where id = %s", (order,))
    assert pay(shop) == 1


def test_a_cancellation_under_way_holds_it_up_until_it_comes_to_nothing(shop, admin):
    order, case = unshipped(shop), new_id()
    admin.execute(
        "insert into cases (merchant_id, id, kind, number, state, waits_on, opened_at, order_id, buyer_id) values (%s, %s, 'cancellation', 'C-2026-000001', 'reviewing', 'merchant', %s, %s, 'buyer-lin')",
        (shop.merchant, case, NOON, order),
    )
    assert pay(shop) == 0
    assert late_shipment.standing(shop.pool, shop.merchant, order, NOON).code == "late_cancelling"
    admin.execute("update cases set state = 'rejected', closed_at = %s where id = %s", (NOON, case))
    assert isinstance(late_shipment.standing(shop.pool, shop.merchant, order, NOON), Owed)
    assert pay(shop) == 1


def test_a_shop_that_has_not_switched_it_on_pays_nothing_whatever_the_clock_says(pool):
    quiet = open_shop(pool)
    order = unshipped(quiet)
    assert pay(quiet, NOON + 400 * DAY) == 0
    assert late_shipment.standing(pool, quiet.merchant, order, NOON).code == "late_switched_off"


def test_two_workers_pay_each_order_once(shop):
    orders = [unshipped(shop, paid=2000 + 10 * n) for n in range(60)]
    with ThreadPoolExecutor(4) as workers:
        total = sum(workers.map(lambda _: pay(shop), range(4)))
    assert total == len(orders)
    assert shop.all("select count(*), count(distinct order_id), count(distinct number) from compensations where merchant_id = %s", shop.merchant) == [(60, 60, 60)]
    assert shop.all("select count(*), sum(amount_minor) from refund_requests where merchant_id = %s", shop.merchant) == shop.all("select count(*), sum(amount_minor) from compensations where merchant_id = %s", shop.merchant)


def test_more_than_a_batch_is_paid_in_one_go(shop, monkeypatch):
    monkeypatch.setattr(late_shipment, "AT_ONCE", 5)
    monkeypatch.setattr(compensated_orders.late, "__defaults__", (5,))
    for n in range(12):
        unshipped(shop, paid=3000 + n)
    assert pay(shop) == 12


@pytest.mark.parametrize(("sent", "owed"), [pytest.param(-1, 0, id="sent-in-time"), pytest.param(1, 1, id="sent-late")])
def test_shipped_in_the_same_moment_goes_by_the_instant_of_shipment(shop, admin, sent, owed):
    """The shop writes the shipment while the worker looks: whichever comes second sees the first."""
    order = unshipped(shop, promised_ship_by=NOON - HOUR)
    with admin.transaction():
        admin.execute("update orders set state = 'shipped', shipped_at = %s where id = %s", (NOON - HOUR + timedelta(minutes=sent), order))
        assert pay(shop) == 0  # held by the shop: left to the next round
    assert pay(shop) == owed
    assert len(compensations(shop, order)) == owed


def test_many_shops_are_looked_at_in_one_round(pool):
    first, second = compensation_shop(pool), compensation_shop(pool)
    unshipped(first)
    unshipped(second)
    assert late_shipment.pay_all(pool, NOON) >= 2
    assert late_shipment.pay_all(pool, NOON) == 0


def test_where_the_orders_provider_can_be_reached_it_is_asked_to_pay(shop, admin):
    by_hand, reached = unshipped(shop), unshipped(shop)
    admin.execute(
        "insert into connections (id, name, kind, base_url, secret, created_at, changed_at) values (%s, 'wepay', 'payment', 'http://127.0.0.1:1', 's', %s, %s) on conflict do nothing",
        (new_id(), NOON, NOON),
    )
    admin.execute("update payments set provider = 'wepay' where order_id = %s", (reached,))
    assert pay(shop) == 2
    found = shop.all("select order_id::text, provider, id::text, key from refund_requests where merchant_id = %s", shop.merchant)
    assert {order: provider for order, provider, _, _ in found} == {by_hand: "manual", reached: "wepay"}
    ((request, key),) = [(i, k) for order, _, i, k in found if order == reached]
    assert key == f"{shop.merchant.replace('-', '')}.{request.replace('-', '')}.1"
    assert shop.all("select effect, body from outbox where merchant_id = %s", shop.merchant) == [("send_payout", {"request": request, "attempt": 1})]
