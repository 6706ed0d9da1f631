"""What orders, merchants, staff, stock and packs look like in answers."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from amends.api.shapes import FieldError, Language, Money

Masked = Annotated[str | None, Meta(description="Masked unless the key holds `reveal_personal_data` (ST-10).")]


class OrderRow(Struct):
    """An order as lists show it (OR-1)."""

    id: str
    merchant_id: str
    number: str
    state: str
    sub_state: str | None
    version: int
    buyer_id: str
    buyer_level: int
    channel: str
    fulfilment_mode: str
    platform_delivery: bool
    freight: Money
    paid: Money
    refunded: Money
    receiver: Masked
    phone: Masked
    province: str | None
    city: str | None
    district: str | None
    detail: Masked
    placed_at: datetime
    paid_at: datetime | None
    promised_ship_by: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    receipt_confirmed_at: datetime | None
    completed_at: datetime | None
    remarks: str


class OrderLine(Struct):
    """One line (OR-2); amounts are for the whole quantity, `unit_price` for one piece."""

    id: str
    sku: str
    title: str
    category: str
    quantity: int
    unit_price: Money
    paid: Money
    coupon: Money
    points_used: int
    points_granted: int
    refunded: Money
    tags: list[str]
    gift: bool


class OrderPayment(Struct):
    """One payment, by the provider's own reference."""

    provider: str
    ref: str
    method: str
    amount: Money
    refunded: Money
    paid_at: datetime


class OrderParcel(Struct):
    """One parcel; `direction` is out, back, replacement or original."""

    direction: str
    carrier: str
    waybill: str
    state: str
    sent_at: datetime | None
    signed_at: datetime | None
    case_id: str | None


class OrderCase(Struct):
    """A case raised over the order."""

    id: str
    kind: str
    number: str
    state: str


class Order(OrderRow):
    """An order with lines, payments, parcels and the cases over it."""

    lines: list[OrderLine]
    payments: list[OrderPayment]
    parcels: list[OrderParcel]
    cases: list[OrderCase]


class OrderPage(Struct):
    """A page of orders, newest first."""

    items: list[OrderRow]
    next: str | None


class OrderResult(Struct):
    """What became of one order: new, changed, same or refused, and why (OR-6)."""

    index: int
    status: str
    id: str | None
    number: str | None
    errors: list[FieldError]


class OrdersTaken(Struct):
    """Every order's own result, in the order sent; a bad one never stops the others."""

    new: int
    changed: int
    same: int
    refused: int
    results: list[OrderResult]


class Address(Struct):
    """A return address of the merchant."""

    id: str
    label: str
    receiver: str
    phone: str
    province: str
    city: str
    district: str
    detail: str
    is_default: bool


class MerchantRow(Struct):
    """A merchant."""

    id: str
    name: str
    pack: str
    fulfilment_mode: str
    currency: str
    timezone: str
    opened_at: datetime
    closed_at: datetime | None


class Merchant(MerchantRow):
    """A merchant with return addresses."""

    addresses: list[Address]


class MerchantPage(Struct):
    """The key's own merchant; all of them for a key of the platform."""

    items: list[MerchantRow]
    next: str | None


class Member(Struct):
    """One of the merchant's people. `email` only with the permission `manage_staff`."""

    id: str
    name: str
    email: str | None
    language: str
    main_account: bool
    on_duty: bool
    active: bool


class StaffPage(Struct):
    """The merchant's people."""

    items: list[Member]
    next: str | None


class Stock(Struct):
    """Pieces of a SKU in one warehouse; `free` is what is on hand and not held for a case."""

    sku: str
    title: str
    warehouse: str
    on_hand: int
    held: int
    free: int
    quarantine: int
    scrapped: int


class StockPage(Struct):
    """Stock by SKU."""

    items: list[Stock]
    next: str | None


class PackRow(Struct):
    """A policy pack."""

    id: str
    name: Language
    version: int
    valid_from: str
    timezone: str


class PackPage(Struct):
    """All packs."""

    items: list[PackRow]
    next: str | None


class Pack(PackRow):
    """A policy pack with all its rules, every figure with its source (PO-17)."""

    rules: dict[str, Any]
