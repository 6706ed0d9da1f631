"""Exchanges for a cheaper or dearer SKU, and goods that are waited for until a promised date (02 exchange, ST-K5)."""

from datetime import timedelta
from uuid import UUID

import pytest

from amends.core.actor import PROVIDER_ACTOR
from amends.core.verbs import buyer as b
from amends.core.verbs import outside as o
from amends.core.verbs import processing as p
from amends.engine.orders import take_in
from amends.engine.ringing import ring
from amends.store.connect import scope
from amends.worker.effects import perform
from tests.engine.stock_shop import asked, broken, counts, holds, later, stocked, to_processing
from tests.shop import LIN

PRICES = {"CUP": 2000, "BIG": 2600, "OLD": 1500}


@pytest.fixture
def shop(pool):
    return stocked(pool, {"CUP": 5, "BIG": 5, "OLD": 5, "UNPRICED": 5}, prices=PRICES)


def waiting(shop, pieces=1, paid=2000):
    """A case whose goods came back, and its order."""
    order = shop.order(("CUP", pieces, paid * pieces))
    case, = asked(shop, order, (0, pieces))
    to_processing(shop, case, pieces)
    return case, order


def charges(shop, case):
    return shop.all("select id::text, amount_minor, state from charges where case_id = %s order by asked_at, id", case)


def test_the_agent_sees_the_difference_before_confirming(shop):
    case, _ = waiting(shop, 2)
    plan = shop.say(case, p.Exchange("BIG"), dry_run=True).plan
    assert (plan["state"], plan["changes"]["difference"]) == ("collecting", 1200)
    assert {"effect": "ask_difference", "amount": 1200}.items() <= next(e for e in plan["effects"] if e["effect"] == "ask_difference").items()
    assert shop.say(case, p.Exchange("OLD", 1), dry_run=True).plan["changes"]["difference"] == -500
    assert "difference" not in shop.say(case, p.Exchange("CUP"), dry_run=True).plan["changes"]
    assert "difference" not in shop.say(case, p.Exchange("UNPRICED"), dry_run=True).plan["changes"]
    assert charges(shop, case) == []


def test_a_cheaper_sku_gives_the_difference_back_by_the_refunds_road(shop):
    case, order = waiting(shop)
    assert shop.say(case, p.Exchange("OLD")).state == "fulfilling"
    assert shop.row(case, "granted_minor") == (500,)
    assert shop.all("select refunded_minor from orders where id = %s", order) == [(500,)]
    perform(shop.pool, shop.merchant, shop.now)
    request, amount = shop.all("select id::text, amount_minor from refund_requests where case_id = %s", case)[0]
    assert amount == 500
    assert shop.say(case, p.ShipReplacement("顺丰", "SF-OLD")).refusal is None
    assert counts(shop, "OLD") == (4, 0)
    assert shop.say(case, b.Decline("颜色不对"), LIN).state == "processing"
    assert shop.say(case, p.Refund(), dry_run=True).plan["changes"]["granted"] == 2000
    assert request


def test_a_cheaper_sku_gives_back_no_more_than_was_paid(shop):
    case, _ = waiting(shop, paid=1000)
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        conn.execute("update order_lines set coupon_minor = 1000 where merchant_id = %s", (shop.merchant,))
    assert shop.say(case, p.Exchange("OLD")).refusal is None
    assert shop.row(case, "granted_minor") == (250,)


def test_a_dearer_sku_waits_for_the_difference_with_its_pieces_held(shop):
    case, order = waiting(shop)
    assert shop.say(case, p.Exchange("BIG")).state == "collecting"
    assert holds(shop, case) == [("BIG", "", 1, None, None)]
    (charge, amount, state), = charges(shop, case)
    assert (amount, state) == (600, "asked")
    assert shop.say(case, o.RecordPayment("0" * 8 + charge[8:], "TR1")).refusal.code == "charge_unknown"
    assert shop.say(case, o.RecordPayment(charge, "TR1")).state == "fulfilling"
    assert charges(shop, case) == [(charge, 600, "paid")]
    assert shop.all("select paid_minor from orders where id = %s", order) == [(2600,)]
    assert shop.all("select amount_minor, provider_ref from payments where order_id = %s and charge_id is not null", order) == [(600, "TR1")]
    assert shop.say(case, o.DifferencePaid(charge, "again"), PROVIDER_ACTOR).refusal.code == "not_now"
    assert shop.say(case, p.ShipReplacement("顺丰", "SF-BIG")).refusal is None
    assert shop.say(case, b.Decline("有划痕"), LIN).state == "processing"
    assert shop.say(case, p.ChangeType("return", "电话同意")).refusal is None
    assert shop.say(case, p.Refund()).refusal is None
    assert shop.row(case, "granted_minor") == (2600,)
    assert broken(shop) == []


def test_the_provider_reports_the_difference(shop):
    case, _ = waiting(shop)
    shop.say(case, p.Exchange("BIG"))
    charge = charges(shop, case)[0][0]
    assert shop.say(case, o.DifferencePaid(charge, "P-9"), PROVIDER_ACTOR).state == "fulfilling"


@pytest.mark.parametrize("end", ["decline", "silence"])
def test_a_difference_that_is_not_paid_gives_the_pieces_back(shop, end):
    case, order = waiting(shop)
    shop.say(case, p.Exchange("BIG"))
    if end == "decline":
        assert shop.say(case, b.Decline("太贵了"), LIN).state == "processing"
    else:
        later(shop, days=4)
        assert ring(shop.pool, shop.merchant, shop.now) == 1
    assert shop.row(case, "state") == ("processing",)
    assert holds(shop, case) == [("BIG", "", 1, "released", "not_paid")]
    assert [c[2] for c in charges(shop, case)] == ["cancelled"]
    assert shop.say(case, o.RecordPayment(charges(shop, case)[0][0], "late")).refusal.code == "not_now"
    assert shop.say(case, p.Exchange("CUP")).state == "fulfilling"
    assert shop.all("select paid_minor from orders where id = %s", order) == [(2000,)]
    assert broken(shop) == []


def test_an_import_of_the_order_keeps_what_was_paid_here(shop):
    case, order = waiting(shop)
    shop.say(case, p.Exchange("BIG"))
    assert shop.say(case, o.RecordPayment(charges(shop, case)[0][0], "TR1")).refusal is None
    number, = shop.all("select number from orders where id = %s", order)[0]
    ref, = shop.all("select provider_ref from payments where order_id = %s and charge_id is null", order)[0]
    money = {"amount": 2000, "currency": "CNY"}
    record = {
        "number": number, "state": "received", "buyer_id": "buyer-lin", "currency": "CNY", "paid": money, "placed_at": (shop.now - timedelta(days=4)).isoformat(),
        "lines": [{"sku": "CUP", "title": "杯子", "quantity": 1, "unit_price": money, "paid": money}],
        "payments": [{"provider": "manual", "ref": ref, "amount": money, "paid_at": shop.now.isoformat()}],
    }
    assert [a.status for a in take_in(shop.pool, shop.merchant, [record], shop.now)] == ["changed"]
    assert shop.all("select paid_minor from orders where id = %s", order) == [(2600,)]
    assert shop.all("select paid_minor from order_lines where order_id = %s", order) == [(2600,)]
    assert shop.all("select count(*), sum(amount_minor)::int from payments where order_id = %s", order) == [(2, 2600)]
    assert [a.status for a in take_in(shop.pool, shop.merchant, [record], shop.now)] == ["same"]


def test_a_promised_date_moves_the_clock_and_tells_the_buyer(pool):
    shop = stocked(pool, {"CUP": 0})
    case, _ = waiting(shop)
    assert shop.say(case, p.Exchange("CUP")).refusal.code == "stock_short"
    until = shop.now + timedelta(days=10)
    answer = shop.say(case, p.PromiseStock(until.isoformat(), "十天内到货，到货当天发出"), dry_run=True)
    assert (answer.plan["clock"]["name"], answer.plan["clock"]["due_at"]) == ("promise", until)
    assert shop.say(case, p.PromiseStock(until.isoformat(), "十天内到货，到货当天发出")).state == "processing"
    assert shop.row(case, "due_at") == (until,)
    perform(pool, shop.merchant, shop.now)
    assert shop.all("select count(*) from notices where case_id = %s and event = 'stock_promised' and reader = 'buyer'", case) == [(1,)]
    later(shop, days=10)
    assert ring(pool, shop.merchant, shop.now) == 1
    assert shop.row(case, "facts ->> 'late'") == ("true",)
    assert shop.say(case, p.PromiseStock((shop.now + timedelta(days=1)).isoformat(), "再等一天")).refusal.code == "promise_when_late"


def test_a_promise_is_bounded_from_the_first_one_on(pool):
    shop = stocked(pool, {"CUP": 0})
    case, _ = waiting(shop)
    far = shop.now + timedelta(days=40)
    refused = shop.say(case, p.PromiseStock(far.isoformat(), "等")).refusal
    assert (refused.code, refused.field) == ("promise_not_later", "until")
    assert shop.say(case, p.PromiseStock(shop.now.isoformat(), "等")).refusal.code == "promise_in_past"
    assert shop.say(case, p.PromiseStock("明天", "等")).refusal.code == "promise_in_past"
    assert shop.say(case, p.PromiseStock((shop.now + timedelta(days=25)).isoformat(), "等")).refusal is None
    later(shop, days=20)
    assert shop.say(case, p.PromiseStock((shop.now + timedelta(days=25)).isoformat(), "再等")).refusal.code == "promise_not_later"
    assert shop.say(case, p.PromiseStock((shop.now + timedelta(days=9)).isoformat(), "再等")).refusal is None


def test_the_other_ways_when_goods_are_waited_for(pool):
    shop = stocked(pool, {"CUP": 0, "MUG": 1})
    case, _ = waiting(shop)
    shop.say(case, p.PromiseStock((shop.now + timedelta(days=5)).isoformat(), "等"))
    assert shop.say(case, p.Exchange("MUG"), dry_run=True).refusal is None
    assert shop.say(case, p.ChangeType("return", "电话里同意退款")).refusal is None
    assert shop.say(case, p.Refund()).state == "confirming"
