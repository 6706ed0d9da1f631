"""Days with notices of the platform: kinds of clock are suspended, changed, ended early and taken back while cases live, and workers that move clocks die in between (PO-15)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from amends.core.actor import ALL, Actor, Party
from amends.core.pack import CLOCKS
from amends.engine import suspensions
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.engine.retiming import retime
from amends.engine.suspensions import Draft
from amends.sim import days
from amends.sim.invariants_suspensions import broken_suspensions
from amends.sim.market import Market, Shop, open_market
from amends.store.connect import Pool

BOSS = By(Actor(Party.PLATFORM, new_id(), "平台", None, ALL))
REGIONS = ((), (), ("河北省",), ("广东省",))
ROUNDS = 24


def live_suspension_days(pool: Pool, seed: int, lives: int = 12) -> dict[str, int]:
    """So many cases at one merchant, with notices by chance; answers how many were made, changed, ended and taken back, and how many clocks moved. Raises days.Broken with the story.

    What it made is taken back at the end, for suspensions are of the whole platform.
    """
    market = open_market(pool, seed, 1)
    shop, did, mine = market.shops[0], dict.fromkeys(("made", "changed", "ended", "withdrawn", "moved"), 0), []  # type: ignore[var-annotated]
    try:
        days._births(market, shop, lives)
        for _ in range(ROUNDS):
            _checked(market, shop, mine, lambda: _notice(market, mine, did))
            _checked(market, shop, mine, lambda: _follow(market, shop, did))
            days._step(market)
            _checked(market, shop, mine, lambda: days._ring(market, shop))
    finally:
        for suspension in mine:
            suspensions.withdraw(pool, BOSS, suspension, market.now)
        while not retime(pool, shop.id, market.now).done:
            pass
    _checked(market, shop, mine, lambda: days._ring(market, shop))
    return did


def _notice(market: Market, mine: list[str], did: dict[str, int]) -> None:
    """Something new of the platform, or nothing."""
    chance, draw = market.chance, market.chance.random()
    if draw < 0.3:
        start = market.now + timedelta(hours=chance.randint(-48, 72), seconds=chance.randint(0, 3599))
        kinds = [] if chance.random() < 0.5 else chance.sample(CLOCKS, 4)
        made = suspensions.make(market.pool, BOSS, Draft("通知", "Notice", start, start + timedelta(hours=chance.randint(60, 300)), kinds, list(chance.choice(REGIONS))), market.now)
        if isinstance(made, str):
            mine.append(made)
            did["made"] += 1
    elif mine and draw < 0.65:
        suspension = chance.choice(mine)
        start = market.now + timedelta(hours=chance.randint(0, 48))
        act = chance.choice(("changed", "ended", "withdrawn"))
        if act == "changed":
            refused = suspensions.change(market.pool, BOSS, suspension, Draft("通知", "Notice", start, start + timedelta(hours=chance.randint(10, 200))), market.now)
        else:
            refused = (suspensions.end_early if act == "ended" else suspensions.withdraw)(market.pool, BOSS, suspension, market.now)
        did[act] += not refused


def _follow(market: Market, shop: Shop, did: dict[str, int]) -> None:
    """A worker moves clocks: all of them, some before it dies, two workers together, or none has come yet."""
    draw = market.chance.random()
    if draw < 0.2:
        return
    if draw < 0.45:
        did["moved"] += retime(market.pool, shop.id, market.now, 3).moved
    elif draw < 0.7:
        with ThreadPoolExecutor(2) as two:
            did["moved"] += sum(work.result() for work in [two.submit(_whole, market, shop) for _ in range(2)])
    else:
        did["moved"] += _whole(market, shop)


def _whole(market: Market, shop: Shop) -> int:
    moved = 0
    while not (done := retime(market.pool, shop.id, market.now, 4)).done:
        moved += done.moved
    return moved + done.moved


def _checked(market: Market, shop: Shop, mine: list[str], thing: Any) -> None:
    days._looked_at(market, shop, thing)
    for wrong in broken_suspensions(market.pool, shop.id, mine):
        raise days._story(market, shop, wrong)
