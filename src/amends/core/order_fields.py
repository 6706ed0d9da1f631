"""What an order, its lines, payments and parcels are made of (OR-1, OR-2): every field's name, label and kind.

Read off this table: the check of a record, the API body, the columns an import can fill, the page that maps them, and the guide.
Kinds: text, money (minor units), count, instant, flag, choice, tags.
"""

from dataclasses import dataclass

MODES = ("FBP", "LBP", "SOPL", "SOP")
STATES: dict[str, tuple[str, str]] = {
    "pending_payment": ("等待付款", "Pending payment"), "preparing": ("正在配货", "Preparing"), "awaiting_pickup": ("上门自提", "Awaiting pickup"),
    "on_hold": ("待审核", "On hold"), "locked": ("已锁定", "Locked"), "shipped": ("已发货", "Shipped"), "delivered": ("已送达", "Delivered"),
    "received": ("已收货", "Received"), "completed": ("已完成", "Completed"), "cancelled": ("已取消", "Cancelled"),
}
SUB_STATES = ("printed", "picked", "scanned", "packed")


@dataclass(frozen=True, slots=True)
class OrderField:
    """One field: labels, kind, whether a record must have it, its longest text, its largest count, its choices."""

    zh: str
    en: str
    kind: str = "text"
    required: bool = False
    most: int = 200
    choices: tuple[str, ...] = ()


ORDER: dict[str, OrderField] = {
    "number": OrderField("订单号", "Order number", required=True, most=64),
    "state": OrderField("订单状态", "State", "choice", required=True, choices=tuple(STATES)),
    "sub_state": OrderField("配货步骤", "Preparing step", "choice", choices=SUB_STATES),
    "buyer_id": OrderField("客户编号", "Buyer id", required=True, most=128),
    "buyer_level": OrderField("客户等级", "Buyer level", "count", most=1000),
    "channel": OrderField("来源渠道", "Channel", most=64),
    "fulfilment_mode": OrderField("履约方式", "Fulfilment mode", "choice", choices=MODES),
    "platform_delivery": OrderField("平台配送", "Platform delivery", "flag"),
    "currency": OrderField("币种", "Currency", required=True, most=3),
    "freight": OrderField("运费", "Freight", "money"),
    "paid": OrderField("实付金额", "Paid", "money"),
    "refunded": OrderField("已退金额", "Refunded", "money"),
    "freight_insured": OrderField("退货运费险保额", "Freight insurance, most paid for a way back", "money"),
    "receiver": OrderField("收货人", "Receiver"),
    "phone": OrderField("手机号", "Phone", most=32),
    "province": OrderField("省", "Province", most=64),
    "city": OrderField("市", "City", most=64),
    "district": OrderField("区县", "District", most=64),
    "detail": OrderField("详细地址", "Street address", most=500),
    "placed_at": OrderField("下单时间", "Placed", "instant", required=True),
    "paid_at": OrderField("付款时间", "Paid on", "instant"),
    "promised_ship_by": OrderField("承诺发货时间", "Promised to ship by", "instant"),
    "shipped_at": OrderField("发货时间", "Shipped on", "instant"),
    "delivered_at": OrderField("送达时间", "Delivered on", "instant"),
    "receipt_confirmed_at": OrderField("确认收货时间", "Receipt confirmed on", "instant"),
    "completed_at": OrderField("完成时间", "Completed on", "instant"),
    "balance_due_at": OrderField("尾款截止时间", "Balance due by", "instant"),
    "remarks": OrderField("员工备注", "Staff remarks", most=2000),
}
LINE: dict[str, OrderField] = {
    "sku": OrderField("SKU", "SKU", required=True, most=128),
    "title": OrderField("商品名称", "Title", required=True, most=500),
    "category": OrderField("类目", "Category", most=128),
    "quantity": OrderField("数量", "Quantity", "count", most=1_000_000),
    "unit_price": OrderField("单价", "Unit price", "money"),
    "paid": OrderField("商品实付", "Paid for the line", "money"),
    "coupon": OrderField("优惠券分摊", "Coupon share", "money"),
    "points_used": OrderField("使用积分", "Points used", "count", most=10**12),
    "points_granted": OrderField("赠送积分", "Points granted", "count", most=10**12),
    "refunded": OrderField("商品已退", "Refunded of the line", "money"),
    "freight": OrderField("商品运费", "Freight of the line", "money"),
    "tags": OrderField("标签", "Tags", "tags", most=64),
    "gift": OrderField("赠品", "Gift", "flag"),
    "gift_of": OrderField("随赠的商品 SKU", "SKU the gift goes with", most=128),
}
PAYMENT: dict[str, OrderField] = {
    "provider": OrderField("支付渠道", "Payment provider", required=True, most=64),
    "ref": OrderField("支付流水号", "Payment reference", required=True, most=128),
    "method": OrderField("支付方式", "Payment method", most=64),
    "amount": OrderField("支付金额", "Payment amount", "money"),
    "paid_at": OrderField("支付时间", "Payment time", "instant"),
    "refunded": OrderField("该笔已退", "Refunded of the payment", "money"),
}
PARCEL: dict[str, OrderField] = {
    "carrier": OrderField("承运商", "Carrier", required=True, most=64),
    "waybill": OrderField("运单号", "Waybill", required=True, most=64),
    "sent_at": OrderField("寄出时间", "Sent on", "instant"),
    "signed_at": OrderField("签收时间", "Signed on", "instant"),
}
GROUPS: dict[str, dict[str, OrderField]] = {"order": ORDER, "line": LINE, "payment": PAYMENT, "parcel": PARCEL}
