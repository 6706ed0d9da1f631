"""The buyer changes an order (OR-7): what is saved, what goes back, what ends a change, and who comes first when two come at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from amends.core.order_change import Wish
from amends.engine import order_changes
from amends.engine.cancelling import Cancel, Cancelled, cancel
from amends.engine.ids import new_id
from amends.engine.order_changes import Begun, Looked, Saved
from amends.engine.order_wish import Details
from amends.store.connect import PLATFORM, scope
from tests.engine.order_shop import BUYER, begin, change, fresh, goods_of, history, look, save, sell, shop_with_goods, stands
from tests.shop import LIN

HOURS = timedelta(hours=1)


@pytest.fixture
def shop(pool):
    made = shop_with_goods(pool)
    yield made
    order_changes.end_abandoned(pool, made.now + 24 * HOURS)


def codes(answer):
    return [r.code for r in answer] if isinstance(answer, list) else [answer.code]


def test_fewer_pieces_and_new_goods_are_saved_and_the_difference_goes_back(shop):
    order = fresh(shop, ("CUP", 3, 15000), ("MUG", 1, 4000), freight=600)
    cup, mug = shop.lines[order]
    saved = change(shop, order, Wish({cup: 1, mug: 0}, {"LAMP": 1}))
    assert (saved.total, saved.back, saved.due) == (16600, 3000, 0)
    assert goods_of(shop, order) == [("CUP", 1, 6000, 6000, False), ("LAMP", 1, 10000, 10000, False)]
    assert stands(shop, order, "state, lock_id, paid_minor, refunded_minor, freight_minor") == ("preparing", None, 19600, 3000, 600)
    requests = shop.all("select amount_minor, state, provider, kind, case_id from refund_requests where order_id = %s", order)
    assert requests == [(3000, "requested", "manual", "refund", None)]
    assert shop.all(
        "select sum(e.amount_minor) from ledger_entries e join ledger_movements m on m.id = e.movement_id where m.order_id = %s and e.account = 'buyer_refund'", order)[0][0] == 3000
    assert history(shop, order) == ["change_begun", "changed"]


def test_gifts_of_new_goods_are_written_with_their_goods(shop):
    order = fresh(shop, state="pending_payment")
    saved = change(shop, order, Wish(added={"MUG": 1}))
    assert saved.due == saved.total == 20000
    gift, of = shop.all("select k.sku, l.id = k.gift_of from order_lines k join order_lines l on l.order_id = k.order_id and l.position = 2 where k.order_id = %s and k.gift", order)[0]
    assert (gift, of) == ("SPOON", True)


def test_an_unpaid_order_may_become_dearer_and_a_paid_one_may_not(shop):
    assert change(shop, fresh(shop, state="pending_payment"), Wish(added={"LAMP": 2})).due == 36000
    order = fresh(shop)
    assert codes(change(shop, order, Wish(added={"LAMP": 2}))) == ["change_dearer"]
    assert stands(shop, order)[0] == "locked", "what was refused can be put right and saved again"


def test_receiver_delivery_invoice_and_remark_are_kept_masked_on_record(shop):
    order = fresh(shop)
    typed = Details(
        receiver="周小满", phone="13912345678", province="河北", city="廊坊", district="安次区", detail="和平路 9 号", delivery_wish="restdays", buyer_remark="放门口",
        invoice={"kind": "company", "title": "青禾有限公司", "tax_number": "91110000600037341l"},
    )
    saved = change(shop, order, details=typed)
    assert (saved.back, saved.due) == (0, 0)
    assert stands(shop, order, "receiver, phone, province, city, district, detail, delivery_wish, buyer_remark") == (
        "周小满", "13912345678", "河北省", "廊坊市", "安次区", "和平路 9 号", "restdays", "放门口")
    assert stands(shop, order, "invoice")[0] == {"kind": "company", "title": "青禾有限公司", "tax_number": "91110000600037341L"}
    kept = shop.all("select before, after from order_changes where order_id = %s and what = 'changed'", order)[0]
    assert (kept[0]["receiver"], kept[1]["receiver"], kept[1]["phone"]) == ("林**", "周**", "139****5678")
    assert "13912345678" not in str(kept)


def test_what_is_typed_wrong_is_refused_beside_its_field(shop):
    order = fresh(shop)
    wrong = change(shop, order, details=Details(receiver=" ", phone="abc", city="上海市", delivery_wish="never", buyer_remark="长" * 201, invoice={"kind": "company", "title": "", "tax_number": "1"}))
    assert {r.field for r in wrong} == {"receiver", "phone", "district", "delivery_wish", "buyer_remark", "invoice_title", "invoice_tax_number"}


def test_saving_nothing_is_told_and_giving_up_unlocks(shop):
    order = fresh(shop)
    begun = begin(shop, order)
    assert codes(save(shop, order, begun.change, look(shop, order, begun.change).seen)) == ["change_nothing"]
    assert order_changes.give_up(shop.pool, shop.merchant, order, BUYER, begun.change, LIN, shop.now) is None
    assert order_changes.give_up(shop.pool, shop.merchant, order, BUYER, begun.change, LIN, shop.now) is None
    assert stands(shop, order) == ("preparing", None)
    assert history(shop, order) == ["change_begun", "change_given_up"]


@pytest.mark.parametrize(("columns", "code"), [
    ({"state": "preparing", "sub_state": "printed"}, "change_printed"), ({"state": "shipped"}, "change_closed"), ({"state": "cancelled"}, "change_closed"),
    ({"state": "locked"}, "change_locked_by_shop"), ({"state": "received"}, "change_closed"),
], ids=lambda v: v if isinstance(v, str) else v["state"])
def test_an_order_past_changing_says_why(shop, columns, code):
    assert begin(shop, fresh(shop, **columns)).code == code


def test_somebody_elses_order_is_not_there(shop):
    order = fresh(shop, buyer_id="buyer-other")
    assert begin(shop, order).code == "order_unknown"
    assert begin(shop, "no-id").code == "order_unknown"


def test_a_protected_line_stays_and_the_rest_may_change(shop):
    order = fresh(shop)
    cup, mug = shop.lines[order]
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute(
            "insert into compensations (merchant_id, id, number, kind, state, order_id, line_id, buyer_id, asked_minor, currency, asked_kind, asked_at)"
            " values (%s, %s, %s, 'price_protection', 'asked', %s, %s, %s, 100, 'CNY', 'buyer', %s)", (shop.merchant, new_id(), order[-6:], order, cup, BUYER, shop.now),
        )
    begun = begin(shop, order)
    seen = look(shop, order, begun.change, Wish({cup: 1}))
    assert codes(seen.refusals) == ["line_protected"]
    assert save(shop, order, begun.change, look(shop, order, begun.change, Wish({mug: 0})).seen, Wish({mug: 0})).back == 4000


def test_coupons_are_used_given_back_and_never_used_twice(shop):
    first, second = fresh(shop), fresh(shop, state="pending_payment")
    coupon = new_id()
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute(
            "insert into coupons (merchant_id, id, buyer_id, code, kind, amount_minor, currency) values (%s, %s, %s, %s, 'open', 700, 'CNY')", (shop.merchant, coupon, BUYER, coupon[-8:]))
    assert change(shop, first, Wish(coupons=(coupon,))).back == 700
    assert codes(change(shop, second, Wish(coupons=(coupon,)))) == ["coupon_unknown"]
    assert codes(change(shop, first, Wish(coupons=()))) == ["change_dearer"]
    assert shop.all("select order_id::text from coupons where id = %s", coupon) == [(first,)]
    assert shop.all("select coupon_minor from order_lines where order_id = %s order by position", first) == [(525,), (175,)]


def test_two_tabs_and_a_double_click_save_once(shop):
    order = fresh(shop)
    first, second = begin(shop, order), begin(shop, order, timedelta(minutes=5))
    assert first == second, "the second tab goes on with the same change"
    wish, command = Wish({shop.lines[order][0]: 1}), new_id()
    seen = look(shop, order, first.change, wish).seen
    saved = save(shop, order, first.change, seen, wish, command_id=command)
    again = save(shop, order, first.change, seen, wish, command_id=command)
    assert (saved.back, again.back, again.replayed) == (6000, 6000, True)
    assert codes(save(shop, order, second.change, seen, wish)) == ["change_over"]
    assert shop.all("select count(*) from refund_requests where order_id = %s", order)[0][0] == 1
    other = fresh(shop)
    assert codes(save(shop, other, begin(shop, other).change, seen, wish, command_id=command)) == ["command_id_reused"]


def test_an_abandoned_change_ends_after_exactly_two_hours(shop):
    order = fresh(shop)
    begun = begin(shop, order)
    assert begun.until == shop.now + 2 * HOURS
    seen, last = look(shop, order, begun.change).seen, timedelta(hours=2, microseconds=-1)
    assert order_changes.end_abandoned(shop.pool, shop.now + last) == 0
    assert isinstance(look(shop, order, begun.change, at=last), Looked)
    assert codes(save(shop, order, begun.change, seen, Wish({shop.lines[order][0]: 1}), at=2 * HOURS)) == ["change_over"], "not a moment later, swept or not"
    assert order_changes.end_abandoned(shop.pool, shop.now + 2 * HOURS) == 1
    assert order_changes.end_abandoned(shop.pool, shop.now + 2 * HOURS) == 0
    assert stands(shop, order) == ("preparing", None)
    assert history(shop, order) == ["change_begun", "change_expired"]


def test_a_change_that_ran_out_and_was_not_swept_yet_makes_room_for_a_new_one(shop):
    order = fresh(shop)
    first = begin(shop, order)
    second = begin(shop, order, 2 * HOURS)
    assert isinstance(second, Begun)
    assert second.change != first.change
    assert stands(shop, order, "lock_state") == ("preparing",)


def test_a_change_of_the_order_meanwhile_is_looked_at_first(shop):
    order = fresh(shop)
    begun = begin(shop, order)
    wish = Wish({shop.lines[order][0]: 1})
    seen = look(shop, order, begun.change, wish).seen
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update order_lines set quantity = 4, paid_minor = 24000 where order_id = %s and sku = 'CUP'", (order,))
        conn.execute("update orders set remarks = '加急' where id = %s", (order,))
    assert codes(save(shop, order, begun.change, seen, wish)) == ["change_overtaken"]
    assert isinstance(save(shop, order, begun.change, look(shop, order, begun.change, wish).seen, wish), Saved)


def test_todays_price_at_saving_is_the_price_that_was_looked_at_or_the_new_one_is_said(shop):
    order = fresh(shop, state="pending_payment")
    begun = begin(shop, order)
    seen = look(shop, order, begun.change, Wish(added={"LAMP": 1}))
    sell(shop, "LAMP", 20000)
    assert codes(save(shop, order, begun.change, seen.seen, Wish(added={"LAMP": 1}))) == ["change_overtaken"]


def test_no_cancelling_while_it_is_changed_and_no_changing_while_it_is_cancelled(shop):
    order = fresh(shop)
    begun = begin(shop, order)
    asked = Cancel(order, reason=reason(shop), words="", source="buyer")
    assert codes(cancel(shop.pool, shop.merchant, asked, LIN, shop.now, new_id())) == ["cancel_order_locked"]
    order_changes.give_up(shop.pool, shop.merchant, order, BUYER, begun.change, LIN, shop.now)
    assert isinstance(cancel(shop.pool, shop.merchant, asked, LIN, shop.now, new_id()), Cancelled)
    assert begin(shop, order).code == "change_cancelling"


def reason(shop):
    from amends.engine.deadlines import pack_of
    return pack_of("jd").cancellation.reasons[0].code


def at_once(*work):
    """Run these at the same moment; their answers in order."""
    gate = Barrier(len(work))

    def one(do):
        gate.wait()
        return do()

    with ThreadPoolExecutor(len(work)) as threads:
        return [f.result() for f in [threads.submit(one, do) for do in work]]


@pytest.mark.parametrize("nr", range(6))
def test_two_saves_at_once_give_back_once(shop, nr):
    order = fresh(shop)
    begun = begin(shop, order)
    wish = Wish({shop.lines[order][0]: 1})
    seen = look(shop, order, begun.change, wish).seen
    answers = at_once(*(lambda: save(shop, order, begun.change, seen, wish),) * 3)
    assert sorted(type(a).__name__ for a in answers) == ["Saved", "list", "list"]
    assert stands(shop, order, "refunded_minor, state") == (6000, "preparing")


@pytest.mark.parametrize("nr", range(6))
def test_a_change_and_a_cancellation_at_once_leave_one_of_them(shop, nr):
    order, why = fresh(shop), reason(shop)
    begun, cancelled = at_once(
        lambda: begin(shop, order), lambda: cancel(shop.pool, shop.merchant, Cancel(order, reason=why, words="", source="buyer"), LIN, shop.now, new_id()))
    if isinstance(begun, Begun):
        assert codes(cancelled) == ["cancel_order_locked"]
    else:
        assert (begun.code, type(cancelled)) == ("change_cancelling", Cancelled)


@pytest.mark.parametrize("nr", range(6))
def test_the_sweeper_and_a_save_at_once_agree(shop, nr):
    """A worker whose clock is past the end, and a save that came just in time: either is whole."""
    order = fresh(shop)
    begun = begin(shop, order)
    wish = Wish({shop.lines[order][0]: 1})
    seen = look(shop, order, begun.change, wish).seen
    ended, saved = at_once(
        lambda: order_changes.end_abandoned(shop.pool, shop.now + 2 * HOURS), lambda: save(shop, order, begun.change, seen, wish, at=2 * HOURS - timedelta(seconds=1)))
    assert stands(shop, order) == ("preparing", None)
    lines = goods_of(shop, order)[0][1]
    assert (ended, lines) == ((0, 1) if isinstance(saved, Saved) else (1, 2))
