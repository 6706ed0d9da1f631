"""Measures, scores and conduct points come out to the fraction, with the figures of the packs themselves (PO-10 … PO-13, QU-1, QU-2)."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.conduct import Breach, counted, points, reached
from amends.core.measures import Counted, capped, passes, score, value
from amends.core.policy import load_pack

PACKS = {name: load_pack(name).pack for name in ("jd", "pdd", "kuaishou", "tmall")}


def measure(pack, code):
    return next(m for m in PACKS[pack].measures if m.code == code)


LIABLE = measure("kuaishou", "merchant_liable_rate")


@pytest.mark.parametrize(("disputes", "ended", "ok"), [
    (0, 0, True), (3, 3, True), (3, 10_000, True), (4, 1142, False), (4, 1143, True), (35, 10_000, True), (36, 10_000, False), (4, 0, False),
])
def test_a_shop_passes_with_fewer_than_four_disputes_or_at_most_35_in_ten_thousand(disputes, ended, ok):
    assert passes(LIABLE, {"disputes_merchant_liable": disputes, "refunds_ended": ended}) is ok


@pytest.mark.parametrize(("disputes", "times"), [(3, (5, 3)), (100, (4, 3))])
def test_who_fails_has_at_most_four_points_for_each_duration(disputes, times):
    pack = PACKS["kuaishou"]
    scores = {"refund_only_time": Fraction(5), "return_refund_time": Fraction(3)}
    held = capped(pack.caps, pack.measures, {"disputes_merchant_liable": disputes, "refunds_ended": 1000}, scores)
    assert (held["refund_only_time"], held["return_refund_time"]) == times


def test_a_duration_is_shared_out_on_what_ended_and_leaves_out_what_the_platform_stepped_into():
    both = measure("kuaishou", "return_refund_time")
    assert value(both, {"application_to_agreement_seconds": 7200, "signed_to_agreement_seconds": 3600, "return_refunds_ended": 3}) == 3600
    assert both.leaves_out == ("platform_stepped_in",)
    assert value(both, {}) is None


@pytest.mark.parametrize(("answered", "of", "ok"), [(8, 10, True), (7999, 10_000, False), (8000, 10_000, True), (0, 0, None)])
def test_four_in_five_conversations_are_answered_each_day(answered, of, ok):
    daily = measure("pdd", "reply_rate")
    assert daily.days == 1
    assert passes(daily, {"answered_within_5min": answered, "conversations": of}) is ok


def test_interventions_are_a_rate_and_a_count_over_thirty_days_without_a_target():
    rate, count = measure("pdd", "intervention_rate"), measure("pdd", "intervention_count")
    assert (rate.days, count.days) == (30, 30)
    counts = {"interventions": 3, "after_sales_asked": 40}
    assert (value(rate, counts), value(count, counts), passes(rate, counts)) == (Fraction(3, 40), 3, None)


SCORE = PACKS["jd"].service_score
FULL = {p.code: Counted(100, 100, 0) for p in SCORE.parts if not p.above}


@pytest.mark.parametrize(("part", "given", "total"), [
    ("satisfaction", Counted(89, 100, 11), 98),  # 1 % short of 90 %: 2 points
    ("satisfaction", Counted(1790, 2000, 210), 99),  # half a percent counts in proportion
    ("satisfaction", Counted(45, 50, 3), 97),  # 50 ratings or fewer: a point for each bad one
    ("satisfaction", Counted(0, 1000, 1000), 50),  # never below 0
    ("review_20min", Counted(80, 100, 20), 90),
    ("processing_20min", Counted(80, 100, 20), 95),
    ("conduct_samples", Counted(17, 19, 2), 98),
    ("conduct_samples", Counted(19, 20, 1), 100),
    ("ask_buyer_rate", Counted(11, 100, 0), 95),
    ("ask_buyer_rate", Counted(10, 100, 0), 100),
])
def test_a_part_that_is_short_costs_what_the_document_says(part, given, total):
    assert score(SCORE, FULL | {part: given}).total == total


@pytest.mark.parametrize(("total", "fine", "months"), [(100, 0, 0), (90, 0, 0), (89, 0, 0), (80, 0, 0), (79, 200_000, 1), (70, 200_000, 1), (69, 500_000, 1), (60, 500_000, 1), (59, 1_000_000, 1), (0, 1_000_000, 1)])
def test_what_follows_from_a_score(total, fine, months):
    band = next(b for b in SCORE.bands if total >= b.at_least)
    assert (band.fine, band.months_to_improve) == (fine, months)


@given(st.dictionaries(st.sampled_from([p.code for p in SCORE.parts]), st.tuples(st.integers(0, 300), st.integers(0, 300))))
def test_a_score_lies_between_nothing_and_a_hundred_and_always_means_something(found):
    scored = score(SCORE, {code: Counted(min(good, of), of, of - min(good, of)) for code, (good, of) in found.items()})
    assert 0 <= scored.total <= 100
    assert scored.band is not None


CONDUCT = PACKS["tmall"].conduct
MARCH = datetime(2026, 3, 2, tzinfo=UTC)


def test_the_points_of_each_act():
    assert {a.code: a.points for a in CONDUCT.acts} == {"leaks_buyer_data": 6, "invoice": 6, "breaks_promise": 4, "closes_sale": 1, "card_fee": 0, "refuses_instalments": 0}


def test_points_are_added_within_the_calendar_year_of_the_wall_clock():
    new_year = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)  # 00:00 of the new year in Shanghai
    breaches = [Breach("leaks_buyer_data", MARCH), Breach("invoice", MARCH, "O1"), Breach("breaks_promise", new_year, "O2"), Breach("closes_sale", datetime(2025, 12, 31, 15, 59, tzinfo=UTC), "O3")]
    assert points(CONDUCT, breaches, 2026, "Asia/Shanghai") == 16
    assert points(CONDUCT, breaches, 2025, "Asia/Shanghai") == 1


def test_an_act_counts_once_a_deal_or_each_time():
    assert points(CONDUCT, [Breach("closes_sale", MARCH, "O1")] * 3 + [Breach("closes_sale", MARCH, "O2")], 2026, "Asia/Shanghai") == 2
    assert points(CONDUCT, [Breach("leaks_buyer_data", MARCH, "O1")] * 2, 2026, "Asia/Shanghai") == 12
    assert counted(CONDUCT, [Breach("unheard_of", MARCH)], 2026, "Asia/Shanghai") == []


@pytest.mark.parametrize(("so_many", "codes"), [(0, []), (11, []), (12, ["warned"]), (35, ["warned", "hidden"]), (48, ["warned", "hidden", "no_new_goods", "closed"])])
def test_thresholds_are_reached_one_after_another(so_many, codes):
    assert [t.code for t in reached(CONDUCT, so_many)] == codes
