"""Sentences about calls for help (SO-30)."""

CALLS: dict[str, tuple[str, str]] = {
    "no_call_open": ("这单没有待答复的求助，可能已有人答复；请看历史", "No call for help waits on this case; somebody may have answered it. See its history"),
    "call_cause_unknown": ("没有这个事由，请重新选择", "There is no such cause; choose another"),
    "call_no_order": ("这单没有订单，不能开纠纷；请直接答复", "This case has no order, so no dispute can be opened; answer the call instead"),
}
