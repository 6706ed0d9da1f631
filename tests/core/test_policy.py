"""A pack file that is wrong says where; one that is carried answers every question the tables ask (PO-9, PO-17, SO-27)."""

import copy
import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.cases import MACHINES, TABLES
from amends.core.cases.service_order import SERVICE_ORDER
from amends.core.pack import CALLERS, CLOCKS, REVIEWED, TYPES, Pack
from amends.core.pack_defaults import DEFAULT_CLOCKS
from amends.core.policy import load_pack, parse_pack, parse_text, whole
from amends.core.verbs.review import SAID_HOW, AskBuyer

RAW = whole("jd")
TEXT = json.dumps(RAW)
PACK = load_pack("jd").pack


def put(raw, path, value):
    """Set, or with `...` remove, what lies at a path of keys and indices."""
    *way, last = path
    for step in way:
        raw = raw[step]
    if value is ...:
        del raw[last]
    else:
        raw[last] = value


def problems(*edits):
    raw = copy.deepcopy(RAW)
    for path, value in edits:
        put(raw, path, value)
    loaded = parse_pack(raw)
    assert (loaded.pack is None) == bool(loaded.problems)
    return {p.path: p.message for p in loaded.problems}


LEAF = ("reasons", "return", 0, "leaves", 0)
STAFF = ("review_reasons", "reject", 0)
BAD = [
    (("id",), ..., "id", "missing"),
    (("id",), "", "id", "empty"),
    (("id",), 7, "id", "must be str"),
    (("colour",), "red", "colour", "unknown field"),
    (("version",), 0, "version", "1 or more"),
    (("version",), True, "version", "must be int"),
    (("version",), 1.0, "version", "must be int"),
    (("valid_from",), "2020-13-01", "valid_from", "not a date"),
    (("timezone",), "Asia/Peking", "timezone", "no such time zone"),
    (("timezone",), "../etc", "timezone", "no such time zone"),
    (("name", "en"), ..., "name.en", "missing"),
    (("sources", "S1", "level"), "rumour", "sources.S1.level", "must be one of"),
    (("windows",), {}, "windows", "must be a list"),
    (("windows", 0), 7, "windows[0]", "must be an object"),
    (("windows", 0, "days"), 0, "windows[0].days", "more than 0"),
    (("windows", 0, "days"), "7", "windows[0].days", "must be int"),
    (("windows", 0, "days"), 8, "windows[0].days", "longer than the window with a fault"),
    (("windows", 0, "type"), "swap", "windows[0].type", "must be one of"),
    (("windows", 0, "kind"), "fault", "windows[1]", "twice"),
    (("windows", 1, "source"), "S9", "windows[1].source", "no such source: 'S9'"),
    (("windows", 1), ..., "windows", "no window for return with a fault"),
    (("reasons",), [], "reasons", "must be an object"),
    (("reasons", "reissue"), [], "reasons.reissue", "at least one group"),
    (("reasons", "swap"), [], "reasons.swap", "must be one of"),
    (("reasons", "return", 0, "leaves"), [], "reasons.return[0].leaves", "at least one reason"),
    (("reasons", "return", 1, "code"), "no_reason", "reasons.return[1].code", "twice"),
    ((*LEAF, "code"), "bought_wrong", "reasons.return[0].leaves[2].code", "twice"),
    ((*LEAF, "responsibility"), "nobody", "reasons.return[0].leaves[0].responsibility", "must be one of"),
    ((*LEAF, "responsibility"), "merchant", "reasons.return[0].leaves[0].responsibility", "the buyer's"),
    ((*LEAF, "photos_required"), 1, "reasons.return[0].leaves[0].photos_required", "must be bool"),
    ((*LEAF, "measured"), "length", "reasons.return[0].leaves[0].measured", "must be one of"),
    ((*LEAF, "measured"), "weight", "reasons.return[0].leaves[0].measured", "only a fault of another's"),
    ((*STAFF, "leaves"), [], "review_reasons.reject[0].leaves", "at least one reason"),
    ((*STAFF, "leaves", 1, "code"), "past_window", "review_reasons.reject[0].leaves[1].code", "twice"),
    ((*STAFF, "leaves", 0, "code"), "against_rules", "review_reasons.reject[0].leaves[0].code", "twice"),
    ((*STAFF, "leaves", 0, "text_required"), ..., "review_reasons.reject[0].leaves[0].text_required", "missing"),
    ((*STAFF, "source"), "S9", "review_reasons.reject[0].source", "no such source"),
    (("review_reasons", "abandon"), ..., "review_reasons.abandon", "at least one group"),
    (("review_reasons", "approve_return"), [], "review_reasons.approve_return", "must be one of"),
    (("platform_reasons", "merchant"), [], "platform_reasons.merchant", "at least one group"),
    (("platform_reasons",), ..., "platform_reasons", "missing"),
    (("excluded", 0, "opens_with"), [], "excluded[0].opens_with", "must include fault"),
    (("fitness", 0, "categories"), "*", "fitness[0].categories", "must be a list"),
    (("not_handled", 0, "manual"), None, "not_handled[0].manual", "must be bool"),
    (("guarantees", 0, "repair_days"), -1, "guarantees[0].repair_days", "not be negative"),
    (("guarantees", 0), ..., "guarantees", "national row for category *"),
    (("guarantees", 0, "region"), "310000", "guarantees", "national row for category *"),
    (("freight", "back", "carrier"), ..., "freight.back.carrier", "missing"),
    (("freight", "back", "carrier"), "buyer", "freight.back.carrier", "not the buyer"),
    (("freight", "back", "merchant"), "buyer", "freight.back.merchant", "not the buyer"),
    (("clocks", "siesta"), RAW["clocks"]["review"], "clocks.siesta", "no such clock"),
    (("clocks", "review", "then"), "shrug", "clocks.review.then", "no such outcome"),
    (("clocks", "review", "then_by", "reissue"), "shrug", "clocks.review.then_by.reissue", "no such outcome"),
    (("clocks", "review", "span", "amount"), 0, "clocks.review.span", "bad_amount"),
    (("clocks", "review", "span", "kind"), "moons", "clocks.review.span.kind", "must be one of"),
    (("clocks", "fulfil", "span_by", "repair", "amount"), -5, "clocks.fulfil.span_by.repair", "bad_amount"),
    (("clocks", "answer", "remind_before"), 0, "clocks.answer.remind_before", "more than 0"),
    (("fast_review", "amount_below"), 0, "fast_review.amount_below", "more than 0"),
    (("fast_review", "else_span", "amount"), 0, "fast_review.else_span.amount", "more than 0"),
    (("lightning_refund", "amount_at_most"), -1, "lightning_refund.amount_at_most", "more than 0"),
    (("photos", "at_most"), 0, "photos.at_most", "more than 0"),
    (("photos", "bytes_below"), 0, "photos.bytes_below", "more than 0"),
]


@pytest.mark.parametrize(("path", "value", "where", "says"), BAD, ids=[f"{b[2]}:{b[3]}" for b in BAD])
def test_a_bad_pack_is_refused_with_the_path_of_what_is_wrong(path, value, where, says):
    found = problems((path, value))
    assert says in found.get(where, ""), found


@pytest.mark.parametrize("clock", [c for c in CLOCKS if c not in DEFAULT_CLOCKS])
def test_no_clock_may_be_missing(clock):
    assert "never wait without end" in problems((("clocks", clock), ...))[f"clocks.{clock}"]


@pytest.mark.parametrize("clock", DEFAULT_CLOCKS)
def test_a_clock_that_came_later_has_a_figure_in_older_documents(clock):
    assert problems((("clocks", clock), ...)) == {}


def test_every_problem_is_told_at_once():
    assert {"version", "timezone", "photos.at_most"} <= problems((("version",), 0), (("timezone",), "x"), (("photos", "at_most"), 0)).keys()


@pytest.mark.parametrize(("text", "says"), [("{", "not JSON"), ("[]", "must be an object"), ("null", "must be an object"), ("[" * 100_000, "nested too deeply"), ("", "not JSON")])
def test_a_text_that_is_no_pack_is_a_problem_and_no_exception(text, says):
    loaded = parse_text(text)
    assert loaded.pack is None
    assert says in loaded.problems[0].message


@pytest.mark.parametrize("name", ["nowhere", "../packs/jd", "cn_days.json", "", "jd.json"])
def test_an_unknown_pack_is_a_problem(name):
    loaded = load_pack(name)
    assert loaded.pack is None
    assert loaded.problems


WAYS = [(k,) for k in RAW] + [(k, i) for k, v in RAW.items() if isinstance(v, list) for i in range(len(v))] + [(k, i) for k, v in RAW.items() if isinstance(v, dict) for i in v]


@given(st.sampled_from(WAYS), st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers()) | st.dictionaries(st.text(), st.text()))
def test_whatever_stands_in_a_pack_reading_it_never_raises(way, value):
    raw = copy.deepcopy(RAW)
    put(raw, way, value)
    loaded = parse_pack(raw)
    assert (loaded.pack is None) == bool(loaded.problems)


# The carried pack and the tables


def clocks_named(machine):
    return {s.clock for s in machine.states.values() if s.clock} | {step.clock for row in machine.steps.values() for step in row.values() if step.clock}


def test_every_clock_the_table_names_has_a_figure_in_the_pack():
    named = {name for machine in MACHINES for name in clocks_named(machine)}
    assert {"transit", "receipt_confirm", "review", "follow_up"} <= named
    assert named <= PACK.clocks.keys()


def test_a_clock_of_the_pack_belongs_to_a_state_where_the_table_uses_it():
    for name, clock in PACK.clocks.items():
        machine = TABLES[clock.kind]
        state = machine.states[clock.state]
        rearmed = {step.clock for row in machine.steps.values() for step in row.values() if clock.state in step.targets()}
        # A mail's time is armed in the place of a ticket's, by where the ticket came from (TI-4).
        assert name in {state.clock, "ticket_mail"} | rearmed or state.final, f"{name} is armed nowhere"


LEADS_TO = {
    "approve_return": "awaiting_return", "reissue_without_return": "fulfilling", "close": "closed", "count_as_received": "processing",
    "complete": "completed", "confirm": "completed", "approve_cancellation": "refunding", "follow_up": "logistics_follow_up", "intercept_or_refund": "intercepting",
    "back_to_merchant": "reviewing", "back_to_processing": "processing", "write_off": "completed",
    "judge_without_evidence": "awaiting_adjudication", "settle": "settled", "judge": "awaiting_adjudication", "carry_out": "adjudicated",
    "count_as_consent": "awaiting_merchant", "transfer": "transferred", "resolve": "resolved", "platform_may_refund": "transferred",
}


def test_what_the_pack_announces_at_zero_is_what_the_table_does():
    for name, clock in PACK.clocks.items():
        machine = TABLES[clock.kind]
        if machine.states[clock.state].final:
            continue
        row = machine.steps[clock.state]["run_out"]
        for then in clock.outcomes():
            if then == "platform_refund":
                # SO-18, SO-29: the clock itself pays nothing; it lets the platform refund.
                assert row.to == clock.state
                assert "refund_at_merchants_cost" in SERVICE_ORDER.steps[clock.state]
            elif then == "warn":
                assert clock.state in row.targets(), name
            else:
                assert LEADS_TO[then] in row.targets(), name


@pytest.mark.parametrize(("clock", "kind", "amount", "then", "source"), [
    ("review", "elapsed", 48 * 3600, "approve_return", "S4"),
    ("ship_back", "calendar_days", 7, "close", "web_ship_back"),
    ("transit", "calendar_days", 15, "count_as_received", "own"),
    ("process", "calendar_days", 3, "platform_refund", "S1"),
    ("fulfil", "calendar_days", 3, "platform_refund", "S1"),
    ("deliver", "calendar_days", 15, "complete", "own"),
    ("receipt_confirm", "calendar_days", 7, "complete", "spec"),
])
def test_the_figures_of_the_carried_pack(clock, kind, amount, then, source):
    c = PACK.clocks[clock]
    assert (c.span.kind, c.span.amount, c.then, c.source) == (kind, amount, then, source)


def test_what_differs_by_expectation():
    assert PACK.clocks["review"].for_type("reissue")[1] == "reissue_without_return"
    assert PACK.clocks["fulfil"].for_type("repair")[0].amount == 5
    assert PACK.clocks["fulfil"].for_type("exchange")[0].amount == 3


def test_every_figure_of_the_carried_pack_names_a_known_source_and_every_source_is_used():
    def named(value):
        if isinstance(value, list):
            return {s for v in value for s in named(v)}
        if isinstance(value, dict):
            return {s for k, v in value.items() for s in ({v} if k == "source" else named(v))}
        return set()
    assert named(RAW) | {"S0"} == set(PACK.sources)


# Trees of reasons (SO-27)


def test_every_leaf_of_a_buyers_reason_says_whose_fault_it_presumes_and_what_it_needs():
    for type_ in TYPES:
        leaves = [leaf for g in PACK.reasons[type_] for leaf in g.leaves]
        assert len(leaves) == len({leaf.code for leaf in leaves})
        for leaf in leaves:
            assert PACK.leaves[type_, leaf.code][0] is leaf
            assert leaf.responsibility in ("buyer", "merchant", "carrier")


def test_review_and_platform_reasons_are_trees_of_their_own():
    assert set(PACK.review_reasons) == set(REVIEWED)
    assert set(PACK.platform_reasons) == set(CALLERS)
    for trees in (PACK.review_reasons, PACK.platform_reasons):
        for groups in trees.values():
            assert all(g.leaves and g.zh and g.en for g in groups)


def codes(groups):
    return {leaf.code for g in groups for leaf in g.leaves}


def test_what_a_command_lets_choose_stands_in_the_tree():
    missing = next(f for f in dataclasses.fields(AskBuyer) if f.name == "missing").metadata["choices"]
    assert set(missing) == codes(PACK.review_reasons["ask_buyer"])
    assert set(SAID_HOW) == codes(PACK.review_reasons["abandon"])


def test_a_rule_named_by_a_review_reason_is_one_of_the_eligibility_rules():
    rules = {leaf.rule for groups in PACK.review_reasons.values() for g in groups for leaf in g.leaves if leaf.rule}
    assert rules == {"PO-2", "PO-3", "PO-4", "PO-6"}


def test_reading_the_same_text_twice_gives_the_same_pack():
    first, second = parse_text(TEXT).pack, parse_text(TEXT).pack
    assert isinstance(first, Pack)
    assert first == second == PACK
