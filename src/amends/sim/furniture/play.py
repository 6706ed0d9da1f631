"""Plays the stories on the engine under a virtual clock, two hours at a time from the first application to now: applications, commands, clocks, effects."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from amends.core.actor import Actor, Party
from amends.core.commands import Command
from amends.core.verbs import desk as d
from amends.core.verbs.desk import RecordTransfer
from amends.engine.application import Application, Item
from amends.engine.cancelling import Cancel, Pieces, cancel
from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from amends.engine.intake import apply_for
from amends.engine.orders import confirm_receipt
from amends.engine.ringing import ring
from amends.sim.furniture.cancels import CancelStory
from amends.sim.furniture.cast import CARRIER
from amends.sim.furniture.pictures import photo
from amends.sim.furniture.plan import Story
from amends.store import clocks, files, outbox
from amends.store.connect import PLATFORM, Pool, scope
from amends.worker.cancellations import hear
from amends.worker.effects import perform

STEP = timedelta(hours=2)
EFFECTS_EVERY = 6


@dataclass(slots=True)
class Played:
    """What came of it: how many commands were carried out, and those refused in words (a few, as in life)."""

    done: int = 0
    refused: list[str] = field(default_factory=list)


def play(pool: Pool, stories: Sequence[Story | CancelStory], lines: dict[str, tuple[str, str]], chance: Random, now: datetime, by_itself: Callable[[datetime], None] = lambda at: None) -> Played:
    """All stories up to `now`. `lines`: order number → ids of the order and of its first line; `by_itself`: what acts after each step of time."""
    played, nr = Played(), count()
    pictures = _photos(pool, [s for s in stories if isinstance(s, Story)])
    todo: list[tuple[datetime, int, Story | CancelStory, str, Any]] = []
    for story in stories:
        todo.append((story.applied_at, next(nr), story, "apply", pictures.get(id(story), [])))
        todo += [(at, next(nr), story, who, say) for at, who, say in story.acts if at < now]
    todo.sort(key=lambda x: x[:2])
    steps, at = 0, todo[0][0] if todo else now
    while at < now:
        until, due = min(at + STEP, now), []
        while todo and todo[0][0] < until:
            due.append(todo.pop(0))
        _ring(pool, until)
        _acts(pool, due, lines, chance, played)
        by_itself(until)
        steps += 1
        if steps % EFFECTS_EVERY == 0 or until == now:
            _tell(pool, until)
            for merchant in outbox.merchants_waiting(pool, until):
                while perform(pool, merchant, until, 2000):
                    pass
        at = until
    return played


def _acts(pool: Pool, due: list[tuple[datetime, int, Story | CancelStory, str, Any]], lines: dict[str, tuple[str, str]], chance: Random, played: Played) -> None:
    said: dict[str, list[Asked]] = {}
    latest: dict[str, datetime] = {}
    for at, _, story, who, what in due:
        merchant = story.store.id
        if who == "apply" and isinstance(story, CancelStory):
            _cancel(pool, story, lines[story.record["number"]], at)
        elif who == "apply" and isinstance(story, Story):
            _apply(pool, story, lines[story.record["number"]], what, at)
        elif who == "confirms":
            confirm_receipt(pool, merchant, lines[story.record["number"]][0], story.customer.id, at)
        elif story.case_id:
            said.setdefault(merchant, []).extend(_asked(pool, story, who, what, chance))
            latest[merchant] = at
    for merchant, asked in said.items():
        for one, answer in zip(asked, handle(pool, asked, latest[merchant]), strict=True):
            if answer.refusal is None:
                played.done += 1
            else:
                played.refused.append(f"{answer.number} {answer.state}: {type(one.command).__name__} {answer.refusal.say('zh')}")


def _apply(pool: Pool, story: Story, line: tuple[str, str], photos: list[str], at: datetime) -> None:
    item = Item(line[1], story.quantity, story.type, story.reason, story.description or "", photos, story.goods_state)
    buyer = Actor(Party.BUYER, story.customer.id, story.customer.name)
    applied = apply_for(pool, story.store.id, Application(line[0], [item]), buyer, at, new_id())
    assert not isinstance(applied, list), (story.type, story.reason, [r.say("zh") for r in applied])
    story.case_id = applied.cases[0].case_id


def _cancel(pool: Pool, story: CancelStory, line: tuple[str, str], at: datetime) -> None:
    buyer = Actor(Party.BUYER, story.customer.id, story.customer.name)
    pieces = [Pieces(line[1], 1)] if story.part else []
    done = cancel(pool, story.store.id, Cancel(line[0], story.reason, pieces, story.words), buyer, at, new_id())
    assert not isinstance(done, list), [r.say("zh") for r in done]
    story.case_id = done.case_id


def _tell(pool: Pool, until: datetime) -> None:
    """What became of orders is told to their cancellations, as a worker would."""
    with scope(pool, PLATFORM) as conn:
        rows = conn.execute(
            "select id::text, merchant_id::text, case_id::text, effect, body, attempts from outbox where effect = 'tell_cancellation' and done_at is null and due_at <= %s order by due_at", (until,)
        ).fetchall()
    for id_, merchant, case, effect, body, attempts in rows:
        hear(pool, merchant, outbox.Waiting(id_, case, effect, body, attempts), until)
        with scope(pool, UUID(merchant)) as conn:
            outbox.done(conn, merchant, [id_], until)


def _asked(pool: Pool, story: Story | CancelStory, who: str, what: Any, chance: Random) -> list[Asked]:
    merchant = story.store.id
    if who == "buyer":
        actor = Actor(Party.BUYER, story.customer.id, story.customer.name)
    elif who == "carrier":
        actor = CARRIER
    else:
        actor = story.store.hand(who, chance)
    commands: list[Command]
    if what is None:
        with scope(pool, UUID(merchant)) as conn:
            open_ = conn.execute("select id::text from refund_requests where merchant_id = %s and case_id = %s and state = 'requested' order by id", (merchant, story.case_id)).fetchall()
        commands = [RecordTransfer(row[0], f"TX{chance.randint(10**9, 10**10 - 1)}") for row in open_]
    else:
        commands = [d.Claim() if what == "claim" else what(story, chance)]
    return [Asked(new_id(), merchant, story.case_id, c, actor) for c in commands]


def _ring(pool: Pool, until: datetime) -> None:
    """Every clock at its own instant, so that the story reads as if a worker had been there all the time."""
    while True:
        with scope(pool, PLATFORM) as conn:
            row = conn.execute("select merchant_id::text, due_at from clocks where least(remind_at, due_at) <= %s and due_at <= %s order by due_at limit 1", (until, until)).fetchone()
        if row is None:
            break
        ring(pool, row[0], row[1])
    for merchant in clocks.merchants_due(pool, until):
        clocks.remind_due(pool, merchant, until, 1000)


def _photos(pool: Pool, stories: list[Story]) -> dict[int, list[str]]:
    """Draw what is needed once each, two at a time; keep one file for each use. Answers the ids of each story's photos."""
    wanted = {id(s): [(s.product.shape, s.product.variants[0].colour, s.damage, n) for n in range(s.photos)] for s in stories if s.photos}
    distinct = sorted({(*key[:3], 0) for keys in wanted.values() for key in keys})
    with ThreadPoolExecutor(2) as drawing:
        drawn = dict(zip(distinct, drawing.map(lambda key: photo(*key), distinct), strict=True))
    ids: dict[int, list[str]] = {}
    for merchant in {s.store.id for s in stories}:
        with scope(pool, UUID(merchant)) as conn, conn.pipeline():
            for story in (s for s in stories if s.store.id == merchant and s.photos):
                for key in wanted[id(story)]:
                    data, fresh = drawn[(*key[:3], 0)], new_id()
                    files.add(conn, merchant, fresh, hashlib.sha256(data).digest(), "image/jpeg", data, story.customer.id, story.applied_at.astimezone(UTC))
                    ids.setdefault(id(story), []).append(fresh)
    return ids
