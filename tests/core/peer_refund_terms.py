"""Reading the peer cases' figures, and asking our refund module in one line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from amends.core.money import Money
from amends.core.refund import Earlier, Entitlement, Freight, Line, OrderMoney, Payment, Problem, Settlement, Wanted, entitlement, split_over_payments


def minor(written: Any) -> int:
    """An amount as the file writes it: an integer is minor units already, text is a decimal of a two-digit currency."""
    if isinstance(written, int):
        return written
    money = Money.parse(str(written), "USD")
    assert money is not None, written
    return money.amount


def basis_points(percent: Any) -> int:
    found = re.match(r"[\d.]+", str(percent))
    assert found, percent
    rate = Fraction(found[0]) * 100
    assert rate.denominator == 1
    return int(rate)


def count_and_price(written: str) -> tuple[int, int]:
    count, price = written.split(" x ")
    return int(count), minor(price)


def order_of(*lines: Line, freight: int = 0, on_top: bool = False, discount: int = 0, freight_tax: int = 0) -> OrderMoney:
    """An order paid in full by one payment."""
    bare = OrderMoney("USD", lines, (), discount, freight, freight_tax, on_top)
    paid = sum(bare.paid_by_line().values()) + freight
    return OrderMoney("USD", lines, (Payment("p", paid),), discount, freight, freight_tax, on_top)


def ours(found: Entitlement | Problem) -> Entitlement:
    assert isinstance(found, Entitlement), found
    return found


def settled(found: Settlement | Problem) -> Settlement:
    assert isinstance(found, Settlement), found
    return found


def refused(found: object, code: str) -> Problem:
    assert isinstance(found, Problem), found
    assert found.code == code
    return found


def send(amount: int, payments: Sequence[Payment]) -> dict[str, int]:
    parts = split_over_payments(amount, payments)
    assert isinstance(parts, list), parts
    return dict(parts)


def refund(order: OrderMoney, *wanted: Wanted, freight: Freight | None = None, earlier: tuple[Earlier, ...] = ()) -> int:
    return ours(entitlement(order, wanted, "merchant", freight or Freight(), earlier)).total.amount
