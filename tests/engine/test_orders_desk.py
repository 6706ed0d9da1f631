"""The desk's work on orders: steps, shipping, receiver, parcels put right; who comes first when a buyer changes the order at the same moment (OR-8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amends.core.order_change import Wish
from amends.engine import order_changes, order_parcels, orders_desk
from amends.engine.cancelling import Cancel, cancel
from amends.engine.ids import new_id
from amends.engine.order_changes import Begun, Saved
from amends.engine.order_wish import Details
from amends.engine.orders_desk import Shipment
from amends.store.connect import PLATFORM, scope
from tests.engine.order_shop import begin, by, change, fresh, history, look, save, shop_with_goods, stands
from tests.engine.test_order_changes import at_once, reason
from tests.shop import LIN


@pytest.fixture
def shop(pool):
    made = shop_with_goods(pool)
    yield made
    order_changes.end_abandoned(pool, made.now + timedelta(days=1))


def mark(shop, *orders, step="printed", at=timedelta(), who=None):
    return orders_desk.mark(shop.pool, who or by(shop), shop.merchant, orders, step, shop.now + at)


def ship(shop, *shipments, who=None):
    return orders_desk.ship(shop.pool, who or by(shop), shop.merchant, [Shipment(*s) for s in shipments], shop.now)


def codes(answer):
    return [w.refusal.code if w.refusal else w.changed for w in answer] if isinstance(answer, list) else answer.code


def test_remark_and_flag_in_bulk_each_on_record(shop):
    first, second = fresh(shop), fresh(shop)
    assert codes(orders_desk.remark(shop.pool, by(shop), shop.merchant, [first, second, "nobody"], "加急", "red", shop.now)) == [True, True, "order_unknown"]
    assert codes(orders_desk.remark(shop.pool, by(shop), shop.merchant, [first], "加急", None, shop.now)) == [False]
    assert codes(orders_desk.remark(shop.pool, by(shop), shop.merchant, [first], None, "", shop.now)) == [True]
    assert stands(shop, first, "remarks, flag") == ("加急", None)
    assert stands(shop, second, "remarks, flag") == ("加急", "red")
    assert history(shop, first) == ["remarked", "remarked"]
    assert shop.all("select action, before, after ->> 'flag' from audit where subject_id = %s", second) == [("order_remarked", {"flag": None, "remarks": ""}, "red")]


@pytest.mark.parametrize(("words", "flag", "code"), [(None, None, "remark_empty"), ("好", "pink", "flag_unknown"), ("长" * 501, None, "too_long")], ids=["nothing", "no-such-flag", "too-long"])
def test_a_remark_that_cannot_be_kept(shop, words, flag, code):
    assert codes(orders_desk.remark(shop.pool, by(shop), shop.merchant, [fresh(shop)], words, flag, shop.now)) == code


def test_steps_go_forward_only(shop):
    order = fresh(shop)
    assert codes(mark(shop, order)) == [True]
    assert codes(mark(shop, order)) == [False]
    assert codes(mark(shop, order, step="packed")) == [True]
    assert codes(mark(shop, order, step="picked")) == ["step_backwards"]
    assert codes(mark(shop, fresh(shop, state="pending_payment"), fresh(shop, state="cancelled"), fresh(shop, state="shipped"))) == ["order_not_preparing", "order_cancelled", "order_not_preparing"]
    assert mark(shop, order, step="eaten").code == "not_a_choice"


def test_who_may_not_is_told_which_permission(shop):
    order = fresh(shop)
    assert mark(shop, order, who=by(shop, "read")).facts == {"permission": "manage_orders"}
    assert ship(shop, (order, "顺丰", "SF1"), who=by(shop, "manage_orders")).facts == {"permission": "ship_orders"}
    assert order_parcels.correct_waybill(shop.pool, by(shop, "read"), shop.merchant, order, new_id(), "a", "b", shop.now).code == "permission_missing"


def test_no_choice_and_too_many(shop):
    assert mark(shop).code == "nothing_chosen"
    assert mark(shop, *(new_id() for _ in range(201))).code == "too_many_orders"


def test_another_shop_s_order_is_not_there(shop):
    other = shop_with_goods(shop.pool, name="隔壁")
    assert codes(mark(shop, fresh(other))) == ["order_unknown"]


def test_printing_a_locked_order_is_refused_until_the_change_ends(shop):
    order = fresh(shop)
    begun = begin(shop, order)
    assert codes(mark(shop, order)) == ["order_locked"]
    assert codes(ship(shop, (order, "顺丰", "SF-L1"))) == ["order_locked"]
    assert codes(mark(shop, order, at=timedelta(hours=2))) == [True], "a change whose time is over holds nothing, swept or not"
    assert stands(shop, order, "state, sub_state, lock_id") == ("preparing", "printed", None)
    wish = Wish({shop.lines[order][0]: 1})
    assert [r.code for r in save(shop, order, begun.change, "", wish)] == ["change_over"]
    held = fresh(shop, state="locked")
    assert codes(mark(shop, held)) == ["order_held_by_shop"]


def test_orders_leave_singly_and_in_bulk_and_the_same_again_changes_nothing(shop):
    first, second, unpaid = fresh(shop), fresh(shop), fresh(shop, state="pending_payment")
    answer = ship(shop, (first, " 顺丰 ", "sf 100"), (second, "顺丰", "SF200"), (unpaid, "顺丰", "SF300"))
    assert codes(answer) == [True, True, "order_not_paid"]
    assert stands(shop, first, "state, shipped_at, facts ->> 'shipped_here'") == ("shipped", shop.now, "true")
    assert codes(ship(shop, (first, "顺丰", "SF100"))) == [False]
    assert codes(ship(shop, (first, "顺丰", "SF101"))) == [True]
    assert codes(ship(shop, (first, "顺丰", "SF200"))) == ["waybill_elsewhere"]
    assert shop.all("select carrier, waybill, direction from parcels where order_id = %s order by waybill", first) == [("顺丰", "SF100", "out"), ("顺丰", "SF101", "out")]
    assert history(shop, first) == ["shipped", "parcel_added"]
    assert codes(ship(shop, (second, "", "x"))) == ["required"]


def test_one_waybill_twice_in_one_go_is_refused_for_the_second(shop):
    first, second = fresh(shop), fresh(shop)
    assert sorted(map(str, codes(ship(shop, (first, "顺丰", "SF-T1"), (second, "顺丰", "SF-T1"))))) == ["True", "waybill_elsewhere"]


def test_open_cancellations_hear_of_the_shipment(shop):
    order = fresh(shop)
    case = cancel(shop.pool, shop.merchant, Cancel(order, reason=reason(shop), words="", source="buyer"), LIN, shop.now, new_id()).case_id
    assert codes(ship(shop, (order, "顺丰", "SF-C1"))) == [True]
    assert shop.all("select effect, body ->> 'event' from outbox where case_id = %s and effect = 'tell_cancellation'", case) == [("tell_cancellation", "order_shipped")]


def test_what_was_cancelled_in_whole_leaves_no_more(shop):
    order = fresh(shop)
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update order_lines set cancelled_quantity = quantity where order_id = %s", (order,))
    assert codes(ship(shop, (order, "顺丰", "SF-W1"))) == ["order_cancelled"]
    assert codes(mark(shop, order)) == ["order_cancelled"]


def test_the_receiver_may_move_within_the_city_before_shipment(shop):
    order = fresh(shop)
    moved = Details("周小满", "13912345678", "河北", "廊坊", "安次区", "和平路 9 号")
    assert orders_desk.change_receiver(shop.pool, by(shop), shop.merchant, order, moved, shop.now) == []
    assert stands(shop, order, "receiver, city, district, receiver_mark is not null") == ("周小满", "廊坊市", "安次区", True)
    far = Details(province="河北省", city="石家庄市", district="长安区")
    assert [r.code for r in orders_desk.change_receiver(shop.pool, by(shop), shop.merchant, order, far, shop.now)] == ["receiver_other_city"]
    wrong = orders_desk.change_receiver(shop.pool, by(shop), shop.merchant, order, Details(receiver="", phone="x"), shop.now)
    assert [r.field for r in wrong] == ["receiver", "phone"]
    ship(shop, (order, "顺丰", "SF-R1"))
    assert [r.code for r in orders_desk.change_receiver(shop.pool, by(shop), shop.merchant, order, Details(detail="别处"), shop.now)] == ["receiver_after_shipment"]
    assert "13912345678" not in str(shop.all("select before, after from audit where subject_id = %s", order))


def test_the_parcel_count(shop):
    order = fresh(shop)
    assert orders_desk.count_parcels(shop.pool, by(shop), shop.merchant, order, 0, shop.now).code == "out_of_range"
    assert orders_desk.count_parcels(shop.pool, by(shop), shop.merchant, order, 3, shop.now) is None
    assert stands(shop, order, "parcel_count") == (3,)


def parcel_of(shop, order):
    return shop.all("select id::text from parcels where order_id = %s and direction = 'out'", order)[0][0]


def test_a_wrong_waybill_is_put_right_and_what_was_heard_under_it_forgotten(shop):
    order, other = fresh(shop), fresh(shop)
    ship(shop, (order, "顺丰", "SF-W10"), (other, "顺丰", "SF-W11"))
    old = parcel_of(shop, order)

    def correct(waybill, parcel=old):
        return order_parcels.correct_waybill(shop.pool, by(shop), shop.merchant, order, parcel, "顺丰", waybill, shop.now)

    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("insert into parcel_events (merchant_id, parcel_id, key, code, at, heard_at, heard_by) values (%s, %s, 'k', 'in_transit', %s, %s, 'message')", (shop.merchant, old, shop.now, shop.now))
    assert correct("SF-W11").code == "waybill_elsewhere"
    assert correct("SF-W10") is None
    assert correct("SF-W12") is None
    assert correct("SF-W13").code == "parcel_unknown", "it is another parcel now"
    assert shop.all("select waybill, state from parcels where order_id = %s", order) == [("SF-W12", "sent")]
    assert shop.all("select count(*) from parcel_events where parcel_id = %s", old) == [(0,)]
    assert history(shop, order) == ["shipped", "waybill_corrected"]


def test_an_abnormal_parcel_is_reported_once_and_settled(shop):
    order = fresh(shop)
    ship(shop, (order, "顺丰", "SF-A1"))
    parcel = parcel_of(shop, order)

    def report(kind="stalled", words=""):
        return order_parcels.report_trouble(shop.pool, by(shop), shop.merchant, order, parcel, kind, words, shop.now)

    assert report("eaten").code == "not_a_choice"
    assert report("other").code == "required"
    trouble = report()
    assert isinstance(trouble, str)
    assert report("damaged").code == "trouble_open"
    assert order_parcels.settle_trouble(shop.pool, by(shop), shop.merchant, order, trouble, "已催承运商", shop.now) is None
    assert order_parcels.settle_trouble(shop.pool, by(shop), shop.merchant, order, trouble, "又", shop.now).code == "trouble_unknown"
    assert history(shop, order) == ["shipped", "trouble_reported", "trouble_settled"]


@pytest.mark.parametrize("nr", range(6))
def test_a_change_and_printing_at_once_leave_one_of_them(shop, nr):
    order = fresh(shop)
    begun, printed = at_once(lambda: begin(shop, order), lambda: codes(mark(shop, order)))
    assert (isinstance(begun, Begun), printed) in ((True, ["order_locked"]), (False, [True]))
    if not isinstance(begun, Begun):
        assert begun.code == "change_printed"


@pytest.mark.parametrize("nr", range(6))
def test_saving_and_printing_at_once_print_what_is_saved_or_wait(shop, nr):
    order = fresh(shop)
    begun = begin(shop, order)
    wish = Wish({shop.lines[order][0]: 1})
    seen = look(shop, order, begun.change, wish).seen
    saved, printed = at_once(lambda: save(shop, order, begun.change, seen, wish), lambda: codes(mark(shop, order)))
    assert isinstance(saved, Saved), "whoever is quicker: the order was locked when printing came first"
    assert stands(shop, order, "sub_state")[0] == ("printed" if printed == [True] else None)
    assert printed in ([True], ["order_locked"])


@pytest.mark.parametrize("nr", range(4))
def test_two_desks_with_one_waybill_at_once(shop, nr):
    first, second = fresh(shop), fresh(shop)
    answers = at_once(*(lambda o=o: codes(ship(shop, (o, "顺丰", f"SF-X{nr}"))) for o in (first, second)))
    assert sorted(map(str, answers)) == ["['waybill_elsewhere']", "[True]"]
    assert shop.all("select count(*) from parcels where merchant_id = %s and waybill = %s", shop.merchant, f"SF-X{nr}") == [(1,)]


def test_printed_orders_stay_as_they_are(shop):
    order = fresh(shop)
    mark(shop, order)
    assert begin(shop, order).code == "change_printed"
    assert isinstance(change(shop, fresh(shop), Wish({}), Details(buyer_remark="放门口")), Saved)
