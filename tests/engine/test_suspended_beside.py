"""Suspensions reach what runs beside the clocks of cases: answers to claims, windows to ask, evidence and appeals, the reminder to rate (PO-15)."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from amends.core.compensation import Owed
from amends.core.divisions import province_named
from amends.core.hours import Calendar
from amends.core.pauses import applying
from amends.core.retiming import moved
from amends.core.verbs import dispute as v
from amends.core.verbs.ticket import RESULTS, Reply
from amends.engine import freight_claims, late_shipment, price_protection, suspensions
from amends.engine.compensation_desk import Done
from amends.engine.disputes import ways
from amends.engine.ids import new_id
from amends.engine.order_times import times_of
from amends.engine.retiming import retime
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.screens import compensations as read
from amends.store.screens import order_work, orders
from amends.store.suspensions import every
from tests.engine.compensation_shop import DAY, NOON, compensation_shop, price, unshipped
from tests.engine.dispute_desk import dispute, judged
from tests.engine.test_compensation import ask_price, claim, receipt, sent_back
from tests.engine.test_suspensions import BOSS, END, START, TEN, draft, follow, made, nothing_stands_still
from tests.engine.test_tickets import opened
from tests.shop import LIN, Shop

__all__ = ["nothing_stands_still"]  # every test here begins without suspensions too
SIX, HOUR = timedelta(days=6), timedelta(hours=1)


@pytest.fixture
def shop(pool: Pool) -> Shop:
    return compensation_shop(pool)


def asked_price(shop: Shop, **columns: object) -> str:
    order = shop.order(("CUP", 1, 20000), **columns)
    price(shop, "CUP", 9000)
    done = ask_price(shop, order)
    assert isinstance(done, Done), done
    return done.compensations[0].id


def asked_freight(shop: Shop, **_: object) -> str:
    _, case = sent_back(shop)
    done = claim(shop, case, 1000, receipt(shop))
    assert isinstance(done, Done), done
    return done.compensations[0].id


def due(shop: Shop, compensation: str) -> datetime:
    return shop.all("select due_at from compensations where merchant_id = %s and id = %s", shop.merchant, compensation)[0][0]  # type: ignore[no-any-return]


def late(shop: Shop) -> tuple[int, int]:
    with scope(shop.pool, PLATFORM) as conn:
        return read.waiting(conn, shop.merchant, shop.now)


@pytest.mark.parametrize(("ask", "clock", "other"), [(asked_price, "price_answer", "freight_answer"), (asked_freight, "freight_answer", "price_answer")], ids=["price", "freight"])
def test_an_answer_has_left_what_it_had_whatever_is_made_changed_and_taken_back(shop: Shop, ask, clock: str, other: str) -> None:
    waits = ask(shop)
    first = due(shop, waits)
    assert first == NOON + 2 * DAY
    made(shop, clocks=[other])
    follow(shop)
    assert due(shop, waits) == first, "another kind"
    suspension = made(shop, clocks=[clock])
    looked = suspensions.preview(shop.pool, BOSS, draft(clocks=[clock], starts_at=START + SIX, ends_at=END + SIX), shop.now, suspension)
    follow(shop)
    assert due(shop, waits) == first + TEN
    assert isinstance(looked, suspensions.Effect)
    assert looked.clocks == 0, "as it stands now nothing has been moved yet, and the other period begins after it is due"
    assert suspensions.change(shop.pool, BOSS, suspension, draft(clocks=[clock], ends_at=END - timedelta(days=4)), shop.now) == []
    follow(shop)
    assert due(shop, waits) == first + SIX
    assert suspensions.withdraw(shop.pool, BOSS, suspension, shop.now) == []
    follow(shop)
    assert due(shop, waits) == first
    suspension = made(shop)
    follow(shop)
    shop.now = START + timedelta(days=2, seconds=7)
    assert late(shop) == (1, 0), "it would be late if nothing stood still"
    assert suspensions.end_early(shop.pool, BOSS, suspension, shop.now) == []
    follow(shop)
    assert due(shop, waits) == first + timedelta(days=2, seconds=7)
    shop.now = due(shop, waits)
    assert late(shop) == (1, 1)


def test_the_look_counts_answers_and_a_claim_made_knowing_stands_at_the_same_instant(shop: Shop) -> None:
    before = asked_price(shop)
    looked = suspensions.preview(shop.pool, BOSS, draft(clocks=["price_answer"]), shop.now)
    assert isinstance(looked, suspensions.Effect)
    assert [(e.clock, e.after - e.before) for e in looked.examples if e.merchant == "青禾家居" and e.before == due(shop, before)][:1] == [("price_answer", TEN)]
    made(shop)
    knowing = asked_price(shop)
    follow(shop)
    assert due(shop, before) == due(shop, knowing) == NOON + 2 * DAY + TEN
    with scope(shop.pool, PLATFORM) as conn:
        shown = read.one(conn, shop.merchant, knowing)
    assert shown is not None
    assert shown.clock["clock"] == "price_answer"


def test_only_the_province_named(shop: Shop) -> None:
    here, there = asked_price(shop, province="广东"), asked_price(shop)
    made(shop, regions=["广东省"])
    follow(shop)
    assert (due(shop, here), due(shop, there)) == (NOON + 2 * DAY + TEN, NOON + 2 * DAY)


def test_two_workers_move_an_answer_once_and_a_row_from_before_is_understood(shop: Shop, admin) -> None:
    waits = asked_price(shop)
    admin.execute("update compensations set clock = '{}' where id = %s", (waits,))
    made(shop)
    made(shop, starts_at=END, ends_at=END + DAY)
    while not retime(shop.pool, shop.merchant, shop.now).done:
        retime(shop.pool, shop.merchant, shop.now)
    follow(shop)
    assert due(shop, waits) == NOON + 3 * DAY + TEN


def test_windows_to_ask_stand_still_too(shop: Shop, admin) -> None:
    _, case = sent_back(shop)
    ended = NOON - 15 * DAY + timedelta(hours=30)
    admin.execute("update cases set closed_at = %s, state = 'completed' where id = %s", (ended, case))
    order = shop.order(("CUP", 1, 19900))
    admin.execute("update orders set delivered_at = %s, receipt_confirmed_at = %s where id = %s", (NOON - 6 * DAY, NOON - 6 * DAY, order))
    price(shop, "CUP", 9000)
    later = START + timedelta(days=5)

    def closed() -> list[str | None]:
        claimed = freight_claims.standing(shop.pool, shop.merchant, case, later)
        protected = price_protection.offer(shop.pool, shop.merchant, order, later)
        assert claimed is not None
        assert protected is not None
        return [r.code if r else None for r in (claimed.closed, protected.closed)]

    assert closed() == ["freight_too_late", "price_too_late"]
    made(shop)
    assert closed() == [None, None]
    assert next(w.ends for w in ways(shop.pool, shop.merchant, order, later) or () if w.kind == "order") == NOON - 6 * DAY + timedelta(days=15) + TEN


def test_evidence_and_appeals_close_later_and_as_before_when_it_is_taken_back(shop: Shop) -> None:
    asked, settled = dispute(shop, shop.order(("CUP", 1, 20_000))), dispute(shop, shop.order(("CUP", 1, 20_000)))
    assert shop.say(asked, v.StepIn("介入"), shop.arbiter).refusal is None
    judged(shop, settled, liability="merchant", outcome="refund", amount=1000)
    closes, ends = shop.now + timedelta(hours=72), datetime.fromisoformat(shop.row(settled, "facts ->> 'appeal_until'")[0])
    suspension = made(shop)
    follow(shop)
    shop.now = closes + DAY
    no = shop.say(asked, v.FinishEvidence(), shop.hai).refusal
    assert no is None, "evidence is still open"
    shop.now = ends + DAY
    assert shop.say(settled, v.Appeal(words="不服"), shop.hai).refusal is None
    shop.now = closes
    assert suspensions.withdraw(shop.pool, BOSS, suspension, shop.now) == []
    follow(shop)
    assert shop.say(asked, v.FinishEvidence(), LIN).refusal.code == "evidence_closed"  # type: ignore[union-attr]
    assert shop.row(asked, "facts -> 'windows'")[0] in ({}, None)


def test_a_reminder_to_rate_stands_still_as_its_clock_does(shop: Shop, admin) -> None:
    case = shop.apply(shop.order(("CUP", 1, 5000)))
    first = NOON + 5 * DAY
    admin.execute("insert into outbox (merchant_id, id, case_id, effect, body, due_at) values (%s, %s, %s, 'remind_to_rate', '{\"version\": 1}', %s)", (shop.merchant, new_id(), case, first))

    def reminded() -> datetime:
        follow(shop)
        return shop.all("select due_at from outbox where case_id = %s and effect = 'remind_to_rate'", case)[0][0]  # type: ignore[no-any-return]

    suspension = made(shop, clocks=["rate"])
    later = reminded()
    assert suspensions.withdraw(shop.pool, BOSS, suspension, shop.now) == []
    assert later - reminded() == TEN


def test_the_time_to_ship_stands_still_in_lists_and_in_what_is_paid(shop: Shop) -> None:
    """Paid for two days ago, held to the pack's day; another promised by its shop, knowing the first notice but not the second."""
    shop.now = NOON - 3 * DAY
    made(shop, clocks=["order_ship"], starts_at=NOON - 40 * HOUR, ends_at=NOON - 30 * HOUR)
    shop.now = NOON
    plain = unshipped(shop, province="广东")
    promised = unshipped(shop, promised_ship_by=NOON - 24 * HOUR)

    def late_by(at: datetime) -> list[timedelta | None]:
        found = [(x.order.id, x.ship_by) for x in late_shipment.left_out(shop.pool, shop.merchant, at)]
        return [next((at - by for id_, by in found if id_ == order), None) for order in (plain, promised)]

    def listed(at: datetime) -> list[str]:
        with scope(shop.pool, UUID(shop.merchant)) as conn:
            pack, still = order_work.pack_of(conn, shop.merchant, at)
            return [row.id for row in orders.listed(conn, shop.merchant, work="ship_late", times=times_of(pack, at, still=still))]

    assert late_by(NOON) == [14 * HOUR, 24 * HOUR]
    assert listed(NOON) == [promised, plain], "the longest late first"
    made(shop, clocks=["order_ship"], starts_at=NOON - 47 * HOUR, ends_at=NOON + 5 * HOUR, regions=["广东省"])
    assert late_by(NOON) == [None, 24 * HOUR]
    assert listed(NOON) == [promised]
    assert late_by(NOON + 29 * HOUR) == [HOUR, 53 * HOUR], "one hour of its day was gone, and the two notices overlap"
    made(shop, starts_at=NOON - 20 * HOUR, ends_at=NOON + DAY, clocks=["order_ship"])
    (owed,) = [late_shipment.standing(shop.pool, shop.merchant, promised, NOON + DAY)]
    assert isinstance(owed, Owed)
    assert owed.why["late_by"] == 4 * 3600, "late for four hours when the clock stopped"


def test_a_turn_of_a_ticket_counts_without_suspended_time(shop: Shop) -> None:
    case = opened(shop).ticket_id
    made(shop, starts_at=NOON + HOUR, ends_at=NOON + 3 * HOUR)
    follow(shop)
    shop.now = NOON + 4 * HOUR
    assert shop.say(case, Reply(words="已处理", result=RESULTS[0]), shop.hai).refusal is None
    assert shop.all("select took from ticket_turns where case_id = %s", case) == [(2 * 3600,)]


def test_the_database_moves_an_order_as_the_arithmetic_does(shop: Shop) -> None:
    """`amends_later` and `core.retiming.moved`, over periods that overlap, touch and name other kinds and provinces."""
    chance = Random(7)
    for _ in range(9):
        start = START + timedelta(hours=chance.randint(-48, 200))
        made(shop, starts_at=start, ends_at=max(start, shop.now) + timedelta(hours=chance.randint(1, 90)), clocks=chance.choice([[], ["order_ship"], ["review"]]), regions=chance.choice([[], ["广东省"], ["河北省"]]))
    asked = [(NOON + timedelta(minutes=chance.randint(-9000, 9000)), chance.randint(1, 20_000), chance.choice(["广东", "河北省", ""])) for _ in range(200)]
    with scope(shop.pool, PLATFORM) as conn:
        known = every(conn)
        found = conn.execute(
            "select amends_later('order_ship', x.began, x.due, x.province, null) from unnest(%s::timestamptz[], %s::timestamptz[], %s::text[]) with ordinality as x(began, due, province, n) order by n",
            ([a[0] for a in asked], [a[0] + timedelta(minutes=a[1]) for a in asked], [a[2] for a in asked]),
        ).fetchall()
    utc = Calendar("UTC")
    assert [row[0] for row in found] == [
        moved(began, began + timedelta(minutes=n), "all", utc, applying(known, "order_ship", province_named(province) or None)) for began, n, province in asked
    ]
