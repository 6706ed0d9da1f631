"""What holds of every verdict whatever the goods, the stamps and the wall clock (PO-1, SO-2)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from amends.core.calendar import Calendar, days, due
from amends.core.eligibility import Goods, options, verdict, verdicts, window_end
from amends.core.pack import TYPES
from amends.core.policy import load_pack

SHANGHAI = Calendar("Asia/Shanghai")
PACK = load_pack("jd").pack
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=1460)).map(lambda more: datetime(2024, 1, 1, tzinfo=UTC) + more)
SETS = {
    "tags": st.frozensets(st.sampled_from([x.tag for x in PACK.excluded]), max_size=2),
    "fitness": st.frozensets(st.sampled_from([x.finding for x in PACK.fitness]), max_size=2),
    "not_handled": st.frozensets(st.sampled_from([x.finding for x in PACK.not_handled]), max_size=2),
}
ANY_GOODS = st.builds(
    Goods, received=st.integers(0, 3), held=st.integers(0, 2), receipt_confirmed_at=st.none() | INSTANTS, platform_signed_at=st.none() | INSTANTS,
    trace_delivered_at=st.none() | INSTANTS, staff_dated_at=st.none() | INSTANTS,
    category=st.sampled_from(["*", "phones", "clothing", "gold_jewellery", "food", "unheard_of"]),
    freight_insured=st.booleans(), gift=st.booleans(), weight_short_mg=st.none() | st.integers(0, 30), **SETS,
)
ZONES = st.sampled_from([SHANGHAI, Calendar("UTC"), Calendar("America/New_York"), Calendar("Pacific/Apia")])


@given(ANY_GOODS, INSTANTS, ZONES)
def test_a_fault_never_closes_what_no_reason_opens(g, now, calendar):
    if verdict(PACK, g, "return", "no_reason", now, calendar).allowed:
        assert verdict(PACK, g, "return", "quality_fault", now, calendar).allowed


@given(ANY_GOODS, INSTANTS, ZONES)
def test_open_means_inside_the_window_and_only_then_freight_is_told(g, now, calendar):
    for type_ in TYPES:
        for v in verdicts(PACK, g, type_, now, calendar):
            assert v.allowed == (not v.would_take)
            assert v.allowed == (v.freight is not None)
            if v.allowed:
                assert v.counted_at <= now < v.until
                assert v.until == due(v.counted_at, days(v.days), calendar)
            assert v.say("zh")
            assert v.say("en")


@given(INSTANTS, st.timedeltas(timedelta(0), timedelta(days=40)), ZONES, st.sampled_from([("return", "no_reason"), ("exchange", "wrong_goods"), ("repair", "fault_in_use")]))
def test_a_later_receipt_never_ends_earlier(at, more, calendar, asked):
    now = at + more
    first, second = (verdict(PACK, Goods(1, receipt_confirmed_at=t), *asked, now, calendar) for t in (at, now))
    assert first.until <= second.until
    assert second.allowed


@given(INSTANTS, st.integers(1, 400), ZONES)
def test_a_longer_window_never_ends_earlier_and_every_one_ends_at_midnight(at, number, calendar):
    end = window_end(at, number, calendar)
    assert end == due(at, days(number), calendar)
    assert window_end(at, number + 1, calendar) > end
    assert calendar.local_date(end - timedelta(microseconds=1)) < calendar.local_date(end)


@given(ANY_GOODS, INSTANTS, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_time_alone_never_opens_again_what_it_has_closed(g, now, more):
    g = replace(g, platform_signed_at=None, trace_delivered_at=None, staff_dated_at=None)
    for type_ in TYPES:
        before, after = (options(PACK, g, t, SHANGHAI)[type_] for t in (now, now + more))
        if after.allowed and not before.allowed:
            assert before.code == "not_received"


@given(ANY_GOODS, INSTANTS)
def test_an_option_is_the_best_of_its_reasons(g, now):
    for type_, best in options(PACK, g, now, SHANGHAI).items():
        found = verdicts(PACK, g, type_, now, SHANGHAI)
        assert best == max(found, key=lambda v: (v.allowed, v.manual, v.until or datetime.min.replace(tzinfo=UTC)))
        assert best.allowed == any(v.allowed for v in found)
        assert all(v.until <= best.until for v in found if v.allowed)
