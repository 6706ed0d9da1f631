"""Days of a marketplace: applications, commands, clocks that ring late, effects that are interrupted and repeated; every invariant after every step (OP-7, OP-8)."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from amends.core.actor import Party
from amends.core.cases import TABLES
from amends.core.refusal import Refusal
from amends.engine.application import RETURN_WAYS, Application, Applied, Item
from amends.engine.deadlines import pack_of
from amends.engine.holding import expire
from amends.engine.ids import new_id
from amends.engine.intake import apply_for
from amends.engine.orders import confirm_receipts
from amends.engine.ringing import ring
from amends.sim.aside import money_arrives, tell
from amends.sim.invariants import broken, crossed
from amends.sim.journeys import ask_to_cancel, go_on, set_out
from amends.sim.market import Life, Market, Shop, Wish, new_orders, open_market
from amends.sim.people import Surprise, step
from amends.sim.quarrel_forms import OWN
from amends.sim.quarrels import adopt, quarrel
from amends.store import clocks, outbox
from amends.store.connect import Pool, scope
from amends.worker.effects import PERFORM, perform

ACTS_OF_A_LIFE = 26
STEPS_OF_A_LIFE = 4
"""So many batches, on average, lie between two acts of one life."""
WAVES = 5
MONTHS = 8
AT_ONE_INSTANT = 4
"""No case has so many clocks one after the other that a worker who comes late finds all of them over."""


class Broken(Exception):
    """An invariant does not hold; the message is what is wrong and the story that led there."""


@dataclass(slots=True)
class Lived:
    """What came of the days: how many lives, commands carried out, steps checked, and the states the cases ended in."""

    lives: int
    acts: int
    steps: int
    states: dict[str, int]
    stories: list[str]


def live_days(pool: Pool, seed: int, lives: int, shops: int = 3, pack: str = "") -> Lived:
    """So many cases, two service orders for every cancellation, shared out among new merchants, from application to end. Raises Broken with the story."""
    market = open_market(pool, seed, shops, pack)
    waves = [lives * (n + 1) // WAVES - lives * n // WAVES for n in range(WAVES)]
    days, steps = ACTS_OF_A_LIFE * STEPS_OF_A_LIFE // WAVES // 2, 0
    for born in waves:
        for n, shop in enumerate(market.shops):
            many = born * (n + 1) // shops - born * n // shops
            _births(market, shop, many - many // 3)
            set_out(market, shop, many)
            _looked_at(market, shop, lambda shop=shop, many=many: ask_to_cancel(market, shop, many // 3))
            shop.quarrels += many // 2
        for _ in range(days):
            steps += _step(market)
    while any(life.acts > 0 for shop in market.shops for life in shop.lives.values()):
        steps += _step(market)
    steps += _come_to_rest(market)
    states: dict[str, int] = {}
    for shop in market.shops:
        for life in shop.folded.values():
            states[life.state] = states.get(life.state, 0) + 1
    return Lived(sum(len(s.lives) for s in market.shops), sum(len(s.said) for s in market.shops), steps, states, [line for s in market.shops for _, line in s.story])


def _step(market: Market) -> int:
    """Some time passes; at every merchant people act, then perhaps clocks ring and effects are performed. Each is looked at by itself."""
    chance, steps = market.chance, 0
    market.now += timedelta(minutes=chance.randint(5, 600)) + timedelta(days=3) * (chance.random() < 0.06)
    for shop in market.shops:
        things = [lambda shop=shop: step(market, shop, 4 + len(shop.lives) // STEPS_OF_A_LIFE)]
        if chance.random() < 0.4:
            things.append(lambda shop=shop: _ring(market, shop))
        if chance.random() < 0.35:
            things.append(lambda shop=shop: _perform(market, shop))
        if chance.random() < 0.4:
            things.append(lambda shop=shop: chance.choice((go_on, go_on, tell))(market, shop))
        if shop.quarrels > 0 and chance.random() < 0.3:
            things.append(lambda shop=shop: _quarrel(market, shop))
        for thing in things:
            _looked_at(market, shop, thing)
            steps += 1
    if chance.random() < 0.03:
        _no_row_crosses(market)
    return steps


def _quarrel(market: Market, shop: Shop) -> None:
    """Some of the disputes and tickets there will be; and the house does what those before asked of it, mostly."""
    many = min(shop.quarrels, market.chance.randint(1, 3))
    shop.quarrels -= many
    quarrel(market, shop, many)
    if market.chance.random() < 0.7:
        tell(market, shop)
    adopt(market, shop)


def _looked_at(market: Market, shop: Shop, thing: Any) -> None:
    try:
        thing()
    except Surprise as surprise:
        raise _story(market, shop, str(surprise)) from None
    for wrong in broken(market.pool, shop):
        raise _story(market, shop, wrong)


def _no_row_crosses(market: Market) -> None:
    for wrong in crossed(market.pool, market.shops):
        raise _story(market, market.shops[0], wrong)


def _story(market: Market, shop: Shop, wrong: str) -> Broken:
    """What is wrong, the story of the case it names, and the last that happened at this merchant."""
    about = {number for number, _ in shop.story if number and number in wrong}
    own = [line for number, line in shop.story if number in about]
    return Broken("\n".join([f"seed {market.seed}, {shop.name}: {wrong}", *own, "…", *(line for _, line in shop.story[-25:])]))


def _births(market: Market, shop: Shop, many: int) -> None:
    """Orders are received, and buyers apply; some twice, some for what they may not have. Goes on until `many` service orders were opened."""
    chance, opened, tries = market.chance, 0, 0
    new_orders(market, shop, many * 2)
    reasons = [(t, leaf.code, leaf) for t, groups in pack_of("jd").reasons.items() for g in groups for leaf in g.leaves if g.code != "gold" or chance.random() < 0.1]
    reasons += [r for r in reasons if r[2].no_reason] * 3
    while opened < many and tries < many * 8:
        tries += 1
        line = chance.choice(shop.lines[-3 * many:])
        type_, reason, leaf = chance.choice(reasons)
        photos = [shop.photos.pop()] if shop.photos and (leaf.photos_required or chance.random() < 0.2) else []
        said = ("", "unopened", "opened")[tries % 3] if type_ in ("return", "exchange") else ""
        item = Item(line.id, chance.randint(1, line.quantity) if chance.random() < 0.9 else 4, type_, reason, chance.choice(("坏了", "少了一个", "漏水，希望换一个新的", "漏电，要投诉")) if leaf.text_required or chance.random() < 0.5 else "", photos, said)
        wish = Wish(Application(line.order, [item], chance.choice(RETURN_WAYS)), line.buyer, new_id())
        if shop.applied and chance.random() < 0.05:
            wish, before = chance.choice(shop.applied)
            again = _apply(market, shop, wish)
            if not isinstance(again, Applied) or replace(again, replayed=False) != before or not again.replayed:
                raise _story(market, shop, f"the application {before.number} again answered {again}")
            continue
        applied = _apply(market, shop, wish)
        if isinstance(applied, list):
            shop.photos[:0] = photos
            shop.tell("", f"{market.now:%m-%d %H:%M}  {line.buyer.name} applies → ✗ {', '.join(r.code for r in applied)}")
            continue
        if applied.number:
            shop.applied.append((wish, applied))
        for case in applied.cases:
            if not case.existing:
                opened += 1
                shop.lives[case.case_id] = Life(case.case_id, case.number, line.buyer, line.paid, acts=chance.randint(4, 2 * ACTS_OF_A_LIFE - 4), order=line.order)
                shop.tell(case.number, f"{market.now:%m-%d %H:%M}  {case.number:<14} {line.buyer.name} applies: {type_} {reason} × {item.quantity}")
    _looked_at(market, shop, lambda: None)


def _apply(market: Market, shop: Shop, wish: Wish) -> Applied | list[Refusal]:
    return apply_for(market.pool, shop.id, wish.application, wish.buyer, market.now, wish.command_id)


def _ring(market: Market, shop: Shop) -> None:
    """A worker wakes up, perhaps days late; ringing again at once moves nothing."""
    reminded = clocks.remind_due(market.pool, shop.id, market.now, 1000)
    expired = expire(market.pool, market.now)
    rang = ring(market.pool, shop.id, market.now)
    for _ in range(AT_ONE_INSTANT):  # what a clock arms may be over as well: a ticket late with its answer is late for its transfer (TI-2)
        rang += (more := ring(market.pool, shop.id, market.now))
    if more:
        raise Surprise("clocks go on ringing at one instant")
    if rang or reminded or expired:
        shop.tell("", f"{market.now:%m-%d %H:%M}  {rang} clocks ring, {reminded} reminders, {expired} holds run out")
    _listen(market, shop)


def _listen(market: Market, shop: Shop) -> None:
    """People look at their cases again, mostly."""
    with scope(market.pool, UUID(shop.id)) as conn:
        for case, state, version in conn.execute("select id::text, state, version from cases where merchant_id = %s order by number", (shop.id,)).fetchall():
            life = shop.lives.get(case)
            if life and (life.state, life.version) != (state, version):
                shop.tell(life.number, f"{market.now:%m-%d %H:%M}  {life.number:<14} now in {state} v{version}")
                life.state, life.version = state, version


def _perform(market: Market, shop: Shop) -> None:
    """A worker performs what waits; sometimes it dies before its commit, sometimes what was done is delivered once more."""
    draw = market.chance.random()
    if draw < 0.3:
        _die_performing(market, shop)
    if draw < 0.2:
        return
    many = perform(market.pool, shop.id, market.now, 500)
    shop.tell("", f"{market.now:%m-%d %H:%M}  {many} effects performed{' after a crash' if draw < 0.3 else ''}")
    if draw > 0.7:
        _deliver_again(market, shop)


def _die_performing(market: Market, shop: Shop) -> None:
    """Everything up to the commit, and then no commit."""
    with market.pool.connection() as conn:
        taken = outbox.take(conn, shop.id, market.now, 500)
        for name in dict.fromkeys(w.effect for w in taken):
            group = [w for w in taken if w.effect == name]
            PERFORM[name](conn, shop.id, group, market.now)
            outbox.done(conn, shop.id, [w.id for w in group], market.now)
        conn.rollback()


def _deliver_again(market: Market, shop: Shop) -> None:
    """Effects that are done come once more, as after a restored backup or a queue that lost a tick."""
    with scope(market.pool, UUID(shop.id)) as conn:
        rows = conn.execute(
            "select id::text, case_id::text, effect, body, attempts from outbox where merchant_id = %s and done_at is not null and not outside order by due_at, effect, body ->> 'version' limit 40", (shop.id,)
        ).fetchall()
        for row in rows:
            PERFORM[row[2]](conn, shop.id, [outbox.Waiting(*row)], market.now)


def _come_to_rest(market: Market) -> int:
    """Nobody acts any more, but money and news arrive: clocks ring and effects are performed until nothing is due. What is left waits for a person of a named side."""
    steps = 0
    for shop in market.shops:
        for _ in range(MONTHS):
            market.now += timedelta(days=20)
            confirm_receipts(market.pool, market.now)
            for thing in LATER:
                _looked_at(market, shop, lambda thing=thing, shop=shop: thing(market, shop))
                steps += 1
        at_rest(market, shop)
    _no_row_crosses(market)
    return steps


def at_rest(market: Market, shop: Shop) -> None:
    """Whatever is still open is late, and waits for a person. Raises Broken with the story."""
    for case in shop.folded.values():
        kind = shop.lives[case.id].kind
        state = TABLES[kind].states[case.state]
        person = kind in OWN or (kind == "service_order" and state.waits_on is Party.MERCHANT)
        if not state.final and not (person and case.body.get("late")):
            raise _story(market, shop, f"{case.number}: still in {state.name}, though nobody acted for months")


def _perform_all(market: Market, shop: Shop) -> None:
    while perform(market.pool, shop.id, market.now, 500):
        pass


LATER = (_ring, _perform_all, tell, adopt, money_arrives)
"""What happens when nobody acts any more."""
