"""What reaches cases from beside the desk: news of their orders, told by the house, and answers of payment providers that are late, come again, or refuse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from amends.core.actor import PROVIDER_ACTOR
from amends.core.verbs.outside import RefundMoved, RetryRefund
from amends.engine.audit import By
from amends.engine.handle import Asked, handle
from amends.engine.house import House
from amends.engine.ids import new_id
from amends.engine.payout_answers import record_transfer
from amends.sim.market import Market, Shop
from amends.store import outbox
from amends.store.connect import Database
from amends.worker.outside import OUTSIDE

NEWS = ["tell_cancellation"]
HOUSE = ["open_service_order", "end_service_order", "carry_plan", "apply_remedy", "undo_remedy"]
"""What the house does by itself for disputes and tickets, and tells them."""


@dataclass(slots=True)
class Standing:
    """A clock that says the market's time."""

    market: Market

    def now(self) -> datetime:
        """The market's instant."""
        return self.market.now


def tell(market: Market, shop: Shop) -> None:
    """A worker tells cancellations what became of their orders; sometimes it dies after it has told and before it has ticked it off, and another tells it again."""
    dies, house = market.chance.random() < 0.3, House(market.pool, Standing(market), Path(), False, b"", Database(""))
    leased = outbox.lease(market.pool, shop.id, [*NEWS, *HOUSE], market.now, 100)
    for effect in leased:
        again_at = OUTSIDE[effect.effect](house, shop.id, effect, market.now)
        if not dies:
            outbox.leased_done(market.pool, shop.id, effect, market.now, again_at)
    if leased:
        news = sum(effect.effect in NEWS for effect in leased)
        shop.tell("", f"{market.now:%m-%d %H:%M}  {news} cancellations hear of their orders, {len(leased) - news} things are done for disputes and tickets{', and the worker dies' if dies else ''}")
        market.now += timedelta(minutes=3) * dies  # as long as a lease lasts


def money_arrives(market: Market, shop: Shop) -> None:
    """Finance asks again for what failed, and in the end providers move everything they were asked for."""
    asked = [(case, request) for case, requests in shop.requests.items() for request in requests]
    for command, actor in ((RetryRefund, shop.staff[0]), (RefundMoved, PROVIDER_ACTOR)):
        handle(market.pool, [Asked(new_id(), shop.id, case, command(request), actor) for case, request in asked], market.now)
    pay_out(market, shop)


def pay_out(market: Market, shop: Shop) -> None:
    """Finance pays compensation by hand."""
    for payout in shop.payouts:
        record_transfer(market.pool, By(shop.staff[0]), payout, "T-1", market.now)
