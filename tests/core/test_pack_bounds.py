"""Figures typed with some digits too many, codes that are none and reminders before the beginning are found before a release (PO-14); what is released already loads as it was."""

import copy
from datetime import UTC, datetime

import pytest

from amends.core.hours import Calendar
from amends.core.pack_bounds import check
from amends.core.policy import parse_pack, whole
from amends.core.spans import Span, due

RAW = whole("jd")
LEAF = ("reasons", "return", 0, "leaves", 0)
WRONG = [
    ((("windows", 1, "days"), 99_999_999), "windows[1].days", "at most 3660 days"),
    ((("guarantees", 0, "repair_days"), 99_999_999), "guarantees[0].repair_days", "at most 3660 days"),
    ((("cancellation", "urgent_after"), 10**12), "cancellation.urgent_after", "at most"),
    ((("fast_review", "else_span", "amount"), 10**11), "fast_review.else_span", "bad_amount"),
    ((("fast_review", "amount_below"), 10**13), "fast_review.amount_below", "at most"),
    (((*LEAF, "code"), "坏 码"), "reasons.return[0].leaves[0].code", "a code is small letters"),
    (((*LEAF, "zh"), "　 "), "reasons.return[0].leaves[0].zh", "must not be empty"),
    (((*LEAF, "zh"), "质量故障"), "reasons.return[1].leaves[0].zh", "twice: '质量故障'"),
    (((*LEAF, "en"), "CHANGED my mind"), "reasons.return[0].leaves[1].en", "twice: 'Changed my mind'"),
    ((("review_reasons", "reject", 0, "zh"), "长" * 61), "review_reasons.reject[0].zh", "at most 60 characters"),
    ((("clocks", "review", "remind_before"), 48 * 3600), "clocks.review.remind_before", "less than the clock's own length"),
]


def changed(path, value):
    raw = copy.deepcopy(RAW)
    *way, last = path
    here = raw
    for step in way:
        here = here[step]
    here[last] = value
    return raw


@pytest.mark.parametrize(("edit", "where", "says"), WRONG, ids=[f"{w[1]} {w[2]}" for w in WRONG])
def test_it_is_found_at_its_place_and_a_released_one_still_loads(edit, where, says):
    raw = changed(*edit)
    assert says in {p.path: p.message for p in check(raw)}.get(where, "")
    assert parse_pack(raw).pack is not None


@pytest.mark.parametrize("name", ["jd", "pdd", "kuaishou", "tmall"])
def test_the_packs_that_come_with_the_product_stay_within(name):
    assert check(whole(name)) == ()


def test_a_name_may_stand_again_for_goods_that_no_list_shows_beside_the_others():
    raw = copy.deepcopy(RAW)
    gold, watches = copy.deepcopy(raw["reasons"]["return"][-1]), copy.deepcopy(raw["reasons"]["return"][-1])
    gold["categories"], watches["categories"], watches["code"], watches["leaves"][0]["code"] = ["黄金珠宝"], ["钟表"], "watches", "watch_purity"
    raw["reasons"]["return"][-1:] = [gold, watches]
    assert check(raw) == ()


def test_what_the_bound_keeps_away_is_a_date_no_calendar_has():
    with pytest.raises(OverflowError):
        due(datetime(2026, 11, 23, tzinfo=UTC), Span("calendar_days", 99_999_999), Calendar("Asia/Shanghai"))


def test_what_cannot_be_read_is_told_as_before():
    assert [p.path for p in check(changed(("windows", 0, "days"), "七"))] == ["windows[0].days"]
