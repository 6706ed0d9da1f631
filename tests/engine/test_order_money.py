"""The difference of an order made cheaper reaches its buyer: through the provider it was paid by, refused and asked again, or by finance's hand (OR-7, MO-3 … MO-5)."""

from types import SimpleNamespace

import pytest

from amends.core.order_change import Wish
from amends.engine import payout_answers
from amends.engine.audit import By
from amends.engine.order_changes import Saved
from amends.store.connect import PLATFORM, scope
from tests.engine.compensation_shop import booked, requests
from tests.engine.order_shop import change, fresh, shop_with_goods, stands
from tests.paying import running, work


@pytest.fixture
def shop(pool):
    with scope(pool, PLATFORM) as conn:
        conn.execute("update outbox set done_at = now() where done_at is null and dead_at is null")
    return shop_with_goods(pool)


@pytest.fixture
def house(shop):
    return SimpleNamespace(pool=shop.pool, clock=SimpleNamespace(now=lambda: shop.now))


@pytest.fixture
def provider(shop):
    with running(shop.pool, shop.now) as found:
        yield found


def paid_through(shop, provider):
    """An order in preparation, paid at the simulated provider."""
    order = provider.order(shop, ("CUP", 2, 12000), ("MUG", 1, 4000))
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update orders set state = 'preparing', receipt_confirmed_at = null, delivered_at = null where id = %s", (order,))
    return order


def cheaper(shop, order):
    """One cup less: 60 yuan go back."""
    saved = change(shop, order, Wish({shop.lines[order][0]: 1}))
    assert isinstance(saved, Saved), saved
    return saved.back


def test_it_goes_back_by_the_payment_and_the_ledger_follows(shop, house, provider):
    order = paid_through(shop, provider)
    assert cheaper(shop, order) == 6000
    assert booked(shop, order) == {"merchant_settlement": -6000, "buyer_refund": 6000}
    work(house, shop.merchant)
    assert requests(shop, order) == [("refund", 6000, True)]
    assert shop.all("select refunded_minor from payments where order_id = %s", order) == [(6000,)]
    assert stands(shop, order, "refunded_minor") == (6000,)
    assert booked(shop, order) == {"merchant_settlement": -6000, f"provider:{provider.name}": 6000}


def test_refused_it_is_asked_again_and_by_hand_once(shop, house, provider):
    provider.behaves(refuse=1)
    order = paid_through(shop, provider)
    cheaper(shop, order)
    work(house, shop.merchant)
    [(request,)] = shop.all("select id::text from refund_requests where order_id = %s and state = 'failed'", order)
    assert payout_answers.retry(shop.pool, By(shop.hai), request, shop.now) is None
    work(house, shop.merchant)
    assert payout_answers.record_transfer(shop.pool, By(shop.hai), request, "BANK-9", shop.now) is None
    assert payout_answers.record_transfer(shop.pool, By(shop.hai), request, "BANK-9", shop.now).code == "request_unknown"
    assert booked(shop, order) == {"merchant_settlement": -6000, "provider:manual": 6000}


def test_without_a_connection_finance_pays_by_hand(shop, house):
    order = fresh(shop)
    cheaper(shop, order)
    assert work(house, shop.merchant) == 0
    [(request,)] = shop.all("select id::text from refund_requests where order_id = %s", order)
    assert payout_answers.record_transfer(shop.pool, By(shop.hai), request, "BANK-1", shop.now) is None
    assert shop.all("select state, reference from refund_requests where id = %s", request) == [("moved", "BANK-1")]
    assert booked(shop, order) == {"merchant_settlement": -6000, "provider:manual": 6000}


def test_what_the_change_gave_back_is_not_given_back_again(shop, house):
    """Cancelled in whole after the change: what is left goes back, never more than was paid."""
    from amends.core.verbs.cancel import ApproveCancellation
    from amends.engine.cancelling import Cancel, cancel
    from amends.engine.ids import new_id
    from tests.engine.test_order_changes import reason
    from tests.shop import LIN

    order = fresh(shop)
    cheaper(shop, order)
    case = cancel(shop.pool, shop.merchant, Cancel(order, reason=reason(shop), words="", source="buyer"), LIN, shop.now, new_id()).case_id
    shop.say(case, ApproveCancellation())
    work(house, shop.merchant)
    assert stands(shop, order, "state, paid_minor, refunded_minor") == ("cancelled", 16000, 16000)
    assert shop.all("select sum(amount_minor)::int from refund_requests where order_id = %s", order) == [(16000,)]
