"""Calls for help as pages (SO-30): the platform's list and answer, a dispute from a call, what merchant and buyer read; the command bar by number."""

from __future__ import annotations

import re
from typing import Any

import pytest

from amends.core.verbs import buyer as b
from amends.core.verbs import desk as d
from amends.core.verbs import review as v
from amends.engine import buyers
from amends.engine.dispute import Opened, Opening
from amends.engine.disputes import open_dispute
from amends.engine.ids import new_id
from tests.shop import LIN, Shop
from tests.web.case_cast import stock_shop
from tests.web.conftest import enter


@pytest.fixture(scope="module")
def goods(house: Any, shop: Any) -> Shop:
    made = stock_shop(house, shop)
    made.now = house.clock.now()
    return made


def body(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.status_code
    return str(answer.content.decode())


def called(goods: Shop, words: str) -> tuple[str, str]:
    case = goods.apply(goods.order(("CUP", 1, 9900)))
    assert goods.say(case, d.CallPlatform(words)).refusal is None
    return case, goods.row(case, "number")[0]


def address(client: Any, number: str) -> str:
    page = body(client.get("/p/calls"))
    found = re.search(rf'href="(/p/calls/[^"]+)">\s*<span class="call-top"><b class="tnum">{number}<', page)
    assert found, number
    return found[1]


def test_the_platform_answers_and_the_merchant_reads_it(client, house, shop, operator, goods):
    case, number = called(goods, "客户要求超出规则")
    enter(client, house, shop)
    assert "已申请平台介入，等平台答复" in body(client.get(f"/m/cases/{case}"))
    assert number in body(client.get("/m/calls"))
    enter(client, house, operator)
    link = address(client, number)
    page = body(client.get(link))
    assert "客户要求超出规则" in page
    assert "商家 小满" in page
    wrong = body(client.post(f"{link}/answer", {"words": " "}), 422)
    assert "请填写“答复”" in wrong
    assert client.post(f"{link}/answer", {"words": "按规则处理即可，请引用 SO-8。"}).status_code == 303
    again = body(client.post(f"{link}/answer", {"words": "再说一次"}), 409)
    assert "可能已有人答复" in again
    assert number not in body(client.get("/p/calls"))
    assert number in body(client.get("/p/calls?answered=1"))
    enter(client, house, shop)
    assert "平台答复：按规则处理即可" in body(client.get(f"/m/cases/{case}"))
    assert number in body(client.get("/m/calls?answered=1"))
    assert number in body(client.get("/m/home"))


def test_a_buyer_who_says_not_solved_reads_the_answer_and_no_others(client, house, operator, goods):
    case = goods.apply(goods.order(("CUP", 1, 9900)))
    number = goods.row(case, "number")[0]
    goods.say(case, d.CallPlatform("双方说法不一致"))
    enter(client, house, operator)
    client.post(f"{address(client, number)}/answer", {"words": "只给商家的话"})
    goods.say(case, v.Reject("no_proof", "没有凭证"))
    assert goods.say(case, b.NotSolved("还是坏的"), LIN).refusal is None
    link = address(client, number)
    assert "客户：没解决" in body(client.get(link))
    client.post(f"{link}/answer", {"words": "已请商家重新核实"})
    client.get(f"/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', house.clock.now())}")
    page = body(client.get(f"/b/cases/{number}"))
    assert "已请商家重新核实" in page
    assert "只给商家的话" not in page


def test_a_dispute_is_opened_from_a_call_and_typed_words_stay_when_refused(client, house, operator, goods):
    _, number = called(goods, "谈不拢")
    enter(client, house, operator)
    link = address(client, number)
    form = {"scenario": "", "demand": "refund", "about": "商品有裂纹", "answer": "已开纠纷", "amount": "12.50"}
    wrong = body(client.post(f"{link}/dispute", form), 422)
    assert "商品有裂纹" in wrong
    assert 'value="12.50"' in wrong
    answer = client.post(f"{link}/dispute", {**form, "scenario": "goods_quality"})
    assert answer.status_code == 303
    dispute = answer["Location"].partition("done=")[2]
    assert dispute.startswith("D-")
    assert dispute in body(client.get("/p/calls?answered=1"))
    assert dispute in body(client.get("/p/disputes?tab=merchant"))


def test_who_may_not_answer_is_told_and_other_merchants_see_nothing(client, house, shop, operator, goods):
    _, number = called(goods, "请帮忙")
    enter(client, house, operator)
    link = address(client, number)
    enter(client, house, shop)
    assert client.get("/p/calls").status_code == 403
    assert client.post(f"{link}/answer", {"words": "我自己答"}).status_code == 403
    enter(client, house, operator)
    assert client.get(f"/p/calls/{goods.merchant}/{new_id()}").status_code == 404


def test_the_command_bar_finds_disputes_and_tickets_by_number(client, house, shop, operator, goods):
    order = goods.order(("CUP", 1, 9900))
    opened = open_dispute(goods.pool, goods.merchant, Opening(order, "goods_quality", "refund", "裂了"), LIN, goods.now, new_id())
    assert isinstance(opened, Opened), opened
    short = f"d{int(opened.number[-6:])}"
    enter(client, house, shop)
    for text in (opened.number, opened.number.lower(), short):
        items = client.get("/m/find", {"q": text}, HTTP_ACCEPT="application/json").json()["items"]
        assert items[0]["href"] == f"/m/cases/{opened.case_id}", text
    enter(client, house, operator)
    for text in (opened.number, short):
        items = client.get("/p/find", {"q": text}, HTTP_ACCEPT="application/json").json()["items"]
        assert f"/p/disputes/{goods.merchant}/{opened.case_id}" in [item["href"] for item in items], text
