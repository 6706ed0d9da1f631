"""Many cases at once: looked at first, each its own result, sent twice acts once, taken up again after a fall, undone (SO-7, SO-23, SO-33, ST-7)."""

import threading
from datetime import timedelta
from uuid import UUID, uuid5

import pytest

from amends.core.refusal import Refusal
from amends.core.verbs import buyer as b
from amends.core.verbs import review as v
from amends.core.verbs.desk import Claim
from amends.engine import batches, duty, people, views
from amends.engine.audit import By
from amends.engine.handle import handle
from amends.engine.ids import new_id
from amends.engine.nextcase import next_case
from amends.store import batches as rows
from amends.store.connect import PLATFORM, scope
from amends.store.screens.queue_filter import QueueFilter
from tests.shop import LIN, NOON, open_shop


@pytest.fixture
def shop(pool):
    """A shop whose two agents are people in the house, since a batch acts with the rights its person holds."""
    made = open_shop(pool)
    for actor, main in ((made.hai, True), (made.xia, False)):
        with scope(pool, PLATFORM) as conn:
            conn.execute("insert into people (id, merchant_id, email, name, main_account) values (%s, %s, %s, %s, %s)", (actor.id, made.merchant, f"{actor.id}@x.test", actor.name, main))
    return made


def cases(shop, n):
    return [shop.apply(shop.order(("CUP", 1, 19900))) for _ in range(n)]


def states(shop, ids):
    return [shop.row(i, "state")[0] for i in ids]


def run(shop, command, ids, batch=None, actor=None):
    batch = batch or new_id()
    batches.start(shop.pool, actor or shop.hai, batch, command, ids, {}, shop.now)
    return batches.work(shop.pool, shop.merchant, batch, shop.now)


def test_a_preview_says_what_would_follow_and_changes_nothing(shop):
    ids = cases(shop, 3)
    shop.say(ids[0], b.Withdraw(), LIN)
    seen = batches.preview(shop.pool, shop.hai, v.ApproveReturn(), ids, shop.now)
    assert ([a.case_id for a in seen.skipped], len(seen.will), seen.told(), seen.money()) == ([ids[0]], 2, 2, 0)
    assert sum(seen.freight().values()) == 2
    assert [(r.code, len(group)) for r, group in seen.reasons()] == [("not_now", 1)]
    assert states(shop, ids) == ["withdrawn", "reviewing", "reviewing"]


def test_one_failure_never_spoils_the_rest_and_each_case_has_its_result(shop):
    ids = cases(shop, 4)
    shop.say(ids[1], b.Withdraw(), LIN)
    shop.say(ids[2], Claim(), shop.xia)
    done = run(shop, v.ApproveReturn(), ids)
    assert (done.total, done.done, done.refused, done.finished_at) == (4, 2, 2, shop.now)
    assert states(shop, ids) == ["awaiting_return", "withdrawn", "reviewing", "awaiting_return"]
    found = {r.case_id: r for r in batches.results(shop.pool, shop.merchant, done.id)}
    assert [found[i].outcome for i in ids] == ["done", "refused", "refused", "done"]
    assert (found[ids[1]].refusal.code, found[ids[2]].refusal.code) == ("not_now", "claimed_by_other")
    assert "知夏" in found[ids[2]].refusal.say("zh")
    assert {r.case_id for r in batches.results(shop.pool, shop.merchant, done.id, "refused")} == {ids[1], ids[2]}


def test_the_same_batch_sent_twice_acts_once(shop):
    ids, batch = cases(shop, 3), new_id()
    first = run(shop, v.ApproveReturn(), ids, batch)
    again = run(shop, v.Reject("other", "已使用"), ids, batch)
    assert (first.done, again.done, again.command) == (3, 3, "approve_return")
    assert [len(shop.all("select 1 from events where case_id = %s", i)) for i in ids] == [2, 2, 2]


def test_two_processes_at_the_same_batch_do_each_case_once(shop):
    ids, batch = cases(shop, 12), new_id()
    batches.start(shop.pool, shop.hai, batch, v.ApproveReturn(), ids, {}, shop.now)
    both = [threading.Thread(target=batches.work, args=(shop.pool, shop.merchant, batch, shop.now)) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    ended = batches.get(shop.pool, shop.merchant, batch)
    assert (ended.done, ended.refused) == (12, 0)
    assert {len(shop.all("select 1 from events where case_id = %s", i)) for i in ids} == {2}


def test_a_batch_that_fell_between_acting_and_noting_is_taken_up_and_acts_no_more(shop):
    ids, batch = cases(shop, 3), new_id()
    batches.start(shop.pool, shop.hai, batch, v.ApproveReturn(), ids, {}, shop.now)
    handle(shop.pool, [batches._asked(shop.hai, v.ApproveReturn(), str(uuid5(UUID(batch), i)), i) for i in ids[:2]], shop.now)
    ended = batches.work(shop.pool, shop.merchant, batch, shop.now)
    assert (ended.done, ended.refused) == (3, 0)
    assert {len(shop.all("select 1 from events where case_id = %s", i)) for i in ids} == {2}


def test_the_worker_goes_on_with_what_a_request_left(shop, monkeypatch, tmp_path):
    from amends.engine.clock import RealClock
    from amends.engine.house import House
    from amends.store.connect import Database
    from amends.worker.batches import run_waiting_batches

    monkeypatch.setattr(batches, "PIECE", 2)
    ids, batch = cases(shop, 5), new_id()
    left = run(shop, v.ApproveReturn(), ids, batch)
    assert (left.done, left.finished_at) == (2, None)
    house = House(shop.pool, RealClock(), tmp_path, False, b"s", Database(""))
    assert [run_waiting_batches(house) for _ in range(3)] == [1, 1, 0]
    assert batches.get(shop.pool, shop.merchant, batch).done == 5
    assert set(states(shop, ids)) == {"awaiting_return"}


def test_a_batch_acts_with_the_rights_its_person_holds_now(shop):
    ids, batch = cases(shop, 2), new_id()
    batches.start(shop.pool, shop.xia, batch, v.ApproveReturn(), ids, {}, shop.now)
    ended = batches.work(shop.pool, shop.merchant, batch, shop.now)
    assert (ended.done, ended.refused) == (0, 2)
    assert {r.refusal.code for r in batches.results(shop.pool, shop.merchant, batch)} == {"permission_missing"}
    assert states(shop, ids) == ["reviewing", "reviewing"]


def test_two_agents_taking_ten_get_different_cases(shop):
    ids, taken = set(cases(shop, 30)), []

    def take(actor):
        taken.append(batches.take(shop.pool, actor, new_id(), "review", QueueFilter(), 10, shop.now))

    both = [threading.Thread(target=take, args=(a,)) for a in (shop.hai, shop.xia)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    mine = [{r.case_id for r in batches.results(shop.pool, shop.merchant, batch.id)} for batch in taken]
    assert [len(m) for m in mine] == [10, 10]
    assert mine[0].isdisjoint(mine[1])
    assert mine[0] | mine[1] <= ids


def test_taking_ten_twice_with_one_id_takes_ten_and_the_earliest_ones(shop):
    ids, once = cases(shop, 12), new_id()
    with scope(shop.pool, PLATFORM) as conn:
        for n, i in enumerate(ids):
            conn.execute("update cases set due_at = %s where id = %s", (NOON + timedelta(hours=50 - n), i))
    for _ in range(2):
        got = batches.take(shop.pool, shop.hai, once, "review", QueueFilter(), 10, shop.now)
        assert (got.total, got.done) == (10, 10)
    claimed = {i for i in ids if str(shop.row(i, "assignee")[0]) == shop.hai.id}
    assert claimed == set(ids[2:]), "the two with the latest deadlines are left"


def test_a_claim_can_be_undone_for_a_minute_by_whoever_made_it(shop):
    ids = cases(shop, 3)
    claimed = run(shop, Claim(), ids)
    assert batches.undo(shop.pool, shop.xia, claimed.id, shop.now) is None
    back = batches.undo(shop.pool, shop.hai, claimed.id, shop.now + timedelta(seconds=9))
    assert (back.command, back.done) == ("release", 3)
    assert [shop.row(i, "assignee")[0] for i in ids] == [None] * 3
    again = run(shop, Claim(), ids)
    assert batches.undo(shop.pool, shop.hai, again.id, shop.now + timedelta(seconds=61)) is None
    assert batches.undo(shop.pool, shop.hai, run(shop, v.ApproveReturn(), ids).id, shop.now) is None


def test_a_whole_filter_is_taken_in_its_order(shop):
    ids = cases(shop, 5)
    shop.say(ids[3], Claim(), shop.xia)
    assert set(batches.cases_of(shop.pool, shop.merchant, "review", QueueFilter(nobody=True), shop.now)) == set(ids) - {ids[3]}


def test_another_merchant_sees_no_batch(shop, pool):
    other = open_shop(pool)
    done = run(shop, Claim(), cases(shop, 1))
    assert batches.get(pool, other.merchant, done.id) is None
    assert batches.results(pool, other.merchant, done.id) == []
    assert rows.waiting(pool) == []


def test_a_command_that_cannot_be_said_to_many_is_refused():
    command, wrong = batches.command_of("service_order", "refund", {})
    assert command is None
    assert wrong[0].code == "unknown_command"
    command, wrong = batches.command_of("service_order", "reject", {})
    assert command is None
    assert {r.field for r in wrong} == {"reason", "words"}


def test_the_next_case_after_a_decision_is_the_earliest_left(shop):
    ids = cases(shop, 3)
    ask = lambda after: next_case(shop.pool, shop.merchant, "review", QueueFilter(), shop.hai.id, after, shop.now)  # noqa: E731
    first = ask(None)
    shop.say(first, v.ApproveReturn())
    second = ask(first)
    assert {first, second} < set(ids)
    assert first != second
    shop.say(second, Claim(), shop.xia)
    assert ask(first) not in (first, second, None)


def test_saved_views_are_ones_own_or_the_whole_shops(shop):
    def person(actor, main):
        return people.Person(actor.id, shop.merchant, "a@x.test", actor.name, "zh-CN", main, actor.permissions if main else frozenset({"read"}), "店", "Asia/Shanghai", "CNY")

    hai, xia = person(shop.hai, True), person(shop.xia, False)
    own = views.add(shop.pool, hai, "review", "  金额大的 ", {"amount_from": "500"}, False)
    shared = views.add(shop.pool, hai, "review", "质量问题", {"reason": "quality_leak"}, True)
    assert [(w.name, w.shared, w.mine) for w in views.of(shop.pool, hai, "review")] == [("金额大的", False, True), ("质量问题", True, True)]
    assert [(w.name, w.mine) for w in views.of(shop.pool, xia, "review")] == [("质量问题", False)]
    assert views.of(shop.pool, hai, "receipt") == []
    for name, code in (("金额大的", "view_named"), (" ", "required"), ("很" * 21, "too_long")):
        refused = views.add(shop.pool, hai, "review", name, {}, False)
        assert isinstance(refused, Refusal)
        assert refused.code == code
    assert views.add(shop.pool, xia, "review", "x", {}, True).code == "permission_missing"
    assert views.rename(shop.pool, xia, shared.id, "别的").code == "view_named"
    assert views.rename(shop.pool, hai, own.id, "大额") is None
    views.order(shop.pool, hai, [shared.id, own.id])
    assert [w.name for w in views.of(shop.pool, hai, "review")] == ["质量问题", "大额"]
    assert views.remove(shop.pool, xia, shared.id) is False
    assert views.remove(shop.pool, hai, shared.id) is True
    assert [w.filters for w in views.of(shop.pool, hai, "review")] == [{"amount_from": "500"}]


def test_going_off_duty_gives_the_claims_back_and_leaves_a_trace(shop):
    ids = cases(shop, 3)
    for i in ids[:2]:
        shop.say(i, Claim(), shop.hai)
    shop.say(ids[2], Claim(), shop.xia)
    duty.go_on(shop.pool, By(shop.hai), shop.now)
    assert duty.stands(shop.pool, shop.merchant, shop.hai.id) == (True, 2)
    back = duty.go_off(shop.pool, By(shop.hai), shop.now)
    assert (back.command, back.done) == ("release", 2)
    assert [shop.row(i, "assignee")[0] is None for i in ids] == [True, True, False]
    assert duty.stands(shop.pool, shop.merchant, shop.hai.id) == (False, 0)
    assert duty.go_off(shop.pool, By(shop.hai), shop.now) is None
    traces = shop.all("select action from audit where merchant_id = %s and subject_id = %s and action like %s order by id", shop.merchant, shop.hai.id, "%duty")
    assert traces == [("on_duty",), ("off_duty",)]


def test_undoing_leaves_a_claim_that_was_there_before(shop):
    ids = cases(shop, 2)
    shop.say(ids[0], Claim(), shop.hai)
    shop.now += timedelta(minutes=5)
    claimed = run(shop, Claim(), ids)
    assert batches.undo(shop.pool, shop.hai, claimed.id, shop.now).done == 1
    assert [shop.row(i, "assignee")[0] is None for i in ids] == [False, True]
