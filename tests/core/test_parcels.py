"""What events of a parcel come to: the same for any order and any repetition of the news (LO-1)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core import parcels as p
from amends.core.parcel_news import Unreadable, read_news, read_pickup

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
EVENTS = st.builds(
    p.Event, st.sampled_from([f"k{i}" for i in range(12)]), st.sampled_from(p.CODES), st.integers(0, 6).map(lambda h: NOON + timedelta(hours=h)), st.sampled_from(("", "快件", "另一句"))
)


def at(hour, code, key=""):
    return p.Event(key or f"{hour}{code}", code, NOON + timedelta(hours=hour))


@given(st.lists(EVENTS, max_size=12), st.randoms(use_true_random=False), st.integers(0, 20))
def test_any_order_and_repetition_comes_to_the_same(events, chance, doubles):
    told = [*events, *(chance.choice(events) for _ in range(doubles if events else 0))]
    chance.shuffle(told)
    assert p.fold(told) == p.fold(events)


@given(st.lists(EVENTS, max_size=12), st.randoms(use_true_random=False))
def test_news_in_pieces_comes_to_the_same_as_news_at_once(events, chance):
    heard = set()
    for event in chance.sample(events, len(events)):
        heard.add(event)
        p.fold(heard)
    assert p.fold(heard) == p.fold(events)


@given(st.lists(EVENTS, min_size=1, max_size=12))
def test_a_trace_makes_sense(events):
    trace = p.fold(events)
    assert trace.state in p.CODES
    assert (trace.signed_at is not None) == (trace.state == "signed")
    assert (trace.returned_at is not None) == (trace.state == "returned")
    assert trace.last_at == max(e.at for e in events if e.at == trace.last_at)
    if trace.signed_at:
        assert trace.accepted_at is not None
        assert trace.accepted_at <= trace.signed_at


JOURNEYS = {
    "nothing yet": ((), ""),
    "on its way": ((at(0, "accepted"), at(3, "in_transit"), at(5, "out_for_delivery")), "out_for_delivery"),
    "signed": ((at(0, "accepted"), at(5, "out_for_delivery"), at(6, "signed")), "signed"),
    "a scan written down after the signature changes nothing": ((at(0, "accepted"), at(6, "signed"), at(7, "in_transit")), "signed"),
    "trouble that passes": ((at(0, "accepted"), at(2, "abnormal"), at(4, "in_transit")), "in_transit"),
    "lost": ((at(0, "accepted"), at(40, "lost")), "lost"),
    "lost and found": ((at(0, "accepted"), at(40, "lost"), at(50, "in_transit"), at(60, "signed")), "signed"),
    "stopped, and moving on its way back": ((at(0, "accepted"), at(4, "intercepted"), at(6, "in_transit")), "intercepted"),
    "stopped and back": ((at(0, "accepted"), at(4, "intercepted"), at(6, "in_transit"), at(9, "returned")), "returned"),
    "stopped too late": ((at(0, "accepted"), at(4, "intercepted"), at(6, "signed")), "signed"),
    "signed by mistake and brought back": ((at(0, "accepted"), at(4, "signed"), at(9, "returned")), "returned"),
    "at one instant the signature came last": ((at(4, "signed"), at(4, "out_for_delivery")), "signed"),
}


@pytest.mark.parametrize("name", JOURNEYS)
def test_journeys(name):
    events, state = JOURNEYS[name]
    assert p.fold(events).state == state
    assert p.fold(reversed(events)).state == state


def test_the_instants():
    trace = p.fold([at(6, "signed"), at(1, "accepted"), at(3, "in_transit"), at(8, "signed", "again")])
    assert (trace.accepted_at, trace.signed_at, trace.last_at) == (NOON + timedelta(hours=1), NOON + timedelta(hours=6), NOON + timedelta(hours=8))


def test_what_is_flagged():
    old = NOON - p.SILENT_AFTER
    assert p.trouble("in_transit", True, old, NOON) == "silent"
    assert p.trouble("in_transit", True, old + timedelta(seconds=1), NOON) == ""
    assert p.trouble("in_transit", False, old, NOON) == "", "a carrier without a connection says nothing, and that means nothing"
    assert p.trouble("signed", True, old, NOON) == ""
    assert [p.trouble(s, False, None, NOON) for s in ("lost", "abnormal")] == ["lost", "abnormal"]


def test_a_silent_carrier_is_asked_ever_more_seldom():
    gaps = [p.next_look(n, False, NOON) - NOON for n in range(6)]
    assert gaps == sorted(gaps)
    assert gaps[-1] == p.LOOK_AFTER[-1]
    assert p.next_look(5, True, NOON) - NOON == p.STOP_LOOK_AFTER


SCAN = {"id": "e1", "code": "accepted", "at": "2026-03-02T12:00:00+08:00", "words": "已揽收", "place": "廊坊"}
BROKEN = {
    "no object": "JDX1", "no waybill": {"events": []}, "an unknown code": {"waybill": "JDX1", "events": [{**SCAN, "code": "teleported"}]},
    "no zone": {"waybill": "JDX1", "events": [{**SCAN, "at": "2026-03-02T12:00:00"}]}, "no time": {"waybill": "JDX1", "events": [{**SCAN, "at": None}]},
    "a long id": {"waybill": "JDX1", "events": [{**SCAN, "id": "x" * 129}]}, "events of another kind": {"waybill": "JDX1", "events": {}},
    "an unknown answer": {"waybill": "JDX1", "interception": {"state": "perhaps"}}, "a year nobody has": {"waybill": "JDX1", "expected_at": "0001-01-01T00:00:00+14:00"},
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_not_the_contract_is_not_half_understood(name):
    with pytest.raises(Unreadable):
        read_news(BROKEN[name])


def test_news_as_carriers_write_it():
    news = read_news({"waybill": "JDX1", "events": [SCAN, SCAN], "expected_at": "2026-03-04T10:00:00+00:00", "interception": {"state": "failed", "words": "已派送"}})
    assert news.events[0] == p.Event("e1", "accepted", NOON, "已揽收", "廊坊")
    assert p.fold(news.events).state == "accepted"
    assert news.intercept is not None
    assert news.intercept.words == "已派送"
    assert read_pickup({"key": "k", "state": "booked", "waybill": "JDX2", "booking": "P1"}).waybill == "JDX2"
