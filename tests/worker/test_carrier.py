"""Parcels over real HTTP with the carrier simulator: lost, doubled, late and overtaken messages, killed programs, two workers (LO-1, LO-3, LO-4)."""

import json
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from datetime import timedelta

import pytest

from amends.adapters.carrier.over_http import CarrierOverHttp
from amends.adapters.carrier.protocol import PickupAsked
from amends.adapters.link import Link, Turned
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope
from amends.worker import inbox
from tests.engine.parcel_cast import cancellation, number, outbound, sent_back
from tests.shop import open_shop
from tests.worker import carrier_world as cw

ROUGH = {"loss": 0.2, "delay": 0.4, "reorder": 0.2, "double": 0.2, "silent": 0.1, "intercept_fails": 0.3, "seed": 7}


@pytest.fixture
def world(pool, tmp_path):
    """Gate, clock and a way to start a simulator with options; everything is stopped afterwards."""
    clock = cw.Clock()
    gate, started = cw.Gate(pool, clock), []

    def start(**options):
        started.append(cw.Simulator(gate, tmp_path / "carrier.db", **options))
        cw.connected(pool, gate, started[-1], f"cx{new_id()[-8:]}")
        return started[-1]

    yield gate, clock, start
    for simulator in started:
        simulator.kill()
    gate.shutdown()


def name_of(pool, gate):
    with scope(pool, PLATFORM) as conn:
        return conn.execute("select name from connections where id = %s", (gate.connection,)).fetchone()[0]


def sold(pool, clock, carrier, returns, orders, cancelled):
    """A shop with returns on their way, orders sent out, and some of the orders cancelled and intercepted. Answers shop, cases, orders, cancellations."""
    shop = open_shop(pool, stock={"CUP": 999})
    shop.now = clock.now()
    back = [sent_back(shop, carrier=carrier)[0] for _ in range(returns)]
    out, stopped = [], []
    for n in range(orders):
        waybill = number()
        order = outbound(shop, waybill, carrier=carrier.upper())
        out.append(order)
        with scope(pool, PLATFORM) as conn:
            conn.execute("insert into outbox (merchant_id, id, effect, body, due_at) select merchant_id, gen_random_uuid(), 'follow_parcel', jsonb_build_object('parcel', id), %s"
                         " from parcels where merchant_id = %s and waybill = %s", (clock.now(), shop.merchant, waybill))
            if n < cancelled:
                conn.execute("update orders set state = 'shipped' where id = %s", (order,))
                stopped.append((cancellation(shop, order, waybill), waybill))
                conn.execute("insert into outbox (merchant_id, id, case_id, effect, body, due_at) values (%s, gen_random_uuid(), %s, 'intercept_parcel', jsonb_build_object('waybills', jsonb_build_object(%s::text, 'x')), %s)",
                             (shop.merchant, stopped[-1][0], waybill, clock.now()))
    return shop, back, out, stopped


def at_rest(shop):
    """Whether everything has come to its end: parcels over, cases told, interceptions answered but those the carrier never answers."""
    def ask():
        (open_parcels,), = shop.all("select count(*) from parcels where merchant_id = %s and state not in ('signed', 'delivered', 'returned')", shop.merchant)
        (untold,), = shop.all("select count(*) from parcels where merchant_id = %s and untold", shop.merchant)
        return open_parcels == 0 and untold == 0
    return ask


def check(shop, back, out, stopped, state):
    events = "select count(*) from events where merchant_id = %s and case_id = %s and name = %s"
    for case in back:
        assert shop.all(events, shop.merchant, case, "parcel_signed") == [(1,)]
        assert shop.row(case, "parcel_state") == ("signed",)
    heard = 0
    for case, waybill in stopped:
        (succeeded,), (failed,) = (shop.all(events, shop.merchant, case, f"interception_{end}")[0] for end in ("succeeded", "failed"))
        ((end, answer),) = shop.all("select state, intercept from parcels where merchant_id = %s and waybill = %s", shop.merchant, waybill)
        assert (succeeded, answer) == ((1, "succeeded") if end == "returned" else (0, "failed")), (waybill, end)
        assert failed == (end == "delivered")
        heard += 1
    assert heard == len(stopped)
    for order in out[len(stopped):]:
        assert shop.all("select state, shipped_at is not null, delivered_at is not null from orders where id = %s", order) == [("delivered", True, True)]
    doubles = shop.all("select parcel_id, key from parcel_events where merchant_id = %s group by 1, 2 having count(*) > 1", shop.merchant)
    assert doubles == []
    with sqlite3.connect(state) as theirs:
        asked = theirs.execute("select waybill, count(*) from intercepts group by 1").fetchall()
        keys = dict(theirs.execute("select waybill, key from intercepts").fetchall())
    late = {w for _, w in stopped} - {w for w, _ in asked}
    assert sorted(asked) == sorted((w, 1) for _, w in stopped if w not in late), "each parcel was asked for exactly once"
    assert len(set(keys.values())) == len(asked)
    assert all(shop.all("select state from parcels where merchant_id = %s and waybill = %s", shop.merchant, w) == [("delivered",)] for w in late), "too late to ask"


def test_a_parcel_travels_and_its_case_hears_it(pool, world):
    gate, clock, start = world
    simulator = start(speed=600)
    shop, back, out, stopped = sold(pool, clock, name_of(pool, gate), 2, 2, 0)
    cw.until(at_rest(shop), cw.house_of(pool, clock), clock)
    check(shop, back, out, stopped, simulator.state)
    assert {got for _, got in gate.got} <= {"kept", "known"}
    ((expected, codes),) = shop.all(
        "select p.expected_at is not null, (select array_agg(e.code order by e.at) from parcel_events e where e.parcel_id = p.id) from parcels p where p.case_id = %s", back[0])
    assert expected
    assert (codes[0], codes[-2:]) == ("accepted", ["out_for_delivery", "signed"])


def test_rough_seas_two_workers_and_everything_arrives_once(pool, world):
    gate, clock, start = world
    simulator = start(speed=120, **ROUGH)
    shop, back, out, stopped = sold(pool, clock, name_of(pool, gate), 12, 24, 12)
    house, over, wrong = cw.house_of(pool, clock), threading.Event(), []

    def other():
        while not over.is_set():
            try:
                cw.work(house)
            except Exception as error:
                wrong.append(error)
            time.sleep(0.05)

    second = threading.Thread(target=other)
    second.start()
    try:
        cw.until(at_rest(shop), house, clock)
    finally:
        over.set()
        second.join()
    assert wrong == []
    check(shop, back, out, stopped, simulator.state)


WORKER = """
    import sys, time
    from datetime import UTC, datetime, timedelta
    from types import SimpleNamespace
    from amends.store.connect import open_pool
    from tests.worker import carrier_world as cw
    clock = cw.Clock()
    clock.lead = timedelta(seconds=float(sys.argv[2]))
    house = SimpleNamespace(pool=open_pool(sys.argv[1], max_size=12), clock=clock)
    print("working", flush=True)
    while True:
        cw.work(house)
        clock.lead += timedelta(minutes=30)
"""


def test_workers_and_carrier_killed_in_between_lose_nothing(pool, database_url, world):
    gate, clock, start = world
    simulator = start(speed=60, **{**ROUGH, "silent": 0.0})
    shop, back, out, stopped = sold(pool, clock, name_of(pool, gate), 8, 16, 8)
    for wait in (0.3, 0.6):
        worker = subprocess.Popen([sys.executable, "-c", textwrap.dedent(WORKER), database_url, str(clock.lead.total_seconds())], stdout=subprocess.PIPE, text=True)
        assert worker.stdout.readline() == "working\n"
        time.sleep(wait)
        worker.kill()
        worker.wait()
        if wait == 0.6:
            simulator.kill()
            simulator.start()
        clock.lead += timedelta(hours=4)
    cw.until(at_rest(shop), cw.house_of(pool, clock), clock)
    check(shop, back, out, stopped, simulator.state)


def test_parcels_follow_the_products_clock_when_it_is_moved(pool, world):
    gate, clock, start = world
    start(speed=0)
    shop = sold(pool, clock, name_of(pool, gate), 1, 0, 0)[0]
    house = cw.house_of(pool, clock)
    cw.work(house)
    assert shop.all("select count(*) from parcel_events where merchant_id = %s", shop.merchant) == [(0,)]
    began = clock.now()
    clock.lead += timedelta(days=5)
    cw.until(at_rest(shop), house, clock, step=timedelta(0))
    times = [at for at, in shop.all("select at from parcel_events where merchant_id = %s order by at", shop.merchant)]
    assert began < times[0] < times[-1] < clock.now()
    assert times[-1] - times[0] > timedelta(hours=10), "spread over the days that were leapt over"


def test_a_carrier_that_never_answers_leaves_the_interception_open(pool, world):
    gate, clock, start = world
    start(speed=0, silent=1)
    shop, _, _, stopped = sold(pool, clock, name_of(pool, gate), 0, 1, 1)
    house = cw.house_of(pool, clock)
    for _ in range(3):
        cw.work(house)
        clock.lead += timedelta(hours=3)
    assert shop.row(stopped[0][0], "state") == ("intercepting",)
    assert shop.all("select intercept, next_look_at is not null from parcels where merchant_id = %s", shop.merchant) == [("asked", True)]
    assert gate.got == []


def test_a_parcel_that_nobody_followed_is_followed_when_it_is_to_be_stopped(pool, world):
    gate, clock, start = world
    start(speed=60, intercept_fails=0)
    shop, _, _, ((case, waybill),) = sold(pool, clock, name_of(pool, gate), 0, 1, 1)
    with scope(pool, PLATFORM) as conn:
        conn.execute("update outbox set done_at = now() where merchant_id = %s and effect = 'follow_parcel'", (shop.merchant,))
    cw.until(at_rest(shop), cw.house_of(pool, clock), clock)
    assert shop.row(case, "state") == ("refunding",)
    assert shop.all("select state, intercept, followed_at is not null from parcels where waybill = %s", waybill) == [("returned", "succeeded", True)]


def test_what_the_adapter_understands(pool, world):
    _, _, start = world
    simulator = start(speed=0, intercept_fails=1)
    carrier = CarrierOverHttp(Link(simulator.url, cw.SECRET))
    known, unknown = carrier.look(["ABCD1234", "查无"])
    assert (known.known, unknown.known, unknown.words) == (True, False, "查无此单号")
    slot = carrier.slots()[0]
    asked = PickupAsked(new_id(), "河北省廊坊市广阳区银河大街 1 号", slot.starts_at, slot.ends_at)
    booked = carrier.book(asked)
    assert booked == carrier.book(asked), "the same key is the same courier"
    assert (booked.state, bool(booked.waybill)) == ("booked", True)
    assert carrier.book(PickupAsked(new_id(), "远方", slot.starts_at + timedelta(minutes=7), None)).state == "refused"
    assert carrier.cancel(asked.key).state == "cancelled"
    key = new_id()
    assert [carrier.intercept(key, "ABCD1234", "取消").state for _ in range(3)] == ["asked"] * 3
    with sqlite3.connect(simulator.state) as theirs:
        assert theirs.execute("select count(*), max(requests) from intercepts").fetchone() == (1, 3)
    with pytest.raises(Turned, match="401"):
        CarrierOverHttp(Link(simulator.url, "whsec_d3Jvbmc=")).look(["ABCD1234"])


MANY = 2000


def message(waybill, key, code, at):
    return json.dumps({"type": "parcel.news", "data": {"waybill": waybill, "events": [{"id": key, "code": code, "at": at}]}})


def test_thousands_of_messages_are_few_transactions(pool, world):
    gate, clock, start = world
    start(speed=0)
    shop = sold(pool, clock, name_of(pool, gate), 40, 0, 0)[0]
    waybills = [w for w, in shop.all("select waybill from parcels where merchant_id = %s", shop.merchant)]
    at = clock.now().isoformat()
    with scope(pool, PLATFORM) as conn:
        conn.execute("update outbox set done_at = now() where merchant_id = %s", (shop.merchant,))
        before = conn.execute("select pg_current_xact_id()::text::bigint").fetchone()[0]
        conn.cursor().executemany(
            "insert into inbox (connection_id, message_id, received_at, sent_at, body, due_at) values (%s, %s, now(), now(), %s, '2020-01-01')",
            [(gate.connection, f"m{n}", message(waybills[n % 40], f"e{n}", "in_transit", at)) for n in range(MANY)],
        )
    house = cw.house_of(pool, clock)
    while inbox.read_due(house):
        pass
    with scope(pool, PLATFORM) as conn:
        after = conn.execute("select pg_current_xact_id()::text::bigint").fetchone()[0]
    assert shop.all("select count(*) from parcel_events where merchant_id = %s", shop.merchant) == [(MANY,)]
    assert after - before < MANY // 10, "not a transaction for each message"


def test_one_message_that_is_nonsense_does_not_hold_up_the_others(pool, world):
    gate, clock, start = world
    start(speed=0)
    shop, back, _, _ = sold(pool, clock, name_of(pool, gate), 1, 0, 0)
    ((waybill,),) = shop.all("select waybill from parcels where merchant_id = %s", shop.merchant)
    good = message(waybill, "e1", "signed", clock.now().isoformat())
    with scope(pool, PLATFORM) as conn:
        for ident, body in (("a", good), ("b", '{"type": "parcel.news", "data": {"waybill": 7}}'), ("c", "{"), ("d", '{"type": "weather", "data": {}}')):
            conn.execute("insert into inbox (connection_id, message_id, received_at, sent_at, body, due_at) values (%s, %s, now(), now(), %s, now())", (gate.connection, ident, body))
    inbox.read_due(cw.house_of(pool, clock))
    assert shop.row(back[0], "parcel_state") == ("signed",)
    assert shop.all("select message_id, done_at is not null from inbox where connection_id = %s order by 1", gate.connection) == [("a", True), ("b", False), ("c", False), ("d", True)]
