"""One marketplace order with goods of several sellers becomes one order for each seller, and not a cent is lost.

Every part keeps the order's number, which is unique per merchant, so that buyers find it at each. Lines and their freight go to
their seller. Each payment is shared by the largest remainder over the sellers' totals (lines paid + freight), keeping its
reference, because the money came in one piece and must go back to it.
"""

from __future__ import annotations

from dataclasses import replace

from amends.core.money import share
from amends.core.orders import Order, complete


def by_seller(order: Order) -> dict[str, Order]:
    """The parts of an order by seller, in the order of the lines. Sums over the parts equal the whole, for each payment as well.

    Freight given for the whole order and not by line is shared like the payments; so is what was refunded.
    """
    sellers = list(dict.fromkeys(line.seller for line in order.lines))
    if len(sellers) < 2:
        return {seller: complete(order) for seller in sellers}
    lines = {s: [line for line in order.lines if line.seller == s] for s in sellers}
    totals = [sum(line.paid + line.freight for line in lines[s]) for s in sellers]
    weights = totals if any(totals) else [1] * len(sellers)
    whole = complete(order)
    payments = [(p, share(p.amount, weights), share(p.refunded, share(p.amount, weights)) if p.refunded else None) for p in whole.payments]
    by_line = [sum(line.freight for line in lines[s]) for s in sellers]
    freight = by_line if sum(by_line) == whole.freight else share(whole.freight or 0, weights)
    own = [[replace(p, amount=amounts[i], refunded=back[i] if back else 0) for p, amounts, back in payments] for i in range(len(sellers))]
    paid = [sum(p.amount for p in some) for some in own] if whole.payments else share(whole.paid or 0, weights)
    refunded = share(whole.refunded, paid) if whole.refunded else [0] * len(sellers)
    return {
        seller: replace(
            whole, lines=lines[seller], freight=freight[i], paid=paid[i], refunded=refunded[i], payments=own[i], parcels=list(whole.parcels),
            facts={**whole.facts, "sellers_of_order": len(sellers), "paid_of_order": whole.paid},
        )
        for i, seller in enumerate(sellers)
    }
