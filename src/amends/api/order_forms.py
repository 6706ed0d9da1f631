"""Bodies of work on orders, each a table of fields: read by `records`, shown by the document (OR-7 … OR-9)."""

from typing import Any

from amends.api.records import record_schema
from amends.core.order_choices import DELIVERY, FLAGS, INVOICE_KINDS
from amends.core.order_fields import SUB_STATES, OrderField

REMARK = {"remarks": OrderField("备注，空为去掉", "Remark; empty takes it away", most=500), "flag": OrderField("旗子", "Flag", "choice", choices=(*FLAGS, "none"))}
MARK = {"step": OrderField("配货步骤", "Preparing step", "choice", required=True, choices=SUB_STATES)}
SHIP = {"carrier": OrderField("承运商", "Carrier", required=True, most=64), "waybill": OrderField("运单号", "Waybill", required=True, most=64)}
SHIP_ITEM = {"id": OrderField("订单编号", "Order", "uuid", required=True), **SHIP}
RECEIVER = {
    "receiver": OrderField("收货人", "Receiver", most=40), "phone": OrderField("手机号", "Phone", most=24), "province": OrderField("省", "Province", most=32),
    "city": OrderField("市", "City", most=32), "district": OrderField("区县", "District", most=32), "detail": OrderField("详细地址", "Street address", most=200),
}
URGE = {"words": OrderField("留言", "Words", most=200)}
ANSWER = {"words": OrderField("回复", "Answer", required=True, most=200)}
CHANGE = {"change": OrderField("修改编号", "The change", "uuid", required=True)}
PIECES = {"line_id": OrderField("订单行", "Order line", "uuid", required=True), "quantity": OrderField("数量，0 为去掉", "Pieces; 0 removes it", "count", required=True, most=9999)}
ADDED = {"sku": OrderField("SKU", "SKU", required=True, most=128), "quantity": OrderField("数量", "Pieces", "count", required=True, most=9999)}
WISH = {**CHANGE, "coupons": OrderField("优惠券，不写为不变", "Coupons of the order; leave it out to keep them", "uuids", most=20)}
SAVE = {
    **WISH, **RECEIVER, "seen": OrderField("look 回答的 seen", "`seen` of the look", required=True, most=64),
    "delivery_wish": OrderField("送货时间", "Delivery time", "choice", choices=tuple(DELIVERY)), "buyer_remark": OrderField("订单留言", "Remark", most=200),
    "invoice_kind": OrderField("发票", "Invoice", "choice", choices=tuple(INVOICE_KINDS)), "invoice_title": OrderField("发票抬头", "Invoice title", most=100),
    "invoice_tax_number": OrderField("税号", "Tax number", most=24),
}
COUPON = {
    "code": OrderField("券码", "Code", required=True, most=64), "buyer_id": OrderField("客户编号", "Buyer id", required=True, most=128), "title": OrderField("名称", "Title", most=100),
    "kind": OrderField("种类：open 无门槛，可叠加；minimum 有门槛，每单一张", "Kind: open has no minimum and several go together; minimum has one and goes alone", "choice", required=True, choices=("open", "minimum")),
    "amount": OrderField("减多少，最小货币单位", "What it takes off, minor units", "count", required=True, most=10**12), "minimum": OrderField("门槛，最小货币单位", "Its minimum, minor units", "count", most=10**12),
    "currency": OrderField("币种", "Currency", required=True, most=3), "valid_from": OrderField("生效", "Valid from", "instant"), "valid_until": OrderField("失效", "Valid until", "instant"),
    "order_number": OrderField("已用在哪个订单", "The order it is used on", most=64),
}
LISTS = ("lines", "added")
MOST_ITEMS, MOST_SHIPPED, MOST_COUPONS = 100, 200, 500


def _many(table: dict[str, OrderField], most: int, least: int = 0) -> dict[str, Any]:
    return {"type": "array", "minItems": least, "maxItems": most, "items": record_schema(table)}


def schemas() -> dict[str, dict[str, Any]]:
    """The schemas of these bodies by the names that operations use."""
    lists = {"lines": _many(PIECES, MOST_ITEMS), "added": _many(ADDED, MOST_ITEMS)}
    shipments = {"type": "object", "additionalProperties": False, "required": ["items"], "properties": {"items": _many(SHIP_ITEM, MOST_SHIPPED, 1)}}
    coupons = {"type": "object", "additionalProperties": False, "required": ["coupons"], "properties": {"coupons": _many(COUPON, MOST_COUPONS, 1)}}
    return {
        "Coupons": coupons, "OrderRemark": record_schema(REMARK), "OrderStep": record_schema(MARK), "Shipment": record_schema(SHIP), "Shipments": shipments, "OrderReceiver": record_schema(RECEIVER),
        "UrgeWords": record_schema(URGE), "UrgeReply": record_schema(ANSWER), "ChangeOf": record_schema(CHANGE), "ChangeWish": record_schema(WISH, lists), "ChangeSave": record_schema(SAVE, lists),
    }


_CHANGE, _LINE = "0197f2a0-0000-7000-8000-000000000005", "0197f2a0-0000-7000-8000-000000000003"
EXAMPLES: dict[str, dict[str, Any]] = {
    "OrderRemark": {"zh": {"remarks": "客户要求今天发出", "flag": "red"}, "en": {"remarks": "Wants it sent today", "flag": "red"}},
    "Coupons": {"zh": {"coupons": [{"code": "SPRING-10", "buyer_id": "lin-88", "kind": "minimum", "amount": 1000, "minimum": 9900, "currency": "CNY"}]}},
    "OrderStep": {"zh": {"step": "printed"}},
    "Shipment": {"zh": {"carrier": "顺丰速运", "waybill": "SF1024668812345"}, "en": {"carrier": "SF Express", "waybill": "SF1024668812345"}},
    "Shipments": {"zh": {"items": [{"id": "0197f2a0-0000-7000-8000-000000000004", "carrier": "顺丰速运", "waybill": "SF1024668812345"}]}},
    "OrderReceiver": {"zh": {"receiver": "林小满", "phone": "13800000000"}, "en": {"receiver": "Lin Xiaoman", "phone": "13800000000"}},
    "UrgeWords": {"zh": {"words": "周五要用，请尽快发货"}, "en": {"words": "I need it on Friday; please send it soon"}},
    "UrgeReply": {"zh": {"words": "今天 18:00 前发出"}, "en": {"words": "It leaves before 18:00 today"}},
    "ChangeOf": {"zh": {"change": _CHANGE}},
    "ChangeWish": {"zh": {"change": _CHANGE, "lines": [{"line_id": _LINE, "quantity": 1}], "added": [{"sku": "CUP-BLUE-400", "quantity": 1}]}},
    "ChangeSave": {"zh": {"change": _CHANGE, "seen": "3f1c9a0b52d14e8f7a6b5c4d", "lines": [{"line_id": _LINE, "quantity": 1}], "phone": "13800000000"}},
}
