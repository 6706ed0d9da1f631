"""Lists of what needs somebody: late and about to be late, urged, locked, pre-sale; urges and their answers; reminders of balances (OR-9, OR-10)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from amends.core.pack_orders import OrderDesk, problems
from amends.engine import order_changes, order_parcels, orders_desk, urges
from amends.engine.balances import remind_balances
from amends.engine.deadlines import pack_of
from amends.engine.ids import new_id
from amends.engine.order_times import times_of
from amends.engine.orders_desk import Shipment
from amends.store.connect import PLATFORM, scope
from amends.store.screens import order_work, orders
from tests.engine.order_shop import BUYER, begin, by, fresh, history, shop_with_goods, stands
from tests.engine.test_order_changes import at_once
from tests.shop import LIN

HOUR = timedelta(hours=1)


@pytest.fixture
def shop(pool):
    made = shop_with_goods(pool)
    yield made
    order_changes.end_abandoned(pool, made.now + 24 * HOUR)


def listed(shop, work, at=timedelta(), **more):
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        return orders.listed(conn, shop.merchant, work=work, times=times_of("jd", shop.now + at), **more)


def ids(shop, work, at=timedelta()):
    return [row.id for row in listed(shop, work, at)]


def counts(shop, at=timedelta()):
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        return {k: n for k, n in order_work.counts(conn, shop.merchant, times_of("jd", shop.now + at)).items() if n}


def paid_ago(shop, hours, **more):
    return fresh(shop, **{"paid_at": shop.now - hours * HOUR, **more})


def test_shipment_is_due_a_day_after_payment_or_as_promised(shop):
    calm, soon, late = paid_ago(shop, 10), paid_ago(shop, 21), paid_ago(shop, 30)
    promised_late, promised_calm = paid_ago(shop, 3, promised_ship_by=shop.now - HOUR), paid_ago(shop, 40, promised_ship_by=shop.now + 9 * HOUR)
    paid_ago(shop, 30, state="cancelled")
    paid_ago(shop, 30, state="shipped", shipped_at=shop.now)
    assert ids(shop, "ship_late") == [late, promised_late], "the longest late first"
    assert ids(shop, "ship_soon") == [soon]
    assert set(ids(shop, "ship_soon", 6 * HOUR)) == {promised_calm}
    assert ids(shop, "ship_late", 14 * HOUR)[-1] == calm
    assert counts(shop) == {"ship_late": 2, "ship_soon": 1}
    row = listed(shop, "ship_late")[0]
    assert (row.due_at, row.number) == (shop.now - 6 * HOUR, stands(shop, late, "number")[0])


def test_a_list_goes_on_where_it_ended(shop):
    made = [paid_ago(shop, 40 - n) for n in range(5)]
    first = listed(shop, "ship_late", limit=2)
    rest = listed(shop, "ship_late", limit=9, after=(first[-1].due_at, first[-1].id))
    assert [r.id for r in [*first, *rest]] == made


def test_the_carrier_scans_within_two_days_or_the_parcel_is_on_the_list(shop):
    silent, scanned, bare, old, untold = (paid_ago(shop, h) for h in (49, 49, 49, 500, 49))
    for n, (order, parcel) in enumerate(((silent, True), (scanned, True), (bare, False), (old, True), (untold, True))):
        if parcel:
            orders_desk.ship(shop.pool, by(shop), shop.merchant, [Shipment(order, "顺丰", f"P{n}")], shop.now - 20 * HOUR)
        else:
            with scope(shop.pool, PLATFORM) as conn:
                conn.execute("update orders set state = 'shipped', shipped_at = %s where id = %s", (shop.now - 20 * HOUR, order))
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update parcels set followed_at = %s where order_id = any(%s::uuid[])", (shop.now, [silent, scanned, old]))
        conn.execute("update parcels set accepted_at = %s where order_id = %s", (shop.now, scanned))
        conn.execute("update orders set shipped_at = %s where id = %s", (shop.now - timedelta(days=16), old))
    assert ids(shop, "pick_late") == [silent], "without a waybill, or of a carrier that reports nothing, nobody knows; after the watch it is no news"
    assert ids(shop, "pick_soon", -3 * HOUR) == [silent]
    assert counts(shop)["pick_late"] == 1


def urge(shop, order, words="快点", at=timedelta(), id=None, buyer=BUYER):
    return urges.urge(shop.pool, shop.merchant, order, buyer, words, LIN, shop.now + at, id or new_id())


def answer(shop, *ids, words="今天发出", who=None):
    found = urges.answer(shop.pool, who or by(shop), shop.merchant, ids, words, shop.now + HOUR)
    return [w.refusal.code if w.refusal else w.changed for w in found] if isinstance(found, list) else found.code


def test_a_buyer_urges_at_most_once_in_two_hours(shop):
    order, id = fresh(shop), new_id()
    said = urge(shop, order, id=id)
    assert (said.id, said.again_at, said.replayed) == (id, shop.now + 2 * HOUR, False)
    assert urge(shop, order, id=id).replayed
    too_soon = urge(shop, order, at=2 * HOUR - timedelta(seconds=1))
    assert (too_soon.code, too_soon.facts["until"]) == ("urge_too_soon", (shop.now + 2 * HOUR).isoformat())
    assert isinstance(urge(shop, order, at=2 * HOUR), urges.Urged)
    assert urge(shop, fresh(shop), id=id).code == "command_id_reused"
    assert urge(shop, order, words="长" * 201).code == "too_long"
    assert urge(shop, fresh(shop), buyer="somebody").code == "order_unknown"
    for state in ("pending_payment", "received", "cancelled", "delivered"):
        assert urge(shop, fresh(shop, state=state)).code == "urge_not_now"


def test_urges_are_answered_singly_and_in_bulk_and_a_colleague_s_answer_stays(shop):
    orders_ = [fresh(shop) for _ in range(3)]
    said = [urge(shop, o).id for o in orders_]
    assert set(ids(shop, "urged")) == set(orders_)
    assert counts(shop) == {"urged": 3}
    assert answer(shop, said[0], words="马上") == [True]
    assert answer(shop, *said, "nobody") == ["urge_answered", True, True, "urge_unknown"]
    assert answer(shop, said[1]) == [False]
    assert answer(shop) == "nothing_chosen"
    assert answer(shop, said[0], words=" ") == "answer_missing"
    assert answer(shop, said[0], who=by(shop, "read")) == "permission_missing"
    assert counts(shop) == {}
    assert history(shop, orders_[0]) == ["urged", "urge_answered"]
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        times = times_of("jd", shop.now)
        assert order_work.urges(conn, shop.merchant, times) == []
        assert {(u.number, u.answer, u.answered_name) for u in order_work.urges(conn, shop.merchant, times, answered=True)} == {
            (stands(shop, o, "number")[0], w, "阿海") for o, w in zip(orders_, ("马上", "今天发出", "今天发出"), strict=True)}
        assert order_work.urges_of(conn, shop.merchant, orders_[0])[0].answer == "马上"


@pytest.mark.parametrize("nr", range(4))
def test_urging_twice_at_once_is_one_urge(shop, nr):
    order = fresh(shop)
    answers = at_once(*(lambda: urge(shop, order),) * 3)
    assert sorted(type(a).__name__ for a in answers) == ["Refusal", "Refusal", "Urged"]


def test_locked_orders_and_parcels_in_trouble_are_lists(shop):
    locked, wrong = fresh(shop), fresh(shop)
    begin(shop, locked)
    orders_desk.ship(shop.pool, by(shop), shop.merchant, [Shipment(wrong, "顺丰", "TR1")], shop.now)
    parcel = shop.all("select id::text from parcels where order_id = %s", wrong)[0][0]
    order_parcels.report_trouble(shop.pool, by(shop), shop.merchant, wrong, parcel, "lost", "", shop.now)
    assert (ids(shop, "locked"), ids(shop, "trouble")) == ([locked], [wrong])
    assert counts(shop) == {"locked": 1, "trouble": 1}


def presale(shop, due, **more):
    return fresh(shop, ("LAMP", 1, 10000), state="pending_payment", balance_due_at=shop.now + due, **{"paid_minor": 2000, **more})


def test_balances_by_when_they_are_due_paid_and_run_out(shop):
    later, sooner, over = presale(shop, 50 * HOUR), presale(shop, 5 * HOUR), presale(shop, -HOUR)
    paid = presale(shop, 9 * HOUR)
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update orders set state = 'preparing', paid_minor = 10000, paid_at = %s where id = %s", (shop.now, paid))
    assert (ids(shop, "balance"), ids(shop, "balance_over"), ids(shop, "balance_paid")) == ([sooner, later], [over], [paid])
    row = listed(shop, "balance")[0]
    assert (row.due_at, row.owed_minor) == (shop.now + 5 * HOUR, 8000)


def test_a_buyer_is_reminded_once_at_each_time_and_never_after(shop):
    order = presale(shop, 30 * HOUR)
    paid = presale(shop, 30 * HOUR)
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update orders set state = 'preparing' where id = %s", (paid,))

    def told():
        return shop.all("select body ->> 'amount' from notices where order_id = any(%s::uuid[]) and reader = 'buyer' and event = 'balance_due'", [order, paid])

    for at, many in ((5, 0), (6, 1), (7, 1), (28, 2), (28.5, 2), (31, 2)):
        remind_balances(shop.pool, shop.now + at * HOUR)
        assert len(told()) == many, at
    assert told()[0] == ("8000",)
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update orders set balance_due_at = %s where id = %s", (shop.now + 60 * HOUR, order))
    remind_balances(shop.pool, shop.now + 40 * HOUR)
    assert len(told()) == 3, "a day that moved is told of anew"
    late = presale(shop, HOUR)
    remind_balances(shop.pool, shop.now)
    remind_balances(shop.pool, shop.now)
    assert shop.all("select count(*) from notices where order_id = %s", late) == [(1,)], "times slept through are told once"


@pytest.mark.parametrize("nr", range(3))
def test_two_workers_remind_once(shop, nr):
    order = presale(shop, HOUR)
    at_once(*(lambda: remind_balances(shop.pool, shop.now),) * 3)
    assert shop.all("select count(*) from notices where order_id = %s", order) == [(1,)]


def test_the_pack_says_every_figure_and_nonsense_is_found():
    desk = pack_of("jd").order_desk
    assert problems(desk) == []
    figures = {name: getattr(desk, name) for name in desk.__dataclass_fields__}
    wrong = OrderDesk(**{**figures, "unlock_after": 0, "balance_reminders": (60, 7200)})
    assert [p.path for p in problems(wrong)] == ["order_desk.unlock_after", "order_desk.balance_reminders"]
