"""Lives with notices of the platform: no clock rings inside a suspension that covers it, and every clock stands where it must (PO-15)."""

import pytest

from amends.sim.invariants_suspensions import broken_suspensions
from amends.sim.suspension_days import live_suspension_days
from amends.store.connect import PLATFORM, scope
from tests.shop import open_shop


@pytest.mark.parametrize("seed", [2])
def test_days_with_notices_keep_every_invariant(pool, seed):
    did = live_suspension_days(pool, seed)
    assert did["made"] > 3
    assert did["moved"] > 20
    assert did["changed"] + did["ended"] + did["withdrawn"] > 3


def test_a_clock_that_was_not_moved_is_noticed(pool):
    shop = open_shop(pool)
    case = shop.apply(shop.order(("CUP", 1, 5000)))
    assert list(broken_suspensions(pool, shop.merchant, [])) == []
    with scope(pool, PLATFORM) as conn:
        conn.execute("update suspensions set withdrawn_at = now()")
        conn.execute(
            "insert into suspensions (id, zh, en, starts_at, ends_at, made_by, made_at) values (gen_random_uuid(), '通知', 'Notice', %s, %s::timestamptz + interval '9 days', 'x', %s)",
            (shop.now, shop.now, shop.now),
        )
    (wrong,) = broken_suspensions(pool, shop.merchant, [])
    assert shop.row(case, "number")[0] in wrong
    with scope(pool, PLATFORM) as conn:
        conn.execute("update suspensions set withdrawn_at = now()")
