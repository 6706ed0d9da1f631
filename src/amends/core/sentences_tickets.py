"""Refusals of tickets, in Chinese and English; each says what to do instead."""

TICKETS: dict[str, tuple[str, str]] = {
    "ticket_turn_over": ("本轮已回复过，请等对方回复后再写；草稿会保留", "You have answered this turn; wait until the other side has written. Your draft is kept"),
    "ticket_transferred": ("超时未回复，工单已转平台处理；请等平台的处理意见或退回", "Not answered in time, so the platform has it; wait for its decision, or until it hands it back"),
    "ticket_not_with_buyer": ("这张工单不是你提的，请在自己的工单里回复", "This ticket is not yours; write on your own"),
    "ticket_long_solved": ("已解决超过 {days} 天，请新建一张工单", "It was solved more than {days} days ago; open a new ticket"),
    "ticket_decided_already": ("平台已给出处理结果，请等商家执行或到期后代退", "The platform has decided; wait for the merchant to carry it out, or for its days to end"),
    "ticket_nothing_decided": ("平台还没有给出处理结果，请先等平台处理", "The platform has not decided yet; wait for its decision"),
    "ticket_under_way": ("上一步正在办理，请稍后刷新再试", "What was asked for is being done; reload in a moment"),
    "ticket_days_run": ("商家的执行期限到 {due}，到期未执行再代退", "The merchant has until {due}; refund in its place after that"),
    "ticket_without_order": ("工单没有关联订单，请先关联订单再处理", "The ticket is bound to no order; bind one first"),
    "ticket_answered_no_doubt": ("商家已回复，且不涉及真伪、质量、重量；请追问商家，或由客户发起纠纷", "The merchant has answered and no document was asked for; write back, or let the buyer open a dispute"),
    "ticket_amount_missing": ("请填写金额", "Enter the amount"),
    "ticket_document_missing": ("工商举报投诉需附证明文件才能结束，请上传", "A regulator's ticket ends with a document; attach it"),
    "ticket_number_unknown": ("找不到单号“{number}”，请核对订单号、服务单号或取消单号", "There is no order, service order or cancellation “{number}”; check the number"),
    "ticket_subject_unknown": ("请选择工单主题", "Choose what the ticket is about"),
    "ticket_origin_wrong": ("这里不能提这种来源的工单，请换一种来源", "Tickets of this origin are not opened here; choose another origin"),
    "ticket_not_offered": ("规则包“{pack}”没有设置工单，请平台先在规则包里添加工单主题", "The policy pack “{pack}” has no tickets; add subjects to it first"),
    "ticket_buyer_needed": ("请填写订单号，或客户编号", "Enter the order's number, or the buyer's id"),
    "ticket_which_goods": ("订单有 {n} 种商品，请在处理时填写 SKU，或先把工单关联到服务单", "The order has {n} kinds of goods; name the SKU when deciding, or bind the ticket to a service order first"),
    "ticket_words_missing": ("请写明问题", "Say what it is about"),
}
