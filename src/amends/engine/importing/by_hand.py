"""A mapping made by choosing columns: what the header suggests, the words for states, and the mapping that comes of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from amends.core.order_fields import GROUPS, STATES

# The fields offered in the browser, in the order of the page; the others are for mapping files.
OFFERED: dict[str, tuple[str, ...]] = {
    "order": ("number", "state", "buyer_id", "placed_at", "paid", "freight", "refunded", "paid_at", "promised_ship_by", "shipped_at", "delivered_at", "receipt_confirmed_at",
              "completed_at", "receiver", "phone", "province", "city", "district", "detail", "channel", "remarks"),
    "line": ("sku", "title", "category", "quantity", "unit_price", "paid", "coupon", "tags"),
    "payment": ("ref", "method", "amount"),
    "parcel": ("carrier", "waybill"),
}
DATES = ("iso", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%Y年%m月%d日 %H:%M:%S", "%Y%m%d%H%M%S")
# How shops call a field or a state; the labels and names of the fields themselves are known besides.
_ALSO = {
    "order.number": "订单编号 订单号码 主订单编号 交易号 order_id order_no orderid order_number",
    "order.state": "订单状态 交易状态 状态 status order_status state",
    "order.buyer_id": "买家 买家昵称 买家会员名 客户 客户账号 会员名 customer_id buyer buyer_nick user_id",
    "order.placed_at": "下单时间 订单创建时间 创建时间 拍下时间 order_time created_at created order_date",
    "order.paid": "实付金额 买家实际支付金额 买家实付金额 订单实付 应付金额 实付款 总金额 订单金额 paid total amount",
    "order.freight": "运费 邮费 快递费 shipping freight", "order.refunded": "退款金额 已退款 refund",
    "order.paid_at": "付款时间 订单付款时间 支付时间 paid_at pay_time", "order.shipped_at": "发货时间 出库时间 ship_time",
    "order.delivered_at": "签收时间 妥投时间 送达时间 delivered", "order.receipt_confirmed_at": "确认收货时间",
    "order.receiver": "收货人 收货人姓名 收件人 receiver consignee", "order.phone": "手机 联系手机 联系电话 收货人电话 手机号码 phone mobile tel",
    "order.province": "省份 省 收货省份 province", "order.city": "城市 收货城市 city", "order.district": "区 区县 收货区县 district",
    "order.detail": "收货地址 详细地址 地址 address", "order.remarks": "商家备注 卖家备注 备注 remark", "order.channel": "店铺 店铺名称 渠道 shop channel",
    "line.sku": "货号 商品编码 商家编码 外部编码 商品编号 sku_id skuid", "line.title": "商品名称 商品标题 宝贝标题 标题 商品 product title item product_name",
    "line.quantity": "数量 商品数量 购买数量 宝贝总数量 qty quantity", "line.unit_price": "单价 商品单价 商品价格 price unit_price",
    "line.category": "类目 商品类目 category", "line.paid": "商品实付 商品金额 line_total", "payment.ref": "支付流水号 支付单号 交易流水号 payment_id",
    "payment.method": "支付方式 payment_type", "parcel.carrier": "快递公司 物流公司 承运商 carrier", "parcel.waybill": "快递单号 运单号 物流单号 waybill tracking_number",
}
_STATE_WORDS = {
    "pending_payment": "待付款 等待买家付款 未付款 created unpaid pending", "preparing": "待发货 等待卖家发货 买家已付款 已付款 待出库 paid processing approved invoiced",
    "shipped": "已发货 卖家已发货 待收货 等待确认收货 配送中 in_transit", "delivered": "已签收 已妥投 已送达 签收", "received": "已收货 确认收货",
    "completed": "交易成功 已完成 完成 完结 success finished complete", "cancelled": "交易关闭 已关闭 已取消 取消 canceled closed", "on_hold": "缺货 unavailable 待审核",
    "awaiting_pickup": "待自提", "locked": "锁定 已锁定",
}
_GUESSES = {word: key for key, words in _ALSO.items() for word in words.split()}
_STATE_GUESSES = {word: state for state, words in _STATE_WORDS.items() for word in words.split()} | {
    word: state for state, pair in STATES.items() for word in (state, pair[0], pair[1].lower())}


def fields() -> dict[str, dict[str, Any]]:
    """What the page offers: by group, field by field."""
    return {group: {name: GROUPS[group][name] for name in names} for group, names in OFFERED.items()}


def guess(header: Sequence[str]) -> dict[str, str]:
    """Which column a field probably is: `{"order.number": "订单编号"}`; each field once, by the words shops use."""
    found: dict[str, str] = {}
    labels = {label.lower(): f"{group}.{name}" for group, table in fields().items() for name, item in table.items() for label in (item.zh, item.en, name)}
    for column in header:
        word = re.sub(r"[（(].*?[)）]", "", column).strip().lower()
        key = _GUESSES.get(word) or labels.get(word)
        if key:
            found.setdefault(key, column)
    if "order.paid" in found:
        found.setdefault("line.paid", found["order.paid"])
    return found


def guess_state(word: str) -> str:
    """The state a shop's word means, or "" when nobody can tell."""
    return _STATE_GUESSES.get(word.strip().lower(), "")


def words_in(rows: Iterable[Sequence[str]], index: int, most: int = 30) -> list[str]:
    """The different words of a column, in the order they come, at most so many."""
    found: dict[str, None] = {}
    for row in rows:
        found[row[index].strip()] = None
        if len(found) >= most:
            break
    return list(found)


def build(chosen: Mapping[str, str], states: Mapping[str, str], fixed_state: str, currency: str, timezone: str) -> dict[str, Any]:
    """The mapping as data. `chosen`: field → column; `states`: the shop's word → state; `fixed_state`: for a file without states."""
    made: dict[str, Any] = {"name": "by_hand", "title": ["手动对应", "Columns chosen by hand"], "currency": currency, "timezone": timezone, "dates": list(DATES)}
    for group in OFFERED:
        section = {name: {"column": chosen[f"{group}.{name}"]} for name in OFFERED[group] if chosen.get(f"{group}.{name}")}
        if section:
            made[group] = section
    order = made.setdefault("order", {})
    line = made.setdefault("line", {})
    if fixed_state:
        order["state"] = {"constant": fixed_state}
    elif "state" in order and states:
        order["state"]["values"] = dict(states)
    if "number" in order:
        order.setdefault("buyer_id", {"template": "order-{" + order["number"]["column"] + "}"})
    if "title" not in line:
        line["title"] = {"constant": "商品（文件未列明细）"}
    line.setdefault("sku", {"constant": "UNKNOWN"} if "column" not in line["title"] else line["title"])
    if "payment" in made:
        made["payment"].setdefault("provider", {"constant": "manual"})
    if "parcel" in made and "waybill" in made["parcel"]:
        made["parcel"].setdefault("carrier", {"constant": "other"})
    return made


def missing(chosen: Mapping[str, str], fixed_state: str) -> list[str]:
    """Fields without which nothing can be imported, as keys of the form."""
    need = [f"order.{name}" for name in ("number", "placed_at") if not chosen.get(f"order.{name}")]
    return need if chosen.get("order.state") or fixed_state else [*need, "order.state"]


def label(key: str, lang: str) -> str:
    """What a field is called."""
    group, _, name = key.partition(".")
    item = GROUPS[group][name] if group in GROUPS and name in GROUPS[group] else None
    return key if item is None else item.zh if lang == "zh" else item.en

