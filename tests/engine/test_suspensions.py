"""Suspensions on the real database: armed clocks follow every change exactly, with several workers, in between and after a fall (PO-15)."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from amends.core.actor import ALL, Actor, Party
from amends.core.verbs import review as v
from amends.engine import suspensions
from amends.engine.audit import By
from amends.engine.retiming import retime
from amends.engine.ringing import ring
from amends.engine.suspensions import Draft
from amends.store import clocks
from amends.store import suspensions as store
from amends.store.connect import PLATFORM, Pool, scope
from tests.shop import Shop, open_shop

BOSS = By(Actor(Party.PLATFORM, "boss", "平台", None, ALL))
START, END = datetime(2026, 3, 3, 0, tzinfo=UTC), datetime(2026, 3, 13, 0, tzinfo=UTC)
"""Ten days that begin while the clocks of a shop opened at noon of 2 March run."""
TEN = END - START


def draft(**changes: object) -> Draft:
    return replace(Draft("春节期间暂停", "Spring Festival", START, END), **changes)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def nothing_stands_still(pool: Pool) -> None:
    """Every test begins without suspensions of another."""
    with scope(pool, PLATFORM) as conn:
        conn.execute("update suspensions set withdrawn_at = now()")
        conn.execute("update suspension_runs set done_at = now()")


@pytest.fixture
def shop(pool: Pool) -> Shop:
    return open_shop(pool)


def follow(shop: Shop, most: int = 500) -> int:
    """The worker until it is done; answers how many clocks it moved."""
    moved = 0
    while not (did := retime(shop.pool, shop.merchant, shop.now, most)).done:
        moved += did.moved
    return moved + did.moved


def row(shop: Shop, case: str) -> tuple[datetime, datetime | None, datetime]:
    """Due and reminder on the clock, due on the case."""
    return shop.all("select c.due_at, c.remind_at, k.due_at from clocks c join cases k on k.merchant_id = c.merchant_id and k.id = c.case_id where c.case_id = %s", case)[0]  # type: ignore[return-value]


def made(shop: Shop, **changes: object) -> str:
    answer = suspensions.make(shop.pool, BOSS, draft(**changes), shop.now)
    assert isinstance(answer, str), answer
    return answer


def test_made_changed_ended_and_withdrawn_each_moves_exactly(shop: Shop) -> None:
    case = shop.apply(shop.order(("CUP", 1, 5000)))
    first = row(shop, case)
    suspension = made(shop)
    assert follow(shop) == 1
    assert row(shop, case) == tuple(None if t is None else t + TEN for t in first)
    assert suspensions.change(shop.pool, BOSS, suspension, draft(ends_at=END - timedelta(days=4)), shop.now) == []
    follow(shop)
    assert row(shop, case) == tuple(None if t is None else t + timedelta(days=6) for t in first)
    shop.now = START + timedelta(days=2, seconds=7)
    assert suspensions.end_early(shop.pool, BOSS, suspension, shop.now) == []
    follow(shop)
    assert row(shop, case) == tuple(None if t is None else t + timedelta(days=2, seconds=7) for t in first)


def test_withdrawn_is_as_if_it_never_was_also_beside_another(shop: Shop) -> None:
    case = shop.apply(shop.order(("CUP", 1, 5000)))
    first = row(shop, case)
    one, other = made(shop), made(shop, starts_at=START + timedelta(days=5), ends_at=END + timedelta(days=3))
    follow(shop)
    assert row(shop, case)[0] == first[0] + timedelta(days=13)
    assert suspensions.withdraw(shop.pool, BOSS, one, shop.now) == []
    follow(shop)
    assert row(shop, case)[0] == first[0], "it is due before the other begins"
    assert suspensions.withdraw(shop.pool, BOSS, other, shop.now) == []
    follow(shop)
    assert row(shop, case) == first


def test_armed_before_and_armed_knowing_stand_at_the_same_instant(shop: Shop) -> None:
    before = shop.apply(shop.order(("CUP", 1, 5000)))
    made(shop)
    knowing = shop.apply(shop.order(("MUG", 1, 5000)))
    assert follow(shop) == 1
    assert row(shop, before) == row(shop, knowing)


def test_only_the_region_and_only_the_kind_of_clock(shop: Shop) -> None:
    here, there = shop.apply(shop.order(("CUP", 1, 5000), province="广东省")), shop.apply(shop.order(("CUP", 1, 5000)))
    firsts = {case: row(shop, case) for case in (here, there)}
    made(shop, regions=["广东省"])
    assert follow(shop) == 1
    assert (row(shop, here)[0], row(shop, there)) == (firsts[here][0] + TEN, firsts[there])
    made(shop, clocks=["ship_back"], regions=["河北省"])
    assert follow(shop) == 0
    assert shop.say(there, v.ApproveReturn()).refusal is None
    assert row(shop, there)[0] == datetime(2026, 3, 19, 16, tzinfo=UTC), "seven days after the day, and ten that do not count"


def test_a_clock_due_before_it_was_moved_does_not_ring_inside_the_suspension(shop: Shop) -> None:
    case = shop.apply(shop.order(("CUP", 1, 5000)))
    due_at = row(shop, case)[0]
    made(shop)
    shop.now = due_at + timedelta(seconds=1)
    assert clocks.remind_due(shop.pool, shop.merchant, shop.now, 100) == 0
    assert ring(shop.pool, shop.merchant, shop.now) == 0
    assert shop.row(case, "state") == ("reviewing",)
    assert row(shop, case)[0] == due_at + TEN, "the ringing itself has moved it"
    assert follow(shop) == 0
    shop.now = due_at + TEN
    assert [ring(shop.pool, shop.merchant, shop.now) for _ in range(2)] == [1, 0]
    assert shop.row(case, "state") == ("awaiting_return",)


def test_two_workers_and_a_fall_in_between_move_each_clock_once(shop: Shop) -> None:
    order = shop.order(*[("CUP", 1, 5000)] * 30)
    cases = [shop.apply(order, line=n) for n in range(30)]
    first = row(shop, cases[0])[0]
    made(shop)
    while retime(shop.pool, shop.merchant, shop.now, 7).looked == 0:
        pass  # seven are done, and this worker falls
    seen: list[int] = []
    workers = [threading.Thread(target=lambda: seen.append(follow(shop, 4))) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(seen) == 23
    assert {row(shop, case)[0] for case in cases} == {first + TEN}
    assert shop.all("select looked, moved, done_at is not null from suspension_runs where merchant_id = %s", shop.merchant)[-1] == (30, 30, True)


def test_who_arms_a_clock_without_knowing_is_waited_for(shop: Shop) -> None:
    """A decision that read the suspensions before this one was made, and writes after it."""
    case = shop.apply(shop.order(("CUP", 1, 5000)))
    with shop.pool.connection() as slow:
        slow.execute("begin")
        slow.execute("select set_config('amends.merchant', %s, true)", (shop.merchant,))
        slow.execute("select 1 from cases where id = %s for update", (case,))
        made(shop)
        assert [retime(shop.pool, shop.merchant, shop.now).waits for _ in range(3)] == [True] * 3
        slow.execute("update clocks set due_at = due_at + interval '1 hour' where case_id = %s", (case,))
        slow.execute("commit")
    before = row(shop, case)[0]
    assert follow(shop) == 1
    assert row(shop, case)[0] == before + TEN


def test_the_look_says_what_saving_does(shop: Shop) -> None:
    case = shop.apply(shop.order(("CUP", 1, 5000), province="海南省"))
    due_at = row(shop, case)[0]
    looked = suspensions.preview(shop.pool, BOSS, draft(regions=["海南省"]), shop.now)
    assert isinstance(looked, suspensions.Effect)
    assert (looked.clocks, looked.merchants, looked.at_once, looked.more) == (1, 1, 0, False)
    assert [(e.before, e.after, e.merchant) for e in looked.examples] == [(due_at, due_at + TEN, "青禾家居")]
    assert row(shop, case)[0] == due_at
    suspension = made(shop, regions=["海南省"])
    follow(shop)
    shop.now = due_at + timedelta(days=1)
    looked = suspensions.preview_end(shop.pool, BOSS, suspension, shop.now, withdraw=True)
    assert isinstance(looked, suspensions.Effect)
    assert (looked.clocks, looked.at_once) == (1, 1)
    looked = suspensions.preview_end(shop.pool, BOSS, suspension, shop.now, withdraw=False)
    assert isinstance(looked, suspensions.Effect)
    assert (looked.clocks, looked.at_once) == (1, 0)


@pytest.mark.parametrize(("changes", "code"), [
    ({"zh": " "}, "suspension_name_missing"), ({"en": "x" * 41}, "suspension_name_long"), ({"ends_at": None}, "suspension_time_wrong"),
    ({"ends_at": START}, "suspension_empty"), ({"starts_at": datetime(2026, 2, 1, tzinfo=UTC), "ends_at": datetime(2026, 3, 1, tzinfo=UTC)}, "suspension_past"),
    ({"starts_at": datetime(2026, 2, 20, tzinfo=UTC)}, "suspension_too_early"), ({"ends_at": START + timedelta(days=93)}, "suspension_too_long"),
    ({"clocks": ["tea"]}, "suspension_clock_unknown"), ({"regions": ["月球"]}, "suspension_region_unknown"),
], ids=lambda x: x if isinstance(x, str) else "-")
def test_what_cannot_be_is_refused_beside_its_field(shop: Shop, changes: dict[str, object], code: str) -> None:
    answer = suspensions.make(shop.pool, BOSS, draft(**changes), shop.now)
    assert isinstance(answer, list)
    assert [r.code for r in answer] == [code]
    assert all(r.say("zh") and r.say("en") and r.field for r in answer)


def test_what_is_over_or_withdrawn_stays_as_it_was_and_every_change_is_on_record(shop: Shop) -> None:
    suspension = made(shop)
    assert [r.code for r in suspensions.end_early(shop.pool, BOSS, suspension, shop.now)] == ["suspension_not_begun"]
    assert suspensions.withdraw(shop.pool, BOSS, suspension, shop.now) == []
    assert [r.code for r in suspensions.withdraw(shop.pool, BOSS, suspension, shop.now)] == ["suspension_withdrawn"]
    over = made(shop)
    assert [r.code for r in suspensions.change(shop.pool, BOSS, over, draft(), END)] == ["suspension_over"]
    kept = shop.all("select action from audit where subject_id = %s order by at, id", suspension)
    assert kept == [("suspension_made",), ("suspension_withdrawn",)]
    nobody = By(Actor(Party.PLATFORM, "x", "新人", None, frozenset({"read"})))
    answer = suspensions.make(shop.pool, nobody, draft(), shop.now)
    assert isinstance(answer, list)
    assert answer[0].code == "permission_missing"
    states = {r.id: r.state(shop.now) for r in store.listed(shop.pool)}
    assert (states[suspension], states[over]) == ("withdrawn", "coming")


def test_ringing_and_moving_at_once_ring_each_clock_exactly_once(shop: Shop) -> None:
    """Two workers ring while a third moves: first into a suspension that holds everything, then out of one that is taken back."""
    order = shop.order(*[("CUP", 1, 5000)] * 24)
    cases = [shop.apply(order, line=n) for n in range(24)]
    suspension = made(shop)
    shop.now = row(shop, cases[0])[0] + timedelta(seconds=1)

    def together() -> list[int]:
        rang: list[int] = []
        workers = [threading.Thread(target=lambda: rang.append(ring(shop.pool, shop.merchant, shop.now, 9))) for _ in range(2)]
        workers.append(threading.Thread(target=lambda: follow(shop, 5)))
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return rang

    assert sum(together()) == 0
    assert {shop.row(case, "state")[0] for case in cases} == {"reviewing"}
    assert suspensions.withdraw(shop.pool, BOSS, suspension, shop.now) == []
    total = sum(together())
    follow(shop)
    while rang := ring(shop.pool, shop.merchant, shop.now):
        total += rang
    assert total == 24
    assert shop.all("select count(*) from events e join cases c on c.id = e.case_id where c.order_id = %s and e.name = 'ran_out'", order) == [(24,)]
    assert {shop.row(case, "state")[0] for case in cases} == {"awaiting_return"}
