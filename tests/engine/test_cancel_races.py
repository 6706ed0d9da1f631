"""Cancellations raced on a real database by sessions of their own: against shipping, receipt, a second asking, the clock, after-sales, other agents (OP-8, CA-1 … CA-9)."""

from datetime import timedelta
from uuid import UUID

import pytest

from amends.core.actor import ALL, CARRIER_ACTOR, PROVIDER_ACTOR, Actor, Party
from amends.core.verbs import buyer as b
from amends.core.verbs import cancel as c
from amends.core.verbs import desk as d
from amends.core.verbs import outside as o
from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.engine.application import Application, Item
from amends.engine.audit import By
from amends.engine.cancellation import Cancelled
from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from amends.engine.intake import apply_for
from amends.engine.orders import confirm_receipt, take_in
from amends.engine.orders_desk import Shipment, ship
from amends.engine.ringing import ring
from amends.worker.effects import perform
from tests.engine.cancel_desk import ask, on_the_way, opened, unshipped
from tests.engine.together import at_once, comes_to_rest, news, stands
from tests.shop import LIN, open_shop

ROUNDS = range(4)
PORTER = Actor(Party.MERCHANT, new_id(), "发货员", None, ALL)


@pytest.fixture
def shop(pool):
    return open_shop(pool)


def sends(shop, order):
    return lambda: ship(shop.pool, By(PORTER), shop.merchant, [Shipment(order, "顺丰", f"SF{order[-8:]}")], shop.now)[0]


def imports(shop, order, **more):
    """The shop's own system says what it knows, and never asks."""
    [(number,)] = shop.all("select number from orders where id = %s", order)
    lines = [{"sku": "CUP", "title": "商品 CUP", "category": "home", "quantity": 2, "unit_price": 9950, "paid": 19900}]
    record = {"number": number, "buyer_id": "buyer-lin", "currency": "CNY", "paid": 19900, "placed_at": "2026-02-26T04:00:00Z", "lines": lines, "shipped_at": "2026-03-02T03:00:00Z", **more}
    return lambda: take_in(shop.pool, shop.merchant, [record], shop.now)[0]


def receives(shop, order):
    return lambda: confirm_receipt(shop.pool, shop.merchant, order, "buyer-lin", shop.now)


def says(shop, case, command, actor=None, **more):
    return lambda: shop.say(case, command, actor, **more)


def granted(shop, case):
    return shop.row(case, "granted_minor")[0]


def state_of(shop, order):
    return shop.all("select state from orders where id = %s", order)[0][0]


@pytest.mark.parametrize("seed", ROUNDS)
def test_cancelling_against_the_desk_that_ships(shop, seed):
    order = unshipped(shop)
    asked, sent = at_once(seed, lambda: ask(shop, order), sends(shop, order))
    assert isinstance(asked, Cancelled)
    assert sent.refusal is None
    stands(shop)
    news(shop)
    assert shop.row(asked.case_id, "facts ->> 'shipped'") == ("true",)
    comes_to_rest(shop)


@pytest.mark.parametrize("by", ["desk", "import"])
@pytest.mark.parametrize("seed", ROUNDS)
def test_approving_against_shipping(shop, seed, by):
    order = unshipped(shop)
    case = opened(shop, order)
    how = sends(shop, order) if by == "desk" else imports(shop, order, state="shipped", parcels=[{"carrier": "顺丰", "waybill": f"SF{order[-8:]}"}])
    answer, _ = at_once(seed, says(shop, case, c.ApproveCancellation()), how)
    stands(shop)
    if answer.refusal is None:
        assert (granted(shop, case), state_of(shop, order)) == (19900, "cancelled")
    else:
        assert (answer.refusal.code, granted(shop, case), state_of(shop, order)) == ("shipped_meanwhile", 0, "shipped")
    comes_to_rest(shop)


GIVES = {"force": (c.ForceRefund("退"), None), "carrier": (o.InterceptionSucceeded(), CARRIER_ACTOR), "follow up": (c.FollowUpParcel(), None), "reject": (c.RejectCancellation("other", "不行"), None)}


@pytest.mark.parametrize("what", GIVES)
@pytest.mark.parametrize("seed", ROUNDS)
def test_deciding_against_the_buyer_who_confirms_receipt(shop, seed, what):
    order = on_the_way(shop, state="delivered", delivered_at=shop.now)
    case = opened(shop, order)
    if what == "carrier":
        shop.say(case, c.ApproveAndIntercept())
    answer, confirmed = at_once(seed, says(shop, case, *GIVES[what]), receives(shop, order))
    stands(shop)
    given = granted(shop, case)
    assert (given > 0) == (state_of(shop, order) == "cancelled"), "either the money goes back or the goods are received"
    assert (confirmed is not None) == (given > 0)
    assert answer.refusal is None or answer.refusal.code == "received_meanwhile"
    comes_to_rest(shop)
    assert granted(shop, case) == given


@pytest.mark.parametrize("pieces", [((), ()), (((0, 2),), ()), (((0, 1),), ((0, 2),)), (((0, 1),), ((1, 1),))], ids=["whole twice", "line and whole", "pieces of a line", "two lines"])
@pytest.mark.parametrize("seed", ROUNDS)
def test_asking_twice_at_once(shop, seed, pieces):
    order = unshipped(shop, ("CUP", 2, 19900), ("MUG", 1, 5000))
    one, two = at_once(seed, *(lambda some=some: ask(shop, order, *some) for some in pieces))
    assert isinstance(one, Cancelled)
    assert isinstance(two, Cancelled)
    apart = pieces[0] == ((0, 1),) and pieces[1] == ((1, 1),)
    assert (one.case_id != two.case_id, one.existing or two.existing) == (apart, not apart)
    stands(shop)
    at_once(seed, *(says(shop, x.case_id, c.ApproveCancellation()) for x in (one, two)))
    stands(shop)
    comes_to_rest(shop)


@pytest.mark.parametrize("seed", ROUNDS)
def test_one_click_twice_opens_one_and_pays_one(shop, seed):
    order, click = unshipped(shop), new_id()
    one, two = at_once(seed, *[lambda: ask(shop, order, command_id=click)] * 2)
    assert (one.case_id, sorted((one.replayed or one.existing, two.replayed or two.existing))) == (two.case_id, [False, True])
    answers = at_once(seed, *[says(shop, one.case_id, c.ApproveCancellation(), command_id=click.replace("-7", "-8", 1))] * 3)
    assert [(a.refusal, a.state) for a in answers] == [(None, "refunding")] * 3
    assert sorted(a.replayed for a in answers) == [False, True, True]
    assert granted(shop, one.case_id) == 19900
    comes_to_rest(shop)


@pytest.mark.parametrize("other", ["approve", "force", "reject", "withdraw", "receive", "intercepted"])
@pytest.mark.parametrize("seed", ROUNDS)
def test_people_against_the_48_hours(shop, seed, other):
    order = unshipped(shop) if other == "approve" else on_the_way(shop)
    case = opened(shop, order)
    if other == "intercepted":
        shop.say(case, c.ApproveAndIntercept())
    elif other not in ("approve", "reject"):
        shop.say(case, c.FollowUpParcel())
    shop.now = shop.row(case, "due_at")[0] + timedelta(seconds=1)
    people = {
        "approve": says(shop, case, c.ApproveCancellation()), "force": says(shop, case, c.ForceRefund("退")), "reject": says(shop, case, c.RejectCancellation("other", "不行")),
        "withdraw": says(shop, case, b.Withdraw(), LIN), "receive": receives(shop, order), "intercepted": says(shop, case, o.InterceptionSucceeded(), CARRIER_ACTOR),
    }
    rings = [lambda: ring(shop.pool, shop.merchant, shop.now)] * 2
    answer, *rang = at_once(seed, people[other], *rings)
    assert sum(rang) <= 1
    stands(shop)
    events = [name for (name,) in shop.all("select name from events where merchant_id = %s and case_id = %s order by version", shop.merchant, case)]
    assert events.count("ran_out") == sum(rang)
    if other == "receive":
        assert (granted(shop, case) > 0) == (state_of(shop, order) == "cancelled")
    assert answer is None or other == "receive" or answer.refusal is None or answer.refusal.code in ("not_now", "received_meanwhile")
    comes_to_rest(shop)


@pytest.mark.parametrize("seed", ROUNDS)
def test_forcing_against_receipt_and_an_application(shop, seed):
    order = on_the_way(shop, ("CUP", 2, 19900), state="delivered", delivered_at=shop.now)
    case = opened(shop, order)
    item = Item(shop.lines[order][0], 2, "return", "no_reason", "不要了", [])

    def returns():
        receives(shop, order)()
        return apply_for(shop.pool, shop.merchant, Application(order, [item], "ship_back"), LIN, shop.now, new_id())

    forced, applied = at_once(seed, says(shop, case, c.ForceRefund("退")), returns)
    stands(shop)
    assert isinstance(applied, list) == (forced.refusal is None), "the pieces go back by one way only"
    if not isinstance(applied, list):
        at_once(seed, says(shop, applied.cases[0].case_id, v.RefundWithoutReturn()), lambda: news(shop))
    comes_to_rest(shop)


ENDS = [c.ForceRefund("退"), c.ForceRefund("退"), c.RejectCancellation("other", "不行"), c.ApproveAndIntercept(), c.FollowUpParcel()]


@pytest.mark.parametrize("seed", range(10))
def test_agents_at_once_on_one_cancellation(shop, seed):
    order = on_the_way(shop)
    case = opened(shop, order)
    version = shop.row(case, "version")[0]
    picked = [ENDS[(seed + n * (1 + seed // 5)) % 5] for n in range(3)]
    answers = at_once(seed, *(says(shop, case, command, (shop.hai, shop.xia)[n % 2], version=version) for n, command in enumerate(picked)))
    assert sorted(a.refusal is None for a in answers) == [False, False, True], "one of them was first, and the others are told"
    assert {a.refusal.code for a in answers if a.refusal} <= {"version_conflict"}
    stands(shop)
    comes_to_rest(shop)


@pytest.mark.parametrize("seed", ROUNDS)
def test_two_agents_refund_one_service_order(shop, seed):
    case = shop.apply(shop.order(("CUP", 1, 10000)))
    answers = at_once(seed, *(says(shop, case, v.RefundWithoutReturn(), who) for who in (shop.hai, shop.xia)))
    assert sorted(a.refusal.code if a.refusal else "" for a in answers) == ["", "not_now"]
    assert granted(shop, case) == 10000
    stands(shop)
    comes_to_rest(shop)


@pytest.mark.parametrize("seed", ROUNDS)
def test_lines_of_one_order_refunded_at_once_never_exceed_what_was_paid(shop, seed):
    order = shop.order(("CUP", 1, 10000), ("MUG", 1, 6000), freight=1000)
    cases = [shop.apply(order, line=n) for n in (0, 1)]
    at_once(seed, *(says(shop, case, v.RefundWithoutReturn(amount=11000, adjust_reason="goodwill"), who) for case, who in zip(cases, (shop.hai, shop.xia), strict=True)))
    stands(shop)
    assert sum(granted(shop, x) for x in cases) <= 17000
    comes_to_rest(shop)


@pytest.mark.parametrize("seed", ROUNDS)
def test_the_money_is_asked_for_and_moves_once(shop, seed):
    case = opened(shop, unshipped(shop))
    shop.say(case, c.ApproveCancellation())
    at_once(seed, *[lambda: perform(shop.pool, shop.merchant, shop.now)] * 3)
    [(request, amount)] = shop.all("select id::text, amount_minor from refund_requests where merchant_id = %s and case_id = %s", shop.merchant, case)
    assert amount == 19900
    answers = at_once(
        seed, says(shop, case, o.RefundMoved(request, "R-1"), PROVIDER_ACTOR), says(shop, case, o.RefundMoved(request, "R-1"), PROVIDER_ACTOR), says(shop, case, d.RecordTransfer(request, "T-1")),
        says(shop, case, o.RefundFailed(request, "X", "失败"), PROVIDER_ACTOR),
    )
    moved = [a for a in answers[:3] if a.refusal is None]
    assert len(moved) <= 1
    assert shop.row(case, "moved_minor")[0] == 19900 * len(moved)
    stands(shop)
    if not moved:
        assert shop.say(case, o.RetryRefund(request)).refusal is None
    comes_to_rest(shop)
    assert shop.row(case, "state, moved_minor") == ("refunded", 19900)


@pytest.mark.parametrize("seed", ROUNDS)
def test_two_workers_tell_one_piece_of_news(pool, seed):
    shop = open_shop(pool, settings='{"fast_refund": true}')
    order = unshipped(shop)
    case = opened(shop, order)
    at_once(seed, lambda: news(shop), lambda: news(shop), sends(shop, order))
    stands(shop)
    assert (granted(shop, case), state_of(shop, order)) in [(19900, "cancelled"), (0, "shipped")]
    comes_to_rest(shop)


@pytest.mark.parametrize("seed", ROUNDS)
def test_everybody_at_once_on_one_order(shop, seed):
    """Buyers ask, people decide, the desk ships, receipt is confirmed, clocks ring and workers work, all at once, again and again."""
    order = unshipped(shop, ("CUP", 2, 19900))
    for n in range(6):
        cases = [case for (case,) in shop.all("select id::text from cases where merchant_id = %s and kind = 'cancellation' and closed_at is null", shop.merchant)]
        things = [lambda: ask(shop, order, (0, 1)), lambda: ask(shop, order), lambda: news(shop), lambda: perform(shop.pool, shop.merchant, shop.now), lambda: ring(shop.pool, shop.merchant, shop.now)]
        for case in cases:
            things += [says(shop, case, command) for command in (c.ApproveCancellation(), c.ForceRefund("退"))]
        things += [sends(shop, order)] if n == seed % 3 + 1 else []
        things += [receives(shop, order)] if n == 4 else []
        at_once(seed * 10 + n, *things)
        stands(shop)
        shop.now += timedelta(hours=25)
    comes_to_rest(shop)


def test_the_deadlines_of_many_are_shared_by_workers(shop):
    cases = [opened(shop, unshipped(shop)) for _ in range(20)]
    shop.now += timedelta(hours=49)
    rang = at_once(1, *[lambda: ring(shop.pool, shop.merchant, shop.now, 7)] * 4)
    while more := ring(shop.pool, shop.merchant, shop.now, 7):
        rang.append(more)
    assert sum(rang) == 20
    stands(shop)
    assert shop.all("select count(*), sum(granted_minor)::bigint from cases where merchant_id = %s and id = any(%s)", UUID(shop.merchant), cases) == [(20, 20 * 19900)]
    comes_to_rest(shop)


@pytest.mark.parametrize("seed", ROUNDS)
def test_workers_and_batches_hold_orders_in_one_order(shop, seed):
    """A storm found them in a ring: a worker held orders in the order of its effects, a batch in the order of their ids."""
    cases = [opened(shop, unshipped(shop)) for _ in range(25)]
    for case in reversed(cases):
        shop.say(case, c.ApproveCancellation())
        shop.now += timedelta(seconds=1)
    batch = [Asked(new_id(), shop.merchant, case, c.ForceRefund("退"), shop.hai) for case in cases]
    _, answers = at_once(seed, lambda: perform(shop.pool, shop.merchant, shop.now), lambda: handle(shop.pool, batch, shop.now))
    assert {a.refusal.code for a in answers} == {"not_now"}
    comes_to_rest(shop)


def test_a_replacement_that_two_agents_send_leaves_the_shelf_once(shop):
    case = shop.apply(shop.order(("CUP", 1, 10000)), "reissue", "lost_in_transit")
    at_once(3, *(says(shop, case, v.ReissueWithoutReturn(), who) for who in (shop.hai, shop.xia)))
    at_once(4, *(says(shop, case, p.ShipReplacement("顺丰", f"SF{n}"), who) for n, who in enumerate((shop.hai, shop.xia))))
    assert shop.all("select on_hand, held from stock where merchant_id = %s and sku = 'CUP'", shop.merchant) == [(9, 0)]
    stands(shop)
