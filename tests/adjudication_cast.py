"""Disputes for the platform's desk: a refused return in dispute with evidence of both sides, and the platform's people who judge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from amends.core.actor import Actor, Party
from amends.core.cases import MACHINES
from amends.core.permissions import preset
from amends.core.verbs import dispute as v
from amends.core.verbs.review import Reject
from amends.engine.dispute import Opened, Opening
from amends.engine.disputes import open_dispute
from amends.engine.ids import new_id
from amends.engine.photos import take_photo
from tests.shop import LIN, Shop
from tests.web.case_cast import picture

SAID = "左耳完全没有声音，换了手机也一样。商家说我人为损坏，但我没有摔过。"


def judge_of(name: str, role: str = "arbiter", id_: str = "") -> Actor:
    """Somebody of the platform with a role to begin with."""
    return Actor(Party.PLATFORM, id_ or new_id(), name, None, preset(role, Party.PLATFORM, MACHINES))


def photo(shop: Shop, by: str, colour: tuple[int, int, int]) -> str:
    """A picture already uploaded."""
    kept = take_photo(shop.pool, shop.merchant, picture(colour), by, shop.now)
    assert isinstance(kept, str), kept
    return kept


def disputed(shop: Shop, amount: int = 24_500, *, evidence: bool = True, quantity: int = 1) -> str:
    """A refused return in dispute, with the merchant's ground and the evidence of both, waiting for its evidence to close; answers its id."""
    order = shop.order(("CUP", quantity, amount))
    case = shop.apply(order, reason="no_reason", quantity=quantity, photos=[photo(shop, "buyer-lin", (90, 90, 90))])
    assert shop.say(case, Reject(reason="not_quality", words="人为损坏")).refusal is None
    filed = [photo(shop, "buyer-lin", (180, 120, 70)), photo(shop, "buyer-lin", (150, 150, 160))] if evidence else []
    opened = open_dispute(shop.pool, shop.merchant, Opening(order, "goods_quality", "return_and_refund" if evidence else "refund", SAID, case, None, filed), LIN, shop.now, new_id())
    assert isinstance(opened, Opened), opened
    asked = v.AskForJudgement(ground="damaged_by_use", words="寄回检测显示右侧外壳有跌落痕迹，属于人为，不在三包范围。")
    assert shop.say(opened.case_id, asked).refusal is None
    if evidence:
        brought = [photo(shop, "agent", (110, 130, 160)), photo(shop, "agent", (190, 160, 110))]
        assert shop.say(opened.case_id, v.AddEvidence(evidence="inspection_report", words="检测单（缺机构章）", photos=brought)).refusal is None
    return opened.case_id


def to_judge(shop: Shop, amount: int = 24_500, **more: Any) -> str:
    """The same, taken over by the platform: it waits for a judgement."""
    case = disputed(shop, amount, **more)
    assert shop.say(case, v.StepIn(words="材料已齐"), shop.arbiter).state == "awaiting_adjudication"
    for actor in (LIN, shop.hai):
        assert shop.say(case, v.FinishEvidence(), actor).refusal is None
    return case


@dataclass
class Verdict:
    """What a judgement is made of in the tests."""

    liability: str = "merchant"
    outcome: str = "refund"
    amount: int | None = 24_500

    def command(self, kind: type[v.Adjudicate] = v.Adjudicate, **more: Any) -> v.Adjudicate:
        """As a command."""
        amount = self.amount if self.outcome in ("refund", "return_and_refund") else None
        given = {"liability": self.liability, "outcome": self.outcome, "amount": amount, "rules": ["DI-G3"], "words_buyer": "支持退款", "words_merchant": "证据不足", **more}
        return kind(**given)
