"""The one road: commands in, answers out (architecture, "The route of one command").

Button, API call, clock and batch all come here. For each merchant: drop what was done (SO-23), lock the cases in id order, decide in
the order asked while folding each decision into the case, write everything at once. One refusal never spoils the rest (SO-7).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.core.actor import Actor, Party
from amends.core.buyer_sight import is_buyers
from amends.core.commands import Command
from amends.core.refusal import Refusal
from amends.engine import keywords
from amends.engine.alerts import brings_words
from amends.engine.facts import needs_of
from amends.engine.ids import is_id
from amends.engine.road import Road
from amends.store import batch
from amends.store.batch import Found, Needs
from amends.store.connect import Pool
from amends.store.wire import roll_back


@dataclass(slots=True)
class Asked:
    """One command for one case. `command_id` (a UUID) is the idempotency key; `version` is the one the asker saw, if any.

    `kind`: what the asker takes the case for (the collection of an API address); a case of another kind is not known there.
    `why`: for what acts by itself, which version of which rule decided on which facts (SO-25); it stays with the event.
    """

    command_id: str
    merchant_id: str
    case_id: str
    command: Command
    actor: Actor
    version: int | None = None
    kind: str = ""
    why: dict[str, Any] | None = None


@dataclass(slots=True)
class Answer:
    """What became of a command. `refusal` is None when it was carried out (or, for a dry run, would be).

    `replayed`: it had been carried out before and is not again. `plan`: what a dry run found would follow (SO-33): state, changes,
    clock, effects. `last`: who did what last (name, event, at), given with a version conflict (SO-22).
    """

    case_id: str
    number: str = ""
    version: int = 0
    state: str = ""
    event: str | None = None
    refusal: Refusal | None = None
    replayed: bool = False
    plan: dict[str, Any] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)
    possible: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Ahead:
    """What one command needs, read before it is known whether it may be given: its case is held until `give_back`, whatever became of it."""

    pool: Pool
    merchant: str
    case_id: str
    command_id: str
    needs: Needs
    conn: Any = None
    found: Found | None = None

    def read(self, first: Callable[[Any], None]) -> None:
        """Lock and read, in one round trip with what goes first."""
        self.conn = self.pool.getconn()
        self.found = batch.read(self.conn, self.merchant, [self.case_id], [self.command_id], self.needs, lock=True, first=first)

    def fits(self, merchant: str, ids: list[str], commands: list[str], needs: Needs) -> bool:
        """Whether it is what these commands would read."""
        return self.found is not None and (self.merchant, [self.case_id], [self.command_id], self.needs) == (merchant, ids, commands, needs)

    def give_back(self) -> None:
        """Let the case go, with nothing done if nothing was written."""
        conn, self.conn, self.found = self.conn, None, None
        if conn is not None:
            try:
                if not conn.closed:
                    roll_back(conn)
            finally:
                self.pool.putconn(conn)


def handle(pool: Pool, asked: Sequence[Asked], now: datetime, *, dry_run: bool = False, ahead: Ahead | None = None) -> list[Answer]:
    """Carry out commands, each at most once; answers in the order asked. `dry_run` writes nothing and locks nothing.

    `ahead`: what was read already; where it does not fit, it is let go.
    """
    answers: dict[int, Answer] = {}
    for merchant in dict.fromkeys(a.merchant_id for a in asked):
        mine = [(i, a) for i, a in enumerate(asked) if a.merchant_id == merchant]
        for (i, _), answer in zip(mine, _for_merchant(pool, merchant, [a for _, a in mine], now, dry_run, ahead), strict=True):
            answers[i] = answer
    return [answers[i] for i in range(len(asked))]


def _for_merchant(pool: Pool, merchant: str, asked: list[Asked], now: datetime, dry_run: bool, ahead: Ahead | None) -> list[Answer]:
    needs = needs_of(a.command for a in asked)
    ids, commands = sorted({a.case_id for a in asked if is_id(a.case_id)}), [a.command_id for a in asked]
    if ahead is not None and not dry_run and ahead.fits(merchant, ids, commands, needs):
        assert ahead.found is not None
        answers = _decided(ahead.conn, merchant, asked, now, ahead.found, dry_run=False)
        ahead.give_back()
    else:
        if ahead is not None:
            ahead.give_back()
        with pool.connection() as conn:
            try:
                answers = _decided(conn, merchant, asked, now, batch.read(conn, merchant, ids, commands, needs, lock=not dry_run), dry_run=dry_run)
            except BaseException:
                if not conn.closed:
                    conn.rollback()
                raise
    for a, answer in zip(asked, answers, strict=True):
        if answer.refusal is not None and answer.refusal.code == "version_conflict":
            _tell_who(pool, a, answer)
    return answers


def _decided(conn: Any, merchant: str, asked: list[Asked], now: datetime, found: Found, *, dry_run: bool) -> list[Answer]:
    """Decide on what was read, and write; the transaction is over then."""
    road = Road(merchant, found, now)
    if not dry_run and brings_words((a.command, a.actor.party) for a in asked):
        road.keywords = keywords.live(conn, merchant, found.merchant.settings)
    answers = [_one(road, a, dry_run) for a in asked]
    if dry_run or not road.writing.events:
        roll_back(conn)
    else:
        batch.write(conn, merchant, road.rows(), now)
    return answers


def _one(road: Road, asked: Asked, dry_run: bool) -> Answer:
    case = road.cases.get(asked.case_id)
    if case is None or (asked.actor.party is Party.BUYER and (asked.actor.id != case.buyer_id or not is_buyers(case.kind, case.body))):
        return Answer(asked.case_id, refusal=Refusal("case_unknown"))
    if asked.kind not in ("", case.kind):
        return Answer(asked.case_id, refusal=Refusal("wrong_collection", {"collection": case.kind}))
    before = road.done_before(asked.command_id)
    if before is not None:
        if before["digest"] != road.digest(asked.case_id, asked.command):
            return Answer(case.id, case.number, case.version, case.state, refusal=Refusal("command_id_reused", field="command_id"))
        return Answer(case.id, case.number, before["version"], before["state"], before["event"], replayed=True)
    answer = Answer(case.id, case.number)
    if asked.version is not None and asked.version != case.version:
        answer.refusal = Refusal("version_conflict", {"name": "", "event": "", "state": case.state})
    else:
        decided = road.decide(case, asked.command, asked.actor, asked.command_id, keep=not dry_run, why=asked.why)
        if isinstance(decided, Refusal):
            answer.refusal = decided
        else:
            answer.event, answer.plan = decided.event, decided.plan
    answer.version, answer.state = case.version, case.state
    if answer.refusal is not None:
        answer.possible = road.possible(case, asked.actor)
    return answer


def _tell_who(pool: Pool, asked: Asked, answer: Answer) -> None:
    last = batch.last_event(pool, asked.merchant_id, asked.case_id)
    if last is not None:
        answer.last = last
        answer.refusal = Refusal("version_conflict", {"name": last["name"], "event": last["event"], "state": answer.state})
