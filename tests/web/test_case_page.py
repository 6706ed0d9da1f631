"""The page of a case: what it shows, to whom, in both languages, masked and revealed, and where its pictures may be seen."""

import re

import pytest
from PIL import Image

from amends.core.verbs import buyer as b
from amends.core.verbs import desk as d
from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.engine import people
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope
from tests.shop import CARRIER, LIN
from tests.web.case_cast import grant, leaking_cup, photo, say, stock_shop
from tests.web.conftest import PASSWORD, enter

RECEIVED = {"received": 1, "condition": "good", "packaging": "intact", "appearance": "intact", "function": "normal", "accessories": "complete", "disposition": "sale"}


@pytest.fixture(scope="module")
def goods(house, shop):
    return stock_shop(house, shop)


@pytest.fixture
def desk(client, house, shop):
    return enter(client, house, shop)


def page_of(client, case, **query):
    answer = client.get(f"/m/cases/{case}", query)
    assert answer.status_code == 200, answer.content.decode()[:400]
    return answer.content.decode()


def test_the_page_shows_goods_money_verdict_history_and_photos(desk, goods):
    case = leaking_cup(goods)
    text = page_of(desk, case)
    for words in ("316 不锈钢保温杯", "杯盖拧紧后倒放还是漏水", "¥139.00", "最多可退", "规则结论", "京东规则包", "雾霭蓝", "42 件", "廊坊一仓", "提交申请：退货", "同意客户发货", "审核不通过"):
        assert words in text, words
    assert text.count("data-evidence=") == 3
    assert text.count("<h1>") == 1
    assert "系统同意客户发货" in text, "what happens at zero"


def test_money_granted_and_money_moved_are_two_things(desk, goods):
    case = leaking_cup(goods, 1)
    say(goods, case, v.ApproveReturn())
    say(goods, case, b.ShipBack("顺丰", f"SF{case[-6:]}"), LIN)
    say(goods, case, p.RegisterReceipt(**RECEIVED))
    say(goods, case, p.Refund(amount=10000, adjust_reason="used"))
    text = page_of(desk, case)
    assert "已决定退款" in text
    assert "¥100.00" in text
    assert "商家调整" in text
    assert "还没有打款" in text


def test_what_a_clock_did_opens_its_reasons(desk, goods):
    from amends.engine.ringing import ring

    case = leaking_cup(goods, 1)
    with scope(goods.pool, PLATFORM) as conn:
        conn.execute("update clocks set due_at = %s where case_id = %s", (goods.now, case))
    ring(goods.pool, goods.merchant, goods.now)
    assert goods.row(case, "state") == ("awaiting_return",)
    text = page_of(desk, case)
    assert "到期：系统同意客户发货" in text
    assert "看依据" in text
    assert "京东规则包 v1 的“审核”时限" in text


def test_personal_data_is_masked_until_shown_and_showing_is_on_record(desk, client, house, shop, goods):
    case = leaking_cup(goods, 1)
    text = page_of(desk, case)
    assert "周**" in text
    assert "138****0071" in text
    assert "周小满" not in text
    assert "13812340071" not in text
    assert "东方大道" not in text
    answer = desk.post(f"/m/cases/{case}/reveal")
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "周小满" in shown
    assert "13812340071" in shown
    assert goods.all("select actor_name from audit where action = 'revealed' and subject_id = %s", case) == [("小满",)]
    assert desk.get(f"/m/cases/{case}/reveal").status_code == 405


def test_who_may_not_reveal_sees_no_button_and_gets_no_data(client, house, shop, clerk, goods):
    grant(house, shop, clerk, "read")
    mine = enter(client, house, clerk)
    case = leaking_cup(goods, 1)
    assert "/reveal" not in page_of(mine, case)
    refused = mine.post(f"/m/cases/{case}/reveal")
    assert refused.status_code == 403
    assert "13812340071" not in refused.content.decode()


def test_a_reader_sees_everything_and_no_button(client, house, shop, goods):
    reader = people.make_person(house.pool, people.By(shop.actor()), f"reader-{new_id()[-6:]}@chengwu.test", "观棋", house.clock.now(), password=PASSWORD)
    grant(house, shop, reader, "read")
    text = page_of(enter(client, house, reader), leaking_cup(goods, 1))
    assert "/do/" not in text
    assert "你没有这一步的权限" in text


def test_another_merchants_case_and_picture_are_not_there(client, house, goods):
    case, picture_id = leaking_cup(goods, 1), photo(goods)
    other = people.make_merchant(house.pool, "别家", "jd", "SOP", people.Main(f"o-{new_id()[-6:]}@bie.test", "别人", PASSWORD), house.clock.now())
    stranger = enter(client, house, other)
    assert stranger.get(f"/m/cases/{case}").status_code == 404
    assert stranger.get(f"/files/{picture_id}").status_code == 404
    assert stranger.post(f"/m/cases/{case}/do/note", {"words": "x", "command_id": new_id()}).status_code == 404


def test_a_picture_is_sent_as_what_it_is_and_kept_by_browsers_only(desk, goods):
    answer = desk.get(f"/files/{photo(goods)}")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"].startswith("private")
    assert Image.open(__import__("io").BytesIO(answer.content)).size == (640, 480)
    assert desk.get(f"/files/{new_id()}").status_code == 404


def test_a_stranger_is_asked_to_sign_in(client, goods):
    assert client.get(f"/m/cases/{leaking_cup(goods, 1)}").status_code == 302
    assert client.get(f"/files/{photo(goods)}").status_code == 302


def test_marked_words_escape_what_the_buyer_wrote(desk, goods):
    order = goods.order(("CUP", 1, 13900))
    case = goods.apply(order, description="<script>alert(1)</script> 想换一个")
    text = page_of(desk, case)
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text
    assert re.search("<mark>[^<]*换[^<]*</mark>", text)
    assert "期望与描述不符" in text
    assert re.search(r'<button class="btn btn-primary"[^>]*disabled', text), "reviewing waits for the alert"
    assert "先处理上方告警" in text


def test_the_page_in_english_has_no_chinese_of_its_own(desk, goods):
    case = leaking_cup(goods, 1)
    text = page_of(desk, case, lang="en")
    for words in ("Approve return", "What the rules say", "In review", "At most", "the system approves the return"):
        assert words in text, words
    own = re.sub(r"316 不锈钢保温杯[^<]*|杯盖[^<]*|雾霭蓝[^<]*|曜石黑|陶土白|[^<>]*廊坊[^<>]*|江苏省[^<]*|周\*+|小满|澄物[^<]*|满|中文", "", text)
    assert re.findall(r">[^<]*[一-鿿][^<]*<", own) == []


def test_every_state_has_a_page(desk, goods):
    case = leaking_cup(goods, 1)
    steps = [
        (v.AskBuyer("photos", "请补一张"), None), (b.Answer("已补"), LIN), (v.ApproveReturn(), None), (b.ShipBack("顺丰", f"S{case[-8:]}"), LIN), (d.ParcelSigned(), CARRIER),
        (p.RegisterReceipt(**RECEIVED), None), (p.Refund(), None), (b.Decline("少了"), LIN), (p.ReturnOriginal("buyer_keeps", "顺丰", f"R{case[-8:]}", "客户要求寄回"), None),
        (b.ConfirmDelivery(), LIN), (b.Rate("satisfied", "还行"), LIN), (d.AnswerRating("谢谢"), None),
    ]
    for command, actor in steps:
        say(goods, case, command, actor)
        assert "S-20" in page_of(desk, case)
        if isinstance(command, b.Decline):  # why goods go back as they came is chosen from the pack
            form = desk.get(f"/m/cases/{case}/do/return_original").content.decode()
            assert all(words in form for words in ("检测无故障", "客户改为保留商品", "须附照片"))
    text = page_of(desk, case)
    assert "客户改为保留商品" in text
    assert "满意" in text
    assert "谢谢" in text


def test_the_return_slip_names_case_goods_and_address(desk, goods):
    case = leaking_cup(goods, 1)
    say(goods, case, v.ApproveReturn())
    text = desk.get(f"/m/cases/{case}/slip").content.decode()
    assert goods.row(case, "number")[0] in text
    assert "新源道 8 号" in text
    assert "13812340071" not in text
