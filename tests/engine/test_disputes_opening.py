"""Opening disputes on a real database: what can be disputed and when, once about one thing, and what the road makes of it (DI-1, DI-4, DI-6a, DI-9)."""

from datetime import datetime, timedelta

import pytest

from amends.core.actor import Actor, Party
from amends.core.verbs import dispute as v
from amends.core.verbs.review import Reject
from amends.engine.dispute import Opened, Opening
from amends.engine.disputes import open_dispute, ways
from amends.engine.ids import new_id
from amends.engine.ringing import ring
from tests.engine.dispute_desk import to_judge
from tests.shop import LIN, Shop, open_shop


@pytest.fixture
def shop(pool):
    return open_shop(pool)


def dispute(shop: Shop, order: str, scenario: str = "goods_quality", case: str = "", *, by: Actor = LIN, **more) -> Opened:
    opened = open_dispute(shop.pool, shop.merchant, Opening(order, scenario, more.pop("demand", "refund"), "左耳没有声音", case, more.pop("amount", None)), by, shop.now, new_id())
    assert isinstance(opened, Opened), opened
    return opened


def judge(**more) -> v.Adjudicate:
    given = {"liability": "none", "outcome": "nothing", "rules": ["DI-G3"], "words_buyer": "现有材料不足以认定质量问题", "words_merchant": "无责", **more}
    return v.Adjudicate(**given)


def codes(result) -> list[str]:
    return [r.code for r in result]


def test_a_refused_return_can_be_disputed_and_stays_one(shop):
    order = shop.order(("CUP", 1, 24_500))
    case = shop.apply(order)
    way = next(w for w in ways(shop.pool, shop.merchant, order, shop.now) if w.id == case)
    assert way.refusal.code == "dispute_too_early"
    assert codes(open_dispute(shop.pool, shop.merchant, Opening(order, "goods_quality", "refund", "坏了", case), LIN, shop.now, new_id())) == ["dispute_too_early"]
    assert shop.say(case, Reject(reason="not_quality", words="人为损坏")).refusal is None
    way = next(w for w in ways(shop.pool, shop.merchant, order, shop.now) if w.id == case)
    assert way.refusal is None
    assert way.ends == shop.now + timedelta(days=15)
    first = dispute(shop, order, case=case)
    assert first.number.startswith("D-2026-")
    assert dispute(shop, order, case=case).existing
    assert shop.row(first.case_id, "state, waits_on, type, expectation, parent_id::text") == ("awaiting_merchant", "merchant", "goods_quality", "refund", case)


def test_under_three_refusals_the_pack_may_ask_for_more_first(shop):
    with_pdd = open_shop(shop.pool)
    with_pdd.all("update merchants set pack = 'pdd' where id = %s returning id", with_pdd.merchant)
    order = with_pdd.order(("CUP", 1, 5_000))
    case = with_pdd.apply(order)
    assert with_pdd.say(case, Reject(reason="not_quality", words="人为损坏")).refusal is None
    refused = open_dispute(with_pdd.pool, with_pdd.merchant, Opening(order, "goods_quality", "refund", "坏了", case), LIN, with_pdd.now, new_id())
    assert codes(refused) == ["dispute_refused_first"]
    platform = dispute(with_pdd, order, case=case, by=with_pdd.arbiter)
    assert not platform.existing


def test_a_merchants_silence_is_judged_and_the_judgement_ends_after_the_time_to_appeal(shop):
    order = shop.order(("CUP", 1, 24_500))
    opened = dispute(shop, order)
    shop.now += timedelta(hours=24)
    assert ring(shop.pool, shop.merchant, shop.now) == 1
    assert shop.row(opened.case_id, "state, waits_on") == ("awaiting_adjudication", "platform")
    refusal = shop.say(opened.case_id, judge(), shop.arbiter).refusal
    assert (refusal.code, refusal.facts["sides"]) == ("evidence_still_open", ["buyer"])
    assert shop.say(opened.case_id, v.FinishEvidence(), LIN).refusal is None
    assert shop.say(opened.case_id, judge(), shop.arbiter).state == "adjudicated"
    judged = shop.now
    shop.now += timedelta(hours=24)
    ring(shop.pool, shop.merchant, shop.now)
    state, due, waits = shop.row(opened.case_id, "state, due_at, waits_on")
    assert (state, waits) == ("adjudicated", "system")
    assert due - judged > timedelta(days=6)
    shop.now = due
    ring(shop.pool, shop.merchant, shop.now)
    assert shop.row(opened.case_id, "state")[0] == "closed"


def test_evidence_closes_so_long_after_the_opening_whoever_came_late(shop):
    order = shop.order(("CUP", 1, 24_500))
    opened = dispute(shop, order)
    began = shop.now
    shop.now += timedelta(hours=20)
    answer = shop.say(opened.case_id, v.AskForJudgement(ground="no_defect", words="检测无质量问题"))
    assert (answer.refusal, answer.state) == (None, "awaiting_evidence")
    assert shop.row(opened.case_id, "due_at")[0] == began + timedelta(hours=72)
    assert codes([shop.say(opened.case_id, v.AddEvidence(evidence="goods_photo", words="照片")).refusal]) == ["evidence_needs_file"]
    shop.now = began + timedelta(hours=72)
    ring(shop.pool, shop.merchant, shop.now)
    assert shop.row(opened.case_id, "state")[0] == "awaiting_adjudication"


def test_a_question_is_answered_once_by_whom_it_was_put_to(shop):
    order = shop.order(("CUP", 1, 24_500))
    case = dispute(shop, order).case_id
    shop.say(case, v.StepIn(words="重大投诉"), shop.arbiter)
    assert shop.say(case, v.AskSide(side="merchant", words="检测由谁做？"), shop.arbiter).state == "awaiting_evidence"
    assert shop.row(case, "waits_on")[0] == "merchant"
    assert shop.say(case, v.AnswerQuestion(question=1, words="我来答"), LIN).refusal.code == "question_unknown"
    assert shop.say(case, v.AnswerQuestion(question=1, words="由售后仓检测")).state == "awaiting_adjudication"
    assert shop.row(case, "facts -> 'questions' -> 0 ->> 'answer'")[0] == "由售后仓检测"


def test_above_the_set_amount_somebody_else_looks_and_the_first_may_not(shop):
    other = Actor(Party.PLATFORM, new_id(), "复核", None, shop.arbiter.permissions)
    order = shop.order(("CUP", 1, 90_000))
    case = dispute(shop, order).case_id
    to_judge(shop, case)
    assert shop.say(case, judge(liability="merchant", outcome="refund", amount=60_000), shop.arbiter).state == "awaiting_adjudication"
    assert shop.say(case, v.ConfirmJudgement(), shop.arbiter).refusal.code == "second_is_first"
    assert shop.say(case, judge(), other).refusal.code == "judgement_waits"
    assert shop.say(case, v.ConfirmJudgement(words="同意"), other).state == "adjudicated"
    assert shop.say(case, judge(liability="merchant", outcome="refund", amount=95_000), shop.arbiter).refusal.code == "not_now"


def test_each_side_appeals_once_and_somebody_else_decides(shop):
    other = Actor(Party.PLATFORM, new_id(), "复核", None, shop.arbiter.permissions)
    order = shop.order(("CUP", 1, 24_500))
    case = dispute(shop, order).case_id
    to_judge(shop, case)
    shop.say(case, judge(), shop.arbiter)
    assert shop.say(case, v.Appeal(words="有新证据"), LIN).state == "appealing"
    assert shop.say(case, v.DismissAppeal(words_buyer="维持", words_merchant="维持"), shop.arbiter).refusal.code == "judge_of_first"
    assert shop.say(case, v.DismissAppeal(words_buyer="维持", words_merchant="维持"), other).state == "adjudicated"
    assert shop.say(case, v.Appeal(words="再申诉"), LIN).refusal.code in ("appealed_before", "appeal_late")


def test_somebody_elses_order_cannot_be_disputed(shop):
    order = shop.order(("CUP", 1, 24_500))
    stranger = Actor(Party.BUYER, "buyer-wang", "小王")
    assert codes(open_dispute(shop.pool, shop.merchant, Opening(order, "attitude", "compensation", "骂人"), stranger, shop.now, new_id())) == ["dispute_subject_unknown"]
    assert ways(shop.pool, shop.merchant, order, shop.now, "buyer-wang") is None


def test_a_double_click_opens_one(shop):
    order, again = shop.order(("CUP", 1, 24_500)), new_id()
    asked = Opening(order, "goods_quality", "refund", "左耳没有声音")
    one = open_dispute(shop.pool, shop.merchant, asked, LIN, shop.now, again)
    two = open_dispute(shop.pool, shop.merchant, asked, LIN, shop.now, again)
    assert two.replayed
    assert two.case_id == one.case_id
    assert isinstance(shop.row(one.case_id, "opened_at")[0], datetime)


def stepped_in(shop: Shop, order: str, **more) -> str:
    case = dispute(shop, order, **more).case_id
    to_judge(shop, case)
    return case


def another(shop: Shop, name: str) -> Actor:
    return Actor(Party.PLATFORM, new_id(), name, None, shop.arbiter.permissions)


def test_goods_refused_too_seldom_are_not_disputed_as_an_order_either(shop):
    with_pdd = open_shop(shop.pool)
    with_pdd.all("update merchants set pack = 'pdd' where id = %s returning id", with_pdd.merchant)
    order = with_pdd.order(("CUP", 1, 5_000))
    refused = open_dispute(with_pdd.pool, with_pdd.merchant, Opening(order, "goods_quality", "refund", "坏了"), LIN, with_pdd.now, new_id())
    assert codes(refused) == ["dispute_refused_first"]
    assert isinstance(open_dispute(with_pdd.pool, with_pdd.merchant, Opening(order, "attitude", "compensation", "骂人"), LIN, with_pdd.now, new_id()), Opened)


def test_an_outcome_without_a_refund_names_none(shop):
    case = stepped_in(shop, shop.order(("CUP", 1, 24_500)))
    assert shop.say(case, judge(liability="merchant", outcome="reship", amount=12_000), shop.arbiter).refusal.code == "judge_refund_beside"


def test_freight_of_the_way_back_has_the_limit_of_the_pack(shop):
    case = stepped_in(shop, shop.order(("CUP", 1, 24_500)))
    assert shop.say(case, judge(liability="merchant", outcome="refund", amount=1_000, freight=9_999_999, freight_by="merchant"), shop.arbiter).refusal.code == "judge_freight_above"


def test_nobody_who_judged_or_dismissed_judges_again(shop):
    second, third = another(shop, "乙"), another(shop, "丙")
    case = stepped_in(shop, shop.order(("CUP", 1, 24_500)))
    shop.say(case, judge(), shop.arbiter)
    assert shop.say(case, v.Appeal(words="有新证据"), LIN).state == "appealing"
    assert shop.say(case, v.DismissAppeal(words_buyer="维持", words_merchant="维持"), second).state == "adjudicated"
    assert shop.say(case, v.Appeal(words="责任也不对")).state == "appealing"
    for one in (shop.arbiter, second):
        assert shop.say(case, v.DismissAppeal(words_buyer="维持", words_merchant="维持"), one).refusal.code == "judge_of_first"
    assert shop.say(case, v.DismissAppeal(words_buyer="维持", words_merchant="维持"), third).state == "adjudicated"


def test_what_needed_two_to_give_needs_two_to_take_back(shop):
    second, third, fourth = another(shop, "乙"), another(shop, "丙"), another(shop, "丁")
    case = stepped_in(shop, shop.order(("CUP", 1, 90_000)))
    shop.say(case, judge(liability="merchant", outcome="refund", amount=60_000), shop.arbiter)
    shop.say(case, v.ConfirmJudgement(words="同意"), second)
    assert shop.say(case, v.Appeal(words="检测报告在此")).state == "appealing"
    nothing = v.UpholdAppeal(liability="none", outcome="nothing", rules=["DI-G3"], words_buyer="改判", words_merchant="改判")
    assert shop.say(case, nothing, third).state == "appealing"
    assert shop.say(case, v.ConfirmJudgement(words="同意"), fourth).state == "adjudicated"


def test_what_the_platform_opened_is_not_the_buyers_to_withdraw(shop):
    case = stepped_in(shop, shop.order(("CUP", 1, 24_500)), by=shop.arbiter)
    assert shop.say(case, v.WithdrawDispute(), LIN).refusal.code == "dispute_of_platform"


def test_a_question_after_the_closing_date_opens_no_evidence_for_the_other_side(shop):
    case = stepped_in(shop, shop.order(("CUP", 1, 24_500)))
    shop.now += timedelta(hours=73)
    assert shop.say(case, v.AskSide(side="merchant", words="检测由谁做？"), shop.arbiter).state == "awaiting_evidence"
    assert shop.say(case, v.AddEvidence(evidence="goods_photo", words="照片", photos=[new_id()]), LIN).refusal.code == "evidence_closed"
