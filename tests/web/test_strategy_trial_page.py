"""What the road would have refused stands in a trial's table, notes and lists, and in the API (SA-7)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from amends.core.verbs.review import Reject
from amends.engine import strategies
from amends.engine.audit import By
from amends.engine.keys import Shown, make_key
from amends.worker import automation
from tests.engine.strategy_shop import REVIEW, SO, row
from tests.web.case_cast import stock_shop
from tests.web.conftest import enter


@pytest.fixture(scope="module")
def goods(house, shop):
    """One cup and one dear order refused by people; a row in the draft that would pay 200 yuan back for either."""
    goods = stock_shop(house, shop)
    today = goods.now
    goods.now = today - timedelta(days=2)
    for paid in (8900, 30_000):
        assert goods.say(goods.apply(goods.order(("CUP", 1, paid))), Reject("other", "拆封已使用")).refusal is None
    goods.now = today
    made = row("补偿两百", "refund_without_return", fields={"amount": 20_000, "adjust_reason": "goodwill"}, limits={"amount": 20_000})
    assert not isinstance(strategies.save_draft(goods.pool, By(goods.hai), SO, REVIEW, [made], 0, goods.now), list)
    return goods


@pytest.fixture
def desk(client, house, shop):
    return enter(client, house, shop)


def test_the_page_tells_apart_what_would_have_been_refused(desk, goods, house, shop):
    begun = desk.post("/m/strategies/review/try", {"days": "30"})
    assert begun.status_code == 302
    while automation.work_runs(house):
        pass
    page = desk.get(begun["Location"]).content.decode()
    assert re.search(r'<th class="num" scope="col">留给人：超过可退金额</th>', page)
    assert "1 单符合条件，但规则会挡下，留给人：超过可退金额（如 S-" in page
    assert "最多可退 ¥89.00，你填写了 ¥200.00，请调低金额" in page
    cell = re.search(r'href="([^"]+strategy=refused_refund_above_cap)"', page)[1].replace("&amp;", "&")
    listed = desk.get(cell).content.decode()
    assert "留给人：超过可退金额" in listed
    assert "最多可退 ¥89.00" in listed
    assert listed.count("<tr><td>") == 1
    run = begun["Location"].rstrip("/").rsplit("/", 1)[1]
    key = make_key(house.pool, By(shop.actor()), "看试跑", ("read", "manage_strategies"), house.clock.now())
    assert isinstance(key, Shown)
    told = desk.get(f"/api/v1/strategies/review/runs/{run}", headers={"Authorization": f"Bearer {key.key}"})
    assert told.status_code == 200, told.content
    report = told.json()["report"]
    assert (report["refused"], report["would_decide"], report["paid_by_rows"]) == (1, 1, 20_000)
    assert report["agreement"] == {"reject": {"refused_refund_above_cap": 1, "refund_without_return": 1}}
    cases = desk.get(f"/api/v1/strategies/review/runs/{run}/cases?people=reject&strategy=refused_refund_above_cap", headers={"Authorization": f"Bearer {key.key}"}).json()
    assert [c["strategy"] for c in cases["items"]] == ["refused_refund_above_cap"]


def test_in_english_too(desk, goods):
    desk.cookies["amends_lang"] = "en"
    page = desk.get("/m/strategies/review").content.decode()
    assert "left to people: above what can be refunded" in page


def test_the_case_page_tells_that_a_fitting_row_would_be_refused(desk, goods):
    desk.cookies["amends_lang"] = "zh"
    by = By(goods.hai)
    assert not isinstance(strategies.publish(goods.pool, by, SO, REVIEW, "", goods.now), list)
    kept = strategies.table(goods.pool, goods.merchant, SO, REVIEW).rows[0]
    assert not isinstance(strategies.switch(goods.pool, by, SO, REVIEW, kept.id, "on", goods.now), list)
    mine = goods.apply(goods.order(("CUP", 1, 8900)))
    told = desk.get(f"/m/strategies/case/{mine}").content.decode()
    assert "“补偿两百”符合，但会被挡下，留给人：最多可退 ¥89.00，你填写了 ¥200.00，请调低金额" in told
    dear = goods.apply(goods.order(("CUP", 1, 30_000)))
    assert "会由“补偿两百”自动办" in desk.get(f"/m/strategies/case/{dear}").content.decode()
