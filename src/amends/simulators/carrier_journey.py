"""How a parcel travels: a plan drawn from the seed and its number, so that the same parcel always travels the same way."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

CITIES = ("廊坊", "天津", "济南", "郑州", "武汉", "合肥", "南京", "杭州", "金华", "长沙", "广州", "东莞")
COURIERS = ("小周", "老秦", "阿芳", "小贺", "大龙")
KNOWN = re.compile(r"[A-Za-z0-9-]{6,40}")
"""What can be a number of this carrier's."""


@dataclass(frozen=True, slots=True)
class Scan:
    """One event to come: hours after the journey began, what, in which words, where."""

    after: float
    code: str
    words: str
    place: str


def journey(seed: int, waybill: str, first_after: float | None = None) -> list[Scan]:
    """The way to the receiver: accepted, through a few towns, out for delivery, signed. `first_after`: hours until the courier comes, if somebody booked one."""
    chance = random.Random(f"{seed}/{waybill}")
    here, *towns = chance.sample(CITIES, chance.randint(3, 5))
    at = chance.uniform(1, 5) if first_after is None else first_after
    scans = [Scan(at, "accepted", f"【{here}营业点】{chance.choice(COURIERS)}已收件", f"{here}营业点")]
    for town in towns:
        at += chance.uniform(0.5, 3)
        scans.append(Scan(at, "in_transit", f"离开【{here}分拨中心】，下一站【{town}分拨中心】", f"{here}分拨中心"))
        at += chance.uniform(3, 9)
        scans.append(Scan(at, "in_transit", f"到达【{town}分拨中心】", f"{town}分拨中心"))
        here = town
    at += chance.uniform(2, 6)
    scans.append(Scan(at, "out_for_delivery", f"【{here}营业点】{chance.choice(COURIERS)}正在派送", f"{here}营业点"))
    at += chance.uniform(1, 6)
    scans.append(Scan(at, "signed", chance.choice(("已签收，签收人：本人", "已签收，签收人：门卫", "已放入代收柜并取出")), f"{here}营业点"))
    return scans


def way_back(seed: int, waybill: str, at: float) -> list[Scan]:
    """What follows once a parcel is stopped `at` hours after its journey began: back to the sender."""
    chance = random.Random(f"{seed}/{waybill}/back")
    town = chance.choice(CITIES)
    half, end = at + chance.uniform(4, 12), at + chance.uniform(14, 30)
    return [
        Scan(at, "intercepted", "已按发件方要求拦截，退回途中", f"{town}分拨中心"), Scan(half, "in_transit", f"退回件离开【{town}分拨中心】", f"{town}分拨中心"),
        Scan(end, "returned", "退回件已交还发件方", f"{town}营业点"),
    ]


def share(seed: int, what: str, part: float) -> bool:
    """Whether this one belongs to a share of all, the same answer each time."""
    return random.Random(f"{seed}/{what}").random() < part
