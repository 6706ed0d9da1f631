"""What a row asks of the buyer or marks, it does once for a case: an answer does not make it ask again (SA-3, SA-4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from amends.core.verbs.buyer import Answer
from amends.core.verbs.desk import AcknowledgeAlert
from amends.core.verbs.negotiation import DeclineProposal
from amends.engine import strategy_trial
from amends.engine.ringing import ring
from tests.engine.strategy_shop import consider, decisions, publish, row, state, waiting
from tests.shop import LIN, Shop, open_shop

MONEY = {"offer": "refund_only", "amount": 2000, "words": "不用退货，退您 20 元"}


@pytest.fixture
def shop(pool) -> Shop:
    return open_shop(pool)


def decline(shop: Shop, case: str) -> None:
    assert shop.say(case, DeclineProposal(1, "不行，我要退货"), LIN).refusal is None


def lapse(shop: Shop, case: str) -> None:
    shop.now += timedelta(days=3)
    ring(shop.pool, shop.merchant, shop.now)
    assert state(shop, case) == "reviewing"


def answer(shop: Shop, case: str) -> None:
    assert shop.say(case, Answer("照片在相册里找不到了"), LIN).refusal is None


def acknowledge(shop: Shop, case: str) -> None:
    assert shop.say(case, AcknowledgeAlert("看过了，可以")).refusal is None


@pytest.mark.parametrize(("command", "fields", "then"), [
    ("propose", MONEY, decline), ("propose", MONEY, lapse), ("ask_buyer", {"missing": "photos", "words": "请补一张照片"}, answer), ("raise_alert", {"words": "请主管看过"}, acknowledge),
], ids=["declined", "let-pass", "answered", "acknowledged"])
def test_asked_once_and_then_left_to_people(shop: Shop, command: str, fields: dict[str, Any], then: Callable[[Shop, str], None]) -> None:
    limits = {"amount": 5000} if command == "propose" else None
    publish(shop, row("先问客户", command, fields=fields, **({"limits": limits} if limits else {})), row("其余同意"))
    case = shop.apply(shop.order(("CUP", 1, 9900)))
    consider(shop)
    then(shop, case)
    assert waiting(shop) == 1, "the case is looked at again"
    consider(shop)
    assert (state(shop, case), [d[:3] for d in decisions(shop)]) == ("reviewing", [("fired", command, None)])
    told = strategy_trial.fits(shop.pool, shop.merchant, case, None, shop.now)
    assert (told[0].wins, told[0].refusal.code if told[0].refusal else None) == (False, "strategy_once")
