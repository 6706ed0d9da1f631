"""What decisions leave in the ledger, on a real database: granted, moved, taken back, at whose cost, each once."""

import pytest

from amends.core.verbs import buyer as b
from amends.core.verbs import desk as d
from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from tests.shop import LIN, open_shop

GOOD = {"condition": "good", "packaging": "intact", "appearance": "intact", "function": "normal", "accessories": "complete", "disposition": "sale"}


@pytest.fixture
def shop(pool):
    return open_shop(pool)


def of_case(shop, case):
    return [tuple(r) for r in shop.all(
        "select m.kind, e.account, e.amount_minor from ledger_movements m join ledger_entries e on e.merchant_id = m.merchant_id and e.movement_id = m.id"
        " where m.case_id = %s order by m.case_version, m.kind, e.line", case)]


def balances(shop):
    return dict(shop.all("select account, balance_minor from ledger_balances where merchant_id = %s and balance_minor <> 0", shop.merchant))


def refunded(shop, amount=19900, **order):
    case = shop.apply(shop.order(("CUP", 1, amount), **order))
    assert shop.say(case, v.RefundWithoutReturn()).refusal is None
    return case


def transfer(shop, case):
    [(order, payment)] = shop.all("select p.order_id::text, p.id::text from payments p join cases c on c.order_id = p.order_id where c.id = %s", case)
    [(request,)] = shop.all(
        "insert into refund_requests (merchant_id, id, case_id, order_id, payment_id, provider, key, amount_minor, currency, state, requested_at)"
        " select merchant_id, %s, id, %s, %s, 'manual', %s, granted_minor, currency, 'requested', %s from cases where id = %s returning id::text", new_id(), order, payment, new_id(), shop.now, case)
    return shop.say(case, d.RecordTransfer(request, "T1")), request


def test_granted_then_moved_is_explained_to_the_cent(shop):
    case = refunded(shop)
    assert balances(shop) == {"merchant_settlement": -19900, "buyer_refund": 19900}
    said, request = transfer(shop, case)
    assert said.refusal is None
    assert of_case(shop, case) == [
        ("refund_granted", "merchant_settlement", -19900), ("refund_granted", "buyer_refund", 19900), ("refund_moved", "buyer_refund", -19900), ("refund_moved", "provider:manual", 19900),
    ]
    [(version, asked, who, facts)] = shop.all("select case_version, request_id::text, actor_name, facts from ledger_movements where kind = 'refund_moved' and case_id = %s", case)
    assert (version, asked, who, facts) == (3, request, "阿海", {"reference": "T1"})


def test_the_same_command_again_posts_nothing_more(shop):
    case, once = shop.apply(shop.order(("CUP", 1, 500))), new_id()
    for _ in range(2):
        shop.say(case, v.RefundWithoutReturn(), command_id=once)
    assert len(of_case(shop, case)) == 2


@pytest.mark.parametrize(("reason", "purse"), [("carrier_damaged", "freight"), ("quality_leak", "merchant_settlement")])
def test_freight_falls_on_who_is_responsible(shop, reason, purse):
    case = shop.apply(shop.order(("CUP", 1, 10000), freight=1200))
    shop.all("update cases set reason = %s, fault = %s, facts = facts || %s::jsonb where id = %s returning 1", reason, "carrier" if purse == "freight" else "merchant", '{"fault": "%s"}' % ("carrier" if purse == "freight" else "merchant"), case)
    assert shop.say(case, v.RefundWithoutReturn()).refusal is None
    assert of_case(shop, case) == [("refund_granted", "merchant_settlement", -10000), ("refund_granted", purse, -1200), ("refund_granted", "buyer_refund", 11200)]


def test_late_the_platform_refunds_and_the_merchant_bears_all_of_it(shop):
    case = shop.apply(shop.order(("CUP", 1, 10000), freight=1200))
    shop.all("update cases set state = 'processing', facts = facts || '{\"fault\": \"carrier\", \"late\": true}' where id = %s returning 1", case)
    assert shop.say(case, d.RefundAtMerchantsCost("超时未处理"), shop.arbiter).refusal is None
    assert balances(shop) == {"merchant_settlement": -11200, "buyer_refund": 11200}
    assert shop.all("select reason, actor_kind from ledger_movements where case_id = %s", case) == [("超时未处理", "platform")]


def test_a_reversal_takes_back_what_was_granted_and_leaves_what_moved_with_the_buyer(shop):
    case = refunded(shop)
    transfer(shop, case)
    shop.say(case, b.Confirm(), LIN)
    assert shop.say(case, p.ReverseRefund("退错了")).refusal is None
    assert balances(shop) == {"buyer_refund": -19900, "provider:manual": 19900}
    assert [e for e in of_case(shop, case) if e[0] == "refund_reversed"] == [("refund_reversed", "merchant_settlement", 19900), ("refund_reversed", "buyer_refund", -19900)]
    assert shop.say(case, p.Refund(amount=15000, adjust_reason="used")).refusal is None
    assert balances(shop) == {"merchant_settlement": -15000, "buyer_refund": -4900, "provider:manual": 19900}


def test_two_grants_and_a_reversal_in_one_batch_fold_one_after_another(shop):
    case = shop.apply(shop.order(("CUP", 2, 10000)), quantity=2)
    lowered = v.RefundWithoutReturn(amount=6000, adjust_reason="used")
    again = p.Refund(amount=1000, adjust_reason="used")
    answers = handle(shop.pool, [Asked(new_id(), shop.merchant, case, c, who) for c, who in ((lowered, shop.hai), (b.Decline("不够"), LIN), (again, shop.hai), (b.Confirm(), LIN), (p.ReverseRefund("退错了"), shop.hai))], shop.now)
    assert [a.refusal for a in answers] == [None] * 5
    assert [(kind, amount) for kind, account, amount in of_case(shop, case) if account == "buyer_refund"] == [("refund_granted", 6000), ("refund_granted", 1000), ("refund_reversed", -7000)]
    assert balances(shop) == {}
