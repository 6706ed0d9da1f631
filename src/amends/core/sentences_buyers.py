"""Refusals about a buyer's personal data: erasing it, and giving a copy of it (ST-10)."""

BUYERS: dict[str, tuple[str, str]] = {
    "buyer_case_open": ("{number}：{case} 还没有结束。它结束满 {days} 天后清除", "{number}: {case} is still open. It goes {days} days after that has ended"),
    "buyer_order_open": ("{number}：订单还没有完成，客户还可能取消或申请售后。完成满 {days} 天后清除", "{number}: the order is not completed, so its buyer may still cancel or return. It goes {days} days after that"),
    "buyer_owed": ("{number}：还有没付清的退款、赔付、收款或对账差异。请先处理完", "{number}: a refund, a compensation, a charge or a difference about it is not settled. Settle it first"),
    "buyer_called": ("{number}：客户或商家请平台介入，还没有答复。请先答复", "{number}: the platform was called in and has not answered. Answer first"),
    "buyer_message_waits": ("{number}：还有消息或邮件没有送出。送出后再清除", "{number}: a message or a mail about it has not gone out. It goes after that"),
    "buyer_coupon": ("{number}：补偿的优惠券到 {on} 还能用。过期或用掉后清除", "{number}: a coupon given for it may be used until {on}. It goes after that"),
    "buyer_not_due": ("{number}：还在法定保存期内，{on} 起清除（结束后保存 {days} 天）", "{number}: the law has it kept; it goes on {on} ({days} days after the end)"),
    "buyer_unknown": ("没有这位客户，或他的资料已经清除。请用客户编号、订单号或收货手机号再查一次", "There is no such buyer, or nothing of them is kept. Look again by the buyer's id, an order's number or the receiver's phone"),
    "buyer_asked_already": ("这位客户的清除申请已经在办理，请在列表里继续", "Erasure of this buyer was asked for already; go on from the list"),
    "buyer_request_unknown": ("找不到这份申请，请从列表里选择", "There is no such request; choose one from the list"),
    "buyer_request_ended": ("这份申请已经结束，请刷新列表", "This request has ended; reload the list"),
    "buyer_second_person": ("申请由 {name} 提出，要由另一个人确认。请另一位有此权限的同事登录后确认", "{name} asked for this, so somebody else must confirm it. Have a colleague with this permission sign in and do it"),
    "buyer_why_missing": ("请选择理由", "Choose why"),
    "buyer_reference_named": ("这里只写工单号或函件号，最多 {most} 字，不写姓名、电话或客户编号：它会留在操作日志里", "Only a ticket's or letter's number here, at most {most} characters, no name, phone or buyer's id: it stays in the audit log"),
    "buyer_export_big": ("这位客户的资料有 {now} MB，超过 {most} MB。请在服务器上用 amends erase export 导出", "What is kept of this buyer is {now} MB, more than {most} MB. Make the copy on the server with amends erase export"),
    "buyer_export_gone": ("这份副本已过期删除，请重新导出", "This copy is over and gone; make another"),
}
