"""What orders, merchants, staff and packs look like in answers."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from amends.api.shapes import FieldError, Language, Money

Masked = Annotated[str | None, Meta(description="打码；`reveal=true` 时完整 · Masked; in full with `reveal=true` (ST-10).")]


class OrderRow(Struct):
    """列表里的订单。 · An order as lists show it (OR-1)."""

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
    flag: str | None
    parcel_count: int | None
    balance_due_at: datetime | None


class OrderLine(Struct):
    """订单的一行；金额按整行数量，`unit_price` 是单价。 · One line (OR-2); amounts are for the whole quantity, `unit_price` for one piece."""

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
    """一笔支付，按支付渠道自己的流水号。 · One payment, by the provider's own reference."""

    provider: str
    ref: str
    method: str
    amount: Money
    refunded: Money
    paid_at: datetime


class OrderParcel(Struct):
    """一个包裹；`direction` 是 out、back、replacement 或 original。 · One parcel; `direction` is out, back, replacement or original."""

    direction: str
    carrier: str
    waybill: str
    state: str
    sent_at: datetime | None
    signed_at: datetime | None
    case_id: str | None


class OrderCase(Struct):
    """这个订单上的一张单。 · A case raised over the order."""

    id: str
    kind: str
    number: str
    state: str


class Order(OrderRow):
    """订单及其商品、支付、包裹和单据。 · An order with lines, payments, parcels and the cases over it."""

    lines: list[OrderLine]
    payments: list[OrderPayment]
    parcels: list[OrderParcel]
    cases: list[OrderCase]


class ReceiptConfirmed(Struct):
    """已确认收货的订单。 · An order whose receipt is confirmed (OR-4)."""

    id: str
    number: str
    state: str
    receipt_confirmed_at: datetime | None
    version: int


class OrderPage(Struct):
    """一页订单，新下单的在前。 · A page of orders, newest first."""

    items: list[OrderRow]
    next: str | None


class OrderResult(Struct):
    """一个订单的结果：new 新增、changed 更新、same 没变、refused 被拒，以及原因。 · What became of one order: new, changed, same or refused, and why (OR-6)."""

    index: int
    status: str
    id: str | None
    number: str | None
    errors: list[FieldError]


class OrdersTaken(Struct):
    """每个订单各有结果，按发送的顺序；坏的一单不影响其他单。 · Every order's own result, in the order sent; a bad one never stops the others."""

    new: int
    changed: int
    same: int
    refused: int
    results: list[OrderResult]


class Address(Struct):
    """商家的一个退货地址。 · A return address of the merchant."""

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
    """商家。 · A merchant."""

    id: str
    name: str
    pack: str
    fulfilment_mode: str
    currency: str
    timezone: str
    opened_at: datetime
    closed_at: datetime | None


class Merchant(MerchantRow):
    """商家及其退货地址。 · A merchant with return addresses."""

    addresses: list[Address]


class MerchantPage(Struct):
    """密钥自己的商家；平台密钥可看全部。 · The key's own merchant; all of them for a key of the platform."""

    items: list[MerchantRow]
    next: str | None


class Member(Struct):
    """商家的一名员工。`email` 需要 `manage_staff` 权限。 · One of the merchant's people. `email` only with the permission `manage_staff`."""

    id: str
    name: str
    email: str | None
    language: str
    main_account: bool
    on_duty: bool
    active: bool


class StaffPage(Struct):
    """商家的员工。 · The merchant's people."""

    items: list[Member]
    next: str | None


class PackRow(Struct):
    """一个规则包。 · A policy pack."""

    id: str
    name: Language
    version: int
    valid_from: str
    timezone: str


class PackPage(Struct):
    """全部规则包。 · All packs."""

    items: list[PackRow]
    next: str | None


class Pack(PackRow):
    """规则包的全部规则，每个数字都有出处。 · A policy pack with all its rules, every figure with its source (PO-17)."""

    rules: dict[str, Any]
