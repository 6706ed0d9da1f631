"""The table of tickets does what it says; turns, silence, the rule for mail (TI-1 … TI-8)."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from amends.core.actor import ALL, Actor, Party
from amends.core.case import Case
from amends.core.cases.ticket import TICKET
from amends.core.commands import Command, inputs
from amends.core.machine import Decision, Look, decide, moves
from amends.core.pack_tickets import mail_due
from amends.core.policy import load_pack, parse_pack, whole
from amends.core.refusal import Refusal
from amends.core.spans import daily_cutoff
from amends.core.verbs import ticket as v
from amends.core.verbs.desk import RunOut
from amends.engine.deadlines import calendar_from

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
JD = load_pack("jd").pack
SIDES = {
    Party.MERCHANT: Actor(Party.MERCHANT, "p-hai", "阿海", "m1", ALL), Party.PLATFORM: Actor(Party.PLATFORM, "p-arb", "平台", None, ALL),
    Party.BUYER: Actor(Party.BUYER, "b-lin", "小林"), Party.CLOCK: Actor(Party.CLOCK, "system", "system"), Party.CARRIER: Actor(Party.CARRIER, "c", "承运商"),
    Party.PROVIDER: Actor(Party.PROVIDER, "p", "支付渠道"),
}
BODY = {"other_side": "buyer", "turn_began": NOON.isoformat(), "turns": 1}
FACTS = {"tickets": JD.tickets, "room": 10_000, "bound": {"order": "o1", "kind": "order", "buyer": "b-lin"}, "staff": {"有效内容": "x"}, "requests": {"r1": 100}, "photos": {"f1"}}


def ticket(state="awaiting_merchant", origin="complaint", subject="authenticity", **more):
    body = {**BODY, **more.pop("body", {})}
    return Case("t1", "m1", "ticket", "T-2026-000001", state, 1, NOON, type=origin, reason=subject, order_id="o1", buyer_id="b-lin", body=body, **more)


def look(case, command, side=Party.MERCHANT, **more):
    return Look(case, command, SIDES[side], more.pop("now", NOON), {**FACTS, **more})


def filled(command: type[Command]) -> Command:
    values = {}
    for item in inputs(command):
        meta = item.metadata
        if meta["required"]:
            values[item.name] = meta["choices"][0] if meta["choices"] else {"count": 1, "money": 100, "request": "r1"}.get(meta["kind"], "有效内容")
    return command(**values)


ALWAYS_REFUSED = {("awaiting_other_side", "reply"): "ticket_turn_over", ("transferred", "reply"): "ticket_transferred"}
WITH_DECISION = {"carry_out", "refund_for_merchant"}


@pytest.mark.parametrize(("state", "name", "party"), list(product(TICKET.states, TICKET.commands, SIDES)))
def test_every_triple_does_what_the_table_says(state, name, party):
    row, command = TICKET.steps[state].get(name), filled(TICKET.commands[name])
    body = {"alert_open": name == "acknowledge_alert"}
    if name in WITH_DECISION:
        body |= {"decision": {"decision": "refund", "amount": 100}, "not_carried_out": True}
    if name in ("approve_decision", "return_decision"):
        body |= {"pending": {"command": "decide_ticket", "input": {"decision": "refund", "amount": 100, "words": "依规则"}, "by": "p-other", "by_name": "同事", "finding": "silence"}}
    if name == "set_subject":
        command, body = v.SetSubject("quality"), {**body, "guessed": {"words": ["质量"]}}
    given = {"refunded": 100} if name == "carry_out" else {}
    if name == "decide_ticket":
        command = v.DecideTicket("refund", 100, words="依规则")
    case = ticket(state, body=body, closed_at=NOON if state in ("resolved", "closed") else None)
    if name == "release":
        case.assignee = SIDES[party].id
    answer = decide(TICKET, look(case, command, party, **given, **({"failed": {"r1"}} if name == "retry_refund" else {})))
    if row is not None and party in row.by:
        if (state, name) in ALWAYS_REFUSED:
            assert isinstance(answer, Refusal)
            assert answer.code == ALWAYS_REFUSED[state, name]
            return
        assert isinstance(answer, Decision), answer
        assert answer.state in row.targets()
        assert answer.event == row.command.event
        assert (answer.arm is None) == (TICKET.states[answer.state].final or (answer.state == state and not row.clock)), answer
        return
    assert isinstance(answer, Refusal)
    assert all("{" not in answer.say(language) for language in ("zh", "en"))


def test_the_merchant_answers_once_and_the_button_says_why_it_is_off():
    said = decide(TICKET, look(ticket(), v.Reply("reject", "有授权书", ["f1"])))
    assert (said.state, said.changes["with_documents"], said.changes["red_at"], said.changes["waits_for"]) == ("awaiting_other_side", True, None, "buyer")
    button = next(m for m in moves(TICKET, ticket("awaiting_other_side"), SIDES[Party.MERCHANT], NOON, FACTS) if m.verb == "reply")
    assert button.blocked.code == "ticket_turn_over"
    again = decide(TICKET, look(ticket("awaiting_other_side"), v.FollowUp("还是不对"), Party.BUYER))
    assert (again.state, again.arm, again.changes["turns"], again.changes["red_at"]) == ("awaiting_merchant", "ticket_answer", 2, (NOON + timedelta(hours=2)).isoformat())


def test_silence_is_first_consent_then_the_platforms():
    late = decide(TICKET, look(ticket(), RunOut(), Party.CLOCK, now=NOON + timedelta(hours=3)))
    assert (late.state, late.changes["late"], late.changes["arms"], late.changes["runs_since"]) == ("awaiting_merchant", True, "ticket_transfer", NOON.isoformat())
    over = decide(TICKET, look(ticket(body={"late": True}), RunOut(), Party.CLOCK, now=NOON + timedelta(days=1)))
    assert (over.state, over.changes["against_merchant"], over.changes["arms"]) == ("transferred", 1, "ticket_decide")
    assert "hand_to_platform" in dict(over.effects)


@pytest.mark.parametrize(("brought", "subject", "finding"), [
    pytest.param(True, "quality", "not_disproved", id="document-that-does-not-disprove"), pytest.param(False, "weight", "no_document", id="no-document"),
    pytest.param(False, "service", None, id="no-doubt-no-decision"),
])
def test_a_doubt_is_decided_for_the_buyer(brought, subject, finding):
    case = ticket("awaiting_other_side", subject=subject, body={"with_documents": brought})
    answer = decide(TICKET, look(case, v.DecideTicket("return_refund", words="未能证明"), Party.PLATFORM))
    if finding is None:
        assert answer.code == "ticket_answered_no_doubt"
        return
    assert (answer.state, answer.arm, answer.changes["decision"]["finding"]) == ("transferred", "ticket_carry_out", finding)
    assert dict(answer.effects)["open_service_order"]["wanted"] == "return_refund"


def test_the_platform_pays_only_when_the_merchants_days_are_over():
    decided = {"decision": {"decision": "refund", "amount": 5000}}
    early = decide(TICKET, look(ticket("transferred", body=decided), v.RefundForMerchant(5000, "逾期"), Party.PLATFORM))
    assert early.code == "ticket_days_run"
    over = decide(TICKET, look(ticket("transferred", body=decided), RunOut(), Party.CLOCK))
    assert (over.state, over.changes["not_carried_out"], over.changes["waits_for"]) == ("transferred", True, "platform")
    case = ticket("transferred", body={**decided, "not_carried_out": True})
    assert decide(TICKET, look(case, v.RefundForMerchant(10_001, "逾期"), Party.PLATFORM)).code == "refund_above_cap"
    paid = decide(TICKET, look(case, v.RefundForMerchant(5000, "逾期"), Party.PLATFORM))
    assert (paid.state, paid.changes["granted"], dict(paid.effects)["pay_refund"]["amount"]) == ("resolved", 5000, 5000)


@pytest.mark.parametrize("name", ["resolve_ticket", "close_ticket"])
def test_a_regulators_ticket_ends_with_a_document(name):
    command = TICKET.commands[name]
    case = ticket("awaiting_other_side", "regulator")
    assert decide(TICKET, look(case, command(words="已回复监管部门"), Party.PLATFORM)).code == "ticket_document_missing"
    assert decide(TICKET, look(case, command(words="已回复监管部门", photos=["f1"]), Party.PLATFORM)).changes["documents"] == ["f1"]
    assert decide(TICKET, look(case, RunOut(), Party.CLOCK)).state == "awaiting_other_side"
    assert decide(TICKET, look(ticket("awaiting_other_side"), RunOut(), Party.CLOCK)).state == "resolved"


def test_a_buyer_writes_only_on_tickets_of_their_own():
    case = ticket("awaiting_other_side", body={"other_side": "platform"})
    assert decide(TICKET, look(case, v.FollowUp("?"), Party.BUYER)).code == "ticket_not_with_buyer"


def test_what_was_solved_is_open_to_words_for_the_packs_days():
    case = ticket("resolved", closed_at=NOON)
    assert decide(TICKET, look(case, v.FollowUp("又坏了"), Party.BUYER, now=NOON + timedelta(days=6))).state == "awaiting_merchant"
    assert decide(TICKET, look(case, v.FollowUp("又坏了"), Party.BUYER, now=NOON + timedelta(days=7))).code == "ticket_long_solved"


def shanghai(text):
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize(("sent", "due"), [
    pytest.param("2026-03-02T15:59:59", "2026-03-02T18:00", id="before-four"), pytest.param("2026-03-02T16:00:00", "2026-03-03T18:00", id="at-four"),
    pytest.param("2026-03-02T00:00:00", "2026-03-02T18:00", id="midnight"), pytest.param("2026-03-02T17:30", "2026-03-03T18:00", id="after-four"),
    pytest.param("2026-03-06T16:00", "2026-03-07T18:00", id="friday-into-saturday"), pytest.param("2026-03-07T10:00", "2026-03-07T18:00", id="saturday"),
    pytest.param("2026-03-08T20:00", "2026-03-09T18:00", id="sunday-evening"), pytest.param("2026-04-30T16:01", "2026-05-01T18:00", id="month-end-into-a-holiday"),
    pytest.param("2026-02-28T16:00", "2026-03-01T18:00", id="february"), pytest.param("2028-02-28T16:00", "2028-02-29T18:00", id="leap-day"),
    pytest.param("2028-02-29T16:00", "2028-03-01T18:00", id="after-the-leap-day"), pytest.param("2026-12-31T23:59:59", "2027-01-01T18:00", id="year-end"),
    pytest.param("2026-02-17T09:00", "2026-02-17T18:00", id="spring-festival"), pytest.param("2026-10-01T16:30", "2026-10-02T18:00", id="national-day"),
])
def test_a_mail_is_due_at_six_of_the_day_the_source_says(sent, due):
    """S1, 1.1 says 当日 and 次日 and names no working days: every calendar day counts."""
    assert mail_due(shanghai(sent), JD.clocks["ticket_mail"].span, calendar_from({})) == shanghai(due)


def test_the_hours_of_mail_are_the_packs():
    rule = daily_cutoff("12:00", "17:00", next_working=True)
    assert mail_due(shanghai("2026-03-06T12:00"), rule, calendar_from({})) == shanghai("2026-03-09T17:00")
    with pytest.raises(ValueError, match="cut-off"):
        mail_due(shanghai("2026-03-06T12:00"), JD.clocks["ticket_answer"].span, calendar_from({}))


@pytest.mark.parametrize(("change", "path"), [
    pytest.param({"red_after": 0}, "tickets.red_after", id="red-at-once"), pytest.param({"transfer_penalty": -1}, "tickets.transfer_penalty", id="penalty-below-zero"),
    pytest.param({"reopen_days": 0}, "tickets.reopen_days", id="no-days"), pytest.param({"red_after_source": "nowhere"}, "tickets.red_after_source", id="no-such-source"),
])
def test_figures_of_a_pack_are_checked(change, path):
    document = whole("jd")
    document["tickets"] = {**document["tickets"], **change}
    assert [p.path for p in parse_pack(document).problems] == [path]


def test_an_answer_before_the_turn_began_took_no_time():
    """Two machines' clocks, or a mail's own date, may be ahead of ours: the answer is taken all the same."""
    case = ticket(body={"turn_began": (NOON + timedelta(seconds=90)).isoformat()})
    answer = decide(TICKET, look(case, v.Reply("approve", "给您换新")))
    assert isinstance(answer, Decision)
    assert answer.changes["took"] == 0


def test_every_figure_of_the_sources_is_in_the_pack_with_its_source():
    clocks, sources = JD.clocks, JD.sources
    assert (clocks["ticket_answer"].span.amount, clocks["ticket_answer"].source) == (3 * 3600, "S1")
    assert (JD.tickets.red_after, JD.tickets.red_after_source) == (2 * 3600, "S3")
    assert (clocks["ticket_transfer"].span.amount, clocks["ticket_transfer"].source) == (24 * 3600, "S3")
    assert (clocks["ticket_mail"].span.before, clocks["ticket_mail"].span.by, clocks["ticket_mail"].source) == (16 * 60, 18 * 60, "S1")
    assert (clocks["ticket_carry_out"].span.amount, clocks["ticket_carry_out"].source) == (3, "S1")
    assert {"S1", "S3"} <= set(sources)


def test_an_amount_typed_beside_a_decision_without_one_is_not_kept():
    case = ticket("transferred", body={"silent": True})
    answer = decide(TICKET, look(case, v.DecideTicket("nothing", 64_171, words="不支持"), Party.PLATFORM))
    assert (answer.state, answer.changes["decision"]["amount"]) == ("resolved", 0)
