"""The difference to a dearer SKU asked of the buyer through a provider: the page, the payment, cancelled, by hand, too late (exchange rows of 02, MO-5)."""

import urllib.request
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from amends.core.verbs import buyer as b
from amends.core.verbs import outside as o
from amends.core.verbs import processing as p
from amends.store.connect import PLATFORM, scope
from amends.worker.reconcile import reconcile_all
from tests.engine.stock_shop import asked, broken, stocked, to_processing
from tests.paying import look, running, work
from tests.shop import LIN

_OPEN = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


@pytest.fixture
def shop(pool):
    with scope(pool, PLATFORM) as conn:
        conn.execute("update outbox set done_at = now() where done_at is null and dead_at is null")
    return stocked(pool, {"CUP": 5, "BIG": 5}, prices={"CUP": 2000, "BIG": 2600})


@pytest.fixture
def house(shop):
    return SimpleNamespace(pool=shop.pool, clock=SimpleNamespace(now=lambda: shop.now))


@pytest.fixture
def provider(shop):
    with running(shop.pool, shop.now) as found:
        yield found


@pytest.fixture
def case(shop, house, provider):
    order = provider.order(shop, ("CUP", 1, 2000))
    found, = asked(shop, order, (0, 1))
    to_processing(shop, found, 1)
    assert shop.say(found, p.Exchange("BIG")).state == "collecting"
    return found


def charge(shop, case):
    return shop.all("select id::text, state, amount_minor, pay_url, reference, provider from charges where case_id = %s", case)[0]


def later(shop, house, **span):
    shop.now += timedelta(**span)
    look(house)


def test_the_buyer_pays_on_the_providers_page(shop, house, provider, case):
    work(house, shop.merchant)
    _, state, amount, page, _, name = charge(shop, case)
    assert (state, amount, name) == ("asked", 600, provider.name)
    assert "待支付" in _OPEN(page).read().decode()
    assert "已支付" in _OPEN(page, b"").read().decode()
    later(shop, house, minutes=1)
    assert charge(shop, case)[1] == "paid"
    assert shop.row(case, "state") == ("fulfilling",)
    assert shop.all("select provider, amount_minor from payments where charge_id is not null and merchant_id = %s", shop.merchant) == [(provider.name, 600)]
    booked = shop.all("select e.account, sum(e.amount_minor)::int from ledger_entries e where e.merchant_id = %s group by 1 having sum(e.amount_minor) <> 0 order by 1", shop.merchant)
    assert booked == [("merchant_settlement", 600), (f"provider:{provider.name}", -600)]
    assert broken(shop) == []


def test_what_was_paid_for_the_difference_goes_back_by_its_own_payment(shop, house, provider, case):
    work(house, shop.merchant)
    _OPEN(charge(shop, case)[3], b"").close()
    later(shop, house, minutes=1)
    assert shop.say(case, p.ShipReplacement("顺丰", "SF-BIG")).refusal is None
    assert shop.say(case, b.Decline("有划痕"), LIN).state == "processing"
    assert shop.say(case, p.ChangeType("return", "电话同意")).refusal is None
    assert shop.say(case, p.Refund()).refusal is None
    work(house, shop.merchant)
    assert shop.row(case, "granted_minor, moved_minor") == (2600, 2600)
    assert sorted(a for k, s, a in provider.sent() if s == "moved" and not k.startswith("c")) == [600, 600, 2000]


def test_declined_before_it_was_paid_the_page_closes(shop, house, provider, case):
    work(house, shop.merchant)
    assert shop.say(case, b.Decline("不换了"), LIN).state == "processing"
    work(house, shop.merchant)
    assert charge(shop, case)[1] == "cancelled"
    assert [s for _, s, _ in provider.sent()] == ["cancelled"]
    assert "已取消" in _OPEN(charge(shop, case)[3]).read().decode()


def test_paid_and_declined_at_once_finance_is_told_of_the_money(shop, house, provider, case):
    work(house, shop.merchant)
    _OPEN(charge(shop, case)[3], b"").close()
    assert shop.say(case, b.Decline("不换了"), LIN).state == "processing"
    work(house, shop.merchant)
    assert charge(shop, case)[1] == "cancelled"
    assert shop.all("select kind, about, ours ->> 'state', theirs ->> 'state' from reconciliation_differences where case_id = %s", case) == [("contradiction", "charge", "cancelled", "moved")]


def test_received_by_hand_the_provider_is_told_not_to_take_it(shop, house, provider, case):
    work(house, shop.merchant)
    one = charge(shop, case)
    assert shop.say(case, o.RecordPayment(one[0], "CASH-1")).state == "fulfilling"
    work(house, shop.merchant)
    assert charge(shop, case)[1:2] + charge(shop, case)[4:] == ("paid", "CASH-1", "manual")
    assert [s for _, s, _ in provider.sent()] == ["cancelled"]


def test_an_answer_that_is_lost_asks_for_the_same_charge(shop, house, provider, case):
    provider.behaves(lose=0.9, seed=1)
    for _ in range(40):
        work(house, shop.merchant)
        later(shop, house, minutes=20)
        if charge(shop, case)[3]:
            break
    assert charge(shop, case)[3].startswith(provider.url)
    assert len(provider.sent()) == 1


def test_without_a_connection_finance_receives_it(shop, house, provider, case):
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update connections set active = false where id = %s", (provider.connection,))
    work(house, shop.merchant)
    assert charge(shop, case)[1:] == ("asked", 600, None, None, "manual")
    assert provider.sent() == []


def test_reconciliation_knows_charges(shop, house, provider, case):
    work(house, shop.merchant)
    _OPEN(charge(shop, case)[3], b"").close()
    shop.now = max(shop.now, datetime.now(UTC))
    whole = (datetime(2020, 1, 1, tzinfo=UTC), shop.now + timedelta(days=1))
    [made] = reconcile_all(house, *whole, provider.name)
    assert (made.figures["lines"], made.figures["matched"], made.figures["differences"]) == (2, 2, 0)
    assert charge(shop, case)[1] == "paid"
    assert made.figures["sums"] == [{"currency": "CNY", "theirs_out": 0, "theirs_in": 600, "ours_out": 0, "ours_in": 600}]
    provider.bank._db.execute("update transfers set amount = 601")
    [made] = reconcile_all(house, *whole, provider.name)
    assert made.figures["differences"] == 1
    assert shop.all("select kind, about from reconciliation_differences where case_id = %s", case) == [("amount", "charge")]
