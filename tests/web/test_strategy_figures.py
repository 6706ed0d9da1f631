"""Before a row is switched on its figures are told: what it did in shadow beside people, what one row alone would have done, and what waits that it would decide (SA-7, SA-8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from amends.core.strategy import Action, Condition, Limits, Mode, Row
from amends.core.strategy_json import encode_rows
from amends.core.verbs.desk import Claim
from amends.core.verbs.review import ApproveReturn, Reject
from amends.engine import automate, people, strategies
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.engine.ringing import ring
from amends.store.connect import PLATFORM, scope
from amends.worker import automation
from tests.shop import Shop
from tests.web.case_cast import stock_shop
from tests.web.conftest import enter
from tests.web.test_strategies import AT, body, draft

TABLE = "/m/strategies/review"


@pytest.fixture(scope="module")
def goods(house: Any, shop: people.Person) -> Shop:
    return stock_shop(house, shop)


@pytest.fixture
def me(client: Any, house: Any, shop: people.Person, goods: Shop) -> Any:
    return enter(client, house, shop)


def small(name: str, below: int, mode: Mode = "off") -> Row:
    return Row(new_id(), name, (Condition("case_type", "is", "return"), Condition("amount", "lt", below)), "", Action("approve_return"), Limits(), mode=mode)


def keep(goods: Shop, shop: people.Person, *rows: Row, publish: bool = False) -> None:
    """These rows as the draft, or as the next version."""
    kept = strategies.save_draft(goods.pool, By(shop.actor()), *AT, encode_rows(rows), draft(goods).version, goods.now)
    assert not isinstance(kept, list), kept
    if publish:
        assert not isinstance(strategies.publish(goods.pool, By(shop.actor()), *AT, "", goods.now), list)


def test_what_a_row_did_in_shadow_stands_beside_what_people_did_and_is_switched_on_there(me: Any, house: Any, goods: Shop, shop: people.Person) -> None:
    row = small("百元内", 10_000, "shadow")
    keep(goods, shop, row, publish=True)
    same, other, waits, late = (goods.apply(goods.order(("CUP", 1, 8900))) for _ in range(4))
    automate.work(goods.pool, goods.merchant, goods.now)
    assert goods.say(same, ApproveReturn()).refusal is None
    assert goods.say(other, Reject("other", "拆吊牌")).refusal is None
    with scope(goods.pool, PLATFORM) as conn:
        conn.execute("update clocks set due_at = %s where case_id = %s", (goods.now - timedelta(minutes=1), late))
    ring(goods.pool, goods.merchant, goods.now)
    page = body(me.get(f"{TABLE}/rows/{row.id}/cases?shadow=1"))
    figures = page[page.index('id="beside"') : page.index("影子里符合的每一单")]
    told = ("<b>4</b><span>符合的单", "<b>3</b><span>其中已有结果", "50.0%", "1 单还没有人决定", "1 单由系统到期或自动处理", "客服：审核不通过，拆吊牌；策略：同意客户发货", "每单右侧是这一单商品的实付", "打开，以后自动“同意客户发货”")
    assert [words for words in told if words not in figures] == []
    assert f'href="{TABLE}/rows/{row.id}/cases?shadow=1"' in body(me.get(TABLE)), "the mark of the row leads there"
    assert me.post(f"{TABLE}/switch", {"row": row.id, "mode": "on", "waiting": "1"}).status_code == 302
    while automation.work_runs(house):
        pass
    assert goods.row(waits, "state") == ("awaiting_return",)
    assert "打开，以后自动" not in body(me.get(f"{TABLE}/rows/{row.id}/cases?shadow=1")), "it is on already"


def test_a_row_behind_another_is_tried_alone_and_what_waits_is_counted_before_it_is_switched_on(me: Any, house: Any, goods: Shop, shop: people.Person) -> None:
    first, behind = small("千元内", 100_000), small("百元内再来", 10_000)
    keep(goods, shop, first, behind)
    for _ in range(2):
        assert goods.say(goods.apply(goods.order(("CUP", 1, 8900))), ApproveReturn()).refusal is None
    goods.apply(goods.order(("CUP", 1, 50_000)))
    claimed = goods.apply(goods.order(("CUP", 1, 8900)))
    assert goods.say(claimed, Claim()).refusal is None

    def tried(row: str) -> str:
        asked = me.post(f"{TABLE}/try", {"days": "30", "row": row})
        while automation.work_runs(house):
            pass
        return body(me.get(asked.url))

    whole, alone = tried(""), tried(behind.id)
    assert "没有单轮到它：符合的单，前面的行先决定了" in whole
    assert "只试第 2 行 百元内再来 ·" in alone
    assert "只看这一行符合哪些单" in alone
    assert f'<option value="{behind.id}" selected>' in alone
    assert "草稿在这次试跑之后又改过" not in alone
    told = body(me.get(f"{TABLE}/publish"))
    assert "第 1 行 千元内：1 单“同意客户发货”" in told
    assert "第 2 行 百元内再来：0 单“同意客户发货”" in told
    assert "1 单已有人领取，留给人" in told
    keep(goods, shop, small("千元内", 100_000), behind)
    assert "草稿在这次试跑之后又改过" not in body(me.get(TABLE)), "the row that was tried alone is as it was"
