"""Goodwill within limits whoever gives at the same moment, price differences, return freight; the money of each (CO-3 … CO-5)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from amends.core.actor import Actor, Party
from amends.core.verbs import buyer as b
from amends.core.verbs import review as r
from amends.engine import compensation, compensation_settings, freight_claims, payout_answers, photos, price_protection
from amends.engine.audit import By
from amends.engine.compensation import Decision, Goodwill
from amends.engine.compensation_desk import Done
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, Pool, scope
from tests.engine.compensation_shop import DAY, NOON, agent, booked, compensation_shop, compensations, person, price, requests, supervisor
from tests.engine.test_photos import picture as drawn
from tests.shop import LIN, Shop


@pytest.fixture
def shop(pool: Pool) -> Shop:
    return compensation_shop(pool)


def picture(side: int = 40) -> bytes:
    """A photo; another side is another photo."""
    return drawn("PNG", (side, 40))


def give(shop: Shop, by: By, order: str, amount: int, *, command: str = "", **more) -> Done | list:
    wish = Goodwill(order, amount, more.pop("reason", "long_wait"), **more)
    return compensation.give(shop.pool, by, shop.merchant, wish, command or new_id(), NOON)


def codes(answer) -> list[str]:
    return [r.code for r in answer] if isinstance(answer, list) else []


def test_goodwill_is_paid_beside_the_order_and_stands_in_the_books(shop):
    order, by = shop.order(("CUP", 1, 19900)), agent(shop)
    done = give(shop, by, order, 1500, words="等了三天")
    assert isinstance(done, Done), codes(done)
    k = done.compensations[0]
    assert (k.state, k.amount_minor, k.number, k.decided_name) == ("granted", 1500, "K-2026-000001", "知夏")
    assert requests(shop, order) == [("payout", 1500, False)]
    assert booked(shop, order) == {"merchant_settlement": -1500, "goodwill": 1500}
    assert shop.all("select refunded_minor from orders where id = %s", order) == [(0,)]
    assert shop.all("select action, after ->> 'words' from audit where merchant_id = %s", shop.merchant) == [("goodwill_given", "等了三天")]


def test_a_transfer_by_hand_makes_it_paid_and_the_buyer_hears_of_it(shop):
    order, by = shop.order(("CUP", 1, 19900)), agent(shop)
    give(shop, by, order, 1500)
    (request,), = shop.all("select id::text from refund_requests where merchant_id = %s", shop.merchant)
    assert payout_answers.record_transfer(shop.pool, By(shop.hai), request, "T-1", NOON + DAY) is None
    assert compensations(shop, order) == [("goodwill", "paid", 1500)]
    assert booked(shop, order) == {"merchant_settlement": -1500, "provider:manual": 1500}
    assert shop.all("select event from notices where merchant_id = %s order by at", shop.merchant) == [("compensation_granted",), ("compensation_paid",)]


def test_the_same_command_gives_once_and_another_under_its_id_is_refused(shop):
    order, by, command = shop.order(("CUP", 1, 19900)), agent(shop), new_id()
    first, again = give(shop, by, order, 500, command=command), give(shop, by, order, 500, command=command)
    assert (again.replayed, again.compensations[0].id) == (True, first.compensations[0].id)
    assert codes(give(shop, by, order, 501, command=command)) == ["command_id_reused"]
    with ThreadPoolExecutor(4) as some:
        twice = new_id()
        list(some.map(lambda _: give(shop, by, order, 300, command=twice), range(4)))
    assert compensations(shop, order) == [("goodwill", "granted", 500), ("goodwill", "granted", 300)]


def test_a_coupon_moves_no_money_and_is_the_buyers(shop):
    order = shop.order(("CUP", 1, 19900))
    done = give(shop, agent(shop), order, 1000, medium="coupon", minimum=5000)
    assert len(done.coupon) == 12
    assert compensations(shop, order) == [("goodwill", "paid", 1000)]
    assert (requests(shop, order), booked(shop, order)) == ([], {})
    assert shop.all("select code, kind, amount_minor, minimum_minor, buyer_id, valid_until from coupons where merchant_id = %s", shop.merchant) == [
        (done.coupon, "minimum", 1000, 5000, "buyer-lin", NOON + 90 * DAY)
    ]


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        pytest.param({"reason": "because"}, "not_a_choice", id="reason"), pytest.param({"reason": "other"}, "words_missing", id="words"), pytest.param({"medium": "gold"}, "not_a_choice", id="medium"),
        pytest.param({"medium": "coupon", "minimum": 100}, "coupon_minimum_wrong", id="minimum"), pytest.param({"amount": 0}, "goodwill_nothing", id="nothing"),
        pytest.param({"amount": 2001}, "goodwill_case", id="above-the-case"), pytest.param({"words": "长" * 501}, "too_long", id="too-long"),
    ],
)
def test_what_is_wrong_with_a_wish_is_said_and_nothing_is_written(shop, wish, code):
    order = shop.order(("CUP", 1, 19900))
    assert codes(give(shop, agent(shop), order, wish.pop("amount", 500), **wish)) == [code]
    assert compensations(shop, order) == []


def test_nobody_gives_without_the_permission_nor_the_platform_for_a_shop(shop):
    order = shop.order(("CUP", 1, 19900))
    assert codes(give(shop, person(shop, "新人"), order, 500)) == ["permission_missing"]
    assert codes(give(shop, By(shop.arbiter), order, 500)) == ["not_yours"]


def test_the_refusal_names_who_can_and_asking_puts_it_before_them(shop):
    order, by, chief = shop.order(("CUP", 1, 19900)), agent(shop), supervisor(shop)
    refused = give(shop, by, order, 3000)
    assert codes(refused) == ["goodwill_case"]
    assert refused[0].facts["who"] == ["阿海"]
    asked = give(shop, by, order, 3000, ask=True).compensations[0]
    assert (asked.state, requests(shop, order)) == ("asked", [])
    own = compensation.decide(shop.pool, By(Actor(Party.MERCHANT, by.actor.id, "知夏", shop.merchant, frozenset({"decide_compensation"}))), shop.merchant, asked.id, Decision(True), new_id(), NOON)
    assert codes(own) == ["own_asking"]
    done = compensation.decide(shop.pool, chief, shop.merchant, asked.id, Decision(True, 2500), new_id(), NOON)
    assert isinstance(done, Done), codes(done)
    assert compensations(shop, order) == [("goodwill", "granted", 2500)]
    assert codes(compensation.decide(shop.pool, chief, shop.merchant, asked.id, Decision(False, words="不"), new_id(), NOON)) == ["compensation_decided"]


def test_a_refusal_needs_words_and_pays_nothing(shop):
    order, by, chief = shop.order(("CUP", 1, 19900)), agent(shop), supervisor(shop)
    asked = give(shop, by, order, 3000, ask=True).compensations[0]
    assert codes(compensation.decide(shop.pool, chief, shop.merchant, asked.id, Decision(False), new_id(), NOON)) == ["refusal_words_missing"]
    assert isinstance(compensation.decide(shop.pool, chief, shop.merchant, asked.id, Decision(False, words="已另行处理"), new_id(), NOON), Done)
    assert (compensations(shop, order), requests(shop, order)) == ([("goodwill", "refused", 0)], [])


def test_limits_by_person_before_role_before_shop_before_pack(pool):
    role = new_id()
    shop = compensation_shop(pool, case=1000, agent_day=3000, roles={role: {"case": 1800}}, people={})
    order, plain, senior = shop.order(("CUP", 1, 19900)), agent(shop), person(shop, "资深", "give_goodwill", role=role)
    assert compensation.room(pool, plain, shop.merchant, order, NOON).left == 1000
    assert compensation.room(pool, senior, shop.merchant, order, NOON).left == 1800
    wish = compensation_settings.Wish(late=True, figures={"case": "10", "agent_day": "30", "shop_day": "60"}, people={plain.actor.id: {"case": "25", "agent_day": "40.50"}})
    assert compensation_settings.change(pool, By(shop.hai), wish, NOON) is None
    seen = compensation.room(pool, plain, shop.merchant, order, NOON)
    assert (seen.left, seen.limits.case, seen.limits.agent_day, seen.limits.shop_day) == (2500, 2500, 4050, 6000)


def test_settings_are_checked_audited_and_keep_the_instant_of_the_switch(pool):
    shop = compensation_shop(pool)
    wrong = compensation_settings.change(pool, By(shop.hai), compensation_settings.Wish(figures={"case": "50", "agent_day": "20"}), NOON)
    assert (wrong.code, wrong.field) == ("limits_wrong", "case")
    assert compensation_settings.change(pool, By(shop.hai), compensation_settings.Wish(people={"x": {"case": "ten"}}), NOON).field == "people.x.case"
    assert compensation_settings.change(pool, By(shop.new), compensation_settings.Wish(), NOON).code == "permission_missing"
    since = "select settings -> 'compensation' ->> 'late_since' from merchants where id = %s"
    (before,), = shop.all(since, shop.merchant)
    compensation_settings.change(pool, By(shop.hai), compensation_settings.Wish(late=True, figures={"case": "15"}), NOON)
    assert shop.all(since, shop.merchant) == [(before,)]
    compensation_settings.change(pool, By(shop.hai), compensation_settings.Wish(late=False), NOON)
    assert shop.all(since, shop.merchant) == [(None,)]
    compensation_settings.change(pool, By(shop.hai), compensation_settings.Wish(late=True), NOON + DAY)
    assert shop.all(since, shop.merchant) == [((NOON + DAY).isoformat(),)]
    assert shop.all("select count(*) from audit where merchant_id = %s and action = 'settings_changed'", shop.merchant) == [(3,)]


def test_two_agents_at_the_shops_daily_limit_at_the_same_time(pool):
    """Each on another order, so that only the day stands between them."""
    shop = compensation_shop(pool, shop_day=5000)
    orders, people = [shop.order(("CUP", 1, 19900)) for _ in range(8)], [agent(shop, f"客服{n}") for n in range(8)]
    start = threading.Barrier(8)

    def one(n: int):
        start.wait()
        return give(shop, people[n], orders[n], 1500)

    with ThreadPoolExecutor(8) as some:
        answers = list(some.map(one, range(8)))
    assert sum(isinstance(a, Done) for a in answers) == 3
    assert {code for a in answers for code in codes(a)} == {"goodwill_shop_day"}
    assert shop.all("select sum(amount_minor) from compensations where merchant_id = %s", shop.merchant) == [(4500,)]


def test_one_agent_in_many_windows_stays_within_the_own_day(pool):
    shop = compensation_shop(pool, agent_day=4000)
    by, orders = agent(shop), [shop.order(("CUP", 1, 19900)) for _ in range(6)]
    with ThreadPoolExecutor(6) as some:
        answers = list(some.map(lambda order: give(shop, by, order, 1000), orders))
    assert sum(isinstance(a, Done) for a in answers) == 4
    tomorrow = compensation.give(pool, by, shop.merchant, Goodwill(orders[0], 900, "long_wait"), new_id(), NOON + DAY)
    assert isinstance(tomorrow, Done)


def test_the_day_is_the_merchants_own(pool):
    shop = compensation_shop(pool, agent_day=1000, case=1000)
    by, order, other = agent(shop), shop.order(("CUP", 1, 19900)), shop.order(("CUP", 1, 19900))
    late = NOON.replace(hour=15, minute=59)  # 23:59 in Shanghai
    assert isinstance(compensation.give(pool, by, shop.merchant, Goodwill(order, 1000, "long_wait"), new_id(), late), Done)
    assert codes(compensation.give(pool, by, shop.merchant, Goodwill(other, 1000, "long_wait"), new_id(), late)) == ["goodwill_agent_day"]
    assert isinstance(compensation.give(pool, by, shop.merchant, Goodwill(other, 1000, "long_wait"), new_id(), late + timedelta(minutes=2)), Done)


BUYER = By(LIN)


def ask_price(shop: Shop, order: str, lines=(), command: str = ""):
    return price_protection.ask(shop.pool, BUYER, shop.merchant, order, list(lines), command or new_id(), NOON, "buyer-lin")


def test_a_price_difference_goes_back_the_way_the_money_came_and_counts_on_the_line(shop):
    order = shop.order(("CUP", 2, 20000), ("MUG", 1, 5000))
    price(shop, "CUP", 9000)
    price(shop, "MUG", 6000)
    seen = price_protection.offer(shop.pool, shop.merchant, order, NOON, "buyer-lin")
    assert [line.found.amount if hasattr(line.found, "amount") else line.found.code for line in seen.lines] == [2000, "price_not_fallen"]
    k = ask_price(shop, order).compensations[0]
    assert (k.state, k.asked_minor, k.line_id, k.due_at) == ("asked", 2000, shop.lines[order][0], NOON + 2 * DAY)
    assert codes(ask_price(shop, order)) == ["price_not_fallen", "compensation_asked"]
    done = compensation.decide(shop.pool, supervisor(shop), shop.merchant, k.id, Decision(True), new_id(), NOON)
    assert isinstance(done, Done), codes(done)
    assert requests(shop, order) == [("refund", 2000, True)]
    assert booked(shop, order) == {"merchant_settlement": -2000, "compensation": 2000}
    assert shop.all("select o.refunded_minor, l.refunded_minor from orders o join order_lines l on l.order_id = o.id where o.id = %s and l.sku = 'CUP'", order) == [(2000, 2000)]
    assert codes(ask_price(shop, order, [shop.lines[order][0]])) == ["price_given_already"]


def test_a_later_refund_gives_so_much_less_and_all_of_it_is_never_above_what_was_paid(shop):
    order = shop.order(("CUP", 1, 10000))
    price(shop, "CUP", 9000)
    k = ask_price(shop, order).compensations[0]
    compensation.decide(shop.pool, supervisor(shop), shop.merchant, k.id, Decision(True), new_id(), NOON)
    case = shop.apply(order, reason="quality_fault", photos=[photos.take_photo(shop.pool, shop.merchant, picture(), "buyer-lin", NOON)])
    assert shop.say(case, r.RefundWithoutReturn()).refusal is None
    assert shop.row(case, "granted_minor") == (9000,)
    assert shop.all("select refunded_minor, paid_minor from orders where id = %s", order) == [(10000, 10000)]
    assert codes(ask_price(shop, order)) == ["price_nothing_left"]


def test_decided_while_a_refund_goes_out_it_gives_what_is_left(shop):
    order = shop.order(("CUP", 1, 10000))
    price(shop, "CUP", 4000)
    k = ask_price(shop, order).compensations[0]
    case = shop.apply(order, reason="quality_fault", photos=[photos.take_photo(shop.pool, shop.merchant, picture(), "buyer-lin", NOON)])
    chief, start = supervisor(shop), threading.Barrier(2)

    def refund():
        start.wait()
        return shop.say(case, r.RefundWithoutReturn())

    def protect():
        start.wait()
        return compensation.decide(shop.pool, chief, shop.merchant, k.id, Decision(True), new_id(), NOON)

    with ThreadPoolExecutor(2) as some:
        list(some.map(lambda f: f(), (refund, protect)))
    assert shop.all("select refunded_minor from orders where id = %s", order) == [(10000,)]
    assert shop.all("select coalesce(sum(amount_minor), 0)::int <= 10000 from refund_requests where order_id = %s", order) == [(True,)]


def test_clear_cases_are_granted_by_the_house_where_the_merchant_says_so(pool):
    shop = compensation_shop(pool, price_automatic=True)
    order = shop.order(("CUP", 1, 10000))
    price(shop, "CUP", 8800)
    k = ask_price(shop, order).compensations[0]
    assert (k.state, k.decided_kind, k.amount_minor) == ("granted", "system", 1200)
    assert requests(shop, order) == [("refund", 1200, True)]


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        pytest.param({"state": "cancelled"}, "price_order_closed", id="cancelled"), pytest.param({"paid_at": None}, "price_not_paid", id="unpaid"),
        pytest.param({"delivered_at": NOON - 9 * DAY}, "price_too_late", id="too-late"),
    ],
)
def test_price_protection_ends(shop, columns, code):
    order = shop.order(("CUP", 1, 10000), **columns)
    price(shop, "CUP", 100)
    assert codes(ask_price(shop, order)) == [code]


def test_a_price_in_another_currency_is_no_price(shop):
    order = shop.order(("TEA", 1, 10000))
    price(shop, "TEA", 100, "USD")
    assert codes(ask_price(shop, order)) == ["price_unknown"]


def test_another_buyer_finds_nothing(shop):
    order = shop.order(("CUP", 1, 10000))
    assert codes(price_protection.ask(shop.pool, By(Actor(Party.BUYER, "buyer-wu", "吴")), shop.merchant, order, [], new_id(), NOON, "buyer-wu")) == ["order_unknown"]
    assert price_protection.offer(shop.pool, shop.merchant, order, NOON, "buyer-wu") is None


def sent_back(shop: Shop, reason: str = "wrong_goods") -> tuple[str, str]:
    """A return whose goods the buyer has sent back; (order, case)."""
    order = shop.order(("CUP", 1, 19900))
    photo = [photos.take_photo(shop.pool, shop.merchant, picture(), "buyer-lin", NOON)] if reason != "no_reason" else []
    case = shop.apply(order, reason=reason, photos=photo)
    assert shop.say(case, r.ApproveReturn()).refusal is None
    assert shop.say(case, b.ShipBack("顺丰", f"SF{order[-8:]}"), LIN).refusal is None
    return order, case


def receipt(shop: Shop, size: int = 40) -> list[str]:
    return [str(photos.take_photo(shop.pool, shop.merchant, picture(size), "buyer-lin", NOON))]


def claim(shop: Shop, case: str, amount: int, files: list[str]):
    return freight_claims.claim(shop.pool, BUYER, shop.merchant, case, amount, files, "", new_id(), NOON, "buyer-lin")


def insure(shop: Shop, order: str, most: int) -> None:
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update orders set facts = facts || jsonb_build_object('freight_insured', %s::bigint) where id = %s", (most, order))


@pytest.mark.parametrize(("reason", "most", "asked", "owed", "entries"), [
    ("no_reason", 1000, 3200, 1000, {"freight": -1000, "compensation": 1000}),
    ("wrong_goods", 1000, 3200, 2500, {"freight": -1000, "merchant_settlement": -1500, "compensation": 2500}),
    ("wrong_goods", 5000, 2000, 2000, {"freight": -2000, "compensation": 2000}),
], ids=["buyers-own-reason", "the-merchant-bears-the-rest", "covers-it-all"])
def test_freight_insurance_pays_first(shop, reason, most, asked, owed, entries):
    order, case = sent_back(shop, reason)
    insure(shop, order, most)
    assert freight_claims.standing(shop.pool, shop.merchant, case, NOON).closed is None
    k = claim(shop, case, asked, receipt(shop)).compensations[0]
    assert k.explanation["owed"] == owed
    chief = supervisor(shop)
    assert isinstance(compensation.decide(shop.pool, chief, shop.merchant, k.id, Decision(True), new_id(), NOON), Done)
    assert booked(shop, order) == entries
    again = codes(claim(shop, case, 100, receipt(shop, 42)))
    assert again == (["freight_given"] if owed < asked else [])


def test_freight_insurance_pays_once_over_all_ways_back_of_an_order(shop):
    order, case = sent_back(shop)
    insure(shop, order, 1000)
    chief = supervisor(shop)
    for n in range(2):
        k = claim(shop, case, 800, receipt(shop, 50 + n)).compensations[0]
        assert isinstance(compensation.decide(shop.pool, chief, shop.merchant, k.id, Decision(True), new_id(), NOON), Done)
    assert booked(shop, order) == {"freight": -1000, "merchant_settlement": -600, "compensation": 1600}


def test_a_buyer_without_fault_is_paid_the_way_back_up_to_the_packs_amount(shop):
    order, case = sent_back(shop)
    k = claim(shop, case, 3200, receipt(shop)).compensations[0]
    assert (k.state, k.asked_minor, k.explanation["owed"], k.explanation["fault"]) == ("asked", 3200, 2500, "merchant")
    assert shop.all("select case_id::text from files where id = any(%s::uuid[])", k.file_ids) == [(case,)]
    assert codes(claim(shop, case, 100, receipt(shop, 41))) == ["compensation_asked"]
    chief = supervisor(shop)
    assert codes(compensation.decide(shop.pool, chief, shop.merchant, k.id, Decision(True, 2600), new_id(), NOON)) == ["compensation_above"]
    assert isinstance(compensation.decide(shop.pool, chief, shop.merchant, k.id, Decision(True), new_id(), NOON), Done)
    assert compensations(shop, order) == [("return_freight", "granted", 2500)]
    assert requests(shop, order) == [("payout", 2500, False)]
    assert codes(claim(shop, case, 100, receipt(shop, 42))) == ["freight_given"]


def test_who_may_not_claim_is_told_why(shop):
    _, own = sent_back(shop, "no_reason")
    assert codes(claim(shop, own, 1000, receipt(shop))) == ["freight_own_fault"]
    _, case = sent_back(shop)
    assert codes(claim(shop, case, 1000, [])) == ["freight_receipt_missing"]
    assert codes(claim(shop, case, 0, [])) == ["freight_nothing", "freight_receipt_missing"]
    assert codes(claim(shop, case, 1000, [new_id()])) == ["photo_unknown"]
    _, other = sent_back(shop)
    used = receipt(shop, 44)
    assert isinstance(claim(shop, other, 1000, used), Done)
    assert codes(claim(shop, case, 1000, used)) == ["photo_unknown"]  # one receipt, one claim
    order = shop.order(("CUP", 1, 19900))
    waiting = shop.apply(order, reason="wrong_goods", photos=[photos.take_photo(shop.pool, shop.merchant, picture(), "buyer-lin", NOON)])
    assert freight_claims.standing(shop.pool, shop.merchant, waiting, NOON).closed.code == "freight_not_sent"


def test_goods_that_were_fetched_cost_the_buyer_nothing(shop):
    order = shop.order(("CUP", 1, 19900))
    case = shop.apply(order, reason="wrong_goods", photos=[photos.take_photo(shop.pool, shop.merchant, picture(), "buyer-lin", NOON)])
    assert shop.say(case, r.ApproveReturn()).refusal is None
    assert shop.say(case, b.BookPickup("廊坊", (NOON + DAY).isoformat()), LIN).refusal is None
    assert codes(claim(shop, case, 1000, receipt(shop))) == ["freight_fetched"]


def test_a_claim_ends_some_days_after_the_case(shop, admin):
    _, case = sent_back(shop)
    admin.execute("update cases set closed_at = %s, state = 'completed' where id = %s", (NOON - 20 * DAY, case))
    assert codes(claim(shop, case, 1000, receipt(shop))) == ["freight_too_late"]


def test_two_claims_in_the_same_moment_are_one(shop):
    _, case = sent_back(shop)
    first, second = receipt(shop, 50), receipt(shop, 51)
    with ThreadPoolExecutor(2) as some:
        answers = list(some.map(lambda files: claim(shop, case, 1000, files), (first, second)))
    assert sorted(isinstance(a, Done) for a in answers) == [False, True]


def test_the_carriers_fault_is_the_merchants_purse_as_the_pack_says(shop):
    order, case = sent_back(shop, "damaged_in_transit")
    k = claim(shop, case, 900, receipt(shop, 60)).compensations[0]
    compensation.decide(shop.pool, supervisor(shop), shop.merchant, k.id, Decision(True), new_id(), NOON)
    assert booked(shop, order) == {"merchant_settlement": -900, "compensation": 900}
