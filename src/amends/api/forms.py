"""Bodies that are not a verb's: applications, orders, stock counts. Each is a table of fields, read by `records` and shown by the document."""

from typing import Any

from amends.api import (
    buyer_data_shapes,
    clock_shapes,
    compensation_shapes,
    dispute_shapes,
    keyword_shapes,
    mailbox_shapes,
    order_forms,
    pack_shapes,
    parcel_shapes,
    strategy_shapes,
    ticket_shapes,
)
from amends.api.operations import MOST_ORDERS
from amends.api.records import record_schema
from amends.core.order_fields import LINE, ORDER, PARCEL, PAYMENT, OrderField
from amends.core.pack import TYPES
from amends.engine.application import GOODS_STATES, RETURN_WAYS
from amends.engine.cancellation import SOURCES

APPLICATION: dict[str, OrderField] = {
    "order_id": OrderField("订单编号", "Order", "uuid", required=True),
    "return_way": OrderField("寄回方式", "How the goods come back", "choice", choices=RETURN_WAYS),
    "replacement_address": OrderField("补发地址", "Where replacements go", most=500),
    "override_reason": OrderField("越过规则的原因", "Reason for applying against the rules", most=500),
}
ITEM: dict[str, OrderField] = {
    "line_id": OrderField("订单行", "Order line", "uuid", required=True),
    "quantity": OrderField("数量", "Quantity", "count", required=True, most=9999),
    "type": OrderField("类型", "Type", "choice", required=True, choices=TYPES),
    "reason": OrderField("原因", "Reason", required=True, most=64),
    "description": OrderField("发生了什么", "What happened", most=500),
    "photos": OrderField("照片", "Photos", "uuids", most=3),
    "goods_state": OrderField("商品拆封了吗（可不填）", "Whether the goods were opened; may be left out", "choice", choices=GOODS_STATES),
}
CANCELLATION: dict[str, OrderField] = {
    "order_id": OrderField("订单编号", "Order", "uuid", required=True),
    "reason": OrderField("取消原因", "Reason", required=True, most=64),
    "words": OrderField("说明", "Words", most=500),
    "source": OrderField("来源", "Source", "choice", choices=SOURCES),
    "deletion": OrderField("删单申请（货到付款、未发货）", "Deletion of an unshipped cash-on-delivery order (CA-9)", "flag"),
}
PIECES: dict[str, OrderField] = {
    "line_id": OrderField("订单行", "Order line", "uuid", required=True),
    "quantity": OrderField("数量", "Quantity", "count", required=True, most=9999),
}
_VERSION = OrderField("版本", "Version", "count", most=2**53 - 1)
COUNT: dict[str, OrderField] = {"on_hand": OrderField("现有数量", "On hand", "count", required=True, most=10_000_000), "version": _VERSION}
STOCK_ITEM: dict[str, OrderField] = {
    "sku": OrderField("SKU", "SKU", required=True, most=64), "warehouse": OrderField("仓库", "Warehouse", most=64), "on_hand": OrderField("现有数量", "On hand", "count", most=10**9),
    "version": _VERSION, "message_id": OrderField("消息编号", "Message id", most=120),
}
CONNECTOR: dict[str, OrderField] = {"name": OrderField("名称", "Name", required=True, most=40), "holds": OrderField("支持占库存", "Knows holds", "flag", required=True)}
MOST_STOCK_ITEMS = 5000
MOST_ITEMS = 100
MOST_INSIDE = 2000


def _many(item: dict[str, Any], most: int, least: int = 1) -> dict[str, Any]:
    return {"type": "array", "minItems": least, "maxItems": most, "items": item}


def _order() -> dict[str, Any]:
    inside = {name: _many(record_schema(table), MOST_INSIDE, least) for name, table, least in (("lines", LINE, 1), ("payments", PAYMENT, 0), ("parcels", PARCEL, 0))}
    schema = record_schema(ORDER, inside)
    return schema | {"required": [*schema["required"], "lines"]}


def _stock_items() -> dict[str, Any]:
    change = {"type": "integer", "minimum": -(10**9), "maximum": 10**9, "description": "增减数量；和现有数量二选一 · A change instead of a count"}
    return {"type": "object", "additionalProperties": False, "required": ["items"], "properties": {"items": _many(record_schema(STOCK_ITEM, {"change": change}), MOST_STOCK_ITEMS)}}


def schemas() -> dict[str, dict[str, Any]]:
    """The schemas of these bodies by the names that operations use."""
    orders = {"type": "object", "additionalProperties": False, "required": ["orders"], "properties": {"orders": _many({"$ref": "#/components/schemas/OrderRecord"}, MOST_ORDERS)}}
    application = record_schema(APPLICATION, {"items": _many(record_schema(ITEM), MOST_ITEMS)})
    cancellation = record_schema(CANCELLATION, {"lines": _many(record_schema(PIECES), MOST_ITEMS, 0)})
    return {**clock_shapes.schemas(), **compensation_shapes.schemas(), **order_forms.schemas(), **pack_shapes.schemas(), **strategy_shapes.schemas(), **keyword_shapes.schemas(), **ticket_shapes.schemas(), **mailbox_shapes.schemas(), **buyer_data_shapes.schemas(), **dispute_shapes.schemas(),
        "Cancellation": cancellation, "Application": application | {"required": [*application["required"], "items"]}, "OrderRecord": _order(), "Orders": orders, "Count": record_schema(COUNT),
        "Trace": parcel_shapes.body(), "StockItems": _stock_items(), "StockConnector": record_schema(CONNECTOR),
    }


_LINE_ID = "0197f2a0-0000-7000-8000-000000000003"
_ORDER_ID = "0197f2a0-0000-7000-8000-000000000004"


def _application(description: str) -> dict[str, Any]:
    return {"order_id": _ORDER_ID, "items": [{"line_id": _LINE_ID, "quantity": 1, "type": "return", "reason": "no_reason", "description": description}], "return_way": "ship_back"}


def _orders(title: str, receiver: str) -> dict[str, Any]:
    money = {"amount": 12900, "currency": "CNY"}
    return {"orders": [{
        "number": "240031178", "state": "received", "buyer_id": "lin-88", "currency": "CNY", "placed_at": "2026-02-25T10:00:00+08:00", "receiver": receiver,
        "delivered_at": "2026-02-28T15:30:00+08:00", "receipt_confirmed_at": "2026-03-01T09:00:00+08:00",
        "lines": [{"sku": "CUP-BLUE-400", "title": title, "quantity": 1, "unit_price": money, "paid": money}],
        "payments": [{"provider": "wechat", "ref": "4200002310202602250001", "amount": money}],
    }]}


def _cancellation(words: str) -> dict[str, Any]:
    return {"order_id": _ORDER_ID, "reason": "changed_mind", "words": words, "lines": [{"line_id": _LINE_ID, "quantity": 1}]}


EXAMPLES: dict[str, dict[str, Any]] = {
    **clock_shapes.EXAMPLES,
    **compensation_shapes.EXAMPLES,
    **order_forms.EXAMPLES,
    **pack_shapes.EXAMPLES,
    **strategy_shapes.EXAMPLES,
    **keyword_shapes.EXAMPLES,
    **ticket_shapes.EXAMPLES,
    **mailbox_shapes.EXAMPLES,
    **buyer_data_shapes.EXAMPLES,
    "DisputeBody": dispute_shapes.EXAMPLES["Dispute"],
    "Cancellation": {"zh": _cancellation("拍错颜色了"), "en": _cancellation("Wrong colour")},
    "Application": {"zh": _application("不想要了，没有拆封"), "en": _application("Changed my mind; not opened")},
    "Orders": {"zh": _orders("保温杯 400 毫升 蓝", "林小满"), "en": _orders("Thermos cup 400 ml, blue", "Lin Xiaoman")},
    "Count": {"zh": {"on_hand": 24, "version": 318}},
    "StockItems": {"zh": {"items": [{"sku": "CUP-BLUE-400", "on_hand": 24, "version": 318}, {"sku": "CUP-RED-400", "warehouse": "南仓", "change": -2, "message_id": "2026-03-02-001"}]}},
    "Trace": {"zh": parcel_shapes.EXAMPLE},
    "StockConnector": {"zh": {"name": "erp-a", "holds": True}},
}
