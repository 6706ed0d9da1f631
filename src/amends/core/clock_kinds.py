"""Which times a suspension stops, and why it leaves the others alone (PO-15). Every clock-like time of the product is decided here; `tests/core/test_clock_kinds.py` finds those that are not.

Clocks of states (`pack.CLOCKS`) are all stopped: their rows are moved. What runs beside the states is stopped by its own name or with another clock, or it is not and says why.
"""
from __future__ import annotations

from dataclasses import dataclass

from amends.core.pack import CLOCKS
from amends.core.pack_defaults import DEFAULT_CLOCKS
from amends.core.pauses import Suspension

Pair = tuple[str, str]
"""Chinese and English."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One time beside the states: the names of clocks it stops with (its own, or those of what it belongs to), or why nothing stops it. `kind`: what it is of."""

    kind: str
    stops_with: tuple[str, ...] = ()
    why_not: Pair | None = None


def _own(kind: str, name: str) -> Kind:
    return Kind(kind, (name,))


OF_CANCELLATION = ("cancel_review", "cancel_answer", "follow_up", "intercept", "refund")
OF_TICKET = ("ticket_answer", "ticket_mail")
BESIDE: dict[str, Kind] = {
    "cancel_urgent": Kind("cancellation", ("cancel_review",)),
    "dispute_open": _own("dispute", "dispute_open"),
    "ticket_red": Kind("ticket", OF_TICKET),
    "ticket_reopen": _own("ticket", "ticket_reopen"),
    "order_ship": _own("order", "order_ship"),
    "order_pick_up": _own("order", "order_pick_up"),
    "order_no_scan": Kind("order", (), ("只决定列表里显示多久，到时不影响任何人", "Only how long a list shows it; nobody gains or loses when it ends")),
    "order_change": Kind("order", (), ("改单占用要尽快放开，不然订单一直锁着发不了货", "An order must not stay locked by a change left open, or it cannot be sent")),
    "order_urge": Kind("order", (), ("只限制催单频率，不是谁的期限", "It only limits how often a buyer urges; it is nobody's time to act")),
    "order_balance": Kind("order", (), ("从店铺定的尾款日往回算，日子随订单来", "Counted back from the day the shop set, which comes with the order")),
    "price_answer": _own("compensation", "price_answer"),
    "price_ask": _own("compensation", "price_ask"),
    "freight_answer": _own("compensation", "freight_answer"),
    "freight_ask": _own("compensation", "freight_ask"),
    "late_wait": Kind("compensation", ("order_ship",)),
    "late_tier": Kind("compensation", ("order_ship",)),
    "coupon": Kind("compensation", (), ("有效期印在券上，店铺系统也按它核销", "Its last day stands on the coupon, and the shop's own system goes by it")),
}
"""Every line of the statement of every clock that follows no state."""

SUSPENDABLE: tuple[str, ...] = (*CLOCKS, *(name for name, kind in BESIDE.items() if kind.stops_with == (name,)))
"""What a suspension may name, in the order of pages."""

ELSEWHERE: dict[str, Pair] = {
    "apply_window": ("退换货期限从签收按自然日算，法律和规则包给的权利，不因暂停变动", "Days to apply count from receipt by the calendar: a right by law and pack, not a time that runs against somebody"),
    "guarantee": ("三包期从收货算，按法规，不因暂停变动", "Guarantees count from receipt, by law"),
    "order_receipt": ("自动确认收货只是开启售后，不让任何人失去什么", "Receipt that confirms itself opens after-sales; nobody loses anything by it"),
    "stock_hold": ("占用库存到时自动放开，不能让货一直卖不了", "Stock that is held must come free again, or it cannot be sold"),
    "second_person": ("等第二人确认没有自己的期限，随单据的时限走", "A judgement that waits for its second person has no time of its own; its case's clock runs"),
    "photos": ("没有提交的照片到时清理", "Photos that were never sent are cleared away"),
    "retention": ("个人信息的保存和删除期限由法律定", "How long personal data is kept is set by law"),
    "security": ("登录、验证码、密钥和邀请的有效期是安全要求", "Lifetimes of sign-ins, codes, keys and invitations are for safety"),
    "appointment": ("和承运商约好的上门时间，改期走重新预约", "A time agreed with the carrier; it is changed by booking anew"),
    "release": ("规则包开始发布、归属变更的时间由平台定", "When a pack is released, or whose it is, is the platform's to say"),
    "machine": ("机器之间的重试、租约和排程，没有人在等", "Retries, leases and schedules between machines; nobody is waiting"),
    "record": ("只是记下发生的时间，或由人填写的日期", "Only notes when something happened, or a date somebody typed"),
    "limit": ("策略自己的生效期和限额周期由商家定", "A strategy's own days and the periods of its limits are the merchant's"),
    "money": ("金额的额度按天算，不是时限", "A limit of money by day, not a time to act"),
    "measure": ("统计口径里的天数，时长统计另外扣除暂停", "Days of a measure; durations leave suspended time out by themselves"),
}
"""Times that are on no statement, with the reason nothing stops them."""


def stops_of(name: str) -> tuple[str, ...]:
    """The names by which a suspension stops this time; none where it does not. A clock of a state is stopped by its own."""
    if name in CLOCKS:
        return (name,)
    return BESIDE[name].stops_with if name in BESIDE else ()


def why_not(name: str) -> Pair | None:
    """Why no suspension stops this time; None where one does."""
    return BESIDE[name].why_not if name in BESIDE else None


def covers(suspension: Suspension, name: str) -> bool:
    """Whether it names this kind of time, wherever the case is."""
    by = stops_of(name)
    return bool(by) and (not suspension.clocks or not suspension.clocks.isdisjoint(by))


def kind_of(name: str) -> str:
    """What a clock or a time beside the states is of: a kind of case, `order` or `compensation`."""
    if name in BESIDE:
        return BESIDE[name].kind
    if name in DEFAULT_CLOCKS:
        return DEFAULT_CLOCKS[name].kind
    return "cancellation" if name in OF_CANCELLATION else "service_order"


__all__ = ["BESIDE", "ELSEWHERE", "SUSPENDABLE", "Kind", "covers", "kind_of", "stops_of", "why_not"]
