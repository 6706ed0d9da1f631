"""What clocks, lengths of time and ends are called in both languages, for the statement of every clock (PO-16): Chinese and English."""
from __future__ import annotations

from amends.core.pack import TYPES
from amends.core.spans import Span

Pair = tuple[str, str]

CLOCK_NAMES: dict[str, Pair] = {
    "review": ("商家审核", "Merchant's review"), "answer": ("客户补充信息", "Buyer's answer"), "ship_back": ("客户寄回", "Sending back"), "transit": ("寄回途中", "On the way back"),
    "receive": ("收货登记", "Registering receipt"), "process": ("商家处理", "Merchant's processing"), "fulfil": ("发出商品", "Sending the goods out"), "deliver": ("送达客户", "Delivery to the buyer"),
    "receipt_confirm": ("客户收货", "Buyer's receipt"), "confirm": ("客户确认结果", "Buyer's confirmation"), "rate": ("评价", "Rating"), "improve_rating": ("修改评价", "Improving the rating"),
    "not_solved": ("反馈没解决", "Saying it is not solved"), "cancel_review": ("审核取消（未发货）", "Review of a cancellation (not shipped)"), "cancel_answer": ("答复取消（已发货）", "Answer to a cancellation (shipped)"),
    "follow_up": ("物流跟进", "Following the parcel up"), "intercept": ("拦截包裹", "Stopping the parcel"), "refund": ("退款到账", "The refund moves"), "collect": ("补差价", "Paying the difference"),
    "ticket_answer": ("商家回复工单", "Answering a ticket"), "ticket_mail": ("商家回复邮件", "Answering a mail"), "ticket_transfer": ("工单转平台", "Transfer of a ticket"),
    "ticket_follow_up": ("工单等对方回应", "The other side writes again"), "ticket_decide": ("平台处理工单", "Platform decides a ticket"), "ticket_carry_out": ("商家执行处理结果", "Merchant carries it out"),
    "dispute_answer": ("商家答复纠纷", "Answering a dispute"), "settle_confirm": ("客户确认和解", "Confirming a settlement"), "evidence": ("双方举证", "Filing evidence"),
    "question": ("回答平台提问", "Answering the platform's question"), "adjudicate": ("平台判责", "Judging"), "execute": ("商家执行判责", "Carrying a judgement out"),
    "appeal": ("申诉期", "Time to appeal"), "appeal_review": ("平台审理申诉", "Deciding an appeal"),
    "promise": ("承诺的到货日", "The date promised"), "negotiation": ("答复协商方案", "Answering a proposal"), "claim_back": ("追回垫付款", "Claiming an advance back"),
    "cancel_urgent": ("取消待审核变急", "A cancellation in review turns urgent"), "dispute_open": ("客户发起纠纷（结束后）", "Opening a dispute, after the end"),
    "ticket_red": ("工单变红", "A ticket turns red"), "ticket_reopen": ("工单解决后再写", "Writing to a solved ticket"),
    "order_ship": ("发货（付款起，另有承诺的按承诺）", "Shipping, from payment or as promised"), "order_pick_up": ("揽收（付款起）", "Pick-up, from payment"),
    "order_no_scan": ("发货后无揽收记录", "Shipped without a scan"), "order_change": ("修改订单占用", "A change of an order left open"), "order_urge": ("催单间隔", "Between two urges of one order"),
    "order_balance": ("尾款到期前", "Before a balance is due"),
    "price_answer": ("商家答复价保", "Answering a price claim"), "price_ask": ("客户申请价保（收货起）", "Claiming price protection, from receipt"),
    "freight_answer": ("商家答复退货运费", "Answering a freight claim"), "freight_ask": ("客户申请退货运费（结束起）", "Claiming return freight, from the end of the case"),
    "late_wait": ("晚发货核对（应发时间起）", "Late shipment looked at, from the time to ship"), "late_tier": ("晚发货更高一档（应发时间起）", "Late shipment's next tier, from the time to ship"),
    "coupon": ("补偿券有效期", "A coupon is good for"),
}
OUTCOME_WORDS: dict[str, Pair] = {
    "approve_return": ("系统同意寄回", "The return is approved"), "reissue_without_return": ("系统同意补发", "Goods are sent again"), "refund_without_return": ("系统退款，商品不用寄回", "The money goes back, the goods stay"),
    "close": ("关闭", "Closed"), "count_as_received": ("视为商家已收货", "Counts as received"), "platform_refund": ("平台可以代为退款", "The platform may refund"),
    "call_platform": ("平台介入", "The platform steps in"), "warn": ("提醒处理的人", "Whoever acts is reminded"), "complete": ("视为完成", "Counts as complete"), "confirm": ("视为客户已确认", "Counts as confirmed"),
    "stop_asking": ("不再邀请评价", "No longer asked"), "stop_offering": ("不能再提出", "No longer possible"), "approve_cancellation": ("系统同意取消并退款", "Cancelled and refunded"),
    "follow_up": ("转为跟进包裹", "The parcel is followed up"), "intercept_or_refund": ("拦截包裹或退款", "The parcel is stopped or the money goes back"), "back_to_merchant": ("退回商家处理", "Back to the merchant"),
    "back_to_processing": ("退回商家处理", "Back to processing"), "write_off": ("不再追回", "No longer claimed"),
    "count_as_consent": ("视为无异议", "Counts as no objection"), "transfer": ("转平台处理", "Goes to the platform"), "resolve": ("视为已解决", "Counts as solved"),
    "judge_without_evidence": ("平台按现有材料判责", "Judged on what there is"), "settle": ("视为客户同意和解", "Counts as settled"), "judge": ("转平台判责", "The platform judges"), "judge_unanswered": ("方案没有给客户任何东西，转平台判责", "Nothing was offered, so the platform judges"),
    "carry_out": ("平台代商家执行", "Carried out in the merchant's place"),
    "platform_may_refund": ("平台可以代退，商家承担", "The platform may refund at the merchant's cost"),
    "mark_urgent": ("标红，排到前面", "Marked red, first in the list"), "mark_late": ("记为超时，标红", "Told as late, marked red"), "stop_asking_for": ("不能再申请", "No longer possible"),
    "late_shipment": ("算晚发货，按规则赔付", "Counts as late, compensated by the rules"), "leave_list": ("不再列出", "No longer listed"), "unlock_order": ("订单解锁，修改作废", "The order is unlocked, the change dropped"),
    "urge_again": ("客户可以再催", "The buyer may urge again"), "remind_buyer": ("提醒客户付尾款", "The buyer is reminded"), "pay_late_shipment": ("仍未发货的赔付客户（商家开启后）", "What has not left is compensated, where the merchant has it on"),
    "coupon_ends": ("券失效", "The coupon ends"),
}
TYPE_WORDS: dict[str, Pair] = dict(zip(TYPES, (("退货", "Return"), ("换货", "Exchange"), ("维修", "Repair"), ("补发", "Reissue")), strict=True))


def clock_name(name: str, at: int) -> str:
    """What a clock is called, 0 Chinese, 1 English; its code where it has no name."""
    return CLOCK_NAMES.get(name, (name, name))[at]


def outcome(code: str, at: int) -> str:
    """What happens at zero, in words."""
    return OUTCOME_WORDS.get(code, (code, code))[at]


A_DAY, LONG = 86_400, 5 * 86_400


def length(seconds: int, at: int) -> str:
    """48 小时, 1 小时 30 分钟, 30 分钟: as rules write it, not cut into days; from five whole days on in days."""
    if seconds >= LONG and seconds % A_DAY == 0:
        return (f"{seconds // A_DAY} 天（同一时刻）", f"{seconds // A_DAY} days, same time of day")[at]
    h, m = seconds // 3600, seconds % 3600 // 60
    zh = "".join(part for n, part in ((h, f"{h} 小时"), (m, f" {m} 分钟" if h else f"{m} 分钟")) if n)
    en = " ".join(part for n, part in ((h, f"{h} hours" if h != 1 else "1 hour"), (m, f"{m} minutes" if m != 1 else "1 minute")) if n)
    return (zh, en)[at] or ("立即", "at once")[at]


def span_words(span: Span, at: int) -> str:
    """A length of time of a pack, in words."""
    n, many = span.amount, "" if span.amount == 1 else "s"
    if span.kind == "elapsed":
        return length(n, at)
    if span.kind == "working_time":
        return (f"服务时间内 {length(n, 0)}", f"{length(n, 1)} of service hours")[at]
    if span.kind == "cutoff":
        before, by = (f"{m // 60:02}:{m % 60:02}" for m in (span.before, span.by))
        following = ("下一个工作日", "the next working day") if span.next_working else ("次日", "the next day")
        return (f"{before} 前的当日 {by} 前，之后的{following[0]} {by} 前", f"before {before}: by {by} the same day; later: by {by} {following[1]}")[at]
    return {
        "calendar_days": (f"{n} 天", f"{n} day{many}"), "working_days": (f"{n} 个工作日", f"{n} working day{many}"),
        "working_days_kept": (f"{n} 个工作日（同一时刻）", f"{n} working day{many}, same time of day"),
    }[span.kind][at]


__all__ = ["CLOCK_NAMES", "OUTCOME_WORDS", "TYPE_WORDS", "clock_name", "length", "outcome", "span_words"]
