"""A trial tells apart what its rows would have decided and what the road would have refused them, as money, stock and the case stood then (SA-4, SA-7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amends.core.strategy_json import decode_rows
from amends.core.strategy_played import Played
from amends.core.verbs.buyer import Answer, ChangeApplication, ShipBack
from amends.core.verbs.processing import Refund, RegisterReceipt
from amends.core.verbs.review import ApproveReturn, AskBuyer, RefundWithoutReturn, ReissueWithoutReturn, Reject
from amends.engine import strategy_cells, strategy_runs, strategy_trial
from amends.engine.audit import By
from amends.engine.road import case_of
from amends.engine.strategies import Table
from amends.engine.strategy_compile import compile_table
from amends.engine.strategy_past import Guards, then
from amends.engine.strategy_then import was
from amends.store import strategies as tables
from amends.store import strategy_past
from amends.store.batch import Needs
from amends.store.connect import PLATFORM, scope
from tests.engine.strategy_shop import REVIEW, SO, consider, decisions, publish, row, state
from tests.engine.test_strategies import run_all
from tests.engine.test_strategy_trial import case, rows, tried
from tests.shop import LIN, Shop, open_shop

REFUND = {"amount": 20_000, "adjust_reason": "goodwill"}
RECEIVED = {"received": 1, "condition": "good", "packaging": "intact", "appearance": "intact", "function": "normal", "accessories": "complete", "disposition": "sale"}


@pytest.fixture
def shop(pool) -> Shop:
    return open_shop(pool)


def missing(shop: Shop) -> str:
    """A buyer asks for goods that never came."""
    return shop.apply(shop.order(("CUP", 1, 9900)), "reissue", "lost_in_transit")


def stocked(shop: Shop, pieces: int) -> None:
    """So many cups are there from now on, as a count by hand leaves its move."""
    with scope(shop.pool, PLATFORM) as conn:
        (before,) = conn.execute("select on_hand from stock where merchant_id = %s and sku = 'CUP'", (shop.merchant,)).fetchone()
        conn.execute("update stock set on_hand = %s where merchant_id = %s and sku = 'CUP'", (pieces, shop.merchant))
        conn.execute(
            "insert into stock_moves (merchant_id, id, sku, warehouse, at, kind, actor_kind, on_hand, held, quarantine, scrapped, on_hand_after, held_after, quarantine_after, scrapped_after)"
            " values (%s, gen_random_uuid(), 'CUP', '', %s, 'counted', 'merchant', %s, 0, 0, 0, %s, 0, 0, 0)", (shop.merchant, shop.now, pieces - before, pieces),
        )


def test_more_than_was_paid_is_left_to_people_and_told_apart(shop):
    one, other = case(shop), case(shop, 30_000)
    for c in (one, other):
        shop.say(c, Reject("other", "不退"))
    found = tried(shop, row("两百", "refund_without_return", fields=REFUND, limits={"amount": 20_000}))
    assert found.agreement == {"reject": {"refused_refund_above_cap": 1, "refund_without_return": 1}}
    assert (found.refused, found.limited, found.would_decide, found.differ) == (1, 0, 1, 1)
    assert (found.paid_by_rows, [d.case_id for d in found.disagreements]) == (20_000, [other])
    assert found.refusals["refund_above_cap"] == {"n": 1, "facts": {"cap": 9900, "asked": 20_000}, "field": "amount", "number": shop.row(one, "number")[0]}


def test_it_is_what_the_rows_do_on_live_cases(shop):
    made = row("两百", "refund_without_return", fields=REFUND, limits={"amount": 20_000})
    for paid in (9900, 30_000):
        shop.say(case(shop, paid), Reject("other", "不退"))
    promised = tried(shop, made)
    publish(shop, made)
    live = [case(shop, paid) for paid in (9900, 30_000)]
    consider(shop)
    assert [state(shop, c) for c in live] == ["reviewing", "confirming"]
    assert [d[:3] for d in decisions(shop)] == [("refused", "refund_without_return", "refund_above_cap"), ("fired", "refund_without_return", None)]
    assert promised.agreement == {"reject": {"refused_refund_above_cap": 1, "refund_without_return": 1}}


def test_stock_is_what_it_was_then_whatever_is_there_now(shop):
    stocked(shop, 0)
    shop.now += timedelta(minutes=1)
    none_then = missing(shop)
    shop.now += timedelta(minutes=1)
    stocked(shop, 5)
    shop.now += timedelta(minutes=1)
    some_then = missing(shop)
    shop.now += timedelta(minutes=1)
    stocked(shop, 0)
    for c in (none_then, some_then):
        shop.say(c, Reject("other", "不补"))
    found = tried(shop, row("补发", "reissue_without_return", ("case_type", "is", "reissue"), limits={"amount": 9900}))
    assert found.agreement == {"reject": {"refused_stock_short": 1, "reissue_without_return": 1}}
    assert (found.disagreements[0].case_id, found.refusals["stock_short"]["facts"]) == (some_then, {"sku": "CUP", "left": 0, "wanted": 1})


def test_pieces_that_rows_took_are_gone_for_the_next_case(shop):
    stocked(shop, 1)
    for c in (missing(shop), missing(shop)):
        shop.say(c, Reject("other", "不补"))
    made = row("补发", "reissue_without_return", ("case_type", "is", "reissue"), limits={"amount": 9900})
    promised = tried(shop, made)
    publish(shop, made)
    live = [missing(shop), missing(shop)]
    consider(shop)
    assert sorted(state(shop, c) for c in live) == ["fulfilling", "reviewing"]
    assert promised.agreement == {"reject": {"reissue_without_return": 1, "refused_stock_short": 1}}


def test_pieces_that_people_took_as_well_are_not_taken_twice(shop):
    stocked(shop, 2)
    for c in (missing(shop), missing(shop)):
        assert shop.say(c, ReissueWithoutReturn("CUP", 1)).refusal is None
    found = tried(shop, row("补发", "reissue_without_return", ("case_type", "is", "reissue"), limits={"amount": 9900}))
    assert (found.agree, found.refused) == (2, 0)


def test_money_that_rows_gave_is_not_given_again(shop):
    order = shop.order(("CUP", 1, 9900))
    shop.say(shop.apply(order), Reject("other", "不退"))
    shop.now += timedelta(hours=2)
    shop.say(shop.apply(order), Reject("other", "还是不退"))
    found = tried(shop, row("退款", "refund_without_return", limits={"amount": 9900}))
    assert (found.would_decide, found.paid_by_rows) == (2, 9900)
    typed = tried(shop, row("退款", "refund_without_return", fields={"amount": 9900, "adjust_reason": "goodwill"}, limits={"amount": 9900}))
    assert typed.agreement == {"reject": {"refund_without_return": 1, "refused_refund_above_cap": 1}}


def test_what_people_gave_later_does_not_stand_in_the_way(shop):
    made = case(shop)
    shop.say(made, RefundWithoutReturn())
    found = tried(shop, row("退款", "refund_without_return", limits={"amount": 9900}))
    assert (found.agree, found.refused, found.paid_by_people, found.paid_by_rows) == (1, 0, 9900, 9900)


def test_a_long_trial_carries_on_and_its_cells_tell_the_refusal(shop, monkeypatch):
    monkeypatch.setattr(strategy_trial, "PIECE", 2)
    stocked(shop, 2)
    made = [missing(shop) for _ in range(5)]
    for one in made:
        shop.say(one, Reject("other", "不补"))
    some = rows(row("补发", "reissue_without_return", ("case_type", "is", "reissue"), limits={"amount": 9900, "per_day": 4}))
    run_id = strategy_runs.start_trial(shop.pool, By(shop.hai), Table(REVIEW, SO, 0, some), 30, shop.now + timedelta(hours=1))
    report = strategy_trial.report(run_all(shop, run_id))
    assert report.agreement == {"reject": {"reissue_without_return": 2, "refused_stock_short": 3}}
    assert (report.would_decide, report.refused, report.refusals["stock_short"]["n"]) == (2, 3, 3)
    run = strategy_runs.get(shop.pool, shop.merchant, run_id)
    cells = {said: strategy_cells.cases(shop.pool, shop.merchant, run, "reject", said, "", 50)[0] for said in ("reissue_without_return", "refused_stock_short", "")}
    assert [len(cells[s]) for s in cells] == [2, 3, 0]
    left = cells["refused_stock_short"][0]
    assert (left.strategy, left.row_id, left.left.code) == ("refused_stock_short", "", "stock_short")
    assert "CUP" in left.left.say("zh")


def test_looking_on_is_told_apart_the_same_way(shop):
    publish(shop, row("看看", "refund_without_return", mode="shadow", fields=REFUND, limits={"amount": 20_000}))
    made = [case(shop), case(shop, 30_000)]
    consider(shop)
    for one in made:
        shop.say(one, Reject("other", "不退"))
    found = strategy_trial.shadow(shop.pool, shop.merchant, SO, REVIEW, 7, shop.now)
    assert found.agreement == {"reject": {"refused_refund_above_cap": 1, "refund_without_return": 1}}
    assert (found.refused, found.would_decide, found.differ) == (1, 1, 1)


def test_a_case_stands_as_it_stood_at_every_version(shop):
    made = shop.apply(shop.order(("CUP", 2, 9900)), quantity=2)
    steps = [
        (AskBuyer("photos", "请补照片"), None), (Answer("已补"), LIN), (ChangeApplication(reason="changed_mind", quantity=1, description="改成一件"), LIN), (ApproveReturn(), None),
        (ShipBack("顺丰", "SF1"), LIN), (RegisterReceipt(**RECEIVED), None), (Refund(), None),
    ]
    seen = {1: snapshot(shop, made)}
    for command, actor in steps:
        answer = shop.say(made, command, actor)
        assert answer.refusal is None, answer.refusal.say("zh")
        seen[shop.row(made, "version")[0]] = snapshot(shop, made)
        shop.now += timedelta(minutes=5)
    with scope(shop.pool, PLATFORM) as conn:
        past = strategy_past.read(conn, shop.merchant, [(made, shop.now)], Needs())
    for version, (columns, body) in seen.items():
        stood = then(case_of(shop.merchant, strategy_row(shop, made)), past.events[made], version)
        assert stood is not None
        assert (stood.state, stood.type, stood.reason, stood.quantity, stood.granted) == columns, version
        changed = {name for name in body if name not in ("clock", "verdict")}
        assert {n: stood.body.get(n) for n in changed if n not in ("description", "reason_zh", "reason_en", "photos")} == {n: body[n] for n in changed if n not in ("description", "reason_zh", "reason_en", "photos")}, version
        assert set(stood.body) - set(body) <= {"line_id"}, version


def snapshot(shop: Shop, made: str) -> tuple[tuple[object, ...], dict[str, object]]:
    return shop.row(made, "state, type, reason, quantity, granted_minor"), shop.row(made, "facts")[0]


def strategy_row(shop: Shop, made: str) -> tuple[object, ...]:
    with scope(shop.pool, PLATFORM) as conn:
        return strategy_past.read(conn, shop.merchant, [(made, shop.now)], Needs()).cases[0]


def test_what_is_beside_a_decision_is_not_decided_on_the_road(shop):
    made = case(shop)
    shop.say(made, ApproveReturn())
    found = tried(shop, row("备注", "note", fields={"words": "看一看"}))
    assert (found.would_decide, found.refused) == (1, 0)
    with scope(shop.pool, PLATFORM) as conn:
        compiled = compile_table(Table(REVIEW, SO, 0, decode_rows([row("备注", "note", fields={"words": "看一看"})])[0]))
        guards = Guards(conn, shop.merchant, compiled, {made: (1, shop.now, 0)}, was(conn, shop.merchant, tables.merchant_seen(conn, shop.merchant), [shop.now]), shop.now, Played())
        assert guards.say(made) is None


def test_what_rows_gave_is_kept_between_pieces():
    played = Played()
    played.give("o1", "l1", 1, 9900)
    played.take("CUP", 2)
    kept = Played(played.kept())
    assert (kept.given("o1"), kept.given("o2"), kept.taken("CUP"), kept.taken("MUG")) == ([("l1", 1, 9900)], [], 2, 0)


@pytest.mark.parametrize(("made", "code"), [
    (row("补发", "reissue_without_return", ("case_type", "is", "reissue"), limits={"amount": 9900}), "stock_short"),
    (row("补发", "reissue_without_return", ("case_type", "is", "reissue"), limits={"amount": 9800}), "stock_short"),
    (row("补偿", "refund_without_return", ("case_type", "is", "reissue"), limits={"amount": 9800}), "strategy_limit_amount"),
    (row("补偿", "refund_without_return", ("case_type", "is", "reissue"), limits={"amount": 9900}), None),
], ids=["guard", "guard-before-limit", "limit", "would-act"])
def test_what_would_become_of_a_case_now_tells_what_stands_in_the_way(shop, made, code):
    stocked(shop, 0)
    mine = missing(shop)
    (fit,) = strategy_trial.fits(shop.pool, shop.merchant, mine, rows(made), shop.now)
    assert (fit.fits, fit.wins, fit.refusal.code if fit.refusal else None) == (True, code is None, code)
    assert (state(shop, mine), shop.row(mine, "version")[0]) == ("reviewing", 1)
    assert shop.all("select 1 from strategy_locks where merchant_id = %s", shop.merchant) == [], "only looked at"
    publish(shop, made)
    live = missing(shop)
    consider(shop)
    assert (state(shop, live), decisions(shop)[0][2]) == ("reviewing" if code else "confirming", code)
