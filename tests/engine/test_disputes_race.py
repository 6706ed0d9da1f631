"""Disputes under two hands at once, and how much evidence a side may file (DI-1, DI-5)."""

from concurrent.futures import ThreadPoolExecutor

from amends.core.verbs import dispute as v
from amends.engine.dispute import Opened, Opening
from amends.engine.disputes import open_dispute
from amends.engine.evidence_files import take_evidence
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope
from tests.engine.test_evidence_files import paper
from tests.shop import LIN, open_shop


def test_two_at_once_open_one_and_two_answers_are_one(pool):
    shop = open_shop(pool)
    order = shop.order(("CUP", 1, 13900))
    asked = Opening(order, "goods_quality", "refund", "左耳没有声音")
    with ThreadPoolExecutor(2) as hands:
        opened = list(hands.map(lambda once: open_dispute(pool, shop.merchant, asked, LIN, shop.now, once), [new_id(), new_id()]))
    assert all(isinstance(o, Opened) for o in opened)
    assert len({o.case_id for o in opened}) == 1
    assert sorted(o.existing for o in opened) == [False, True]
    case = opened[0].case_id
    plans = [v.OfferSettlement(offer="nothing", words="维持"), v.AskForJudgement(ground="no_defect", words="检测合格")]
    with ThreadPoolExecutor(2) as hands:
        answers = list(hands.map(lambda plan: shop.say(case, plan), plans))
    assert sorted(a.refusal is None for a in answers) == [False, True], "there is one choice (DI-2)"


def test_a_side_files_so_many_and_no_more(pool):
    shop = open_shop(pool)
    case = open_dispute(pool, shop.merchant, Opening(shop.order(("CUP", 1, 13900)), "goods_quality", "refund", "坏了"), LIN, shop.now, new_id()).case_id
    with scope(pool, PLATFORM) as conn:
        conn.execute("update cases set facts = facts || '{\"filed\": {\"merchant\": 29}}' where id = %s", (case,))
    files = [take_evidence(pool, shop.merchant, paper(n), "hai", shop.now) for n in (1, 2)]
    refused = shop.say(case, v.AddEvidence("goods_photo", "照片", files)).refusal
    assert (refused.code, refused.field, refused.facts) == ("evidence_too_many", "photos", {"most": 30, "now": 29})
    assert shop.say(case, v.AddEvidence("goods_photo", "照片", files[:1])).refusal is None
    assert shop.say(case, v.AddEvidence("goods_photo", "照片", [take_evidence(pool, shop.merchant, paper(), LIN.id, shop.now)]), LIN).refusal is None, "each side has its own number"
