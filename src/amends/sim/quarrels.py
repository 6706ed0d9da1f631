"""Buyers who open disputes and tickets, the platform that opens some of its own, merchants that ask: about orders, about what became of them, twice, by the wrong door (04-disputes, 05-tickets)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from amends.core.actor import Actor, Party
from amends.core.pack_disputes import CANCEL_ORDER, SCENARIOS
from amends.core.verbs.dispute import OUTCOMES
from amends.core.verbs.ticket import ASKS
from amends.engine.deadlines import pack_of
from amends.engine.dispute import Opened, Opening
from amends.engine.disputes import open_dispute
from amends.engine.ids import new_id
from amends.engine.ticket import NewTicket, TicketOpened
from amends.engine.tickets import MAY_OPEN, open_ticket
from amends.sim.market import ARBITER, Life, Market, Shop
from amends.sim.people import Surprise
from amends.store.connect import scope

TRIES = 6
NOBODY = Actor(Party.BUYER, "buyer-nobody", "路人")
_STRANGERS = "select c.id::text, c.number, c.kind, c.state, c.version, coalesce(c.buyer_id, ''), coalesce(o.paid_minor, 0), coalesce(c.order_id::text, '') from cases c left join orders o on o.merchant_id = c.merchant_id and o.id = c.order_id where c.merchant_id = %s and not c.id = any(%s::uuid[]) order by c.number"


def quarrel(market: Market, shop: Shop, many: int) -> None:
    """So many try to open a dispute or a ticket; some of them again, with the same words or with others."""
    for _ in range(many):
        if shop.opened and market.chance.random() < 0.08:
            _again(market, shop)
        elif market.chance.random() < 0.55:
            for _ in range(TRIES):  # much is refused: not yet, no more, not paid, not in that scenario
                if _dispute(market, shop):
                    break
        else:
            _ticket(market, shop)


def adopt(market: Market, shop: Shop) -> None:
    """Cases that the house has opened, for a plan, a judgement or a decision, get people who know of them."""
    with scope(market.pool, UUID(shop.id)) as conn:
        found = conn.execute(_STRANGERS, (shop.id, list(shop.lives))).fetchall()
    for case, number, kind, state, version, buyer, paid, order in found:
        shop.lives[case] = Life(case, number, Actor(Party.BUYER, buyer, f"客户{buyer[6:]}"), paid, state, version, market.chance.randint(2, 14), kind, order)
        shop.tell(number, f"{market.now:%m-%d %H:%M}  {number:<14} is opened by the house, in {state}")


def _subject(market: Market, shop: Shop) -> tuple[str, str, str, Actor, int] | None:
    """What is quarrelled about: order, case (empty: the order as such), number, its buyer, what was paid."""
    chance = market.chance
    lives = [x for x in shop.lives.values() if x.order and x.kind in ("service_order", "cancellation")]
    if lives and chance.random() < 0.6:
        life = chance.choice(lives[-40:])
        return life.order, life.id, life.number, life.buyer, life.paid
    if not shop.ways:
        return None
    way = chance.choice(shop.ways[-30:])
    return way.order, "", way.number, way.buyer, sum(x.paid for x in way.lines)


def _dispute(market: Market, shop: Shop) -> bool:
    """Whether one was opened."""
    chance, about = market.chance, _subject(market, shop)
    if about is None:
        return False
    order, case, number, buyer, paid = about
    scenario = CANCEL_ORDER if chance.random() < 0.35 else chance.choice(list(SCENARIOS))
    amount = chance.randint(1, paid + paid // 8 + 1) if chance.random() < 0.3 else None
    photos = [chance.choice(shop.photos)] if shop.photos and chance.random() < 0.3 else []
    asked = Opening(order, scenario, chance.choice(OUTCOMES[:4] * 9 + OUTCOMES), "说好的没有做到", case, amount, photos)
    actor, command = chance.choice((buyer,) * 6 + (ARBITER,) * 3 + (NOBODY,)), new_id()
    answer = open_dispute(market.pool, shop.id, asked, actor, market.now, command)
    if isinstance(answer, list):
        codes = [r.code for r in answer]
        if (actor is NOBODY) != (codes == ["dispute_subject_unknown"]):
            raise Surprise(f"{actor.name} disputes {number}: {codes}")
        shop.tell(number, f"{market.now:%m-%d %H:%M}  {actor.name} disputes {number}, {scenario} → ✗ {', '.join(codes)}")
    elif not answer.existing:
        shop.opened.append(((asked, actor, command), answer))
        shop.lives[answer.case_id] = Life(answer.case_id, answer.number, buyer, paid, "awaiting_merchant", 1, chance.randint(15, 70), "dispute", order)
        shop.tell(answer.number, f"{market.now:%m-%d %H:%M}  {answer.number:<14} {actor.name} disputes {number}: {scenario}")
        return True
    return False


def _ticket(market: Market, shop: Shop) -> None:
    chance, about = market.chance, _subject(market, shop)
    if about is None:
        return
    order, _, number, buyer, paid = about
    actor = chance.choice((buyer, buyer, buyer, ARBITER, ARBITER, shop.staff[0]))
    bound = number if actor is buyer or chance.random() < 0.7 else ""
    origin = chance.choice(MAY_OPEN[actor.party])
    subject = chance.choice(pack_of(shop.pack).tickets.of_origin(origin)).code
    sent = market.now - timedelta(hours=chance.choice((0, 1, 5, 20))) if origin == "email" else None
    asked = NewTicket(
        origin, subject, "请尽快处理", asks=chance.choice(ASKS), amount=chance.choice((None, max(paid // 2, 1))), number=bound, mail_from="office@platform.test" if origin == "email" else "", sent_at=sent,
    )
    command = new_id()
    answer = open_ticket(market.pool, shop.id, asked, actor, market.now, command)
    if isinstance(answer, list):
        raise Surprise(f"a ticket of {actor.name} on {number} was refused: {[r.code for r in answer]}")
    hidden = actor.party is not Party.BUYER
    shop.opened.append(((asked, actor, command), answer))
    shop.lives[answer.ticket_id] = Life(answer.ticket_id, answer.number, buyer, paid, "awaiting_merchant", 1, chance.randint(10, 45), "ticket", order if bound else "", hidden)
    shop.tell(answer.number, f"{market.now:%m-%d %H:%M}  {answer.number:<14} {actor.name} opens a ticket ({origin}, {subject}) about {bound or 'nothing'}")


def _again(market: Market, shop: Shop) -> None:
    """The same once more answers the same; other words under the same id are refused (SO-23)."""
    (asked, actor, command), before = market.chance.choice(shop.opened)
    ask: Any = open_dispute if isinstance(asked, Opening) else open_ticket
    again = ask(market.pool, shop.id, asked, actor, market.now, command)
    if not isinstance(again, Opened | TicketOpened) or not again.replayed or replace(again, replayed=False) != before:
        raise Surprise(f"{before.number} asked for again answered {again}")
    other = ask(market.pool, shop.id, replace(asked, words="别的话"), actor, market.now, command)
    if getattr(asked, "origin", "") != "email" and (not isinstance(other, list) or other[0].code != "command_id_reused"):
        raise Surprise(f"the id of {before.number} with other words answered {other}")
