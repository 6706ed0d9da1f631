"""What is said when connections, reconciliation and money with providers refuse something (MO-3, MO-5)."""

PAYMENTS: dict[str, tuple[str, str]] = {
    "difference_closed": ("这条差异已经关闭或不存在，请刷新列表", "This difference is closed or gone; reload the list"),
    "refund_under_way": ("退款已交支付渠道，等它答复到账或失败后再冲正", "The refund is with the payment provider; wait until it has moved or failed, then reverse"),
    "connection_unknown": ("没有这个连接，请刷新列表", "There is no such connection; reload the list"),
    "connection_name_wrong": ("名称最多 40 个字符，不含空格和 / ? # :，不能是 manual；与订单里的渠道名称一致", "The name has at most 40 characters, no spaces and none of / ? # :, is not “manual”, and is the one that orders use"),
    "connection_name_taken": ("已有名为“{name}”的连接，请换一个名称，或修改原来的连接", "A connection “{name}” exists; choose another name or change that one"),
    "connection_kind_wrong": ("类型只能是：支付、承运商、库存", "The kind is one of: payment, carrier, stock"),
    "connection_address_wrong": ("地址应以 https 开头（仅本机可用 http），不带账号、参数和 #", "The address begins with https (plain http only on this machine), without a user name, a query or #"),
    "reconcile_range_wrong": ("日期应为 2026-05-01 这样，结束不早于开始，最多 31 天，不能是未来", "Days look like 2026-05-01, the last is not before the first, at most 31 of them and none in the future"),
    "provider_unknown": ("没有正在使用的支付连接“{name}”，请在列表里选择", "There is no payment connection “{name}” in use; choose one of the list"),
}
