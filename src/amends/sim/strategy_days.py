"""Days of merchants whose strategies are on: tables by chance, switched and changed meanwhile, workers that look twice, together, or die in between (SA-4 … SA-8)."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from amends.core.actor import ALL, Actor, Party
from amends.core.strategy import MODES, Action, Condition, Limits, Row
from amends.core.strategy_json import encode_rows
from amends.engine import automate, strategies
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.engine.strategy_waiting import sweep
from amends.sim import days, journeys
from amends.sim.invariants_strategies import broken_strategies
from amends.sim.market import Market, Shop, open_market
from amends.store import considering
from amends.store.connect import Pool
from amends.store.considering import Waiting

RECEIVED = {"condition": "good", "packaging": "intact", "appearance": "intact", "function": "normal", "accessories": "complete", "disposition": "sale"}
REJECT = {"reason": "other", "words": "不符合要求"}


def tables(chance: random.Random) -> dict[tuple[str, str], tuple[Row, ...]]:
    """A table for each node, with figures by chance. Limits are narrow, so that they are met."""
    def row(name: str, conditions: tuple[Condition, ...], command: str, fields: dict[str, Any] | None = None, **limits: int) -> Row:
        return Row(new_id(), name, conditions, "", Action(command, fields or {}), Limits(**limits), mode="on" if chance.random() < 0.7 else "shadow")

    paid = Condition("amount", "lt", chance.choice((3000, 9000)))
    return {
        ("service_order", "review"): (
            row("无理由同意", (Condition("reason", "in", ("no_reason", "changed_mind")), Condition("case_type", "is", "return")), "approve_return", per_buyer=chance.randint(1, 3),
                amount_per_buyer=chance.choice((6000, 20_000))),
            row("小额仅退款", (paid, Condition("responsibility", "is", "merchant")), "refund_without_return", amount=4000, amount_per_day=chance.choice((4000, 12_000)), per_day=chance.randint(1, 4)),
            row("补发", (Condition("case_type", "is", "reissue"), Condition("stock_free", "ge", 1)), "reissue_without_return", amount_per_day=6000),
            row("常申请的", (Condition("buyer_applications_30", "ge", 4),), "note", {"words": "常申请"}),
            row("其余要看的", (Condition("photos", "ge", 1),), "raise_alert", {"words": "请看照片"}, per_day=1),
        ),
        ("service_order", "receipt"): (row("签收即收货", (Condition("waybill_state", "is", "signed"),), "register_receipt", RECEIVED, per_day=chance.randint(1, 3)),),
        ("service_order", "processing"): (
            row("收齐退款", (Condition("received_all", "is", True), Condition("case_type", "is", "return")), "refund", amount=9000, per_day=2),
            row("久等退款", (Condition("minutes_open", "ge", 14 * 24 * 60), Condition("case_type", "is", "return")), "refund", amount_per_day=5000),
        ),
        ("cancellation", "review"): (row("未发货同意", (Condition("shipped", "is", False),), "approve_cancellation", amount=9000, amount_per_day=20_000),),
    }


def live_strategy_days(pool: Pool, seed: int, lives: int = 30, shops: int = 1) -> dict[str, int]:
    """So many cases at merchants with strategies; answers how often rows fired, only looked on, and were kept from it. Raises days.Broken with the story."""
    market = open_market(pool, seed, shops)
    for shop in market.shops:
        for (kind, node), rows in tables(market.chance).items():
            _publish(market, shop, kind, node, rows)
    for _ in range(3):
        for shop in market.shops:
            days._births(market, shop, lives // shops // 3)
            journeys.set_out(market, shop, lives // shops // 2)
            _checked(market, shop, lambda shop=shop: journeys.ask_to_cancel(market, shop, lives // shops // 6))
        for _ in range(10):
            days._step(market)
            for shop in market.shops:
                _checked(market, shop, lambda shop=shop: _something(market, shop))
    for shop in market.shops:
        _checked(market, shop, lambda shop=shop: _consider_all(market, shop))
        if shop.id in considering.merchants_due(pool, market.now):
            raise days._story(market, shop, "cases wait to be considered, though everything was")
    found: dict[str, int] = {}
    for shop in market.shops:
        for kind, node in tables(market.chance):
            for row in strategies.counts(pool, shop.id, kind, node, market.now, 3650).rows.values():
                for outcome in ("fired", "shadow", "refused"):
                    found[outcome] = found.get(outcome, 0) + getattr(row, outcome)
    return found


def _by(shop: Shop) -> By:
    return By(Actor(Party.MERCHANT, new_id(), "主管", shop.id, ALL))


def _publish(market: Market, shop: Shop, kind: str, node: str, rows: tuple[Row, ...]) -> None:
    draft = strategies.draft(market.pool, shop.id, kind, node)
    kept = strategies.save_draft(market.pool, _by(shop), kind, node, encode_rows(rows), draft.version, market.now)
    done = strategies.publish(market.pool, _by(shop), kind, node, "", market.now)
    if isinstance(kept, list) or isinstance(done, list):
        raise days._story(market, shop, f"the table of {kind} {node} was refused: {kept if isinstance(kept, list) else done}")


def _something(market: Market, shop: Shop) -> None:
    """A worker looks, alone or with another, or dies; a row is switched; time is looked at."""
    draw = market.chance.random()
    if draw < 0.45:
        _consider_all(market, shop)
    elif draw < 0.6:
        _consider_together(market, shop)
    elif draw < 0.7:
        considering.lease(market.pool, shop.id, market.now, 5)  # and the worker dies: its cases are looked at when the lease has run out
        market.now += considering.LEASE + timedelta(seconds=1)
    elif draw < 0.85:
        _switch(market, shop)
    else:
        while sweep(market.pool, market.now):
            pass
    days._listen(market, shop)


def _consider_all(market: Market, shop: Shop) -> None:
    while automate.work(market.pool, shop.id, market.now, 5):
        pass


def _consider_together(market: Market, shop: Shop) -> None:
    """Two workers, the same cases: what is left is leased by both, and some are considered twice on purpose."""
    rows = considering.lease(market.pool, shop.id, market.now, 10)
    if rows:
        again = [Waiting(row.case_id, row.node, row.version) for row in rows]
        with ThreadPoolExecutor(2) as two:
            for done in [two.submit(automate.consider, market.pool, shop.id, some, market.now) for some in (rows, again)]:
                done.result()


def _switch(market: Market, shop: Shop) -> None:
    kind, node = market.chance.choice((("service_order", "review"), ("service_order", "processing"), ("cancellation", "review")))
    row = market.chance.choice(strategies.table(market.pool, shop.id, kind, node).rows)
    strategies.switch(market.pool, _by(shop), kind, node, row.id, market.chance.choice(MODES), market.now)
    shop.tell("", f"{market.now:%m-%d %H:%M}  {row.name} is switched")


def _checked(market: Market, shop: Shop, thing: Any) -> None:
    days._looked_at(market, shop, thing)
    for wrong in broken_strategies(market.pool, shop.id):
        raise days._story(market, shop, wrong)
