"""Disputes for the pages: what a buyer opens, evidence of each kind, people of the platform."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from amends.core.actor import ALL, Actor, Party
from amends.core.verbs import dispute as v
from amends.core.verbs.review import Reject
from amends.engine.dispute import Opened, Opening
from amends.engine.disputes import open_dispute
from amends.engine.evidence_files import take_evidence
from amends.engine.ids import new_id
from tests.engine.test_evidence_files import MP4, paper
from tests.shop import LIN, Shop
from tests.web.case_cast import leaking_cup, photo, say

ARBITER = Actor(Party.PLATFORM, new_id(), "许衡", None, ALL)
SAID = "杯盖拧紧后倒放还是漏水，换了两个包都湿了。商家说是没拧紧，可是照着说明拧的。"


def dispute(shop: Shop, order: str, scenario: str = "goods_quality", case: str = "", **more: Any) -> Opened:
    """One the buyer opens; `demand`, `amount`, `photos`."""
    asked = Opening(order, scenario, more.pop("demand", "refund"), SAID, case, more.pop("amount", None), more.pop("photos", []))
    opened = open_dispute(shop.pool, shop.merchant, asked, LIN, shop.now, new_id())
    assert isinstance(opened, Opened), opened
    return opened


def refused_return(shop: Shop, **more: Any) -> Opened:
    """A return was refused, and the buyer disputes it."""
    case = leaking_cup(shop, 1)
    say(shop, case, Reject(reason="not_quality", words="检测无漏水"))
    return dispute(shop, shop.row(case, "order_id::text")[0], case=case, **more)


def unshipped(shop: Shop, **more: Any) -> str:
    """A paid order that waits to be sent, or with `shipped` is on its way."""
    shipped = more.pop("shipped", False)
    return shop.order(("CUP", 1, 13900), received=False, delivered_at=None, **({"shipped_at": shop.now - timedelta(days=1)} if shipped else {"state": "preparing"}), **more)


def papers(shop: Shop, by: str = "staff") -> list[str]:
    """A document and a video, kept and not filed yet."""
    kept = [take_evidence(shop.pool, shop.merchant, data, by, shop.now) for data in (paper(), MP4)]
    assert all(isinstance(k, str) for k in kept), kept
    return [str(k) for k in kept]


def taken_over(shop: Shop, case: str) -> None:
    """The platform steps in, and both sides say that they add nothing more."""
    for command, actor in ((v.StepIn(words="多次投诉"), ARBITER), (v.FinishEvidence(), LIN), (v.FinishEvidence(), shop.hai)):
        say(shop, case, command, actor)


def judge(**more: Any) -> v.Adjudicate:
    """A judgement of the platform's."""
    given = {
        "liability": "merchant", "outcome": "refund", "amount": 13900, "rules": ["DI-G3"], "words_buyer": "支持你的诉求，退款由商家承担。",
        "words_merchant": "没有提供有资质机构的检测结论，现有证据不足以证明人为损坏。", **more,
    }
    return v.Adjudicate(**given)


__all__ = ["ARBITER", "LIN", "SAID", "dispute", "judge", "papers", "photo", "refused_return", "taken_over", "unshipped"]
