"""What the buyer says of the goods, opened or not: kept with the case, and what strategies ask first (SO-1, SA-2)."""

from typing import Any

import pytest

from amends.core.verbs.buyer import ChangeApplication
from amends.core.verbs.review import ApproveReturn
from amends.engine.application import Application, Item
from amends.engine.ids import new_id
from amends.engine.intake import apply_for, digest
from amends.engine.strategy_facts import read_now, read_then
from amends.store import strategies as tables
from amends.store.connect import PLATFORM, scope
from tests.engine.strategy_shop import consider, publish, row, state
from tests.engine.test_strategy_trial import tried
from tests.shop import LIN, Shop, open_shop

SEALED = ("goods_state", "is", "unopened")


@pytest.fixture
def shop(pool) -> Shop:
    return open_shop(pool)


def case(shop: Shop, said: str, words: str = "") -> str:
    order = shop.order(("CUP", 1, 9900))
    applied = apply_for(shop.pool, shop.merchant, Application(order, [Item(shop.lines[order][0], 1, "return", "no_reason", words, [], said)]), LIN, shop.now, new_id())
    assert not isinstance(applied, list), applied
    return applied.cases[0].case_id


@pytest.mark.parametrize(("said", "words", "findings", "known"), [
    ("unopened", "拆开看了看", ["opened"], "unopened"), ("opened", "没有拆封", [], "opened"), ("", "没有拆封", ["opened"], "opened"), ("", "没有拆封", [], "unopened"), ("", "不要了", [], "unknown"),
], ids=["said", "said_against_words", "found", "in_words", "nothing"])
def test_what_is_said_counts_before_findings_and_findings_before_words(shop, said, words, findings, known):
    made = case(shop, said, words)
    shop.all("update order_lines set facts = facts || jsonb_build_object('fitness', %s::text[]) where order_id = (select order_id from cases where id = %s) returning 1", findings, made)
    assert {facts["goods_state"] for facts in both_ways(shop, made)} == {known}


def both_ways(shop: Shop, made: str) -> list[dict[str, Any]]:
    """The case as it is now, and as trials see it at its first event."""
    with scope(shop.pool, PLATFORM) as conn:
        seen = tables.merchant_seen(conn, shop.merchant)
        return read_now(conn, shop.merchant, [made], {"goods_state"}, seen, shop.now) + read_then(conn, shop.merchant, [(made, 1, shop.now)], {"goods_state"}, seen)


def test_a_strategy_and_its_trial_go_by_what_was_said(shop):
    publish(shop, row("未拆封", "approve_return", SEALED))
    sealed, opened = case(shop, "unopened"), case(shop, "opened", "没有拆封")
    consider(shop)
    assert (state(shop, sealed), state(shop, opened)) == ("awaiting_return", "reviewing")
    shop.say(opened, ChangeApplication("no_reason", "真的没有拆封", 1, []), LIN)
    consider(shop)
    assert state(shop, opened) == "reviewing", "words written later do not count against what was said"
    shop.say(opened, ApproveReturn())
    assert tried(shop, row("拆了的", "approve_return", ("goods_state", "is", "opened"))).would_decide == 1


def test_an_unknown_code_is_refused_and_nothing_said_is_nothing_kept(shop):
    order = shop.order(("CUP", 1, 9900))
    ask = Application(order, [Item(shop.lines[order][0], 1, "return", "no_reason", "", [], "sealed")])
    [wrong] = apply_for(shop.pool, shop.merchant, ask, LIN, shop.now, new_id())
    assert (wrong.code, wrong.field) == ("goods_state_unknown", "items[0].goods_state")
    assert shop.row(case(shop, ""), "facts ? 'goods_state'") == (False,)


def test_an_application_that_says_nothing_keeps_its_old_digest():
    silent, said = (Application("o", [Item("l", 1, "return", "no_reason", "", [], s)]) for s in ("", "opened"))
    assert digest(silent) == "040cc778fa3f19e5ff7628ed8105b6ec"
    assert digest(said) != digest(silent)
