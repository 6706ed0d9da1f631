"""Movements of the ledger: balanced whatever the figures, each in words, refusals as data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core import movements as m
from amends.core.ledger import ACCOUNTS, KINDS, PARTS, PAYERS, Line, Movement, account_of, provider_account
from amends.core.refusal import Refusal

CNY = "CNY"
SOME = st.integers(1, 10**12)


def entries(made):
    assert isinstance(made, Movement), made
    assert sum(line.amount for line in made.lines) == 0
    return {(line.account, line.part): line.amount for line in made.lines}


def test_a_refund_is_borne_by_the_merchant_and_owed_to_the_buyer():
    made = m.refund_granted(m.Granted(10000, 1200), CNY)
    assert entries(made) == {("merchant_settlement", "goods"): -10000, ("merchant_settlement", "freight_out"): -1200, ("buyer_refund", "refund"): 11200}


def test_freight_lost_by_the_carrier_is_asked_of_the_carrier():
    made = m.refund_granted(m.Granted(10000, 1200, "carrier"), CNY)
    assert entries(made) == {("merchant_settlement", "goods"): -10000, ("freight", "freight_out"): -1200, ("buyer_refund", "refund"): 11200}


def test_return_freight_the_buyer_bears_is_kept_for_whoever_brought_the_goods():
    made = m.refund_granted(m.Granted(8800, kept=1200), CNY)
    assert entries(made) == {("merchant_settlement", "goods"): -10000, ("freight", "freight_kept"): 1200, ("buyer_refund", "refund"): 8800}


def test_a_moved_refund_leaves_through_its_provider():
    assert entries(m.refund_moved(8800, "wepay", CNY)) == {("buyer_refund", "refund"): -8800, ("provider:wepay", "refund"): 8800}
    assert entries(m.refund_moved(1, "", CNY))[("provider:manual", "refund")] == 1


@given(goods=st.integers(0, 10**12), freight=SOME, kept=st.integers(0, 10**6), payer=st.sampled_from(sorted(PAYERS)))
def test_a_reversal_leaves_nothing_of_what_was_granted(goods, freight, kept, payer):
    made = m.refund_granted(m.Granted(goods, freight, payer, kept), CNY)
    assert isinstance(made, Movement)
    back = m.refund_reversed(made.cost(), CNY)
    assert isinstance(back, Movement)
    left: dict[str, int] = {}
    for line in (*made.lines, *back.lines):
        left[line.account] = left.get(line.account, 0) + line.amount
    assert set(left.values()) == {0}


@given(amount=SOME, what=st.sampled_from(sorted(m.OWED)), payer=st.sampled_from(sorted(PAYERS)))
def test_what_is_paid_beside_a_refund_ends_with_the_one_who_bears_it(amount, what, payer):
    granted, paid, dropped = m.compensation_granted(what, amount, payer, CNY), m.compensation_paid(what, amount, "wepay", CNY), m.compensation_dropped(what, amount, payer, CNY)
    purse = "platform_advance" if what == "advance" else PAYERS[payer]
    assert entries(granted) == {(purse, ""): -amount, (m.OWED[what], ""): amount}
    assert entries(paid) == {(m.OWED[what], ""): -amount, ("provider:wepay", ""): amount}
    assert entries(dropped) == {(purse, ""): amount, (m.OWED[what], ""): -amount}


def test_a_dearer_exchange_is_owed_by_the_buyer_until_it_is_paid_or_dropped():
    assert entries(m.difference_charged(500, CNY)) == {("buyer_charge", "difference"): -500, ("merchant_settlement", "difference"): 500}
    assert entries(m.difference_paid(500, "wepay", CNY)) == {("provider:wepay", "difference"): -500, ("buyer_charge", "difference"): 500}
    assert entries(m.difference_dropped(500, CNY)) == {("merchant_settlement", "difference"): -500, ("buyer_charge", "difference"): 500}
    assert entries(m.difference_refunded(300, CNY)) == {("merchant_settlement", "difference"): -300, ("buyer_refund", "difference"): 300}


def test_an_advance_is_recovered_from_the_merchant_and_given_back_after_an_appeal():
    assert entries(m.compensation_granted("advance", 900, "platform", CNY))[("platform_advance", "")] == -900
    assert entries(m.advance_recovered(900, 900, CNY, held=5000)) == {("merchant_deposit", ""): -900, ("platform_advance", ""): 900}
    assert entries(m.advance_recovered(900, 900, CNY, source="merchant")) == {("merchant_settlement", ""): -900, ("platform_advance", ""): 900}
    assert entries(m.advance_given_back(900, CNY)) == {("platform_advance", ""): -900, ("merchant_deposit", ""): 900}


def test_penalties_and_the_deposit():
    assert entries(m.deposit_paid_in(5000, CNY)) == {("provider:manual", ""): -5000, ("merchant_deposit", ""): 5000}
    assert entries(m.deposit_paid_in(5000, CNY, source="merchant")) == {("merchant_settlement", ""): -5000, ("merchant_deposit", ""): 5000}
    assert entries(m.penalty_charged(2000, CNY, held=5000)) == {("merchant_deposit", ""): -2000, ("penalty", ""): 2000}
    assert entries(m.penalty_returned(2000, 2000, CNY, to="merchant")) == {("penalty", ""): -2000, ("merchant_settlement", ""): 2000}
    assert entries(m.deposit_taken(100, CNY, held=100)) == {("merchant_deposit", ""): -100, ("merchant_settlement", ""): 100}
    assert entries(m.deposit_returned(100, CNY, held=100)) == {("merchant_deposit", ""): -100, ("provider:manual", ""): 100}


REFUSED = {
    "nothing granted": (lambda: m.refund_granted(m.Granted(0), CNY), "ledger_amount_wrong"),
    "less than nothing": (lambda: m.refund_moved(-1, "wepay", CNY), "ledger_amount_wrong"),
    "a payer nobody knows": (lambda: m.refund_granted(m.Granted(1, 1, "moon"), CNY), "ledger_purse_unknown"),
    "a compensation nobody knows": (lambda: m.compensation_granted("gift", 1, "merchant", CNY), "ledger_purse_unknown"),
    "paid for nothing known": (lambda: m.compensation_paid("gift", 1, "wepay", CNY), "ledger_purse_unknown"),
    "taken from nowhere": (lambda: m.penalty_charged(1, CNY, source="moon"), "ledger_purse_unknown"),
    "given back to nobody": (lambda: m.penalty_returned(1, 1, CNY, to="moon"), "ledger_purse_unknown"),
    "an advance given to nobody": (lambda: m.advance_given_back(1, CNY, to="moon"), "ledger_purse_unknown"),
    "more than the deposit": (lambda: m.penalty_charged(2, CNY, held=1), "ledger_deposit_short"),
    "more penalty back than was taken": (lambda: m.penalty_returned(2, 1, CNY), "ledger_penalty_less"),
    "more than was advanced": (lambda: m.advance_recovered(2, 1, CNY), "ledger_advance_less"),
    "reversed without a grant": (lambda: m.refund_reversed({}, CNY), "ledger_nothing_granted"),
    "reversed out of an unknown purse": (lambda: m.refund_reversed({"moon": -1}, CNY), "ledger_purse_unknown"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_booked_is_refused_in_words(name):
    make, code = REFUSED[name]
    refusal = make()
    assert isinstance(refusal, Refusal)
    assert refusal.code == code
    assert refusal.say("zh") != refusal.say("en")


@pytest.mark.parametrize("lines", [(Line("merchant_settlement", -1), Line("buyer_refund", 2)), (Line("moon", -1), Line("buyer_refund", 1)), (Line("penalty", 0),), ()], ids=["open", "unknown", "zero", "empty"])
def test_what_is_no_movement_is_never_made(lines):
    with pytest.raises(ValueError, match="penalty_charged"):
        Movement("penalty_charged", CNY, lines)


def test_every_account_part_and_kind_is_said_in_both_languages():
    for said in (*ACCOUNTS.values(), *KINDS.values()):
        assert all(getattr(said, field) for field in said.__slots__)
    assert all(zh and en for zh, en in PARTS.values())
    assert {f"{what}_{end}" for what in m.OWED for end in ("granted", "paid", "dropped")} <= set(KINDS)
    assert account_of(provider_account("wepay")) is not None
    assert account_of("provider:") is None
