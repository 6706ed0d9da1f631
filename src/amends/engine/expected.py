"""What a refund would give, before anybody has decided it: shown while applying and while waiting (MO-1, SO-33)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.core.case import Case
from amends.core.refund import Entitlement, Part
from amends.engine.deadlines import pack_of
from amends.engine.entitlements import Money
from amends.store.batch import Found
from amends.store.connect import Pool
from amends.store.merchant_seen import MerchantSeen
from amends.store.screens import order_money


@dataclass(slots=True)
class Piece:
    """Pieces of a line that come back, and whose fault it is; `case_id` when a service order holds them already."""

    line_id: str
    quantity: int
    fault: str
    case_id: str = ""


@dataclass(slots=True)
class Expected:
    """Parts in the order of the pieces, and their sum, in minor units of `currency`."""

    parts: list[Part]
    total: int
    currency: str


def expected(pool: Pool, merchant_id: str, order_id: str, pieces: Sequence[Piece], now: datetime) -> Expected | None:
    """The refund these pieces give together, each counted after the ones before it; None where nothing can be given."""
    seen = order_money.read(pool, merchant_id, order_id)
    if seen is None:
        return None
    money = Money(Found([], [], [], MerchantSeen(), orders=[seen.order], lines=seen.lines, payments=seen.payments, grants=list(seen.grants)))
    pack = pack_of(seen.pack)
    parts: list[Part] = []
    total = 0
    for n, piece in enumerate(pieces):
        body: dict[str, Any] = {"fault": piece.fault}
        case = Case(piece.case_id or f"expected-{n}", merchant_id, "service_order", "", "reviewing", 1, now, order_id=order_id, quantity=piece.quantity, body=body)
        found = money.entitled(case, piece.line_id, freight_out=None, pack=pack)
        if isinstance(found, Entitlement):
            parts += found.parts
            total += found.total.amount
            for line, amount in found.due.items():
                money.grant((order_id, case.id, line, piece.quantity if line else 0, amount))
    return Expected(parts, total, seen.currency) if parts else None


def expected_back(pool: Pool, merchant_id: str, order_id: str, pieces: Mapping[str, int], now: datetime) -> Expected | None:
    """What cancelling these pieces (line id → how many) gives back, the freight with the last of the order (CA-1, CA-7); None where nothing was paid."""
    seen = order_money.read(pool, merchant_id, order_id)
    if seen is None:
        return None
    money = Money(Found([], [], [], MerchantSeen(), orders=[seen.order], lines=seen.lines, payments=seen.payments, grants=list(seen.grants)))
    lines = [{"line_id": line, "quantity": n} for line, n in pieces.items() if n > 0]
    case = Case("expected", merchant_id, "cancellation", "", "reviewing", 1, now, order_id=order_id, quantity=sum(pieces.values()), body={"lines": lines})
    found = money.cancelled(case)
    return Expected(list(found.parts), found.total.amount, seen.currency) if isinstance(found, Entitlement) else None
