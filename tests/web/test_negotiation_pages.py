"""Proposals and advanced refunds on the pages: the merchant's form with its effect, the buyer's phone, what refuses and what is told (SO-28, SO-32)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from amends.core.verbs import buyer as b
from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.core.verbs.lightning import ClaimBack, ReturnCollected
from amends.core.verbs.negotiation import Propose
from amends.core.verbs.outside import RefundMoved
from amends.engine import buyers
from amends.store.connect import PLATFORM, scope
from amends.worker.effects import perform
from tests.shop import CARRIER, LIN
from tests.web.buyer_cast import text
from tests.web.case_cast import leaking_cup, say, stock_shop
from tests.web.conftest import enter, walk_in


@pytest.fixture(scope="module")
def goods(house, shop):
    return stock_shop(house, shop)


def number_of(goods, case):
    return goods.row(case, "number")[0]


def let_in(client, house, goods):
    client.get(f"/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', house.clock.now(), name='小林')}")
    return client


def test_a_proposal_made_at_the_desk_is_accepted_on_a_phone(page, browser, site, house, shop, goods):
    case = leaking_cup(goods, 1)
    walk_in(page, site, shop.email, f"/m/cases/{case}")
    page.keyboard.press("p")
    page.wait_for_url("**/do/propose**")
    page.locator("#f-offer").select_option("refund_only")
    expect(page.locator("#f-sku")).to_be_hidden()
    page.locator("#f-amount").fill("50.00")
    page.locator("#f-words").fill("杯盖漏水我们补偿，不用寄回")
    page.locator("#effect", has_text="待客户答复方案").wait_for()
    page.locator("#do button.btn-primary").click()
    page.locator(".toast-x", has_text="提出协商方案").wait_for()
    assert goods.row(case, "state") == ("negotiating",)
    phone = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN").new_page()
    phone.goto(f"{site}/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', house.clock.now(), name='小林')}")
    phone.goto(f"{site}/b/cases/{number_of(goods, case)}")
    phone.get_by_text("不用寄回商品，退款 ¥50.00").first.wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    phone.get_by_role("button", name="接受方案").click()
    phone.get_by_text("已接受，按方案办理").wait_for()
    assert goods.row(case, "state, granted_minor") == ("confirming", 5000)
    phone.context.close()


def test_the_buyer_declines_in_words_and_the_merchant_reads_them(client, house, shop, goods):
    case = leaking_cup(goods, 1)
    say(goods, case, Propose("repair", words="先修修看"))
    buyer = let_in(client, house, goods)
    page = text(buyer.get(f"/b/cases/{number_of(goods, case)}"))
    assert "寄回商品，免费维修" in page
    assert "先修修看" in page
    form = text(buyer.get(f"/b/cases/{number_of(goods, case)}/decline_proposal"))
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert hidden["proposal"] == "1"
    empty = buyer.post(f"/b/cases/{number_of(goods, case)}/decline_proposal", hidden | {"words": ""})
    assert empty.status_code == 422
    assert buyer.post(f"/b/cases/{number_of(goods, case)}/decline_proposal", hidden | {"words": "不想修，要退"}).status_code == 302
    desk = text(enter(client, house, shop).get(f"/m/cases/{case}"))
    assert "客户不接受" in desk
    assert "不想修，要退" in desk


def test_what_does_not_belong_to_the_offer_is_left_out(client, house, shop, goods):
    case = leaking_cup(goods, 1)
    desk = enter(client, house, shop)
    sent = desk.post(f"/m/cases/{case}/do/propose", {"offer": "withdraw", "amount": "12.00", "sku": "CUP", "quantity": "1", "words": "电话里说好了"})
    assert sent.status_code == 303, text(sent)
    assert goods.row(case, "facts -> 'proposal' ->> 'offer', facts -> 'proposal' ->> 'amount'") == ("withdraw", None)


def test_a_refusal_stands_beside_its_field_with_what_was_typed(client, house, shop, goods):
    case = leaking_cup(goods, 1)
    answer = enter(client, house, shop).post(f"/m/cases/{case}/do/propose", {"offer": "refund_only", "amount": "9999.00", "words": "多退一点"})
    assert answer.status_code == 422
    page = text(answer)
    assert "最多可退 ¥" in page
    assert 'value="9999.00"' in page
    assert "多退一点" in page


def test_who_is_late_with_a_proposal_gets_back_what_was_chosen(client, house, shop, goods):
    """Two tabs, or the way back: the case waits for the buyer already, and the form still says what was proposed (SO-22)."""
    case = leaking_cup(goods, 1)
    me = enter(client, house, shop)
    form = text(me.get(f"/m/cases/{case}/do/propose"))
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    say(goods, case, Propose("repair", words="先修修看"))
    late = me.post(f"/m/cases/{case}/do/propose", hidden | {"offer": "refund_only", "amount": "20", "words": "退 20 元"})
    assert late.status_code == 409
    page = text(late)
    assert re.search(r'value="refund_only"[^>]*selected', page), "the offer chosen"
    assert 'value="20"' in page
    assert "退 20 元" in page


@pytest.fixture
def lightning(goods):
    """A return whose refund was advanced and has reached the buyer."""
    with scope(goods.pool, PLATFORM) as conn:
        conn.execute("update merchants set settings = settings || '{\"lightning_refund\": true}' where id = %s", (goods.merchant,))
    case = goods.apply(goods.order(("CUP", 1, 13900), buyer_level=4))
    for command, actor in ((v.ApproveReturn(), None), (b.ShipBack("顺丰", f"SF{case[-10:]}"), LIN), (ReturnCollected(), CARRIER)):
        assert goods.say(case, command, *([actor] if actor else [])).refusal is None
    return case


def moved(goods, case):
    from amends.core.actor import PROVIDER_ACTOR

    while perform(goods.pool, goods.merchant, goods.now):
        pass
    for (request,) in goods.all("select id::text from refund_requests where case_id = %s", case):
        assert goods.say(case, RefundMoved(request, "R"), PROVIDER_ACTOR).refusal is None


def test_an_advance_says_why_and_who_owes_what(client, house, shop, goods, lightning):
    desk = enter(client, house, shop)
    page = text(desk.get(f"/m/cases/{lightning}"))
    assert "平台已先垫付 ¥139.00" in page
    assert re.search(r"闪电退款：订单 ¥139\.00 不超过 ¥3,000\.00；客户等级 4 不低于 2", page)
    finance = text(desk.get("/m/finance"))
    assert "闪电退款垫付" in finance
    assert number_of(goods, lightning) in finance
    phone = text(let_in(client, house, goods).get(f"/b/cases/{number_of(goods, lightning)}"))
    assert "退款 ¥139.00 已先付给你" in phone
    assert "收货后 3 天内处理" not in phone, "the money is there already: no refund is still to come"
    assert "/withdraw" not in phone, "what is always refused is not offered as if it could be done"


def test_a_claim_on_both_sides(client, house, shop, goods, lightning):
    moved(goods, lightning)
    assert goods.say(lightning, p.RegisterReceipt(1, "damaged", "intact", "damaged", "normal", "complete", "", "quarantine")).state == "processing"
    desk = enter(client, house, shop)
    page = text(desk.get(f"/m/cases/{lightning}"))
    assert "按已退金额结清" in page
    form = text(desk.get(f"/m/cases/{lightning}/do/claim_back"))
    assert "留空催收 ¥139.00" in form
    assert 'class="do-fields" hx-post=' in form, "the effect is shown before the required words are there: a form would wait for them"
    assert goods.say(lightning, ClaimBack(5000, "damaged", "杯口碎了")).state == "claiming_back"
    assert "已请客户退回 ¥50.00" in text(desk.get(f"/m/cases/{lightning}"))
    phone = text(let_in(client, house, goods).get(f"/b/cases/{number_of(goods, lightning)}"))
    assert "请退回已垫付的退款" in phone
    assert "¥50.00" in phone
    assert "杯口碎了" in phone
    assert ">损坏<" in phone
    assert ">damaged<" not in phone


def test_the_switches_are_the_merchants_and_the_platforms(client, house, shop, goods, operator):
    assert "闪电退款" in text(enter(client, house, shop).get("/m/settings/shop"))
    ours = enter(client, house, operator)
    page = text(ours.get(f"/p/merchants/{goods.merchant}"))
    assert "¥200.00 以下的商品由平台先退" in page
    assert ours.post(f"/p/merchants/{goods.merchant}/lightning", {"on": "1"}).status_code == 302
    [(settings,)] = goods.all("select settings from merchants where id = %s", goods.merchant)
    assert settings["lightning_by_platform"] is True
