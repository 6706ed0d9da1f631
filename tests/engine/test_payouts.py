"""Money asked for without a case: sent to the provider or left to finance, moved, refused, asked again, by hand; compensation and ledger follow (MO-3, MO-5)."""

from types import SimpleNamespace
from uuid import UUID

import pytest

from amends.core.told import Told
from amends.engine import compensation_money, payout_answers, payouts
from amends.engine.answers import hear
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.store import compensations
from amends.store.compensations import Compensation
from amends.store.connect import PLATFORM, scope
from tests.engine.compensation_shop import booked, requests
from tests.paying import running, work
from tests.shop import open_shop


@pytest.fixture
def shop(pool):
    with scope(pool, PLATFORM) as conn:
        conn.execute("update outbox set done_at = now() where done_at is null and dead_at is null")
    return open_shop(pool)


@pytest.fixture
def house(shop):
    return SimpleNamespace(pool=shop.pool, clock=SimpleNamespace(now=lambda: shop.now))


@pytest.fixture
def provider(shop):
    with running(shop.pool, shop.now) as found:
        yield found


def give(shop, order, amount, kind="goodwill"):
    row = Compensation(
        new_id(), f"K{new_id()[-12:]}", kind, "granted", order, "buyer-lin", "CNY", amount, "merchant", shop.now, amount, decided_kind="merchant", decided_at=shop.now,
        line_id=shop.lines[order][0] if kind == "price_protection" else None,
    )
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        compensations.add(conn, shop.merchant, [row])
        compensation_money.pay(conn, shop.merchant, [row], shop.hai, shop.now)
    return row.id


def state(shop, compensation):
    return shop.all("select state, paid_at is not null from compensations where id = %s", compensation)[0]


def test_goodwill_is_paid_out_by_the_orders_provider(shop, house, provider):
    order = provider.order(shop, ("CUP", 1, 10000))
    one = give(shop, order, 500)
    assert requests(shop, order) == [("payout", 500, False)]
    work(house, shop.merchant)
    assert [(s, a) for _, s, a in provider.sent()] == [("moved", 500)]
    assert state(shop, one) == ("paid", True)
    assert booked(shop, order) == {"merchant_settlement": -500, f"provider:{provider.name}": 500}
    assert shop.all("select event from notices where compensation_id = %s and reader = 'buyer' order by event", one) == [("compensation_granted",), ("compensation_paid",)]


def test_price_protection_goes_back_by_the_payment_and_keeps_its_room(shop, house, provider):
    order = provider.order(shop, ("CUP", 1, 10000))
    one = give(shop, order, 700, "price_protection")
    work(house, shop.merchant)
    assert requests(shop, order) == [("refund", 700, True)]
    assert state(shop, one) == ("paid", True)
    assert shop.all("select refunded_minor from payments where order_id = %s", order) == [(700,)]


def test_without_a_connection_finance_pays_by_hand_and_once(shop, house):
    order = shop.order(("CUP", 1, 10000))
    one = give(shop, order, 500)
    assert work(house, shop.merchant) == 0
    [(request,)] = shop.all("select id::text from refund_requests where compensation_id = %s", one)
    record = payout_answers.record_transfer
    assert record(shop.pool, By(shop.new), request, "BANK-1", shop.now).code == "permission_missing"
    assert record(shop.pool, By(shop.hai), request, " ", shop.now).code == "required"
    assert record(shop.pool, By(shop.hai), new_id(), "BANK-1", shop.now).code == "request_unknown"
    assert payout_answers.retry(shop.pool, By(shop.hai), request, shop.now).code == "request_not_failed"
    assert record(shop.pool, By(shop.hai), request, "BANK-1", shop.now) is None
    assert record(shop.pool, By(shop.hai), request, "BANK-2", shop.now).code == "request_unknown"
    assert state(shop, one) == ("paid", True)
    assert booked(shop, order) == {"merchant_settlement": -500, "provider:manual": 500}
    other = open_shop(shop.pool)
    assert record(shop.pool, By(other.hai), request, "BANK-3", shop.now).code == "request_unknown"


def test_refused_by_the_provider_asked_again_or_paid_by_hand(shop, house, provider):
    provider.behaves(refuse=1)
    order = provider.order(shop, ("CUP", 1, 10000))
    again, by_hand = give(shop, order, 500), give(shop, order, 600)
    work(house, shop.merchant)
    assert (state(shop, again), state(shop, by_hand)) == (("failed", False), ("failed", False))
    ids = {c: shop.all("select id::text from refund_requests where compensation_id = %s", c)[0][0] for c in (again, by_hand)}
    provider.behaves()
    assert payout_answers.retry(shop.pool, By(shop.new), ids[again], shop.now).code == "permission_missing"
    assert payout_answers.retry(shop.pool, By(shop.hai), ids[again], shop.now) is None
    assert state(shop, again) == ("granted", False)
    assert payout_answers.record_transfer(shop.pool, By(shop.hai), ids[again], "BANK-1", shop.now).code == "request_with_provider"
    work(house, shop.merchant)
    assert payout_answers.record_transfer(shop.pool, By(shop.hai), ids[by_hand], "BANK-2", shop.now) is None
    assert (state(shop, again), state(shop, by_hand)) == (("paid", True), ("paid", True))
    assert booked(shop, order) == {"merchant_settlement": -1100, f"provider:{provider.name}": 500, "provider:manual": 600}
    assert [s for _, s, _ in provider.sent()] == ["failed", "failed", "moved"]


def test_asking_twice_is_asking_once(shop, house, provider):
    order = provider.order(shop, ("CUP", 1, 10000))
    one = give(shop, order, 500)
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        more = {"compensation_id": one, "order_id": order, "buyer_id": "buyer-lin", "amount": 500, "currency": "CNY", "purpose": "goodwill", "now": shop.now}
        assert payouts.ask(conn, shop.merchant, kind="payout", **more) == payouts.ask(conn, shop.merchant, kind="payout", **more)
    work(house, shop.merchant)
    assert len(provider.sent()) == 1


def test_what_no_payment_has_room_for_is_paid_out(shop, house, provider):
    order = provider.order(shop, ("CUP", 1, 1000))
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        ids = payouts.ask(conn, shop.merchant, kind="refund", compensation_id=new_id(), order_id=order, buyer_id="buyer-lin", amount=1500, currency="CNY", purpose="goodwill", now=shop.now)
    assert len(ids) == 2
    assert requests(shop, order) == [("payout", 500, False), ("refund", 1000, True)]


def test_told_twice_late_or_wrongly_it_is_paid_once(shop, house, provider):
    provider.behaves(delay=3600)
    order = provider.order(shop, ("CUP", 1, 10000))
    one = give(shop, order, 500)
    work(house, shop.merchant)
    [(key,)] = shop.all("select key from refund_requests where compensation_id = %s", one)
    truth = ("payout", key, UUID(shop.merchant).hex, 500, "CNY", "moved", "P1")
    assert hear(shop.pool, provider.name, Told(*truth[:3], 501, *truth[4:]), shop.now) == "differs"
    assert hear(shop.pool, provider.name, Told("refund", *truth[1:]), shop.now) == "differs"
    assert hear(shop.pool, provider.name, Told(*truth), shop.now) == "moved"
    assert hear(shop.pool, provider.name, Told(*truth), shop.now) == "known"
    assert hear(shop.pool, provider.name, Told(*truth[:5], "failed"), shop.now) == "differs"
    assert state(shop, one) == ("paid", True)
    assert booked(shop, order) == {"merchant_settlement": -500, f"provider:{provider.name}": 500}
