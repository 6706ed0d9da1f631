"""What people stumbled over at the desk of strategies: proposals could not be chosen, amounts grew a hundredfold, a faulty row of a file could not be opened, numbers without what is behind them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from amends.core.strategy import Action, Condition, Limits, Row
from amends.core.strategy_json import encode_rows
from amends.engine import people, strategies
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.worker import automation
from tests.shop import Shop
from tests.web.case_cast import stock_shop
from tests.web.conftest import enter
from tests.web.test_strategies import AT, ROW_URL, body, draft, hidden, keep

TABLE = "/m/strategies/review"


@pytest.fixture(scope="module")
def goods(house: Any, shop: people.Person) -> Shop:
    return stock_shop(house, shop)


@pytest.fixture
def me(client: Any, house: Any, shop: people.Person, goods: Shop) -> Any:
    return enter(client, house, shop)


def put(goods: Shop, shop: people.Person, *rows: Row) -> None:
    """These rows as the draft."""
    kept = strategies.save_draft(goods.pool, By(shop.actor()), *AT, encode_rows(rows), draft(goods).version, goods.now)
    assert not isinstance(kept, list), kept


def offers(page: str) -> set[str]:
    """The proposals that can be chosen."""
    select = re.search(r'<select[^>]*name="offer".*?</select>', page, re.S)
    found = re.findall(r'name="offer" value="(\w+)"', page) if select is None else re.findall(r'value="(\w+)"', select[0])
    return set(found)


def test_every_proposal_of_the_node_can_be_chosen_and_is_kept(me: Any, goods: Shop) -> None:
    form = body(me.post(ROW_URL, {"conditions": "0", "action": "propose", "look": "1"}))
    assert offers(form) == {"return", "refund_only", "exchange", "repair", "reissue", "withdraw"}
    later = body(me.post("/m/strategies/processing/rows/new", {"conditions": "0", "action": "propose", "look": "1"}))
    assert offers(later) == {"refund_only", "exchange", "repair", "reissue"}
    chosen = body(me.post(ROW_URL, {"conditions": "0", "action": "propose", "offer": "exchange", "look": "1"}))
    assert 'name="sku"' in chosen
    assert 'name="amount"' not in chosen, "only what belongs to the offer is asked"
    made = keep(me, action="propose", offer="refund_only", amount="20", words="不用寄回，退 20 元", limit_amount="50")
    assert made.status_code == 302, body(made)
    assert draft(goods).table.rows[-1].action == Action("propose", {"offer": "refund_only", "amount": 2000, "words": "不用寄回，退 20 元"})


def test_an_amount_of_an_action_comes_back_as_it_was_typed(me: Any, goods: Shop) -> None:
    made = keep(me, action="propose", offer="refund_only", amount="20.50", words="退一部分", limit_amount="50")
    row = draft(goods).table.rows[-1]
    assert f"row-{row.id}" in made.url
    form = me.get(f"{TABLE}/rows/{row.id}")
    assert 'name="amount" value="20.50"' in body(form), "not in minor units: saving again would make it a hundredfold"


def test_a_row_with_a_fact_that_is_none_can_be_opened_and_says_so(me: Any, goods: Shop, shop: people.Person) -> None:
    odd = Row(new_id(), "旧文件", (Condition("moon", "is", "full"), Condition("amount", "near", 5)), "", Action("approve_return"), Limits())
    put(goods, shop, odd)
    page = me.get(f"{TABLE}/rows/{odd.id}")
    assert page.status_code == 200
    assert "这个环节没有“moon”可比较" in body(page)
    assert me.get(TABLE).status_code == 200


def test_a_file_tells_its_problems_before_it_is_taken(me: Any, goods: Shop, shop: people.Person) -> None:
    put(goods, shop)
    row = {"id": new_id(), "name": "小额", "conditions": [{"fact": "moon", "op": "is", "value": "full"}], "cel": "", "action": {"command": "approve_return", "fields": {}},
           "limits": {"amount": -4}, "active": {}, "mode": "off"}
    document = {"format": "amends-strategies/1", "kind": "service_order", "node": "review", "version": 1, "rows": [row]}
    page = body(me.post(f"{TABLE}/import", {"file": SimpleUploadedFile("s.json", json.dumps(document).encode())}))
    assert "2 处要改" in page
    assert "“小额”：这个环节没有“moon”可比较" in page
    other = body(me.post(f"{TABLE}/import", {"file": SimpleUploadedFile("s.json", json.dumps(document | {"node": "receipt"}).encode())}))
    assert "文件是“收货”环节的策略，这里是“审核”" in other
    assert "service_order." not in other


def test_what_is_wrong_at_publishing_leads_to_its_row(me: Any, goods: Shop, shop: people.Person) -> None:
    odd = Row(new_id(), "小额", (Condition("amount", "lt", 100),), "", Action("approve_return"), Limits(per_day=0))
    put(goods, shop, odd)
    page = me.get(f"{TABLE}/publish")
    answer = me.post(f"{TABLE}/publish", {"revision": hidden(page, "revision"), "next": hidden(page, "next"), "mode": "on"})
    assert answer.status_code == 422
    assert f'<a href="{TABLE}/rows/{odd.id}">“小额”</a>：上限应是大于 0 的整数' in body(answer)


def test_an_amount_that_is_none_is_told_as_an_amount(me: Any) -> None:
    answer = body(keep(me, limit_amount="x", limit_per_buyer="2.5"))
    assert "要填大于 0 的金额，例如 500.00" in answer
    assert "上限应是大于 0 的整数" in answer


def test_where_a_new_row_stands_is_told(me: Any, goods: Shop, shop: people.Person) -> None:
    first, second = (Row(new_id(), name, (Condition("amount", "lt", 100),), "", Action("approve_return"), Limits()) for name in ("甲", "乙"))
    put(goods, shop, first, second)
    page = body(me.get(f"{TABLE}/publish"))
    assert "新增第 1 行“甲”" in page
    assert "新增第 2 行“乙”" in page


def test_a_new_row_is_told_with_what_it_offers_and_its_limits(me: Any, goods: Shop, shop: people.Person) -> None:
    offer = {"offer": "refund_only", "amount": 2000, "words": "不用寄回"}
    put(goods, shop, Row(new_id(), "先提方案", (Condition("amount", "lt", 10_000),), "", Action("propose", offer), Limits(amount_per_day=50_000)))
    assert "就提出协商方案 · 方案 退款，不再寄回 · 退款金额 ¥20 · “不用寄回” · 每天 ¥500" in body(me.get(f"{TABLE}/publish"))


def test_a_trial_tells_each_row_by_its_place_in_the_table(me: Any, house: Any, goods: Shop, shop: people.Person) -> None:
    on, off, new = (Row(new_id(), name, (Condition("amount", "lt", 100_000_00),), "", Action("approve_return"), Limits(), mode=mode) for name, mode in (("开着", "on"), ("关着", "off"), ("新的", "off")))
    put(goods, shop, off, on)
    assert not isinstance(strategies.publish(goods.pool, By(shop.actor()), *AT, "", goods.now), list)
    put(goods, shop, off, on, new)
    asked = me.post(f"{TABLE}/try", {"days": "30"})
    while automation.work_runs(house):
        pass
    page = body(me.get(asked.url))
    assert "第 3 行 新的" in page, "the row that is off stands first in the table and is not tried"
    assert "新增第 3 行“新的”" in page
    assert "关着、没改的行不试" in page


def test_who_may_only_look_is_told_who_can_try(client: Any, house: Any, clerk: people.Person, shop: people.Person, goods: Shop) -> None:
    from tests.web.case_cast import grant

    grant(house, shop, clerk, "read")
    page = body(enter(client, house, clerk).get("/m/strategies/receipt"))
    assert "还没有试过；试一试需要“维护自动化策略”权限" in page
