"""Who of the platform has which dispute: taken once, handed over with the right, handed out by two at once, never the appeal to who judged (UI-5, DI-8)."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from amends.core.actor import ALL, Actor, Party
from amends.core.cases import MACHINES
from amends.core.permissions import preset, presets_for
from amends.core.refusal import Refusal
from amends.core.verbs import dispute as v
from amends.engine import desk, people
from amends.engine.audit import By
from amends.engine.desk import Wanted
from tests.adjudication_cast import Verdict, judge_of, to_judge
from tests.shop import open_shop

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def shop(pool):
    return open_shop(pool)


@pytest.fixture(scope="module")
def house(pool):
    """The platform's main account, two arbiters and a reader, as they act."""
    main = people.make_platform(pool, people.Main("ping@platform.test", "平平", "Correct-Horse-7"), NOW)
    by = By(main.actor())
    made = {"ping": Actor(Party.PLATFORM, main.id, "平平", None, ALL)}
    for key, name, role in (("an", "安安", "arbiter"), ("bai", "白白", "arbiter"), ("du", "读读", "reader"), ("chen", "晨晨", "second_judge")):
        person = people.make_person(pool, by, f"{key}@platform.test", name, NOW, password="Correct-Horse-7")
        given = people.make_role(pool, by, f"{role} {key}", preset(role, Party.PLATFORM, MACHINES), NOW)
        assert people.grant(pool, by, person.id, NOW, role=given) is None
        made[key] = judge_of(name, role, person.id)
    return made


def has(shop, case: str) -> str | None:
    found = shop.all("select person_name from desk_assignments where case_id = %s", case)
    return found[0][0] if found else None


def test_roles_stand_only_where_they_hold_something():
    merchants, platforms = presets_for(Party.MERCHANT, MACHINES), presets_for(Party.PLATFORM, MACHINES)
    assert not {"arbiter", "second_judge"} & set(merchants)
    assert {"arbiter", "second_judge", "reader"} <= set(platforms)
    assert "assign_desk" not in preset("second_judge", Party.MERCHANT, MACHINES)


def test_a_case_is_taken_once_and_given_back(pool, shop, house):
    case = to_judge(shop, evidence=False)
    assert desk.take(pool, By(house["an"]), shop.merchant, case, NOW) is None
    assert desk.take(pool, By(house["an"]), shop.merchant, case, NOW) is None
    assert desk.take(pool, By(house["bai"]), shop.merchant, case, NOW).code == "desk_given_meanwhile"
    assert desk.give_back(pool, By(house["bai"]), [Wanted(shop.merchant, case)], NOW).skipped[case].code == "permission_missing"
    assert case in desk.give_back(pool, By(house["an"]), [Wanted(shop.merchant, case)], NOW).given
    assert has(shop, case) is None
    assert [r[0] for r in shop.all("select action from audit where subject_id = %s and action like 'desk.%%' order by at, id", case)] == ["desk.assign", "desk.give_back"]


def test_handing_over_is_ones_own_handing_out_is_a_right(pool, shop, house):
    case = to_judge(shop, evidence=False)
    mine = [Wanted(shop.merchant, case)]
    assert desk.assign(pool, By(house["an"]), mine, [house["bai"].id], NOW).skipped[case].code == "permission_missing"
    assert desk.take(pool, By(house["an"]), shop.merchant, case, NOW) is None
    assert desk.assign(pool, By(house["an"]), mine, [house["bai"].id], NOW).given == {case: "白白"}
    assert desk.assign(pool, By(house["ping"]), mine, [house["du"].id], NOW).skipped[case].code == "desk_person_cannot"
    assert isinstance(desk.assign(pool, By(house["ping"]), mine, [shop.hai.id], NOW), Refusal)
    assert has(shop, case) == "白白"


def test_the_appeal_is_not_offered_to_who_judged(pool, shop, house):
    case = to_judge(shop, evidence=False)
    assert shop.say(case, Verdict().command(), house["an"]).refusal is None
    assert shop.say(case, v.Appeal(words="不服")).refusal is None
    mine = [Wanted(shop.merchant, case)]
    assert desk.take(pool, By(house["an"]), shop.merchant, case, NOW).code == "desk_judged_before"
    assert desk.assign(pool, By(house["ping"]), mine, [house["an"].id], NOW).skipped[case].code == "desk_judged_before"
    assert desk.assign(pool, By(house["ping"]), mine, [house["an"].id, house["bai"].id], NOW).given == {case: "白白"}


def test_two_who_hand_out_at_once_take_nothing_from_each_other(pool, shop, house):
    cases = [to_judge(shop, evidence=False) for _ in range(6)]
    wanted = [Wanted(shop.merchant, c, "") for c in cases]
    answers: dict[str, desk.Assigned] = {}
    start = threading.Barrier(2)

    def hand_out(by: str, to: list[str]) -> None:
        start.wait()
        done = desk.assign(pool, By(house[by]), wanted, [house[p].id for p in to], NOW)
        assert isinstance(done, desk.Assigned)
        answers[by] = done

    both = [threading.Thread(target=hand_out, args=("ping", ["an", "bai"])), threading.Thread(target=hand_out, args=("chen", ["bai", "chen"]))]
    for one in both:
        one.start()
    for one in both:
        one.join()
    won, lost = sorted(answers.values(), key=lambda a: -len(a.given))
    assert len(won.given) == 6
    assert {r.code for r in lost.skipped.values()} == {"desk_given_meanwhile"}
    assert sorted(lost.skipped) == sorted(cases)
    assert {c: has(shop, c) for c in cases} == won.given
    counts = [list(won.given.values()).count(name) for name in set(won.given.values())]
    assert sum(counts) == 6
    assert len(shop.all("select 1 from audit where action = 'desk.assign' and subject_id = any(%s)", cases)) == 6
