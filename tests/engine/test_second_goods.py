"""Goods that go out anew weigh what was paid for them: above the pack's amount a second person looks, as at money (DI-6)."""

import pytest

from amends.core.verbs import dispute as d
from amends.core.verbs import ticket as t
from amends.web.tickets.waiting import waits_of
from tests.engine.dispute_desk import SECOND, THIRD, dispute, judgement, to_judge
from tests.engine.test_tickets import number_of, opened, silent
from tests.shop import LIN, Shop, open_shop

DEAR, LINE = 90_000, 50_000
"""More than, and exactly, the pack's ¥500."""


@pytest.fixture
def shop(pool) -> Shop:
    return open_shop(pool, stock={"CUP": 100, "MUG": 100})


@pytest.mark.parametrize(("items", "after"), [
    pytest.param([("CUP", 1, DEAR)], "awaiting_adjudication", id="dear"), pytest.param([("CUP", 1, LINE)], "adjudicated", id="at the line"),
    pytest.param([("CUP", 1, 30_000), ("MUG", 1, 20_001)], "awaiting_adjudication", id="all goods of the order"),
])
def test_a_reship_above_the_amount_waits(shop, items, after):
    case = dispute(shop, shop.order(*items))
    to_judge(shop, case)
    assert shop.say(case, judgement(liability="merchant", outcome="reship"), shop.arbiter).state == after
    if after == "awaiting_adjudication":
        assert shop.say(case, d.ConfirmJudgement(), shop.arbiter).refusal.code == "second_is_first"
        assert shop.say(case, d.ConfirmJudgement(), SECOND).state == "adjudicated"


def test_freight_is_no_goods(shop):
    case = dispute(shop, shop.order(("CUP", 1, LINE), freight=2_000))
    to_judge(shop, case)
    assert shop.say(case, judgement(liability="merchant", outcome="reship"), shop.arbiter).state == "adjudicated"


def test_an_appeal_that_takes_a_dear_reship_back_waits(shop):
    case = dispute(shop, shop.order(("CUP", 1, DEAR)))
    to_judge(shop, case)
    shop.say(case, judgement(liability="merchant", outcome="reship"), shop.arbiter)
    shop.say(case, d.ConfirmJudgement(), SECOND)
    assert shop.say(case, d.Appeal(words="不服"), shop.hai).state == "appealing"
    assert shop.say(case, judgement(d.UpholdAppeal), THIRD).state == "appealing", "taken back weighs as much as given"


@pytest.mark.parametrize("decision", ["exchange", "reissue"])
@pytest.mark.parametrize(("price", "waits"), [pytest.param(DEAR, True, id="dear"), pytest.param(LINE, False, id="at the line")])
def test_a_ticket_that_sends_goods_out_anew_waits_above_the_amount(shop, decision, price, waits):
    ticket = opened(shop, number=number_of(shop, shop.order(("CUP", 1, price))), asks=decision).ticket_id
    silent(shop)
    sku = "CUP" if decision == "exchange" else ""
    assert shop.say(ticket, t.DecideTicket(decision, sku=sku, words="商家未回复"), shop.arbiter).refusal is None
    facts = shop.row(ticket, "facts -> 'pending', facts -> 'decision' ->> 'decision', currency")
    assert (bool(facts[0]), facts[1]) == ((True, None) if waits else (False, decision))
    if waits:
        case = type("Seen", (), {"facts": {"pending": facts[0]}, "currency": facts[2]})
        assert "¥900.00" in waits_of(case, "zh").what
        assert "商品实付" in waits_of(case, "zh").what
        assert shop.say(ticket, t.ApproveDecision(), shop.arbiter).refusal.code == "ticket_second_is_first"
        assert shop.say(ticket, t.ApproveDecision(), SECOND).refusal is None
        assert shop.row(ticket, "facts -> 'decision' ->> 'decision'") == (decision,)


def test_the_buyer_hears_nothing_before_it_stands(shop):
    case = dispute(shop, shop.order(("CUP", 1, DEAR)))
    to_judge(shop, case)
    shop.say(case, judgement(liability="merchant", outcome="reship"), shop.arbiter)
    assert shop.say(case, d.AddEvidence("goods_photo", "照片", ["0190aaaa-0000-7000-8000-00000000ffff"]), LIN).refusal.code in ("evidence_ended", "photo_unknown")
