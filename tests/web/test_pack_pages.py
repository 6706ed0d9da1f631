"""Pages where packs differ: refund only on the buyer's phone, what the platform does on its page, why something happened by itself (PO-8, PO-11, PO-12, SO-25)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.engine.ringing import ring
from amends.store import platform_store as store
from amends.store.connect import PLATFORM, scope
from tests.engine.cancel_desk import on_the_way, opened, unshipped
from tests.shop import Shop, open_shop
from tests.web.buyer_cast import apply_one, case_id, form_of, picture, text, world
from tests.web.conftest import enter, walk_in

__all__ = ["world"]


def under(shop: Shop, pack: str, settings: str = "{}") -> None:
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update merchants set pack = %s, settings = %s where id = %s", (pack, settings, shop.merchant))


def without_store(pool: Any) -> None:
    """The platform has not said where its store is; there is one for the whole house."""
    with scope(pool, PLATFORM) as conn:
        conn.execute("set local role postgres")
        conn.execute("delete from platform_store")


def tagged(shop: Shop, line: str, *tags: str) -> None:
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update order_lines set tags = %s where id = %s", (list(tags), line))


def to_how(w: Any, reason: str = "wrong_goods", **more: Any) -> Any:
    """The last step of applying for one cup."""
    start = f"/b/orders/{w.number}/apply/"
    w.client.post(start + "what", {f"type-{w.cup}": "return", f"quantity-{w.cup}": "1", f"type-{w.mug}": ""})
    answer = w.client.post(start + "why", {f"reason-{w.cup}": reason, f"description-{w.cup}": "发错货", **more})
    return w.client.get(start + "how") if answer.status_code == 302 else answer


@pytest.mark.parametrize(("pack", "keeps", "silence"), [
    ("jd fast", False, "6 小时内审核，否则系统自动通过"), ("jd", False, "48 小时内审核，否则系统自动通过"), ("pdd", True, "48 小时内处理，否则系统直接退款"), ("kuaishou", True, "48 小时内审核，否则系统自动通过"), ("tmall", True, "120 小时内审核，否则系统自动通过"),
])
def test_the_last_step_offers_what_the_pack_does_and_says_what_silence_means(world: Any, pack: str, keeps: bool, silence: str) -> None:
    since = {"fast_review_time": {"from": (world.shop.now - timedelta(hours=1)).isoformat()}}
    under(world.shop, pack.removesuffix(" fast"), json.dumps(since) if pack.endswith(" fast") else "{}")
    page = text(to_how(world, **{f"photos-{world.cup}": picture()}))
    assert ("仅退款，不寄回" in page) == keeps
    assert silence in page


def test_refund_only_is_sent_followed_and_paid_by_silence(world: Any) -> None:
    w, shop = world, world.shop
    under(shop, "pdd")
    how = to_how(w, **{f"photos-{w.cup}": picture()})
    sent = w.client.post(f"/b/orders/{w.number}/apply/how", {**form_of(how, "step"), "return_way": "keep"})
    assert sent.status_code == 302, text(sent)
    number = sent["Location"].split("/b/cases/")[1].split("?")[0]
    page = text(w.client.get(f"/b/cases/{number}"))
    assert "否则系统直接退款给你" in page
    assert "等商家收货" not in page
    shop.now += timedelta(hours=49)
    ring(shop.pool, shop.merchant, shop.now)
    page = text(w.client.get(f"/b/cases/{number}"))
    assert "商家没有按时审核，系统同意退款" in page


def test_refund_only_without_a_fault_comes_back_beside_its_field(world: Any) -> None:
    under(world.shop, "pdd")
    how = to_how(world, "no_reason")
    sent = world.client.post(f"/b/orders/{world.number}/apply/how", {**form_of(how, "step"), "return_way": "keep"})
    assert sent.status_code == 422
    assert "无理由退货须寄回商品" in text(sent)


def test_goods_that_are_not_sent_back_say_so_and_ask_for_proof(world: Any) -> None:
    w = world
    under(w.shop, "pdd")
    tagged(w.shop, w.cup, "fruit")
    again = to_how(w, "not_as_described")
    assert again.status_code == 422
    how = text(to_how(w, "not_as_described", **{f"photos-{w.cup}": picture()}))
    assert "商品 CUP不用寄回（水果、生鲜及虚拟商品不支持寄回）" in how
    assert "商品怎么寄回" not in how


def test_the_platform_reviews_on_its_page_what_the_merchant_may_not(client: Any, house: Any, operator: Any) -> None:
    shop = open_shop(house.pool, name="青果园")
    shop.now = house.clock.now()
    under(shop, "pdd")
    case = opened(shop, unshipped(shop, promised_ship_by=shop.now + timedelta(hours=20)))
    seat = enter(client, house, operator)
    address = f"/p/cases/{shop.merchant}/{case}"
    page = text(seat.get(address))
    assert "承诺发货时间内的取消由平台审核" in page
    assert "同意取消" in page
    wrong = seat.post(f"{address}/do/reject_cancellation", {"version": "1", "reason": "other", "words": ""})
    assert wrong.status_code == 422
    assert "请填写" in text(wrong)
    done = seat.post(f"{address}/do/approve_cancellation", {"version": "1", "words": "未发货，同意"})
    assert (done.status_code, done["Location"]) == (303, f"{address}?done=approve_cancellation")
    assert shop.row(case, "state") == ("refunding",)
    assert "已完成：同意取消" in text(seat.get(done["Location"]))


def test_the_platform_sends_what_its_mode_sends(client: Any, house: Any, operator: Any) -> None:
    shop = open_shop(house.pool, name="青木家电")
    shop.now = house.clock.now()
    under(shop, "jd", '{"own_after_sales": false}')
    case = shop.apply(shop.order(("CUP", 1, 19900), fulfilment_mode="FBP"), "reissue", "lost_in_transit")
    assert shop.say(case, v.ReissueWithoutReturn()).refusal is None
    seat = enter(client, house, operator)
    address = f"/p/cases/{shop.merchant}/{case}"
    assert "商家还没有把商品送到平台仓库" in text(seat.get(address))
    assert shop.say(case, p.DeliverParts("顺丰", "SF9")).refusal is None
    page = text(seat.get(address))
    assert "商家已把商品送到平台仓库" in page
    done = seat.post(f"{address}/do/ship_replacement", {"carrier": "平台快递", "waybill": "JD1"})
    assert done.status_code == 303, text(done)
    assert shop.row(case, "state") == ("awaiting_delivery",)


def test_why_the_platform_came_is_told_on_both_pages(client: Any, house: Any, operator: Any) -> None:
    shop = open_shop(house.pool, name="青禾鲜果")
    shop.now = house.clock.now()
    under(shop, "pdd")
    order = shop.order(("CUP", 1, 19900))
    for _ in range(3):
        case = shop.apply(order, "return", "no_reason")
        assert shop.say(case, v.Reject("past_window", "已超期")).refusal is None
    page = text(enter(client, house, operator).get(f"/p/cases/{shop.merchant}/{case}"))
    assert "同一商品已被拒绝 3 次，按规则由平台介入" in page
    assert "出处 平台规则" in page


def test_the_buyer_is_told_the_platforms_store(world: Any) -> None:
    w = world
    without_store(w.house.pool)
    under(w.shop, "jd", '{"own_after_sales": false}')
    number = apply_one(w)
    assert w.shop.say(case_id(w, number), v.ApproveReturn()).refusal is None
    page = text(w.client.get(f"/b/cases/{number}"))
    assert "京东备件库" in page
    assert "收货地址以取件或寄回通知为准" in page
    with scope(w.house.pool, PLATFORM) as conn:
        store.keep(conn, {"receiver": "备件库", "phone": "010-87654321", "province": "北京市", "city": "市辖区", "district": "大兴区", "detail": "京东路 1 号", "changed_by": "平", "changed_at": w.shop.now})
    page = text(w.client.get(f"/b/cases/{number}"))
    assert "备件库 010-87654321" in page
    assert "北京市大兴区京东路 1 号" in page


def test_the_platform_shares_after_sales_by_mode_once_its_store_has_an_address(client: Any, house: Any, operator: Any) -> None:
    shop = open_shop(house.pool, name="青石数码")
    without_store(house.pool)
    seat = enter(client, house, operator)
    terms = {"pack": "jd", "mode": "FBP", "own": "0"}
    refused = seat.post(f"/p/merchants/{shop.merchant}/terms", terms)
    page = text(refused)
    assert refused.status_code == 422
    assert "还没有填它的地址" in page
    assert '<option value="0" selected>' in page
    assert "/p/store" in page
    place = {"receiver": "备件库", "phone": "010-87654321", "province": "北京市", "city": "", "district": "", "detail": "京东路 1 号"}
    assert "大兴区" in text(seat.post("/p/store", {**place, "step": "1"}))
    missing = seat.post("/p/store", {**place, "save": "1"})
    assert (missing.status_code, "京东路 1 号" in text(missing)) == (422, True)
    assert seat.post("/p/store", {**place, "district": "大兴区"})["Location"].endswith("?done=saved")
    assert seat.post(f"/p/merchants/{shop.merchant}/terms", terms).status_code == 302
    page = text(seat.get(f"/p/merchants/{shop.merchant}"))
    assert '<option value="0" selected>' in page
    assert "FBP、SOP、SOPL、LBP" in page


def test_the_platforms_page_is_sound_on_a_phone(page: Any, site: str, house: Any, operator: Any) -> None:
    shop = open_shop(house.pool, name="青果园二店")
    shop.now = house.clock.now()
    under(shop, "pdd")
    case = opened(shop, unshipped(shop, promised_ship_by=shop.now + timedelta(hours=20)))
    page.set_viewport_size({"width": 390, "height": 844})
    walk_in(page, site, operator.email, f"/p/cases/{shop.merchant}/{case}")
    page.locator("details.deed summary").first.click()
    page.locator("details.deed form button").first.click()
    page.wait_for_url("**done=approve_cancellation**")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_buyer_is_told_who_reviews_a_cancellation_and_what_silence_does(world: Any) -> None:
    w = world
    under(w.shop, "pdd")
    first = opened(w.shop, unshipped(w.shop, promised_ship_by=w.shop.now + timedelta(hours=20)))
    number = w.shop.row(first, "number")[0]
    assert "由平台审核" in text(w.client.get(f"/b/cases/{number}"))
    second = opened(w.shop, on_the_way(w.shop))
    assert "否则系统直接退款给你" in text(w.client.get(f"/b/cases/{w.shop.row(second, 'number')[0]}"))
