"""News of parcels on a real database: kept once, orders moved, cases told, interceptions answered (LO-1, LO-3, OR-4a, SO-14, SO-16)."""

import random
import threading
from datetime import timedelta

import pytest

from amends.core.parcel_news import News, Stopped
from amends.core.verbs.buyer import CorrectWaybill, ShipBack
from amends.core.verbs.processing import ChangeType, Exchange, RegisterReceipt, ShipReplacement
from amends.core.verbs.review import ApproveReturn
from amends.engine.intercepting import answered, begin
from amends.engine.parcels import keep, take_news, tell_all
from amends.store import parcels as store
from amends.store.connect import PLATFORM, scope
from tests.engine.parcel_cast import WAY, cancellation, connect, number, outbound, parcel, scans, sent_back, told
from tests.shop import LIN, NOON, open_shop

GOOD = {"received": 1, "condition": "good", "packaging": "intact", "appearance": "intact", "function": "normal", "accessories": "complete", "disposition": "sale"}


@pytest.fixture(scope="module")
def express(pool):
    return connect(pool, "express", "特快", "特快速运")


@pytest.fixture
def shop(pool, express):
    return open_shop(pool, stock={"CUP": 10, "MUG": 5})


def test_a_return_that_is_signed_starts_the_clock_of_receipt_once(shop, express):
    case, waybill = sent_back(shop)
    assert take_news(shop.pool, express, [News(waybill, scans(*WAY[:2]))], shop.now, by="message") == 1
    assert shop.row(case, "parcel_state, version") == ("sent", 4)
    for _ in range(3):
        take_news(shop.pool, express, [News(waybill, scans(*WAY))], shop.now, by="message")
    assert shop.row(case, "parcel_state, version") == ("signed", 5)
    assert shop.all("select name from clocks where merchant_id = %s and case_id = %s", shop.merchant, case) == [("receive",)]
    assert parcel(shop, waybill, "state, signed_at, untold") == ("signed", NOON + timedelta(hours=3), False)
    assert shop.all("select count(*) from parcel_events e join parcels p on p.id = e.parcel_id where p.waybill = %s", waybill) == [(4,)]


def test_news_in_any_order_and_twice_leaves_the_same_parcel(shop, express):
    chance = random.Random(5)
    for _ in range(5):
        case, waybill = sent_back(shop)
        news = [News(waybill, (event,)) for event in scans(*WAY)] * 3
        chance.shuffle(news)
        for one in news:
            take_news(shop.pool, express, [one], shop.now, by="message")
        assert parcel(shop, waybill, "state, accepted_at, signed_at") == ("signed", NOON, NOON + timedelta(hours=3))
        assert shop.all("select count(*) from events where merchant_id = %s and case_id = %s and name = 'parcel_signed'", shop.merchant, case) == [(1,)]


def test_a_carrier_without_a_connection_is_followed_by_nobody(shop, express):
    sent_back(shop, carrier="小马快递")
    _, waybill = sent_back(shop, carrier="特快")
    assert shop.all("select body ->> 'parcel' from outbox where merchant_id = %s and effect = 'follow_parcel'", shop.merchant) == [(str(parcel(shop, waybill, "id")[0]),)]


def test_a_corrected_waybill_is_followed_instead(shop, express):
    case, wrong = sent_back(shop)
    right = number()
    assert shop.say(case, CorrectWaybill("特快", right), LIN).refusal is None
    assert take_news(shop.pool, express, [News(wrong, scans("signed"))], shop.now, by="message") == 0
    take_news(shop.pool, express, [News(right, scans("signed"))], shop.now, by="message")
    assert shop.row(case, "parcel_state") == ("signed",)


def test_service_orders_in_one_parcel_all_hear_that_it_is_signed(shop, express):
    order, waybill = shop.order(("CUP", 1, 5000), ("MUG", 1, 3000)), number()
    cases = [shop.apply(order, line=n) for n in (0, 1)]
    for case in cases:
        shop.say(case, ApproveReturn(shop.address))
        shop.say(case, ShipBack("特快", waybill), LIN)
    take_news(shop.pool, express, [News(waybill, scans("signed"))], shop.now, by="message")
    assert [shop.row(case, "parcel_state") for case in cases] == [("signed",)] * 2


def test_a_parcel_that_was_signed_before_its_case_named_it_is_told_at_once(shop, express):
    case, waybill = sent_back(shop)
    parcel_id = str(parcel(shop, waybill, "id")[0])
    keep(shop.pool, shop.merchant, [(parcel_id, News(waybill, scans(*WAY)))], shop.now, by="look", follow=True)
    assert shop.row(case, "parcel_state") == ("sent",), "the worker died here"
    assert tell_all(shop.pool, shop.now) == 2
    assert shop.row(case, "parcel_state") == ("signed",)
    assert tell_all(shop.pool, shop.now) == 0


def test_a_replacement_that_is_delivered_starts_the_buyers_time(shop, express):
    case, out = sent_back(shop)[0], number()
    for command in (RegisterReceipt(**GOOD), ChangeType("exchange", "电话里同意"), Exchange("CUP", 1), ShipReplacement("特快", out)):
        assert shop.say(case, command).refusal is None, command
    take_news(shop.pool, express, [News(out, scans(*WAY))], shop.now, by="message")
    assert shop.row(case, "state, parcel_state") == ("awaiting_delivery", "delivered")
    assert shop.all("select name from clocks where merchant_id = %s and case_id = %s", shop.merchant, case) == [("receipt_confirm",)]
    assert parcel(shop, out, "state, signed_at") == ("delivered", NOON + timedelta(hours=3))


def test_an_order_is_shipped_by_the_first_scan_and_delivered_by_the_last_signature(shop, express):
    one, two = number(), number()
    order = outbound(shop, one, two)
    state = "select state, shipped_at, delivered_at from orders where merchant_id = %s and id = %s"
    take_news(shop.pool, express, [News(one, scans("accepted"))], shop.now, by="message")
    assert shop.all(state, shop.merchant, order) == [("shipped", NOON, None)]
    take_news(shop.pool, express, [News(one, scans(*WAY))], shop.now + timedelta(days=1), by="message")
    assert shop.all(state, shop.merchant, order)[0][0] == "shipped", "the other parcel is still on its way"
    take_news(shop.pool, express, [News(two, scans(*WAY, start=NOON + timedelta(hours=2)))], shop.now + timedelta(days=1), by="message")
    assert shop.all(state, shop.merchant, order) == [("delivered", NOON, NOON + timedelta(hours=5))]


def test_a_carriers_clock_that_is_ahead_delivers_nothing_in_the_future(shop, express):
    order = outbound(shop, waybill := number(), state="shipped")
    take_news(shop.pool, express, [News(waybill, scans("signed", start=NOON + timedelta(days=9)))], shop.now, by="message")
    assert shop.all("select state, delivered_at from orders where id = %s", order) == [("delivered", NOON)]


def test_an_order_received_long_ago_is_left_alone(shop, express):
    order = outbound(shop, waybill := number(), state="received", receipt_confirmed_at=NOON)
    take_news(shop.pool, express, [News(waybill, scans("accepted"))], shop.now, by="message")
    assert shop.all("select state from orders where id = %s", order) == [("received",)]


def test_open_cancellations_hear_that_the_order_was_shipped(shop, express):
    order = outbound(shop, waybill := number())
    case = cancellation(shop, order, state="reviewing")
    take_news(shop.pool, express, [News(waybill, scans("accepted"))], shop.now, by="message")
    assert shop.all("select body ->> 'event' from outbox where merchant_id = %s and case_id = %s", shop.merchant, case) == [("order_shipped",)]


def test_an_interception_is_begun_once_and_answered_once(shop, express):
    order = outbound(shop, waybill := number(), state="shipped")
    case = cancellation(shop, order, waybill)
    first, again = begin(shop.pool, shop.merchant, [waybill], shop.now), begin(shop.pool, shop.merchant, [waybill], shop.now)
    assert first == again
    assert len(first) == 1
    for _ in range(2):
        answered(shop.pool, shop.merchant, first[0], Stopped("succeeded", "已退回"), shop.now)
    assert told(shop, case) == [("interception_succeeded", waybill, None)]
    assert shop.row(case, "state") == ("refunding",)
    assert begin(shop.pool, shop.merchant, [waybill], shop.now) == [], "it was answered"
    assert parcel(shop, waybill, "intercept, intercept_answer") == ("succeeded", "已退回")


ENDS = {
    "refused": (News("", (), intercept=Stopped("failed", "已在派送途中")), "interception_failed", "已在派送途中"),
    "delivered after all": (News("", scans(*WAY)), "interception_failed", None),
    "on its way back": (News("", scans("accepted", "intercepted")), "interception_succeeded", None),
    "handed back": (News("", scans("accepted", "returned")), "interception_succeeded", None),
}


@pytest.mark.parametrize("end", ENDS)
def test_what_the_parcel_does_answers_an_interception_too(shop, express, end):
    news, event, words = ENDS[end]
    order = outbound(shop, waybill := number(), state="shipped")
    case = cancellation(shop, order, waybill)
    begin(shop.pool, shop.merchant, [waybill], shop.now)
    take_news(shop.pool, express, [News(waybill, news.events, intercept=news.intercept)] * 2, shop.now, by="message")
    assert told(shop, case) == [(event, waybill, words)]


def test_success_is_never_taken_back_and_failure_can_turn(shop, express):
    order = outbound(shop, waybill := number(), state="shipped")
    cancellation(shop, order, waybill)
    begin(shop.pool, shop.merchant, [waybill], shop.now)
    for state, stands in (("failed", "failed"), ("succeeded", "succeeded"), ("failed", "succeeded")):
        take_news(shop.pool, express, [News(waybill, intercept=Stopped(state))], shop.now, by="message")
        assert parcel(shop, waybill, "intercept") == (stands,)


def test_a_parcel_already_delivered_is_not_asked_for_and_the_case_hears_it(shop, express):
    order = outbound(shop, waybill := number(), state="shipped")
    take_news(shop.pool, express, [News(waybill, scans(*WAY))], shop.now, by="message")
    case = cancellation(shop, order, waybill)
    assert begin(shop.pool, shop.merchant, [waybill], shop.now) == []
    assert [name for name, _, _ in told(shop, case)] == ["interception_failed"]


def test_a_second_cancellation_hears_what_the_first_asked_for(shop, express):
    order = outbound(shop, waybill := number(), state="shipped")
    first = cancellation(shop, order, waybill)
    (asked,) = begin(shop.pool, shop.merchant, [waybill], shop.now)
    answered(shop.pool, shop.merchant, asked, Stopped("failed", "改址件"), shop.now)
    second = cancellation(shop, order, waybill)
    assert begin(shop.pool, shop.merchant, [waybill], shop.now) == []
    assert [told(shop, case)[0][0] for case in (first, second)] == ["interception_failed"] * 2


def test_two_workers_hear_the_same_news_at_once(shop, express):
    cases = [sent_back(shop) for _ in range(12)]
    news = [News(waybill, scans(*WAY)) for _, waybill in cases]
    wrong = []

    def work(seed):
        mine = list(news)
        random.Random(seed).shuffle(mine)
        try:
            for start in range(0, len(mine), 3):
                take_news(shop.pool, express, mine[start : start + 3], shop.now, by="message")
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert wrong == []
    assert [shop.row(case, "parcel_state, version") for case, _ in cases] == [("signed", 5)] * 12
    assert shop.all("select count(*) from parcels where merchant_id = %s and untold", shop.merchant) == [(0,)]


def test_a_waybill_of_two_merchants_is_news_for_both(pool, shop, express):
    other = open_shop(pool)
    waybill = number()
    cases = [(s, sent_back(s, waybill=waybill)[0]) for s in (shop, other)]
    assert take_news(pool, express, [News(waybill, scans("signed"))], shop.now, by="message") == 2
    assert [s.row(case, "parcel_state") for s, case in cases] == [("signed",)] * 2


def test_another_carriers_word_about_the_same_number_counts_for_nothing(pool, shop, express):
    stranger = connect(pool, "stranger")
    case, waybill = sent_back(shop)
    assert take_news(pool, stranger, [News(waybill, scans("signed"))], shop.now, by="message") == 0
    assert shop.row(case, "parcel_state") == ("sent",)


def test_silent_parcels_come_due_ever_more_seldom(shop, express):
    _, waybill = sent_back(shop)
    ident = str(parcel(shop, waybill, "id")[0])
    now, gaps = shop.now, []
    for _ in range(5):
        keep(shop.pool, shop.merchant, [(ident, News(waybill))], now, by="look", follow=True)
        due = parcel(shop, waybill, "next_look_at")[0]
        gaps.append(due - now)
        now = due
        with scope(shop.pool, PLATFORM) as conn:
            assert shop.merchant in store.merchants_silent(conn, now)
    assert gaps == sorted(gaps)
    assert gaps[0] < gaps[-1]
    keep(shop.pool, shop.merchant, [(ident, News(waybill, scans(*WAY)))], now, by="look")
    assert parcel(shop, waybill, "next_look_at, looks") == (None, 0), "nothing more is expected"


def test_a_number_the_carrier_does_not_know_is_flagged_until_it_does(shop, express):
    _, waybill = sent_back(shop)
    take_news(shop.pool, express, [News(waybill, known=False, words="查无此单")], shop.now, by="look", follow=True)
    assert parcel(shop, waybill, "trouble") == ("查无此单",)
    take_news(shop.pool, express, [News(waybill, scans("accepted"))], shop.now, by="message")
    assert parcel(shop, waybill, "trouble, state") == ("", "accepted")
