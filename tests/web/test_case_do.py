"""Commands from the case page: once, refused beside the field, two agents at once, looked at before, photos, the next case (SO-21 … SO-23, SO-33)."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from amends.core.verbs import buyer as b
from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.engine.ids import new_id
from tests.shop import LIN
from tests.web.case_cast import grant, leaking_cup, picture, say, stock_shop
from tests.web.conftest import enter
from tests.web.test_case_page import RECEIVED, page_of


@pytest.fixture(scope="module")
def goods(house, shop):
    return stock_shop(house, shop)


@pytest.fixture
def desk(client, house, shop):
    return enter(client, house, shop)


def form_of(client, case, verb):
    """The hidden fields of an open form."""
    text = client.get(f"/m/cases/{case}/do/{verb}").content.decode()
    act = text[text.index('id="act"'):]
    return {name: re.search(rf'name="{name}" value="([^"]*)"', act)[1] for name in ("command_id", "version")}


def do(client, case, verb, **typed):
    return client.post(f"/m/cases/{case}/do/{verb}", {**form_of(client, case, verb), **typed})


def to_processing(goods, photos=1):
    case = leaking_cup(goods, photos)
    say(goods, case, v.ApproveReturn())
    say(goods, case, b.ShipBack("顺丰", f"SF{case[-10:]}"), LIN)
    say(goods, case, p.RegisterReceipt(**RECEIVED))
    return case


def test_approval_is_carried_out_and_told(desk, goods):
    case = leaking_cup(goods, 1)
    answer = do(desk, case, "approve_return", return_address=goods.address, words="请寄回")
    assert answer.status_code == 303
    assert goods.row(case, "state") == ("awaiting_return",)
    assert f"{goods.row(case, 'number')[0]} 已同意客户发货" in desk.get(answer["Location"]).content.decode()


def test_a_double_click_acts_once(desk, goods):
    case = leaking_cup(goods, 1)
    body = {**form_of(desk, case, "reject"), "reason": "other", "words": "已使用"}
    answers = [desk.post(f"/m/cases/{case}/do/reject", body) for _ in range(2)]
    assert [a.status_code for a in answers] == [303, 303]
    assert goods.all("select count(*) from events where case_id = %s and name = 'rejected'", case) == [(1,)]


def test_a_message_with_a_photo_sent_twice_is_one_message(desk, goods):
    case, once = leaking_cup(goods, 1), new_id()
    for _ in range(2):
        sent = desk.post(f"/m/cases/{case}/do/say", {"command_id": once, "words": "请看图", "photos": SimpleUploadedFile("a.webp", picture(kind="WEBP"), "image/webp")})
        assert sent.status_code == 303
    rows = goods.all("select body, cardinality(file_ids) from messages where case_id = %s", case)
    assert rows == [("请看图", 1)]
    assert "请看图" in page_of(desk, case)


def test_the_second_agent_keeps_what_was_typed_and_reads_who_was_first(desk, house, shop, clerk, goods):
    grant(house, shop, clerk, "read", "service_order.approve_return", "service_order.reject")
    other = enter(Client(**{"amends.house": house}, HTTP_ACCEPT_LANGUAGE="zh-CN"), house, clerk)
    case = leaking_cup(goods, 1)
    mine, hers = form_of(desk, case, "reject"), form_of(other, case, "approve_return")
    assert other.post(f"/m/cases/{case}/do/approve_return", hers).status_code == 303
    late = desk.post(f"/m/cases/{case}/do/reject", {**mine, "reason": "other", "words": "杯身有划痕，影响二次销售"})
    text = late.content.decode()
    assert late.status_code == 409
    assert "知夏 刚刚已“同意客户发货”" in text
    assert "杯身有划痕，影响二次销售" in text
    assert "现在可以：" in text
    assert " 秒前" in text
    assert goods.row(case, "state") == ("awaiting_return",)


@pytest.mark.parametrize(("verb", "typed", "field"), [
    ("reject", {"reason": "other", "words": ""}, "words"),
    ("ask_buyer", {"missing": "nonsense", "words": "请补"}, "missing"),
    ("refund_without_return", {"amount": "12,5x", "words": "多谢"}, "amount"),
    ("refund_without_return", {"amount": "100.00", "words": "多谢"}, "adjust_reason"),
    ("refund_without_return", {"amount": "99999.00", "adjust_reason": "goodwill", "words": "多谢"}, "amount"),
    ("approve_return", {"return_address": new_id(), "words": "多谢"}, "return_address"),
])
def test_a_refusal_stands_beside_its_field_and_the_form_stays(desk, goods, verb, typed, field):
    case = leaking_cup(goods, 1)
    answer = do(desk, case, verb, **typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="h-{field}"' in text or 'class="wrong"' in text
    for value in typed.values():
        assert not value or value in text or value == "nonsense" or "-" in value, value
    assert goods.row(case, "version") == (1,)


def test_money_is_typed_in_yuan_and_refused_in_yuan(desk, goods):
    case = to_processing(goods)
    refused = do(desk, case, "refund", amount="999.00", adjust_reason="goodwill")
    assert "最多可退 ¥145.00，你填写了 ¥999.00" in refused.content.decode()
    assert do(desk, case, "refund", amount="100.5", adjust_reason="used").status_code == 303
    assert goods.row(case, "granted_minor, state") == (10050, "confirming")


def test_looking_first_tells_money_goods_clock_and_message_and_changes_nothing(desk, goods):
    case = to_processing(goods)
    for answer in (
        desk.post(f"/m/cases/{case}/do/refund/preview", {"amount": "", "adjust_reason": ""}),
        desk.post(f"/m/cases/{case}/do/refund", {**form_of(desk, case, "refund"), "look": "1"}),
    ):
        text = answer.content.decode()
        assert answer.status_code == 200
        for words in ("待客户确认", "¥145.00", "人工转账", "否则视为客户确认", "通知客户"):
            assert words in text, words
    assert goods.row(case, "state, granted_minor") == ("processing", 0)
    half = desk.post(f"/m/cases/{case}/do/refund/preview", {"amount": "50"}).content.decode()
    assert "金额与计算结果不同" in half


def test_the_next_case_of_the_queue_opens_after_a_decision(desk, goods):
    first, second = leaking_cup(goods, 1), leaking_cup(goods, 1)
    answer = do(desk, first, "approve_return", q="review", f="type=return")
    where = urlsplit(answer["Location"])
    assert where.path != f"/m/cases/{first}"
    assert parse_qs(where.query)["q"] == ["review"]
    assert parse_qs(where.query)["f"] == ["type=return"]
    assert desk.get(answer["Location"]).status_code == 200
    passed = desk.get(f"/m/cases/{second}/next", {"q": "review"})
    assert passed.status_code == 302
    assert "q=review" in passed["Location"]


def test_claiming_stays_on_the_case_and_keeps_others_from_reviewing(desk, house, shop, clerk, goods):
    grant(house, shop, clerk, "read", "service_order.claim", "service_order.approve_return")
    other = enter(Client(**{"amends.house": house}, HTTP_ACCEPT_LANGUAGE="zh-CN"), house, clerk)
    case = leaking_cup(goods, 1)
    answer = desk.post(f"/m/cases/{case}/do/claim", {"command_id": new_id(), "version": "1", "q": "review"})
    assert urlsplit(answer["Location"]).path == f"/m/cases/{case}"
    text = page_of(other, case)
    assert "小满 已领取此单" in text
    assert other.post(f"/m/cases/{case}/do/approve_return", {"command_id": new_id()}).status_code == 409


def test_assigning_names_a_colleague(desk, clerk, goods):
    case = leaking_cup(goods, 1)
    assert do(desk, case, "assign", person=clerk.id).status_code == 303
    assert goods.row(case, "assignee::text, facts ->> 'assignee_name'") == (clerk.id, "知夏")


def test_without_the_permission_the_command_is_403_and_named(client, house, shop, clerk, goods):
    grant(house, shop, clerk, "read")
    case = to_processing(goods)
    answer = enter(client, house, clerk).post(f"/m/cases/{case}/do/refund", {"command_id": new_id()})
    assert answer.status_code == 403
    assert "处理-退款" in answer.content.decode()
    assert goods.row(case, "granted_minor") == (0,)


def test_what_the_state_does_not_allow_is_409_and_says_what_is_possible(desk, goods):
    answer = desk.post(f"/m/cases/{leaking_cup(goods, 1)}/do/ship_replacement", {"command_id": new_id(), "carrier": "顺丰", "waybill": "1"})
    assert answer.status_code == 409
    assert "现在可以" in answer.content.decode()
    assert desk.get(f"/m/cases/{leaking_cup(goods, 1)}/do/nonsense").status_code == 404


def test_a_form_without_its_token_is_refused(house, shop, goods):
    strict = enter(Client(enforce_csrf_checks=True, **{"amends.house": house}), house, shop)
    case = leaking_cup(goods, 1)
    assert strict.post(f"/m/cases/{case}/do/claim", {"command_id": new_id()}).status_code == 403
    assert goods.row(case, "version") == (1,)


def test_what_was_typed_is_there_again_after_leaving(desk, goods):
    case = leaking_cup(goods, 1)
    assert desk.post(f"/m/cases/{case}/do/reject/draft", {"words": "写到一半的话", "version": "1"}).status_code == 204
    text = desk.get(f"/m/cases/{case}/do/reject").content.decode()
    assert "写到一半的话" in text
    assert "已恢复上次没提交的内容" in text
    assert do(desk, case, "reject", reason="other", words="写到一半的话").status_code == 303
    assert goods.all("select 1 from drafts where case_id = %s", case) == []


def test_presence_tells_the_other_who_is_here(desk, house, clerk, goods, shop):
    grant(house, shop, clerk, "read")
    other = enter(Client(**{"amends.house": house}, HTTP_ACCEPT_LANGUAGE="zh-CN"), house, clerk)
    case = leaking_cup(goods, 1)
    page_of(other, case)
    assert "知夏在看" in page_of(desk, case)
    other.post(f"/m/cases/{case}/here", {"doing": "typing"})
    assert "知夏在填写" in desk.post(f"/m/cases/{case}/here", {"doing": "looking"}).content.decode()
    other.post(f"/m/cases/{case}/here", {"doing": "gone"})
    assert "知夏" not in desk.post(f"/m/cases/{case}/here", {"doing": "looking"}).content.decode()


def test_a_button_that_is_off_says_why_and_names_itself(desk, goods):
    text = page_of(desk, to_processing(goods))
    assert "换新、维修、补发：客户要的是“退货”，请先改类型（需客户同意）" in text
    assert "登记退款转账" not in text, "no money waits to be moved"
