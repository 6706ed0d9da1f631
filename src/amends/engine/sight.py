"""One case as a person or a buyer may see it: the moves that are open, why others are blocked, and what could be refunded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.core.actor import Actor
from amends.core.case import Case
from amends.core.cases import TABLES
from amends.core.machine import Move, moves
from amends.core.refund import Entitlement
from amends.engine.deadlines import Deadlines
from amends.engine.facts import ALL, Facts
from amends.engine.road import Road
from amends.store import batch, order_awards
from amends.store.connect import Pool


@dataclass(slots=True)
class Sight:
    """A case, the moves of one actor on it, the facts they look at, and MO-1 part by part (None where nothing can be given)."""

    case: Case
    moves: list[Move]
    facts: dict[str, Any]
    entitled: Entitlement | None
    deadlines: Deadlines


def see(pool: Pool, merchant_id: str, case_id: str, actor: Actor, now: datetime) -> Sight | None:
    """Look at a case without holding it; None if this merchant has no such case."""
    with pool.connection() as conn:
        try:
            found = batch.read(conn, merchant_id, [case_id], [], ALL, lock=False)
            if found.cases and found.cases[0][1] in ("dispute", "ticket"):  # one more round trip for what awards compensation
                found.awarded = order_awards.read(conn, merchant_id, case_id)
        finally:
            if not conn.closed:
                conn.rollback()
    case = Road(merchant_id, found, now).cases.get(case_id)
    if case is None:
        return None
    gathered = Facts(found, now)
    facts = gathered.of(case, None)
    return Sight(case, moves(TABLES[case.kind], case, actor, now, facts), facts, gathered.entitled(case, None), gathered.clocks_of(case))
