"""The demo's cancellations: how many stand in which state, the order of each, and the steps that led there (CA-1 … CA-9)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from amends.core.commands import Command
from amends.core.verbs import buyer as b
from amends.core.verbs import cancel as c
from amends.core.verbs import outside as o
from amends.engine.ids import new_id
from amends.sim.furniture.buyers import Customer, order
from amends.sim.furniture.cast import Store
from amends.sim.furniture.plan import at_work

Say = Callable[["CancelStory", Random], Command]
Act = tuple[float, float, str, Say | None]
"""Least and most hours after the step before; who (a role, buyer, carrier; confirms: the buyer confirms receipt); what; None: finance records the transfers."""

WHY = {
    "changed_mind": ("临时不需要了，麻烦取消。", "下单后又和家人商量，先不买了。", ""), "wrong_order": ("颜色拍错了，重新下单。", "多拍了一件。"),
    "wrong_address": ("地址填成老家的了，改不了只能取消。", "收件电话写错一位。"), "late_shipment": ("说好 48 小时发货，到现在没动静。",),
    "slow_delivery": ("物流三天没更新，不等了。", "一直停在中转站。"), "better_offer": ("今天有满减，想重新下单。",), "other": ("",),
}
REJECTIONS = (("on_the_way", "商品已在派送途中，今天即可送达。如不需要可以当面拒收。"), ("buyer_agreed", "电话与您确认继续收货，谢谢理解。"))
STUCK = ("late_shipment", "slow_delivery")

APPROVE: Act = (0.5, 20, "review", lambda s, r: c.ApproveCancellation(r.choice(("", "已为您取消，款项原路退回。"))))
INTERCEPT: Act = (0.5, 8, "review", lambda s, r: c.ApproveAndIntercept("已联系快递拦截，拦截成功后退款。"))
FOLLOW: Act = (0.5, 16, "review", lambda s, r: c.FollowUpParcel("已在跟进包裹，48 小时内给您结果。"))
FORCE: Act = (2, 20, "processing", lambda s, r: c.ForceRefund("包裹长时间没有更新，先行退款。"))
REJECT: Act = (1, 18, "review", lambda s, r: c.RejectCancellation(*r.choice(REJECTIONS)))
WITHDRAW: Act = (0.3, 10, "buyer", lambda s, r: b.Withdraw("还是要的，不取消了。"))
FAILED: Act = (6, 30, "carrier", lambda s, r: o.InterceptionFailed(words="包裹已派送，未能拦截。"))
STOPPED: Act = (6, 30, "carrier", lambda s, r: o.InterceptionSucceeded())
TRANSFER: Act = (3, 20, "finance", None)
RECEIVED: Act = (3, 20, "confirms", None)


@dataclass(frozen=True, slots=True)
class Share:
    """So many cancellations stand in this state, for between so many hours; whether the order was shipped, and the steps."""

    state: str
    many: int
    least: float
    most: float
    shipped: bool
    ways: tuple[tuple[Act, ...], ...]


SHARES = (
    Share("reviewing", 22, 0.2, 30, False, ((),)), Share("reviewing", 6, 44, 47.5, False, ((),)), Share("reviewing", 9, 0.3, 20, True, ((), (INTERCEPT, FAILED))),
    Share("intercepting", 7, 1, 40, True, ((INTERCEPT,),)), Share("logistics_follow_up", 9, 1, 46, True, ((FOLLOW,),)), Share("refunding", 10, 1, 30, False, ((APPROVE,),)),
    Share("refunding", 4, 1, 20, True, ((INTERCEPT, STOPPED), (FORCE,))), Share("refunded", 26, 4, 400, False, ((APPROVE, TRANSFER),)),
    Share("refunded", 8, 4, 300, True, ((INTERCEPT, STOPPED, TRANSFER), (FOLLOW, FORCE, TRANSFER))), Share("rejected", 9, 3, 300, True, ((REJECT,),)),
    Share("withdrawn", 6, 3, 300, False, ((WITHDRAW,),)), Share("closed", 5, 3, 200, True, ((FOLLOW, RECEIVED),)),
)


@dataclass(slots=True)
class CancelStory:
    """One cancellation to come: of which order, when, why, and the steps that follow."""

    store: Store
    customer: Customer
    reason: str
    words: str
    target: str
    applied_at: datetime
    record: dict[str, Any]
    part: bool = False
    acts: list[tuple[datetime, str, Any]] = field(default_factory=list)
    key: str = field(default_factory=new_id)
    case_id: str = ""
    photos: int = 0


def cancel_stories(store: Store, chance: Random, code: str, buyers: list[Customer], now: datetime, scale: float) -> list[CancelStory]:
    """The cancellations of a merchant by the time they begin; `scale` 1 is the busiest merchant."""
    found: list[CancelStory] = []
    for share in SHARES:
        for _ in range(max(1, round(share.many * scale))):
            found.append(_story(store, chance, share, buyers, f"28{code[-2:]}{len(found) + 70001:08d}", now))
    return sorted(found, key=lambda s: s.applied_at)


def _story(store: Store, chance: Random, share: Share, buyers: list[Customer], number: str, now: datetime) -> CancelStory:
    way = chance.choice(share.ways)
    times, stood = [chance.uniform(*act[:2]) for act in way], chance.uniform(share.least, share.most)
    asked = now - timedelta(hours=sum(times) + stood)
    customer, product = chance.choice(buyers), chance.choice(store.products)
    goods = [(product, chance.choice(product.variants), chance.choices((1, 2), (80, 20))[0])]
    if chance.random() < 0.3:
        other = chance.choice([x for x in store.products if x is not product])
        goods.append((other, chance.choice(other.variants), 1))
    record = order(chance, number, customer, goods, None, asked - timedelta(hours=chance.uniform(52, 90) if share.shipped else chance.uniform(0.5, 20)), now)
    _settle(record, share, chance)
    reason = chance.choice(list(WHY) if share.shipped else [r for r in WHY if r not in STUCK[1:]])
    story = CancelStory(store, customer, reason, chance.choice(WHY[reason]), share.state, asked, record)
    story.part = not share.shipped and len(goods) > 1 and chance.random() < 0.4
    at = asked
    for (_, _, who, say), hours in zip(way, times, strict=True):
        at = at + timedelta(hours=hours) if who in ("buyer", "carrier", "confirms") else at_work(at + timedelta(hours=hours), at, chance)
        story.acts.append((at, who, say))
    if share.state in ("reviewing", "logistics_follow_up") and not way and chance.random() < 0.25:
        story.acts.append((at + timedelta(hours=stood * 0.3), "review", "claim"))
    return story


def _settle(record: dict[str, Any], share: Share, chance: Random) -> None:
    """The order as it stood when it was asked about: being prepared, or on its way."""
    if share.shipped:
        record["state"] = "shipped"
        record["platform_delivery"] = chance.random() < 0.4
        return
    record["state"] = "preparing"
    record.pop("shipped_at", None)
    record["parcels"] = []
