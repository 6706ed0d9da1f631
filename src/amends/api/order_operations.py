"""The operations of work on orders, for the one list (OR-7 … OR-9)."""

from typing import Any

WHOSE, POSTED, ACTING = ("merchant_id",), ("Idempotency-Key",), ("merchant_id", "Acting-As", "Idempotency-Key")
FAILS = (404, 409, 413, 415, 422)


def operations(made: Any) -> tuple[Any, ...]:
    """Every one, made by `operations.Operation`, which is handed in because that list holds these too."""
    return (
        made("remark_order", "post", "/orders/{id}/remark", "备注与旗子", "Remark and flag", "orders", "OrderWorked", "manage_orders", "OrderRemark", (*WHOSE, *POSTED), FAILS, tagged=True),
        made("mark_order", "post", "/orders/{id}/mark", "标记配货步骤", "Mark a preparing step", "orders", "OrderWorked", "manage_orders", "OrderStep", (*WHOSE, *POSTED), FAILS, tagged=True,
             about="打印后客户不能再修改订单；客户正在修改的订单不能标记。 · Once printed, the buyer changes it no more; an order that is being changed cannot be marked."),
        made("ship_order", "post", "/orders/{id}/ship", "发货", "Ship an order", "orders", "OrderWorked", "ship_orders", "Shipment", (*WHOSE, *POSTED), FAILS, tagged=True,
             about="已发货的订单再填另一个运单号就是多一个包裹；同一运单再发一次没有变化。 · Another waybill on a shipped order is a further parcel; the same again changes nothing."),
        made("ship_orders", "post", "/orders/batch/ship", "批量发货", "Ship many", "orders", "ShipResults", "ship_orders", "Shipments", (*WHOSE, *POSTED), (404, 413, 415, 422),
             about="每单各有结果，一单被拒不影响其他单。 · Each order has its own result; one refusal never spoils the rest."),
        made("change_receiver", "post", "/orders/{id}/receiver", "改收货信息", "Change the receiver", "orders", "OrderWorked", "manage_orders", "OrderReceiver", (*WHOSE, *POSTED), FAILS, tagged=True,
             about="发货前、同一城市内。 · Before shipment, within the same city."),
        made("list_order_changes", "get", "/orders/{id}/changes", "订单记录", "What was done to an order", "orders", "OrderChangePage", takes=WHOSE, fails=(404, 422)),
        made("begin_change", "post", "/orders/{id}/change", "开始修改订单", "Begin to change an order", "orders", "ChangeBegun", "speak_for_buyer", "", ACTING, (404, 409, 413, 422),
             about="未打印的订单，替客户修改：先开始，再看结果，再保存。开始后锁定 2 小时；再开始一次是同一次修改。 · For a shop that builds its own page: begin, look, save. "
                   "The order is locked for 2 hours; beginning again goes on with the same change (OR-7)."),
        made("look_at_change", "post", "/orders/{id}/change/look", "看修改的结果", "Look at what a change comes to", "orders", "ChangeLooked", "speak_for_buyer", "ChangeWish", ACTING, FAILS,
             about="什么都不写入。没动的行保持下单时的价格和赠品；改了数量的和新加的按今天的。 · Writes nothing. Lines not touched keep price and gifts; others take today's."),
        made("save_change", "post", "/orders/{id}/change/save", "保存修改", "Save a change", "orders", "ChangeSaved", "speak_for_buyer", "ChangeSave", ACTING, FAILS, tagged=True,
             about="已付款的订单只能变便宜，差额原路退回；付款方式不能改。 · A paid order can only become cheaper, and the difference goes back the way it was paid; the way of payment stays."),
        made("give_up_change", "post", "/orders/{id}/change/give_up", "放弃修改", "Give a change up", "orders", "ChangeEnded", "speak_for_buyer", "ChangeOf", ACTING, FAILS),
        made("urge_order", "post", "/orders/{id}/urge", "催单", "Urge an order", "orders", "Urged", "speak_for_buyer", "UrgeWords", ACTING, FAILS,
             about="每 2 小时最多一次。 · At most once in 2 hours (OR-9)."),
        made("tell_coupons", "post", "/coupons", "告知客户的优惠券", "Tell of buyers' coupons", "orders", "CouponsKept", "manage_orders", "Coupons", (*WHOSE, *POSTED), (404, 413, 415, 422),
             about="客户修改订单时可用或去掉。同一张再来一次是更新；已用的不能改。 · For buyers who change an order (DE-5). The same again is an update; one that is used stays as it is."),
        made("list_urges", "get", "/urges", "催单列表", "List urges", "orders", "UrgePage", takes=(*WHOSE, "answered", "limit", "cursor"), fails=(404, 422)),
        made("answer_urge", "post", "/urges/{id}/answer", "回复催单", "Answer an urge", "orders", "UrgeAnswered", "manage_orders", "UrgeReply", (*WHOSE, *POSTED), FAILS),
    )
