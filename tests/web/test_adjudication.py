"""The platform's desk of disputes over HTTP: who may what, four eyes, appeals by somebody else, the ledger as told and as posted, handing out, marks (UI-5, DI-6, DI-8, DI-11)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from amends.core.actor import Party
from amends.core.cases import MACHINES
from amends.core.permissions import preset
from amends.core.verbs import dispute as v
from amends.core.verbs.marks import MarkUnreasonable
from amends.engine import people
from amends.engine.evidence_files import take_evidence
from amends.engine.ids import new_id
from amends.engine.judging import preview
from tests.adjudication_cast import SAID, Verdict, disputed, judge_of, to_judge
from tests.engine.test_evidence_files import MP4, paper
from tests.shop import LIN, Shop, open_shop
from tests.web.case_cast import leaking_cup, stock_shop
from tests.web.conftest import PASSWORD, enter

RULES = {"rules": "DI-G3", "words_buyer": "支持退款", "words_merchant": "证据不足"}


def body(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture(scope="module")
def trade(house: Any) -> Shop:
    made = open_shop(house.pool, name="青禾家居")
    made.now = house.clock.now()
    return made


def hire(house: Any, operator: people.Person, name: str, role: str) -> people.Person:
    """Somebody of the platform who holds exactly a role to begin with."""
    by, now = people.By(operator.actor()), datetime.now(UTC)
    person = people.make_person(house.pool, by, f"{role}{len(name)}{ord(name[0])}@platform.test", name, now, password=PASSWORD)
    assert isinstance(person, people.Person), person
    made = people.make_role(house.pool, by, f"{name} {role}", preset(role, Party.PLATFORM, MACHINES), now)
    assert isinstance(made, str), made
    assert people.grant(house.pool, by, person.id, now, role=made) is None
    return person


@pytest.fixture(scope="module")
def arbiter(house: Any, operator: people.Person) -> people.Person:
    return hire(house, operator, "安安", "arbiter")


@pytest.fixture(scope="module")
def second(house: Any, operator: people.Person) -> people.Person:
    return hire(house, operator, "白白", "second_judge")


@pytest.fixture(scope="module")
def reader(house: Any, operator: people.Person) -> people.Person:
    return hire(house, operator, "读读", "reader")


def at(shop: Shop, case: str, *more: str) -> str:
    return "/".join(["/p/disputes", shop.merchant, case, *more])


def judge(client: Any, shop: Shop, case: str, verb: str = "adjudicate", **given: Any) -> Any:
    typed = {"liability": "merchant", "outcome": "refund", "amount": "245.00", **RULES, "command_id": new_id(), "version": shop.row(case, "version")[0], **given}
    return client.post(at(shop, case, "do", verb), typed)


def test_the_desk_is_the_platforms_and_judging_is_the_judges(client, house, trade, shop, reader, operator):
    case = to_judge(trade)
    assert enter(client, house, shop).get(at(trade, case)).status_code == 403
    enter(client, house, reader)
    page = client.get(at(trade, case))
    assert page.status_code == 200
    assert SAID in body(page)
    assert 'name="liability"' not in body(page)
    assert "林小满" not in body(page)
    refused = judge(client, trade, case)
    assert refused.status_code == 403
    assert trade.row(case, "state")[0] == "awaiting_adjudication"
    assert client.get(at(trade, new_id())).status_code == 404


def test_what_was_typed_stays_beside_its_reason(client, house, trade, arbiter):
    case = to_judge(trade)
    enter(client, house, arbiter)
    again = judge(client, trade, case, amount="999.00", words_buyer="写了很久的话")
    assert again.status_code == 422
    assert "最多还能退 ¥245.00，填写了 ¥999.00" in body(again)
    assert "写了很久的话" in body(again)
    assert 'value="999.00"' in body(again)
    assert re.search(r'value="DI-G3"[^>]* checked', body(again))


def test_a_judgement_is_told_kept_as_a_draft_and_given(client, house, trade, arbiter):
    case = to_judge(trade)
    enter(client, house, arbiter)
    kept = client.post(at(trade, case, "draft", "adjudicate"), {"liability": "buyer", "outcome": "nothing", "words_buyer": "想一想", "rules": "DI-G2"})
    assert kept.status_code == 303
    page = body(client.get(at(trade, case)))
    assert "想一想" in page
    assert re.search(r'value="buyer"[^>]* checked', page)
    told = body(client.post(at(trade, case, "look", "adjudicate"), {"liability": "merchant", "outcome": "refund", "amount": "100.00", **RULES}))
    assert "判商家责任，仅退款，不退货 ¥100.00" in told
    assert "−¥100.00" in told
    assert "不超过 ¥500.00，无需复核" in told
    done = judge(client, trade, case, amount="100.00")
    assert done.status_code == 303
    assert trade.row(case, "state, fault") == ("adjudicated", "merchant")
    assert "想一想" not in body(client.get(at(trade, case)))


@pytest.mark.parametrize(("outcome", "given"), [
    ("refund", {"amount": "245.00"}), ("refund", {"amount": "100.00", "freight_by": "merchant", "freight": "12.00"}), ("compensation", {"compensation": "30.00"}),
    ("refund", {"amount": "245.00", "compensation": "10.00", "advance": "on"}),
], ids=["refund", "with-freight", "compensation", "advance"])
def test_the_ledger_told_is_the_ledger_posted(house, trade, outcome, given):
    case = to_judge(trade)
    minor = {name: int(value.replace(".", "")) for name, value in given.items() if name in ("amount", "freight", "compensation")}
    command = Verdict(outcome=outcome, amount=minor.get("amount")).command(
        **{name: minor[name] for name in ("freight", "compensation") if name in minor}, freight_by=given.get("freight_by", ""), advance="advance" in given,
    )
    told = preview(house.pool, trade.merchant, case, command, trade.arbiter, trade.now)
    assert told.refusal is None
    assert sum(e.amount for e in told.entries) == 0
    assert trade.say(case, command, trade.arbiter).refusal is None
    assert trade.say(case, v.CarryOutJudgement()).refusal is None
    posted = trade.all(
        "select e.account, sum(e.amount_minor)::bigint from ledger_entries e join ledger_movements m on m.merchant_id = e.merchant_id and m.id = e.movement_id"
        " where m.merchant_id = %s and m.case_id = %s group by 1", trade.merchant, case,
    )
    sums: dict[str, int] = {}
    for entry in told.entries:
        sums[entry.account] = sums.get(entry.account, 0) + entry.amount
    assert {a: n for a, n in posted if n} == {a: n for a, n in sums.items() if n}
    assert sums


def test_above_the_set_amount_somebody_else_looks(client, house, trade, arbiter, second):
    case = to_judge(trade, 88_800)
    enter(client, house, arbiter)
    assert judge(client, trade, case, amount="888.00").status_code == 303
    assert trade.row(case, "state")[0] == "awaiting_adjudication"
    mine = body(client.get(at(trade, case)))
    assert "待复核的判决" in mine
    confirmed = client.post(at(trade, case, "do", "confirm_judgement"), {"command_id": new_id(), "version": trade.row(case, "version")[0]})
    assert confirmed.status_code == 403
    assert "待复核" in body(client.get("/p/disputes?tab=second"))
    enter(client, house, second)
    sent_back = client.post(at(trade, case, "do", "return_judgement"), {"command_id": new_id(), "version": trade.row(case, "version")[0], "words": "金额再想想"})
    assert sent_back.status_code == 303
    assert judge(client, trade, case, amount="888.00").status_code == 303
    own = client.post(at(trade, case, "do", "confirm_judgement"), {"command_id": new_id(), "version": trade.row(case, "version")[0]})
    assert own.status_code in (403, 409, 422)
    assert trade.say(case, v.ConfirmJudgement(), judge_of("晨晨", "second_judge")).state == "adjudicated"


def test_an_appeal_is_for_somebody_else(client, house, trade, arbiter, second):
    case = to_judge(trade)
    enter(client, house, arbiter)
    assert judge(client, trade, case).status_code == 303
    assert trade.say(case, v.Appeal(words="有新的检测报告")).state == "appealing"
    own = body(client.get(at(trade, case)))
    assert 'name="liability"' not in own
    assert "安安" in own
    assert judge(client, trade, case, "uphold_appeal", liability="buyer", outcome="nothing").status_code == 409
    listed = body(client.get("/p/disputes?tab=appeal"))
    assert "你参与过这单的判决" in listed
    enter(client, house, second)
    page = body(client.get(at(trade, case)))
    assert "原判决" in page
    assert "有新的检测报告" in page
    done = judge(client, trade, case, "uphold_appeal", liability="buyer", outcome="nothing")
    assert done.status_code == 303
    assert trade.row(case, "state, fault") == ("adjudicated", "buyer")


def test_dismissing_needs_only_the_words(client, house, trade, second):
    case = to_judge(trade)
    assert trade.say(case, Verdict().command(), trade.arbiter).state == "adjudicated"
    assert trade.say(case, v.Appeal(words="不服"), LIN).state == "appealing"
    enter(client, house, second)
    assert judge(client, trade, case, "dismiss_appeal", words_buyer="").status_code == 422
    assert judge(client, trade, case, "dismiss_appeal").status_code == 303
    assert trade.row(case, "state")[0] == "adjudicated"


def test_the_queue_narrows_and_hands_out(client, house, trade, second, arbiter):
    cases = [to_judge(trade, 7_700) for _ in range(3)]
    enter(client, house, second)
    listed = body(client.get("/p/disputes?tab=judge&least=77&most=77"))
    numbers = [trade.row(c, "number")[0] for c in cases]
    assert all(n in listed for n in numbers)
    assert "没有符合筛选" in body(client.get("/p/disputes?tab=judge&least=76.99&most=76.99&scenario=promise"))
    yen = body(client.get("/p/disputes?tab=judge&least=7700&most=7700&currency=JPY"))
    assert not any(n in yen for n in numbers), "minor units of one currency are not compared with those of another"
    assert 'name="currency" value="JPY"' in yen
    live = client.get("/p/disputes/live?tab=judge&least=77&most=77").json()
    assert live["tabs"]["judge"] == "3"
    assert int(live["nav"]["adjudication.nav"]) >= 3
    given = [f"{trade.merchant}~{c}~" for c in cases]
    done = client.post("/p/disputes/hand-out", {"tab": "judge", "case": given, "person": [second.id, arbiter.id], "act": "given"})
    assert done.status_code == 303
    who = trade.all("select person_name, count(*) from desk_assignments where case_id = any(%s) group by 1 order by 2", [*cases])
    assert sorted(n for _, n in who) == [1, 2]
    late = client.post("/p/disputes/hand-out", {"tab": "judge", "case": given, "person": [arbiter.id], "act": "given"})
    assert "刚刚已由" in body(late)
    enter(client, house, arbiter)
    others = [c for c in cases if trade.all("select 1 from desk_assignments where case_id = %s and person_id <> %s", c, arbiter.id)]
    refused = client.post(at(trade, others[0], "hold", "give"), {"person": arbiter.id})
    assert refused.status_code == 403
    assert trade.all("select action from audit where subject_id = %s and action = 'desk.assign'", others[0])


def test_precedents_are_counted_by_fault_and_masked(client, house, trade, reader):
    for fault in ("carrier", "carrier", "platform"):
        case = to_judge(trade, 3_300)
        assert trade.say(case, Verdict(fault, "nothing").command(), trade.arbiter).refusal is None
    enter(client, house, reader)
    page = body(client.get("/p/disputes/precedents?scenario=goods_quality&fault=carrier"))
    assert page.count("承运商责任") >= 3
    assert "林" not in page
    case = to_judge(trade)
    assert re.search(r"相似判例 \d+：", body(client.get(at(trade, case))))


def test_the_platform_opens_one_itself(client, house, trade, arbiter, reader):
    order = trade.order(("CUP", 1, 9_900))
    where = f"/p/disputes/open/{trade.merchant}/{order}"
    assert enter(client, house, reader).get(where).status_code == 403
    enter(client, house, arbiter)
    number = trade.all("select number from orders where id = %s", order)[0][0]
    assert client.get(f"/p/disputes/open?number={number}").headers["Location"] == where
    assert "没有这个订单号" in body(client.get("/p/disputes/open?number=nothing-like-it"))
    typed = {"subject": order, "scenario": "promise", "demand": "refund", "amount": "500.00", "words": "巡查发现承诺未兑现", "command_id": new_id()}
    again = client.post(where, typed)
    assert again.status_code == 422 or "最多" in body(again)
    assert "巡查发现承诺未兑现" in body(again)
    done = client.post(where, {**typed, "amount": "99.00"})
    assert done.status_code == 303
    page = body(client.get(done.headers["Location"]))
    assert "平台发起纠纷" in page


def test_a_mark_is_the_platforms_to_see_and_to_take_back(client, house, trade, arbiter, reader):
    case = disputed(trade, 6_600)
    assert trade.say(case, MarkUnreasonable(mark="other")).refusal.code == "mark_needs_words"
    assert trade.say(case, MarkUnreasonable(mark="threat", words="不给两百就差评")).refusal is None
    assert trade.say(case, MarkUnreasonable(mark="threat")).refusal.code == "mark_there_already"
    enter(client, house, reader)
    assert "林**" in body(client.get("/p/buyers/marks"))
    one = f"/p/buyers/{trade.merchant}/buyer-lin/marks"
    page = body(client.get(one))
    assert "不给两百就差评" in page
    mark = trade.all("select id::text from buyer_marks where case_id = %s", case)[0][0]
    assert client.post(f"{one}/{mark}/withdraw", {"words": "x"}).status_code == 403
    enter(client, house, arbiter)
    assert client.post(f"{one}/{mark}/withdraw", {"words": " "}).status_code == 422
    assert client.post(f"{one}/{mark}/withdraw", {"words": "客户说的是规则内的赔付"}).status_code == 303
    assert "撤回：" in body(client.get(one))


def test_revealing_is_a_right_and_on_record(client, house, trade, operator, arbiter):
    case = to_judge(trade)
    enter(client, house, arbiter)
    assert client.post(at(trade, case, "reveal")).status_code == 403
    enter(client, house, operator)
    assert "林小满" in body(client.post(at(trade, case, "reveal")))
    assert trade.all("select 1 from audit where action = 'revealed' and subject_id = %s", case)


def test_a_file_belongs_to_its_dispute(client, house, trade, reader):
    case, other = to_judge(trade), to_judge(trade)
    file = trade.all("select file_id::text from evidence where case_id = %s", case)[0][0]
    enter(client, house, reader)
    assert client.get(at(trade, case, "files", file)).status_code == 200
    assert client.get(at(trade, other, "files", file)).status_code == 404


@pytest.mark.parametrize(("data", "kind"), [pytest.param(paper(), "application/pdf", id="document"), pytest.param(MP4, "video/mp4", id="video")])
def test_what_is_no_picture_is_only_saved_and_nothing_in_it_runs(client, house, trade, reader, data, kind):
    case = disputed(trade)
    file = take_evidence(trade.pool, trade.merchant, data, "agent", trade.now)
    assert trade.say(case, v.AddEvidence(evidence="inspection_report", words="报告", photos=[file])).refusal is None
    enter(client, house, reader)
    sent = client.get(at(trade, case, "files", file))
    assert (sent["Content-Type"], sent["Content-Disposition"][:10], sent.content) == (kind, "attachment", data)
    assert "sandbox" in sent["Content-Security-Policy"]
    page = body(client.get(at(trade, case)))
    link = page.split(f'files/{file}"', 1)[1].split(">", 1)[0]
    assert ("data-video" if kind == "video/mp4" else "download") in link




def test_an_agent_marks_with_what_to_say_and_sees_it(client, house, shop):
    work = stock_shop(house, shop)
    case = leaking_cup(work, photos=1)
    enter(client, house, shop)
    form = body(client.get(f"/m/cases/{case}/do/mark_unreasonable"))
    assert "我们不会用钱换评价" in form
    done = client.post(f"/m/cases/{case}/do/mark_unreasonable", {"mark": "threat", "words": "", "command_id": new_id(), "version": work.row(case, "version")[0]})
    assert done.status_code == 303
    assert "不合理诉求：以差评或投诉要挟" in body(client.get(f"/m/cases/{case}"))
