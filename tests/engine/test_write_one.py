"""A decision alone is written by a statement of its own, and leaves exactly what it leaves within a batch."""

import pytest

from amends.core.verbs import buyer as b
from amends.core.verbs import desk as d
from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from tests.engine.test_handle import GOOD
from tests.shop import CARRIER, LIN, open_shop

WHAT = "state, version, type, reason, fault, quantity, quantity_received, parcel_state, assignee, assigned_at, waits_on, due_at, alert, granted_minor, moved_minor, granted_at, moved_at, closed_at, updated_at"
LEFT = {
    "events": "select version, name, actor_kind, actor_id, actor_name, at, body - 'changes' #- '{input,waybill}', explanation from events where case_id = %s order by version",
    "clocks": "select name, due_at, remind_at, case_version, attempts from clocks where case_id = %s",
    "outbox": "select effect, body - 'command' - 'order', due_at from outbox where case_id = %s order by 1, 2",
    "done": "select answer - 'digest', at from commands_done where case_id = %s order by 1",
    "audit": "select actor_kind, actor_id, action, before, after - 'number' - 'waybill', at from audit where subject_id = %s::text order by 3",
}
ROAD = (
    lambda n: (v.ApproveReturn(), None), lambda n: (d.Note('备"注\\'), None), lambda n: (b.ShipBack("顺丰", f"SF{n}"), LIN), lambda n: (d.ParcelSigned(), CARRIER),
    lambda n: (p.RegisterReceipt(received=1, **GOOD), None), lambda n: (p.Refund(), None), lambda n: (b.Confirm(), LIN),
)


@pytest.fixture(scope="module")
def shop(pool):
    return open_shop(pool)


@pytest.mark.parametrize("steps", range(1, len(ROAD) + 1), ids=lambda n: f"to-step-{n}")
def test_alone_and_in_a_batch_leave_the_same(shop, steps):
    alone, first, second = (shop.apply(shop.order(("CUP", 1, 9900))) for _ in range(3))
    for step in ROAD[:steps]:
        answers = []
        for cases in ([alone], [first, second]):
            said = [(case, *step(case)) for case in cases]
            answers += handle(shop.pool, [Asked(new_id(), shop.merchant, case, command, actor or shop.hai) for case, command, actor in said], shop.now)
        assert [a.refusal for a in answers] == [None] * 3
    assert shop.row(alone, WHAT) == shop.row(first, WHAT)
    for table, query in LEFT.items():
        assert shop.all(query, alone) == shop.all(query, first), table


def test_a_case_that_moved_meanwhile_is_not_written(shop):
    """The version stands in the statement: whoever writes without holding the case does not get through."""
    import psycopg

    from amends.engine.facts import needs_of
    from amends.engine.road import Road
    from amends.store import batch

    case, note = shop.apply(shop.order(("CUP", 1, 9900))), d.Note("一")
    with shop.pool.connection() as conn:
        road = Road(shop.merchant, batch.read(conn, shop.merchant, [case], [], needs_of([note]), lock=False), shop.now)
        road.decide(road.cases[case], note, shop.hai, new_id(), keep=True)
        shop.say(case, d.Note("二"))
        with pytest.raises(psycopg.errors.DivisionByZero):
            batch.write(conn, shop.merchant, road.rows(), shop.now)
        conn.rollback()
    assert [r[0] for r in shop.all("select version from events where case_id = %s order by 1", case)] == [1, 2]
