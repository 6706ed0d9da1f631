"""A judgement is written while evidence still runs, kept as its writer's draft, and given only when the time has come; and freight of another way is chosen on the desk (DI-5, DI-6, UI-1a)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from amends.core.verbs import buyer as b
from amends.core.verbs import dispute as v
from amends.core.verbs import review as r
from amends.engine import freight_claims
from amends.engine.audit import By
from amends.engine.ids import new_id
from tests.engine.dispute_desk import dispute
from tests.engine.test_compensation import receipt
from tests.shop import LIN, Shop, open_shop
from tests.web.conftest import enter
from tests.web.disputes_cast import photo
from tests.web.test_adjudication import hire

TYPED = {"liability": "buyer", "outcome": "refund", "amount": "120.00", "rules": "DI-G2", "words_buyer": "先想到的话", "words_merchant": "给商家的话"}


def body(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture(scope="module")
def trade(house: Any) -> Shop:
    made = open_shop(house.pool, name="青禾家居")
    made.now = house.clock.now()
    return made


@pytest.fixture(scope="module")
def arbiter(house: Any, operator: Any) -> Any:
    return hire(house, operator, "全全", "arbiter")


def where(shop: Shop, case: str, *more: str) -> str:
    return "/".join(["/p/disputes", shop.merchant, case, *more])


def give(client: Any, shop: Shop, case: str, **given: Any) -> Any:
    return client.post(where(shop, case, "do", "adjudicate"), {**TYPED, "command_id": new_id(), "version": shop.row(case, "version")[0], **given})


def running(shop: Shop, gathers: bool) -> str:
    """A dispute whose evidence is open: it is gathered, or the platform has stepped in."""
    case = dispute(shop, shop.order(("CUP", 1, 24_500)))
    first = (v.AskForJudgement("no_defect", "检测无问题"), shop.hai) if gathers else (v.StepIn("多次投诉"), shop.arbiter)
    assert shop.say(case, *first).refusal is None
    return case


@pytest.mark.parametrize("gathers", [True, False], ids=["gathers", "stepped in"])
def test_a_draft_is_written_while_evidence_runs_and_given_after(house, client, trade, arbiter, gathers):
    case = running(trade, gathers)
    enter(client, house, arbiter)
    page = body(client.get(where(trade, case)))
    assert 'name="liability"' in page
    assert "先写好" in page
    assert re.search(r'form="judge" data-key="a" disabled', page), "it is not given yet"
    told = body(client.post(where(trade, case, "look", "adjudicate"), {**TYPED, "liability": "merchant"}))
    assert "−¥120.00" in told, "what it would do is told all the same"
    assert client.post(where(trade, case, "draft", "adjudicate"), TYPED, headers={"X-Requested-With": "draft"}).status_code == 204
    elsewhere = Client(**client.defaults)
    page = body(enter(elsewhere, house, arbiter).get(where(trade, case)))
    for kept in ("先想到的话", 'value="120.00"', "草稿，"):
        assert kept in page, kept
    assert re.search(r'value="buyer"[^>]* checked', page)
    refused = give(client, trade, case, words_buyer="改过的话")
    assert refused.status_code in (409, 422)
    assert "改过的话" in body(refused)
    assert trade.row(case, "state")[0] in ("awaiting_evidence", "awaiting_adjudication")
    assert trade.say(case, v.AddEvidence("goods_photo", "新照片", [photo(trade)]), LIN).refusal is None
    assert "之后这一单有新进展" in body(client.get(where(trade, case)))
    for actor in (LIN, trade.hai):
        assert trade.say(case, v.FinishEvidence(), actor).refusal is None
    page = body(client.get(where(trade, case)))
    assert "改过的话" in page, "what was refused is kept too"
    assert "先写好" not in page
    assert give(client, trade, case).status_code == 303
    assert trade.row(case, "state, fault") == ("adjudicated", "buyer")
    assert trade.all("select 1 from drafts where case_id = %s", case) == []


def test_a_draft_is_its_writers_alone(house, client, trade, arbiter, operator):
    case = running(trade, True)
    enter(client, house, arbiter)
    client.post(where(trade, case, "draft", "adjudicate"), TYPED)
    other = hire(house, operator, "旁旁旁", "arbiter")
    assert "先想到的话" not in body(enter(client, house, other).get(where(trade, case)))
    reader = hire(house, operator, "只读读读", "reader")
    enter(client, house, reader)
    assert client.post(where(trade, case, "draft", "adjudicate"), TYPED).status_code == 403
    assert 'name="liability"' not in body(client.get(where(trade, case)))


def test_freight_of_another_way_is_chosen_where_one_is_paid(house, client, trade, arbiter):
    order = trade.order(("CUP", 1, 20_000), ("MUG", 1, 10_000), freight=1_000)
    sent = []
    for line in (0, 1):
        case = trade.apply(order, line=line, reason="wrong_goods", photos=receipt(trade))
        assert trade.say(case, r.ApproveReturn()).refusal is None
        assert trade.say(case, b.ShipBack("顺丰", f"SF{case[-8:]}"), LIN).refusal is None
        sent.append(case)
    [k] = freight_claims.claim(trade.pool, By(LIN), trade.merchant, sent[0], 1_500, receipt(trade), "", new_id(), trade.now, "buyer-lin").compensations
    of = dispute(trade, order, "process_freight_unpaid", by=trade.arbiter)
    trade.say(of, v.StepIn("多次投诉"), trade.arbiter)
    for actor in (LIN, trade.hai):
        assert trade.say(of, v.FinishEvidence(), actor).refusal is None
    enter(client, house, arbiter)
    page = body(client.get(where(trade, of)))
    ways = re.search(r'<select[^>]*name="freight_way".*?</select>', page, re.S).group(0)
    number = trade.row(sent[1], "number")[0]
    assert f'<option value="{sent[0]}" disabled>{trade.row(sent[0], "number")[0]} 的寄回（{k.number} 已申请 ¥15.00）' in ways
    assert f">{number} 的寄回<" in ways
    assert "寄出（还能退 ¥10.00）" in ways
    given = {"outcome": "compensation", "amount": "", "compensation": "5.00", "liability": "merchant", "freight_by": "merchant", "freight": "8.00"}
    no = give(client, trade, of, **given)
    assert no.status_code in (409, 422)
    assert "哪一段运费" in body(no)
    assert give(client, trade, of, **given, freight_way=sent[1]).status_code == 303, "another way is awarded"
    assert f"寄回运费 {number}" in body(client.get(where(trade, of)))
