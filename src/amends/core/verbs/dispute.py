"""纠纷单: what buyer, merchant and platform may say in a dispute (04-disputes, DI-1 … DI-10)."""

from dataclasses import dataclass
from typing import Any

from amends.core.commands import Command, ask

LIABILITIES = ("merchant", "buyer", "carrier", "platform", "shared", "none")
"""Fault (DI-6a): whose score it counts against. Not what anybody gets."""
OUTCOMES = ("refund", "return_and_refund", "reship", "compensation", "nothing")
"""Outcome (DI-6a): what the buyer gets. `refund`: the goods stay; `nothing`: things stay as they are."""
PAYERS_BACK = ("buyer", "merchant", "carrier", "platform")
"""Who bears the freight: of the way back of all goods in dispute, or of the way named (`core.order_awards`)."""
OFFERS = ("refund", "return_and_refund", "reship", "compensation", "nothing")
EVIDENCE_KINDS = (
    "chat_record", "proof_of_delivery", "carrier_statement", "waybill_trace", "weight_ticket", "inspection_report", "unboxing_video", "goods_photo",
    "order_log", "stock_record", "qualification", "invoice", "other",
)
"""What a piece of evidence is (DI-5); which a ground asks for is pack data."""
SIDES = ("buyer", "merchant")


@dataclass
class SettleByRefund(Command):
    """直接退款: the system refunds by itself; nobody files or reviews a cancellation (DI-2)."""

    zh, en, event, node = "直接退款", "Refund directly", "dispute_plan_refund", "disputes"
    words: str = ask("给客户的话", "Words to the buyer", "long")


@dataclass
class SettleWithoutCancelling(Command):
    """已协商驳回取消: the buyer no longer wants the refund; a cancellation that is filed still has to be rejected by hand (DI-2)."""

    zh, en, event, node = "已协商驳回取消", "Agreed: no cancellation", "dispute_plan_no_cancel", "disputes"
    words: str = ask("与客户商定的内容", "What was agreed with the buyer", "long", required=True)


@dataclass
class SettleByInterception(Command):
    """已协商同意等待48H物流拦截: a cancellation goes to following up the parcel, with its 48 hours (DI-2, CA-3)."""

    zh, en, event, node = "已协商同意等待48H物流拦截", "Agreed: wait 48 h for the parcel", "dispute_plan_intercept", "disputes"
    words: str = ask("给客户的话", "Words to the buyer", "long")


@dataclass
class OfferSettlement(Command):
    """提出和解: in every other scenario, what the merchant offers; carried out when the buyer says yes, or nothing (DI-4)."""

    zh, en, event, node = "提出和解方案", "Offer a settlement", "settlement_offered", "disputes"
    offer: str = ask("方案", "Offer", "choice", required=True, choices=OFFERS)
    amount: int | None = ask("金额", "Amount", "money", most=10**15)
    words: str = ask("给客户的话", "Words to the buyer", "long", required=True)


@dataclass
class AskForJudgement(Command):
    """无法自主处理,需平台介入判责: the no-fault evidence path; the ground says what evidence it asks for (DI-2, DI-5)."""

    zh, en, event, node = "无法自主处理，需平台介入判责", "Ask the platform to judge", "judgement_asked", "disputes"
    ground: str = ask("举证原因", "Ground", "ground", required=True, most=64)
    words: str = ask("举证说明", "Statement", "long", required=True)


@dataclass
class AddEvidence(Command):
    """补充举证: files with words, hashed and kept unaltered; the other side sees them once filed (DI-5)."""

    zh, en, event, node = "提交证据", "File evidence", "evidence_filed", "disputes"
    evidence: str = ask("证据类型", "Kind of evidence", "choice", required=True, choices=EVIDENCE_KINDS)
    words: str = ask("说明", "What it shows", "long", required=True)
    photos: list[Any] = ask("文件", "Files", "photos", most=9)


@dataclass
class FinishEvidence(Command):
    """我方举证完毕: this side adds nothing more, so the platform need not wait for it until the closing date (DI-5)."""

    zh, en, event, node = "我方举证完毕", "Nothing more to add", "evidence_finished", "disputes"


@dataclass
class ResumeEvidence(Command):
    """撤回举证完毕: this side may add more after all, until the closing date or until the other side is done too (DI-5)."""

    zh, en, event, node = "撤回“举证完毕”", "Add more after all", "evidence_resumed", "disputes"


@dataclass
class AnswerQuestion(Command):
    """回答平台提问: each numbered question is answered once, and an answer is not edited afterwards (DI-6a)."""

    zh, en, event, node = "回答提问", "Answer the question", "question_answered", "disputes"
    question: int | None = ask("问题编号", "Number of the question", "count", required=True, most=99, least=1)
    words: str = ask("回答", "Answer", "long", required=True)
    photos: list[Any] = ask("文件", "Files", "photos", most=9)


@dataclass
class AcceptSettlement(Command):
    """确认和解: the buyer agrees; the dispute is settled (DI-4)."""

    zh, en, event, node = "确认和解", "Accept", "settlement_accepted", "buyer"


@dataclass
class RefuseSettlement(Command):
    """不同意和解: the platform will judge (DI-4)."""

    zh, en, event, node = "不同意", "Refuse", "settlement_refused", "buyer"
    words: str = ask("为什么不同意", "Why not", "long", required=True)


@dataclass
class WithdrawDispute(Command):
    """撤销纠纷: the buyer gives the dispute up."""

    zh, en, event, node = "撤销纠纷", "Withdraw the dispute", "dispute_withdrawn", "buyer"
    words: str = ask("原因", "Reason", "long")


@dataclass
class StepIn(Command):
    """平台介入: the platform takes the dispute over without waiting for the sides."""

    zh, en, event, node = "平台介入", "Step in", "platform_stepped_in", "judging"
    words: str = ask("原因", "Reason", "long", required=True)


@dataclass
class AskSide(Command):
    """向一方提问: a numbered question to one side, answered once (DI-6a)."""

    zh, en, event, node = "向一方提问", "Ask one side", "side_asked", "judging"
    side: str = ask("向谁提问", "Whom", "choice", required=True, choices=SIDES)
    words: str = ask("问题", "Question", "long", required=True)


@dataclass
class Adjudicate(Command):
    """判责: who is at fault and, apart from it, who gets what; by rule number, with a reply to each side (DI-6, DI-6a)."""

    zh, en, event, node = "判责", "Judge", "adjudicated", "judging"
    liability: str = ask("责任", "Fault", "choice", required=True, choices=LIABILITIES)
    outcome: str = ask("结果", "Outcome", "choice", required=True, choices=OUTCOMES)
    amount: int | None = ask("退款金额", "Refund", "money", most=10**15)
    freight_by: str = ask("运费由谁承担", "Who bears the freight", "choice", choices=PAYERS_BACK)
    freight: int | None = ask("运费", "Freight", "money", most=10**9)
    freight_way: str = ask("哪一段运费", "Freight of which way", most=64)
    compensation: int | None = ask("赔付金额", "Compensation", "money", most=10**15)
    advance: bool = ask("先行赔付", "Paid first by the platform", "flag")
    rules: list[Any] = ask("依据", "Rules", "lines", required=True, most=12)
    words_buyer: str = ask("给客户的话", "Reply to the buyer", "long", required=True, most=1000)
    words_merchant: str = ask("给商家的话", "Reply to the merchant", "long", required=True, most=1000)


@dataclass
class ConfirmJudgement(Command):
    """复核通过: a second person agrees with a judgement above the set amount (DI-6)."""

    zh, en, event, node = "复核通过", "Confirm the judgement", "judgement_confirmed", "judging_second"
    words: str = ask("复核意见", "Remark", "long")


@dataclass
class ReturnJudgement(Command):
    """复核退回: the judgement goes back to be thought over."""

    zh, en, event, node = "复核退回", "Send the judgement back", "judgement_returned", "judging_second"
    words: str = ask("退回原因", "Why", "long", required=True)


@dataclass
class CarryOutJudgement(Command):
    """执行判责: the merchant carries the judgement out itself, within its time (DI-4a)."""

    zh, en, event, node = "执行判责结果", "Carry out the judgement", "judgement_carried_out", "disputes"


@dataclass
class Appeal(Command):
    """申诉: once for each side, within the pack's days, with new evidence (DI-8)."""

    zh, en, event, node = "申诉", "Appeal", "appealed", "disputes"
    words: str = ask("申诉理由", "Grounds of the appeal", "long", required=True, most=1000)
    evidence: str = ask("新证据类型", "Kind of new evidence", "choice", choices=EVIDENCE_KINDS)
    photos: list[Any] = ask("新证据", "New evidence", "photos", most=9)


@dataclass
class UpholdAppeal(Adjudicate):
    """申诉成立: somebody else judges anew; what the first judgement did is taken back or completed (DI-8)."""

    zh, en, event, node = "申诉成立，改判", "Uphold the appeal", "appeal_upheld", "judging"


@dataclass
class DismissAppeal(Command):
    """申诉不成立: the judgement stands (DI-8)."""

    zh, en, event, node = "申诉不成立，维持原判", "Dismiss the appeal", "appeal_dismissed", "judging"
    words_buyer: str = ask("给客户的话", "Reply to the buyer", "long", required=True, most=1000)
    words_merchant: str = ask("给商家的话", "Reply to the merchant", "long", required=True, most=1000)


@dataclass
class CloseDispute(Command):
    """关闭纠纷: opened by mistake, or there is nothing to judge."""

    zh, en, event, node = "关闭纠纷", "Close the dispute", "dispute_closed", "judging"
    words: str = ask("原因", "Reason", "long", required=True)


@dataclass
class PlanCarriedOut(Command):
    """The chosen plan was carried out: which cancellation it became."""

    zh, en, event, node = "方案已执行", "Plan carried out", "plan_carried_out", "clock"
    cancellation: str = ask("取消订单", "Cancellation", most=64)
    number: str = ask("单号", "Number", most=64)


@dataclass
class PlanFailed(Command):
    """The chosen plan could not be carried out, with the reason; nothing is lost (DI-3)."""

    zh, en, event, node = "方案执行失败", "Plan failed", "plan_failed", "clock"
    code: str = ask("原因代码", "Code", most=64)
    facts: list[Any] = ask("原因的数据", "Facts of the reason", "lines", most=1)
    words: str = ask("原因", "Reason", "long")
    cancellation: str = ask("客户提交的取消订单", "The buyer's cancellation", most=64)
    number: str = ask("单号", "Number", most=64)


@dataclass
class RemedyApplied(Command):
    """What the judgement means for the case in dispute was done there: closed, reopened, taken back (DI-7)."""

    zh, en, event, node = "已按判责处理原单", "Applied to the case", "remedy_applied", "clock"
    done: str = ask("做了什么", "What was done", most=64)
    code: str = ask("原因代码", "Code", most=64)
    facts: list[Any] = ask("原因的数据", "Facts of the reason", "lines", most=1)
    words: str = ask("说明", "Words", "long")
    acts: list[Any] = ask("改动的单", "Cases changed", "lines")
    step: int | None = ask("第几步", "Step", "count", most=10**9)
