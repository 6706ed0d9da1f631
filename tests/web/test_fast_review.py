"""Fast review and durations on the merchant's pages: joining and leaving on the card, what the case's history says, figures that lead to their cases (SO-31, PO-15)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from amends.core.verbs.review import Reject
from amends.engine import automate
from amends.store.connect import PLATFORM, scope
from tests.web.case_cast import stock_shop
from tests.web.conftest import enter

SETTINGS = "/m/settings/"


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture(scope="module")
def goods(house: Any, shop: Any) -> Any:
    return stock_shop(house, shop)


def test_joined_and_left_on_its_card(client: Any, house: Any, shop: Any, clerk: Any) -> None:
    assert "加入极速审核" in text(enter(client, house, shop).get(SETTINGS + "shop"))
    assert "先由这些决定" not in text(client.get("/m/strategies"))
    assert client.post(SETTINGS + "fast-review", {"act": "join"}).status_code == 302
    assert "先由这些决定，决定了的单不再轮到下面的策略：极速审核" in text(client.get("/m/strategies"))
    page = text(client.get(SETTINGS + "shop"))
    assert "已加入" in page
    assert "金额低于 ¥200.00" in page
    again = client.post(SETTINGS + "fast-review", {"act": "join"})
    assert again.status_code == 409
    assert "已经加入极速审核" in text(again)
    assert "极速审核" in text(client.get(SETTINGS + "clocks"))
    assert enter(client, house, clerk).post(SETTINGS + "fast-review", {"act": "leave"}).status_code == 403


def test_a_pack_without_it_does_not_offer_it(client: Any, house: Any, shop: Any) -> None:
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("update merchants set pack = 'pdd' where id = %s", (shop.merchant_id,))
    assert "fast-review" not in text(enter(client, house, shop).get(SETTINGS + "shop"))
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("update merchants set pack = 'jd' where id = %s", (shop.merchant_id,))


def test_the_history_says_which_conditions_held_and_which_failed(client: Any, house: Any, shop: Any, goods: Any) -> None:
    goods.now = house.clock.now()
    cheap, dear = goods.apply(goods.order(("CUP", 1, 13900))), goods.apply(goods.order(("CUP", 1, 25000)))
    automate.work(house.pool, goods.merchant, goods.now)
    assert [goods.row(case, "state")[0] for case in (cheap, dear)] == ["awaiting_return", "reviewing"]
    enter(client, house, shop)
    passed, waits = (text(client.get(f"/m/cases/{case}")) for case in (cheap, dear))
    assert "极速审核通过：金额 ¥139.00 低于 ¥200.00；1 件，少于 3 件；七天无理由且在期限内；没有告警（京东 第 1 版）" in passed
    assert "没有立即通过极速审核：金额 ¥250.00 不低于 ¥200.00；审核时限 6 小时" in waits


def test_left_and_told_when_it_takes_effect(client: Any, house: Any, shop: Any) -> None:
    assert enter(client, house, shop).post(SETTINGS + "fast-review", {"act": "leave"}).status_code == 302
    page = text(client.get(SETTINGS + "shop"))
    assert "即将退出" in page
    assert "00:00 生效" in page


def test_figures_of_durations_lead_to_their_cases(client: Any, house: Any, shop: Any, goods: Any) -> None:
    goods.now = house.clock.now() - timedelta(days=12)
    case = goods.apply(goods.order(("CUP", 1, 30000)), "return", "changed_mind")
    with scope(house.pool, PLATFORM) as conn:
        conn.execute(
            "insert into suspensions (id, zh, en, starts_at, ends_at, made_by, made_at) values (gen_random_uuid(), '通知', 'Notice', %s, %s, '平台', %s)",
            (goods.now + timedelta(hours=2), goods.now + timedelta(hours=242), goods.now),
        )
    goods.now += timedelta(hours=244)
    assert goods.say(case, Reject(reason="other", words="已使用")).refusal is None
    enter(client, house, shop)
    page = text(client.get(SETTINGS + "clocks"))
    assert "1 单" in page
    assert "<b class=\"n\">4 小时 00 分</b>" in page, "two hours before the notice and two after it"
    assert "不剔除时 10 天 04 小时" in page
    assert "剔除：暂停 合计 10 天 00 小时，1 单" in page
    listed = text(client.get(SETTINGS + "durations?by=left_out"))
    assert goods.row(case, "number")[0] in listed
    assert "10 天 00 小时" in listed
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("update suspensions set withdrawn_at = now()")
