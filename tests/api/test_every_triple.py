"""Every state, every command, every party, over HTTP, for every kind of case: what the table allows is done, everything else is refused with words that help (SO-21, ST-4)."""

import json
from datetime import timedelta

import pytest

from amends.api.collections import COLLECTIONS, commands
from amends.api.examples import command_example
from amends.api.signed_in import refused
from amends.core.actor import Party
from amends.core.commands import verb
from amends.engine.dispute import Opening
from amends.engine.disputes import open_dispute
from amends.engine.ids import new_id
from amends.engine.ticket import NewTicket
from amends.engine.tickets import open_ticket
from amends.store.connect import PLATFORM, scope
from tests.engine.cancel_desk import on_the_way, opened, unshipped
from tests.shop import LIN, NOON

SPEAKERS = (Party.MERCHANT, Party.PLATFORM, Party.BUYER, Party.CARRIER)
PICKUP = "0197f2a0-0000-7000-8000-000000000009"
RECEIVED = {"received": 1, "condition": "good", "line_id": ""}
# What a guard asks for beside the state: facts of the case, and the body to send.
PROPOSAL = {"n": 1, "offer": "refund_only", "amount": 100, "words": "留下商品", "asked_in": "reviewing", "outcome": "open"}
FACTS = {
    **{name: {"proposal": PROPOSAL, "proposals": 1} for name in ("accept_proposal", "decline_proposal", "withdraw_proposal", "withdraw")},
    "finish_paid": {"judged": {"paid": True}}, "refund_at_merchants_cost": {"late": True}, "settle_advance": {"late": True}, "acknowledge_alert": {"alert_open": True}, "improve_rating": {"rating": "neutral"}, "answer_rating": {"rating": "neutral"},
    **{name: {"parcel": {"pickup": PICKUP}} for name in ("cancel_pickup", "pickup_confirmed", "pickup_off", "pickup_stands")},
}
TYPES = {"exchange": "exchange", "exchange_offline": "exchange", "repair": "repair", "reissue": "reissue"}
BODIES = {
    "accept_proposal": {"proposal": 1}, "decline_proposal": {"proposal": 1, "words": "不同意"},
    "improve_rating": {"rating": "very_satisfied"}, "change_type": {"type": "repair"}, "register_receipt": {"received": 1},
    "change_application": {"reason": "no_reason", "quantity": 1, "photos": []},
}
BODIES |= {"decide_ticket": {"decision": "refund", "amount": 100, "words": "依规则"}, "refund_for_merchant": {"amount": 100, "words": "逾期未执行"}}
BODIES |= {"set_subject": {"subject": "weight"}}
BODIES |= {"offer_settlement": {"offer": "nothing"}, "ask_for_judgement": {"ground": "no_defect"}}
MONEY = ("record_transfer", "retry_refund")
OFF = {("tickets", "awaiting_other_side", "reply"): "ticket_turn_over", ("tickets", "transferred", "reply"): "ticket_transferred"}
"""Rows that are there to say why the button is off (TI-3)."""
EVERY_STATE = [(collection, state) for collection, machine in COLLECTIONS.items() for state in machine.states]


def service_order(api, state, command, granted):
    """A case of its own order, put into a state, with what the command's guards ask for."""
    order = api.shop.order(("CUP", 1, 19900))
    case = api.shop.apply(order, "exchange" if TYPES.get(command) else "return", "quality_fault", photos=[photo(api)])
    facts = RECEIVED | {"line_id": api.shop.lines[order][0]} | FACTS.get(command, {})
    if advances := state == "claiming_back" or command in ("settle_advance", "claim_back") or (state, command) == ("processing", "reverse_refund"):
        facts |= {"advance": {"amount": 100, "left": 100, "claim": 100, "state": "claimed" if state == "claiming_back" else "open"}}
        facts |= {"received": None} if state == "claiming_back" else {}
        granted = 100
    put(api, case, state, TYPES.get(command, "return"), facts, granted)
    if advances and command != "reverse_refund":
        with scope(api.shop.pool, PLATFORM) as conn:
            conn.execute("update cases set moved_minor = 100 where id = %s", (case,))
    with scope(api.shop.pool, PLATFORM) as conn:
        if command == "release":
            conn.execute("update cases set assignee = %s where id = %s", (key_id(api), case))
        if command == "improve_rating":
            conn.execute("insert into ratings (merchant_id, case_id, buyer_id, score, at) values (%s, %s, 'buyer-lin', 3, %s)", (api.shop.merchant, case, api.shop.now))
    return case, order


def cancellation(api, state, command, granted):
    """A cancellation of its own order, shipped unless the command is for what is not."""
    order = unshipped(api.shop) if command == "approve_cancellation" else on_the_way(api.shop)
    case = opened(api.shop, order)
    put(api, case, state, "whole", ({"intercepts": {}} if state == "intercepting" else {}) | ({"alert_open": True} if command == "acknowledge_alert" else {}), granted)
    if command == "release":
        with scope(api.shop.pool, PLATFORM) as conn:
            conn.execute("update cases set assignee = %s where id = %s", (key_id(api), case))
    return case, order


def ticket(api, state, command, granted):
    """A complaint of the buyer's about an order of its own, answered by nobody, with what the command's guards ask for."""
    order = api.shop.order(("CUP", 1, 19900))
    number = api.shop.all("select number from orders where id = %s", order)[0][0]
    made = open_ticket(api.shop.pool, api.shop.merchant, NewTicket("complaint", "quality", "杯子有裂纹", number=number), LIN, api.shop.now, new_id())
    decided = {"decision": {"decision": "reissue" if command == "carry_out" else "refund", "amount": 100}, "not_carried_out": True} if command in ("carry_out", "refund_for_merchant") else {}
    if command == "set_subject":
        decided = {"guessed": {"words": ["质量"]}}
    if command in ("approve_decision", "return_decision"):
        decided = {"pending": {"command": "decide_ticket", "input": BODIES["decide_ticket"], "by": "somebody-else", "by_name": "同事", "at": NOON.isoformat(), "finding": "silence", "worth": 100}}
    put(api, made.ticket_id, state, "complaint", decided | ({"alert_open": True} if command == "acknowledge_alert" else {}), granted)
    if command == "release":
        with scope(api.shop.pool, PLATFORM) as conn:
            conn.execute("update cases set assignee = %s where id = %s", (key_id(api), made.ticket_id))
    if command == "bind_ticket":
        BODIES["bind_ticket"] = {"number": number}
    return made.ticket_id, order


JUDGED = {"n": 1, "liability": "none", "outcome": "nothing", "amount": 0, "freight": 0, "freight_by": "", "compensation": 0, "advance": False, "rules": ["DI-G3"], "words_buyer": "维持", "words_merchant": "维持",
          "by": "somebody-else", "by_name": "法官", "at": NOON.isoformat(), "on_appeal": False}


def dispute(api, state, command, granted):
    """A dispute about an order of its own: about cancelling for the plans of that scenario, about the goods for everything else; with a question to each side, who have said that they add nothing more."""
    plans = command in ("settle_by_refund", "settle_by_interception", "settle_without_cancelling")
    order, scenario = (on_the_way(api.shop), "cancel_order") if plans else (api.shop.order(("CUP", 1, 19900)), "goods_quality")
    made = open_dispute(api.shop.pool, api.shop.merchant, Opening(order, scenario, "refund", "左耳没有声音"), LIN, api.shop.now, new_id())
    questions = [{"n": n, "side": side, "words": "由谁检测？", "at": NOON.isoformat(), "by": "法官"} for n, side in ((1, "merchant"), (2, "buyer"))]
    facts = {"questions": [] if command == "finish_evidence" else questions, "finished": {} if command in ("finish_evidence", "add_evidence") else dict.fromkeys(("buyer", "merchant"), api.shop.now.isoformat())}
    facts |= {"appeal_until": (api.shop.now + timedelta(days=6)).isoformat(), "alert_open": command == "acknowledge_alert"}
    facts |= {"judgement": JUDGED, "judgements": [JUDGED], "judged_at": api.shop.now.isoformat()} if state in ("adjudicated", "appealing") else {}
    facts |= {"pending": JUDGED} if command in ("confirm_judgement", "return_judgement") else {}
    put(api, made.case_id, state, scenario, facts, granted)
    if command == "release":
        with scope(api.shop.pool, PLATFORM) as conn:
            conn.execute("update cases set assignee = %s where id = %s", (key_id(api), made.case_id))
    return made.case_id, order


CASES = {"service-orders": service_order, "cancellations": cancellation, "disputes": dispute, "tickets": ticket}


def put(api, case, state, type_, facts, granted):
    final = next(m for m in COLLECTIONS.values() if m.kind == api.shop.row(case, "kind")[0]).states[state].final
    with scope(api.shop.pool, PLATFORM) as conn:
        conn.execute(
            "update cases set state = %s, type = %s, facts = facts || %s::jsonb, closed_at = %s, granted_minor = %s, waits_on = 'merchant' where id = %s",
            (state, type_, json.dumps(facts), api.shop.now if final else None, granted, case),
        )


def case_in(api, collection, state, command=""):
    case, order = CASES[collection](api, state, command, 19900 if command in (*MONEY, "reverse_refund") else 0)
    if command == "answer_call":
        with scope(api.shop.pool, PLATFORM) as conn:
            conn.execute("update cases set facts = facts || '{\"call_open\": true, \"called_by\": \"merchant\"}' where id = %s", (case,))
    if command in MONEY:
        failed = command == "retry_refund"
        with scope(api.shop.pool, PLATFORM) as conn:
            payment = conn.execute("select id from payments where order_id = %s", (order,)).fetchone()[0]
            conn.execute(
                "insert into refund_requests (merchant_id, id, case_id, order_id, payment_id, provider, key, amount_minor, currency, state, requested_at)"
                " values (%s, %s, %s, %s, %s, %s, %s, 100, 'CNY', %s, %s)",
                (api.shop.merchant, new_id(), case, order, payment, "bank" if failed else "manual", new_id(), "failed" if failed else "requested", api.shop.now),
            )
    if command == "record_payment":
        with scope(api.shop.pool, PLATFORM) as conn:
            conn.execute(
                "insert into charges (merchant_id, id, case_id, order_id, buyer_id, provider, key, amount_minor, currency, state, asked_at)"
                " values (%s, %s, %s, %s, 'buyer-lin', 'manual', %s, 100, 'CNY', 'asked', %s)", (api.shop.merchant, new_id(), case, order, new_id(), api.shop.now),
            )
    return case


def by_its_flow(api, case, command, speaker):
    """What the platform does is the platform's by the flow of the case, or by who reviews it (PO-8, PO-11); who takes it back that they add nothing more has said so alone (DI-4a)."""
    if command == "resume_evidence":
        with scope(api.shop.pool, PLATFORM) as conn:
            conn.execute("update cases set facts = facts || %s::jsonb where id = %s", (json.dumps({"finished": {speaker.value: api.shop.now.isoformat()}}), case))
    types = ["return", "exchange", "repair", "reissue"]
    flow = {"mode": "FBP", "goods_to": "platform_store", "sends": dict.fromkeys(types, "platform"), "parts_first": types if command == "deliver_parts" else []}
    if speaker is Party.PLATFORM or command == "deliver_parts":
        with scope(api.shop.pool, PLATFORM) as conn:
            conn.execute("update cases set facts = facts || %s::jsonb where id = %s", (json.dumps({"flow": flow, "reviewed_by": "platform"}), case))


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


def send(api, collection, case, command, speaker, **more):
    body = command_example(COLLECTIONS[collection].commands[command], "zh") | BODIES.get(command, {})
    if "sku" in body:
        body["sku"] = "CUP"
    if command == "add_evidence":
        body["photos"] = [photo(api)]
    if "question" in body:
        body["question"] = 2 if speaker is Party.BUYER else 1
    if "person" in body:
        body["person"] = somebody(api)
    if "request" in body:
        body["request"] = next(iter(api.shop.all("select id::text from refund_requests where case_id = %s", case)), (new_id(),))[0]
    if "charge" in body:
        body["charge"] = next(iter(api.shop.all("select id::text from charges where case_id = %s", case)), (new_id(),))[0]
    if "pickup" in body:
        body["pickup"] = PICKUP
    if "until" in body:
        body["until"] = (api.shop.now + timedelta(days=1)).isoformat()
    as_ = {Party.BUYER: api.buyer(), Party.CARRIER: "carrier/JD"}.get(speaker, "")
    address = f"/api/v1/{collection}/{case}/{command}" + ("" if speaker is not Party.PLATFORM else f"?merchant_id={api.shop.merchant}")
    return api.call("POST", address, body, key=api.keys["platform"] if speaker is Party.PLATFORM else None, as_=as_, **more)


def allowed(collection, state, command, speaker):
    step = COLLECTIONS[collection].steps[state].get(command)
    return step is not None and speaker in step.by


@pytest.mark.parametrize(("collection", "state"), EVERY_STATE)
def test_what_the_table_allows_is_done(api, collection, state):
    machine, done = COLLECTIONS[collection], 0
    for command in commands(machine):
        for speaker in SPEAKERS:
            if allowed(collection, state, command, speaker):
                case = case_in(api, collection, state, command)
                by_its_flow(api, case, command, speaker)
                before = api.shop.row(case, "version")[0]
                got = send(api, collection, case, command, speaker)
                if speaker is Party.PLATFORM and refused(machine.kind, command):
                    assert (got.status, got.json["code"], api.shop.row(case, "version")[0]) == (403, "decided_signed_in", before)
                    done += 1
                    continue
                if off := OFF.get((collection, state, command)):
                    assert (got.status, got.json["code"]) == (409, off)
                    continue
                assert got.status == 200, f"{state} {command} {speaker}: {got.raw.decode()}"
                assert (got.json["id"], got.json["version"], got.headers["etag"]) == (case, before + 1, f'"{before + 1}"')
                assert got.json["state"] in machine.steps[state][command].targets()
                assert got.json["event"] == machine.commands[command].event
                assert api.shop.row(case, "state, version") == (got.json["state"], before + 1)
                done += 1
    assert done >= 2


@pytest.mark.parametrize(("collection", "state"), EVERY_STATE)
def test_everything_else_is_refused_and_leaves_no_trace(api, collection, state):
    machine, case = COLLECTIONS[collection], case_in(api, collection, state)
    before = api.shop.row(case, "state, version, facts, updated_at")
    for command in commands(machine):
        for speaker in SPEAKERS:
            if allowed(collection, state, command, speaker):
                continue
            got = send(api, collection, case, command, speaker)
            ever = any(speaker in row[command].by for row in machine.steps.values() if command in row)
            if ever and refused(machine.kind, command):
                assert (got.status, got.json["code"]) == (403, "decided_signed_in")
                continue
            assert (got.status, got.json["code"]) == ((409, "not_now") if ever else (403, "not_yours")), f"{state} {command} {speaker}: {got.raw.decode()}"
            assert len(got.json["detail"]) > 8
            if ever:
                assert got.json["state"] == state
                assert machine.states[state].zh in got.json["detail"]
                assert got.json["possible"] == [v for v, step in machine.steps[state].items() if speaker in step.by]
    assert api.shop.row(case, "state, version, facts, updated_at") == before


@pytest.mark.parametrize(("collection", "command"), [
    (collection, v) for collection, machine in COLLECTIONS.items() for v in machine.commands if any(Party.MERCHANT in row[v].by for row in machine.steps.values() if v in row)
])
def test_without_the_permission_the_key_is_told_which_one(api, collection, command):
    machine = COLLECTIONS[collection]
    case = case_in(api, collection, next(s for s in machine.states if allowed(collection, s, command, Party.MERCHANT)), command)
    got = api.call("POST", f"/api/v1/{collection}/{case}/{command}", {}, key=poor(api))
    assert (got.status, got.json["code"]) == (403, "permission_missing")
    assert f"{machine.kind}.{command}" in got.json["detail"]


def poor(api):
    if "poor" not in api.keys:
        api.keys["poor"] = api.key_with("read")
    return api.keys["poor"]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_the_verbs_of_the_table_are_the_commands_of_the_address(collection):
    machine = COLLECTIONS[collection]
    assert {verb(cls) for cls in machine.commands.values()} == set(machine.commands)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_case_posted_to_the_wrong_collection_is_refused_and_told_the_right_one(api, collection):
    other = next(c for c in COLLECTIONS if c != collection)
    case = case_in(api, collection, next(iter(COLLECTIONS[collection].states)))
    before = api.shop.row(case, "state, version, facts")
    one = api.call("POST", f"/api/v1/{other}/{case}/note", {"words": "看一下"})
    assert (one.status, one.json["code"], one.json["instead"]) == (404, "wrong_collection", {"collection": collection, "href": f"/api/v1/{collection}"})
    assert f"/api/v1/{collection}" in one.json["detail"]
    many = api.call("POST", f"/api/v1/{other}/batch/note", {"items": [{"id": case}], "fields": {"words": "看一下"}}).json
    assert (many["done"], many["results"][0]["problem"]["code"]) == (0, "wrong_collection")
    assert api.call("GET", f"/api/v1/{other}/{case}").status == 404
    assert api.call("GET", f"/api/v1/{other}/{case}/events").status == 404
    assert case not in {row["id"] for row in api.call("GET", f"/api/v1/{other}?limit=200").json["items"]}
    assert api.shop.row(case, "state, version, facts") == before
