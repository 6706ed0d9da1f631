"""Freight of other ways of an order beside one that was paid already: the way out, and the way back of other goods; the same way is paid once (DI-6, CO-5, MO-1)."""

from __future__ import annotations

import pytest

from amends.core.verbs import buyer as b
from amends.core.verbs import dispute as v
from amends.core.verbs import review as r
from amends.engine import compensation, freight_claims
from amends.engine.audit import By
from amends.engine.compensation import Decision
from amends.engine.ids import new_id
from tests.engine.compensation_shop import supervisor
from tests.engine.dispute_desk import SECOND, dispute, house, judgement, paid, to_judge, upheld
from tests.engine.test_compensation import codes, receipt
from tests.engine.together import stands
from tests.shop import LIN, open_shop

OUT = 1_000


@pytest.fixture(scope="module")
def shop(pool):
    opened = open_shop(pool, stock={"CUP": 100, "MUG": 100})
    yield opened
    stands(opened)


def sent(shop, order: str, line: int) -> str:
    """A service order whose goods the buyer has sent back."""
    case = shop.apply(order, line=line, reason="wrong_goods", photos=receipt(shop))
    assert shop.say(case, r.ApproveReturn()).refusal is None
    assert shop.say(case, b.ShipBack("顺丰", f"SF{case[-8:]}"), LIN).refusal is None
    return case


def claim(shop, case: str):
    return freight_claims.claim(shop.pool, By(LIN), shop.merchant, case, 1_500, receipt(shop), "", new_id(), shop.now, "buyer-lin")


def granted(shop, case: str) -> None:
    [k] = claim(shop, case).compensations
    compensation.decide(shop.pool, supervisor(shop), shop.merchant, k.id, Decision(True), new_id(), shop.now)


@pytest.fixture
def trade(shop):
    """An order with way out, both goods on their way back, and a dispute about the order; the cup's way back was paid by a claim."""
    order = shop.order(("CUP", 1, 20_000), ("MUG", 1, 10_000), freight=OUT)
    cup, mug = (sent(shop, order, line) for line in (0, 1))
    granted(shop, cup)
    return order, cup, mug, dispute(shop, order, "process_freight_unpaid", by=shop.arbiter)


def freight(shop, of: str, way: str, much: int | None = 800, **more):
    to_judge(shop, of)
    given = {"liability": "merchant", "outcome": "compensation", "compensation": 100, "freight": much, "freight_by": "merchant", "freight_way": way, **more}
    return shop.say(of, judgement(**given), SECOND)


def carried(shop, of: str) -> None:
    assert shop.say(of, v.CarryOutJudgement()).refusal is None
    house(shop)


def awards(shop, of: str) -> list[tuple]:
    return shop.all("select reason, amount_minor from compensations where case_id = %s and kind = 'judgement' and state not in ('dropped', 'reversed') order by reason", of)


def test_the_way_back_of_other_goods_is_awarded_and_its_own_is_not_claimed_after(shop, trade):
    order, cup, mug, of = trade
    refusal = freight(shop, of, "").refusal
    assert refusal.code == "judge_freight_claimed"
    assert "哪一段运费" in refusal.say("zh")
    assert freight(shop, of, cup).refusal.code == "judge_freight_claimed", "the same way stays paid once"
    assert freight(shop, of, mug).refusal is None
    assert codes(claim(shop, mug)) == ["freight_judged"]
    carried(shop, of)
    assert awards(shop, of) == [("compensation", 100), ("freight", 800)]
    assert codes(claim(shop, mug)) == ["freight_judged"]
    again = dispute(shop, order, "process_freight_unpaid", mug, by=shop.arbiter)
    assert freight(shop, again, "").refusal.code == "judge_freight_judged"
    paid(shop, of)
    upheld(shop, of, outcome="nothing", liability="none")
    assert codes(claim(shop, mug)) == ["freight_judged"], "what was paid is left with the buyer"
    assert freight(shop, again, mug).refusal.code == "judge_freight_judged"


def test_a_judgement_about_one_way_leaves_claims_of_the_other_open(shop):
    order = shop.order(("CUP", 1, 20_000), ("MUG", 1, 10_000))
    cup, mug = (sent(shop, order, line) for line in (0, 1))
    of = dispute(shop, order, "process_freight_unpaid", by=shop.arbiter)
    assert freight(shop, of, mug, None, freight_by="buyer").refusal is None
    assert codes(claim(shop, mug)) == ["freight_judged_buyer"]
    assert not isinstance(claim(shop, cup), list)


def test_the_way_out_is_refunded_and_never_twice(shop, trade):
    order, _, _, of = trade
    refusal = freight(shop, of, "out", OUT + 1).refusal
    assert (refusal.code, refusal.facts["most"]) == ("judge_freight_out_above", OUT)
    assert freight(shop, of, "out", OUT, outcome="refund", amount=30_001, compensation=None).refusal.facts["most"] == 30_000
    assert freight(shop, of, "out", OUT, freight_by="carrier").refusal is None
    carried(shop, of)
    assert shop.all("select line_id, amount_minor from granted_refunds where case_id = %s", of) == [(None, OUT)]
    assert awards(shop, of) == [("compensation", 100)]
    assert shop.row(of, "granted_minor") == (OUT,)
    lines = shop.all("select e.account, e.amount_minor from ledger_entries e join ledger_movements m on m.merchant_id = e.merchant_id and m.id = e.movement_id where m.case_id = %s and m.kind = 'refund_granted' order by 1", of)
    assert lines == [("buyer_refund", OUT), ("freight", -OUT)]
    other = dispute(shop, order, "goods_quality", trade[1], by=shop.arbiter)
    assert freight(shop, other, "out", 1).refusal.facts["most"] == 0


def test_the_way_out_beside_goods_of_one_service_order_and_taken_back(shop, trade):
    _, cup, _, _ = trade
    of = dispute(shop, trade[0], "goods_quality", cup, by=shop.arbiter)
    assert freight(shop, of, "out", OUT, outcome="refund", amount=20_000, compensation=None, advance=True).refusal is None
    spread = dict(shop.all("select line_id::text, amount_minor from granted_refunds where case_id = %s", of))
    assert spread == {shop.lines[trade[0]][0]: 20_000, None: OUT}
    assert shop.row(of, "granted_minor") == (20_000 + OUT,)
    carried(shop, of)
    upheld(shop, of, outcome="refund", liability="merchant", amount=20_000, freight=OUT, freight_by="platform", freight_way="out")
    carried(shop, of)
    assert shop.row(of, "granted_minor") == (20_000 + OUT,)


def test_a_way_of_no_service_order_of_the_order_is_refused(shop, trade):
    refusal = freight(shop, trade[3], new_id()).refusal
    assert (refusal.code, refusal.field) == ("judge_freight_way_unknown", "freight_way")
    assert freight(shop, trade[3], trade[2], None, freight_by="").refusal.code == "judge_freight_payer"


def test_goods_without_a_service_order_have_a_way_back_of_their_own(shop):
    order = shop.order(("CUP", 1, 20_000), ("MUG", 1, 10_000))
    granted(shop, sent(shop, order, 0))
    of, mug = dispute(shop, order, "process_freight_unpaid", by=shop.arbiter), shop.lines[order][1]
    assert freight(shop, of, shop.lines[order][0]).refusal.code == "judge_freight_way_unknown", "the cup's way is that of its service order"
    assert freight(shop, of, mug).refusal is None
    assert codes(claim(shop, sent(shop, order, 1))) == ["freight_judged"], "a service order that comes later is about the same way"


@pytest.mark.parametrize(("way", "borne"), [("out", "merchant"), ("", "carrier")], ids=["the way out", "its own way back"])
def test_who_bears_another_way_is_not_who_bears_the_goods_way_back(shop, way, borne):
    order = shop.order(("CUP", 1, 20_000), freight=OUT)
    case = shop.apply(order, reason="wrong_goods", photos=receipt(shop))
    assert shop.say(case, r.Reject("other", "已使用", receipt(shop, 50))).refusal is None
    of = dispute(shop, order, "process_refused", case)
    assert freight(shop, of, way, OUT, outcome="return_and_refund", amount=20_000, compensation=None, freight_by="carrier").refusal is None
    carried(shop, of)
    assert shop.row(case, "state, facts ->> 'freight_by'") == ("awaiting_return", borne)
