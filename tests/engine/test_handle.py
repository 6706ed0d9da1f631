"""The one road on a real database: acts once, tells who was first, folds a batch, writes everything or nothing."""

import threading
from datetime import timedelta

import pytest

from amends.core.verbs import buyer as b
from amends.core.verbs import desk as d
from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from amends.engine.ringing import ring
from tests.shop import CARRIER, LIN, open_shop

GOOD = {"condition": "good", "packaging": "intact", "appearance": "intact", "function": "normal", "accessories": "complete", "disposition": "sale"}


@pytest.fixture
def shop(pool):
    return open_shop(pool)


def test_a_whole_return_from_application_to_rating(shop):
    order = shop.order(("CUP", 2, 19900), freight=1200)
    case = shop.apply(order, "return", "no_reason", 2)
    assert shop.row(case, "state, waits_on, quantity, granted_minor") == ("reviewing", "merchant", 2, 0)
    assert shop.say(case, v.ApproveReturn()).state == "awaiting_return"
    assert shop.say(case, b.ShipBack("顺丰", "SF1"), LIN).state == "in_transit"
    assert shop.say(case, d.ParcelSigned(), CARRIER).state == "in_transit"
    assert shop.say(case, p.RegisterReceipt(received=2, **GOOD)).state == "processing"
    refunded = shop.say(case, p.Refund())
    assert (refunded.refusal, refunded.state) == (None, "confirming")
    assert shop.say(case, b.Confirm(), LIN).state == "completed"
    assert shop.say(case, b.Rate("very_satisfied", "很快"), LIN).refusal is None
    assert shop.row(case, "state, version, granted_minor, moved_minor, due_at, parcel_state, quantity_received") == ("completed", 8, 19900, 0, None, "registered", 2)
    assert shop.all("select on_hand from stock where merchant_id = %s and sku = 'CUP'", shop.merchant) == [(12,)]
    assert shop.all("select refunded_minor from orders where id = %s", order) == [(19900,)]
    assert shop.all("select score, text from ratings where case_id = %s", case) == [(5, "很快")]
    names = [r[0] for r in shop.all("select name from events where case_id = %s order by version", case)]
    assert names == ["applied", "return_approved", "shipped_back", "parcel_signed", "goods_received", "refund_granted", "confirmed", "rated"]


def test_the_same_command_id_acts_once_and_answers_the_same(shop):
    case, once = shop.apply(shop.order(("CUP", 1, 19900))), new_id()
    first = shop.say(case, v.Reject("other", "已使用"), command_id=once)
    again = shop.say(case, v.Reject("other", "已使用"), command_id=once)
    assert (again.replayed, again.version, again.state, again.event) == (True, first.version, "rejected", "rejected")
    other = shop.say(case, d.Note("另一个"), command_id=once)
    assert other.refusal is not None
    assert other.refusal.code == "command_id_reused"
    assert len(shop.all("select 1 from events where case_id = %s", case)) == 2


def test_a_stale_version_is_told_who_did_what(shop):
    case = shop.apply(shop.order(("CUP", 1, 19900)))
    shop.say(case, v.ApproveReturn(), shop.xia)
    late = shop.say(case, v.Reject("other", "已使用"), shop.hai, version=1)
    assert late.refusal is not None
    assert (late.refusal.code, late.last["name"], late.last["event"]) == ("version_conflict", "知夏", "return_approved")
    assert late.refusal.say("zh").startswith("知夏")


def test_one_refusal_never_spoils_the_rest_of_a_batch(shop):
    order = shop.order(("CUP", 1, 100), ("MUG", 1, 200), ("BOX", 1, 300))
    cases = [shop.apply(order, line=n) for n in range(3)]
    shop.say(cases[1], b.Withdraw(), LIN)
    answers = handle(shop.pool, [Asked(new_id(), shop.merchant, c, v.ApproveReturn(), shop.hai) for c in cases], shop.now)
    assert [a.state for a in answers] == ["awaiting_return", "withdrawn", "awaiting_return"]
    assert answers[1].refusal is not None
    assert answers[1].refusal.code == "not_now"


def test_two_commands_for_one_case_in_a_batch_see_each_other(shop):
    case = shop.apply(shop.order(("CUP", 1, 100)))
    answers = handle(shop.pool, [Asked(new_id(), shop.merchant, case, c, shop.hai) for c in (d.Claim(), v.ApproveReturn(), v.ApproveReturn())], shop.now)
    assert [a.refusal.code if a.refusal else a.event for a in answers] == ["claimed", "return_approved", "not_now"]
    assert shop.row(case, "version, assignee::text") == (3, shop.hai.id)


def test_stock_taken_in_one_batch_is_gone_for_the_next_command(shop):
    order = shop.order(("MUG", 1, 100), ("MUG", 1, 100), ("MUG", 1, 100))
    cases = [shop.apply(order, "reissue", "missing_goods", line=n, photos=_photo(shop)) for n in range(3)]
    answers = handle(shop.pool, [Asked(new_id(), shop.merchant, c, v.ReissueWithoutReturn(), shop.hai) for c in cases], shop.now)
    assert [a.refusal.code if a.refusal else a.state for a in answers] == ["fulfilling", "fulfilling", "stock_short"]
    assert shop.all("select on_hand, held from stock where merchant_id = %s and sku = 'MUG'", shop.merchant) == [(2, 2)]


def _photo(shop):
    photo = new_id()
    shop_file = "insert into files (merchant_id, id, sha256, media_type, size, bytes, at) values (%s, %s, %s, 'image/png', 1, 'x', now()) returning 1"
    assert shop.all(shop_file, shop.merchant, photo, b"0" * 32) == [(1,)]
    return [photo]


def test_two_refunds_of_one_order_at_once_never_give_more_than_was_paid(shop):
    order = shop.order(("CUP", 1, 5000), ("MUG", 1, 5000))
    cases = [shop.apply(order, line=n) for n in range(2)]
    start = threading.Barrier(2)

    def refund(case):
        start.wait()
        shop.say(case, v.RefundWithoutReturn(amount=8000, adjust_reason="goodwill"))

    threads = [threading.Thread(target=refund, args=(c,)) for c in cases]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    granted = [shop.row(c, "granted_minor")[0] for c in cases]
    assert sorted(granted) in ([0, 0], [0, 8000]), "a line may not give more than it cost"
    assert sum(granted) <= 10000


def test_a_dry_run_tells_what_would_follow_and_writes_nothing(shop):
    case = shop.apply(shop.order(("CUP", 1, 19900)))
    tried = shop.say(case, v.RefundWithoutReturn(), dry_run=True)
    assert tried.refusal is None
    assert tried.plan["state"] == "confirming"
    assert tried.plan["clock"]["name"] == "confirm"
    assert {"effect": "pay_refund", "amount": 19900, "currency": "CNY", "order": shop.row(case, "order_id::text")[0]} in tried.plan["effects"]
    assert shop.row(case, "state, version, granted_minor") == ("reviewing", 1, 0)


def test_a_clock_that_runs_out_acts_once_and_says_why(shop):
    case = shop.apply(shop.order(("CUP", 1, 19900)))
    assert ring(shop.pool, shop.merchant, shop.now + timedelta(hours=47)) == 0
    later = shop.now + timedelta(hours=48)
    assert ring(shop.pool, shop.merchant, later) == 1
    assert ring(shop.pool, shop.merchant, later) == 0
    assert shop.row(case, "state, version") == ("awaiting_return", 2)
    [(name, kind, why)] = shop.all("select name, actor_kind, explanation from events where case_id = %s and version = 2", case)
    assert (name, kind, why["clock"], why["pack"], why["source"]) == ("ran_out", "system", "review", "jd", "S4")


def test_a_clock_does_not_ring_for_a_case_somebody_has_just_moved(shop):
    case = shop.apply(shop.order(("CUP", 1, 19900)))
    shop.say(case, v.Reject("other", "已使用"))
    assert ring(shop.pool, shop.merchant, shop.now + timedelta(days=30)) == 0
    assert shop.row(case, "state")[0] == "rejected"


def test_a_clock_that_is_kept_keeps_its_reminder(shop):
    case = shop.apply(shop.order(("CUP", 1, 19900)))
    before = shop.all("select due_at, remind_at from clocks where case_id = %s", case)
    shop.say(case, d.Note("看过"))
    assert shop.all("select due_at, remind_at from clocks where case_id = %s", case) == before
    assert before[0][1] is not None


def test_an_unknown_case_and_another_merchants_case_are_both_unknown(shop, pool):
    other = open_shop(pool)
    case = other.apply(other.order(("CUP", 1, 100)))
    for asked in (case, new_id()):
        answer = shop.say(asked, v.ApproveReturn())
        assert answer.refusal is not None
        assert answer.refusal.code == "case_unknown"
    assert other.row(case, "state")[0] == "reviewing"


def test_nothing_is_refunded_beyond_what_arrived_whatever_one_may(shop):
    case = shop.apply(shop.order(("CUP", 3, 30000)), quantity=3)
    shop.say(case, v.ApproveReturn())
    shop.say(case, b.ShipBack("顺丰", "SF9"), LIN)
    shop.say(case, p.RegisterReceipt(received=1, **GOOD))
    over = shop.say(case, p.Refund(amount=20000, adjust_reason="goodwill"))
    assert over.refusal is not None
    assert (over.refusal.code, over.refusal.facts["cap"]) == ("refund_above_cap", 10000)
    assert shop.say(case, p.Refund()).refusal is None
    assert shop.row(case, "granted_minor") == (10000,)


def test_what_is_no_id_is_no_case(shop):
    answer = shop.say("not-an-id", v.ApproveReturn())
    assert answer.refusal is not None
    assert answer.refusal.code == "case_unknown"
