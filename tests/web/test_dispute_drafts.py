"""Nothing typed to open a dispute is lost: kept for a person and what is in dispute, there again after a reload or a restart (UI-1a, DI-1)."""

from __future__ import annotations

from typing import Any

import pytest

from amends.core.verbs.review import Reject
from amends.engine import buyers
from amends.engine.ids import new_id
from tests.shop import open_shop
from tests.web.case_cast import leaking_cup, say, stock_shop
from tests.web.conftest import enter


def body(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture(scope="module")
def goods(house, shop):
    return stock_shop(house, shop)


@pytest.fixture
def phone(client, house, goods):
    goods.now = house.clock.now()
    client.get(f"/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', house.clock.now())}")
    return client


def test_a_buyer_goes_on_where_the_page_was_left(phone, goods):
    case = leaking_cup(goods, 1)
    say(goods, case, Reject(reason="not_quality", words="检测无漏水"))
    number = goods.row(case, "facts ->> 'order_number'")[0]
    base, chosen = f"/b/orders/{number}/dispute", {"case": case, "scenario": "goods_quality", "demand": "refund", "amount": "100"}
    assert "继续上次填写的" not in body(phone.get(base, {"case": case}))
    assert phone.post(f"{base}/typed", {**chosen, "demand": "compensation", "amount": ""}).status_code == 204
    assert 'value="compensation" required checked' in body(phone.get(f"{base}/want", {"case": case, "scenario": "goods_quality"}))
    assert phone.post(f"{base}/typed", {**chosen, "words": "倒放漏水，换了两个包"}).status_code == 204
    phone.cookies.pop("csrftoken", None)  # as after a restart: only the session is left
    step = body(phone.get(f"{base}/why", chosen))
    assert "倒放漏水，换了两个包" in step
    assert f"{base}/why?case={case}&amp;scenario=goods_quality&amp;demand=refund&amp;amount=100" in body(phone.get(base, {"case": case}))
    refused = phone.post(f"{base}/why", {**chosen, "words": "", "command_id": new_id()})
    assert refused.status_code == 422
    sent = phone.post(f"{base}/why", {**chosen, "words": "倒放漏水", "command_id": new_id()})
    assert sent.status_code == 302, body(sent)
    assert goods.all("select 1 from drafts where case_id = %s and command = 'open_dispute'", case) == []


def test_somebody_elses_draft_is_not_seen(phone, goods, client, house):
    case = leaking_cup(goods, 1)
    say(goods, case, Reject(reason="not_quality", words="检测无漏水"))
    number = goods.row(case, "facts ->> 'order_number'")[0]
    assert phone.post(f"/b/orders/{number}/dispute/typed", {"case": case, "scenario": "goods_quality", "words": "只有我看得到"}).status_code == 204
    client.get(f"/b/in/{buyers.make_link(house, goods.merchant, 'buyer-wu', house.clock.now())}")
    assert client.post(f"/b/orders/{number}/dispute/typed", {"case": case, "words": "x"}).status_code == 404
    assert [row[0] for row in goods.all("select person_id from drafts where case_id = %s", case)] == ["buyer:buyer-lin"]


def test_the_platforms_form_keeps_what_was_typed(client, house, operator):
    trade = open_shop(house.pool, name="青禾家居")
    trade.now = house.clock.now()
    order = trade.order(("CUP", 1, 9_900))
    where = f"/p/disputes/open/{trade.merchant}/{order}"
    enter(client, house, operator)
    page = body(client.get(where))
    assert f'data-draft="{where}/draft"' in page
    typed = {"subject": order, "scenario": "goods_quality", "demand": "refund", "amount": "50.00", "words": "多人投诉同一批次"}
    assert client.post(f"{where}/draft", typed).status_code == 204
    again = body(client.get(where))
    for kept in ("多人投诉同一批次", 'value="50.00"', 'value="goods_quality" selected', "你填的内容还在"):
        assert kept in again, kept
    assert client.post(where, {**typed, "amount": "9999.00", "words": "改过的话", "command_id": new_id()}).status_code == 422
    assert "改过的话" in body(client.get(where)), "what was refused is kept too"
    assert client.post(where, {**typed, "command_id": new_id()}).status_code == 303
    assert trade.all("select 1 from drafts where case_id = %s", order) == []
