"""Limits hold whatever the action: what is approved, proposed or let stand counts as much as what is paid (SA-3, SA-4)."""

from __future__ import annotations

import pytest

from amends.core.strategy import Context, Table
from amends.core.strategy_check import check
from amends.core.strategy_json import decode_rows
from amends.core.verbs.negotiation import AcceptProposal
from tests.engine.strategy_shop import REVIEW, SO, consider, decisions, publish, row, state
from tests.shop import LIN, Shop, open_shop

RETURN = {"offer": "return", "amount": 5000, "words": "退回后退您 50 元"}
MONEY = {"offer": "refund_only", "amount": 5000, "words": "不用退货，退您 50 元"}


@pytest.fixture
def shop(pool) -> Shop:
    return open_shop(pool)


def cup(shop: Shop, paid: int = 9900, **columns) -> str:
    return shop.apply(shop.order(("CUP", 1, paid), **columns))


@pytest.mark.parametrize(("limits", "code"), [
    ({"amount": 10_000}, "strategy_limit_amount"), ({"amount_per_day": 12_000}, "strategy_limit_day_amount"), ({"amount_per_buyer": 12_000}, "strategy_limit_buyer_amount"),
], ids=["case", "day", "buyer"])
def test_approving_a_return_counts_what_was_paid_for_it(shop, limits, code):
    publish(shop, row("同意", "approve_return", limits=limits))
    small, big = cup(shop), cup(shop, 50_000)
    consider(shop)
    assert [state(shop, c) for c in (small, big)] == ["awaiting_return", "reviewing"]
    assert [d[2] for d in decisions(shop) if d[0] == "refused"] == [code]


def test_money_for_one_buyer_in_thirty_days_adds_up_and_is_each_buyers_own(shop):
    publish(shop, row("仅退款", "refund_without_return", limits={"amount": 9900, "amount_per_buyer": 19_800}))
    mine = [cup(shop) for _ in range(3)]
    consider(shop)
    assert sorted(state(shop, c) for c in mine) == ["confirming", "confirming", "reviewing"]
    assert {d[2] for d in decisions(shop) if d[0] == "refused"} == {"strategy_limit_buyer_amount"}


@pytest.mark.parametrize("fields", [RETURN, MONEY], ids=["return", "money"])
def test_a_proposal_is_made_by_itself_within_its_limit(shop, fields):
    publish(shop, row("先提方案", "propose", fields=fields, limits={"amount": 5000}))
    case = cup(shop)
    consider(shop)
    assert state(shop, case) == "negotiating"
    assert shop.say(case, AcceptProposal(), LIN).refusal is None
    assert state(shop, case) == ("confirming" if fields is MONEY else "awaiting_return")


def test_a_proposal_above_the_limit_is_left_to_people(shop):
    publish(shop, row("先提方案", "propose", fields=MONEY, limits={"amount": 5000, "amount_per_day": 9000}))
    cases = [cup(shop), cup(shop)]
    consider(shop)
    assert sorted(state(shop, c) for c in cases) == ["negotiating", "reviewing"]
    assert [d[2] for d in decisions(shop) if d[0] == "refused"] == ["strategy_limit_day_amount"]


@pytest.mark.parametrize(("action", "node", "fields", "wrong"), [
    ("propose", REVIEW, MONEY, True), ("propose", REVIEW, {"offer": "withdraw", "words": "已协商"}, False), ("settle_advance", "processing", {}, True), ("approve_return", REVIEW, {}, False),
], ids=["proposed-money", "proposed-withdrawal", "advance-stands", "approval"])
def test_what_binds_the_merchant_to_money_needs_a_limit(action, node, fields, wrong):
    made, _ = decode_rows([row("策略", action, fields=fields)])
    assert ("rows[0].limits.amount" in [r.field for r in check(Table(node, SO, 0, made), Context())]) is wrong


def test_a_limit_for_a_case_above_that_for_a_buyer_is_refused():
    made, _ = decode_rows([row("策略", limits={"amount": 200, "amount_per_buyer": 100})])
    assert [r.code for r in check(Table(REVIEW, SO, 0, made), Context())] == ["strategy_limit_order_buyer"]


def test_another_currency_is_neither_compared_nor_paid(shop):
    publish(
        shop, row("百元以下", "ask_buyer", ("amount", "lt", 10_000), fields={"missing": "photos", "words": "请补照片"}),
        row("其余", "refund_without_return", limits={"amount": 100_000}),
    )
    case = cup(shop, currency="USD")
    consider(shop)
    assert (state(shop, case), [d[1:3] for d in decisions(shop)]) == ("reviewing", [("refund_without_return", "strategy_limit_currency")])
