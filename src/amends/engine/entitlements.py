"""What a case may still give back, from the rows of its order (MO-1). Joins the store's rows to `core.refund`."""

from collections.abc import Sequence
from typing import Any

from amends.core.case import Case
from amends.core.pack import Pack
from amends.core.refund import Earlier, Entitlement, Freight, Line, OrderMoney, Payment, Problem, Wanted, entitlement
from amends.store.batch import Found

Grant = tuple[str, str, str | None, int, int]
"""order, case, line (None: freight), pieces, minor units."""


class Money:
    """The money of the orders of a batch: orders, lines, payments, and what was granted so far, folded as the batch goes on."""

    def __init__(self, found: Found) -> None:
        self.orders: dict[str, OrderMoney] = {}
        self.grants: dict[str, list[Grant]] = {}
        for grant in found.grants:
            self.grants.setdefault(grant[0], []).append(grant)
        lines = _grouped(found.lines)
        payments = _grouped(found.payments)
        for order, currency, freight, paid, *_ in found.orders:
            goods = tuple(Line(i, quantity, paid_line + coupon + points, coupon=coupon, points_used=points) for _, i, quantity, paid_line, coupon, points in lines.get(order, ()))
            came = payments.get(order) or [(order, "", paid)]
            self.orders[order] = OrderMoney(currency, goods, tuple(Payment(i, amount) for _, i, amount in came), freight=freight)

    def grant(self, grant: Grant) -> None:
        """Count a grant decided in this batch."""
        self.grants.setdefault(grant[0], []).append(grant)

    def revoke(self, case: Case) -> None:
        """A reversal in this batch: what the case granted no longer counts."""
        self.grants[case.order_id] = [g for g in self.grants.get(case.order_id, ()) if g[1] != case.id]

    def order(self, order_id: str) -> OrderMoney | None:
        """The order with what went back so far set off against its payments, oldest first."""
        order = self.orders.get(order_id)
        if order is None:
            return None
        gone, payments = sum(g[4] for g in self.grants.get(order_id, ())), []
        for p in order.payments:
            here = min(gone, p.captured)
            gone -= here
            payments.append(Payment(p.id, p.captured, here))
        return OrderMoney(order.currency, order.lines, tuple(payments), order.discount, order.freight)

    def entitled(self, case: Case, line_id: str, *, freight_out: int | None, pack: Pack) -> Entitlement | Problem | None:
        """What the pieces of this case give now under the pack; None when its order is not known here."""
        order = self.order(case.order_id)
        if order is None or not line_id:
            return None
        grants = self.grants.get(case.order_id, [])
        mine = sum(g[3] for g in grants if g[1] == case.id and g[2] == line_id)
        received = case.body.get("received")
        quantity = case.quantity if received is None else min(received, case.quantity)
        wanted = Wanted(line_id, max(quantity, mine), mine)
        freight = Freight(out=freight_out, out_on_no_reason=pack.freight.out_on_no_reason != "buyer", out_for_buyer=pack.refund_practice.buyer_fault_freight)
        earlier = [Earlier(g[2], g[3], g[4]) for g in grants]
        fault: Any = case.body.get("fault") or "buyer"
        if quantity == 0 and not freight_out:
            return None
        return entitlement(order, [wanted], fault, freight, earlier)

    def cancelled(self, case: Case) -> Entitlement | Problem | None:
        """What the pieces of a cancellation give: in full, the freight with the last of them (CA-1, CA-7); None when its order is not known here."""
        order = self.order(case.order_id)
        if order is None:
            return None
        grants = self.grants.get(case.order_id, [])
        if any(g[1] == case.id for g in grants):
            return None  # granted once and for all
        wanted = [Wanted(line["line_id"], line["quantity"]) for line in case.body.get("lines", ())]
        return entitlement(order, wanted, "merchant", Freight(), [Earlier(g[2], g[3], g[4]) for g in grants])


def _grouped(rows: Sequence[tuple[Any, ...]]) -> dict[str, list[tuple[Any, ...]]]:
    out: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        out.setdefault(row[0], []).append(row)
    return out
