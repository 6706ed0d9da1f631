"""The page of a case: what it shows, to whom, in both languages, masked and revealed."""


import pytest

from tests.web.case_cast import leaking_cup, stock_shop
from tests.web.conftest import enter


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
