"""An order as after-sales keeps it (OR-1, OR-2), what is wrong with a record of one, and on which side of receipt it stands.

Money is minor units of the order's currency, instants are aware.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter, le
from typing import Any, Literal

from amends.core.order_fields import LINE, MODES, ORDER, PARCEL, PAYMENT, STATES, OrderField
from amends.core.refusal import Refusal

# How long after delivery receipt is confirmed by itself (OR-4). Our own default; a merchant's setting `confirm_after_days` wins. Windows count from
# delivery (OR-4a) and after-sales opens with receipt (OR-5), so it has to leave a silent buyer most of the seven days.
CONFIRM_AFTER_DAYS = 3
MOST_MONEY = 10**15
_CODE = re.compile(r"[A-Z]{3}")

Side = Literal["cancellation", "service_order"]


@dataclass(slots=True)
class Line:
    """One line. `paid` is for the whole quantity after every discount; `freight` only says how the order's freight is shared by sellers; `gift_of`: the SKU a gift goes with."""

    sku: str
    title: str
    quantity: int = 1
    unit_price: int = 0
    paid: int = 0
    coupon: int = 0
    points_used: int = 0
    points_granted: int = 0
    refunded: int = 0
    freight: int = 0
    category: str = ""
    tags: tuple[str, ...] = ()
    gift: bool = False
    gift_of: str = ""
    seller: str = ""


@dataclass(slots=True)
class Payment:
    """One payment; `ref` is the provider's own reference, unique with it. Without `paid_at` the order's time of payment counts."""

    provider: str = ""
    ref: str = ""
    amount: int = 0
    method: str = ""
    paid_at: datetime | None = None
    refunded: int = 0


@dataclass(slots=True)
class Parcel:
    """One parcel to the buyer."""

    carrier: str = ""
    waybill: str = ""
    sent_at: datetime | None = None
    signed_at: datetime | None = None


@dataclass(slots=True)
class Order:
    """One order. `paid` and `freight` left at None are the sums of the payments (without any, of lines and freight) and of the lines' freight; no fulfilment mode is the merchant's."""

    number: str
    state: str
    buyer_id: str
    currency: str
    placed_at: datetime
    sub_state: str = ""
    buyer_level: int = 0
    channel: str = ""
    fulfilment_mode: str = ""
    platform_delivery: bool = False
    freight: int | None = None
    paid: int | None = None
    refunded: int = 0
    freight_insured: int = 0
    receiver: str = ""
    phone: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    detail: str = ""
    paid_at: datetime | None = None
    promised_ship_by: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    receipt_confirmed_at: datetime | None = None
    completed_at: datetime | None = None
    balance_due_at: datetime | None = None
    remarks: str = ""
    lines: list[Line] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)


def complete(order: Order) -> Order:
    """Fill what follows from the rest: sums that were left out, the time of a payment, a receipt that the state tells of.

    Money that came in by a way the record does not name was taken by hand, so that it can be given back by hand (MO-5).
    An order said to be received counts from its completion, or else its delivery, when the record has no time of the confirmation itself.
    """
    if order.freight is None:
        order.freight = sum(line.freight for line in order.lines)
    if order.paid is None:
        by_lines = 0 if order.payments or order.state == "pending_payment" else sum(line.paid for line in order.lines) + order.freight
        order.paid = sum(payment.amount for payment in order.payments) or by_lines
    if order.paid > 0 and not order.payments:
        order.payments = [Payment("manual", order.number, order.paid, refunded=order.refunded)]
    for payment in order.payments:
        if payment.paid_at is None:
            payment.paid_at = order.paid_at or order.placed_at
    if order.freight_insured:
        order.facts["freight_insured"] = order.freight_insured
    if order.receipt_confirmed_at is None and order.state in ("received", "completed"):
        order.receipt_confirmed_at = order.completed_at or order.delivered_at
    return order


def check(order: Order) -> list[Refusal]:
    """Everything wrong with a completed order, each with the path of its field (`lines[0].paid`). Empty when it can be kept."""
    return [] if _sound(order) else _all_wrong(order)


def _sound(order: Order) -> bool:
    """A quick look that tells whether nothing is wrong, as `_all_wrong` would find: imports look at millions."""
    paid, payments = order.paid or 0, order.payments
    return (
        bool(order.lines) and order.state in STATES and _CODE.fullmatch(order.currency) is not None and (not order.fulfilment_mode or order.fulfilment_mode in MODES)
        and 0 <= order.refunded <= paid <= MOST_MONEY and 0 <= (order.freight or 0) <= MOST_MONEY and 0 <= order.freight_insured <= MOST_MONEY
        and _ORDER_TEXTS.sound(order) and all(map(_sound_line, order.lines)) and all(map(_sound_payment, payments)) and all(map(_PARCEL_TEXTS.sound, order.parcels))
        and (not payments or sum(map(_amount, payments)) == order.paid)
        and (len(payments) < 2 or len({(p.provider, p.ref) for p in payments}) == len(payments))
    )


def _sound_line(line: Line) -> bool:
    figures = _line_figures(line)
    return 0 < line.quantity <= _MOST_PIECES and min(figures) >= 0 and max(figures) <= MOST_MONEY and line.refunded <= line.paid and _LINE_TEXTS.sound(line)


def _sound_payment(payment: Payment) -> bool:
    return 0 <= payment.refunded <= payment.amount <= MOST_MONEY and _PAYMENT_TEXTS.sound(payment)


def _all_wrong(order: Order) -> list[Refusal]:
    wrong: list[Refusal] = []
    _ORDER_TEXTS.check(order, "", wrong)
    if not _CODE.fullmatch(order.currency):
        wrong.append(Refusal("currency_unknown", {"currency": order.currency}, "currency"))
    if order.state not in STATES:
        wrong.append(_choice(ORDER["state"], tuple(STATES), "state"))
    if order.fulfilment_mode and order.fulfilment_mode not in MODES:
        wrong.append(_choice(ORDER["fulfilment_mode"], MODES, "fulfilment_mode"))
    if not order.lines:
        wrong.append(Refusal("order_without_lines", {"number": order.number}, "lines"))
    _figures(ORDER, "", wrong, ("freight", "paid", "refunded", "freight_insured"), (order.freight or 0, order.paid or 0, order.refunded, order.freight_insured))
    _refunded(order.refunded, order.paid or 0, "refunded", wrong)
    for i, line in enumerate(order.lines):
        _check_line(line, f"lines[{i}].", wrong)
    total = 0
    for i, payment in enumerate(order.payments):
        total += payment.amount
        path = f"payments[{i}]."
        _PAYMENT_TEXTS.check(payment, path, wrong)
        _figures(PAYMENT, path, wrong, ("amount", "refunded"), (payment.amount, payment.refunded))
        _refunded(payment.refunded, payment.amount, path + "refunded", wrong)
    for i, parcel in enumerate(order.parcels):
        _PARCEL_TEXTS.check(parcel, f"parcels[{i}].", wrong)
    if len(order.payments) > 1 and len({(p.provider, p.ref) for p in order.payments}) < len(order.payments):
        wrong.append(Refusal("payment_twice", {}, "payments"))
    if order.payments and total != order.paid:
        wrong.append(Refusal("paid_differs", {"paid": order.paid, "payments": total}, "paid"))
    return wrong


_MOST_PIECES = LINE["quantity"].most
_LINE_FIGURES = ("unit_price", "paid", "coupon", "points_used", "points_granted", "refunded", "freight")
_line_figures = attrgetter(*_LINE_FIGURES)
_amount = attrgetter("amount")


def _check_line(line: Line, path: str, wrong: list[Refusal]) -> None:
    _LINE_TEXTS.check(line, path, wrong)
    if not 0 < line.quantity <= LINE["quantity"].most:
        wrong.append(_range(LINE["quantity"], 1, LINE["quantity"].most, path + "quantity"))
    _figures(LINE, path, wrong, _LINE_FIGURES, _line_figures(line))
    _refunded(line.refunded, line.paid, path + "refunded", wrong)


@dataclass(frozen=True, slots=True)
class _Texts:
    """The text fields of a thing, those it must have first (`needed` of them), and the most letters of each."""

    table: dict[str, OrderField]
    every: Callable[[Any], tuple[str, ...]]
    needed: int
    most: tuple[int, ...]
    short: int

    @classmethod
    def of(cls, table: dict[str, OrderField]) -> _Texts:
        names = sorted((n for n, f in table.items() if f.kind == "text" and n != "currency"), key=lambda n: not table[n].required)
        most = tuple(table[n].most for n in names)
        return cls(table, attrgetter(*names), sum(table[n].required for n in names), most, min(most))

    def sound(self, thing: Any) -> bool:
        """Whether `check` would find nothing."""
        texts = self.every(thing)
        whole = "".join(texts)
        return "" not in texts[: self.needed] and "\x00" not in whole and (len(whole) <= self.short or all(map(le, map(len, texts), self.most)))

    def check(self, thing: Any, path: str, wrong: list[Refusal]) -> None:
        for name, item in self.table.items():
            if item.kind != "text" or name == "currency":
                continue
            value = getattr(thing, name)
            if item.required and not value:
                wrong.append(Refusal("required", {"zh": item.zh, "en": item.en}, path + name))
            elif len(value) > item.most:
                wrong.append(Refusal("too_long", {"zh": item.zh, "en": item.en, "most": item.most, "now": len(value)}, path + name))
            elif "\x00" in value:
                wrong.append(Refusal("wrong_kind", {"zh": item.zh, "en": item.en}, path + name))


_ORDER_TEXTS, _LINE_TEXTS, _PAYMENT_TEXTS, _PARCEL_TEXTS = (_Texts.of(t) for t in (ORDER, LINE, PAYMENT, PARCEL))


def _figures(table: dict[str, OrderField], path: str, wrong: list[Refusal], names: tuple[str, ...], figures: tuple[int, ...]) -> None:
    if min(figures) >= 0 and max(figures) <= MOST_MONEY:
        return
    for name, value in zip(names, figures, strict=True):
        if not 0 <= value <= MOST_MONEY:
            wrong.append(_range(table[name], 0, MOST_MONEY, path + name))


def _range(item: OrderField, least: int, most: int, path: str) -> Refusal:
    return Refusal("out_of_range", {"zh": item.zh, "en": item.en, "least": least, "most": most}, path)


def _choice(item: OrderField, choices: tuple[str, ...], path: str) -> Refusal:
    return Refusal("not_a_choice", {"zh": item.zh, "en": item.en, "choices": list(choices)}, path)


def _refunded(refunded: int, paid: int, path: str, wrong: list[Refusal]) -> None:
    if refunded > paid:
        wrong.append(Refusal("refunded_above_paid", {"refunded": refunded, "paid": paid}, path))


def side(state: str, receipt_confirmed_at: datetime | None) -> Side:
    """The boundary (OR-5): before receipt is confirmed a refund request is a cancellation, after it a service order."""
    confirmed = receipt_confirmed_at is not None or state in ("received", "completed")
    return "service_order" if confirmed else "cancellation"


def confirm_by_itself(order: Order, now: datetime, days: int = CONFIRM_AFTER_DAYS) -> Order:
    """Receipt of a delivered order is confirmed so many days after delivery (OR-4), as if it had been here all the time."""
    if order.state == "delivered" and order.receipt_confirmed_at is None and order.delivered_at is not None:
        due = order.delivered_at + timedelta(days=days)
        if due <= now:
            order.state, order.receipt_confirmed_at = "received", due
            order.facts |= {"confirmed_by": "system", "confirmed_after_days": days}
    return order


def stamps(order: Order, staff_dated_at: datetime | None = None) -> dict[str, datetime | None]:
    """The instants that windows may count from (OR-4a), by the names `eligibility.Goods` gives them; never the time of the order."""
    signed = [p.signed_at for p in order.parcels if p.signed_at is not None]
    last = max(signed) if signed and len(signed) == len(order.parcels) else order.delivered_at
    return {
        "platform_signed_at": last if order.platform_delivery else None,
        "trace_delivered_at": None if order.platform_delivery else last,
        "staff_dated_at": staff_dated_at,
        "receipt_confirmed_at": order.receipt_confirmed_at,
    }
