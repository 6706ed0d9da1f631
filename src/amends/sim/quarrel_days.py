"""Days of buyers who quarrel: few service orders and cancellations, many disputes and tickets about them, looked at by the end of every day (04-disputes, 05-tickets, OP-7, OP-8)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from amends.engine.orders import confirm_receipts
from amends.sim import days, journeys
from amends.sim.aside import pay_out, tell
from amends.sim.market import Market, Shop, open_market
from amends.sim.people import step
from amends.sim.quarrel_forms import OWN
from amends.sim.quarrels import adopt, quarrel
from amends.store.connect import Pool

DAYS = 30
"""A ticket has run its whole course in a week, a judged dispute with its appeal in three."""
GOODS, WAYS, A_DAY = 5, 8, 4
"""Service orders asked for to begin with, orders on their way, rounds of people a day."""


def live_quarrel_days(pool: Pool, seed: int, lives: int = 16, pack: str = "", many: int = DAYS) -> days.Lived:
    """So many disputes and tickets at one merchant, from opening to end, over other cases of its orders. Raises days.Broken with the story."""
    market = open_market(pool, seed, 1, pack)
    shop = market.shops[0]
    live_days_of(market, lives, many)
    for _ in range(days.MONTHS):
        days._looked_at(market, shop, lambda: _a_month(market, shop))
    days.at_rest(market, shop)
    kinds = Counter(f"{shop.lives[x.id].kind} {x.state}" for x in shop.folded.values() if shop.lives[x.id].kind in OWN)
    return days.Lived(len(shop.lives), len(shop.said), many, dict(kinds), [line for _, line in shop.story])


def live_days_of(market: Market, lives: int, many: int = DAYS) -> None:
    """The days themselves, at the market's first merchant; people still mean to act when they are over."""
    shop = market.shops[0]
    days._births(market, shop, GOODS)
    journeys.set_out(market, shop, WAYS)
    journeys.ask_to_cancel(market, shop, WAYS // 3)
    shop.quarrels = lives
    for _ in range(many):
        days._looked_at(market, shop, lambda: _a_day(market, shop))


def _a_month(market: Market, shop: Shop) -> None:
    """Nobody acts any more."""
    market.now += timedelta(days=20)
    confirm_receipts(market.pool, market.now)
    for thing in days.LATER:
        thing(market, shop)


def _a_day(market: Market, shop: Shop) -> None:
    """People act in rounds; between them the house works, clocks ring, orders go on, money arrives; some days nobody comes."""
    chance = market.chance
    for _ in range(A_DAY):
        market.now += timedelta(minutes=chance.randint(60, 600))
        if shop.quarrels > 0 and chance.random() < 0.5:
            shop.quarrels -= 1
            quarrel(market, shop, 1)
        step(market, shop, 4 + len(shop.lives) // 2)
        draw = chance.random()
        if draw < 0.45:
            tell(market, shop)
            adopt(market, shop)
        elif draw < 0.65:
            days._perform(market, shop)
        elif draw < 0.9:
            days._ring(market, shop)
        elif draw < 0.95:
            journeys.go_on(market, shop)
        else:
            pay_out(market, shop)
    if chance.random() < 0.15:
        market.now += timedelta(days=chance.randint(1, 4))
