"""A buyer's whole way without scripts: apply, follow, send back, confirm, rate; and what comes back when something is wrong."""

from __future__ import annotations

import io
import re
from datetime import timedelta

from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.core.verbs.desk import AnswerRating, Say
from amends.engine import buyers
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope
from tests.shop import CARRIER, LIN
from tests.web.buyer_cast import RECEIPT, act, apply_one, case_id, form_of, picture, text, world

__all__ = ["world"]


def test_the_order_says_what_is_open_until_when_and_why_not(world):
    page = text(world.client.get(f"/b/orders/{world.number}"))
    assert "退货" in page
    assert "截至" in page
    assert f"/b/orders/{world.number}/apply/what?line={world.cup}&amp;type=return" in page


def test_an_order_not_received_is_pointed_to_cancelling(world):
    order = world.shop.order(("CUP", 1, 12900), received=False)
    number = world.shop.all("select number from orders where id = %s", order)[0][0]
    page = text(world.client.get(f"/b/orders/{number}"))
    assert "取消订单" in page
    assert "/apply/" not in page


def test_a_closed_window_is_told_with_its_rule(world):
    long_ago = world.shop.now - timedelta(days=30)
    order = world.shop.order(("CUP", 1, 12900), receipt_confirmed_at=long_ago, delivered_at=long_ago)
    number = world.shop.all("select number from orders where id = %s", order)[0][0]
    page = text(world.client.get(f"/b/orders/{number}"))
    shut = page.split("暂时不能")[1]
    assert "到期" in shut
    assert "type=return" not in page


def test_apply_follow_send_back_confirm_and_rate(world):
    w, shop = world, world.shop
    number = apply_one(w)
    page = text(w.client.get(f"/b/cases/{number}"))
    assert "等商家审核" in page
    assert "否则系统自动同意你寄回" in page
    assert "退款 ¥129.00" in page
    case = case_id(w, number)
    assert shop.say(case, v.ApproveReturn(words="请保留包装")).refusal is None
    page = text(w.client.get(f"/b/cases/{number}"))
    assert "请寄回商品" in page
    assert "新源道 8 号" in page
    assert act(w, number, "ship_back", carrier="顺丰速运", waybill="SF100").status_code == 302
    assert "SF100" in text(w.client.get(f"/b/cases/{number}"))
    assert act(w, number, "correct_waybill", carrier="顺丰速运", waybill="SF200").status_code == 302
    assert shop.say(case, p.RegisterReceipt(**RECEIPT)).refusal is None
    assert shop.say(case, p.Refund()).refusal is None
    page = w.client.get(f"/b/cases/{number}")
    assert "商家同意退款 ¥129.00" in text(page)
    body = page.content.decode()
    hidden = {n: re.search(rf'name="{n}" value="([^"]*)"', body.split('/confirm"')[1])[1] for n in ("command_id", "version")}
    assert w.client.post(f"/b/cases/{number}/confirm", hidden).status_code == 302
    page = text(w.client.get(f"/b/cases/{number}"))
    assert "¥129.00 退款中" in page
    assert "这次售后怎么样" in page
    assert w.client.post(f"/b/cases/{number}/rate", {"command_id": new_id(), "rating": "satisfied", "words": "很快"}).status_code == 302
    assert "很快" in text(w.client.get(f"/b/cases/{number}"))
    assert shop.say(case, AnswerRating(words="欢迎再来")).refusal is None
    assert "商家回复：欢迎再来" in text(w.client.get(f"/b/cases/{number}"))
    assert act(w, number, "improve_rating", rating="neutral").status_code == 422
    assert act(w, number, "improve_rating", rating="very_satisfied", words="更好了").status_code == 302
    assert w.client.get(f"/b/cases/{number}/improve_rating").status_code == 409
    assert shop.row(case, "state")[0] == "completed"


def test_several_lines_make_one_application(world):
    w, start = world, f"/b/orders/{world.number}/apply/"
    w.client.post(start + "what", {f"type-{w.cup}": "return", f"quantity-{w.cup}": "2", f"type-{w.mug}": "exchange", f"quantity-{w.mug}": "1"})
    w.client.post(start + "why", {f"reason-{w.cup}": "no_reason", f"reason-{w.mug}": "quality_fault", f"description-{w.mug}": "裂了", f"photos-{w.mug}": picture()})
    how = w.client.get(start + "how")
    assert "预计退款" in text(how)
    assert "¥258.00" in text(how)
    assert "银河大街 1 号" in text(how)
    sent = w.client.post(start + "how", {**form_of(how, "step"), "return_way": "book_pickup", "replacement_address": "廊坊市 新家"})
    assert sent.status_code == 302, text(sent)
    rows = w.shop.all("select type, facts->>'return_way', facts->>'replacement_address', application_id from cases where order_id = %s order by number", w.order)
    assert [r[:3] for r in rows] == [("return", "book_pickup", "廊坊市 新家"), ("exchange", "book_pickup", "廊坊市 新家")]
    assert rows[0][3] == rows[1][3]
    assert "同一次申请" in text(w.client.get(sent["Location"]))


def test_sending_twice_makes_one_service_order_and_answers_the_same(world):
    w, start = world, f"/b/orders/{world.number}/apply/"
    w.client.post(start + "what", {f"type-{w.cup}": "return", f"quantity-{w.cup}": "1"})
    w.client.post(start + "why", {f"reason-{w.cup}": "no_reason"})
    body = {**form_of(w.client.get(start + "how"), "step"), "return_way": "ship_back"}
    first, second = w.client.post(start + "how", body), w.client.post(start + "how", body)
    assert first["Location"] == second["Location"]
    assert w.shop.all("select count(*) from cases where order_id = %s", w.order)[0][0] == 1
    assert w.client.get(start + "how")["Location"].startswith(first["Location"].split("?")[0])


def test_goods_all_asked_for_are_answered_with_the_first(world):
    w = world
    order = w.shop.order(("CUP", 1, 12900))
    w.number, w.cup = w.shop.all("select number from orders where id = %s", order)[0][0], w.shop.lines[order][0]
    number = apply_one(w)
    page = text(w.client.get(f"/b/orders/{w.number}"))
    assert number in page
    assert "已全部申请售后" in page
    again = w.client.post(f"/b/orders/{w.number}/apply/what", {f"type-{w.cup}": "return", f"quantity-{w.cup}": "1"})
    assert again.status_code == 422


def test_a_refused_step_keeps_everything_typed(world):
    w, start = world, f"/b/orders/{world.number}/apply/"
    many = w.client.post(start + "what", {f"type-{w.cup}": "return", f"quantity-{w.cup}": "3"})
    assert many.status_code == 422
    assert "最多还能申请 2 件" in text(many)
    assert 'value="3"' in text(many)
    assert w.client.post(start + "what", {}).status_code == 422
    w.client.post(start + "what", {f"type-{w.cup}": "return", f"quantity-{w.cup}": "1"})
    bare = w.client.post(start + "why", {f"reason-{w.cup}": "quality_fault", f"description-{w.cup}": "盖子 <b>漏</b>", f"photos-{w.cup}": []})
    assert bare.status_code == 422
    assert "这个原因需要照片" in text(bare)
    assert "盖子 &lt;b&gt;漏&lt;/b&gt;" in text(bare)
    assert "盖子 &lt;b&gt;漏&lt;/b&gt;" in text(w.client.get(start + "why"))
    assert w.client.get(start + "how")["Location"] == start + "why"


def test_a_photo_too_large_says_so_and_the_others_stay(world):
    w, start = world, f"/b/orders/{world.number}/apply/"
    big = picture("grey", 1400, noise=True)
    assert big.getbuffer().nbytes > 800 * 1024
    w.client.post(start + "what", {f"type-{w.cup}": "return", f"quantity-{w.cup}": "1"})
    refused = w.client.post(start + "why", {f"reason-{w.cup}": "quality_fault", f"description-{w.cup}": "漏", f"photos-{w.cup}": [picture("teal"), big]})
    assert refused.status_code == 422
    page = text(refused)
    assert "第 2 张：图片需小于 800 KB" in page
    assert "其他内容都已保存" in page
    kept = re.findall(r'_keep" value="([0-9a-f-]{36})"', page)
    assert len(kept) == 1
    assert w.client.get(f"/b/files/{kept[0]}")["Content-Type"] == "image/jpeg"
    on = w.client.post(start + "why", {f"reason-{w.cup}": "quality_fault", f"description-{w.cup}": "漏", f"photos-{w.cup}_keep": kept})
    assert on["Location"] == start + "how"
    not_picture = io.BytesIO(b"no picture at all")
    not_picture.name = "x.jpg"
    refused = w.client.post(start + "why", {f"reason-{w.cup}": "quality_fault", f"description-{w.cup}": "漏", f"photos-{w.cup}_keep": kept, f"photos-{w.cup}": not_picture})
    assert "只能上传 JPEG" in text(refused)


def test_another_buyer_does_not_see_the_photos(world):
    w, start = world, f"/b/orders/{world.number}/apply/"
    w.client.post(start + "what", {f"type-{w.cup}": "return", f"quantity-{w.cup}": "1"})
    w.client.post(start + "why", {f"reason-{w.cup}": "quality_fault", f"description-{w.cup}": "漏", f"photos-{w.cup}": picture()})
    photo = w.shop.all("select id::text from files where merchant_id = %s", w.shop.merchant)[0][0]
    assert w.client.get(f"/b/files/{photo}").status_code == 200
    w.client.get(f"/b/in/{buyers.make_link(w.house, w.shop.merchant, 'buyer-su', w.shop.now)}")
    assert w.client.get(f"/b/files/{photo}").status_code == 404
    assert w.client.get("/b/files/nothing").status_code == 404


def test_the_application_can_be_changed_until_reviewed_and_withdrawn(world):
    w = world
    number = apply_one(w)
    case = case_id(w, number)
    shown = text(w.client.get(f"/b/cases/{number}/change_application"))
    assert "杯盖漏水" in shown
    assert act(w, number, "change_application", reason="changed_mind", description="不想要了", quantity="2").status_code == 302
    assert w.shop.row(case, "reason, quantity, facts->>'description'") == ("changed_mind", 2, "不想要了")
    form = w.client.get(f"/b/cases/{number}/change_application").content.decode()
    version = re.search(r'name="version" value="(\d+)"', form)[1]
    w.shop.say(case, v.ApproveReturn())
    late = w.client.post(f"/b/cases/{number}/change_application", {"command_id": new_id(), "version": version, "reason": "changed_mind", "description": "我写了很多字"})
    assert late.status_code == 409
    assert "刚刚有了新进展，现在是“请寄回商品”" in text(late)
    assert "我写了很多字" in text(late)
    assert act(w, number, "withdraw", words="不退了").status_code == 302
    assert "已撤回" in text(w.client.get(f"/b/cases/{number}"))
    assert w.client.post(f"/b/cases/{number}/withdraw", {"command_id": new_id()}).status_code == 409


def test_a_question_is_answered_and_talk_has_photos(world):
    w = world
    number = apply_one(w)
    case = case_id(w, number)
    assert w.shop.say(case, v.AskBuyer(missing="photos", words="请拍一下杯盖内侧")).refusal is None
    assert "请拍一下杯盖内侧" in text(w.client.get(f"/b/cases/{number}"))
    assert act(w, number, "answer").status_code == 422
    assert act(w, number, "answer", words="拍好了", photos=picture("navy")).status_code == 302
    assert w.shop.row(case, "state")[0] == "reviewing"
    assert w.shop.say(case, Say(words="收到，谢谢")).refusal is None
    assert "2 条未读消息" in text(w.client.get(f"/b/cases/{number}"))
    shown = text(w.client.get(f"/b/cases/{number}/say"))
    assert "收到，谢谢" in shown
    assert "/b/files/" in shown
    assert "未读" not in text(w.client.get(f"/b/cases/{number}"))
    assert act(w, number, "say", words="还有一张", photos=picture("red")).status_code == 302
    assert act(w, number, "say", words="").status_code == 422
    assert w.shop.all("select count(*) from messages where case_id = %s", case)[0][0] == 4


def test_staff_notes_and_claims_never_reach_the_buyer(world):
    from amends.core.verbs.desk import Claim, Note

    w = world
    number = apply_one(w)
    w.shop.say(case_id(w, number), Claim())
    w.shop.say(case_id(w, number), Note(words="此人常退货"))
    page = text(w.client.get(f"/b/cases/{number}"))
    assert "此人常退货" not in page
    assert "领取" not in page
    assert w.shop.hai.name not in page


def test_an_exchange_is_delivered_and_declined_and_delivered_again(world):
    w, start = world, f"/b/orders/{world.number}/apply/"
    w.client.post(start + "what", {f"type-{w.cup}": "exchange", f"quantity-{w.cup}": "1"})
    w.client.post(start + "why", {f"reason-{w.cup}": "quality_fault", f"description-{w.cup}": "漏", f"photos-{w.cup}": picture()})
    sent = w.client.post(start + "how", {**form_of(w.client.get(start + "how"), "step"), "return_way": "book_pickup", "replacement_address": "廊坊市 新家"})
    number = sent["Location"].split("/b/cases/")[1].split("?")[0]
    case = case_id(w, number)
    w.shop.say(case, v.ApproveReturn())
    form = w.client.get(f"/b/cases/{number}/book_pickup").content.decode()
    slot = re.search(r'<option value="([^"]+)"', form.split('name="starts"')[1])[1]
    assert act(w, number, "book_pickup", address="廊坊市 新家", starts=slot).status_code == 302
    w.shop.say(case, p.RegisterReceipt(**RECEIPT))
    w.shop.say(case, p.Exchange(sku="CUP"))
    assert "等商家发货" in text(w.client.get(f"/b/cases/{number}"))
    w.shop.say(case, p.ShipReplacement("顺丰速运", "SF900"))
    w.shop.say(case, __import__("amends.core.verbs.desk", fromlist=["x"]).ReplacementDelivered("SF900"), CARRIER)
    page = text(w.client.get(f"/b/cases/{number}"))
    assert "商品已送达" in page
    assert "确认收到" in page
    assert act(w, number, "decline", reason="颜色不对").status_code == 302
    assert w.shop.row(case, "state")[0] == "processing"
    assert "颜色不对" in text(w.client.get(f"/b/cases/{number}"))


def test_not_solved_is_said_after_the_end(world):
    w = world
    number = apply_one(w)
    w.shop.say(case_id(w, number), v.Reject(reason="other", words="杯子已使用"))
    page = text(w.client.get(f"/b/cases/{number}"))
    assert "商家没有通过" in page
    assert "杯子已使用" in page
    assert act(w, number, "not_solved", words="我没有用过").status_code == 302
    assert "我没有用过" in text(w.client.get(f"/b/cases/{number}/say"))
    w.shop.all("update cases set closed_at = closed_at - interval '16 days' where merchant_id = %s and number = %s returning 1", w.shop.merchant, number)
    assert "not_solved" not in text(w.client.get(f"/b/cases/{number}"))
    late = w.client.get(f"/b/cases/{number}/not_solved")
    assert late.status_code == 409
    assert re.search(r"反馈期限到 \S+ (\S+ )?24:00，已经过了；可以给商家留言", text(late))


def test_a_verb_of_the_merchants_is_not_there_for_buyers(world):
    number = apply_one(world)
    for verb in ("approve_return", "refund", "claim", "no_such_verb"):
        assert world.client.post(f"/b/cases/{number}/{verb}", {"command_id": new_id()}).status_code == 404
    assert world.shop.row(case_id(world, number), "state")[0] == "reviewing"


def test_english_all_the_way(world):
    w = world
    number = apply_one(w)
    for path in ("/b/", f"/b/orders/{w.number}", f"/b/orders/{w.number}/apply/what", f"/b/cases/{number}", f"/b/cases/{number}/say", f"/b/cases/{number}/withdraw"):
        page = w.client.get(path + "?lang=en").content.decode()
        shown = re.sub(r"商品 \w+|青禾家居|杯盖漏水|中文|林小满|河北省\S*", "", page.split("<body")[1])
        assert not re.search(r"[\u4e00-\u9fff]", shown), (path, re.findall(r".{20}[\u4e00-\u9fff]+.{20}", shown)[:3])
    assert LIN.id not in w.client.get("/b/").content.decode()
    with scope(w.house.pool, PLATFORM) as conn:
        assert conn.execute("select count(*) from drafts where person_id = 'buyer:buyer-lin'").fetchone()[0] >= 1


def test_what_is_typed_into_a_form_is_there_again_until_it_is_sent(world):
    w = world
    number = apply_one(w)
    path = f"/b/cases/{number}/withdraw"
    assert w.client.post(path + "/typed", {"words": "还在写"}).status_code == 204
    assert "还在写" in text(w.client.get(path))
    assert w.client.post(f"/b/cases/{number}/say/typed", {"words": "想问一下"}).status_code == 204
    assert "想问一下" in text(w.client.get(f"/b/cases/{number}/say"))
    assert act(w, number, "say", words="想问一下，好了吗").status_code == 302
    assert ">想问一下<" not in w.client.get(f"/b/cases/{number}/say").content.decode()
    assert act(w, number, "withdraw", words="写完了").status_code == 302
    assert w.shop.all("select command from drafts where case_id = %s", case_id(w, number)) == []
    assert w.client.post(f"/b/cases/{number}/approve_return/typed", {"words": "x"}).status_code == 404
    w.client.get(f"/b/in/{buyers.make_link(w.house, w.shop.merchant, 'buyer-su', w.shop.now)}")
    assert w.client.post(path + "/typed", {"words": "别人"}).status_code == 404
