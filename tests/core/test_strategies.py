"""Tables of strategies without a database: check, JSON both ways, and the compiled function beside a slow reading of the same row (SA-4, SA-6)."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.core.strategy import Action, Active, Condition, Context, Limits, Row, Table, commands_at
from amends.core.strategy_check import check
from amends.core.strategy_facts import CATALOGUE, FACTS, STATES, Fact, facts_at
from amends.core.strategy_json import decode, decode_rows, encode, encode_rows, schema
from amends.engine.strategy_compile import cel_problem, compile_table, describe, run_cel

ID = "00000000-0000-4000-8000-00000000000{}"
AT = {"_day": "2026-11-22", "_weekday": 6, "_minute": 630}


def one(*conditions: tuple[str, str, Any], command: str = "approve_return", kind: str = "service_order", node: str = "review", **more: Any) -> Table:
    return Table(node, kind, 1, (Row(ID.format(1), "一条", tuple(Condition(*c) for c in conditions), more.pop("cel", ""), Action(command, more.pop("fields", {})), mode="on", **more),))


@pytest.mark.parametrize(
    ("table", "field", "code"),
    [
        (one(("amount", "is", 100)), "rows[0].conditions[0].op", "strategy_operator_wrong"),
        (one(("amount", "lt", "100")), "rows[0].conditions[0].value", "strategy_value_wrong"),
        (one(("amount", "between", (5, 3))), "rows[0].conditions[0].value", "strategy_between_wrong"),
        (one(("amount", "lt", True)), "rows[0].conditions[0].value", "strategy_value_wrong"),
        (one(("shipped", "is", True)), "rows[0].conditions[0].fact", "strategy_fact_unknown"),
        (one(("condition", "is", "good")), "rows[0].conditions[0].fact", "strategy_fact_unknown"),
        (one(("case_type", "is", "gift")), "rows[0].conditions[0].value", "strategy_choice_unknown"),
        (one(("reason", "in", ("no_reason", "nonsense"))), "rows[0].conditions[0].value", "strategy_choice_unknown"),
        (one(("time_of_day", "between", ("9", "21:00"))), "rows[0].conditions[0].value", "strategy_value_wrong"),
        (one(("photos", "ge", 1), command="repair"), "rows[0].action.command", "strategy_command_wrong"),
        (one(("photos", "ge", 1), command="acknowledge_alert"), "rows[0].action.command", "strategy_command_wrong"),
        (one(("photos", "ge", 1), command=""), "rows[0].action.command", "strategy_command_missing"),
        (one(("photos", "ge", 1), command="ask_buyer", fields={"words": "?"}), "rows[0].action.fields.missing", "required"),
        (one(("photos", "ge", 1), command="approve_return", fields={"return_address": "elsewhere"}), "rows[0].action.fields.return_address", "strategy_address_unknown"),
        (one(("photos", "ge", 1), command="refund_without_return"), "rows[0].limits.amount", "strategy_limit_missing"),
        (one(("photos", "ge", 1), limits=Limits(per_day=0)), "rows[0].limits.per_day", "strategy_limit_wrong"),
        (one(("photos", "ge", 1), active=Active(hours=("09:00", ""))), "rows[0].active.hours", "strategy_hours_wrong"),
        (one(("photos", "ge", 1), active=Active("2026-12-01", "2026-11-01")), "rows[0].active.until", "strategy_dates_order"),
        (one(), "rows[0].conditions", "strategy_always"),
        (one(cel="amount +"), "rows[0].cel", "strategy_cel_wrong"),
        (one(cel="amount < 'x'"), "rows[0].cel", "strategy_cel_wrong"),
        (one(cel="shipped"), "rows[0].cel", "strategy_cel_wrong"),
        (one(("photos", "ge", 1), kind="cancellation", node="receipt"), "node", "strategy_node_unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_problem_has_its_place(table, field, code):
    context = Context({"reasons": frozenset({"no_reason"})}, cel_problem("service_order", "review"), frozenset({"a1"}))
    found = check(table, context)
    assert [(r.field, r.code) for r in found] == [(field, code)]
    assert all(r.say("zh") and r.say("en") for r in found)


def test_every_node_offers_commands_and_facts():
    for kind, node in STATES:
        assert commands_at(kind, node)
        assert {f.code for f in facts_at(kind, node)} >= {"amount", "buyer_level", "time_of_day"}


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda x: st.lists(x, max_size=3) | st.dictionaries(
    st.sampled_from(["id", "name", "conditions", "action", "limits", "active", "fact", "op", "value", "hours", "weekdays", "fields", "amount", "x"]), x, max_size=4), max_leaves=12))
@settings(max_examples=200, deadline=None)
def test_any_json_is_read_or_refused_and_checked_without_an_error(given_rows):
    rows, wrong = decode_rows([given_rows] if not isinstance(given_rows, list) else given_rows, lambda: ID.format(1))
    wrong += check(Table("review", "service_order", 0, rows), Context(cel=cel_problem("service_order", "review")))
    assert all(r.say("zh") for r in wrong)
    compile_table(Table("review", "service_order", 0, rows))


def value_of(fact: Fact) -> st.SearchStrategy[Any]:
    """A value such a fact can have."""
    if fact.type in ("choice", "text"):
        return st.sampled_from([c[0] for c in fact.choices] or ["甲", "乙", "漏水 破损"])
    if fact.type == "set":
        return st.frozensets(st.sampled_from(["甲", "乙", "丙"]))
    if fact.type == "flag":
        return st.booleans()
    return st.floats(0, 100).map(lambda x: round(x, 2)) if fact.type == "percent" else st.integers(0, 12)


@st.composite
def condition(draw: Any) -> Condition:
    fact = draw(st.sampled_from(CATALOGUE))
    op = draw(st.sampled_from(fact.operators))
    if op == "between" and fact.type == "time":
        return Condition(fact.code, op, tuple(draw(st.lists(st.sampled_from(["00:03", "00:06", "00:09"]), min_size=2, max_size=2))))
    if op == "between":
        return Condition(fact.code, op, tuple(sorted(draw(st.lists(st.integers(0, 12), min_size=2, max_size=2)))))
    if op in ("in", "not_in", "has_any", "has_all", "has_none", "contains_any", "contains_none"):
        return Condition(fact.code, op, tuple(draw(st.lists(st.sampled_from([c[0] for c in fact.choices] or ["甲", "乙", "破损"]), min_size=1, max_size=3))))
    return Condition(fact.code, op, draw(value_of(fact)))


@st.composite
def rows(draw: Any) -> Row:
    hours = draw(st.sampled_from([("", ""), ("00:02", "00:09"), ("00:09", "00:02")]))
    days = draw(st.sets(st.integers(0, 6), max_size=3))
    return Row(
        draw(st.uuids()).hex, "条", tuple(draw(st.lists(condition(), max_size=4))), draw(st.sampled_from(["", "quantity > 3", "description.contains('破')", "1 / quantity > 0"])),
        Action("approve_return"), Limits(), Active("", draw(st.sampled_from(["", "2026-11-21", "2026-11-22"])), tuple(sorted(days)), hours), draw(st.sampled_from(["off", "shadow", "on"])),
    )


@given(st.lists(rows(), max_size=6), st.data())
@settings(max_examples=400, deadline=None)
def test_the_compiled_table_says_what_a_slow_reading_says(some, data):
    facts = {f.code: data.draw(st.none() | value_of(f), label=f.code) for f in CATALOGUE} | {**AT, "_minute": data.draw(st.integers(0, 12))}
    table = Table("review", "service_order", 1, tuple(some))
    looks, acts = -1, -1
    for i, row in enumerate(some):
        if acts < 0 and row.mode != "off" and all(fit.fits for fit in describe(row, facts)):
            acts = i if row.mode == "on" else acts
            looks = i if row.mode == "shadow" and looks < 0 else looks
    assert compile_table(table).first(facts) == (looks, acts)


@given(st.lists(rows(), max_size=4))
@settings(max_examples=100, deadline=None)
def test_json_there_and_back_is_the_same(some):
    import json
    from dataclasses import replace
    from uuid import UUID

    named = tuple(replace(row, id=str(UUID(row.id))) for row in {row.id: row for row in some}.values())
    table, wrong = decode(json.loads(json.dumps(encode(Table("review", "service_order", 7, named)))))
    assert wrong == []
    assert table is not None
    assert table.rows == named
    assert encode_rows(table.rows) == encode_rows(named)


def test_the_schema_names_every_fact_and_command():
    found = schema()
    item = found["properties"]["rows"]["items"]["properties"]
    assert item["conditions"]["items"]["properties"]["fact"]["enum"] == [f.code for f in CATALOGUE]
    assert set(item["action"]["properties"]["command"]["enum"]) >= {"approve_return", "force_refund", "register_receipt"}


@pytest.mark.parametrize(
    ("text", "facts", "answer"),
    [
        ("amount < 20000 && reason == 'no_reason'", {"amount": 19999, "reason": "no_reason"}, True),
        ("buyer_refund_rate_30 <= 30.5", {"buyer_refund_rate_30": 30.5}, True),
        ("keywords.exists(k, k == 'safety')", {"keywords": frozenset({"safety", "rights"})}, True),
        ("amount / quantity > 50", {"amount": 100, "quantity": 0}, False),
        ("amount < 5", {"amount": None}, False),
    ],
    ids=["and", "percent", "set", "error-does-not-fit", "unknown-does-not-fit"],
)
def test_expressions(text, facts, answer):
    fits, error = run_cel(text, facts)
    assert fits is answer
    assert bool(error) is (answer is False)


def test_loops_within_loops_are_refused():
    assert cel_problem("service_order", "review")("[1,2].exists(x, [1,2].exists(y, y == x))") is not None
    assert "amount" in FACTS


@pytest.mark.parametrize("table", [
    one(("buyer_applications_30", "le", 3), ("amount", "lt", 10000)), one(("amount", "lt", 10000), cel="buyer_applications_30 <= 3"),
    one(("waybill_state", "is", "none"), ("amount", "lt", 10000)),
], ids=["counted", "in an expression", "looked for"])
def test_dear_facts_are_asked_only_where_the_answer_hangs_on_them(table):
    compiled = compile_table(table)
    assert compiled.cheap == {"amount"} < compiled.needs
    assert compiled.first({**AT, "amount": 20000}) == (-1, -1)
    with pytest.raises(KeyError):
        compiled.first({**AT, "amount": 5000})
    assert compiled.first({**AT, "amount": 5000, "buyer_applications_30": 2, "waybill_state": "none"}) == (-1, 0)
