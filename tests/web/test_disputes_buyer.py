"""Disputes on the buyer's phone: when one can be opened, three steps, what is done in it, what is seen, and that every code has words (DI-1, DI-4, DI-5, DI-6a, DI-8)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from amends.core.actor import SYSTEM, Party
from amends.core.cases import TABLES
from amends.core.pack_disputes import SCENARIOS
from amends.core.verbs import dispute as v
from amends.core.verbs.dispute import OUTCOMES
from amends.core.verbs.review import Reject
from amends.engine import buyers
from amends.engine.ringing import ring
from amends.store.connect import PLATFORM, scope
from amends.web.buyer import disputed
from amends.web.buyer.dispute import DEMANDS
from amends.web.catalogue import words
from tests.engine.test_evidence_files import MP4, paper
from tests.web.case_cast import leaking_cup, picture, say, stock_shop
from tests.web.disputes_cast import ARBITER, dispute, judge, refused_return, unshipped

MACHINE = TABLES["dispute"]


@pytest.fixture(scope="module")
def goods(house, shop):
    return stock_shop(house, shop)


@pytest.fixture
def phone(client, house, goods):
    goods.now = house.clock.now()
    client.get(f"/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', house.clock.now())}")
    return client


def text(answer: Any) -> str:
    assert answer.status_code == 200, (answer.status_code, answer.content.decode()[:500])
    return answer.content.decode()


def hidden(page: str, where: str) -> dict[str, str]:
    """The hidden fields of the form whose opening tag holds these words."""
    inside = page.split(where)[1].split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(command_id|version|case|scenario|demand|amount|question)" value="([^"]*)"', inside))


def number_of(goods, order: str) -> str:
    return goods.all("select number from orders where id = %s", order)[0][0]


def test_every_verb_state_event_and_end_has_words():
    own = {"marked_unreasonable", "unreasonable_unmarked", "claimed", "released", "assigned", "noted", "alert_acknowledged", "alert_raised", "priority_set", "said", "ran_out", "refund_failed",
           "refund_retried", "platform_called", "judgement_returned"}
    events = {c.event for c in MACHINE.commands.values()} | {"dispute_opened"}
    assert {e for e in events - own - disputed.TOLD if not e.startswith(("call_", "mark", "unmark"))} == set()
    needed = {f"disputes.buyer_event_{e}" for e in disputed.TOLD} | {f"disputes.buyer_type_{s}" for s in SCENARIOS} | {f"disputes.buyer_want{x}_{d}" for d in DEMANDS for x in ("", "_what")}
    needed |= {f"disputes.buyer_{p}_{s}" for s in [*MACHINE.states, "adjudicated_done", "awaiting_answer"] for p in ("now", "then")} | {f"disputes.buyer_{p}_{x}" for x in disputed.VERBS for p in ("do", "effect", "done")}
    needed |= {f"disputes.buyer_step_{s}" for s in [*disputed.AHEAD, "adjudicated_done", "awaiting_answer"]} | {f"disputes.buyer_next_{a}" for ahead in disputed.AHEAD.values() for a in ahead}
    needed |= {f"choice.outcome_{o}" for o in OUTCOMES} | {f"choice.offer_{o}" for o in v.OFFERS} | {f"choice.evidence_{k}" for k in v.EVIDENCE_KINDS} | {f"choice.liability_{x}" for x in v.LIABILITIES}
    for state in MACHINE.states.values():
        for step in state.steps:
            if step.command is MACHINE.run_out:
                needed |= {f"disputes.buyer_ran_out_{state.name}_{to}" for to in step.targets() if to != state.name or to == "adjudicated"}
    assert needed - set(words()) == set()
    buyers_verbs = {name for name, c in MACHINE.commands.items() if any(t.command is c and Party.BUYER in t.by for s in MACHINE.states.values() for t in s.steps)}
    assert buyers_verbs - {"say"} == set(disputed.VERBS)


def test_a_case_still_with_the_merchant_says_from_when_and_a_refused_one_opens_in_three_steps(phone, goods):
    case = leaking_cup(goods, 1)
    order = goods.row(case, "order_id::text")[0]
    number, own = goods.row(case, "number")[0], number_of(goods, order)
    assert "商家还在处理" in text(phone.get(f"/b/cases/{number}"))
    say(goods, case, Reject(reason="not_quality", words="检测无漏水"))
    page = text(phone.get(f"/b/cases/{number}"))
    assert f"/b/orders/{own}/dispute?case={case}" in page
    first = text(phone.get(f"/b/orders/{own}/dispute?case={case}"))
    assert "商品质量问题" in first
    assert "取消订单" not in first.split("遇到了什么问题")[1]
    second = text(phone.get(f"/b/orders/{own}/dispute/want?case={case}&scenario=goods_quality"))
    assert "退货退款" in second
    high = phone.get(f"/b/orders/{own}/dispute/why?case={case}&scenario=goods_quality&demand=refund&amount=9999")
    assert high.status_code == 422
    assert "最多可以要求 ¥139.00" in high.content.decode()
    third = text(phone.get(f"/b/orders/{own}/dispute/why?case={case}&scenario=goods_quality&demand=refund&amount=100"))
    given = hidden(third, 'id="step"')
    assert (given["scenario"], given["demand"], given["amount"]) == ("goods_quality", "refund", "100")
    empty = phone.post(f"/b/orders/{own}/dispute/why", {**given, "words": " "})
    assert empty.status_code == 422
    assert "请写明发生了什么" in empty.content.decode()
    sent = {**given, "words": "还是漏水", "photos": [SimpleUploadedFile("a.jpg", picture()), SimpleUploadedFile("b.mp4", MP4)]}
    done = phone.post(f"/b/orders/{own}/dispute/why", sent)
    for file in sent["photos"]:
        file.seek(0)
    again = phone.post(f"/b/orders/{own}/dispute/why", sent)
    assert done.status_code == again.status_code == 302
    assert done["Location"] == again["Location"], "a double click opens one"
    page = text(phone.get(done["Location"]))
    assert "纠纷已发起" in page
    assert "商家需在" in page
    assert "data-video" in page
    assert goods.all("select count(*) from cases where kind = 'dispute' and parent_id = %s", case) == [(1,)]
    assert "查看纠纷" in text(phone.get(f"/b/cases/{number}"))
    assert phone.get(f"/b/orders/{own}/dispute?case={case}")["Location"].endswith("done=asked_before")


def test_an_unshipped_order_is_disputed_about_cancelling_and_an_unpaid_one_is_not(phone, goods):
    order = unshipped(goods)
    own = number_of(goods, order)
    assert "申请平台介入" in text(phone.get(f"/b/orders/{own}"))
    assert "取消订单" in text(phone.get(f"/b/orders/{own}/dispute"))
    want = text(phone.get(f"/b/orders/{own}/dispute/want?scenario=cancel_order"))
    assert "退货退款" not in want
    unpaid = goods.order(("CUP", 1, 0), received=False, state="pending_payment", delivered_at=None)
    assert "申请平台介入" not in text(phone.get(f"/b/orders/{number_of(goods, unpaid)}"))
    assert phone.get(f"/b/orders/{number_of(goods, unpaid)}/dispute/want?scenario=promise").status_code == 302


def test_an_offer_is_accepted_or_refused_and_says_what_follows(phone, goods):
    for verb, state in (("accept_settlement", "settled"), ("refuse_settlement", "awaiting_evidence")):
        opened = refused_return(goods)
        say(goods, opened.case_id, v.OfferSettlement(offer="refund", amount=5000, words="退一部分，商品留用"))
        page = text(phone.get(f"/b/cases/{opened.number}"))
        for told in ("商家提出了方案，等你确认", "¥50.00", "退一部分，商品留用", "不操作视为同意", "同意后纠纷结束"):
            assert told in page, told
        if verb == "refuse_settlement":
            assert phone.post(f"/b/cases/{opened.number}/{verb}", {**hidden(page, "accept_settlement"), "words": ""}).status_code == 422
        assert phone.post(f"/b/cases/{opened.number}/{verb}", {**hidden(page, "accept_settlement"), "words": "要全额"}).status_code == 302
        assert goods.row(opened.case_id, "state") == (state,)
        text(phone.get(f"/b/cases/{opened.number}?done={verb}"))


def test_evidence_answers_judgement_and_one_appeal(phone, goods):
    opened = refused_return(goods)
    say(goods, opened.case_id, v.AskForJudgement(ground="no_defect", words="检测合格"))
    form = text(phone.get(f"/b/cases/{opened.number}/add_evidence"))
    files = [SimpleUploadedFile("a.pdf", paper())]
    assert phone.post(f"/b/cases/{opened.number}/add_evidence", {**hidden(form, 'id="act"'), "evidence": "chat_record", "words": "聊天记录", "photos": files}).status_code == 302
    say(goods, opened.case_id, v.AskSide(side="buyer", words="试过别的杯盖吗？"), ARBITER)
    page = text(phone.get(f"/b/cases/{opened.number}"))
    assert "平台在等你的回答" in page
    assert "检测合格" in page, "what the merchant says"
    form = text(phone.get(f"/b/cases/{opened.number}/answer_question"))
    assert phone.post(f"/b/cases/{opened.number}/answer_question", {**hidden(form, 'id="act"'), "words": "试过，一样漏"}).status_code == 302
    goods.now += timedelta(hours=72)
    with scope(goods.pool, PLATFORM) as conn:
        conn.execute("update clocks set due_at = %s where case_id = %s", (goods.now, opened.case_id))
    ring(goods.pool, goods.merchant, goods.now)
    say(goods, opened.case_id, judge(), ARBITER)
    page = text(phone.get(f"/b/cases/{opened.number}"))
    for told in ("平台已判责", "商家责任", "支持你的诉求", "试过，一样漏", "DI-G3", "申诉"):
        assert told in page, told
    assert "没有提供有资质机构的检测结论" not in page, "the reply to the merchant is the merchant's"
    form = text(phone.get(f"/b/cases/{opened.number}/appeal"))
    assert phone.post(f"/b/cases/{opened.number}/appeal", {**hidden(form, 'id="act"'), "words": "金额不对"}).status_code == 302
    page = text(phone.get(f"/b/cases/{opened.number}"))
    assert "申诉审理中" in page
    assert f"{opened.number}/appeal" not in page


def test_a_buyer_sees_only_own_disputes_and_files(client, house, goods):
    goods.now = house.clock.now()
    opened = refused_return(goods)
    say(goods, opened.case_id, v.AddEvidence("inspection_report", "报告", [str(goods_file(goods))]))
    file = goods.all("select file_id::text from evidence where case_id = %s", opened.case_id)[0][0]
    client.get(f"/b/in/{buyers.make_link(house, goods.merchant, 'buyer-wang', house.clock.now())}")
    order = number_of(goods, goods.row(opened.case_id, "order_id::text")[0])
    for path in (f"/b/cases/{opened.number}", f"/b/files/{file}", f"/b/orders/{order}/dispute", f"/b/cases/{opened.number}/add_evidence"):
        assert client.get(path).status_code == 404, path
    client.get(f"/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', house.clock.now())}")
    assert client.get(f"/b/files/{file}")["Content-Disposition"].startswith("attachment")


def goods_file(goods) -> str:
    from amends.engine.evidence_files import take_evidence

    kept = take_evidence(goods.pool, goods.merchant, paper(), goods.hai.id, goods.now)
    assert isinstance(kept, str)
    return kept


def test_withdrawing_and_every_state_is_told(phone, goods):
    opened = dispute(goods, unshipped(goods), "cancel_order")
    form = text(phone.get(f"/b/cases/{opened.number}/withdraw_dispute"))
    assert phone.post(f"/b/cases/{opened.number}/withdraw_dispute", {**hidden(form, 'id="act"'), "words": ""}).status_code == 302
    assert "你已撤销" in text(phone.get(f"/b/cases/{opened.number}"))
    other = dispute(goods, unshipped(goods), "cancel_order")
    say(goods, other.case_id, v.SettleByRefund(words="退款"))
    page = text(phone.get(f"/b/cases/{other.number}"))
    assert "商家选的方案正在执行" in page
    assert 'accept_settlement"' not in page
    say(goods, other.case_id, v.PlanCarriedOut(cancellation="", number="C-2026-000001"), SYSTEM)
    assert 'accept_settlement"' in text(phone.get(f"/b/cases/{other.number}"))
    assert "纠纷：取消订单" in text(phone.get("/b/"))
    english = phone.get(f"/b/cases/{other.number}", {"lang": "en"}).content.decode()
    assert "The merchant answered; please confirm" in english
