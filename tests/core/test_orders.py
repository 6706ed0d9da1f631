"""Orders: the check says everything at once, money shared by seller loses no cent, the boundary of receipt."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core import order_record
from amends.core.order_split import by_seller
from amends.core.orders import Line, Order, Parcel, Payment, check, complete, confirm_by_itself, side, stamps

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def order(**changed: object) -> Order:
    made = Order("A1", "preparing", "lin", "CNY", NOON, paid=19900, lines=[Line("CUP", "杯子", paid=19900)])
    for name, value in changed.items():
        setattr(made, name, value)
    return complete(made)


def record(**changed: object) -> dict[str, object]:
    money = {"amount": 19900, "currency": "CNY"}
    return {
        "number": "A1", "state": "delivered", "buyer_id": "lin", "currency": "CNY", "placed_at": "2026-03-02T12:00:00+08:00",
        "lines": [{"sku": "CUP", "title": "杯子", "quantity": 2, "paid": money}], "payments": [{"provider": "wx", "ref": "p1", "amount": money}], **changed,
    }


def test_everything_wrong_is_said_at_once_with_its_path():
    bad = order(
        number="", currency="yuan", state="gone", paid=100, refunded=200, fulfilment_mode="XX",
        lines=[Line("", "杯子", quantity=0, paid=-1, refunded=5)], payments=[Payment("wx", "", 50, refunded=60)],
    )
    found = {(r.field, r.code) for r in check(bad)}
    assert found == {
        ("number", "required"), ("currency", "currency_unknown"), ("state", "not_a_choice"), ("fulfilment_mode", "not_a_choice"), ("paid", "paid_differs"),
        ("refunded", "refunded_above_paid"), ("lines[0].sku", "required"), ("lines[0].quantity", "out_of_range"), ("lines[0].paid", "out_of_range"),
        ("lines[0].refunded", "refunded_above_paid"), ("payments[0].ref", "required"), ("payments[0].refunded", "refunded_above_paid"),
    }
    for refusal in check(bad):
        assert refusal.say("zh")
        assert refusal.say("en")


def test_a_good_order_has_nothing_wrong_and_an_order_without_goods_is_refused():
    assert check(order()) == []
    assert [r.code for r in check(order(lines=[]))] == ["order_without_lines"]


def test_sums_that_were_left_out_follow_from_the_parts():
    made = complete(Order("A1", "preparing", "lin", "CNY", NOON, lines=[Line("A", "a", freight=300), Line("B", "b", freight=200)], payments=[Payment("wx", "1", 700)]))
    assert (made.freight, made.paid, made.payments[0].paid_at) == (500, 700, NOON)


def test_a_received_order_without_its_time_counts_from_completion_or_delivery_and_never_from_placing():
    later = NOON + timedelta(days=5)
    assert order(state="completed", completed_at=later, delivered_at=NOON).receipt_confirmed_at == later
    assert order(state="received", delivered_at=NOON).receipt_confirmed_at == NOON
    assert order(state="completed").receipt_confirmed_at is None
    assert order(state="delivered", delivered_at=NOON).receipt_confirmed_at is None


@pytest.mark.parametrize(("state", "confirmed", "expected"), [
    ("preparing", None, "cancellation"), ("shipped", None, "cancellation"), ("delivered", None, "cancellation"),
    ("delivered", NOON, "service_order"), ("received", None, "service_order"), ("completed", None, "service_order"),
])
def test_receipt_divides_cancellations_from_service_orders(state, confirmed, expected):
    assert side(state, confirmed) == expected


def test_receipt_confirms_itself_after_the_days_and_not_a_second_before():
    due = NOON + timedelta(days=10)
    early = confirm_by_itself(order(state="delivered", delivered_at=NOON), due - timedelta(seconds=1), 10)
    assert (early.state, early.receipt_confirmed_at) == ("delivered", None)
    late = confirm_by_itself(order(state="delivered", delivered_at=NOON), due, 10)
    assert (late.state, late.receipt_confirmed_at) == ("received", due)
    unknown = confirm_by_itself(order(state="delivered"), due + timedelta(days=999), 10)
    assert unknown.state == "delivered"


def test_windows_count_from_the_last_parcel_and_say_whose_stamp_it_is():
    later = NOON + timedelta(days=1)
    both = order(delivered_at=NOON, parcels=[Parcel("sf", "1", signed_at=NOON), Parcel("sf", "2", signed_at=later)])
    assert stamps(both)["trace_delivered_at"] == later
    assert stamps(both)["platform_signed_at"] is None
    both.platform_delivery = True
    assert stamps(both)["platform_signed_at"] == later
    one_open = order(delivered_at=NOON, parcels=[Parcel("sf", "1", signed_at=later), Parcel("sf", "2")])
    assert stamps(one_open)["trace_delivered_at"] == NOON
    assert all(value is None for value in stamps(order()).values())


def test_a_record_of_json_becomes_an_order():
    made, wrong = order_record.read(record())
    assert wrong == []
    assert made is not None
    assert (made.paid, made.lines[0].quantity, made.placed_at) == (19900, 2, NOON)


def test_a_wrong_record_says_all_its_fields():
    _, wrong = order_record.read(record(
        number=None, placed_at="yesterday", colour="red", paid=199.0, freight={"amount": 1, "currency": "USD"},
        lines=[{"sku": "CUP", "title": "杯子", "quantity": -1, "paid": {"amount": 1.5, "currency": "CNY"}}], payments="wx",
    ))
    assert {(r.field, r.code) for r in wrong} == {
        ("number", "required"), ("placed_at", "wrong_kind"), ("colour", "field_unknown"), ("paid", "wrong_kind"), ("freight", "currency_differs"),
        ("lines[0].quantity", "wrong_kind"), ("lines[0].paid", "wrong_kind"), ("payments", "wrong_kind"),
    }


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20), lambda x: st.lists(x, max_size=3) | st.dictionaries(
    st.sampled_from(["number", "lines", "payments", "sku", "amount", "currency", "paid", "placed_at", "x"]), x, max_size=5), max_leaves=12))
def test_whatever_a_record_holds_it_is_answered(thing):
    body = thing if isinstance(thing, dict) else {"lines": thing, "number": thing}
    made, wrong = order_record.read(body)
    assert (made is None) == bool(wrong)


@given(
    st.lists(st.tuples(st.sampled_from("xyz"), st.integers(0, 5000), st.integers(0, 900)), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 99999), st.integers(0, 100)), min_size=1, max_size=3), st.integers(0, 100),
)
def test_splitting_by_seller_keeps_every_cent(lines, payments, percent):
    paid = sum(amount for amount, _ in payments)
    whole = complete(Order(
        "A1", "preparing", "lin", "BRL", NOON, lines=[Line(f"s{i}", "x", paid=p, freight=f, seller=s) for i, (s, p, f) in enumerate(lines)],
        payments=[Payment("manual", str(i), a, refunded=a * back // 100) for i, (a, back) in enumerate(payments)], refunded=paid * percent // 100,
    ))
    parts = by_seller(whole)
    assert sum(p.paid or 0 for p in parts.values()) == paid
    assert sum(p.freight or 0 for p in parts.values()) == sum(f for _, _, f in lines)
    assert sum(p.refunded for p in parts.values()) == whole.refunded
    for i, (amount, _) in enumerate(payments):
        assert sum(p.payments[i].amount for p in parts.values()) == amount
        assert sum(p.payments[i].refunded for p in parts.values()) == whole.payments[i].refunded
    assert sorted(x.sku for p in parts.values() for x in p.lines) == sorted(x.sku for x in whole.lines)
    assert all(p.refunded <= (p.paid or 0) for p in parts.values())
    assert all(x.refunded <= x.amount for p in parts.values() for x in p.payments)
