"""Which way a case of the demo goes: steps that lead to a state, each after some hours, by somebody, with what they type."""

from collections.abc import Callable
from random import Random
from typing import Protocol, TypeAlias

from amends.core.commands import Command
from amends.core.verbs import buyer as b
from amends.core.verbs import desk as d
from amends.core.verbs import lightning as li
from amends.core.verbs import negotiation as g
from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.sim.furniture import sayings


class Subject(Protocol):
    """What a step may know of its case."""

    sku: str
    quantity: int
    stocked: str
    dearer: str
    waybill: str
    address: str
    price: int
    reason: str


Say: TypeAlias = Callable[[Subject, Random], Command]
Step: TypeAlias = tuple[float, float, str, Say | None]
"""Least and most hours after the step before, who (a role, buyer, carrier), what; None: finance records the transfers of the case."""


def _waybill(s: Subject, c: Random) -> tuple[str, str]:
    carrier, prefix = c.choice(sayings.CARRIERS)
    return carrier, f"{prefix}{c.randint(10**9, 10**10 - 1)}"


def _receipt(s: Subject, c: Random) -> Command:
    if c.random() < 0.8:
        return p.RegisterReceipt(s.quantity, "good", c.choice(("intact", "opened")), "intact", "normal", "complete", "", "sale", note=c.choice(("", "", "配件齐全", "吊牌在")))
    return p.RegisterReceipt(s.quantity, "damaged", "opened", "damaged", "faulty", c.choice(("complete", "missing")), "", c.choice(("quarantine", "scrap")), note="与客户描述一致")


def _reject(s: Subject, c: Random) -> Command:
    return v.Reject(*c.choice(sayings.REJECTIONS["wish" if s.reason in ("no_reason", "changed_mind", "bought_wrong") else "fault"]))


def _rate(s: Subject, c: Random) -> Command:
    rating, words = c.choices(sayings.RATINGS, (50, 26, 12, 7, 5))[0]
    return b.Rate(rating, c.choice(words))


APPROVE: Step = (1, 30, "review", lambda s, c: v.ApproveReturn(s.address if c.random() < 0.3 else "", "", c.choice(("", "请连同配件和赠品一起寄回。"))))
ASK: Step = (1, 20, "review", lambda s, c: v.AskBuyer(*c.choice(sayings.QUESTIONS)))
ANSWER: Step = (2, 30, "buyer", lambda s, c: b.Answer(c.choice(sayings.ANSWERS)))
SHIP: Step = (8, 60, "buyer", lambda s, c: b.ShipBack(*_waybill(s, c)))
SIGN: Step = (24, 60, "carrier", lambda s, c: d.ParcelSigned())
RECEIVE: Step = (3, 20, "receipt", _receipt)
REFUND: Step = (2, 30, "processing", lambda s, c: p.Refund())
REFUND_NOW: Step = (1, 20, "supervisor", lambda s, c: v.RefundWithoutReturn(words="不用寄回了，退款已为您办理。"))
TRANSFER: Step = (3, 20, "finance", None)
EXCHANGE: Step = (2, 30, "processing", lambda s, c: p.Exchange(s.stocked, s.quantity))
EXCHANGE_DEARER: Step = (2, 30, "processing", lambda s, c: p.Exchange(s.dearer, s.quantity))
EXCHANGE_OFFLINE: Step = (2, 30, "processing", lambda s, c: p.ExchangeOffline(*_waybill(s, c), s.stocked, s.quantity))
REPAIR: Step = (20, 50, "processing", lambda s, c: p.Repair(c.choice(sayings.REPAIRS), 0))
REISSUE: Step = (1, 24, "review", lambda s, c: v.ReissueWithoutReturn(s.stocked, s.quantity, "已安排补发，两天内发出。"))
SEND: Step = (4, 30, "processing", lambda s, c: p.ShipReplacement(*_waybill(s, c)))
DELIVER: Step = (24, 70, "carrier", lambda s, c: d.ReplacementDelivered())
CONFIRM: Step = (3, 60, "buyer", lambda s, c: b.Confirm())
CONFIRM_DELIVERY: Step = (3, 60, "buyer", lambda s, c: b.ConfirmDelivery())
RATE: Step = (1, 40, "buyer", _rate)
ANSWER_RATING: Step = (3, 30, "review", lambda s, c: d.AnswerRating(c.choice(sayings.RATING_ANSWERS)))
REJECT: Step = (2, 40, "review", _reject)
WITHDRAW: Step = (1, 30, "buyer", lambda s, c: b.Withdraw(c.choice(("又能用了，不退了。", "家里人喜欢，留下了。", ""))))
ABANDON: Step = (4, 40, "review", lambda s, c: v.Abandon(c.choice(v.SAID_HOW[:2]), "客户说不退了。"))
DISCREPANCY: Step = (2, 20, "receipt", lambda s, c: p.RaiseDiscrepancy(c.choice(("short", "used", "accessories")), "收到的商品与申请不一致，请您确认后回复。"))
DECLINE: Step = (5, 40, "buyer", lambda s, c: b.Decline(c.choice(sayings.DECLINES)))
ORIGINAL: Step = (4, 30, "processing", lambda s, c: p.ReturnOriginal("buyer_keeps", *_waybill(s, c), "检测未发现所述问题，按约定原样寄回。"))
BUYER_SAYS: Step = (0.2, 3, "buyer", lambda s, c: d.Say(c.choice(sayings.BUYERS_SAY)))
MERCHANT_SAYS: Step = (0.2, 3, "review", lambda s, c: d.Say(c.choice(sayings.MERCHANTS_SAY)))
KEEP_TYPE: Step = (0.2, 4, "review", lambda s, c: d.AcknowledgeAlert(c.choice(("电话问过客户，按申请的类型处理。", "客户回复仍按原来的选择。"))))
NOTE: Step = (0.2, 4, "review", lambda s, c: d.Note(c.choice(sayings.NOTES)))
CALL_PLATFORM: Step = (1, 6, "supervisor", lambda s, c: d.CallPlatform("客户情绪激动，双方说法不一致，请平台协助判断。"))
NOT_SOLVED: Step = (4, 40, "buyer", lambda s, c: b.NotSolved("退款已经三天了还没有到账。"))
PROPOSE: Step = (1, 20, "review", lambda s, c: g.Propose("refund_only", s.price * s.quantity // 5 // 100 * 100, words=c.choice(sayings.PROPOSALS)))
COLLECT: Step = (2, 12, "carrier", lambda s, c: li.ReturnCollected())
PAID: Step = (27, 36, "finance", None)
RECEIVE_USED: Step = (3, 20, "receipt", lambda s, c: p.RegisterReceipt(s.quantity, "damaged", "opened", "damaged", "normal", "complete", "", "quarantine", note="有明显使用痕迹，影响再次销售"))
CLAIM_BACK: Step = (2, 20, "processing", lambda s, c: li.ClaimBack(None, "used", "收到的商品有明显使用痕迹，不符合无理由退货。退款已先行垫付，请把这笔款退回。"))
"""Money that was advanced when the carrier had the goods, and what came back was not in order (SO-32)."""
CLOCK_PASSES_REVIEW: Step = (48.2, 50, "", None)
"""Nobody reviews; the clock does after 48 hours."""

BACK = (APPROVE, SHIP, SIGN, RECEIVE)
SETTLE = {"return": (REFUND,), "exchange": (EXCHANGE, SEND, DELIVER), "repair": (REPAIR, SEND, DELIVER)}
CLAIM = {"reviewing": "review", "in_transit": "receipt", "processing": "processing", "fulfilling": "processing"}


def course(target: str, type_: str, c: Random) -> list[Step]:
    """Steps from the application to `target` for a case of this type."""
    steps = list(_way(target, type_, c))
    if steps and steps[0] is APPROVE and c.random() < 0.12:
        steps[0] = CLOCK_PASSES_REVIEW
    elif steps and steps[0] is APPROVE and c.random() < 0.15:
        steps[:0] = [ASK, ANSWER]
    for talk, share in ((BUYER_SAYS, 0.16), (NOTE, 0.12)):
        if c.random() < share:
            steps.insert(0, talk)
            if talk is BUYER_SAYS and c.random() < 0.6:
                steps.insert(1, MERCHANT_SAYS)
    return steps


def _way(target: str, type_: str, c: Random) -> tuple[Step, ...]:
    if target in EARLY:
        return c.choice(EARLY[target])
    if type_ == "reissue":
        return _reissued(target)
    if target == "in_transit":
        return (*BACK[:2], *((SIGN,) if c.random() < 0.6 else ()))
    if target == "processing":
        return c.choice((BACK, BACK, (*BACK, DISCREPANCY, ANSWER), (*BACK, *SETTLE[type_], DECLINE)))
    if target == "confirming":
        return c.choices(((*BACK, REFUND), (REFUND_NOW,)), (4, 1))[0]
    if target == "collecting":
        return (*BACK, EXCHANGE_DEARER)
    if target == "fulfilling":
        return (*BACK, SETTLE[type_][0])
    if target == "awaiting_delivery":
        return (*BACK, *c.choice((SETTLE[type_], SETTLE[type_][:2], (ORIGINAL,), *(((EXCHANGE_OFFLINE,),) if type_ == "exchange" else ()))))
    return _ended(type_, c)


def _reissued(target: str) -> tuple[Step, ...]:
    short = {"fulfilling": (REISSUE,), "awaiting_delivery": (REISSUE, SEND)}
    return short.get(target, (REISSUE, SEND, DELIVER, CONFIRM_DELIVERY))


def _ended(type_: str, c: Random) -> tuple[Step, ...]:
    """Completed, often rated, the rating sometimes answered."""
    after = c.choices(((), (RATE,), (RATE, ANSWER_RATING), (NOT_SOLVED,)), (30, 50, 14, 6))[0]
    if type_ == "return":
        settled = c.choices(((*BACK, REFUND, TRANSFER, CONFIRM), (REFUND_NOW, TRANSFER, CONFIRM)), (6, 1))[0]
        return (*settled, *after)
    return (*BACK, *SETTLE[type_], CONFIRM_DELIVERY, *after)


EARLY: dict[str, tuple[tuple[Step, ...], ...]] = {
    "reviewing": ((),), "awaiting_buyer": ((ASK,),), "awaiting_return": ((APPROVE,),), "rejected": ((REJECT,),), "negotiating": ((PROPOSE,), (ASK, ANSWER, PROPOSE)),
    "claiming_back": ((APPROVE, SHIP, COLLECT, PAID, SIGN, RECEIVE_USED, CLAIM_BACK),),
    "withdrawn": ((WITHDRAW,), (APPROVE, WITHDRAW), (ABANDON,)),
}
