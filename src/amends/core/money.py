"""Money as whole minor units of one currency, and the two ways a sum is divided.

No float ever holds money. The minor unit is the currency's smallest coin by ISO 4217: 分 for CNY (two digits),
the yen itself for JPY (none), a thousandth for KWD (three).
Rules: MO-1 (largest remainder, no unit lost) and the "odd cents" decision beside the peer cases.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# ISO 4217, currencies whose minor unit is not a hundredth; every other code has two digits.
_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
# The yen shares its sign with the yuan, so it carries a prefix: a Chinese reader takes a bare ¥ for yuan.
_SIGNS = {"CNY": "¥", "JPY": "JP¥", "KRW": "₩", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$"}
_CODE = re.compile(r"[A-Z]{3}")
_WRITTEN = re.compile(r"(-?)(\d+)(?:\.(\d+))?", re.ASCII)


def exponent(currency: str) -> int:
    """How many decimal digits the currency's minor unit has (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` whole minor units of `currency` (ISO 4217 code). Mixing currencies is a programming error and raises."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int:  # bool is an int to Python, and a float is never money
            raise TypeError(f"money is counted in whole minor units, not {self.amount!r}")
        if not _CODE.fullmatch(self.currency):
            raise ValueError(f"not an ISO 4217 code: {self.currency!r}")

    @classmethod
    def parse(cls, text: str, currency: str) -> Money | None:
        """Read "1299.00"; None when it is not a number or is finer than the currency's minor unit (never rounded)."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            return None
        digits = exponent(currency)
        sign, whole, fraction = found[1], found[2], found[3] or ""
        if fraction[digits:].strip("0"):
            return None
        amount = int(whole + fraction[:digits].ljust(digits, "0"))
        return cls(-amount if sign else amount, currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be reckoned together")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __str__(self) -> str:
        """As people read it: ¥1,299.00; -JP¥500; KWD 1.250."""
        digits = exponent(self.currency)
        whole, fraction = divmod(abs(self.amount), 10**digits)
        sign = _SIGNS.get(self.currency, self.currency + " ")
        tail = f".{fraction:0{digits}d}" if digits else ""
        return f"{'-' if self.amount < 0 else ''}{sign}{whole:,}{tail}"


def round_half_up(numerator: int, denominator: int) -> int:
    """The whole number nearest to a fraction of two non-negative numbers; a half goes up."""
    if numerator < 0 or denominator <= 0:
        raise ValueError("round_half_up takes a non-negative fraction")
    return (2 * numerator + denominator) // (2 * denominator)


def share(total: int, weights: Sequence[int]) -> list[int]:
    """Divide `total` minor units by weight: largest remainder, ties to the earlier, parts sum to the whole (MO-1)."""
    whole = sum(weights)
    if total < 0 or any(w < 0 for w in weights):
        raise ValueError("share divides a non-negative total by non-negative weights")
    if whole == 0:
        if total:
            raise ValueError("nothing to share by: every weight is zero")
        return [0] * len(weights)
    parts = [total * w // whole for w in weights]
    # sorted() is stable, so equal remainders keep their order: the earlier line gets the odd unit.
    by_remainder = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % whole))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def part_of(total: int, n: int, k: int, earlier: int = 0) -> int:
    """Minor units for the next `k` of `n` pieces when `earlier` pieces went before ("odd cents" decision).

    The share of the first k pieces is round half up(total × k / n); a later piece is the difference of two such
    shares, so however the pieces are grouped, all n of them give exactly `total`.
    """
    if n <= 0 or k < 0 or earlier < 0 or earlier + k > n:
        raise ValueError(f"no {k} pieces after {earlier} of {n}")
    return round_half_up(total * (earlier + k), n) - round_half_up(total * earlier, n)


def tax_on_top(net: int, basis_points: int) -> int:
    """Tax in minor units added to a net amount; the rate in hundredths of a percent (1250 = 12.5 %)."""
    return round_half_up(net * basis_points, 10_000)


def tax_inside(gross: int, basis_points: int) -> int:
    """Tax in minor units contained in a price that includes it; the rate in hundredths of a percent."""
    return round_half_up(gross * basis_points, 10_000 + basis_points)
