"""Refund entitlement: explained, capped, and never more than was paid."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.money import Money
from amends.core.refund import (
    Earlier,
    Entitlement,
    Freight,
    Line,
    OrderMoney,
    Payment,
    Problem,
    Settlement,
    Wanted,
    entitlement,
    refund_state,
    settle,
    split_over_payments,
)

CUP = Line("cup", 3, 10_000, coupon=1_000, points_used=500, granted_gone=100)
POT = Line("pot", 1, 20_000)
# paid: cup 10000 - 500 discount - 1000 - 500 = 8000; pot 20000 - 1000 = 19000; freight 1200
PLAIN = Freight()
ORDER = OrderMoney("CNY", (CUP, POT), (Payment("wx", 20_000), Payment("card", 8_200)), discount=1_500, freight=1_200)


def cny(amount: int) -> Money:
    return Money(amount, "CNY")


def entitled(found: Entitlement | Problem) -> Entitlement:
    assert isinstance(found, Entitlement), found
    return found


def figures(e: Entitlement) -> dict[tuple[str, str | None], int]:
    return {(p.label, p.line_id): p.amount for p in e.parts}


def test_every_part_is_named() -> None:
    e = entitled(entitlement(ORDER, [Wanted("cup", 3)], "merchant", coupon_back=True))
    assert figures(e) == {("paid", "cup"): 8_000, ("points_granted", "cup"): -100, ("coupon_share", "cup"): 1_000, ("points_spent", "cup"): 500}
    assert e.total == cny(7_900)
    assert e.who_pays() == {"merchant": 7_900, "platform": 1_500}


def test_a_coupon_the_pack_keeps_is_shown_and_costs_nobody() -> None:
    e = entitled(entitlement(ORDER, [Wanted("cup", 3)], "merchant"))
    assert [p.medium for p in e.parts if p.label == "coupon_share"] == ["kept"]
    assert e.who_pays()["platform"] == 500


def test_the_way_out_goes_back_with_the_last_piece_unless_the_buyer_just_changed_their_mind() -> None:
    everything = [Wanted("cup", 3), Wanted("pot", 1)]
    assert entitled(entitlement(ORDER, everything, "merchant")).due[None] == 1_200
    assert entitled(entitlement(ORDER, everything, "buyer")).due[None] == 0
    assert entitled(entitlement(ORDER, everything, "buyer", Freight(out_on_no_reason=True))).due[None] == 1_200
    assert entitled(entitlement(ORDER, everything[:1], "merchant")).due[None] == 0
    assert entitled(entitlement(ORDER, everything[:1], "merchant", earlier=[Earlier("pot", 1, 19_000)])).due[None] == 1_200
    assert entitled(entitlement(ORDER, everything, "carrier")).who_pays()["carrier"] == 1_200


def test_the_way_back_follows_the_fault() -> None:
    advanced, own = Freight(back_advanced=1_500), Freight(back_by_buyer=1_500)
    assert entitled(entitlement(ORDER, [Wanted("pot", 1)], "buyer", advanced)).total == cny(17_500)
    assert entitled(entitlement(ORDER, [Wanted("pot", 1)], "merchant", advanced)).total == cny(19_000)
    assert entitled(entitlement(ORDER, [Wanted("pot", 1)], "buyer", own)).total == cny(19_000)
    paid_back = entitled(entitlement(ORDER, [Wanted("pot", 1)], "carrier", replace(own, back_limit=1_200)))
    assert paid_back.total == cny(19_000), "compensation is not part of the refund"
    assert paid_back.who_pays() == {"merchant": 19_000, "carrier": 1_200}


@pytest.mark.parametrize(("given", "out"), [(0, 0), (500, 500), (5_000, 1_200)], ids=["none", "a-part", "never-more-than-was-paid"])
def test_a_pack_may_give_back_some_of_the_way_out_on_the_buyers_reasons(given: int, out: int) -> None:
    whole = [Wanted("cup", 3), Wanted("pot", 1)]
    assert entitled(entitlement(ORDER, whole, "buyer", Freight(out_for_buyer=given))).due[None] == out
    assert entitled(entitlement(ORDER, [Wanted("pot", 1)], "buyer", Freight(out_for_buyer=given))).due[None] == 0
    assert entitled(entitlement(ORDER, whole, "merchant", Freight(out_for_buyer=given))).due[None] == 1_200


def test_freight_insurance_pays_first() -> None:
    held = entitled(entitlement(ORDER, [Wanted("pot", 1)], "buyer", Freight(back_advanced=1_500, insured=1_000)))
    assert held.who_pays() == {"merchant": 19_000, "buyer": 500}
    own = entitled(entitlement(ORDER, [Wanted("pot", 1)], "merchant", Freight(back_by_buyer=1_500, insured=1_000)))
    assert own.who_pays() == {"merchant": 19_500, "insurer": 1_000}


def test_freight_dearer_than_the_goods_never_makes_the_buyer_pay() -> None:
    e = entitled(entitlement(ORDER, [Wanted("cup", 1)], "buyer", Freight(back_advanced=9_000)))
    assert e.total == cny(0)
    assert figures(e)["not_below_zero", None] == 9_000 - 2_667 + 33


def test_a_lowered_refund_stays_lowered_and_money_in_advance_is_set_off_once() -> None:
    lowered = [Earlier("pot2", 1, 300)]
    order = OrderMoney("CNY", (Line("pot2", 3, 3_000),), (Payment("wx", 3_000),))
    assert entitled(entitlement(order, [Wanted("pot2", 1)], "merchant", earlier=lowered)).total == cny(1_000)
    advance = [Earlier("pot2", 0, 1_400)]
    assert entitled(entitlement(order, [Wanted("pot2", 1)], "merchant", earlier=advance)).total == cny(0)
    advance.append(Earlier("pot2", 1, 0))
    assert entitled(entitlement(order, [Wanted("pot2", 1)], "merchant", earlier=advance)).total == cny(600)
    advance.append(Earlier("pot2", 1, 600))
    assert entitled(entitlement(order, [Wanted("pot2", 1)], "merchant", earlier=advance)).total == cny(1_000)


def test_an_entitlement_above_what_is_left_is_said_not_silently_cut() -> None:
    order = replace(ORDER, payments=(Payment("wx", 28_200, 20_000),))
    e = entitled(entitlement(order, [Wanted("pot", 1)], "merchant"))
    assert (e.total, e.cap) == (cny(8_200), cny(8_200))
    assert figures(e)["order_cap", None] == 8_200 - 19_000


def test_what_cannot_be_asked_is_a_problem() -> None:
    def code(*wanted: Wanted, freight: Freight = PLAIN, earlier: tuple[Earlier, ...] = ()) -> str:
        found = entitlement(ORDER, wanted, "buyer", freight, earlier)
        assert isinstance(found, Problem)
        return found.code

    assert code() == code(Wanted("cup", 0)) == "nothing_selected"
    assert code(Wanted("cap", 1)) == "line_unknown"
    assert code(Wanted("cup", 1), Wanted("cup", 1)) == "line_twice"
    assert code(Wanted("cup", 4)) == code(Wanted("cup", 1, 1)) == code(Wanted("cup", -1), Wanted("pot", 1)) == "quantity_beyond"
    assert code(Wanted("cup", 2), earlier=(Earlier("cup", 2, 1),)) == "quantity_beyond"
    assert code(Wanted("cup", 1), freight=Freight(out=1_201)) == "freight_beyond"
    assert code(Wanted("cup", 1), freight=Freight(out=1_000), earlier=(Earlier(None, 0, 201),)) == "freight_beyond"


def test_lower_needs_a_reason_higher_a_permission_and_the_cap_stands() -> None:
    e = entitled(entitlement(ORDER, [Wanted("cup", 1)], "merchant"))  # 2667 - 33 points; room 8000 + 1200 freight

    def code(amount: int, **how: object) -> str:
        found = settle(cny(amount), e, **how)  # type: ignore[arg-type]
        return found.code if isinstance(found, Problem) else "paid"

    assert code(e.total.amount) == "paid"
    assert code(e.total.amount, may_process=False) == "process_not_permitted"
    assert code(2_000) == "reason_missing"
    assert code(2_000, reason="used") == "paid"
    assert code(3_000, reason="goodwill") == "override_not_permitted"
    assert code(3_000, may_override=True) == "reason_missing"
    assert code(9_200, may_override=True, reason="goodwill") == "paid"
    assert code(-1, reason="x") == "below_zero"
    above = settle(cny(9_201), e, may_override=True, reason="goodwill")
    assert above == Problem("above_cap", {"asked": 9_201, "entitled": 2_634, "cap": 9_200})
    other = settle(Money(1, "USD"), e, reason="x")
    assert isinstance(other, Problem)
    assert other.code == "wrong_currency"


def test_money_goes_back_the_way_it_came_oldest_first() -> None:
    assert split_over_payments(21_000, ORDER.payments) == [("wx", 20_000), ("card", 1_000)]
    assert split_over_payments(0, ORDER.payments) == []
    assert split_over_payments(28_201, ORDER.payments) == Problem("above_cap", {"asked": 28_201, "cap": 28_200})
    assert refund_state(ORDER.payments) == "paid"
    assert refund_state((Payment("a", 5, 5), Payment("b", 5))) == "partially_refunded"
    assert refund_state((Payment("a", 5, 5),)) == "refunded"


@st.composite
def orders(draw: st.DrawFn) -> OrderMoney:
    lines = tuple(
        Line(f"L{i}", draw(st.integers(1, 7)), price, draw(st.integers(0, 99)), price // 7, price // 9, draw(st.integers(0, 200)))
        for i, price in enumerate(draw(st.lists(st.integers(0, 9_999), min_size=1, max_size=4)))
    )
    bare = OrderMoney("CNY", lines, (), draw(st.integers(0, sum(x.price for x in lines) // 2)), draw(st.integers(0, 900)), 0, draw(st.booleans()))
    paid = sum(bare.paid_by_line().values()) + bare.freight
    first = draw(st.integers(0, paid))
    return replace(bare, payments=(Payment("p1", first), Payment("p2", paid - first)))


@given(orders(), st.data())
def test_no_sequence_of_refunds_gives_more_than_was_paid(order: OrderMoney, data: st.DataObject) -> None:
    paid, whole = {**order.paid_by_line(), None: order.freight}, order.left
    earlier: list[Earlier] = []
    for _ in range(data.draw(st.integers(1, 6))):
        done = {x.id: sum(e.quantity for e in earlier if e.line_id == x.id) for x in order.lines}
        wanted = [Wanted(x.id, data.draw(st.integers(0, x.quantity - done[x.id]))) for x in order.lines]
        fault = data.draw(st.sampled_from(("buyer", "merchant")))
        e = entitlement(order, wanted, fault, Freight(back_advanced=data.draw(st.integers(0, 300))), earlier)  # type: ignore[arg-type]
        if isinstance(e, Problem):
            assert e.code == "nothing_selected"
            continue
        assert sum(p.amount for p in e.parts if p.medium == "money") == e.total.amount >= 0
        asked = data.draw(st.one_of(st.just(e.total.amount), st.integers(0, e.cap.amount)))
        done_now = settle(cny(asked), e, reason="drawn", may_override=True)
        assert isinstance(done_now, Settlement)
        assert sum(done_now.by_line.values()) == asked
        sent = split_over_payments(asked, order.payments)
        assert isinstance(sent, list)
        order = replace(order, payments=tuple(replace(p, given_back=p.given_back + dict(sent).get(p.id, 0)) for p in order.payments))
        earlier += [Earlier(w.line_id, w.quantity, done_now.by_line[w.line_id]) for w in wanted]
        earlier.append(Earlier(None, 0, done_now.by_line[None]))
        for key, most in paid.items():
            assert 0 <= sum(x.amount for x in earlier if x.line_id == key) <= most
        assert order.left == whole - sum(x.amount for x in earlier) >= 0


@given(orders(), st.randoms(use_true_random=False))
def test_returning_everything_piece_by_piece_gives_back_exactly_what_was_paid(order: OrderMoney, chance: object) -> None:
    order = replace(order, lines=tuple(replace(x, granted_gone=0) for x in order.lines))
    pieces = [x.id for x in order.lines for _ in range(x.quantity)]
    chance.shuffle(pieces)  # type: ignore[attr-defined]
    earlier: list[Earlier] = []
    freight = 0
    for line_id in pieces:
        e = entitled(entitlement(order, [Wanted(line_id, 1)], "merchant", earlier=earlier))
        earlier.append(Earlier(line_id, 1, e.due[line_id]))
        freight += e.due[None]
    assert sum(e.amount for e in earlier) + freight == order.left
