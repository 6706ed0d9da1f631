"""Couriers booked with a carrier over real HTTP: offered, confirmed, refused, cancelled; without a carrier seen to by hand (SO-12, LO-2)."""

import sqlite3
from datetime import timedelta

import pytest

from amends.core.verbs.buyer import BookPickup, ShipBack, Withdraw
from amends.core.verbs.pickup import CancelPickup, PickupConfirmed
from amends.core.verbs.review import ApproveReturn
from amends.engine.ids import new_id
from amends.store import pickups
from amends.store.connect import PLATFORM, scope
from tests.shop import CARRIER, LIN, open_shop
from tests.worker import carrier_world as cw

WHERE = "河北省廊坊市广阳区银河大街 1 号"


@pytest.fixture(scope="module")
def carrier(pool, tmp_path_factory):
    """A connected carrier, a house, and the simulator's state file."""
    clock = cw.Clock()
    gate = cw.Gate(pool, clock)
    simulator = cw.Simulator(gate, tmp_path_factory.mktemp("carrier") / "state.db", speed=0)
    cw.connected(pool, gate, simulator, "courier")
    with scope(pool, PLATFORM) as conn:
        conn.execute("insert into carrier_names (name, connection_id) values ('快送', %s)", (gate.connection,))
    house = cw.house_of(pool, clock)
    cw.work(house)
    yield house, simulator
    simulator.kill()
    gate.shutdown()


@pytest.fixture
def shop(pool, carrier):
    shop = open_shop(pool)
    shop.now = carrier[0].clock.now()
    return shop


def wanted(shop, carrier="快送", starts=None):
    """A service order for which a courier was booked; answers it with its pick-up's row."""
    case = shop.apply(shop.order(("CUP", 1, 5000)))
    shop.say(case, ApproveReturn(shop.address))
    starts = starts or offer(shop).starts_at
    assert shop.say(case, BookPickup(WHERE, starts.isoformat(), carrier), LIN).refusal is None
    return case


def offer(shop):
    with scope(shop.pool, PLATFORM) as conn:
        return pickups.offers(conn, shop.now)[0]


def state_of(shop, case):
    return shop.all("select state, booking <> '', waybill from pickups where merchant_id = %s and case_id = %s", shop.merchant, case)


def test_times_are_offered_under_the_name_people_write(shop):
    first = offer(shop)
    assert first.carrier == "快送"
    assert timedelta(0) < first.starts_at - shop.now < timedelta(days=4)
    assert first.ends_at - first.starts_at == timedelta(hours=2)


def test_a_booked_courier_brings_waybill_and_trace(shop, carrier):
    house, _ = carrier
    case = wanted(shop)
    assert state_of(shop, case) == [("asked", False, "")]
    cw.work(house)
    ((state, booked, waybill),) = state_of(shop, case)
    assert (state, booked) == ("booked", True)
    assert shop.row(case, "state, facts -> 'parcel' ->> 'waybill', facts -> 'parcel' ->> 'address'") == ("in_transit", waybill, WHERE)
    assert shop.all("select direction, carrier from parcels where merchant_id = %s and waybill = %s", shop.merchant, waybill) == [("back", "快送")]
    cw.work(house)
    assert shop.all("select followed_at is not null from parcels where merchant_id = %s and waybill = %s", shop.merchant, waybill) == [(True,)]


def test_a_retry_books_no_second_courier(shop, carrier):
    house, simulator = carrier
    case = wanted(shop)
    cw.work(house)
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update outbox set done_at = null, due_at = now() - interval '1 day' where merchant_id = %s and effect = 'book_pickup'", (shop.merchant,))
        conn.execute("update pickups set state = 'asked' where merchant_id = %s", (shop.merchant,))
    before = shop.row(case, "version")
    cw.work(house)
    assert shop.row(case, "version") == before
    ((key,),) = shop.all("select id::text from pickups where merchant_id = %s", shop.merchant)
    with sqlite3.connect(simulator.state) as theirs:
        assert theirs.execute("select state, requests from pickups where key = ?", (key,)).fetchall() == [("booked", 2)]


def test_a_time_that_is_gone_gives_the_buyer_all_the_time_again(shop, carrier):
    house, _ = carrier
    case = wanted(shop, starts=shop.now + timedelta(days=40))
    cw.work(house)
    assert shop.row(case, "state, facts -> 'parcel', facts ->> 'pickup_answer'") == ("awaiting_return", {}, "这个时段约满了，请另选时间")
    assert shop.all("select name from clocks where merchant_id = %s and case_id = %s", shop.merchant, case) == [("ship_back",)]
    assert shop.say(case, ShipBack("快送", "ABC1234567"), LIN).refusal is None


def test_a_courier_can_be_sent_away_until_he_came(shop, carrier):
    house, _ = carrier
    case = wanted(shop)
    cw.work(house)
    ((_, _, waybill),) = state_of(shop, case)
    assert shop.say(case, CancelPickup("改天再寄"), LIN).refusal is None
    refused = shop.say(case, CancelPickup(), LIN).refusal
    assert refused is not None
    assert refused.code == "pickup_cancelling"
    cw.work(house)
    assert shop.row(case, "state") == ("awaiting_return",)
    assert shop.all("select 1 from parcels where merchant_id = %s and waybill = %s", shop.merchant, waybill) == []
    assert state_of(shop, case)[0][0] == "cancelled"


def test_a_courier_who_came_already_stays(shop, carrier):
    house, simulator = carrier
    case = wanted(shop)
    cw.work(house)
    ((_, _, waybill),) = state_of(shop, case)
    with sqlite3.connect(simulator.state) as theirs:
        theirs.execute("update parcels set told = 1 where waybill = ?", (waybill,))
    shop.say(case, CancelPickup(), LIN)
    cw.work(house)
    assert shop.row(case, "state, facts ->> 'pickup_answer', facts -> 'parcel' ? 'cancelling'") == ("in_transit", "快递员已取件", False)


def test_giving_up_sends_the_courier_away(shop, carrier):
    house, simulator = carrier
    case = wanted(shop)
    cw.work(house)
    assert shop.say(case, Withdraw(), LIN).refusal is None
    cw.work(house)
    ((key,),) = shop.all("select id::text from pickups where merchant_id = %s", shop.merchant)
    with sqlite3.connect(simulator.state) as theirs:
        assert theirs.execute("select state from pickups where key = ?", (key,)).fetchall() == [("cancelled",)]


def test_giving_up_before_the_carrier_was_asked_leaves_no_courier(shop, carrier):
    house, simulator = carrier
    case = wanted(shop)
    shop.say(case, Withdraw(), LIN)
    cw.work(house)
    cw.work(house)
    ((key, state),) = shop.all("select id::text, state from pickups where merchant_id = %s", shop.merchant)
    with sqlite3.connect(simulator.state) as theirs:
        assert ("booked",) not in theirs.execute("select state from pickups where key = ?", (key,)).fetchall()
    assert state in ("booked", "cancelled")


def test_without_a_carrier_somebody_sees_to_it(shop, carrier):
    house, _ = carrier
    case = wanted(shop, carrier="")
    cw.work(house)
    assert state_of(shop, case) == [("by_hand", False, "")]
    assert shop.row(case, "state") == ("in_transit",)
    shop.say(case, CancelPickup())
    cw.work(house)
    assert shop.row(case, "state") == ("awaiting_return",)


def test_news_of_another_pick_up_changes_nothing(shop):
    case = wanted(shop)
    refused = shop.say(case, PickupConfirmed(new_id(), "Q1", "快送", "X123456"), CARRIER).refusal
    assert refused is not None
    assert refused.code == "pickup_over"
