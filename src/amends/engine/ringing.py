"""Clocks that run out become commands on the one road, a batch for one merchant at a time (OP-4)."""

from datetime import datetime

from amends.core.refusal import Refusal
from amends.engine.deadlines import pack_of
from amends.engine.flows import pays_at_zero
from amends.engine.retiming import overtaken
from amends.engine.road import Road
from amends.store import batch, clocks
from amends.store.connect import Pool

PAYS = frozenset({"cancellation", "dispute"})
"""Kinds of case that may grant money when a clock runs out; a service order may only where its pack has a rule of its own (SO-29)."""

CARRIES_OUT = ("dispute", "execute")
"""The clock that carries a judgement out, and may recover an advance (CO-2)."""


def ring(pool: Pool, merchant: str, now: datetime, most: int = 1000) -> int:
    """Let up to `most` due clocks of a merchant run out, each once in effect; answers how many cases moved.

    Safe from any number of workers: a case held by somebody else is skipped, and a clock that is another by the time of the lock
    does not ring. What a suspension has just been made for is moved instead (PO-15). What fails as a bug is put off, and raised.
    """
    with pool.connection() as conn:
        ids: list[str] = []
        try:
            taken = clocks.take_due(conn, merchant, now, most)
            ids = sorted(row[0] for row in taken)
            if not ids:
                conn.rollback()
                return 0
            found = batch.read_locked(conn, merchant, ids, money=any(_pays(*row[1:]) for row in taken), purses=any(row[1:3] == CARRIES_OUT for row in taken), awarded=any(row[1] == "dispute" for row in taken))
            moved = overtaken(conn, merchant, ids, now) if found.merchant.suspensions else {}
            found.clocks = [(case, name, moved.get(case, due_at)) for case, name, due_at in found.clocks]
            road = Road(merchant, found, now)
            for case in road.cases.values():
                refused = road.ring(case)
                if isinstance(refused, Refusal) and refused.code != "clock_not_due":
                    raise RuntimeError(f"clock of {case.number} in {case.state}: {refused.code}")
            if road.writing.events:
                batch.write(conn, merchant, road.rows(), now)
            elif moved:
                conn.commit()
            else:
                conn.rollback()
        except Exception:
            if not conn.closed:
                conn.rollback()
            if ids:
                clocks.put_off(pool, merchant, ids, now)
            raise
        except BaseException:
            if not conn.closed:
                conn.rollback()
            raise
    return len(road.writing.cases)


def _pays(kind: str, clock: str, pack: str) -> bool:
    return kind in PAYS or (bool(pack) and pays_at_zero(pack_of(pack), clock))
