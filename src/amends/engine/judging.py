"""What a judgement would do to the ledger, before anybody confirms it (SO-33, UI-5): decided, confirmed and carried out on a copy that is thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from amends.core.actor import ALL, Actor, Party
from amends.core.case import Case
from amends.core.commands import Command
from amends.core.judged import by_return
from amends.core.refusal import Refusal
from amends.core.verbs.dispute import CarryOutJudgement, ConfirmJudgement
from amends.core.windows import window_of
from amends.engine.facts import needs_of
from amends.engine.ids import new_id
from amends.engine.road import Road
from amends.store import batch
from amends.store.connect import Pool

SECOND = Actor(Party.PLATFORM, "second", "second", None, ALL)
MERCHANT = Actor(Party.MERCHANT, "merchant", "merchant", None, ALL)
"""Who would confirm and carry out: only to see what follows."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What an account would get (above zero) or give, in minor units; `part` of `core.ledger.PARTS`."""

    account: str
    amount: int
    part: str = ""


@dataclass(slots=True)
class Preview:
    """What would follow. `second`: somebody else confirms first; `later`: minor units that follow the goods when they are back; `appeal_until`: until when it could be appealed."""

    refusal: Refusal | None = None
    entries: list[Entry] = field(default_factory=list)
    second: bool = False
    later: int = 0
    appeal_until: datetime | None = None

    def by_account(self) -> list[Entry]:
        """The entries summed by account and part, what comes to nothing left out."""
        sums: dict[tuple[str, str], int] = {}
        for e in self.entries:
            sums[e.account, e.part] = sums.get((e.account, e.part), 0) + e.amount
        return [Entry(account, amount, part) for (account, part), amount in sums.items() if amount]


def preview(pool: Pool, merchant_id: str, case_id: str, command: Command, actor: Actor, now: datetime, *, early: bool = False) -> Preview:
    """Try a judgement, or its confirmation, to the end; nothing is written or locked. `early`: as if nobody were waited for any more, while a draft of it is written (DI-5)."""
    needs = needs_of([command, ConfirmJudgement(), CarryOutJudgement()])
    with pool.connection() as conn:
        try:
            found = batch.read(conn, merchant_id, [case_id], [], needs, lock=False)
        finally:
            if not conn.closed:
                conn.rollback()
    road = Road(merchant_id, found, now)
    case = road.cases.get(case_id)
    if case is None:
        return Preview(Refusal("case_unknown"))
    if early:
        case.state, case.body = "awaiting_adjudication", {**case.body, "evidence_until": None}
    decided = road.decide(case, command, actor, new_id(), keep=True)
    return Preview(decided) if isinstance(decided, Refusal) else _to_the_end(road, case)


def _to_the_end(road: Road, case: Case) -> Preview:
    out = Preview(second=bool(case.body.get("pending")))
    if out.second:
        road.decide(case, ConfirmJudgement(), SECOND, new_id(), keep=True)
    judged = case.body.get("judgement") or {}
    out.later = int(judged.get("amount", 0)) if by_return(judged) else 0
    out.appeal_until = datetime.fromisoformat(until) if (until := window_of(case.body, "appeal_until")) else None
    _fold(road, case.currency)
    road.decide(case, CarryOutJudgement(), MERCHANT, new_id(), keep=True)
    out.entries = list(_entries(road))
    return out


def _entries(road: Road) -> Iterator[Entry]:
    for row in road.beside.book.rows:
        for line in row["lines"]:
            yield Entry(line["account"], line["amount_minor"], line["part"])


def _fold(road: Road, currency: str) -> None:
    """What the judgement has posted so far stands in the purses that carrying it out looks at (CO-2): really, it would have been written by then."""
    held = road.facts.purses.setdefault(currency, {})
    for row in road.beside.book.rows:
        for line in row["lines"]:
            held[line["account"]] = held.get(line["account"], 0) + line["amount_minor"]
