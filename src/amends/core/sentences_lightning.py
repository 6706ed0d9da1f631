"""Sentences of refusals about advanced refunds, Chinese and English (SO-32)."""

LIGHTNING: dict[str, tuple[str, str]] = {
    "lightning_not_sent": ("承运商还没有揽收寄回的包裹，揽收后再判断闪电退款", "The carrier does not have the parcel yet; a lightning refund is considered once it does"),
    "lightning_not_met": ("不能闪电退款：{zh}；收到商品后按正常流程退款", "No lightning refund: {en}; the refund follows when the goods are received"),
    "lightning_not_offered": ("这个商家的规则包没有闪电退款；请先换规则包", "This merchant's pack offers no lightning refund; move it to another pack first"),
    "advance_open": ("平台已先垫付退款，请先“按已退金额结清”或“向客户催收”，再做其他处理", "The refund was advanced; let the advance stand or claim it back first, then go on"),
    "no_advance": ("这张服务单没有待结清的垫付退款，请按正常流程处理", "There is no advance to decide about; go on as usual"),
    "advance_not_moved": ("垫付的退款还没到客户手里，不能催收；请等到账，或冲正", "The advance has not reached the buyer, so it cannot be claimed back; wait for it, or reverse it"),
    "advance_moved": ("垫付的退款已到客户手里，不能直接冲正；请向客户催收，或按已退金额结清", "The advance has reached the buyer, so it is not reversed; claim it back or let it stand"),
    "withdraw_with_advance": ("退款已先付，商品寄回途中不能撤回申请；不想退了请联系商家", "The refund was paid in advance, so the request cannot be withdrawn now; write to the merchant if you want to keep the goods"),
    "receipt_there_already": ("这批商品已登记过收货；请等客户退回，或放弃催收", "These goods were registered already; wait for the buyer to pay, or waive the claim"),
    "claim_above_advance": ("最多可催收 {left}，你填写了 {asked}，请调低金额", "At most {left} can be claimed back; you entered {asked}. Enter less"),
}
