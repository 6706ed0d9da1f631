"""Money: whole minor units, and divisions that lose nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.money import Money, part_of, round_half_up, share, tax_inside, tax_on_top

amounts = st.integers(0, 10**12)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=20).filter(any)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (129900, "CNY", "¥1,299.00"),
        (-5, "CNY", "-¥0.05"),
        (1299, "JPY", "JP¥1,299"),
        (1000, "KRW", "₩1,000"),
        (1250, "KWD", "KWD 1.250"),
    ],
)
def test_money_is_written_in_its_own_digits(amount: int, currency: str, text: str) -> None:
    assert str(Money(amount, currency)) == text


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [("98.40", "CNY", 9840), ("20", "CNY", 2000), ("-0.5", "CNY", -50), ("7", "JPY", 7), ("7.00", "JPY", 7), ("1.25", "KWD", 1250)],
)
def test_written_money_is_read_exactly(text: str, currency: str, amount: int) -> None:
    assert Money.parse(text, currency) == Money(amount, currency)


@pytest.mark.parametrize(("text", "currency"), [("10.003", "CNY"), ("1.5", "JPY"), ("1e3", "CNY"), ("", "CNY"), ("1,000.00", "CNY")])
def test_what_is_finer_than_the_minor_unit_or_no_number_is_not_read(text: str, currency: str) -> None:
    assert Money.parse(text, currency) is None


def test_a_float_is_never_money() -> None:
    with pytest.raises(TypeError):
        Money(1.0, "CNY")  # type: ignore[arg-type]


def test_a_currency_is_a_code() -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1, "yuan")


def test_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="together"):
        Money(1, "CNY") + Money(1, "USD")
    assert Money(3, "CNY") - Money(1, "CNY") == Money(2, "CNY")
    assert -Money(3, "CNY") < Money(1, "CNY") <= Money(1, "CNY")


def test_ties_go_to_the_earlier() -> None:
    assert share(100, [1, 1, 1]) == [34, 33, 33]
    assert share(2, [1, 1, 1]) == [1, 1, 0]
    assert share(10, [1, 2]) == [3, 7]


@given(amounts, weights)
def test_shares_sum_to_the_whole_and_are_at_most_one_unit_off(total: int, by: list[int]) -> None:
    parts = share(total, by)
    assert sum(parts) == total
    assert all(abs(part * sum(by) - total * w) < sum(by) for part, w in zip(parts, by, strict=True))


def test_nothing_to_share_by() -> None:
    assert share(0, [0, 0]) == [0, 0]
    with pytest.raises(ValueError, match="every weight"):
        share(1, [0, 0])


@given(amounts, st.lists(st.integers(1, 50), min_size=1, max_size=12))
def test_pieces_in_any_grouping_give_exactly_the_whole(total: int, groups: list[int]) -> None:
    n, done, given_out = sum(groups), 0, 0
    for k in groups:
        part = part_of(total, n, k, done)
        assert part >= 0
        done, given_out = done + k, given_out + part
    assert given_out == total


def test_more_pieces_than_there_are() -> None:
    with pytest.raises(ValueError, match="no 2 pieces"):
        part_of(100, 2, 2, 1)


def test_halves_go_up() -> None:
    assert [round_half_up(n, 2) for n in (1, 2, 3)] == [1, 1, 2]
    assert tax_on_top(1000, 1250) == 125
    assert tax_inside(1150, 1500) == 150
