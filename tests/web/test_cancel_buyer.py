"""The buyer cancels: asked on the right side of receipt, whole or in part, followed with what happens at zero, withdrawn (CA-1, CA-7, CA-8, OR-5)."""

import re
from types import SimpleNamespace

import pytest

from amends.core.verbs import cancel as c
from amends.core.verbs import outside as o
from amends.engine import buyers
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope
from tests.engine.cancel_desk import CARRIER_ACTOR, on_the_way, opened, receive, unshipped
from tests.shop import open_shop
from tests.web.buyer_cast import form_of, text


@pytest.fixture
def world(house, client):
    """A shop on the house's clock, and the client let in as its buyer."""
    shop = open_shop(house.pool)
    shop.now = house.clock.now()
    client.get(f"/b/in/{buyers.make_link(house, shop.merchant, 'buyer-lin', shop.now, name='小林')}")
    return SimpleNamespace(shop=shop, client=client)


def number(w, order):
    return w.shop.all("select number from orders where id = %s", order)[0][0]


def ask(w, order, **typed):
    """The form as it comes, filled in and sent."""
    address = f"/b/orders/{number(w, order)}/cancel"
    page = w.client.get(address)
    assert page.status_code == 200, text(page)
    return w.client.post(address, {**form_of(page, "cancel"), "what": "whole", "reason": "changed_mind", **typed})


def case_of(answer):
    assert answer.status_code == 302, text(answer)
    return answer["Location"].split("/b/cases/")[1].split("?")[0]


def test_the_order_page_offers_the_right_way_before_and_after_receipt(world):
    before, after = on_the_way(world.shop), world.shop.order(("CUP", 1, 9900))
    page = text(world.client.get(f"/b/orders/{number(world, before)}"))
    assert f'href="/b/orders/{number(world, before)}/cancel"' in page
    assert "确认收货后再申请售后" in page
    assert "/apply/what" not in page
    page = text(world.client.get(f"/b/orders/{number(world, after)}"))
    assert "/apply/what" in page
    assert "/cancel" not in page


def test_asking_on_the_wrong_side_is_refused_and_leads_to_the_right_one_in_both_directions(world):
    after = world.shop.order(("CUP", 1, 9900))
    late = world.client.get(f"/b/orders/{number(world, after)}/cancel")
    assert late.status_code == 409
    assert "订单已确认收货，请走“申请售后”" in text(late)
    assert f'class="btn btn-primary btn-lg wide" href="/b/orders/{number(world, after)}"' in text(late)
    before = unshipped(world.shop)
    for step in ("what", "why", "how"):
        early = world.client.get(f"/b/orders/{number(world, before)}/apply/{step}")
        assert early.status_code == 409
        assert "请走“取消订单”" in text(early)
        assert f'href="/b/orders/{number(world, before)}/cancel"' in text(early)
    assert world.client.post(f"/b/orders/{number(world, before)}/apply/what", {}).status_code == 409


def test_receipt_confirmed_while_the_form_was_open_is_told_with_the_way_on(world):
    order = on_the_way(world.shop)
    address = f"/b/orders/{number(world, order)}/cancel"
    form = form_of(world.client.get(address), "cancel")
    receive(world.shop, order)
    answer = world.client.post(address, {**form, "what": "whole", "reason": "changed_mind"})
    assert answer.status_code == 409
    assert "申请售后" in text(answer)


def test_a_whole_order_is_cancelled_followed_and_withdrawn(world):
    order = unshipped(world.shop)
    page = text(world.client.get(f"/b/orders/{number(world, order)}/cancel"))
    assert "¥199.00" in page
    assert "系统自动同意并退款" in page
    case = case_of(ask(world, order, words="买多了"))
    page = text(world.client.get(f"/b/cases/{case}?done=asked"))
    for words in ("取消申请已提交", "等商家审核", "否则系统自动同意，全额退款", "不想要了", "买多了", "商品 CUP × 2", "¥199.00", "撤回取消申请"):
        assert words in page
    assert case in text(world.client.get("/b/"))
    again = world.client.get(f"/b/orders/{number(world, order)}/cancel")
    assert (again.status_code, case in again["Location"], "asked_before" in again["Location"]) == (302, True, True)
    form = text(world.client.get(f"/b/cases/{case}/withdraw"))
    assert "收货前可以再次申请取消" in form
    hidden = {n: re.search(rf'name="{n}" value="([^"]*)"', form)[1] for n in ("command_id", "version")}
    sent = world.client.post(f"/b/cases/{case}/withdraw", {**hidden, "words": "还是要"})
    assert sent.status_code == 302
    page = text(world.client.get(sent["Location"]))
    assert "取消申请已撤回，订单照常处理" in page
    assert "再次申请取消" in page
    assert world.client.get(f"/b/orders/{number(world, order)}/cancel").status_code == 200


def test_some_pieces_with_a_look_at_what_comes_back_first(world):
    order = unshipped(world.shop, ("CUP", 3, 30000), ("MUG", 1, 9900))
    cup, mug = world.shop.lines[order]
    address = f"/b/orders/{number(world, order)}/cancel"
    form = form_of(world.client.get(address), "cancel")
    typed = {**form, "what": "part", f"on-{cup}": "1", f"n-{cup}": "2", f"n-{mug}": "1", "reason": "wrong_order", "words": "拍多了"}
    looked = world.client.post(address, {**typed, "do": "look"})
    assert looked.status_code == 200
    assert "¥200.00" in text(looked)
    assert "拍多了" in text(looked)
    assert re.search(r'value="part" checked', text(looked))
    case = case_of(world.client.post(address, typed))
    assert world.shop.all("select type, quantity from cases where number = %s and merchant_id = %s", case, world.shop.merchant) == [("part", 2)]
    assert "商品 CUP × 2" in text(world.client.get(f"/b/cases/{case}"))
    assert "商品 MUG × 1" not in text(world.client.get(f"/b/cases/{case}"))


@pytest.mark.parametrize(("typed", "words"), [
    ({"reason": ""}, "请选择取消原因"), ({"what": "part"}, "请至少选择一件商品"), ({"reason": "weather"}, "请选择取消原因"), ({"words": "长" * 501}, "描述最多 500 字"),
], ids=["no-reason", "nothing-chosen", "unknown-reason", "long-words"])
def test_what_is_wrong_is_told_beside_the_field_and_what_was_typed_stays(world, typed, words):
    answer = ask(world, unshipped(world.shop), **{"words": "请快一点", **typed})
    assert answer.status_code == 422
    assert words in text(answer)
    assert typed.get("words", "请快一点") in text(answer)


def test_pieces_of_an_order_on_its_way_cannot_be_chosen(world):
    order = on_the_way(world.shop)
    page = text(world.client.get(f"/b/orders/{number(world, order)}/cancel"))
    assert "已发货的订单只能整单取消" in page
    assert 'value="part"' not in page


def test_the_page_tells_each_end_as_the_order_stands(world):
    shop = world.shop

    def page(case):
        return text(world.client.get(f"/b/cases/{shop.row(case, 'number')[0]}"))

    sent = opened(shop, on_the_way(shop))
    assert "否则转为跟进物流，最多再等 48 小时" in page(sent)
    assert "顺丰" in page(sent)
    shop.say(sent, c.FollowUpParcel("我们联系快递"))
    assert "系统自动退款；如果你先确认收货，请改走申请售后" in page(sent)
    by_platform = opened(shop, on_the_way(shop, waybill="JD1", platform_delivery=True))
    shop.say(by_platform, c.FollowUpParcel())
    assert "系统会通过并拦截包裹，拦截成功后退款" in page(by_platform)
    shop.say(by_platform, c.ApproveAndIntercept())
    assert "已请快递拦截，成功后退款" in page(by_platform)
    shop.say(by_platform, o.InterceptionSucceeded(), CARRIER_ACTOR)
    assert "包裹拦截成功" in page(by_platform)
    assert "¥199.00 会原路退回" in page(by_platform)
    refused = opened(shop, on_the_way(shop, waybill="SF9"))
    shop.say(refused, c.RejectCancellation("on_the_way", "明天就到，到了可以退"))
    for words in ("商家没有同意", "商品已在配送途中", "明天就到，到了可以退", "再次申请取消"):
        assert words in page(refused)


def test_a_cancellation_closed_by_receipt_leads_to_after_sales(world):
    shop, order = world.shop, on_the_way(world.shop)
    case = opened(shop, order)
    receive(shop, order)
    shop.say(case, o.OrderReceived(), c_actor())
    page = text(world.client.get(f"/b/cases/{shop.row(case, 'number')[0]}"))
    assert "取消申请已关闭，没有退款" in page
    assert f'href="/b/orders/{number(world, order)}"' in page
    assert "申请售后" in page


def c_actor():
    from amends.core.actor import SYSTEM

    return SYSTEM


def test_fast_refund_says_so_before_and_after(house, world):
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("""update merchants set settings = '{"fast_refund": true}' where id = %s""", (world.shop.merchant,))
    order = unshipped(world.shop)
    assert "提交后直接退款" in text(world.client.get(f"/b/orders/{number(world, order)}"))
    case = case_of(ask(world, order))
    ident = world.shop.all("select id::text from cases where number = %s and merchant_id = %s", case, world.shop.merchant)[0][0]
    world.shop.say(ident, c.FastRefund(), c_actor())
    page = text(world.client.get(f"/b/cases/{case}"))
    assert "极速退款，无需审核" in page
    assert "退款中" in page


def test_another_buyers_cancellation_is_not_there(world):
    other = unshipped(world.shop, buyer_id="buyer-wang")
    assert world.client.get(f"/b/orders/{number(world, other)}/cancel").status_code == 404
    assert world.client.get("/b/orders/nothing/cancel").status_code == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_state_has_its_page_in_both_languages(world, lang):
    from amends.core.cases import TABLES

    case = opened(world.shop, on_the_way(world.shop))
    shown = world.shop.row(case, "number")[0]
    for state in TABLES["cancellation"].states.values():
        with scope(world.shop.pool, PLATFORM) as conn:
            conn.execute("update cases set state = %s, closed_at = %s where id = %s", (state.name, world.shop.now if state.final else None, case))
        assert world.client.get(f"/b/cases/{shown}?lang={lang}").status_code == 200, state.name
        assert world.client.get(f"/b/cases/{shown}/say?lang={lang}").status_code == 200, state.name
        assert world.client.get(f"/b/?lang={lang}").status_code == 200
        refused = world.client.post(f"/b/cases/{shown}/withdraw", {"command_id": new_id(), "version": "9"})
        assert refused.status_code in (302, 409), state.name
