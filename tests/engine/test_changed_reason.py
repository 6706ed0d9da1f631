"""An application whose reason is changed is judged again, so that nothing acts by itself on a verdict about another reason (PO-1, SO-5, SO-27)."""

from __future__ import annotations

import json

import pytest

from amends.core.verbs.buyer import ChangeApplication
from amends.engine.photos import take_photo
from amends.store.connect import PLATFORM, scope
from tests.engine.strategy_shop import consider, publish, row, state
from tests.engine.test_photos import picture
from tests.shop import LIN, Shop, open_shop


@pytest.fixture
def shop(pool) -> Shop:
    return open_shop(pool)


def applied(shop: Shop, *, tags: tuple[str, ...] = (), **more) -> str:
    """A return for a fault, with its photo; `tags` of the goods."""
    order = shop.order(("CUP", 1, 9900))
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update order_lines set tags = %s where order_id = %s", (list(tags), order))
    photo = take_photo(shop.pool, shop.merchant, picture("PNG"), LIN.id, shop.now)
    return shop.apply(order, reason="quality_fault", photos=[photo], **more)


def holds(shop: Shop, pack: str, **settings) -> None:
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update merchants set pack = %s, settings = settings || %s, automates = true where id = %s", (pack, json.dumps(settings), shop.merchant))


def test_a_reason_the_goods_are_closed_to_is_refused_and_no_strategy_passes_it(shop):
    publish(shop, row("无理由放行", "approve_return", ("reason", "is", "no_reason"), ("policy_verdict", "is", "allowed")))
    case = applied(shop, tags=("custom_made",))
    answer = shop.say(case, ChangeApplication(reason="no_reason"), LIN)
    assert answer.refusal is not None
    assert (answer.refusal.code, answer.refusal.field) == ("not_open", "reason")
    assert "定制商品" in answer.refusal.say("zh")
    consider(shop)
    assert (state(shop, case), shop.row(case, "reason")[0]) == ("reviewing", "quality_fault")


def test_automatic_agreement_does_not_pass_it_either(shop):
    holds(shop, "kuaishou", auto_agree=True)
    case = applied(shop, tags=("custom_made",))
    shop.say(case, ChangeApplication(reason="no_reason"), LIN)
    consider(shop)
    assert state(shop, case) == "reviewing"


def test_an_open_reason_brings_its_own_verdict_as_of_the_application(shop):
    case = applied(shop)
    assert shop.row(case, "facts -> 'verdict' ->> 'rule'") == ("PO-4",)
    assert shop.say(case, ChangeApplication(reason="no_reason"), LIN).refusal is None
    rule, reason, zh, fault = shop.row(case, "facts -> 'verdict' ->> 'rule', facts -> 'verdict' ->> 'reason', facts -> 'verdict' ->> 'zh', facts ->> 'fault'")
    assert (rule, reason, fault) == ("PO-2", "no_reason", "buyer")
    assert "由客户承担" in zh


@pytest.mark.parametrize(("words", "field"), [({}, "photos"), ({"description": ""}, "photos")], ids=["photos", "kept-words"])
def test_a_fault_still_asks_for_its_photos(shop, words, field):
    case = shop.apply(shop.order(("CUP", 1, 9900)))
    answer = shop.say(case, ChangeApplication(reason="quality_fault", **words), LIN)
    assert answer.refusal is not None
    assert answer.refusal.field == field


def test_goods_that_are_kept_still_need_a_fault(shop):
    holds(shop, "pdd")
    case = applied(shop, return_way="keep")
    answer = shop.say(case, ChangeApplication(reason="no_reason"), LIN)
    assert answer.refusal is not None
    assert (answer.refusal.code, answer.refusal.field) == ("keep_needs_fault", "reason")


def test_other_words_and_fewer_pieces_are_not_judged_again(shop):
    case = applied(shop)
    before = shop.row(case, "facts -> 'verdict'")
    assert shop.say(case, ChangeApplication(reason="quality_fault", description="换个说法"), LIN).refusal is None
    assert shop.row(case, "facts -> 'verdict'") == before


def test_a_province_written_short_has_its_local_rule(shop):
    from datetime import datetime

    from amends.engine.intake import goods_of
    from amends.store.applying import LineSeen, OrderSeen

    at: datetime = shop.now
    assert goods_of(OrderSeen("o", "O", "received", "b", "CNY", False, at, at, "河北", {}), LineSeen("l", "S", "t", "home", 1, 100, [], False, {})).region == "河北省"
