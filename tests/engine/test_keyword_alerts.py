"""Alerts as they are raised on the road: at application, by messages, once for the same kind of words; what answers them, and what they hold up (KW-2, SA-5, SO-26)."""

from datetime import timedelta

import pytest

from amends.core.actor import Actor, Party
from amends.core.keyword_choice import with_set, with_words
from amends.core.refusal import Refusal
from amends.core.verbs.buyer import Answer, ChangeApplication
from amends.core.verbs.desk import AcknowledgeAlert, Note, RaiseAlert, Say
from amends.core.verbs.processing import ChangeType
from amends.core.verbs.review import ApproveReturn, AskBuyer, Reject
from amends.engine import keyword_scan, keywords
from amends.engine.audit import By
from amends.engine.cancelling import Cancel, cancel
from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from amends.engine.ringing import ring
from amends.store.connect import PLATFORM, scope
from tests.shop import CARRIER, LIN, NOON, open_shop

WANTS_ANOTHER = "杯盖拧紧后还是漏水，希望換一个新的，如果没有蓝色换成黑色也行"


@pytest.fixture
def shop(pool):
    return open_shop(pool)


@pytest.fixture
def case(shop):
    return shop.apply(shop.order(("CUP", 2, 2000)), description=WANTS_ANOTHER)


def facts(shop, case):
    return shop.row(case, "facts, alert, version, type, expectation")


def events(shop, case):
    with scope(shop.pool, PLATFORM) as conn:
        return conn.execute("select version, name, actor_kind, body, explanation from events where case_id = %s order by version", (case,)).fetchall()


def test_an_application_whose_words_ask_for_another_type_opens_with_an_alert(shop, case):
    body, alert, version, type_, _ = facts(shop, case)
    assert (alert, version, type_, body["alert_open"]) == ("open", 2, "return", True)
    assert body["alert"]["sets"] == ["exchange"]
    assert body["alert"]["suggest"] == "exchange"
    assert all(WANTS_ANOTHER[h["start"]:h["end"]] == h["text"] for h in body["alert"]["hits"])
    assert "換一" in next(h["text"] for h in body["alert"]["hits"])
    applied, raised = events(shop, case)
    assert (applied[1], raised[1], raised[2]) == ("applied", "alert_raised", "system")
    assert raised[4]["by"] == "keyword"
    assert raised[4]["starter"] == keywords.starter().version
    assert "换货" in raised[4]["zh"]


@pytest.mark.parametrize("words", ["漏水，要退货", "不想换了，直接退", "don't want an exchange, return please", ""], ids=["fits", "denied", "denied in English", "silent"])
def test_words_that_fit_raise_nothing(shop, words):
    case = shop.apply(shop.order(("CUP", 2, 2000)), description=words)
    body, alert, version, *_ = facts(shop, case)
    assert (alert, version, body.get("alert_open")) == (None, 1, None)


def test_review_waits_for_the_answer_and_goes_on_after_it(shop, case):
    for command in (ApproveReturn(), Reject("other", "理由"), AskBuyer("哪里漏水")):
        assert shop.say(case, command).refusal.code == "alert_open"
    assert shop.say(case, AcknowledgeAlert("电话问过，就是要退")).event == "alert_acknowledged"
    body, alert, *_ = facts(shop, case)
    assert (alert, body["alert_open"], body["alert_seen"]) == (None, False, ["exchange"])
    assert shop.say(case, ApproveReturn(shop.address)).event == "return_approved"


def test_changing_the_type_answers_it_in_one_step_and_keeps_what_was_asked_for(shop, case):
    assert shop.say(case, ChangeType("exchange", "按客户描述")).event == "type_changed"
    body, alert, _, type_, expectation = facts(shop, case)
    assert (alert, body["alert_open"], type_, expectation) == (None, False, "exchange", "return")
    assert shop.say(case, ApproveReturn(shop.address)).refusal is None


def test_a_message_raises_once_for_the_same_kind_of_words(shop):
    case = shop.apply(shop.order(("CUP", 2, 2000)), description="漏水")
    said = "还是给我换货吧"
    assert shop.say(case, Say(said), LIN).version == 3
    hit = facts(shop, case)[0]["alert"]["hits"][0]
    assert (hit["in"], hit["at"], hit["text"], hit["type"]) == ("message", 2, said[hit["start"]:hit["end"]], "exchange")
    shop.say(case, AcknowledgeAlert())
    shop.say(case, Say("说了换一个新的"), LIN)
    assert facts(shop, case)[1] is None
    shop.say(case, Say("帮我维修一下也行"), LIN)
    body, alert, *_ = facts(shop, case)
    assert (alert, body["alert"]["sets"]) == ("open", ["repair"])


def test_an_open_alert_grows_by_other_words_and_is_answered_at_once(shop, case):
    shop.say(case, Say("再不处理我就打12315投诉"), LIN)
    body = facts(shop, case)[0]
    assert body["alert"]["sets"] == ["activist", "exchange"]
    assert {h["in"] for h in body["alert"]["hits"]} == {"description", "message"}
    assert "描述" in body["alert"]["zh"]
    assert "消息" in body["alert"]["zh"]
    shop.say(case, AcknowledgeAlert())
    assert facts(shop, case)[0]["alert_seen"] == ["activist", "exchange"]


def test_an_answer_and_a_changed_application_are_read_too(shop):
    case = shop.apply(shop.order(("CUP", 2, 2000)), description="漏水")
    shop.say(case, AskBuyer("请补照片"))
    shop.say(case, Answer("吃完拉肚子了"), LIN)
    assert facts(shop, case)[0]["alert"]["sets"] == ["illness"]
    shop.say(case, AcknowledgeAlert())
    shop.say(case, ChangeApplication(description="想換一個新的"), LIN)
    assert facts(shop, case)[0]["alert"]["hits"][0]["in"] == "description"


def test_only_the_buyers_words_are_read(shop):
    case = shop.apply(shop.order(("CUP", 2, 2000)), description="漏水")
    shop.say(case, Say("可以给您换货"))
    shop.say(case, Note("客户想换货"))
    assert facts(shop, case)[1] is None


def test_a_batch_leaves_such_cases_out_with_the_reason(shop, case):
    calm = shop.apply(shop.order(("CUP", 2, 2000)), description="漏水")
    found = handle(shop.pool, [Asked(new_id(), shop.merchant, one, ApproveReturn(shop.address), shop.hai) for one in (case, calm)], shop.now)
    assert [a.refusal and a.refusal.code for a in found] == ["alert_open", None]


def test_what_was_said_twice_is_answered_alike_though_it_warned(shop):
    case, once = shop.apply(shop.order(("CUP", 2, 2000)), description="漏水"), new_id()
    first, again = (shop.say(case, Say("给我换货"), LIN, command_id=once) for _ in range(2))
    assert (again.replayed, again.version, again.event) == (True, first.version, first.event)
    assert [e[1] for e in events(shop, case)] == ["applied", "said", "alert_raised"]


def test_a_clock_is_not_held_up_and_the_alert_stays_to_be_answered(shop, case):
    shop.now = NOON + timedelta(days=3)
    ring(shop.pool, shop.merchant, shop.now)
    assert shop.row(case, "state, alert") == ("awaiting_return", "open")
    assert shop.say(case, AcknowledgeAlert()).event == "alert_acknowledged"


def test_a_person_raises_one_in_their_own_words(shop):
    case = shop.apply(shop.order(("CUP", 2, 2000)), description="漏水")
    assert shop.say(case, RaiseAlert("先和仓库核对")).event == "alert_raised"
    assert shop.say(case, RaiseAlert("再说一遍")).refusal.code == "alert_is_open"
    assert facts(shop, case)[0]["alert"]["zh"] == "先和仓库核对"
    assert shop.say(case, ApproveReturn(shop.address)).refusal.code == "alert_open"
    assert shop.say(case, RaiseAlert("x"), CARRIER).refusal.code == "not_yours"


def test_a_cancellation_warns_by_free_words_only(shop):
    order = shop.order(("CUP", 1, 1000), received=False)
    done = cancel(shop.pool, shop.merchant, Cancel(order, "changed_mind", [], "想换货，再不管就12315投诉"), LIN, shop.now, new_id())
    assert not isinstance(done, list), done
    assert facts(shop, done.case_id)[0]["alert"]["sets"] == ["activist"]
    assert [e[1] for e in events(shop, done.case_id)] == ["cancel_applied", "alert_raised"]


def test_a_merchants_own_words_count_from_the_next_application_on(shop):
    by = By(Actor(Party.MERCHANT, "boss", "掌柜", shop.merchant, frozenset({"manage_keywords"})))
    made = []

    def edit(sets):
        sets, own = with_set(sets, "直播间", "Live room", "")
        made.append(own.set.code)
        return with_words(sets, own.set.code, ["主播说的"], keyword_scan.fold)[0]

    kept = keywords.change(shop.pool, by, shop.merchant, edit, shop.now)
    assert not isinstance(kept, Refusal)
    assert kept.version == 1
    case = shop.apply(shop.order(("CUP", 2, 2000)), description="和主播說的不一样")
    body = facts(shop, case)[0]
    assert body["alert"]["sets"] == made
    assert body["alert"]["keywords"] == 1
    assert body["keywords"] == made
    assert keywords.change(shop.pool, by, shop.merchant, edit, shop.now, seen=0).code == "keywords_changed"
    assert keywords.change(shop.pool, By(LIN), shop.merchant, edit, shop.now).code == "permission_missing"
    assert keywords.book(shop.pool, shop.merchant).made_by == "掌柜"
    again = keywords.back_to(shop.pool, by, shop.merchant, 0, shop.now)
    assert (again.version, [c.set.code for c in again.sets if not c.builtin]) == (2, [])
