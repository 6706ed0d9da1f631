"""Disputes at the merchant's desk: lists and their filters, the plans side by side, both sides' evidence, questions, judgements, who may act (DI-2 … DI-8)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from amends.core.verbs import dispute as v
from amends.engine import people
from amends.engine.ids import new_id
from tests.engine.test_evidence_files import MP4, paper
from tests.web.case_cast import grant, picture, say, stock_shop
from tests.web.conftest import enter
from tests.web.disputes_cast import ARBITER, LIN, dispute, judge, papers, photo, refused_return, taken_over, unshipped

LISTS = ["dispute-answer", "dispute-evidence", "dispute-judged", "dispute-waiting", "dispute-all"]


@pytest.fixture(scope="module")
def goods(house, shop):
    return stock_shop(house, shop)


@pytest.fixture
def desk(client, house, shop, goods):
    goods.now = house.clock.now()
    return enter(client, house, shop)


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.content.decode()[:600]
    return answer.content.decode()


def form(client: Any, case: str, verb: str) -> dict[str, str]:
    """The hidden fields of a verb's form."""
    page = text(client.get(f"/m/cases/{case}/do/{verb}"))
    inside = page.split('id="do"')[1].split("</form>")[0]
    return dict(re.findall(r'name="(command_id|version)" value="([^"]*)"', inside))


def test_every_list_opens_counts_and_filters(desk, goods):
    first, other = dispute(goods, unshipped(goods), "cancel_order"), refused_return(goods, amount=13900)
    for name in LISTS:
        text(desk.get(f"/m/q/{name}"))
    page = text(desk.get("/m/q/dispute-answer"))
    assert first.number in page
    assert other.number in page
    assert "平台直接判责" in page, "what happens at zero"
    assert first.number in text(desk.get("/m/q/dispute-answer?type=cancel_order"))
    assert other.number not in text(desk.get("/m/q/dispute-answer?type=cancel_order"))
    say(goods, other.case_id, v.AskForJudgement(ground="no_defect", words="检测合格"))
    assert other.number in text(desk.get("/m/q/dispute-all?plan=adjudicate"))
    assert first.number not in text(desk.get("/m/q/dispute-all?plan=adjudicate"))
    assert first.number in text(desk.get("/m/q/dispute-all?plan=none&state=awaiting_merchant"))
    assert "待补充举证" in text(desk.get("/m/q/dispute-evidence"))


def test_four_plans_stand_as_one_choice_and_those_that_make_no_sense_say_why(desk, goods):
    case = dispute(goods, unshipped(goods), "cancel_order").case_id
    page = text(desk.get(f"/m/cases/{case}"))
    cards = re.findall(r'<(a|div) class="plan-x[^"]*" role="radio" aria-checked="\w+"[^>]*?data-plan="(\w+)"', page)
    assert cards == [("a", "settle_by_refund"), ("a", "settle_without_cancelling"), ("div", "settle_by_interception"), ("a", "ask_for_judgement")]
    assert "订单还没有发货，没有可拦截的包裹" in page
    assert "最多 ¥139.00" in page
    assert "提出和解方案" not in page
    chosen = text(desk.get(f"/m/cases/{case}/do/settle_without_cancelling"))
    assert re.search(r'class="plan-x on"[^>]*data-plan="settle_without_cancelling"', chosen)
    sent = desk.post(f"/m/cases/{case}/do/settle_without_cancelling", {**form(desk, case, "settle_without_cancelling"), "words": "客户改为等待发货"})
    assert sent.status_code == 303
    assert goods.row(case, "state, facts ->> 'plan'") == ("awaiting_buyer_confirmation", "agreed_no_cancel")
    assert 'id="plans"' not in text(desk.get(f"/m/cases/{case}"))


def test_other_scenarios_offer_or_ask_for_a_judgement(desk, goods):
    case = refused_return(goods).case_id
    page = text(desk.get(f"/m/cases/{case}"))
    assert re.findall(r'data-plan="(\w+)"', page) == ["offer_settlement", "ask_for_judgement"]
    refused = desk.post(f"/m/cases/{case}/do/offer_settlement", {**form(desk, case, "offer_settlement"), "offer": "refund", "amount": "999", "words": "退一部分"})
    assert refused.status_code == 422
    assert "最多还能退 ¥139.00" in refused.content.decode()
    sent = desk.post(f"/m/cases/{case}/do/offer_settlement", {**form(desk, case, "offer_settlement"), "offer": "refund", "amount": "50.00", "words": "退一部分"})
    assert sent.status_code == 303
    assert "¥50.00" in text(desk.get(f"/m/cases/{case}"))


def test_a_ground_says_what_it_asks_for_and_ticks_off_what_is_there(desk, goods):
    case = refused_return(goods).case_id
    page = text(desk.get(f"/m/cases/{case}/do/ask_for_judgement"))
    ground = page.split('value="no_defect"')[1].split("</label>")[0]
    assert "检测报告" in ground
    assert "示例：" in ground
    assert ground.count("ti-circle-dashed") == 2
    say(goods, case, v.AskForJudgement(ground="no_defect", words="检测合格"))
    page = text(desk.get(f"/m/cases/{case}"))
    assert "do/add_evidence?evidence=inspection_report" in page
    fields = form(desk, case, "add_evidence")
    files = [SimpleUploadedFile("report.pdf", paper()), SimpleUploadedFile("box.mp4", MP4), SimpleUploadedFile("cup.jpg", picture())]
    again = {**fields, "evidence": "inspection_report", "words": "检测机构报告"}
    assert desk.post(f"/m/cases/{case}/do/add_evidence", {**again, "photos": files}).status_code == 303
    for file in files:
        file.seek(0)
    assert desk.post(f"/m/cases/{case}/do/add_evidence", {**again, "photos": files}).status_code == 303, "a double click files once"
    kept = goods.all("select kind, side, media_type, file_id::text, encode(sha256, 'hex') from evidence where case_id = %s order by n", case)
    assert [row[2] for row in kept] == ["application/pdf", "video/mp4", "image/jpeg"]
    page = text(desk.get(f"/m/cases/{case}"))
    assert kept[0][4][:8] in page
    assert 'class="chip chip-green"><i class="ti ti-check" aria-hidden="true"></i>检测报告' in page
    assert "data-video" in page


def test_documents_are_saved_videos_come_in_pieces_and_nothing_runs(desk, client, house, operator, goods):
    case = refused_return(goods).case_id
    document, video = papers(goods)
    say(goods, case, v.AddEvidence("inspection_report", "报告", [document, video]))
    sent = desk.get(f"/files/{document}")
    assert sent["Content-Disposition"].startswith("attachment; filename=")
    assert sent["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent.content == paper() or sent.content.startswith(b"%PDF-")
    piece = desk.get(f"/files/{video}", HTTP_RANGE="bytes=0-7")
    assert (piece.status_code, piece.content, piece["Content-Range"]) == (206, MP4[:8], f"bytes 0-7/{len(MP4)}")
    assert desk.get(f"/files/{video}", HTTP_RANGE="bytes=900000-").status_code == 416
    wrong = desk.post(f"/m/cases/{case}/do/add_evidence", {**form(desk, case, "add_evidence"), "evidence": "other", "words": "x", "photos": [SimpleUploadedFile("a.exe", b"MZ12")]})
    assert wrong.status_code == 422
    assert "只收图片" in wrong.content.decode()


def test_a_question_is_answered_once_where_it_stands(desk, goods):
    case = refused_return(goods).case_id
    say(goods, case, v.StepIn(words="多次投诉"), ARBITER)
    say(goods, case, v.AskSide(side="merchant", words="检测由谁做？"), ARBITER)
    page = text(desk.get(f"/m/cases/{case}"))
    assert "检测由谁做？" in page
    assert "许衡" not in page, "of the platform's people a merchant reads that it was the platform"
    inside = page.split("do/answer_question")[2].split("</form>")[0]
    given = dict(re.findall(r'name="(command_id|version|question)" value="([^"]*)"', inside))
    answer = {**given, "words": "由售后仓检测", "photos": [SimpleUploadedFile("a.pdf", paper())]}
    assert desk.post(f"/m/cases/{case}/do/answer_question", answer).status_code == 303
    page = text(desk.get(f"/m/cases/{case}"))
    assert "由售后仓检测" in page
    assert "do/answer_question" not in page
    assert goods.all("select kind from evidence where case_id = %s", case) == [("other",)]


def test_a_judgement_is_carried_out_and_can_be_appealed_until_its_end(desk, goods):
    case = refused_return(goods).case_id
    taken_over(goods, case)
    say(goods, case, judge(), ARBITER)
    page = text(desk.get(f"/m/cases/{case}"))
    for words in ("商家责任", "仅退款，不退货", "¥139.00", "DI-G3", "没有提供有资质机构的检测结论", "待执行", "执行判责结果", "申诉一次", "现在可用"):
        assert words in page, words
    assert "支持你的诉求" not in page, "the reply to the buyer is the buyer's"
    given = dict(re.findall(r'name="(command_id|version)" value="([^"]*)"', page.split("do/carry_out_judgement")[1].split("</form>")[0]))
    assert desk.post(f"/m/cases/{case}/do/carry_out_judgement", given).status_code == 303
    assert "商家已执行" in text(desk.get(f"/m/cases/{case}"))
    assert "do/appeal" in text(desk.get(f"/m/cases/{case}"))


def test_a_judgement_that_waits_for_its_second_person_is_not_seen_by_the_sides(desk, goods):
    order = goods.order(("CUP", 1, 90000))
    case = dispute(goods, order, amount=60000).case_id
    taken_over(goods, case)
    say(goods, case, judge(amount=60000), ARBITER)
    page = text(desk.get(f"/m/cases/{case}"))
    assert "没有提供有资质机构的检测结论" not in page
    assert "¥600.00" in page.split("客户要求")[1]
    assert "判责结果" not in page


def test_a_plan_that_failed_leads_to_the_buyers_cancellation_which_is_approved_there(desk, goods):
    from amends.engine.cancellation import Cancel, Cancelled
    from amends.engine.cancelling import cancel

    order = unshipped(goods)
    case = dispute(goods, order, "cancel_order").case_id
    filed = cancel(goods.pool, goods.merchant, Cancel(order, "changed_mind"), LIN, goods.now, new_id())
    assert isinstance(filed, Cancelled), filed
    say(goods, case, v.SettleByRefund(words="同意退款"))
    from amends.core.actor import SYSTEM

    say(goods, case, v.PlanFailed(code="already_asked", words="", cancellation=filed.case_id, number=filed.number), SYSTEM)
    page = text(desk.get(f"/m/cases/{case}"))
    assert "方案“直接退款”没有执行" in page
    assert filed.number in page
    given = dict(re.findall(r'name="(command_id|version|verb)" value="([^"]*)"', page.split("approve-cancellation")[1].split("</form>")[0]))
    for _ in range(2):
        assert desk.post(f"/m/cases/{case}/approve-cancellation", given)["Location"].startswith(f"/m/cases/{case}?done=approve_cancellation")
    assert goods.row(filed.case_id, "state") == ("refunding",)


def test_who_may_not_act_sees_it_and_another_merchant_sees_nothing(client, house, shop, clerk, desk, goods):
    case = refused_return(goods, photos=[photo(goods)]).case_id
    grant(house, shop, clerk, "read")
    enter(client, house, clerk)
    page = text(client.get(f"/m/cases/{case}"))
    assert "杯盖拧紧后倒放还是漏水" in page
    assert 'id="plans"' not in page
    assert "do/add_evidence" not in page
    refused = client.post(f"/m/cases/{case}/do/offer_settlement", {"command_id": new_id(), "version": "1", "offer": "nothing", "words": "x"})
    assert refused.status_code == 403
    other = people.make_merchant(house.pool, "别家", "jd", "SOP", people.Main(f"other-{new_id()[-6:]}@x.test", "别人", "Correct-Horse-7"), house.clock.now())
    assert isinstance(other, people.Person)
    enter(client, house, other)
    assert client.get(f"/m/cases/{case}").status_code == 404
    file = goods.all("select file_id::text from evidence where case_id = %s", case)[0][0]
    assert client.get(f"/files/{file}").status_code == 404


def test_pages_are_in_english_too(desk, goods):
    case = refused_return(goods).case_id
    taken_over(goods, case)
    say(goods, case, judge(), ARBITER)
    page = desk.get(f"/m/cases/{case}", {"lang": "en"}).content.decode()
    for words in ("Judgement", "Fault", "Outcome", "What each side may do", "Open now", "Carry out the judgement"):
        assert words in page, words


def test_who_ends_evidence_with_the_last_word_is_told_so(desk, goods):
    made = refused_return(goods)
    where = f"/m/cases/{made.case_id}"
    say(goods, made.case_id, v.AskForJudgement(ground="no_defect", words="检测合格"))
    assert "举证就结束" not in text(desk.get(where))
    say(goods, made.case_id, v.FinishEvidence(), LIN)
    assert "你方再声明，举证就结束" in text(desk.get(where))
    say(goods, made.case_id, v.FinishEvidence())
    page = text(desk.get(where))
    assert "举证就结束" not in page
    assert "举证已经结束" in page
