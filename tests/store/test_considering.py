"""What waits to be considered: leased once, back after the lease, merchants in the order in which they wait (SA-4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from amends.engine.ids import new_id
from amends.store import considering
from amends.store.connect import Pool, scope

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
MILL, KILN = sorted((new_id(), new_id()))


def wait(pool: Pool, merchant: str, many: int, at: datetime) -> list[str]:
    cases = [new_id() for _ in range(many)]
    with scope(pool, UUID(merchant)) as conn:
        considering.leave(conn, merchant, [(case, "review", 1) for case in cases], at)
    return cases


def test_a_case_is_leased_once_and_comes_back_when_the_lease_has_run_out(pool: Pool) -> None:
    cases = wait(pool, MILL, 3, NOW)
    first, second = considering.lease(pool, MILL, NOW, 2), considering.lease(pool, MILL, NOW, 5)
    assert sorted(row.case_id for row in (*first, *second)) == sorted(cases)
    assert considering.lease(pool, MILL, NOW, 5) == []
    assert MILL not in considering.merchants_due(pool, NOW)
    later = NOW + considering.LEASE
    assert MILL in considering.merchants_due(pool, later)
    assert {row.attempts for row in considering.lease(pool, MILL, later, 5)} == {2}
    with scope(pool, UUID(MILL)) as conn:
        considering.done(conn, MILL, considering.looked_at((case, 1) for case in cases))
    assert considering.lease(pool, MILL, later + considering.LEASE, 5) == []


def test_merchants_come_in_the_order_in_which_their_cases_wait(pool: Pool) -> None:
    wait(pool, MILL, 1, NOW)
    wait(pool, KILN, 1, NOW - timedelta(minutes=5))
    wait(pool, new_id(), 1, NOW + timedelta(minutes=1))
    assert considering.merchants_due(pool, NOW) == [KILN, MILL]
