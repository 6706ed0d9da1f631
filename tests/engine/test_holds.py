"""Holds of applications and exchanges on a real database: all lines or none, ended once by every path, never more than there is (ST-K1, ST-K2)."""

import threading
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from amends.core.verbs import buyer as b
from amends.core.verbs import desk as d
from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.engine import holding
from amends.engine.application import Application, Applied, Item
from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from amends.engine.intake import apply_for, open_options
from amends.engine.ringing import ring
from amends.store import applying, batch, stocktaking
from amends.store.connect import scope
from tests.engine.stock_shop import LOCKS, ONLY, ask, asked, broken, buyer, counts, holds, later, photo, stocked, to_processing
from tests.shop import CARRIER, LIN


def test_an_application_holds_all_its_lines_with_an_end(pool):
    shop = stocked(pool, {"CUP": 3, ("MUG", "SOUTH"): 2, "MUG": 1}, LOCKS)
    order = shop.order(("CUP", 2, 2000), ("MUG", 2, 3000))
    first, second = asked(shop, order, (0, 2), (1, 2))
    assert holds(shop, first) == [("CUP", "", 2, None, None)]
    assert holds(shop, second) == [("MUG", "SOUTH", 2, None, None)]
    assert counts(shop, "CUP") == (3, 2)
    assert shop.all("select distinct expires_at from holds where case_id = any(%s)", [first, second]) == [(shop.now + timedelta(days=20),)]
    assert broken(shop) == []


def test_one_short_line_means_that_nothing_is_held(pool):
    shop = stocked(pool, {"CUP": 3, "MUG": 1}, LOCKS)
    cases = asked(shop, shop.order(("CUP", 2, 2000), ("MUG", 2, 3000)), (0, 2), (1, 2))
    assert [holds(shop, c) for c in cases] == [[], []]
    assert [shop.row(c, "facts ->> 'stock_short'") for c in cases] == [("true",), ("true",)]


def test_only_with_stock_refuses_what_is_not_there(pool):
    shop = stocked(pool, {"CUP": 1}, ONLY)
    order = shop.order(("CUP", 2, 2000), ("VASE", 1, 500))
    refused = ask(shop, order, (0, 2))
    assert [(r.code, r.field, r.facts["left"]) for r in refused] == [("exchange_no_stock", "items[0].type", 1)]
    assert [r.code for r in ask(shop, order, (0, 1), (1, 1))] == ["exchange_no_stock"]
    assert counts(shop, "CUP") == (1, 0)
    assert isinstance(ask(shop, order, (0, 2), type_="return"), Applied)


def test_before_applying_the_buyer_sees_that_there_is_nothing_to_exchange(pool):
    shop = stocked(pool, {"CUP": 0, "MUG": 1}, ONLY)
    order = shop.order(("CUP", 1, 2000), ("MUG", 1, 2000))
    cup, mug = open_options(pool, shop.merchant, order, shop.now, LIN.id).lines
    assert (cup.types["exchange"].code, cup.types["return"].allowed) == ("no_stock", True)
    assert mug.types["exchange"].allowed
    assert "库存" in cup.types["exchange"].say("zh")


@pytest.mark.parametrize("settings", [{"stock_partitioned": True}, {"stock_connector": {"name": "ERP", "holds": False}}])
def test_what_cannot_be_held_is_not_looked_at(pool, settings):
    shop = stocked(pool, {"CUP": 0}, {**ONLY, **settings})
    case, = asked(shop, shop.order(("CUP", 1, 2000)), (0, 1))
    assert holds(shop, case) == []


def test_the_same_application_sent_twice_holds_once(pool):
    shop = stocked(pool, {"CUP": 10}, LOCKS)
    order, once = shop.order(("CUP", 3, 3000)), new_id()
    application = Application(order, [Item(shop.lines[order][0], 3, "exchange", "wrong_goods", "发错了", [photo(shop)])])
    first, again = (apply_for(pool, shop.merchant, application, LIN, shop.now, once) for _ in range(2))
    assert again.replayed
    assert len(holds(shop, first.cases[0].case_id)) == 1
    assert counts(shop, "CUP") == (10, 3)


ENDS = {
    "withdrawn": (lambda s, c: s.say(c, b.Withdraw(), LIN), "case_ended"),
    "rejected": (lambda s, c: s.say(c, v.Reject("other", "不符合")), "case_ended"),
    "abandoned": (lambda s, c: s.say(c, v.Abandon("chat")), "case_ended"),
    "refunded": (lambda s, c: s.say(c, v.RefundWithoutReturn()), "not_sent"),
    "another type": (lambda s, c: s.say(c, p.ChangeType("return", "电话同意")), "type_changed"),
    "another sku": (lambda s, c: s.say(c, v.ReissueWithoutReturn(sku="MUG")), "other_sku"),
    "offline, not deducted": (lambda s, c: s.say(c, v.ReissueOffline("顺丰", f"SF{c}"[:30])), "not_sent"),
}


@pytest.mark.parametrize("end", list(ENDS))
def test_a_hold_ends_once_by_every_path(pool, end):
    act, why = ENDS[end]
    shop = stocked(pool, {"CUP": 1, "MUG": 1}, LOCKS)
    case, = asked(shop, shop.order(("CUP", 1, 2000)), (0, 1))
    answer = act(shop, case)
    assert answer.refusal is None, answer.refusal
    assert holds(shop, case)[0] == ("CUP", "", 1, "released", why)
    assert counts(shop, "CUP") == (1, 0)
    assert broken(shop) == []


def test_a_clock_that_closes_a_case_ends_its_hold(pool):
    shop = stocked(pool, {"CUP": 1}, {**LOCKS, "hold_days": 60})
    case, = asked(shop, shop.order(("CUP", 1, 2000)), (0, 1))
    assert shop.say(case, v.ApproveReturn()).refusal is None
    later(shop, days=9)
    assert ring(pool, shop.merchant, shop.now) == 1
    assert shop.row(case, "state") == ("closed",)
    assert holds(shop, case) == [("CUP", "", 1, "released", "case_ended")]
    assert broken(shop) == []


def test_held_pieces_are_taken_when_they_are_sent_and_only_then(pool):
    shop = stocked(pool, {"CUP": 1}, LOCKS)
    case, = asked(shop, shop.order(("CUP", 1, 2000)), (0, 1))
    to_processing(shop, case)
    assert shop.say(case, p.Exchange("CUP")).state == "fulfilling"
    assert counts(shop, "CUP") == (1, 1)
    assert shop.all("select count(*), max(expires_at) from holds where case_id = %s", case) == [(1, None)]
    assert shop.say(case, p.ShipReplacement("顺丰", "SF-OUT")).state == "awaiting_delivery"
    assert counts(shop, "CUP") == (0, 0)
    assert holds(shop, case) == [("CUP", "", 1, "taken", "sent")]
    assert shop.say(case, d.ReplacementDelivered(), CARRIER).refusal is None
    assert shop.say(case, b.Decline("还是不对"), LIN).state == "processing"
    assert shop.say(case, p.Exchange("CUP")).refusal.code == "stock_short"
    assert broken(shop) == []


def test_an_exchange_without_switches_holds_from_the_decision_on(pool):
    shop = stocked(pool, {"CUP": 5, ("CUP", "SOUTH"): 9})
    case, = asked(shop, shop.order(("CUP", 6, 6000)), (0, 6))
    to_processing(shop, case, 6)
    assert holds(shop, case) == []
    assert shop.say(case, p.Exchange("CUP")).refusal is None
    assert holds(shop, case) == [("CUP", "SOUTH", 6, None, None)]
    assert shop.say(case, p.ShipReplacement("顺丰", "SF-6")).refusal is None
    assert counts(shop, "CUP", "SOUTH") == (3, 0)
    assert broken(shop) == []


def test_a_case_sees_its_own_pieces_and_others_do_not(pool):
    shop = stocked(pool, {"CUP": 1}, LOCKS)
    mine, = asked(shop, shop.order(("CUP", 1, 2000)), (0, 1))
    other, = asked(shop, shop.order(("CUP", 1, 2000), buyer_id="buyer-1"), (0, 1), who=buyer(1))
    assert shop.say(other, v.ReissueWithoutReturn()).refusal.code == "stock_short"
    assert shop.say(mine, v.ReissueWithoutReturn(), dry_run=True).refusal is None
    assert shop.say(mine, v.ReissueWithoutReturn()).state == "fulfilling"


def test_offline_exchange_takes_from_the_hold_and_never_twice(pool):
    shop = stocked(pool, {"CUP": 2}, {**LOCKS, "deduct_offline": True})
    case, = asked(shop, shop.order(("CUP", 2, 2000)), (0, 2))
    to_processing(shop, case, 2)
    assert shop.say(case, p.ExchangeOffline("顺丰", "SF-OFF", "CUP", 1)).refusal is None
    assert counts(shop, "CUP") == (1, 0)
    assert broken(shop) == []


def test_a_changed_application_holds_as_many_as_it_asks_for(pool):
    shop = stocked(pool, {"CUP": 2}, LOCKS)
    case, = asked(shop, shop.order(("CUP", 3, 3000)), (0, 1))
    assert shop.say(case, b.ChangeApplication(quantity=2), LIN).refusal is None
    assert [h[2:4] for h in holds(shop, case)] == [(1, "released"), (2, None)]
    assert shop.all("select expires_at from holds where case_id = %s and ended_at is null", case) == [(shop.now + timedelta(days=20),)]
    refused = shop.say(case, b.ChangeApplication(quantity=3), LIN).refusal
    assert (refused.code, refused.facts["left"]) == ("stock_short", 2)
    assert counts(shop, "CUP") == (2, 2)
    assert broken(shop) == []


def test_a_hold_that_runs_out_is_let_go_once_and_the_case_goes_on(pool):
    shop = stocked(pool, {"CUP": 1}, {**LOCKS, "hold_days": 2})
    case, = asked(shop, shop.order(("CUP", 1, 2000)), (0, 1))
    later(shop, days=1, hours=23)
    holding.expire(pool, shop.now)
    assert holds(shop, case) == [("CUP", "", 1, None, None)]
    later(shop, hours=1)
    assert holding.expire(pool, shop.now) >= 1
    assert holding.expire(pool, shop.now) == 0
    assert holds(shop, case) == [("CUP", "", 1, "released", "expired")]
    assert shop.say(case, v.ReissueWithoutReturn()).refusal is None
    assert broken(shop) == []


def test_promised_goods_do_not_run_out(pool):
    shop = stocked(pool, {"CUP": 1}, LOCKS)
    case, = asked(shop, shop.order(("CUP", 1, 2000)), (0, 1))
    assert shop.say(case, v.ReissueWithoutReturn()).refusal is None
    holding.expire(pool, shop.now + timedelta(days=400))
    assert holds(shop, case) == [("CUP", "", 1, None, None)]


def test_two_cases_of_one_batch_share_what_is_there(pool):
    shop = stocked(pool, {"CUP": 3})
    order = shop.order(*[("CUP", 2, 2000)] * 2)
    cases = asked(shop, order, (0, 2), (1, 2))
    answers = handle(pool, [Asked(new_id(), shop.merchant, c, v.ReissueWithoutReturn(), shop.hai) for c in cases], shop.now)
    assert [a.refusal and a.refusal.code for a in answers] == [None, "stock_short"]
    more = handle(pool, [
        Asked(new_id(), shop.merchant, cases[0], p.ShipReplacement("顺丰", "SF-A"), shop.hai), Asked(new_id(), shop.merchant, cases[1], v.ReissueWithoutReturn(), shop.hai),
    ], shop.now)
    assert [a.refusal and a.refusal.code for a in more] == [None, "stock_short"]
    assert counts(shop, "CUP") == (1, 0)
    assert broken(shop) == []


def together(*work):
    """All at the same moment, each in a session of its own; what each answered."""
    gate, found = threading.Barrier(len(work)), [None] * len(work)

    def one(n):
        gate.wait()
        found[n] = work[n]()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.parametrize("turn", range(3))
def test_two_buyers_and_the_last_piece(pool, turn):
    shop = stocked(pool, {"CUP": 1}, ONLY)
    orders = [shop.order(("CUP", 1, 2000), buyer_id=f"buyer-{n}" if n else "buyer-lin") for n in range(2)]
    found = together(*[lambda n=n: ask(shop, orders[n], (0, 1), who=buyer(n)) for n in range(2)])
    assert sorted("applied" if isinstance(x, Applied) else x[0].code for x in found) == ["applied", "exchange_no_stock"]
    assert counts(shop, "CUP") == (1, 1)
    assert broken(shop) == []


@pytest.mark.parametrize("turn", range(3))
def test_two_agents_exchange_the_last_piece(pool, turn):
    shop = stocked(pool, {"CUP": 1})
    cases = asked(shop, shop.order(*[("CUP", 1, 2000)] * 2), (0, 1), (1, 1))
    found = together(*[lambda c=c: shop.say(c, v.ReissueWithoutReturn()) for c in cases])
    assert sorted(a.refusal.code if a.refusal else a.state for a in found) == ["fulfilling", "stock_short"]
    assert broken(shop) == []


def test_a_hold_that_runs_out_while_its_case_is_withdrawn_ends_once(pool):
    shop = stocked(pool, {"CUP": 6}, {**LOCKS, "hold_days": 1})
    cases = [asked(shop, shop.order(("CUP", 1, 2000)), (0, 1))[0] for _ in range(6)]
    later(shop, days=1)
    together(*[lambda c=c: shop.say(c, b.Withdraw(), LIN) for c in cases], lambda: holding.expire(pool, shop.now), lambda: holding.expire(pool, shop.now))
    holding.expire(pool, shop.now)
    assert counts(shop, "CUP") == (6, 0)
    assert all(len(holds(shop, c)) == 1 and holds(shop, c)[0][3] == "released" for c in cases)
    assert broken(shop) == []


def test_lines_in_any_order_never_wait_for_each_other(pool):
    shop = stocked(pool, dict.fromkeys("ABCD", 50), LOCKS)
    orders = [shop.order(*[(sku, 1, 100) for sku in skus]) for skus in ("ABCD", "DCBA", "BDAC", "CADB")]
    found = together(*[lambda o=o: ask(shop, o, *[(n, 1) for n in range(4)]) for o in orders])
    assert all(isinstance(x, Applied) for x in found)
    assert [counts(shop, sku) for sku in "ABCD"] == [(50, 4)] * 4


class Killed(Exception):
    """The process dies here."""


def test_killed_between_hold_and_commit_leaves_nothing(pool, monkeypatch):
    shop = stocked(pool, {"CUP": 1}, LOCKS)
    order = shop.order(("CUP", 1, 2000))

    def dies(conn, given):
        stocktaking.run(conn, shop.merchant, given["beside"], shop.now)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(applying, "insert", dies)
        with pytest.raises(Killed):
            ask(shop, order, (0, 1))
    assert counts(shop, "CUP") == (1, 0)
    assert shop.all("select count(*) from holds where merchant_id = %s", shop.merchant) == [(0,)]
    case, = asked(shop, order, (0, 1))
    with monkeypatch.context() as patch:
        patch.setattr(batch, "write", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            shop.say(case, b.Withdraw(), LIN)
    assert counts(shop, "CUP") == (1, 1)
    assert shop.say(case, b.Withdraw(), LIN).refusal is None
    assert broken(shop) == []


def test_killed_while_letting_go_leaves_the_hold(pool, monkeypatch):
    shop = stocked(pool, {"CUP": 1}, {**LOCKS, "hold_days": 1})
    case, = asked(shop, shop.order(("CUP", 1, 2000)), (0, 1))
    later(shop, days=2)
    real = stocktaking.run

    def dies(*given):
        real(*given)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(stocktaking, "run", dies)
        with pytest.raises(Killed):
            holding.expire(pool, shop.now)
    assert holds(shop, case) == [("CUP", "", 1, None, None)]
    assert holding.expire(pool, shop.now) >= 1
    assert holds(shop, case) == [("CUP", "", 1, "released", "expired")]
    assert broken(shop) == []


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_at_once_stock_holds(pool, seed):
    """Four hands at random over three SKUs in two warehouses: never below zero, every hold ended once, every piece explained."""
    settings = {**LOCKS, "hold_days": 3, "exchange_only_with_stock": seed == 1, "deduct_offline": seed != 2}
    shop = stocked(pool, {("A", ""): 3, ("A", "S"): 2, ("B", ""): 2, ("C", ""): 0}, settings)
    cases, guard = [], threading.Lock()
    orders = [shop.order(*[(sku, 2, 2000) for sku in "ABC"]) for _ in range(8)]
    acts = [
        lambda c: v.ReissueWithoutReturn(), lambda c: v.ReissueWithoutReturn(sku="A", quantity=c.randint(1, 3)), lambda c: p.ShipReplacement("顺丰", f"W{c.randint(1, 10**9)}"),
        lambda c: v.ReissueOffline("顺丰", f"W{c.randint(1, 10**9)}", sku="B"), lambda c: p.ChangeType("reissue", "同意"), lambda c: v.Abandon("chat"), lambda c: v.RefundWithoutReturn(),
    ]

    def hand(n):
        chance = Random(seed * 10 + n)
        for _ in range(14):
            draw = chance.random()
            if draw < 0.35:
                found = ask(shop, chance.choice(orders), *[(line, chance.randint(1, 2)) for line in chance.sample(range(3), chance.randint(1, 3))])
                if isinstance(found, Applied):
                    with guard:
                        cases.extend(c.case_id for c in found.cases)
            elif draw < 0.45:
                holding.expire(pool, shop.now + timedelta(days=chance.randint(0, 6)))
            elif cases:
                case = chance.choice(cases)
                shop.say(case, b.Withdraw(), LIN) if draw < 0.55 else shop.say(case, chance.choice(acts)(chance))

    together(*[lambda n=n: hand(n) for n in range(4)])
    assert broken(shop) == []
    with scope(pool, UUID(shop.merchant)) as conn:
        wrong = conn.execute("select sku, warehouse, on_hand, held from stock where merchant_id = %s and not (held between 0 and on_hand)", (shop.merchant,)).fetchall()
    assert wrong == []
    assert cases
