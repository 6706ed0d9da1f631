"""Strategies on the real database: what acts by itself, within its limits, once, and never with an alert open (SA-3 … SA-8)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from amends.core.refusal import Refusal
from amends.core.verbs.desk import AcknowledgeAlert, Claim, Release
from amends.core.verbs.review import ApproveReturn, Reject
from amends.engine import automate, strategies, strategy_trial, strategy_waiting
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.store import considering, strategy_runs
from amends.store.connect import PLATFORM, scope
from tests.engine.strategy_shop import REVIEW, SO, consider, decisions, publish, row, state, waiting
from tests.shop import Shop, open_shop

REFUND = {"limits": {"amount_per_day": 50000}}


@pytest.fixture
def shop(pool) -> Shop:
    return open_shop(pool)


def cups(shop: Shop, many: int, paid: int = 9900, **more) -> list[str]:
    return [shop.apply(shop.order(("CUP", 1, paid)), **more) for _ in range(many)]


def test_nothing_waits_where_nothing_decides(shop):
    cups(shop, 1)
    assert waiting(shop) == 0


def test_an_act_tells_which_row_of_which_version_on_which_facts(shop):
    publish(shop, row("小额同意", "approve_return", ("reason", "is", "no_reason"), ("amount", "lt", 10000)))
    case = cups(shop, 1)[0]
    assert waiting(shop) == 1
    assert consider(shop) == 1, "nothing waits at the next node, which has no table"
    assert state(shop, case) == "awaiting_return"
    kind, why = shop.all("select actor_kind, explanation from events where case_id = %s and version = 2", case)[0]
    assert kind == "system"
    assert (why["by"], why["strategy"], why["version"], why["place"]) == ("strategy", "小额同意", 1, 1)
    assert why["facts"] == [{"fact": "reason", "op": "is", "value": "no_reason", "actual": "no_reason"}, {"fact": "amount", "op": "lt", "value": 10000, "actual": 9900}]
    assert decisions(shop) == [("fired", "approve_return", None, 1)]


def test_first_match_wins_and_no_match_leaves_it_to_people(shop):
    publish(shop, row("大额", "ask_buyer", ("amount", "ge", 50000), fields={"missing": "photos", "words": "请补照片"}), row("小额", "approve_return", ("amount", "lt", 10000)))
    big, small, other = cups(shop, 1, 60000)[0], cups(shop, 1)[0], cups(shop, 1, 20000)[0]
    consider(shop)
    assert [state(shop, c) for c in (big, small, other)] == ["awaiting_buyer", "awaiting_return", "reviewing"]
    assert waiting(shop) == 0


def test_looking_on_records_and_does_not_act_nor_hide_what_acts(shop):
    looks, acts = row("看看", "reject", mode="shadow", fields={"reason": "other", "words": "不行"}), row("同意")
    publish(shop, looks, acts)
    case = cups(shop, 1)[0]
    consider(shop)
    assert state(shop, case) == "awaiting_return"
    assert sorted(d[0] for d in decisions(shop)) == ["fired", "shadow"]


def test_what_looked_on_stands_beside_what_people_then_did(shop):
    publish(shop, row("看看", mode="shadow"))
    same, other, open_still = cups(shop, 3)
    consider(shop)
    shop.say(other, Claim())
    shop.say(other, Release())
    consider(shop)
    shop.say(same, ApproveReturn())
    shop.say(other, Reject("other", "拆吊牌"))
    found = strategy_trial.shadow(shop.pool, shop.merchant, SO, REVIEW, 7, shop.now)
    assert (found.agree, found.differ, found.looked_at) == (1, 1, 2)
    assert [(d.case_id, d.people_words) for d in found.disagreements] == [(other, "拆吊牌")]
    (row_id, counted), = strategies.counts(shop.pool, shop.merchant, SO, REVIEW, shop.now).rows.items()
    listed = strategies.decisions(shop.pool, shop.merchant, row_id, shop.now, "shadow")
    assert (counted.shadow, sorted(d.case_id for d in listed)) == (3, sorted((same, other, open_still))), "looked at twice, a case is one case"
    assert strategy_trial.shadow(shop.pool, shop.merchant, SO, REVIEW, 7, shop.now, row_id=row_id).differ == 1
    assert strategy_trial.shadow(shop.pool, shop.merchant, SO, REVIEW, 7, shop.now, row_id=other).looked_at == 0
    assert state(shop, open_still) == "reviewing"


def test_an_open_alert_keeps_every_strategy_away_until_it_is_acknowledged(shop):
    publish(shop, row())
    case = cups(shop, 1)[0]
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update cases set facts = facts || '{\"alert_open\": true}', alert = 'open' where id = %s", (case,))
    consider(shop)
    assert (state(shop, case), waiting(shop)) == ("reviewing", 0)
    shop.say(case, AcknowledgeAlert())
    consider(shop)
    assert state(shop, case) == "awaiting_return"


def test_what_somebody_claimed_is_theirs_until_given_back(shop):
    publish(shop, row())
    case = cups(shop, 1)[0]
    shop.say(case, Claim())
    consider(shop)
    assert state(shop, case) == "reviewing"
    shop.say(case, Release())
    consider(shop)
    assert state(shop, case) == "awaiting_return"


@pytest.mark.parametrize(
    ("limits", "acted", "code"),
    [
        ({"amount": 9000}, 0, "strategy_limit_amount"), ({"amount": 9900, "per_buyer": 2}, 2, "strategy_limit_buyer"), ({"amount": 9900, "per_day": 3}, 3, "strategy_limit_day"),
        ({"amount_per_day": 19800}, 2, "strategy_limit_day_amount"),
    ],
    ids=["amount", "buyer", "day", "money-a-day"],
)
def test_never_past_a_limit_with_two_workers(shop, limits, acted, code):
    publish(shop, row("仅退款", "refund_without_return", limits=limits))
    cups(shop, 5)
    with ThreadPoolExecutor(2) as two:
        list(two.map(lambda _: [automate.work(shop.pool, shop.merchant, shop.now, 1) for _ in range(4)], range(2)))
    consider(shop)
    found = decisions(shop)
    assert sum(d[0] == "fired" for d in found) == acted
    assert {d[2] for d in found if d[0] == "refused"} == {code}
    assert len(shop.all("select 1 from events where merchant_id = %s and name = 'refund_granted'", shop.merchant)) == acted


def test_a_limit_for_a_buyer_is_free_again_after_thirty_days(shop):
    publish(shop, row("仅退款", "refund_without_return", limits={"amount": 9900, "per_buyer": 1}))
    cups(shop, 2)
    consider(shop)
    shop.now += timedelta(days=30)
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update orders set receipt_confirmed_at = %s where merchant_id = %s", (shop.now, shop.merchant))
    cups(shop, 1)
    consider(shop)
    assert [d[0] for d in decisions(shop)].count("fired") == 2


def test_considered_twice_is_done_once(shop):
    publish(shop, row())
    case = cups(shop, 1)[0]
    rows = [considering.Waiting(case, REVIEW, 1)]
    with ThreadPoolExecutor(2) as two:
        list(two.map(lambda _: automate.consider(shop.pool, shop.merchant, rows, shop.now), range(2)))
    automate.consider(shop.pool, shop.merchant, rows, shop.now)
    assert len(shop.all("select 1 from events where case_id = %s", case)) == 2


def test_a_worker_that_dies_leaves_its_cases_to_the_next(shop):
    publish(shop, row())
    case = cups(shop, 1)[0]
    assert len(considering.lease(shop.pool, shop.merchant, shop.now, 10)) == 1
    assert consider(shop) == 0
    shop.now += considering.LEASE
    assert consider(shop) == 1, "nothing waits at the next node, which has no table"
    assert state(shop, case) == "awaiting_return"


def test_switched_off_it_acts_no_more_and_on_again_it_takes_what_waits(shop):
    mine = row()
    publish(shop, mine)
    off = strategies.switch(shop.pool, By(shop.hai), SO, REVIEW, mine["id"], "off", shop.now)
    assert off == strategies.Published(2)
    cases = cups(shop, 3)
    consider(shop)
    assert {state(shop, c) for c in cases} == {"reviewing"}
    on = strategies.switch(shop.pool, By(shop.hai), SO, REVIEW, mine["id"], "on", shop.now, apply_to_waiting=True)
    assert isinstance(on, strategies.Published)
    assert on.run_id
    run_all(shop, on.run_id)
    assert {state(shop, c) for c in cases} == {"awaiting_return"}


def run_all(shop: Shop, run_id: str) -> strategy_runs.RunRow:
    """A run from beginning to end, as the worker works it off."""
    for _ in range(10):
        with scope(shop.pool, PLATFORM) as conn:
            run = strategy_runs.claim(conn, shop.merchant, run_id, shop.now)
        assert run is not None
        work = strategy_waiting.work_waiting if run.sort == "waiting" else strategy_trial.work_trial
        finished = work(shop.pool, shop.merchant, run, shop.now)
        with scope(shop.pool, PLATFORM) as conn:
            strategy_runs.note(conn, shop.merchant, run, shop.now, finished=finished)
        if finished:
            return run
    raise AssertionError("it never ends")


def test_a_version_published_meanwhile_is_not_acted_upon_by_the_old_one(shop, monkeypatch):
    publish(shop, row())
    case = cups(shop, 1)[0]
    ask = automate.DECIDERS[-1]

    def slow(*given):
        acts = ask(*given)
        publish(shop, row("另一条", "ask_buyer", fields={"missing": "photos", "words": "请补照片"}))
        monkeypatch.setattr(automate, "DECIDERS", (ask,))
        return acts

    monkeypatch.setattr(automate, "DECIDERS", (slow,))
    consider(shop)
    assert state(shop, case) == "awaiting_buyer"


def test_two_editors_lose_nothing(shop):
    by, draft = By(shop.hai), strategies.draft(shop.pool, shop.merchant, SO, REVIEW)
    first = strategies.save_draft(shop.pool, by, SO, REVIEW, [row("甲")], draft.version, shop.now)
    second = strategies.save_draft(shop.pool, By(shop.xia), SO, REVIEW, [row("乙")], draft.version, shop.now)
    assert isinstance(first, strategies.Draft)
    assert not first.same
    assert isinstance(second, list)
    assert second[0].code == "strategy_draft_moved"
    assert [r.name for r in strategies.draft(shop.pool, shop.merchant, SO, REVIEW).table.rows] == ["甲"]


def test_versions_roll_back_and_leave_their_trace(shop):
    publish(shop, row("甲"))
    publish(shop, row("乙"))
    back = strategies.roll_back(shop.pool, By(shop.hai), SO, REVIEW, 1, shop.now)
    assert back == strategies.Published(3)
    assert [r.name for r in strategies.table(shop.pool, shop.merchant, SO, REVIEW).rows] == ["甲"]
    assert [(v.version, v.how) for v in strategies.versions(shop.pool, shop.merchant, SO, REVIEW)] == [(3, "rolled_back"), (2, "published"), (1, "published")]
    assert [a[0] for a in shop.all("select action from audit where merchant_id = %s order by at, id", shop.merchant)] == ["strategies.published", "strategies.published", "strategies.rolled_back"]


def test_export_comes_back_switched_off(shop):
    publish(shop, row("甲", "approve_return", ("description", "contains_any", ["漏水"])))
    document = strategies.export_json(shop.pool, shop.merchant, SO, REVIEW)
    other = open_shop(shop.pool)
    taken = strategies.import_json(other.pool, By(other.hai), SO, REVIEW, document, 0, other.now)
    assert isinstance(taken, strategies.Draft)
    assert [(r.name, r.mode) for r in taken.table.rows] == [("甲", "off")]


def test_permissions_and_nonsense_are_refused(shop):
    refused = strategies.save_draft(shop.pool, By(shop.new), SO, REVIEW, [], 0, shop.now)
    assert isinstance(refused, list)
    assert refused[0].code == "permission_missing"
    strategies.save_draft(shop.pool, By(shop.hai), SO, REVIEW, [row("退款", "refund_without_return", ("amount", "is", 1))], 0, shop.now)
    wrong = strategies.publish(shop.pool, By(shop.hai), SO, REVIEW, "", shop.now)
    assert isinstance(wrong, list)
    assert {r.field for r in wrong if isinstance(r, Refusal)} == {"rows[0].conditions[0].op", "rows[0].limits.amount"}


def test_goods_signed_for_are_received_and_refunded_in_a_chain(shop):
    from amends.core.verbs.buyer import ShipBack
    from amends.core.verbs.desk import ParcelSigned
    from tests.shop import CARRIER, LIN

    receive = {"condition": "good", "packaging": "intact", "appearance": "intact", "function": "normal", "accessories": "complete", "disposition": "sale"}
    publish(shop, row("同意"))
    publish(shop, row("签收即收货", "register_receipt", ("waybill_state", "is", "signed"), fields=receive), node="receipt")
    publish(shop, row("收货即退款", "refund", ("received_all", "is", True), limits={"amount": 20000}), node="processing")
    case = cups(shop, 1)[0]
    consider(shop)
    shop.say(case, ShipBack("顺丰", "SF1"), LIN)
    consider(shop)
    assert state(shop, case) == "in_transit"
    shop.say(case, ParcelSigned("SF1"), CARRIER)
    consider(shop)
    assert state(shop, case) == "confirming"
    assert shop.row(case, "granted_minor")[0] == 9900
    assert len(shop.all("select 1 from receipts where case_id = %s and quantity = 1", case)) == 1


def test_a_sweep_looks_again_when_time_alone_decides(shop):
    publish(shop, row("晾一小时", "approve_return", ("minutes_open", "ge", 60)))
    case = cups(shop, 1)[0]
    consider(shop)
    assert state(shop, case) == "reviewing"
    shop.now += timedelta(hours=2)
    while strategy_waiting.sweep(shop.pool, shop.now):
        pass
    consider(shop)
    assert state(shop, case) == "awaiting_return"


def test_a_stopped_run_goes_no_further(shop):
    from amends.engine import strategy_runs as runs

    cups(shop, 2)
    done = publish(shop, row(), waiting=True)
    assert done.run_id is not None
    assert runs.stop(shop.pool, By(shop.hai), done.run_id, shop.now) is None
    with scope(shop.pool, PLATFORM) as conn:
        assert strategy_runs.claim(conn, shop.merchant, done.run_id, shop.now) is None
    assert runs.stop(shop.pool, By(shop.hai), new_id(), shop.now).code == "strategy_run_unknown"


def test_given_to_a_group_it_goes_round_to_the_least_busy_on_duty(shop):
    role, people = new_id(), [new_id() for _ in range(3)]
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("insert into roles (id, merchant_id, name) values (%s, %s, '审核组')", (role, shop.merchant))
        for n, person in enumerate(people):
            conn.execute("insert into people (id, merchant_id, email, name, on_duty) values (%s, %s, %s, %s, %s)", (person, shop.merchant, f"{person}@shop", f"客服{n}", n < 2))
            conn.execute("insert into grants (id, merchant_id, person_id, role_id) values (%s, %s, %s, %s)", (new_id(), shop.merchant, person, role))
    publish(shop, row("转审核组", "assign", fields={"person": role}))
    cases = cups(shop, 4)
    consider(shop)
    assert sorted(shop.row(case, "assignee::text")[0] for case in cases) == sorted([*people[:2], *people[:2]])
