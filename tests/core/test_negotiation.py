"""Negotiation (SO-28), on the table alone: what can be proposed, what accepting it does, what binds afterwards."""

from dataclasses import replace

import pytest

from amends.core.actor import Party
from amends.core.cases.service_order import SERVICE_ORDER
from amends.core.machine import Decision, Look, decide, moves
from amends.core.negotiation import FIELDS, agreed_amount
from amends.core.pack_negotiation import Negotiation, problems
from amends.core.refusal import Refusal
from amends.core.verbs.buyer import Withdraw
from amends.core.verbs.desk import RunOut
from amends.core.verbs.negotiation import AcceptProposal, DeclineProposal, Propose, WithdrawProposal
from amends.core.verbs.processing import ChangeType, Exchange, Refund
from amends.core.verbs.review import Reject
from amends.sim.life import apply
from tests.cast import HAI, LIN, NOON, SYSTEM, facts, service_order

OFFERED = Negotiation(at_most=2)
STOCK = {"CUP": 10, "MUG": 3, "NONE": 0}
MADE = {
    "reviewing": {
        "return": Propose("return", 15000, "merchant", words="退一部分"), "refund_only": Propose("refund_only", 5000, words="不用寄回"), "exchange": Propose("exchange", None, "merchant", "", "MUG", words="换一个"),
        "repair": Propose("repair", words="修好它"), "reissue": Propose("reissue", sku="MUG", words="再发一个"), "withdraw": Propose("withdraw", words="已电话说好"),
    },
    "processing": {
        "refund_only": Propose("refund_only", 5000, words="留下商品"), "exchange": Propose("exchange", sku="MUG", words="换一个"), "repair": Propose("repair", words="修好它"),
        "reissue": Propose("reissue", sku="MUG", words="再发一个"),
    },
}
LEADS = {
    ("reviewing", "return"): "awaiting_return", ("reviewing", "refund_only"): "confirming", ("reviewing", "exchange"): "awaiting_return", ("reviewing", "repair"): "awaiting_return",
    ("reviewing", "reissue"): "fulfilling", ("reviewing", "withdraw"): "withdrawn",
    ("processing", "refund_only"): "confirming", ("processing", "exchange"): "fulfilling", ("processing", "repair"): "processing", ("processing", "reissue"): "fulfilling",
}


def ask(case, command, actor, **more):
    return decide(SERVICE_ORDER, Look(case, command, actor, NOON, facts(**{"negotiation": OFFERED, "stock": STOCK, "left": 3600, **more})))


def proposed(state="reviewing", offer="return", **body):
    case = service_order(state, body={"clock": {"clock": "review" if state == "reviewing" else "process"}, **body})
    decision = ask(case, MADE[state][offer], HAI)
    assert isinstance(decision, Decision), decision
    apply(case, decision)
    return case


def test_what_can_be_made_has_a_command_and_an_end_for_each():
    assert {(state, offer) for state, offers in FIELDS.items() for offer in offers} == set(LEADS) == {(s, o) for s, made in MADE.items() for o in made}


@pytest.mark.parametrize(("state", "offer"), LEADS, ids=lambda v: v)
def test_an_accepted_proposal_is_carried_out_by_itself(state, offer):
    case = proposed(state, offer)
    assert (case.state, case.body["proposals"], case.body["proposal"]["outcome"]) == ("negotiating", 1, "open")
    decision = ask(case, AcceptProposal(1), LIN)
    assert decision.state == LEADS[state, offer]
    done = dict(decision.effects)
    assert ("pay_refund" in done, "hold_stock" in done) == (offer == "refund_only", decision.state == "fulfilling")
    assert decision.changes["agreed"]["offer"] == offer
    apply(case, decision)
    assert case.expectation == "return"
    assert case.type == (offer if offer in ("exchange", "repair", "reissue") else "return")
    assert case.granted == (5000 if offer == "refund_only" else 0)


def test_a_dearer_sku_is_paid_for_before_it_goes_out():
    case = proposed("processing", "exchange")
    decision = ask(case, AcceptProposal(), LIN, difference=700)
    assert (decision.state, dict(decision.effects)["ask_difference"]["amount"], decision.changes["difference"]) == ("collecting", 700, 700)
    cheaper = ask(case, AcceptProposal(), LIN, difference=-300)
    assert (cheaper.state, dict(cheaper.effects)["return_difference"]["amount"], cheaper.changes["granted"]) == ("fulfilling", 300, 300)


@pytest.mark.parametrize(("command", "actor", "outcome"), [
    (DeclineProposal(1, "不同意"), LIN, "declined"), (WithdrawProposal(), HAI, "taken_back"), (RunOut(), SYSTEM, "lapsed"),
], ids=["declined", "taken_back", "lapsed"])
@pytest.mark.parametrize("state", ["reviewing", "processing"])
def test_without_an_agreement_the_case_is_back_where_it_was(state, command, actor, outcome):
    case = proposed(state, "refund_only")
    back = ask(case, command, actor)
    assert (back.state, back.changes["proposal"]["outcome"]) == (state, outcome)
    assert back.changes["resumes"] == {"clock": "review" if state == "reviewing" else "process", "seconds": 7200}  # an hour was left, two are the least
    assert "pay_refund" not in dict(back.effects)


def test_the_clock_that_goes_on_keeps_what_it_had_left():
    case = service_order(body={"clock": {"clock": "review"}})
    apply(case, ask(case, MADE["reviewing"]["repair"], HAI, left=40_000))
    assert ask(case, RunOut(), SYSTEM).changes["resumes"]["seconds"] == 40_000


@pytest.mark.parametrize(("command", "code", "field"), [
    (Propose("refund_only", 19901, words="x"), "refund_above_cap", "amount"), (Propose("reissue", sku="NONE", words="x"), "stock_short", None),
    (Propose("exchange", sku="WHAT", words="x"), "sku_unknown", "sku"), (Propose("return", words="x"), "offer_same", "offer"),
    (Propose("withdraw", 100, words="x"), "offer_has_no_field", "amount"), (Propose("repair", sku="MUG", words="x"), "offer_has_no_field", "sku"),
    (Propose("return", 100, return_address="a9", words="x"), "address_unknown", "return_address"),
], ids=["above the cap", "no stock", "no such sku", "what was asked for", "no money in a withdrawal", "no sku in a repair", "no such address"])
def test_what_cannot_be_carried_out_cannot_be_proposed(command, code, field):
    refusal = ask(service_order(), command, HAI)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.field) == (code, field)
    assert all("{" not in refusal.say(language) for language in ("zh", "en"))


@pytest.mark.parametrize("offer", ["return", "withdraw"])
def test_goods_that_are_here_are_not_asked_for(offer):
    assert ask(service_order("processing"), replace(MADE["reviewing"][offer], amount=None), HAI).code == "offer_not_here"


def test_an_exchange_of_what_came_names_the_sku():
    assert ask(service_order("processing"), Propose("exchange", words="换"), HAI).code == "offer_needs_sku"


def test_nobody_gets_further_by_proposing_than_by_deciding():
    reviewer = type(HAI)(Party.MERCHANT, "agent", "客服", "merchant-1", frozenset({"service_order.propose"}))
    refusal = ask(service_order(), MADE["reviewing"]["refund_only"], reviewer)
    assert (refusal.code, refusal.facts["permission"]) == ("permission_missing", "service_order.refund_without_return")


def test_more_than_computed_is_only_offered_with_the_permission_for_it():
    agent = type(HAI)(Party.MERCHANT, "agent", "客服", "merchant-1", frozenset({"service_order.propose", "service_order.refund_without_return"}))
    assert ask(service_order(), MADE["reviewing"]["refund_only"], agent, computed=100).code == "refund_override_missing"


def test_money_that_went_meanwhile_is_not_paid():
    case = proposed("reviewing", "refund_only")
    assert ask(case, AcceptProposal(), LIN, cap=4999).code == "proposal_stale"
    assert ask(proposed("reviewing", "reissue"), AcceptProposal(), LIN, stock={"MUG": 0}).code == "stock_short"
    assert ask(proposed("reviewing", "exchange"), AcceptProposal(), LIN, stock={"MUG": 0}).code == "stock_short"


def test_an_answer_is_to_the_proposal_that_was_read():
    case = proposed("reviewing", "refund_only")
    assert ask(case, AcceptProposal(2), LIN).code == "proposal_other"
    assert ask(case, DeclineProposal(2, "不"), LIN).code == "proposal_other"


def test_a_pack_says_how_often_and_whether_at_all():
    assert ask(service_order(), MADE["reviewing"]["repair"], HAI, negotiation=Negotiation()).code == "negotiation_off"
    assert ask(service_order(body={"proposals": 2}), MADE["reviewing"]["repair"], HAI).code == "proposals_used_up"
    assert [m.blocked.code for m in moves(SERVICE_ORDER, service_order(), HAI, NOON, facts(negotiation=Negotiation())) if m.verb == "propose"] == ["negotiation_off"]


def test_a_pack_can_ask_for_a_proposal_before_a_refusal():
    first = Negotiation(at_most=1, required_before_reject=True)
    assert ask(service_order(), Reject("used", "已使用"), HAI, negotiation=first).code == "proposal_first"
    assert isinstance(ask(service_order(body={"proposals": 1, "proposals_heard": 1}), Reject("used", "已使用"), HAI, negotiation=first), Decision)
    assert [p.path for p in problems(Negotiation(required_before_reject=True))] == ["negotiation.at_most"]
    assert isinstance(ask(service_order(), Reject("used", "已使用"), HAI, negotiation=Negotiation(required_before_reject=True)), Decision)


def test_whoever_is_late_does_not_talk_lateness_away():
    assert ask(service_order("processing", body={"late": True}), MADE["processing"]["repair"], HAI).code == "proposal_late"


def test_an_application_is_given_up_until_the_goods_are_here():
    assert ask(proposed("reviewing", "return"), Withdraw(), LIN).state == "withdrawn"
    assert ask(proposed("processing", "repair"), Withdraw(), LIN).code == "goods_are_here"


@pytest.mark.parametrize(("quantity", "granted", "cap", "body", "bound"), [
    (2, 0, 20000, {}, 10001), (2, 0, 20000, {"received": 2, "condition": "good"}, 10001), (2, 0, 20000, {"received": 1, "condition": "short"}, 5000),
    (2, 0, 20000, {"received": 2, "condition": "damaged"}, None), (2, 0, 9000, {}, 9000), (2, 10001, 9999, {}, None), (2, 0, 20000, {"agreed": {}}, None),
], ids=["still to come", "arrived", "half of it", "damaged", "the cap is less", "paid already", "another type was consented to"])
def test_what_was_agreed_binds_the_processing(quantity, granted, cap, body, bound):
    assert agreed_amount({"agreed": {"offer": "return", "amount": 10001}, **body}, quantity, granted, cap) == bound


def test_less_than_agreed_is_refused_and_the_agreed_sum_needs_no_reason():
    case = service_order("processing", body={"agreed": {"offer": "return", "amount": 15000}, "received": 1, "condition": "good"})
    refusal = ask(case, Refund(14999, None, "used"), HAI, computed=15000)
    assert (refusal.code, refusal.field) == ("less_than_agreed", "amount")
    assert ask(case, Refund(), HAI, computed=15000).changes["granted"] == 15000


def test_other_goods_than_agreed_do_not_go_out_until_the_type_is_changed_with_consent():
    case = service_order("processing", type="exchange", body={"agreed": {"offer": "exchange", "sku": "MUG"}})
    assert ask(case, Exchange("CUP", 1), HAI).code == "other_than_agreed"
    assert isinstance(ask(case, Exchange("MUG", 1), HAI), Decision)
    assert ask(case, ChangeType("return", "电话"), HAI).changes["agreed"] == {}


def test_the_clock_of_a_proposal_is_the_buyers():
    state = SERVICE_ORDER.states["negotiating"]
    assert (state.waits_on, state.clock) == (Party.BUYER, "negotiation")


REQUIRED = Negotiation(at_most=2, required_before_reject=True)


def answered(*answers):
    """A case in review whose proposals ended this way; the last refusal, if one of them could not be given."""
    case = service_order(body={"clock": {"clock": "review"}})
    for command, actor in answers:
        for one, by in ((MADE["reviewing"]["refund_only"], HAI), (command, actor)):
            decision = ask(case, one, by, negotiation=REQUIRED)
            if isinstance(decision, Refusal):
                return case, decision.code
            apply(case, decision)
    return case, None


BACK, NO, LAPSED = (WithdrawProposal(), HAI), (DeclineProposal(1, "不要"), LIN), (RunOut(), SYSTEM)


@pytest.mark.parametrize(("answers", "code"), [([BACK], "proposal_first"), ([NO], None), ([LAPSED], None), ([LAPSED, BACK], None)], ids=["taken-back", "declined", "lapsed", "lapsed-then-back"])
def test_a_refusal_follows_only_what_the_buyer_could_answer(answers, code):
    case, stuck = answered(*answers)
    assert stuck is None
    decision = ask(case, Reject("used", "已使用"), HAI, negotiation=REQUIRED)
    assert (decision.code if isinstance(decision, Refusal) else None) == code


def test_the_last_proposal_stays_where_one_is_demanded():
    assert answered(BACK, BACK)[1] == "proposal_last"
