"""The answer to "may this be asked for, and why?" (PO-1), and its sentence for a buyer in both languages (SO-2).

A verdict is codes, instants and references into the pack; sentences are made only when somebody reads them.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from amends.core.pack import Payer, ServiceType

Stamp = Literal["platform_signature", "carrier_trace", "staff_date", "receipt_confirmed"]
Pair = tuple[str, str]
"""A text in Chinese and English."""
Standing = Literal["open", "person", "overridden", "refused"]
"""`person`: it is taken in for a person at the merchant to judge (ST-040)."""
NOTHING: Pair = ("", "")
NOT_OVERRIDABLE = frozenset({"OR-5", "SO-3", "SO-27", "ST-K1"})


@dataclass(frozen=True, slots=True)
class FreightBy:
    """Who pays the way back and the way out (PO-7). `back` is None when nothing goes back. `insured`: freight insurance pays first."""

    back: Payer | None
    out: Payer
    insured: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one type may be asked for with one reason, and why (PO-1).

    `until`: the instant (UTC) at which the window ends, exclusive; also given when it has passed, None when no window was looked at.
    `code`: key of SENTENCES here. `rule`: number of the rule that decided, `source`: key of the pack's sources, empty where no figure decided.
    `counted_from`, `counted_at`: the stamp of receipt that counted (OR-4a). `manual`: a person must decide; it is not refused outright.
    `would_take`: keys of WOULD_TAKE, what it would take to be allowed; empty when allowed.
    `about`: the goods, finding or reason the rule speaks of. `tz`: the wall clock in which instants are told.
    """

    type: ServiceType
    reason: str
    allowed: bool
    code: str
    rule: str
    source: str
    tz: str
    until: datetime | None = None
    days: int = 0
    counted_from: Stamp | None = None
    counted_at: datetime | None = None
    freight: FreightBy | None = None
    manual: bool = False
    would_take: tuple[str, ...] = ()
    about: Pair = NOTHING

    @property
    def overridable(self) -> bool:
        """Staff may act against it (ST-057): a rule of the pack closed it, not the order's state, the count or the reason's name."""
        return not self.allowed and self.rule not in NOT_OVERRIDABLE

    def standing(self, may_override: bool = False, reason: str = "") -> Standing:
        """How a request stands: staff act against eligibility with the permission `eligibility_override` and a recorded reason (ST-057)."""
        if self.allowed:
            return "open"
        if self.overridable and may_override and reason.strip():
            return "overridden"
        return "person" if self.manual else "refused"

    @property
    def facts(self) -> Mapping[str, Any]:
        """What a machine needs beside the code: RFC 3339 instants, plain codes."""
        return {
            "type": self.type, "reason": self.reason, "rule": self.rule, "days": self.days,
            "until": self.until.isoformat() if self.until else None,
            "counted_from": self.counted_from, "counted_at": self.counted_at.isoformat() if self.counted_at else None,
            "about": {"zh": self.about[0], "en": self.about[1]},
        }

    def say(self, language: str) -> str:
        """One sentence in `zh` or `en` that names the rule in words. KeyError for a code without a sentence is a bug."""
        n = _index(language)
        words = {
            "type": TYPE_WORDS[self.type][n], "a_type": A_TYPE[self.type], "about": self.about[n], "days": self.days,
            "until": told(self.until, self.tz, language) if self.until else "",
            "stamp": STAMP_WORDS[self.counted_from][n] if self.counted_from else "",
            "freight": self.say_freight(language),
        }
        return SENTENCES[self.code][n].format_map(words)

    def say_freight(self, language: str) -> str:
        """Who pays the ways, in words (PO-7); empty when nothing is allowed."""
        if self.freight is None:
            return ""
        n = _index(language)
        payer = PAYER_WORDS[self.freight.back if self.freight.back else self.freight.out][n]
        key = "out" if self.freight.back is None else "insured" if self.freight.insured else "back"
        return FREIGHT_WORDS[key][n].format(payer=payer)

    def say_would_take(self, language: str) -> list[str]:
        """What would make it allowed, one clause each."""
        return [WOULD_TAKE[key][_index(language)] for key in self.would_take]


def without_stock(verdict: Verdict) -> Verdict:
    """The verdict on an exchange that stock cannot cover, where only what is there may be asked for (ST-K1); what is closed already stays as it is."""
    if not verdict.allowed and not verdict.manual:
        return verdict
    return replace(verdict, allowed=False, manual=False, code="no_stock", rule="ST-K1", source="", would_take=("other_type",), freight=None)


def _index(language: str) -> int:
    return 0 if language.startswith("zh") else 1


def told(at: datetime, tz: str, language: str) -> str:
    """An instant on the wall clock of `tz`; midnight is told as 24:00 of the day before, as windows end (ST-041)."""
    wall = at.astimezone(ZoneInfo(tz))
    clock = f"{wall:%H:%M}"
    if clock == "00:00":
        wall, clock = wall - timedelta(days=1), "24:00"
    if _index(language) == 0:
        return f"{wall.year}年{wall.month}月{wall.day}日 {clock}"
    return f"{clock} on {wall.day} {MONTHS[wall.month - 1]} {wall.year}"


MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
TYPE_WORDS: dict[str, Pair] = {"return": ("退货", "return"), "exchange": ("换货", "exchange"), "repair": ("维修", "repair"), "reissue": ("补发", "reissue")}
A_TYPE = {"return": "a return", "exchange": "an exchange", "repair": "a repair", "reissue": "a reissue"}
PAYER_WORDS: dict[str, Pair] = {"buyer": ("由客户承担", "the buyer"), "merchant": ("由商家承担", "the merchant"), "platform": ("由平台承担", "the platform")}
FREIGHT_WORDS: dict[str, Pair] = {
    "back": ("寄回运费{payer}", "{payer} pays the way back"),
    "out": ("寄出运费{payer}", "{payer} pays the way out"),
    "insured": ("寄回运费先由运费险赔付，不足部分{payer}", "freight insurance pays the way back first, then {payer}"),
}
STAMP_WORDS: dict[str, Pair] = {
    "platform_signature": ("平台配送签收", "the signature given to the platform's carrier"),
    "carrier_trace": ("物流轨迹显示送达", "the arrival shown by the carrier's trace"),
    "staff_date": ("商家登记的收货时间", "the date of receipt entered by staff"),
    "receipt_confirmed": ("确认收货", "the confirmation of receipt"),
}
SENTENCES: dict[str, Pair] = {
    "open_no_reason": (
        "可以申请：{days}天无理由{type}，从{stamp}的次日算起，{until}前有效；{freight}",
        "Open without a reason ({days}-day {type}), counted from the day after {stamp}, until {until}; {freight}",
    ),
    "open_gift": (
        "可以申请：赠品须与主商品一起退回，{days}天无理由{type}，{until}前有效；{freight}",
        "Open together with the goods this gift came with ({days}-day {type}), until {until}; {freight}",
    ),
    "open_fault": (
        "可以申请：非客户原因{type}，从{stamp}的次日算起{days}天，{until}前有效；{freight}",
        "Open for what is not the buyer's fault: {a_type} within {days} days, counted from the day after {stamp}, until {until}; {freight}",
    ),
    "open_guarantee": (
        "可以申请：按三包规定{days}天内{type}，从{stamp}的次日算起，{until}前有效；{freight}",
        "Open under the three guarantees: {a_type} within {days} days, counted from the day after {stamp}, until {until}; {freight}",
    ),
    "open_service": (
        "可以申请：{about}，从{stamp}的次日算起{days}天，{until}前有效；{freight}",
        "Open: {about} within {days} days, counted from the day after {stamp}, until {until}; {freight}",
    ),
    "not_received": (
        "还没有确认收货：收货前退款请走“取消订单”，确认收货后再申请{type}",
        "Receipt is not confirmed: before it, ask to cancel the order; {a_type} can be asked for afterwards",
    ),
    "no_stock": ("这件商品目前没有可换的库存，可申请其他售后类型，或等到货后再申请{type}", "There is nothing in stock to exchange it for; choose another type, or ask again when it is back"),
    "nothing_received": ("这件商品没有收到可办理售后的数量，请联系商家", "No piece of these goods was received, so there is nothing to ask {a_type} for; contact the merchant"),
    "nothing_left": ("这件商品的数量都已在服务单上，请查看已有的服务单", "Every piece of these goods is on a service order already; look at that one"),
    "reason_unknown": ("{type}没有这个原因，请从列表中选择", "There is no such reason for {a_type}; choose one from the list"),
    "reason_is_group": ("“{about}”是原因分类，请选择其中的具体原因", "“{about}” is a group of reasons; choose one inside it"),
    "reason_not_for_goods": ("“{about}”不适用于这类商品，请选择其他原因", "“{about}” does not go with this kind of goods; choose another reason"),
    "not_without_fault": ("无理由规则不含{type}；商品有问题时可选择相应原因申请", "The no-reason rule does not cover {a_type}; choose the reason that names the fault, if there is one"),
    "not_offered": ("本店规则没有开放{type}，可选择其他售后类型", "The rules offer no {type} for these goods; choose another type"),
    "over_no_reason": (
        "{days}天无理由{type}已于{until}到期(从{stamp}的次日算起)；商品有问题时可选择相应原因",
        "The {days}-day {type} without reason ended {until} (counted from the day after {stamp}); choose the reason that names the fault, if there is one",
    ),
    "over_fault": ("{type}期限{days}天，已于{until}到期(从{stamp}的次日算起)", "The {days} days for {a_type} ended {until} (counted from the day after {stamp})"),
    "excluded": ("{about}不适用无理由退换规则；有质量问题仍可申请", "The no-reason rule does not cover {about}; a quality fault still opens {a_type}"),
    "unfit": ("商品须完好才能无理由{type}：{about}", "Without a reason, goods must be fit for resale: {about}"),
    "not_handled": ("属于不予办理的情形：{about}", "Cases like this are not handled: {about}"),
    "not_handled_unless_fault": ("属于不予办理的情形：{about}；有质量问题仍可申请", "Cases like this are not handled: {about}; a quality fault still opens {a_type}"),
    "person_decides": ("需商家人工核实：{about}", "A person at the merchant must look at this first: {about}"),
    "within_tolerance": ("重量误差在允许范围内，不属于{about}", "The weight is within the tolerance, so this is not “{about}”"),
}
WOULD_TAKE: dict[str, Pair] = {
    "cancellation": ("改为申请取消订单", "ask to cancel the order instead"),
    "open_case": ("在已有的服务单上继续", "go on with the service order there is"),
    "receipt": ("先确认收货", "confirm receipt first"),
    "other_reason": ("从列表中选择其他原因", "choose another reason from the list"),
    "fault_reason": ("商品确有质量等问题时，选择相应原因并提供凭证", "if the goods are faulty, choose that reason and give proof"),
    "other_type": ("选择其他售后类型", "choose another type"),
    "proof": ("提供凭证说明情况不属实", "give proof that this is not so"),
    "person": ("由商家人工判断", "a person at the merchant judges it"),
    "measurement": ("提供检测机构的称重证明", "give a certified weighing that shows more"),
}
