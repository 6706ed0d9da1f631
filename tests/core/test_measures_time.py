"""How long a service order took: four stages, without suspended time and without the buyer's (PO-15)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from amends.core.measures_time import STAGES, Moment, middle, taken
from amends.core.pauses import Suspension

T = datetime(2026, 2, 12, 4, tzinfo=UTC)
SPRING = Suspension(datetime(2026, 2, 14, 16, tzinfo=UTC), datetime(2026, 2, 24, 16, tzinfo=UTC))


def h(hours: float) -> timedelta:
    return timedelta(hours=hours)


LIFE = [
    Moment(T + h(2), "asked_buyer", "reviewing", "awaiting_buyer"), Moment(T + h(12), "buyer_answered", "awaiting_buyer", "reviewing"), Moment(T + h(13), "noted", "reviewing", "reviewing"),
    Moment(T + h(14), "return_approved", "reviewing", "awaiting_return"), Moment(T + h(30), "shipped_back", "awaiting_return", "in_transit"),
    Moment(T + h(78), "parcel_signed", "in_transit", "in_transit"), Moment(T + h(80), "received", "in_transit", "processing"), Moment(T + h(85), "refunded", "processing", "confirming"),
    Moment(T + h(200), "confirmed", "confirming", "completed"),
]


def test_a_whole_life_in_its_four_stages_without_the_buyers_time() -> None:
    found = taken(T, LIFE, ())
    assert [found.stages[s] for s in STAGES] == [h(4), h(48), h(2), h(5)]
    assert (found.buyer, found.suspended, found.counted, found.whole, found.result_at) == (h(26), h(0), h(59), h(85), T + h(85))


def test_suspended_stretches_are_left_out_of_the_clocks_they_cover() -> None:
    every, only_way_back = taken(T, LIFE, (SPRING,)), taken(T, LIFE, (Suspension(SPRING.start, SPRING.end, frozenset({"transit"})),))
    assert every.suspended == h(25), "from the 60th hour on everything stood still"
    assert only_way_back.suspended == h(18)
    assert only_way_back.stages["receipt"] == h(2)
    elsewhere = Suspension(SPRING.start, SPRING.end, regions=frozenset({"广东省"}))
    assert taken(T, LIFE, (elsewhere,), "河北省").suspended == h(0)


def test_a_refusal_ends_with_the_review_and_what_is_open_has_no_result() -> None:
    refused = taken(T, [Moment(T + h(3), "rejected", "reviewing", "rejected"), Moment(T + h(9), "said", "rejected", "rejected")], ())
    assert (refused.counted, refused.result_at) == (h(3), T + h(3))
    assert taken(T, LIFE[:4], ()).result_at is None
    withdrawn = taken(T, [*LIFE[:4], Moment(T + h(20), "withdrawn", "awaiting_return", "withdrawn")], ())
    assert (withdrawn.counted, withdrawn.buyer, withdrawn.result_at) == (h(4), h(16), T + h(20))


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 100)), max_size=4))
def test_counted_and_left_out_are_the_whole_whatever_was_suspended(periods: list[tuple[int, int]]) -> None:
    found = taken(T, LIFE, [Suspension(T + h(a), T + h(a + n)) for a, n in periods])
    assert found.whole == h(85)
    assert all(length >= h(0) for length in found.stages.values())


def test_the_median() -> None:
    assert [middle(map(h, x)) for x in ([], [3], [1, 9], [9, 1, 4])] == [h(0), h(3), h(5), h(4)]
