"""纠纷商责率: shared out on refunds that ended, beside the line a pack draws, with the disputes that count (DI-7, PO-12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from amends.core.verbs.buyer import Withdraw
from amends.engine import liability
from amends.engine.deadlines import pack_of
from amends.engine.liability import Liability
from amends.store.connect import PLATFORM, scope
from tests.engine.dispute_desk import dispute, judged, upheld
from tests.shop import LIN
from tests.web.case_cast import stock_shop
from tests.web.conftest import enter
from tests.web.disputes_cast import ARBITER

KS = "kuaishou"


def body(answer: Any) -> str:
    assert answer.status_code == 200, answer.content.decode()[:300]
    return answer.content.decode()


@pytest.mark.parametrize(("liable", "ended", "kept"), [(0, 0, True), (3, 3, True), (4, 1_142, False), (4, 1_143, True), (40, 20_000, True), (4, 0, False)])
def test_the_line_is_fewer_than_four_or_thirty_five_in_ten_thousand(liable, ended, kept):
    measure = liability.measure_of(pack_of(KS))
    assert (measure.passes.source, measure.days) == ("S1_ks", 30)
    assert Liability(liable, liable, liable, ended).passes(measure) is kept


def test_other_packs_draw_no_line():
    for name in ("jd", "pdd", "tmall"):
        measure = liability.measure_of(pack_of(name))
        assert (measure.over, measure.days, Liability(9, 9, 9, 9).passes(measure)) == ("refunds_ended", 30, None), name


@pytest.fixture(scope="module")
def counted(goods_of):
    """Four disputes found against the shop, one of them taken back since, of four refunds that ended."""
    shop = goods_of
    cases = [dispute(shop, shop.order(("CUP", 1, 10_000)), by=shop.arbiter) for _ in range(5)]
    for case, fault in zip(cases, ("merchant", "merchant", "shared", "merchant", "buyer"), strict=True):
        judged(shop, case, liability=fault)
    upheld(shop, cases[0], liability="buyer")
    for _ in range(4):
        assert shop.say(shop.apply(shop.order(("CUP", 1, 10_000))), Withdraw(), LIN).refusal is None
    return shop, [shop.row(case, "number")[0] for case in cases]


@pytest.fixture(scope="module")
def goods_of(house, shop):

    made = stock_shop(house, shop)
    made.now, made.arbiter = house.clock.now() - timedelta(minutes=5), ARBITER
    return made


def test_the_lists_of_disputes_say_how_it_stands_and_which_count(client, house, shop, operator, counted):
    made, numbers = counted
    enter(client, house, shop)
    page = body(client.get("/m/q/dispute-answer"))
    for words in ("近 30 天商责 3 单，完结退款 4 单，商责率 75.00%", "规则包没有设达标线", "/m/disputes/liability"):
        assert words in page, words
    assert "商责率" not in body(client.get("/m/q/review"))
    listed = body(client.get("/m/disputes/liability"))
    assert [number for number in numbers if number in listed] == numbers[1:4]
    assert "fewer than" not in body(client.get("/m/disputes/liability?lang=en"))
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("update merchants set pack = %s where id = %s", (KS, made.merchant))
    try:
        page = body(client.get("/m/q/dispute-all?lang=zh"))
        assert "达标线：少于 4 单 或 不高于 0.35%" in page
        assert '<span class="chip chip-green">达标</span>' in page
        enter(client, house, operator)
        there = body(client.get(f"/p/disputes/liability/{made.merchant}?lang=en"))
        for words in ("fewer than 4 or at most 0.35%", "Kept", f"/p/disputes/{made.merchant}/"):
            assert words in there, words
        assert client.get("/p/disputes/liability/0190aaaa-0000-7000-8000-00000000dead").status_code == 404
    finally:
        with scope(house.pool, PLATFORM) as conn:
            conn.execute("update merchants set pack = 'jd' where id = %s", (made.merchant,))
