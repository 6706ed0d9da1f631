"""Lightning refund (SO-32), on the table alone: when it is advanced, how it is settled, claimed back, waived and written off."""

from dataclasses import replace

import pytest

from amends.core.actor import Party
from amends.core.cases.service_order import SERVICE_ORDER
from amends.core.lightning import CONDITIONS, suggested
from amends.core.machine import Decision, Look, decide
from amends.core.policy import load_pack
from amends.core.verbs import processing as p
from amends.core.verbs.buyer import Withdraw
from amends.core.verbs.desk import RunOut
from amends.core.verbs.judgement import FinishPaid
from amends.core.verbs.lightning import AdvanceRefund, ClaimBack, ReturnCollected, SettleAdvance, WaiveClaim
from amends.core.verbs.negotiation import Propose
from amends.core.verbs.outside import DifferencePaid
from amends.core.verbs.pickup import PickupOff
from amends.sim.life import apply
from tests.cast import ARBITER, CARRIER, HAI, LIN, NOON, PARTIES, SYSTEM, facts, service_order

SECTION = load_pack("jd").pack.lightning_refund
GIVEN = {"section": SECTION, "merchant_on": True, "platform_on": False, "line_paid": 19900, "no_reason": True, "pack": "jd", "version": 1}
ORDER = {"paid": 19900, "buyer_level": 2}
GOOD = p.RegisterReceipt(1, "good", "intact", "intact", "normal", "complete", "", "sale")


def ask(case, command, actor, **more):
    return decide(SERVICE_ORDER, Look(case, command, actor, NOON, facts(**{"lightning": GIVEN, "order": ORDER, "charges": {"c1": 100}, **more})))


def sent(**body):
    return service_order("in_transit", body={"collected_at": NOON.isoformat(), "clock": {"clock": "transit"}, **body})


def advanced(state="in_transit", moved=19900, left=19900, quantity=1, **body):
    advance = {"amount": 19900, "left": left, "claim": 0, "state": "open"}
    return service_order(state, granted=19900, moved=moved, quantity=quantity, body={"advance": advance, "clock": {"clock": "transit"}, **body})


def claiming(claim=19900, **body):
    case = advanced("claiming_back", **body)
    case.body["advance"] |= {"state": "claimed", "claim": claim, "left": claim}
    return case


def test_collected_goods_bring_the_refund_forward_and_say_why():
    case = service_order("in_transit")
    assert ask(case, AdvanceRefund(), SYSTEM).code == "lightning_not_sent"
    apply(case, ask(case, ReturnCollected("SF1"), CARRIER))
    decision = ask(case, AdvanceRefund(), SYSTEM)
    assert (decision.state, dict(decision.effects)["pay_refund"]["amount"], decision.changes["granted"]) == ("in_transit", 19900, 19900)
    assert decision.changes["advance"] == {"amount": 19900, "left": 19900, "claim": 0, "state": "open", "at": NOON.isoformat()}
    why = decision.changes["explains"]
    assert (why["by"], why["pack"], why["source"], why["facts"]["buyer_level"], why["facts"]["switched_on_by"]) == ("lightning", "jd", "web_lightning", 2, "merchant")
    apply(case, decision)
    assert ask(case, AdvanceRefund(), SYSTEM).facts["condition"] == "advanced_before"


@pytest.mark.parametrize(("condition", "given", "order", "more"), [
    ("not_offered", {"section": None}, {}, {}), ("with_a_fault", {"no_reason": False}, {}, {}), ("switched_off", {"merchant_on": False}, {}, {}),
    ("switched_off", {"merchant_on": False, "platform_on": True, "line_paid": 20000}, {}, {}), ("amount", {}, {"paid": 300001}, {}), ("level", {}, {"buyer_level": 1}, {}),
    ("level", {}, {"buyer_level": None}, {}), ("nothing_due", {}, {}, {"computed": 0}),
], ids=["no section", "a fault", "off", "platform, dear", "dear", "low level", "level unknown", "nothing due"])
def test_every_condition_holds_or_nothing_is_advanced(condition, given, order, more):
    refusal = ask(sent(), AdvanceRefund(), SYSTEM, lightning=GIVEN | given, order=ORDER | order, **more)
    assert (refusal.code, refusal.facts["condition"]) == ("lightning_not_met", condition)
    assert CONDITIONS[condition][0] in refusal.say("zh")


@pytest.mark.parametrize(("given", "order"), [({}, {"paid": 300000}), ({"merchant_on": False, "platform_on": True, "line_paid": 19999}, {})], ids=["up to the limit", "switched on by the platform"])
def test_the_edges_are_inside(given, order):
    assert isinstance(ask(sent(), AdvanceRefund(), SYSTEM, lightning=GIVEN | given, order=ORDER | order), Decision)


def test_an_exchange_and_an_open_alert_wait_for_a_person():
    assert ask(replace(sent(), type="exchange"), AdvanceRefund(), SYSTEM).facts["condition"] == "not_a_return"
    assert ask(sent(alert_open=True), AdvanceRefund(), SYSTEM).facts["condition"] == "alert"


@pytest.mark.parametrize(("moved", "state"), [(19900, "completed"), (0, "confirming")], ids=["the buyer has it", "on its way"])
def test_goods_in_order_settle_it_by_themselves(moved, state):
    decision = ask(advanced(moved=moved), GOOD, HAI)
    assert (decision.state, decision.changes["advance_moves"], decision.changes["advance"]["state"]) == (state, [("lightning_settled", 19900)], "settled")
    assert ("ask_to_rate" in dict(decision.effects)) == (state == "completed")
    assert "granted" not in decision.changes


@pytest.mark.parametrize("receipt", [replace(GOOD, received=0), replace(GOOD, condition="damaged"), replace(GOOD, accessories="missing")], ids=["short", "damaged", "parts missing"])
def test_goods_not_in_order_wait_for_a_decision_and_nothing_else_goes_first(receipt):
    decision = ask(advanced(), receipt, HAI)
    assert (decision.state, decision.changes.get("advance_moves")) == ("processing", None)
    case = advanced("processing", received=1, condition="damaged")
    for command in (p.Refund(), p.ReturnOriginal("坏", "顺丰", "SF9"), p.ChangeType("repair", "电话"), Propose("repair", words="修")):
        assert ask(case, command, HAI).code == "advance_open"


@pytest.mark.parametrize(("clock", "moved", "state", "moves"), [
    ("receive", 19900, "completed", [("lightning_settled", 19900)]), ("receive", 0, "confirming", [("lightning_settled", 19900)]), ("transit", 19900, "claiming_back", []),
    ("transit", 0, "processing", None),
], ids=["signed for", "signed for, money on its way", "never came", "never came, nothing moved"])
def test_when_the_time_of_the_way_is_over(clock, moved, state, moves):
    case = advanced(moved=moved)
    case.body["clock"] = {"clock": clock}
    decision = ask(case, RunOut(), SYSTEM)
    assert (decision.state, decision.changes.get("advance_moves")) == (state, moves)
    assert decision.changes.get("received") == (1 if clock == "receive" else None)
    assert "pay_refund" not in dict(decision.effects)
    if state == "claiming_back":
        assert decision.changes["advance"] | {"pieces": 1} == {"amount": 19900, "left": 19900, "claim": 19900, "state": "claimed", "pieces": 1}


def test_a_return_without_an_advance_goes_on_as_ever():
    decision = ask(sent(), RunOut(), SYSTEM)
    assert (decision.state, decision.changes["received"], "advance" in decision.changes) == ("processing", 1, False)
    assert ask(sent(), GOOD, HAI).state == "processing"


@pytest.mark.parametrize(("body", "quantity", "most"), [
    ({"received": 1, "condition": "short"}, 2, 9950), ({"received": 0, "condition": "missing"}, 2, 19900), ({"received": 2, "condition": "used"}, 2, 19900), ({}, 2, 19900),
], ids=["one of two", "none", "used", "never came"])
def test_what_is_claimed_where_nothing_is_typed(body, quantity, most):
    assert suggested({"advance": {"left": 19900}, **body}, quantity) == most


def test_a_part_is_claimed_and_the_rest_is_the_merchants():
    case = advanced("processing", received=1, condition="damaged")
    decision = ask(case, ClaimBack(5000, "damaged", "杯子裂了"), HAI)
    assert (decision.state, decision.arm, decision.changes["advance_moves"]) == ("claiming_back", "claim_back", [("lightning_settled", 14900)])
    assert (decision.changes["advance"]["claim"], decision.changes["advance"]["left"]) == (5000, 5000)
    apply(case, decision)
    paid = ask(case, DifferencePaid("c1"), PARTIES[Party.PROVIDER])
    assert (paid.state, paid.changes["granted"], paid.changes["moved"], paid.changes["paid_back"]) == ("completed", 14900, 14900, 5000)
    assert paid.changes["advance_moves"] == [("lightning_paid_back", 5000)]


def test_what_may_be_claimed():
    case = advanced("processing", received=1, condition="damaged")
    assert ask(case, ClaimBack(19901, "damaged", "坏"), HAI).code == "claim_above_advance"
    assert ask(advanced("processing", moved=0), ClaimBack(None, "damaged", "坏"), HAI).code == "advance_not_moved"
    assert ask(service_order("processing"), ClaimBack(None, "damaged", "坏"), HAI).code == "no_advance"


@pytest.mark.parametrize(("body", "state"), [({}, "closed"), ({"received": 0}, "closed"), ({"received": 1, "condition": "wrong_item"}, "processing")], ids=["never came", "empty box", "goods here"])
def test_all_of_it_paid_back(body, state):
    paid = ask(claiming(**body), DifferencePaid("c1"), PARTIES[Party.PROVIDER])
    assert (paid.state, paid.changes["granted"], paid.changes["moved"]) == (state, 0, 0)


@pytest.mark.parametrize(("command", "actor", "state", "moves", "became"), [
    (WaiveClaim("算了"), HAI, "completed", [("lightning_waived", 19900)], "waived"), (RunOut(), SYSTEM, "completed", [("lightning_written_off_platform", 19900)], "written_off"),
    (GOOD, HAI, "completed", [("lightning_settled", 19900)], "settled"), (replace(GOOD, condition="damaged"), HAI, "processing", None, "open"),
], ids=["waived", "written off", "arrived after all", "arrived damaged"])
def test_the_other_ends_of_a_claim(command, actor, state, moves, became):
    decision = ask(claiming(), command, actor)
    assert (decision.state, decision.changes.get("advance_moves"), decision.changes["advance"]["state"]) == (state, moves, became)
    assert "granted" not in decision.changes


def test_a_pack_says_who_bears_what_is_written_off():
    other = GIVEN | {"section": replace(SECTION, written_off_to="merchant")}
    assert ask(claiming(), RunOut(), SYSTEM, lightning=other).changes["advance_moves"] == [("lightning_written_off_merchant", 19900)]


def test_goods_that_were_registered_are_not_registered_while_claimed():
    assert ask(claiming(received=1, condition="damaged"), GOOD, HAI).code == "receipt_there_already"


def test_who_has_the_money_does_not_withdraw_and_the_courier_is_not_called_off():
    assert ask(advanced(), Withdraw(), LIN).code == "withdraw_with_advance"
    assert ask(advanced(parcel={"pickup": "p1"}), PickupOff("p1"), CARRIER).code == "withdraw_with_advance"


def test_an_advance_that_never_moved_is_taken_back_on_paper():
    case = advanced("processing", moved=0)
    decision = ask(case, p.ReverseRefund("没收到货"), HAI, requests={}, failed=())
    assert (decision.state, decision.changes["granted"], decision.changes["advance"]["state"]) == ("processing", 0, "reversed")
    assert ask(advanced("processing"), p.ReverseRefund("x"), HAI).code == "advance_moved"
    assert ask(service_order("processing"), p.ReverseRefund("x"), HAI).code == "no_advance"


def test_the_merchant_lets_it_stand_and_the_platform_does_once_the_merchant_is_late():
    assert ask(advanced("processing"), SettleAdvance(), HAI).state == "completed"
    assert ask(advanced("processing"), SettleAdvance(), ARBITER).code == "not_late"
    assert ask(advanced("processing", late=True), SettleAdvance(), ARBITER).state == "completed"


def test_what_a_judgement_has_paid_is_not_advanced_again():
    assert ask(sent(judged={"paid": True}), AdvanceRefund(), SYSTEM).facts["condition"] == "advanced_before"


def test_a_case_with_an_open_advance_is_not_ended_as_paid():
    assert ask(advanced("processing", judged={"paid": True}), FinishPaid(), HAI).code == "advance_open"
