"""An upheld appeal gives an order back exactly what a judgement took from it: lines, pieces, what can be asked for, stock and purses are as in a life without that judgement (DI-8)."""

from __future__ import annotations

import random
from typing import Any

import pytest

from amends.core.refusal import Refusal
from amends.core.verbs import buyer as b
from amends.core.verbs import cancel as c
from amends.core.verbs import dispute as v
from amends.engine.cancelling import cancel_options
from tests.engine.cancel_desk import ask, on_the_way, unshipped
from tests.engine.dispute_desk import dispute, house, judged, paid, purses, upheld
from tests.engine.together import stands
from tests.shop import LIN, Shop, open_shop

PAID = 19_900
STEPS = {"none": (), "reviewing": (), "rejected": (c.RejectCancellation("buyer_agreed", "已沟通"), None), "withdrawn": (b.Withdraw(), LIN)}


def opened(shop: Shop, how: str, sent: bool, pieces: tuple[tuple[int, int], ...]) -> tuple[str, str, str]:
    """An order of two lines, its cancellation as far as it got ('' where there is none), and the dispute about it."""
    lines = (("CUP", 2, PAID), ("MUG", 1, 5_000))
    order = on_the_way(shop, *lines, waybill=f"G{shop.orders}") if sent else unshipped(shop, *lines)
    case = "" if how == "none" else ask(shop, order, *pieces).case_id
    if len(STEPS[how]) == 2:
        assert shop.say(case, STEPS[how][0], STEPS[how][1]).refusal is None
    return order, case, dispute(shop, order, "cancel_order", case, by=shop.arbiter)


def goods(shop: Shop, order: str) -> dict[str, Any]:
    """Everything that is the order's: its state, lines, what can still be cancelled, and the stock."""
    options = cancel_options(shop.pool, shop.merchant, order)
    return {
        "order": shop.all("select state, refunded_minor, facts - 'x' from orders where id = %s", order), "lines": shop.all("select sku, quantity, cancelled_quantity, refunded_minor from order_lines where order_id = %s order by sku", order),
        "open": None if options is None else (list(options.left.values()), options.refusal.code if isinstance(options.refusal, Refusal) else ""),
        "stock": shop.all("select sku, on_hand, held from stock where merchant_id = %s order by sku", shop.merchant),
    }


def carried(shop: Shop, of: str) -> None:
    answer = shop.say(of, v.CarryOutJudgement())
    assert answer.refusal is None, answer.refusal.say("zh")
    house(shop)


def replaced(shop: Shop, of: str, first: dict[str, Any] | None, last: dict[str, Any], *, money: bool = False) -> None:
    """The last judgement, carried out; with `first`, another one was made, carried out, paid or not, and replaced before."""
    if first is None:
        judged(shop, of, **last)
    else:
        judged(shop, of, **first)
        carried(shop, of)
        if money:
            paid(shop, of)
        upheld(shop, of, **last)
        house(shop)
    carried(shop, of)


@pytest.mark.parametrize("sent", [False, True], ids=["unshipped", "shipped"])
@pytest.mark.parametrize("how", STEPS)
def test_goods_given_up_are_the_orders_again(pool, how, sent):
    shop = open_shop(pool, stock={"CUP": 10, "MUG": 10})
    order, case, of = opened(shop, how, sent, ())
    before, was = goods(shop, order), shop.row(case, "state") if case else None
    judged(shop, of, liability="merchant", outcome="refund", amount=PAID + 5_000)
    carried(shop, of)
    assert goods(shop, order)["order"][0][:2] == ("cancelled", PAID + 5_000)
    upheld(shop, of, liability="buyer", outcome="nothing")
    house(shop)
    after = goods(shop, order)
    assert after == before
    assert shop.row(of, "facts -> 'applied' ->> 'done', facts -> 'applied' ->> 'code'") == ("undone", "")
    if case:
        assert shop.row(case, "state") == was
    else:
        assert shop.all("select state, facts ->> 'gave_up' from cases where order_id = %s and kind = 'cancellation'", order) == [("closed", "false")]
        assert ask(shop, order).state == "reviewing"  # and can be asked for again
    stands(shop)


def test_the_buyer_who_asked_again_meanwhile_keeps_that_case(pool):
    """Of two pieces one was given up by the judgement; the other is asked for by then, so the first case stays ended and its piece comes back all the same."""
    shop = open_shop(pool)
    order = unshipped(shop, ("CUP", 2, PAID))
    first = ask(shop, order, (0, 1)).case_id
    assert shop.say(first, c.RejectCancellation("buyer_agreed", "已沟通")).refusal is None
    of = dispute(shop, order, "cancel_order", first, by=shop.arbiter)
    judged(shop, of, liability="merchant", outcome="refund", amount=PAID)
    carried(shop, of)
    assert shop.all("select cancelled_quantity from order_lines where order_id = %s", order) == [(1,)]
    again = ask(shop, order, (0, 1)).case_id
    upheld(shop, of, liability="buyer", outcome="nothing")
    house(shop)
    assert shop.all("select cancelled_quantity from order_lines where order_id = %s", order) == [(0,)]
    assert (shop.row(first, "state, facts ->> 'gave_up'"), shop.row(again, "state")) == (("closed", "false"), ("reviewing",))
    stands(shop)


def life(pool, seed: int, *, first: bool) -> dict[str, Any]:
    """One whole life by its seed; with `first`, another judgement was replaced before the last one."""
    chance, shop = random.Random(seed), open_shop(pool, stock={"CUP": 10, "MUG": 10})
    how, sent = chance.choice(list(STEPS)), chance.random() < 0.5
    pieces = () if sent or chance.random() < 0.5 else ((0, chance.randint(1, 2)),)
    order, case, of = opened(shop, how, sent, pieces)
    everything = PAID + 5_000 if how == "none" or not pieces else PAID
    verdicts = [{"liability": "merchant", "outcome": "refund", "amount": everything}, {"liability": "shared", "outcome": "refund", "amount": 4_000, "compensation": 300}, {"liability": "buyer", "outcome": "nothing"}]
    one, last, money = chance.choice(verdicts[:2]), chance.choice(verdicts), chance.random() < 0.5
    replaced(shop, of, one if first else None, last, money=money)
    stands(shop)
    held = {account: amount for account, amount in purses(shop).items() if account not in ("buyer_refund", "compensation") and not account.startswith("provider:")}
    seen = goods(shop, order)
    seen["order"] = [(state, refunded) for state, refunded, _ in seen["order"]]
    return {**seen, "purses": held, "case": shop.row(case, "state") if case else None}


@pytest.mark.parametrize("seed", range(14))
def test_lives_with_and_without_a_first_judgement_end_alike(pool, seed):
    assert life(pool, seed, first=True) == life(pool, seed, first=False)
