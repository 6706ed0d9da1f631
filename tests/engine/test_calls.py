"""Calls for help on the real database (SO-30): kept with who called and why, answered once, turned into a dispute."""

from __future__ import annotations

from uuid import UUID

import pytest

from amends.core.verbs import buyer as b
from amends.core.verbs import desk as d
from amends.core.verbs import review as v
from amends.engine import calls
from amends.engine.dispute import Opened, Opening
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope
from amends.store.screens import calls as read
from amends.worker.effects import perform
from tests.shop import LIN, Shop, open_shop


@pytest.fixture(scope="module")
def goods(pool) -> Shop:
    return open_shop(pool)


def called(goods: Shop, case: str) -> read.Call:
    with scope(goods.pool, PLATFORM) as conn:
        found = [c for answered in (False, True) for c in read.listed(conn, answered=answered, merchant=goods.merchant) if c.case_id == case]
    assert found
    return found[0]


def waiting(goods: Shop) -> list[str]:
    with scope(goods.pool, PLATFORM) as conn:
        return [c.case_id for c in read.listed(conn, merchant=goods.merchant)]


def test_a_merchants_call_waits_with_its_cause_until_it_is_answered(goods):
    case = goods.apply(goods.order(("CUP", 1, 9900)))
    assert goods.say(case, d.CallPlatform("双方说法不一致", "no_such")).refusal.code == "call_cause_unknown"
    assert goods.say(case, d.CallPlatform("退回来少一件", "short_or_wrong")).refusal.code == "photos_missing"
    assert goods.say(case, d.CallPlatform("双方说法不一致")).refusal is None
    call = called(goods, case)
    assert (call.side, call.actor_name, call.words, call.answered_at) == ("merchant", "阿海", "双方说法不一致", None)
    assert calls.answer(goods.pool, goods.arbiter, call, " ", new_id(), goods.now).code == "required"
    assert calls.answer(goods.pool, goods.hai, call, "我来", new_id(), goods.now).code == "not_yours"
    command = new_id()
    assert calls.answer(goods.pool, goods.arbiter, call, "请先核对出库视频", command, goods.now) is None
    assert calls.answer(goods.pool, goods.arbiter, call, "请先核对出库视频", command, goods.now) is None
    assert calls.answer(goods.pool, goods.arbiter, call, "再说一次", new_id(), goods.now).code == "no_call_open"
    call = called(goods, case)
    assert (call.answer, call.answered_name, call.state) == ("请先核对出库视频", "平台", "reviewing")
    assert case not in waiting(goods)
    perform(goods.pool, goods.merchant, goods.now)
    assert goods.all("select reader from notices where merchant_id = %s and case_id = %s and event = 'call_answered'", goods.merchant, case) == [("merchant",)]
    assert not goods.all("select 1 from messages where merchant_id = %s and case_id = %s", goods.merchant, case)


def test_a_buyers_not_solved_is_a_call_whose_answer_the_buyer_reads(goods):
    case = goods.apply(goods.order(("CUP", 1, 9900)))
    goods.say(case, v.Reject("no_proof", "没有凭证"))
    assert goods.say(case, b.NotSolved("还是坏的"), LIN).refusal is None
    call = called(goods, case)
    assert (call.side, call.words, call.state) == ("buyer", "还是坏的", "rejected")
    assert calls.answer(goods.pool, goods.arbiter, call, "已请商家重新核实", new_id(), goods.now) is None
    perform(goods.pool, goods.merchant, goods.now)
    readers = goods.all("select reader from notices where merchant_id = %s and case_id = %s and event = 'call_answered' order by 1", goods.merchant, case)
    assert readers == [("buyer",), ("merchant",)]
    assert ("platform", "已请商家重新核实") in goods.all("select actor_kind, body from messages where merchant_id = %s and case_id = %s", goods.merchant, case)


def test_one_answer_closes_all_calls_of_a_case_and_a_new_call_opens_again(goods):
    case = goods.apply(goods.order(("CUP", 1, 9900)))
    for words in ("一", "二"):
        goods.say(case, d.CallPlatform(words))
    assert waiting(goods).count(case) == 2
    calls.answer(goods.pool, goods.arbiter, called(goods, case), "收到", new_id(), goods.now)
    assert case not in waiting(goods)
    goods.say(case, d.CallPlatform("三"))
    assert waiting(goods).count(case) == 1


def test_a_dispute_is_opened_from_a_call_once(goods):
    case = goods.apply(goods.order(("CUP", 1, 9900)))
    goods.say(case, d.CallPlatform("谈不拢"))
    call = called(goods, case)
    asked = Opening(call.order_id, "goods_quality", "refund", "商品有裂纹，双方谈不拢", case)
    assert [r.field for r in calls.turn_into_dispute(goods.pool, goods.arbiter, call, asked, "", new_id(), goods.now)] == ["answer"]
    wrong = Opening(call.order_id, "no_such", "refund", "说明", case)
    assert [r.field for r in calls.turn_into_dispute(goods.pool, goods.arbiter, call, wrong, "已开纠纷", new_id(), goods.now)] == ["scenario"]
    assert case in waiting(goods)
    command = new_id()
    opened = calls.turn_into_dispute(goods.pool, goods.arbiter, call, asked, "已开纠纷，请在时限内答复", command, goods.now)
    again = calls.turn_into_dispute(goods.pool, goods.arbiter, call, asked, "已开纠纷，请在时限内答复", command, goods.now)
    assert isinstance(opened, Opened)
    assert isinstance(again, Opened)
    assert again.replayed
    assert again.number == opened.number
    call = called(goods, case)
    assert (call.dispute, call.open_dispute_number, call.open_dispute) == (opened.number, opened.number, opened.case_id)
    assert case not in waiting(goods)


def test_another_merchant_sees_none_of_it(goods, pool):
    other = open_shop(pool, name="别家")
    with scope(pool, UUID(other.merchant)) as conn:
        assert read.listed(conn) == []
        assert read.counted(conn) == 0
    assert calls.known(pool, "x", "y") is None
