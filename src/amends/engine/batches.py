"""One command for many cases (SO-7): looked at first (SO-33), kept with its cases, worked off in pieces, each case with its own result.

The id of each command is made from the batch and the case, so a batch sent twice, or taken up again after a fall, acts once (SO-23).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from amends.core.actor import Actor, Party
from amends.core.cases import TABLES
from amends.core.commands import Command, build, verb
from amends.core.refusal import Refusal
from amends.engine.handle import Answer, Asked, handle
from amends.engine.person import person_of
from amends.store import batches as rows
from amends.store import people
from amends.store.batches import Batch
from amends.store.connect import Pool, scope
from amends.store.screens.queue import first_ids
from amends.store.screens.queue_filter import QueueFilter

VERBS: dict[str, tuple[str, ...]] = {
    "service_order": ("approve_return", "reject", "abandon", "ask_buyer", "claim", "release", "assign"),
    "dispute": ("claim", "release", "assign"),
    "cancellation": ("approve_cancellation", "reject_cancellation", "approve_and_intercept", "follow_up_parcel", "claim", "release", "assign"),
}
"""What can be said to many cases of a kind at once."""
COMMANDS = {name: command for machine in TABLES.values() for name, command in machine.commands.items()}
"""Every verb of the house; what two kinds of case share is one and the same command."""
OPPOSITE = {"claim": "release", "release": "claim"}
UNDO_WITHIN = timedelta(seconds=60)
PIECE = 500
MOST = 20_000


@dataclass(slots=True)
class Preview:
    """What a batch would do: of `total` cases the first `looked_at` were tried without acting. Counts by who pays freight, buyers told, money granted."""

    total: int
    looked_at: int
    will: list[Answer] = field(default_factory=list)
    skipped: list[Answer] = field(default_factory=list)

    def freight(self) -> dict[str, int]:
        """How many will have the way back paid by buyer, merchant or carrier."""
        out: dict[str, int] = {}
        for answer in self.will:
            if payer := answer.plan.get("changes", {}).get("freight_by"):
                out[payer] = out.get(payer, 0) + 1
        return out

    def told(self) -> int:
        """How many messages go to buyers."""
        return sum(any(e.get("to") in ("buyer", "both") for e in answer.plan.get("effects", ())) for answer in self.will)

    def money(self) -> int:
        """Minor units that would be granted."""
        return sum(int(e.get("amount") or 0) for answer in self.will for e in answer.plan.get("effects", ()) if e["effect"] == "pay_refund")

    def reasons(self) -> list[tuple[Refusal, list[Answer]]]:
        """Skipped cases by why, the most frequent first."""
        groups: dict[str, list[Answer]] = {}
        for answer in self.skipped:
            if answer.refusal is not None:
                groups.setdefault(answer.refusal.code, []).append(answer)
        return [(g[0].refusal, g) for g in sorted(groups.values(), key=len, reverse=True) if g[0].refusal is not None]


def command_of(kind: str, name: str, body: Mapping[str, Any]) -> tuple[Command | None, list[Refusal]]:
    """The command a batch over cases of this kind carries, out of a form; everything wrong with it at once."""
    if name not in VERBS[kind]:
        return None, [Refusal("unknown_command", {"command": name})]
    return build(COMMANDS[name], body)


def cases_of(pool: Pool, merchant_id: str, queue: str, want: QueueFilter, now: datetime) -> list[str]:
    """The cases of a whole filter in its order, at most 20 000."""
    with scope(pool, UUID(merchant_id)) as conn:
        return first_ids(conn, merchant_id, queue, want, now, MOST)


def preview(pool: Pool, actor: Actor, command: Command, case_ids: list[str], now: datetime) -> Preview:
    """Try the command on the first 500 of these cases without acting."""
    some = list(dict.fromkeys(case_ids))[:PIECE]
    answers = handle(pool, [_asked(actor, command, str(uuid5(UUID(int=0), i)), i) for i in some], now, dry_run=True)
    out = Preview(len(set(case_ids)), len(some))
    for answer in answers:
        (out.will if answer.refusal is None else out.skipped).append(answer)
    return out


def start(pool: Pool, actor: Actor, batch_id: str, command: Command, case_ids: list[str], filters: Mapping[str, Any], now: datetime) -> Batch:
    """Keep a batch with its cases. The same id again answers with the batch that is there, whatever else is given."""
    merchant = str(actor.merchant_id)
    cases = list(dict.fromkeys(case_ids))[:MOST]
    fresh = Batch(batch_id, merchant, actor.id, verb(command), asdict(command), dict(filters), len(cases), 0, 0, now, None)
    with scope(pool, UUID(merchant)) as conn:
        rows.start(conn, fresh, cases)
        return rows.get(conn, merchant, batch_id) or fresh


def work(pool: Pool, merchant_id: str, batch_id: str, now: datetime) -> Batch | None:
    """Carry out the next 500 cases of a batch with the rights its person holds now; answers how it stands, None if there is no such batch."""
    with scope(pool, UUID(merchant_id)) as conn:
        batch = rows.get(conn, merchant_id, batch_id)
        if batch is None or batch.finished_at is not None:
            return batch
        cases = rows.left(conn, batch, PIECE)
        person = people.by_id(conn, merchant_id, batch.person_id)
    actor = person_of(person).actor() if person and person["active"] else Actor(Party.MERCHANT, batch.person_id, "", merchant_id)
    command = COMMANDS[batch.command](**batch.body)
    answers = handle(pool, [_asked(actor, command, str(uuid5(UUID(batch.id), i)), i) for i in cases], now)
    with scope(pool, UUID(merchant_id)) as conn:
        rows.note(conn, batch, [(a.case_id, kept(a.refusal)) for a in answers], now)
        return rows.get(conn, merchant_id, batch_id)


def take(pool: Pool, actor: Actor, batch_id: str, queue: str, want: QueueFilter, many: int, now: datetime) -> Batch:
    """领取: claim the next `many` unclaimed cases of a queue, earliest first (ST-7). Two agents at once get different ones; the same id again takes no more."""
    merchant = str(actor.merchant_id)
    claim = COMMANDS["claim"]()
    batch = Batch(batch_id, merchant, actor.id, "claim", {}, {"queue": queue, **want.to_json()}, 0, 0, 0, now, None)
    with scope(pool, UUID(merchant)) as conn:
        if not rows.start(conn, batch, []):
            return rows.get(conn, merchant, batch_id) or batch
    free = QueueFilter.from_json({**want.to_json(), "nobody": True, "person": ""})
    got: list[str] = []
    for _ in range(5):
        with scope(pool, UUID(merchant)) as conn:
            found = first_ids(conn, merchant, queue, free, now, many - len(got))
        answers = handle(pool, [_asked(actor, claim, str(uuid5(UUID(batch_id), i)), i) for i in found], now) if found else []
        got += [a.case_id for a in answers if a.refusal is None]
        if len(got) >= many or not any(a.refusal is not None for a in answers):
            break
    with scope(pool, UUID(merchant)) as conn:
        rows.add_done(conn, batch, got, now)
        return rows.get(conn, merchant, batch_id) or batch


def undo(pool: Pool, actor: Actor, batch_id: str, now: datetime) -> Batch | None:
    """Take a claim or a release back, within a minute; None where nothing can be undone or it is somebody else's."""
    merchant = str(actor.merchant_id)
    with scope(pool, UUID(merchant)) as conn:
        batch = rows.get(conn, merchant, batch_id)
        if batch is None or batch.person_id != actor.id or batch.command not in OPPOSITE or now - batch.started_at > UNDO_WITHIN:
            return None
        cases = rows.done_cases(conn, merchant, batch_id)
    command = COMMANDS[OPPOSITE[batch.command]]()
    back = start(pool, actor, str(uuid5(UUID(batch_id), "undo")), command, cases, {"undoes": batch_id}, now)
    return work(pool, merchant, back.id, now)


def get(pool: Pool, merchant_id: str, batch_id: str) -> Batch | None:
    """One batch of this merchant."""
    with scope(pool, UUID(merchant_id)) as conn:
        return rows.get(conn, merchant_id, batch_id)


def same(pool: Pool, batch: Batch, name: str, case_ids: list[str], whole: bool) -> bool:
    """Whether a form sent again asks for what this batch is: the command, and the cases unless it was over a whole filter."""
    if batch.command != name or whole:
        return batch.command == name
    with scope(pool, UUID(batch.merchant_id)) as conn:
        return rows.holds(conn, batch, case_ids)


@dataclass(slots=True)
class Result:
    """What became of one case of a batch; `outcome` is done, refused or None while it waits."""

    case_id: str
    number: str
    outcome: str | None
    refusal: Refusal | None
    state: str


def results(pool: Pool, merchant_id: str, batch_id: str, outcome: str = "", after: str = "", many: int = 100) -> list[Result]:
    """Results case by case, all or only `done` or `refused`, paged by case id."""
    with scope(pool, UUID(merchant_id)) as conn:
        found = rows.results(conn, merchant_id, batch_id, outcome, after, many)
    return [Result(case, number, said, None if why is None else Refusal(why["code"], why["facts"], why.get("field")), state) for case, number, said, why, state in found]


def recent(pool: Pool, merchant_id: str, person_id: str) -> list[Batch]:
    """Somebody's last ten batches, newest first."""
    with scope(pool, UUID(merchant_id)) as conn:
        return rows.recent(conn, merchant_id, person_id)


def kept(refusal: Refusal | None) -> dict[str, Any] | None:
    """A refusal as a row keeps it."""
    return None if refusal is None else {"code": refusal.code, "facts": dict(refusal.facts), "field": refusal.field}


def _asked(actor: Actor, command: Command, command_id: str, case_id: str) -> Asked:
    return Asked(command_id, str(actor.merchant_id), case_id, command, actor)
