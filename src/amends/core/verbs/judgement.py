"""What settlements and judgements do to the cases in dispute (DI-2, DI-7, DI-8): given by the house, in the platform's place, through each case's own table."""

from dataclasses import dataclass

from amends.core.commands import Command, ask
from amends.core.verbs.review import FAULTS


@dataclass
class RefundByPlan(Command):
    """直接退款: the plan of a dispute refunds; nobody reviews it (DI-2)."""

    zh, en, event, node = "按纠纷方案退款", "Refunded by a dispute's plan", "refunded_by_plan", "clock"
    number: str = ask("纠纷单", "Dispute", most=64)


@dataclass
class FollowUpByPlan(Command):
    """等待48H物流拦截: the plan of a dispute follows the parcel up, with its 48 hours (DI-2, CA-3)."""

    zh, en, event, node = "按纠纷方案跟进物流", "Followed up by a dispute's plan", "follow_up_by_plan", "clock"
    number: str = ask("纠纷单", "Dispute", most=64)


@dataclass
class EndByJudgement(Command):
    """A case whose dispute has given what it was about: it ends without money. `gives_up`: the goods of a cancellation are not part of their order any more. `opened`: for the judgement alone."""

    zh, en, event, node = "按判责结束", "Ended by a judgement", "ended_by_judgement", "clock"
    number: str = ask("纠纷单", "Dispute", most=64)
    gives_up: bool = ask("商品不再发出", "Goods given up", "flag")
    opened: bool = ask("为判责新开", "Opened for the judgement", "flag")


@dataclass
class RejectByJudgement(Command):
    """An open cancellation whose dispute left things as they are: it is refused (DI-7)."""

    zh, en, event, node = "按判责驳回", "Rejected by a judgement", "rejected_by_judgement", "clock"
    number: str = ask("纠纷单", "Dispute", most=64)


@dataclass
class ReturnByJudgement(Command):
    """Return and refund was judged: the goods may be sent back, whatever was answered before; the amount judged is refunded when they are here (DI-7)."""

    zh, en, event, node = "按判责同意退货", "Return granted by a judgement", "return_judged", "clock"
    number: str = ask("纠纷单", "Dispute", most=64)
    amount: int | None = ask("退款金额", "Refund", "money", most=10**15)
    freight_by: str = ask("寄回运费由谁承担", "Return freight paid by", "choice", choices=FAULTS)
    paid: bool = ask("已先行赔付", "Paid first by the platform", "flag")
    opened: bool = ask("为判责新开", "Opened for the judgement", "flag")


@dataclass
class ReshipByJudgement(Command):
    """Goods go out anew, whatever was answered before; they are owed where none are there (DI-7)."""

    zh, en, event, node = "按判责补发", "Reissue judged", "reship_judged", "clock"
    number: str = ask("纠纷单", "Dispute", most=64)
    opened: bool = ask("为判责新开", "Opened for the judgement", "flag")


@dataclass
class UndoJudgement(Command):
    """An appeal was upheld: the case is put back to where the judgement found it, while nothing has been sent, and goods given up are their order's again (DI-8).

    `ends`: it stays ended, because the buyer has asked again for the same goods (CA-8).
    """

    zh, en, event, node = "改判撤回", "Judgement taken back", "judgement_undone", "clock"
    number: str = ask("纠纷单", "Dispute", most=64)
    ends: bool = ask("不再恢复审核", "Stays ended", "flag")


@dataclass
class FinishPaid(Command):
    """退回商品已处理，款项已由平台先行赔付: the goods are back and the money was paid first by the platform, so nothing more is paid (CO-2)."""

    zh, en, event, node = "商品已退回，款项已先行赔付", "Goods back, paid first", "finished_paid", "processing"
    words: str = ask("给客户的话", "Words to the buyer", "long")
