"""Every state, every command, every party, over HTTP: what the table allows is done, everything else is refused with words that help (SO-21, ST-4)."""

import json

import pytest

from amends.api.collections import COLLECTIONS
from amends.api.examples import command_example
from amends.core.actor import Party
from amends.core.commands import verb
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope

MACHINE = COLLECTIONS["service-orders"]
LIST = "/api/v1/service-orders"
SPEAKERS = (Party.MERCHANT, Party.PLATFORM, Party.BUYER, Party.CARRIER)
RECEIVED = {"received": 1, "condition": "good", "line_id": ""}
# What a guard asks for beside the state: columns of the case, facts, and the body to send.
FACTS = {
    "refund_at_merchants_cost": {"late": True}, "acknowledge_alert": {"alert_open": True}, "improve_rating": {"rating": "neutral"}, "answer_rating": {"rating": "neutral"},
}
TYPES = {"exchange": "exchange", "exchange_offline": "exchange", "repair": "repair", "reissue": "reissue"}
BODIES = {
    "improve_rating": {"rating": "very_satisfied"}, "change_type": {"type": "repair"}, "register_receipt": {"received": 1},
    "change_application": {"reason": "no_reason", "quantity": 1, "photos": []},
}


def case_in(api, state, command="", granted=0):
    """A case of its own order, put into a state, with what the command's guards ask for."""
    order = api.shop.order(("CUP", 1, 19900))
    case = api.shop.apply(order, "exchange" if TYPES.get(command) else "return", "quality_fault", photos=[photo(api)])
    facts = RECEIVED | {"line_id": api.shop.lines[order][0]} | FACTS.get(command, {})
    final = MACHINE.states[state].final
    with scope(api.shop.pool, PLATFORM) as conn:
        conn.execute(
            "update cases set state = %s, type = %s, facts = facts || %s::jsonb, closed_at = %s, granted_minor = %s, waits_on = 'merchant', assignee = %s where id = %s",
            (state, TYPES.get(command, "return"), json.dumps(facts), api.shop.now if final else None, granted, key_id(api) if command == "release" else None, case),
        )
        if command == "record_transfer":
            conn.execute(
                "insert into refund_requests (merchant_id, id, case_id, order_id, provider, key, amount_minor, currency, state, requested_at)"
                " values (%s, %s, %s, %s, 'manual', %s, 100, 'CNY', 'requested', %s)", (api.shop.merchant, new_id(), case, order, new_id(), api.shop.now),
            )
        if command == "improve_rating":
            conn.execute("insert into ratings (merchant_id, case_id, buyer_id, score, at) values (%s, %s, 'buyer-lin', 3, %s)", (api.shop.merchant, case, api.shop.now))
    return case


def photo(api):
    with scope(api.shop.pool, PLATFORM) as conn:
        made = new_id()
        conn.execute(
            "insert into files (merchant_id, id, sha256, media_type, size, bytes, at) values (%s, %s, %s, 'image/png', 1, 'x', now())", (api.shop.merchant, made, b"0" * 32)
        )
    return made


def somebody(api):
    """A colleague the case can be given to."""
    with scope(api.shop.pool, PLATFORM) as conn:
        made = new_id()
        conn.execute("insert into people (id, merchant_id, email, name) values (%s, %s, %s, '谷雨')", (made, api.shop.merchant, f"{made}@example.test"))
    return made


def key_id(api):
    return api.shop.all("select id::text from api_keys where prefix = %s", api.key.split("_")[1])[0][0]


def send(api, case, command, speaker, **more):
    body = command_example(MACHINE.commands[command], "zh") | BODIES.get(command, {})
    if "sku" in body:
        body["sku"] = "CUP"
    if "person" in body:
        body["person"] = somebody(api)
    if "request" in body:
        body["request"] = next(iter(api.shop.all("select id::text from refund_requests where case_id = %s", case)), (new_id(),))[0]
    as_ = {Party.BUYER: api.buyer(), Party.CARRIER: "carrier/JD"}.get(speaker, "")
    address = f"{LIST}/{case}/{command}" + ("" if speaker is not Party.PLATFORM else f"?merchant_id={api.shop.merchant}")
    return api.call("POST", address, body, key=api.keys["platform"] if speaker is Party.PLATFORM else None, as_=as_, **more)


def allowed(state, command, speaker):
    step = MACHINE.steps[state].get(command)
    return step is not None and speaker in step.by


@pytest.mark.parametrize("state", MACHINE.states)
def test_what_the_table_allows_is_done(api, state):
    done = 0
    for command in MACHINE.commands:
        for speaker in SPEAKERS:
            if allowed(state, command, speaker):
                case = case_in(api, state, command, granted=19900 if command in ("reverse_refund", "record_transfer") else 0)
                before = api.shop.row(case, "version")[0]
                got = send(api, case, command, speaker)
                assert got.status == 200, f"{state} {command} {speaker}: {got.raw.decode()}"
                assert (got.json["id"], got.json["version"], got.headers["etag"]) == (case, before + 1, f'"{before + 1}"')
                assert got.json["state"] in MACHINE.steps[state][command].targets()
                assert got.json["event"] == MACHINE.commands[command].event
                assert api.shop.row(case, "state, version") == (got.json["state"], before + 1)
                done += 1
    assert done >= 3


@pytest.mark.parametrize("state", MACHINE.states)
def test_everything_else_is_refused_and_leaves_no_trace(api, state):
    case = case_in(api, state)
    before = api.shop.row(case, "state, version, facts, updated_at")
    for command in MACHINE.commands:
        for speaker in SPEAKERS:
            if allowed(state, command, speaker):
                continue
            got = send(api, case, command, speaker)
            ever = any(speaker in row[command].by for row in MACHINE.steps.values() if command in row)
            assert (got.status, got.json["code"]) == ((409, "not_now") if ever else (403, "not_yours")), f"{state} {command} {speaker}: {got.raw.decode()}"
            assert len(got.json["detail"]) > 8
            if ever:
                assert got.json["state"] == state
                assert MACHINE.states[state].zh in got.json["detail"]
                assert got.json["possible"] == [v for v, step in MACHINE.steps[state].items() if speaker in step.by]
    assert api.shop.row(case, "state, version, facts, updated_at") == before


@pytest.mark.parametrize("command", [v for v in MACHINE.commands if any(Party.MERCHANT in row[v].by for row in MACHINE.steps.values() if v in row)])
def test_without_the_permission_the_key_is_told_which_one(api, command):
    case = case_in(api, next(s for s in MACHINE.states if allowed(s, command, Party.MERCHANT)), command)
    got = api.call("POST", f"{LIST}/{case}/{command}", {}, key=poor(api))
    assert (got.status, got.json["code"]) == (403, "permission_missing")
    assert f"service_order.{command}" in got.json["detail"]


def poor(api):
    if "poor" not in api.keys:
        api.keys["poor"] = api.key_with("read")
    return api.keys["poor"]


def test_the_verbs_of_the_table_are_the_commands_of_the_address():
    assert {verb(cls) for cls in MACHINE.commands.values()} == set(MACHINE.commands)
