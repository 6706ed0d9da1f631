"""When a dispute may be judged: after the closing date of evidence, or once nobody adds more (DI-4, DI-5); and what silence settles (decision 0011)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amends.core.verbs import dispute as v
from amends.engine.ringing import ring
from tests.engine.dispute_desk import SECOND, dispute, judgement
from tests.shop import LIN, open_shop
from tests.web.case_cast import photo


@pytest.fixture
def shop(pool):
    return open_shop(pool, stock={"CUP": 100})


def state(shop, case):
    return shop.row(case, "state")[0]


def stepped_in(shop):
    case = dispute(shop, shop.order(("CUP", 1, 20_000)))
    assert shop.say(case, v.StepIn("介入"), shop.arbiter).state == "awaiting_adjudication"
    return case


def refused(shop, case, command, actor=None):
    return shop.say(case, command, actor).refusal


def test_stepping_in_does_not_take_the_sides_their_time(shop):
    case, began = stepped_in(shop), shop.now
    no = refused(shop, case, judgement(), shop.arbiter)
    closes = began + timedelta(hours=72)
    assert (no.code, no.facts["until"], no.facts["sides"]) == ("evidence_still_open", closes.isoformat(), ["buyer", "merchant"])
    assert "客户、商家还没有声明举证完毕" in no.say("zh")
    assert "the buyer and the merchant" in no.say("en")
    assert shop.say(case, v.FinishEvidence(), LIN).refusal is None
    assert refused(shop, case, judgement(), shop.arbiter).facts["sides"] == ["merchant"]
    assert refused(shop, case, v.FinishEvidence(), LIN).code == "evidence_finished_before"
    shop.now = closes
    assert refused(shop, case, v.FinishEvidence()).code == "evidence_closed"
    assert shop.say(case, judgement(), shop.arbiter).state == "adjudicated"


def test_one_side_takes_it_back_and_both_together_do_not(shop):
    case = stepped_in(shop)
    assert shop.say(case, v.FinishEvidence()).refusal is None
    assert shop.say(case, v.ResumeEvidence()).refusal is None
    assert refused(shop, case, v.ResumeEvidence()).code == "evidence_not_finished"
    for actor in (shop.hai, LIN):
        assert shop.say(case, v.FinishEvidence(), actor).refusal is None
    for actor in (shop.hai, LIN):
        assert refused(shop, case, v.ResumeEvidence(), actor).code == "evidence_ended"
        assert refused(shop, case, v.AddEvidence("goods_photo", "照片", [photo(shop)]), actor).code == "evidence_ended"
    assert shop.say(case, judgement(), shop.arbiter).state == "adjudicated"


def test_the_platforms_own_evidence_opens_it_again_for_both(shop):
    case = stepped_in(shop)
    for actor in (shop.hai, LIN):
        shop.say(case, v.FinishEvidence(), actor)
    assert shop.say(case, v.AddEvidence("carrier_statement", "承运商回函", [photo(shop)]), shop.arbiter).refusal is None
    assert refused(shop, case, judgement(), shop.arbiter).facts["sides"] == ["buyer", "merchant"]
    assert shop.say(case, v.AddEvidence("goods_photo", "照片", [photo(shop)]), LIN).refusal is None


def test_after_both_are_done_files_come_with_an_answer(shop):
    case = stepped_in(shop)
    for actor in (shop.hai, LIN):
        shop.say(case, v.FinishEvidence(), actor)
    assert shop.say(case, v.AskSide("merchant", "有检测报告吗？"), shop.arbiter).state == "awaiting_evidence"
    assert refused(shop, case, v.AddEvidence("goods_photo", "照片", [photo(shop)])).code == "evidence_ended"
    assert shop.say(case, v.AnswerQuestion(1, "见附件", [photo(shop)])).state == "awaiting_adjudication"
    assert shop.say(case, judgement(), shop.arbiter).state == "adjudicated"


def test_new_evidence_gives_both_sides_their_say_again(shop):
    case = stepped_in(shop)
    assert shop.say(case, v.FinishEvidence(), LIN).refusal is None
    assert shop.say(case, v.AddEvidence("goods_photo", "照片", [photo(shop)])).refusal is None
    assert shop.say(case, v.FinishEvidence()).refusal is None
    assert refused(shop, case, judgement(), shop.arbiter).facts["sides"] == ["buyer"]


def test_where_evidence_is_gathered_the_second_word_moves_it_on(shop):
    case = dispute(shop, shop.order(("CUP", 1, 20_000)))
    assert shop.say(case, v.FinishEvidence()).refusal.code in ("not_now", "not_yours")  # a merchant answers first
    assert shop.say(case, v.FinishEvidence(), LIN).state == "awaiting_merchant"
    assert shop.say(case, v.AskForJudgement("no_defect", "检测无问题")).state == "awaiting_evidence"
    assert shop.say(case, v.FinishEvidence()).state == "awaiting_adjudication"
    assert shop.row(case, "facts -> 'clock' ->> 'clock'") == ("adjudicate",)
    assert shop.say(case, judgement(), shop.arbiter).state == "adjudicated"


def test_an_open_question_is_answered_first(shop):
    case = stepped_in(shop)
    assert shop.say(case, v.FinishEvidence(), LIN).refusal is None
    assert shop.say(case, v.AskSide("merchant", "谁做的检测？"), shop.arbiter).state == "awaiting_evidence"
    assert refused(shop, case, v.FinishEvidence()).code == "evidence_answer_first"
    assert shop.say(case, v.AnswerQuestion(1, "售后仓")).state == "awaiting_adjudication"
    assert shop.say(case, v.FinishEvidence()).refusal is None
    assert shop.say(case, judgement(), shop.arbiter).state == "adjudicated"


@pytest.mark.parametrize("comes_back", [False, True], ids=["silent", "files after all"])
def test_a_silent_merchant_is_not_waited_for(shop, comes_back):
    case = dispute(shop, shop.order(("CUP", 1, 20_000)))
    shop.now += timedelta(hours=24)
    ring(shop.pool, shop.merchant, shop.now)
    assert state(shop, case) == "awaiting_adjudication"
    if comes_back:
        assert shop.say(case, v.AddEvidence("goods_photo", "照片", [photo(shop)])).refusal is None
    assert shop.say(case, v.FinishEvidence(), LIN).refusal is None
    no = refused(shop, case, judgement(), shop.arbiter)
    assert (no.facts["sides"] if no else None) == (["merchant"] if comes_back else None)


@pytest.mark.parametrize("silent", [False, True], ids=["both done", "silent merchant"])
def test_nobody_holds_up_a_judgement_that_waits_for_its_second_person(shop, silent):
    case = dispute(shop, shop.order(("CUP", 1, 90_000)))
    if silent:
        shop.now += timedelta(hours=24)
        ring(shop.pool, shop.merchant, shop.now)
    else:
        shop.say(case, v.StepIn("介入"), shop.arbiter)
        shop.say(case, v.FinishEvidence())
    assert shop.say(case, v.FinishEvidence(), LIN).refusal is None
    assert shop.say(case, judgement(liability="merchant", outcome="refund", amount=80_000), shop.arbiter).state == "awaiting_adjudication"
    more = v.AddEvidence("goods_photo", "照片", [photo(shop)])
    for actor, command, code in ((None, more, "evidence_ended"), (LIN, more, "evidence_ended"), (LIN, v.ResumeEvidence(), "evidence_ended"), (shop.arbiter, more, "judgement_waits")):
        assert refused(shop, case, command, actor).code == code
    assert shop.say(case, v.ConfirmJudgement(), SECOND).state == "adjudicated"


def test_sent_back_a_silent_merchant_may_file_again(shop):
    case = dispute(shop, shop.order(("CUP", 1, 90_000)))
    shop.now += timedelta(hours=24)
    ring(shop.pool, shop.merchant, shop.now)
    shop.say(case, v.FinishEvidence(), LIN)
    shop.say(case, judgement(liability="merchant", outcome="refund", amount=80_000), shop.arbiter)
    assert shop.say(case, v.ReturnJudgement("再看"), SECOND).refusal is None
    assert shop.say(case, v.AddEvidence("goods_photo", "照片", [photo(shop)])).refusal is None
    assert refused(shop, case, judgement(), shop.arbiter).facts["sides"] == ["buyer", "merchant"]


@pytest.mark.parametrize(("offer", "amount", "after"), [("nothing", None, "awaiting_adjudication"), ("refund", 5_000, "settled"), ("reship", None, "settled")])
def test_silence_settles_no_offer_of_nothing(shop, offer, amount, after):
    case = dispute(shop, shop.order(("CUP", 1, 20_000)))
    assert shop.say(case, v.OfferSettlement(offer, amount, "看看")).state == "awaiting_buyer_confirmation"
    assert shop.row(case, "facts -> 'clock' ->> 'then'") == ("judge_unanswered" if offer == "nothing" else "settle",)
    shop.now += timedelta(hours=72)
    ring(shop.pool, shop.merchant, shop.now)
    assert state(shop, case) == after
    if after == "awaiting_adjudication":
        assert shop.row(case, "waits_on, facts -> 'clock' ->> 'clock', facts ->> 'offer_unanswered'") == ("platform", "adjudicate", "true")
        assert shop.say(case, judgement(), shop.arbiter).state == "adjudicated"


def test_an_offer_of_nothing_that_is_accepted_settles(shop):
    case = dispute(shop, shop.order(("CUP", 1, 20_000)))
    shop.say(case, v.OfferSettlement("nothing", None, "没有问题"))
    assert shop.say(case, v.AcceptSettlement(), LIN).state == "settled"


def test_what_was_agreed_about_cancelling_is_settled_by_silence(shop):
    case = dispute(shop, shop.order(("CUP", 1, 20_000), received=False, state="preparing", delivered_at=None), "cancel_order")
    shop.say(case, v.SettleWithoutCancelling("电话里说好了，不退了"))
    shop.now += timedelta(hours=72)
    ring(shop.pool, shop.merchant, shop.now)
    assert state(shop, case) == "settled"
