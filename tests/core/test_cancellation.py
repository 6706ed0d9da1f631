"""The table of cancellations does what CA-1 … CA-9 say, for every state, command and party, whatever the order has become."""

from itertools import product

import pytest

from amends.core.actor import CARRIER_ACTOR, SYSTEM, Party
from amends.core.cases.cancellation import CANCELLATION
from amends.core.commands import inputs
from amends.core.machine import Decision, Look, decide, moves, possible
from amends.core.refusal import Refusal
from amends.core.verbs import cancel as c
from amends.core.verbs import outside as o
from amends.core.verbs.desk import RecordTransfer, RunOut
from tests.cast import HAI, LIN, NEW, NOON, PARTIES, cancellation, facts

PREPARING = {"state": "preparing", "waybills": {}}
ON_ITS_WAY = {"state": "shipped", "shipped": True, "waybills": {"SF1": "顺丰"}}
NEEDS_SHIPPED = {"approve_and_intercept", "follow_up_parcel", "force_refund", "follow_up_by_plan"}


def look(case, command, actor, order=PREPARING, **more):
    return Look(case, command, actor, NOON, facts(order=order, **more))


def filled(command):
    values = {i.name: i.metadata["choices"][0] if i.metadata["choices"] else {"request": "r1"}.get(i.metadata["kind"], "有效内容") for i in inputs(command) if i.metadata["required"]}
    return command(**values)


@pytest.mark.parametrize(("state", "name", "party"), list(product(CANCELLATION.states, CANCELLATION.commands, PARTIES)))
def test_every_triple_does_what_the_table_says(state, name, party):
    row, actor = CANCELLATION.steps[state].get(name), PARTIES[party]
    case = cancellation(state, granted=100, body={"lines": [{"line_id": "line-1", "quantity": 1}], "alert_open": name == "acknowledge_alert", "call_open": name == "answer_call"})
    if name in ("end_by_judgement", "reject_by_judgement", "undo_judgement"):
        case.granted, case.body["judged"] = 0, {"number": "", "from": "reviewing"}
    if name == "release":
        case.assignee = actor.id
    if party is Party.PLATFORM:
        case.body["reviewed_by"] = "platform"
    order = ON_ITS_WAY if name in NEEDS_SHIPPED else PREPARING
    command = filled(CANCELLATION.commands[name])
    if name == "end_by_judgement":
        command.gives_up = True
    answer = decide(CANCELLATION, look(case, command, actor, order, failed={"r1"} if name == "retry_refund" else set()))
    if row is not None and party in row.by:
        assert isinstance(answer, Decision), answer
        assert answer.state in row.targets()
        assert {n for n, _ in answer.effects} <= {e.__name__ for e in row.then}
        return
    assert isinstance(answer, Refusal)
    someone = any(name in s and party in s[name].by for s in CANCELLATION.steps.values())
    assert (answer.code, answer.status) == (("not_now", 409) if someone else ("not_yours", 403))


@pytest.mark.parametrize("name", [n for n in CANCELLATION.commands if any(n in r and Party.MERCHANT in r[n].by for r in CANCELLATION.steps.values())])
def test_staff_without_the_permission_are_told_which_one_is_missing(name):
    where = next(s for s, row in CANCELLATION.steps.items() if name in row and Party.MERCHANT in row[name].by)
    refusal = decide(CANCELLATION, look(cancellation(where), filled(CANCELLATION.commands[name]), NEW))
    assert (refusal.status, refusal.facts["permission"]) == (403, f"cancellation.{name}")
    assert name not in possible(CANCELLATION, cancellation(where), NEW)


@pytest.mark.parametrize(("command", "order", "code"), [
    (c.ApproveCancellation(), ON_ITS_WAY, "shipped_meanwhile"), (c.ApproveAndIntercept(), PREPARING, "not_shipped_yet"), (c.FollowUpParcel(), PREPARING, "not_shipped_yet"),
    (c.ForceRefund("x"), PREPARING, "not_shipped_yet"), (c.ApproveCancellation(), {"received": True}, "received_meanwhile"),
    (c.RejectCancellation("other", "x"), {"received": True}, "received_meanwhile"), (c.ApproveAndIntercept(), {"shipped": True}, "no_parcel_to_intercept"),
], ids=["ships", "intercept", "follow up", "force", "received", "reject received", "no waybill"])
def test_what_the_order_has_become_decides_what_is_possible(command, order, code):
    answer = decide(CANCELLATION, look(cancellation(), command, HAI, order))
    assert answer.code == code
    assert all("{" not in answer.say(language) for language in ("zh", "en"))


def test_silence_on_a_parcel_that_has_left_agrees_to_the_refund_where_the_pack_says_so():
    case = cancellation()
    for then, to in (("follow_up", "logistics_follow_up"), ("approve_cancellation", "refunding"), ("", "logistics_follow_up")):
        assert decide(CANCELLATION, look(case, RunOut(), SYSTEM, ON_ITS_WAY, zero={"cancel_answer": then})).state == to
    received = decide(CANCELLATION, look(case, RunOut(), SYSTEM, {**ON_ITS_WAY, "received": True}, zero={"cancel_answer": "approve_cancellation"}))
    assert received.state == "closed"


def test_who_reviews_is_the_platform_only_until_the_goods_have_left():
    case = cancellation()
    case.body["reviewed_by"] = "platform"
    assert decide(CANCELLATION, look(case, c.ApproveCancellation(), HAI)).code == "not_the_reviewer"
    approved = decide(CANCELLATION, look(case, c.ApproveCancellation(), PARTIES[Party.PLATFORM]))
    assert (approved.state, "tell_merchant" in dict(approved.effects)) == ("refunding", True)
    left = decide(CANCELLATION, look(case, o.OrderShipped(), SYSTEM, ON_ITS_WAY))
    assert left.changes["reviewed_by"] == "merchant"
    assert decide(CANCELLATION, look(cancellation(), c.RejectCancellation("other", "x"), PARTIES[Party.PLATFORM])).code == "not_the_reviewer"


@pytest.mark.parametrize(("state", "body", "order", "to", "pays"), [
    ("reviewing", {}, PREPARING, "refunding", True),
    ("reviewing", {}, ON_ITS_WAY, "logistics_follow_up", False),
    ("reviewing", {}, {"received": True, "shipped": True}, "closed", False),
    ("reviewing", {"intercept": "silent"}, ON_ITS_WAY, "refunding", True),
    ("reviewing", {"intercept": "failed"}, {**ON_ITS_WAY, "delivered": True}, "logistics_follow_up", False),
    ("logistics_follow_up", {}, ON_ITS_WAY, "refunding", True),
    ("logistics_follow_up", {}, {**ON_ITS_WAY, "platform_delivery": True}, "intercepting", False),
    ("logistics_follow_up", {}, {"received": True, "shipped": True}, "closed", False),
    ("logistics_follow_up", {"intercept": "failed"}, {**ON_ITS_WAY, "platform_delivery": True, "delivered": True}, "closed", False),
    ("logistics_follow_up", {"intercept": "silent"}, {**ON_ITS_WAY, "platform_delivery": True}, "refunding", True),
    ("intercepting", {"intercept": "asked"}, ON_ITS_WAY, "reviewing", False),
    ("refunding", {}, PREPARING, "refunding", False),
], ids=["unreviewed", "shipped", "received", "silent carrier", "buyer has the goods", "48 h", "48 h platform", "48 h received", "48 h in vain", "48 h silent", "no answer", "provider silent"])
def test_every_clock_ends_where_the_rule_says(state, body, order, to, pays):
    decision = decide(CANCELLATION, look(cancellation(state, body={"lines": [], **body}), RunOut(), SYSTEM, order))
    assert decision.state == to
    assert ("pay_refund" in dict(decision.effects)) == pays
    assert decision.changes.get("granted", 0) == (19900 if pays else 0)
    assert ("intercept_parcel" in dict(decision.effects)) == (to == "intercepting")


def test_no_cancellation_waits_for_ever():
    """From every open state clocks alone lead to an end or to money owed, whatever the order is."""
    for state, order in product(("reviewing", "intercepting", "logistics_follow_up"), (PREPARING, ON_ITS_WAY, {**ON_ITS_WAY, "platform_delivery": True}, {**ON_ITS_WAY, "delivered": True, "platform_delivery": True})):
        case, rounds = cancellation(state), 0
        while case.state not in ("refunding", "closed"):
            decision = decide(CANCELLATION, look(case, RunOut(), SYSTEM, order))
            case.state, rounds = decision.state, rounds + 1
            case.body.update(decision.changes)
            assert rounds < 6, (state, order)


def test_a_parcel_that_holds_other_goods_too_is_not_stopped_for_a_part():
    part = cancellation(type="part")
    assert decide(CANCELLATION, look(part, c.ApproveAndIntercept(), HAI, ON_ITS_WAY)).code == "parcel_holds_more"
    waiting = cancellation("logistics_follow_up", type="part")
    assert decide(CANCELLATION, look(waiting, RunOut(), SYSTEM, {**ON_ITS_WAY, "platform_delivery": True})).state == "refunding"


def test_two_parcels_are_both_stopped_before_money_goes():
    asked = decide(CANCELLATION, look(cancellation(), c.ApproveAndIntercept(), HAI, {**ON_ITS_WAY, "waybills": {"SF1": "顺丰", "YT2": "圆通"}}))
    case = cancellation("intercepting", body={"lines": [], **asked.changes})
    one = decide(CANCELLATION, look(case, o.InterceptionSucceeded("SF1"), CARRIER_ACTOR, ON_ITS_WAY))
    assert (one.state, "granted" in one.changes) == ("intercepting", False)
    case.body.update(one.changes)
    both = decide(CANCELLATION, look(case, o.InterceptionSucceeded("YT2"), CARRIER_ACTOR, ON_ITS_WAY))
    assert (both.state, both.changes["granted"], both.changes["intercept"]) == ("refunding", 19900, "succeeded")


def test_a_parcel_that_could_not_be_stopped_says_so_beside_the_one_that_was():
    case = cancellation("intercepting", body={"lines": [], "intercept": "asked", "intercepts": {"SF1": "succeeded", "YT2": "asked"}})
    failed = decide(CANCELLATION, look(case, o.InterceptionFailed("YT2", "已签收"), CARRIER_ACTOR, ON_ITS_WAY))
    assert (failed.state, failed.changes["intercepts"], failed.changes["intercept"]) == ("reviewing", {"SF1": "succeeded", "YT2": "failed"}, "failed")


def test_money_comes_in_parts_and_the_last_part_ends_it():
    case = cancellation("refunding", granted=300)
    part = decide(CANCELLATION, look(case, RecordTransfer("r1", "T1"), HAI, requests={"r1": 100, "r2": 200}))
    assert (part.state, part.changes["moved"]) == ("refunding", 100)
    case.moved = 100
    last = decide(CANCELLATION, look(case, RecordTransfer("r2", "T2"), HAI, requests={"r2": 200}))
    assert (last.state, last.changes["moved"], last.closed) == ("refunded", 300, True)


def test_nothing_was_paid_and_so_it_closes():
    closed = decide(CANCELLATION, look(cancellation(), c.ApproveCancellation(), HAI, computed=0))
    assert (closed.state, closed.changes["ended"], dict(closed.effects)["cancel_goods"]) == ("closed", "unpaid", {"lines": [{"line_id": "line-1", "quantity": 1}]})
    assert "pay_refund" not in dict(closed.effects)


def test_buttons_say_why_they_are_off():
    shown = {m.verb: m.blocked.code if m.blocked else None for m in moves(CANCELLATION, cancellation(), HAI, NOON, facts(order=ON_ITS_WAY))}
    assert (shown["approve_cancellation"], shown["approve_and_intercept"], shown["force_refund"]) == ("shipped_meanwhile", None, None)
    assert "withdraw" in {m.verb for m in moves(CANCELLATION, cancellation(), LIN, NOON, facts(order=ON_ITS_WAY))}
