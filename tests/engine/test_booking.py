"""Bookings by the platform's people: with a reason, once, within what the accounts hold, whoever books at the same time."""

import threading
from dataclasses import replace

import pytest

from amends.core.actor import ALL, Actor, Party
from amends.engine.audit import By
from amends.engine.booking import Booking, book
from amends.engine.ids import new_id
from tests.shop import NOON, open_shop

JUDGE = By(Actor(Party.PLATFORM, new_id(), "平台财务", None, frozenset({"book_ledger"})))
PAID_IN = Booking("deposit_paid_in", 500_000, "manual", "开店缴纳")


@pytest.fixture
def shop(pool):
    return open_shop(pool)


def say(shop, booking, by=JUDGE):
    refusal = book(shop.pool, by, shop.merchant, booking, NOON)
    return refusal.code if refusal else None


def balances(shop):
    return dict(shop.all("select account, balance_minor from ledger_balances where merchant_id = %s and balance_minor <> 0", shop.merchant))


def test_deposits_penalties_and_their_return(shop):
    assert say(shop, PAID_IN) is None
    assert say(shop, Booking("penalty_charged", 200_000, "deposit", "考核 72 分")) is None
    assert say(shop, Booking("penalty_returned", 50_000, "deposit", "申诉成立")) is None
    assert say(shop, Booking("deposit_taken", 100_000, "deposit", "货款不足")) is None
    assert balances(shop) == {"provider:manual": -500_000, "merchant_deposit": 250_000, "penalty": 150_000, "merchant_settlement": 100_000}
    rows = shop.all("select kind, reason, actor_name from ledger_movements where merchant_id = %s order by at, id", shop.merchant)
    assert ("penalty_charged", "考核 72 分", "平台财务") in rows
    assert shop.all("select count(*) from audit where merchant_id = %s and action = 'ledger.penalty_charged'", shop.merchant) == [(1,)]


def test_a_form_sent_twice_books_once(shop):
    twice = replace(PAID_IN, once=new_id())
    assert [say(shop, twice), say(shop, twice)] == [None, None]
    assert balances(shop)["merchant_deposit"] == 500_000
    assert shop.all("select count(*) from audit where merchant_id = %s", shop.merchant) == [(1,)]


@pytest.mark.parametrize(("booking", "code"), [
    (replace(PAID_IN, reason=" "), "required"), (replace(PAID_IN, reason="原" * 501), "too_long"), (replace(PAID_IN, what="gift"), "not_a_choice"), (replace(PAID_IN, way="deposit"), "not_a_choice"),
    (replace(PAID_IN, amount=0), "ledger_amount_wrong"), (Booking("penalty_charged", 1, "deposit", "x"), "ledger_deposit_short"), (Booking("advance_recovered", 1, "merchant", "x"), "ledger_advance_less"),
    (Booking("penalty_returned", 1, "merchant", "x"), "ledger_penalty_less"),
], ids=["no reason", "long reason", "unknown", "wrong way", "nothing", "no deposit", "no advance", "no penalty"])
def test_what_cannot_be_booked_is_refused_and_leaves_nothing(shop, booking, code):
    assert say(shop, booking) == code
    assert balances(shop) == {}


def test_only_the_platform_s_people_with_leave_book(shop):
    assert say(shop, PAID_IN, By(Actor(Party.PLATFORM, new_id(), "客服", None, frozenset({"read"})))) == "permission_missing"
    assert say(shop, PAID_IN, By(Actor(Party.MERCHANT, new_id(), "店主", shop.merchant, ALL))) == "not_yours"
    assert book(shop.pool, JUDGE, new_id(), PAID_IN, NOON).code == "merchant_unknown"


def test_penalties_at_once_never_take_more_than_the_deposit(shop):
    say(shop, PAID_IN)
    told = []
    threads = [threading.Thread(target=lambda: told.append(say(shop, Booking("penalty_charged", 200_000, "deposit", "并发")))) for _ in range(5)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(told, key=str) == [None, None, "ledger_deposit_short", "ledger_deposit_short", "ledger_deposit_short"]
    assert balances(shop) == {"provider:manual": -500_000, "merchant_deposit": 100_000, "penalty": 400_000}
