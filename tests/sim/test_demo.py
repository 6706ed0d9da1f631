"""The demo's furniture: made once, by the engine, in all states; everybody printed can come in; the same seed tells the same stories."""

from datetime import UTC, datetime

import pytest

from amends.core.cases import MACHINES
from amends.engine import people
from amends.engine.buyers import Known, read_link
from amends.engine.clock import DemoClock
from amends.engine.house import House
from amends.sim.demo import furnish
from amends.sim.invariants import broken
from amends.sim.market import Shop
from amends.store.connect import PLATFORM, Database, open_pool, scope
from tests.conftest import DEMO_SECRET, DEMO_SEED


@pytest.fixture(scope="module")
def furnished(furnished_url, tmp_path_factory):
    """The furnished house of this run, a copy of this module's own, and what is printed."""
    pool = open_pool(furnished_url)
    house = House(pool, DemoClock(pool), tmp_path_factory.mktemp("home"), True, DEMO_SECRET, Database(furnished_url))
    yield house, furnish(house, DEMO_SEED)
    pool.close()


def rows(house, query, *values):
    with scope(house.pool, PLATFORM) as conn:
        return conn.execute(query, values).fetchall()


def test_every_state_is_there_with_late_and_soon_and_alerts(furnished):
    house, _ = furnished
    states = set(rows(house, "select distinct kind, state from cases"))
    assert states >= {(m.kind, s) for m in MACHINES for s in m.states} - {("service_order", "closed")}
    [(many, late, alerts, claimed, soon)] = rows(
        house, "select count(*), count(*) filter (where (facts ->> 'late')::boolean), count(*) filter (where alert is not null), count(assignee),"
        " count(*) filter (where due_at between now() and now() + interval '1 hour') from cases where closed_at is null",
    )
    assert many >= 300
    assert min(late, alerts, claimed, soon) >= 5
    assert rows(house, "select count(*) from files where case_id is not null")[0][0] > 200
    assert rows(house, "select count(*) from outbox where done_at is null and not outside and (due_at <= now() or effect <> 'remind_to_rate')") == [(0,)]
    assert rows(house, "select count(*) from outbox where dead_at is not null") == [(0,)]
    [(unread, read)] = rows(house, "select count(*) filter (where read_at is null), count(read_at) from notices where reader = 'merchant'")
    assert 0 < unread < read


def test_what_acts_by_itself_has_acted(furnished):
    house, _ = furnished
    [(main,)] = rows(house, "select id from merchants where settings ? 'demo'")
    done = dict(rows(house, "select outcome, count(*) from strategy_decisions where merchant_id = %s group by 1", main))
    assert {"fired", "shadow"} <= set(done)
    [(modes,)] = rows(house, "select array_agg(r ->> 'mode') from strategy_versions t, jsonb_array_elements(t.rows) r where t.merchant_id = %s and t.version = 1", main)
    assert sorted(modes) == ["off", "on", "shadow"]
    by = dict(rows(house, "select explanation ->> 'by', count(distinct merchant_id) from events where actor_kind = 'system' and explanation ? 'by' group by 1"))
    assert {"strategy", "fast_review", "lightning"} <= set(by)
    assert rows(house, "select count(*) from suspensions where starts_at > now() and withdrawn_at is null") == [(1,)]
    assert rows(house, "select facts ->> 'goods_state' from cases where kind = 'service_order' group by 1 having count(*) > 20 order by 1") == [("opened",), ("unopened",), (None,)]


def test_nothing_happened_after_now_and_all_of_it_over_some_weeks(furnished):
    house, _ = furnished
    [(first, last)] = rows(house, "select min(at), max(at) from events")
    assert last <= datetime.now(UTC)
    assert (last - first).days >= 14


def test_everybody_printed_can_come_in(furnished):
    house, told = furnished
    for one in told.sign_ins:
        entered = people.sign_in(house.pool, one.email, one.password, "", "tests", datetime.now(UTC))
        assert isinstance(entered, people.SignedIn), (one.email, entered)
    known = read_link(house, told.buyer_path.removeprefix("/b/in/"), datetime.now(UTC))
    assert isinstance(known, Known)
    assert rows(house, "select count(*) from cases where merchant_id = %s and buyer_id = %s and closed_at is null", known.merchant_id, known.buyer_id)[0][0] >= 2


def test_a_furnished_house_is_left_as_it_is(furnished):
    house, told = furnished
    before = rows(house, "select count(*), max(version) from cases")
    again = furnish(house, DEMO_SEED)
    assert (again.fresh, again.sign_ins) == (False, told.sign_ins)
    assert rows(house, "select count(*), max(version) from cases") == before


def test_the_furniture_keeps_every_invariant(furnished):
    house, _ = furnished
    for merchant, name in rows(house, "select id::text, name from merchants"):
        shop = Shop(merchant, name, (), [], True, {})
        # What stock there was at the beginning is not written down anywhere, so counts are not compared here.
        assert [w for w in broken(house.pool, shop) if not w.startswith("stock: on_hand")] == []
