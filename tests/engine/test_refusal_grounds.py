"""Applications are refused on grounds of the pack's own tree, each ground of what is not handled among them (SO-27, PO-6)."""

from __future__ import annotations

import pytest

from amends.core.policy import load_pack
from amends.core.verbs.review import Reject
from tests.engine.strategy_shop import consider, decisions, publish, row, state
from tests.shop import Shop, open_shop

PACKS = ("jd", "pdd", "kuaishou", "tmall")


@pytest.fixture
def shop(pool) -> Shop:
    return open_shop(pool)


def test_a_ground_that_the_pack_does_not_have_is_refused_with_those_it_has(shop):
    case = shop.apply(shop.order(("CUP", 1, 9900)))
    answer = shop.say(case, Reject("banana", "不行"))
    assert answer.refusal is not None
    assert (answer.refusal.code, answer.refusal.field) == ("not_a_choice", "reason")
    assert "used" in answer.refusal.facts["choices"]
    assert shop.say(case, Reject("used", "杯底有茶渍")).refusal is None


def test_a_strategy_refuses_on_no_other_ground(shop):
    publish(shop, row("拒绝", "reject", fields={"reason": "banana", "words": "不行"}))
    case = shop.apply(shop.order(("CUP", 1, 9900)))
    consider(shop)
    assert (state(shop, case), decisions(shop)[0][2]) == ("reviewing", "not_a_choice")


@pytest.mark.parametrize("pack", PACKS)
def test_everything_that_is_not_handled_can_be_said(pack):
    loaded = load_pack(pack).pack
    assert loaded is not None
    grounds = {leaf.code for group in loaded.review_reasons["reject"] for leaf in group.leaves}
    assert {n.finding for n in loaded.not_handled} <= grounds
    assert "other" in grounds
