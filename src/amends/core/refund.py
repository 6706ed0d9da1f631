"""What a refund may be at most, explained part by part, and what may be paid instead (MO-1, MO-2, PO-7, CO-5).

Everything is pure. Plain integers are minor units of the order's currency. A business refusal is a `Problem`, returned;
only malformed figures (a negative price) raise.

Tax: `tax_on_top=False` is mainland China's profile, prices include tax and `tax` only says how much of it;
`tax_on_top=True` adds the tax charged to the price. Either way tax follows the piece.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from amends.core.money import Money, part_of, share

Fault = Literal["buyer", "merchant", "carrier", "platform"]
Payer = Literal["buyer", "merchant", "carrier", "platform", "insurer"]
# Only "money" is refunded through the payments. Compensation is paid besides them (CO-5), so that a courier's bill
# never lifts a refund above what was captured; coupon and points go back in kind; "kept" is shown and not given back.
Medium = Literal["money", "compensation", "coupon", "points", "kept"]


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal: a stable code, and the figures a message needs (minor units, pieces, ids)."""

    code: str
    facts: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One order line (OR-2), for its whole quantity. Minor units throughout.

    price: unit price × quantity less line-level discounts, before the order-level discount, coupon and points.
    tax: the tax charged on it (added to the price, or contained in it, as the order's profile says).
    coupon: its share of coupons. points_used: what the points paid with were worth.
    granted_gone: worth of points granted for this line that the buyer has already spent.
    """

    id: str
    quantity: int
    price: int
    tax: int = 0
    coupon: int = 0
    points_used: int = 0
    granted_gone: int = 0


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of the order: captured, and of that already given back (failed refunds do not count)."""

    id: str
    captured: int
    given_back: int = 0

    @property
    def left(self) -> int:
        """Minor units that can still go back this way."""
        return self.captured - self.given_back


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """The money side of an order. `freight` is what the buyer paid for the way out, tax included; `payments` oldest first."""

    currency: str
    lines: tuple[Line, ...]
    payments: tuple[Payment, ...]
    discount: int = 0
    freight: int = 0
    freight_tax: int = 0
    tax_on_top: bool = False

    def __post_init__(self) -> None:
        figures = [self.discount, self.freight, self.freight_tax, *(p.left for p in self.payments)]
        figures += [f for x in self.lines for f in (x.price, x.tax, x.coupon, x.points_used, x.granted_gone, x.quantity - 1)]
        if min(figures) < 0 or min(self.paid_by_line().values(), default=0) < 0:
            raise ValueError("an order's figures are not negative, and no line is discounted below zero")

    def paid_by_line(self) -> dict[str, int]:
        """Money paid for each whole line, the order discount shared by price with the largest remainder (MO-1)."""
        shared = share(self.discount, [x.price for x in self.lines])
        return {
            x.id: x.price - off - x.coupon - x.points_used + (x.tax if self.tax_on_top else 0)
            for x, off in zip(self.lines, shared, strict=True)
        }

    @property
    def left(self) -> int:
        """Captured and not yet given back: no refund is ever above it."""
        return sum(p.left for p in self.payments)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pieces of a line that come back; `refunded_before` of them were paid back earlier and are not paid again."""

    line_id: str
    quantity: int
    refunded_before: int = 0


@dataclass(frozen=True, slots=True)
class Earlier:
    """One earlier refund, as it touched one line (`line_id=None`: the freight). Give them oldest first.

    Quantity 0 is money given for a line without its pieces, in advance of them.
    """

    line_id: str | None
    quantity: int
    amount: int


@dataclass(frozen=True, slots=True)
class Freight:
    """Freight beside the goods (PO-7), minor units.

    back_advanced: the way back, paid by merchant or platform (door pick-up); back_by_buyer: paid by the buyer, by receipt.
    insured: what freight insurance covers of the way back; it pays first.
    back_limit: the most the pack pays of back_by_buyer (None: all). out_on_no_reason: the pack returns the way out too;
    out_for_buyer: as much of it as the pack gives back on the buyer's own reasons otherwise (S3: none).
    out: the agent's own figure for the way out (MO-2); None follows the rule.
    """

    back_advanced: int = 0
    back_by_buyer: int = 0
    insured: int = 0
    back_limit: int | None = None
    out_on_no_reason: bool = False
    out_for_buyer: int = 0
    out: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One explained part. Parts in money sum to the entitlement; `tax` is contained in `amount`, minor units.

    Labels: paid, already_refunded, earlier, points_granted, coupon_share, points_spent, freight_out, return_freight,
    freight_insurance, not_below_zero, order_cap.
    """

    label: str
    amount: int
    payer: Payer
    line_id: str | None = None
    medium: Medium = "money"
    tax: int = 0
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The most a refund is by the rules (`total`), why (`parts`), and the wall no permission opens (`cap`).

    due and room: per line, what it gives now and what it could ever still give (None is the freight); minor units.
    """

    parts: tuple[Part, ...]
    total: Money
    cap: Money
    due: Mapping[str | None, int]
    room: Mapping[str | None, int]

    def who_pays(self) -> dict[Payer, int]:
        """Minor units borne by each side, gifts in kind at their worth; the buyer's figure is what is held back for freight."""
        sums: dict[Payer, int] = {}
        for p in self.parts:
            if p.medium != "kept":
                sums[p.payer] = sums.get(p.payer, 0) + (-p.amount if p.payer == "buyer" else p.amount)
        return {payer: amount for payer, amount in sums.items() if amount}


def paid_ahead(paid: int, quantity: int, earlier: Sequence[Earlier]) -> int:
    """Money given for a line beyond the pieces it was given for, still to be set off.

    An earlier refund an agent lowered stays lowered: the missing part is not made up with the next piece.
    """
    pieces = ahead = 0
    for e in earlier:
        due = part_of(paid, quantity, e.quantity, pieces)
        ahead = max(0, ahead - due) + max(0, e.amount - max(0, due - ahead))
        pieces += e.quantity
    return ahead


def _line_parts(line: Line, paid: int, want: Wanted, earlier: Sequence[Earlier], coupon_back: bool) -> list[Part]:
    before = sum(e.quantity for e in earlier)
    pieces = want.quantity - want.refunded_before

    def of(total: int) -> int:
        return part_of(total, line.quantity, pieces, before)

    due = of(paid)
    parts = [Part("paid", due, "merchant", line.id, tax=of(line.tax), pieces=pieces)]
    if want.refunded_before:
        parts.append(Part("already_refunded", 0, "merchant", line.id, pieces=want.refunded_before))
    parts.append(Part("earlier", -min(due, paid_ahead(paid, line.quantity, earlier)), "merchant", line.id))
    rest = due + parts[-1].amount
    # Never more than the line gives: points are not collected from the buyer's other goods.
    parts.append(Part("points_granted", -min(rest, of(line.granted_gone)), "merchant", line.id))
    parts.append(Part("coupon_share", of(line.coupon), "platform", line.id, "coupon" if coupon_back else "kept"))
    parts.append(Part("points_spent", of(line.points_used), "platform", line.id, "points"))
    return [p for p in parts if p.amount or p.label in ("paid", "already_refunded")]


def _back_parts(fault: Fault, freight: Freight) -> list[Part]:
    """The way back by responsibility (PO-7): insurance first, then the buyer only for the buyer's own reasons (CO-5)."""
    parts = []
    insured = min(freight.insured, freight.back_advanced + freight.back_by_buyer)
    to_buyer = min(insured, freight.back_by_buyer)
    if to_buyer:
        parts.append(Part("freight_insurance", to_buyer, "insurer", medium="compensation"))
    if fault == "buyer":
        parts.append(Part("return_freight", -(freight.back_advanced - (insured - to_buyer)), "buyer"))
    else:
        owed = freight.back_by_buyer - to_buyer
        owed = owed if freight.back_limit is None else min(owed, freight.back_limit)
        parts.append(Part("return_freight", owed, fault, medium="compensation"))
    return [p for p in parts if p.amount]


def _refuse(order: OrderMoney, wanted: Sequence[Wanted], freight: Freight, earlier: Sequence[Earlier]) -> Problem | None:
    by_id = {x.id: x for x in order.lines}
    if not freight.out and not any(w.quantity > 0 for w in wanted):
        return Problem("nothing_selected")
    if len({w.line_id for w in wanted}) < len(wanted):
        return Problem("line_twice")
    for w in wanted:
        if w.line_id not in by_id:
            return Problem("line_unknown", {"line": w.line_id})
        before = sum(e.quantity for e in earlier if e.line_id == w.line_id)
        left = by_id[w.line_id].quantity - before
        new = w.quantity - w.refunded_before
        if not 0 <= w.refunded_before <= before or not 0 <= new <= left:
            return Problem("quantity_beyond", {"line": w.line_id, "asked": w.quantity, "left": left, "refunded": before})
    left = order.freight - sum(e.amount for e in earlier if e.line_id is None)
    if freight.out is not None and not 0 <= freight.out <= left:
        return Problem("freight_beyond", {"asked": freight.out, "left": left})
    return None


def _freight_out(order: OrderMoney, wanted: Sequence[Wanted], fault: Fault, freight: Freight, earlier: Sequence[Earlier], left: int) -> int:
    """The way out goes back with the last piece, when the buyer is not at fault or the pack says so.

    While the buyer keeps something the parcel had to travel anyway; the agent may still set a figure (MO-2).
    """
    if freight.out is not None:
        return freight.out
    back = sum(w.quantity - w.refunded_before for w in wanted) + sum(e.quantity for e in earlier)
    complete = back == sum(x.quantity for x in order.lines)
    if not complete:
        return 0
    return left if fault != "buyer" or freight.out_on_no_reason else min(left, freight.out_for_buyer)


def entitlement(
    order: OrderMoney,
    wanted: Sequence[Wanted],
    fault: Fault,
    freight: Freight = Freight(),
    earlier: Sequence[Earlier] = (),
    *,
    coupon_back: bool = False,
) -> Entitlement | Problem:
    """What the wanted pieces give, part by part (MO-1). `coupon_back`: the pack returns platform coupons in kind."""
    problem = _refuse(order, wanted, freight, earlier)
    if problem is not None:
        return problem
    paid = order.paid_by_line()
    by_id = {x.id: x for x in order.lines}
    parts: list[Part] = []
    due: dict[str | None, int] = {}
    room: dict[str | None, int] = {}
    for w in wanted:
        mine = [e for e in earlier if e.line_id == w.line_id]
        found = _line_parts(by_id[w.line_id], paid[w.line_id], w, mine, coupon_back)
        parts += found
        due[w.line_id] = sum(p.amount for p in found if p.medium == "money")
        room[w.line_id] = max(0, paid[w.line_id] - sum(e.amount for e in mine))
    given = sum(e.amount for e in earlier if e.line_id is None)
    room[None] = max(0, order.freight - given)
    due[None] = _freight_out(order, wanted, fault, freight, earlier, room[None])
    if due[None]:
        # By value, as a piece is by number: freight given back in steps returns exactly the tax charged on it.
        tax = part_of(order.freight_tax, order.freight, due[None], given)
        parts.append(Part("freight_out", due[None], "carrier" if fault == "carrier" else "merchant", tax=tax))
    parts += _back_parts(fault, freight)
    total = sum(p.amount for p in parts if p.medium == "money")
    cap = min(order.left, sum(room.values()))
    if total < 0:  # the way back cost more than the goods give: nobody is asked to pay a refund
        parts.append(Part("not_below_zero", -total, "merchant"))
    elif total > cap:  # an earlier override used up money of other lines; said, not silently cut
        parts.append(Part("order_cap", cap - total, "merchant"))
    return Entitlement(tuple(parts), Money(min(max(total, 0), cap), order.currency), Money(cap, order.currency), due, room)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What will be refunded, and on which line it counts (None: freight); `reason` is set when it differs from the rules."""

    amount: Money
    by_line: Mapping[str | None, int]
    reason: str | None


def settle(requested: Money, entitled: Entitlement, *, reason: str | None = None, may_process: bool = True, may_override: bool = False) -> Settlement | Problem:
    """Pay `requested` instead of the entitlement (MO-2 and the "typed refund" decision).

    Lower: the processing permission and a coded reason. Higher: `refund_override` (`may_override`) and a reason,
    and never above captured minus given back; above that it is refused with the cap shown, never cut.
    """
    if requested.currency != entitled.total.currency:
        return Problem("wrong_currency", {"asked": requested.currency, "expected": entitled.total.currency})
    facts: dict[str, int | str] = {"asked": requested.amount, "entitled": entitled.total.amount, "cap": entitled.cap.amount}
    if requested.amount < 0:
        return Problem("below_zero", facts)
    if requested.amount > entitled.cap.amount:
        return Problem("above_cap", facts)
    if requested.amount > entitled.total.amount and not may_override:
        return Problem("override_not_permitted", facts)
    if not may_process:
        return Problem("process_not_permitted", facts)
    if requested != entitled.total and not reason:
        return Problem("reason_missing", facts)
    by_rule = min(requested.amount, sum(entitled.due.values()))
    by_line = dict(zip(entitled.due, share(by_rule, list(entitled.due.values())), strict=True))
    extra = requested.amount - by_rule
    for key, room in entitled.room.items():  # what exceeds the rules fills the lines' room in order, so no line exceeds its own
        more = min(extra, room - by_line[key])
        by_line[key] += more
        extra -= more
    return Settlement(requested, by_line, reason if requested != entitled.total else None)


def split_over_payments(amount: int, payments: Sequence[Payment]) -> list[tuple[str, int]] | Problem:
    """Send the money back the way it came (MO-3): oldest payment first, at most one part per payment.

    Oldest first rather than proportionally: it needs the fewest refund requests, and each can fail on its own.
    Nothing to refund gives no part at all.
    """
    left = sum(p.left for p in payments)
    if not 0 <= amount <= left:
        return Problem("above_cap", {"asked": amount, "cap": left})
    parts = []
    for p in payments:
        now = min(amount, p.left)
        if now:
            parts.append((p.id, now))
            amount -= now
    return parts


def refund_state(payments: Sequence[Payment]) -> Literal["paid", "partially_refunded", "refunded"]:
    """How far an order's money has gone back."""
    if not any(p.given_back for p in payments):
        return "paid"
    return "partially_refunded" if any(p.left for p in payments) else "refunded"
