"""The dossier of a dispute (DI-10): judgement by two people, questions, evidence as it was filed, the case in dispute, and what each side is not told."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from pypdf import PdfReader

from amends.core import dossier as core
from amends.core.dossier_check import check
from amends.core.verbs import dispute as v
from amends.core.verbs.review import Reject
from amends.engine.dispute import Opened, Opening
from amends.engine.disputes import open_dispute
from amends.engine.dossier.copies import Copy
from amends.engine.dossier.gather import gather
from amends.engine.dossier.making import reader
from amends.engine.dossier.paper import draw
from amends.engine.ids import new_id
from amends.engine.ticket import NewTicket, TicketOpened
from amends.engine.tickets import open_ticket
from amends.store.connect import Pool
from tests.engine.cancel_desk import opened, unshipped
from tests.engine.dispute_desk import nothing_more
from tests.engine.dossier_case import parcel_of, picture
from tests.shop import LIN, open_shop

SECRET = b"a secret of the tests, long enough"
REPLY_BUYER, REPLY_MERCHANT, REMARK = "支持您的退款请求，请留意到账", "请改进质检并在 24 小时内执行", "金额与证据相符，同意"


@pytest.fixture(scope="module")
def told(pool: Pool) -> SimpleNamespace:
    """A return was refused, the buyer disputes it, both sides file, the platform asks, one judges and another confirms."""
    shop = open_shop(pool)
    order = shop.order(("CUP", 1, 245_000))
    parcel_of(shop, order)
    under = shop.apply(order, reason="quality_fault", photos=[picture(shop, "#b5651d")], description="左耳没有声音")
    assert shop.say(under, Reject(reason="not_quality", words="人为损坏")).refusal is None
    asked = Opening(order, "goods_quality", "refund", "拒绝没有依据，请平台判责", under, None, (picture(shop, "#446688"),))
    disputed = open_dispute(pool, shop.merchant, asked, LIN, shop.now, new_id())
    assert isinstance(disputed, Opened), disputed
    case, second = disputed.case_id, replace(shop.arbiter, id=new_id(), name="复核员甲")
    steps: list[tuple[Any, Any]] = [
        (v.AskForJudgement(ground=ground_of(shop.merchant), words="出库前已检测合格"), shop.hai),
        (v.AddEvidence(evidence="inspection_report", words="出库检测记录", photos=[picture(shop, "#335577")]), shop.hai),
        (v.AddEvidence(evidence="goods_photo", words="左耳无声的录屏截图", photos=[picture(shop, "#775533")]), LIN),
        (v.AskSide(side="merchant", words="检测由谁做的？"), shop.arbiter), (v.AnswerQuestion(question=1, words="本店质检员，附编号。"), shop.hai),
    ]
    for command, actor in steps:
        shop.now += timedelta(minutes=30)
        answer = shop.say(case, command, actor)
        assert answer.refusal is None, (command, answer.refusal)
    if shop.row(case, "state")[0] == "awaiting_evidence":
        assert shop.say(case, v.StepIn(words="材料已齐"), shop.arbiter).refusal is None
    nothing_more(shop, case)
    judged = v.Adjudicate(liability="merchant", outcome="refund", amount=245_000, rules=[rule_of()], words_buyer=REPLY_BUYER, words_merchant=REPLY_MERCHANT)
    assert shop.say(case, judged, shop.arbiter).refusal is None
    pending = gathered(shop, case, Copy("merchant"))
    assert shop.say(case, v.ConfirmJudgement(words=REMARK), second).refusal is None
    return SimpleNamespace(shop=shop, case=case, under=under, pending=pending)


def pack() -> Any:
    from amends.engine.deadlines import pack_of

    return pack_of("jd").disputes


def ground_of(_merchant: str) -> str:
    return pack().grounds_for("goods_quality")[0].code


def rule_of() -> str:
    return pack().rules[0].number


def gathered(shop: Any, case: str, copy: Copy) -> dict[str, Any]:
    found = gather(shop.pool, shop.merchant, case, copy, SECRET, new_id(), shop.now)
    assert found is not None
    return found.document


def codes(document: dict[str, Any]) -> list[str]:
    return [s["code"] for s in document["sections"]]


def test_a_judgement_that_waits_for_a_second_person_is_not_told_to_the_sides(told):
    assert "judgement" not in codes(told.pending)
    assert "pending" not in codes(told.pending)
    assert REPLY_BUYER not in json.dumps(told.pending, ensure_ascii=False)
    assert [e["withheld"] for e in told.pending["events"] if e["name"] == "adjudicated"] == ["internal"]
    assert check(core.written(told.pending)) == []


def test_the_whole_dispute_is_in_the_platforms_copy(told):
    d = gathered(told.shop, told.case, Copy("platform", unmasked=True))
    assert (d["case"]["kind"], d["case"]["state"]) == ("dispute", "adjudicated")
    assert {"judgement", "approval", "plan", "question"} <= set(codes(d))
    text = json.dumps(d, ensure_ascii=False)
    for said in (REPLY_BUYER, REPLY_MERCHANT, REMARK, "检测由谁做的？", "本店质检员，附编号。", "复核员甲", "出库前已检测合格"):
        assert said in text, said
    filed = {(e["by"]["party"], e["about"]["zh"], e["note"]) for e in d["evidence"]}
    assert {("merchant", "检测报告", "出库检测记录"), ("buyer", "商品照片", "左耳无声的录屏截图")} <= filed
    assert rule_of() in {r["name"] for r in d["rules"]}
    assert [o["under"] for o in d["cases"]] == [True]
    assert len(d["cases"][0]["events"]) >= 2
    assert check(core.written(d)) == []


@pytest.mark.parametrize(("side", "own", "others"), [("buyer", REPLY_BUYER, REPLY_MERCHANT), ("merchant", REPLY_MERCHANT, REPLY_BUYER)])
def test_each_side_reads_its_own_reply_and_no_remarks_among_judges(told, side, own, others):
    d = gathered(told.shop, told.case, Copy(side))
    text = json.dumps(d, ensure_ascii=False)
    assert own in text
    assert others not in text
    assert REMARK not in text
    assert "复核员甲" not in text
    assert "judgement" in codes(d)
    assert ("检测由谁做的？" in text) == ("本店质检员" in text) == (side == "merchant"), "what the merchant is asked is between it and the platform"
    assert check(core.written(d)) == []


def test_its_paper_tells_the_judgement(told):
    d = gathered(told.shop, told.case, Copy("platform"))
    data = core.written(d)
    flat = "".join("".join(p.extract_text().split()) for p in PdfReader(io.BytesIO(draw(d, data, reader(told.shop.pool, told.shop.merchant)))).pages)
    for said in ("纠纷单", "处理结论", "判责", "平台提问1", "检测报告", REPLY_BUYER, "快件到达北京顺义集散中心", "本单所争议"):
        assert said in flat, said


def test_cancellations_and_tickets_have_theirs_too(told):
    shop = told.shop
    cancelled = opened(shop, unshipped(shop, ("CUP", 2, 39800)))
    answer = open_ticket(shop.pool, shop.merchant, NewTicket("complaint", "quality", "杯子有裂纹", number=shop.all("select number from orders where merchant_id = %s limit 1", shop.merchant)[0][0]), LIN, shop.now, new_id())
    assert isinstance(answer, TicketOpened), answer
    for case, kind in ((cancelled, "cancellation"), (answer.ticket_id, "ticket")):
        for side in ("merchant", "buyer", "platform"):
            d = gathered(shop, case, Copy(side))
            assert (d["case"]["kind"], check(core.written(d))) == (kind, [])
            assert d["events"][0]["title"]["zh"].startswith("提交")
    paper = draw(d, core.written(d), reader(shop.pool, shop.merchant))
    flat = "".join("".join(p.extract_text().split()) for p in PdfReader(io.BytesIO(paper)).pages)
    assert "工单" in flat
    assert "杯子有裂纹" in flat
