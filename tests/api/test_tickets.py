"""Tickets over HTTP: opened once by each side that may, answered in turns, read, counted (05-tickets)."""

import pytest

from amends.api.openapi import document
from amends.engine.ids import new_id

LIST = "/api/v1/tickets"


def ask(api, *, once=None, as_=None, key=None, query="", **more):
    body = {"origin": "complaint", "subject": "quality", "words": "杯子有裂纹", **more}
    return api.call("POST", LIST + query, body, once=once, **({"as_": as_} if as_ else {}), **({"key": key} if key else {}))


def number(api):
    order = api.shop.order(("CUP", 1, 19900))
    return api.shop.all("select number from orders where id = %s", order)[0][0]


def test_a_buyers_complaint_is_opened_once_answered_once_and_read(api):
    once, order = new_id(), number(api)
    first, again = (ask(api, once=once, as_=api.buyer(), number=order, asks="refund", amount_minor=19900) for _ in range(2))
    assert (first.status, first.raw, again.headers["idempotency-replayed"]) == (200, again.raw, "true")
    ticket = first.json["id"]
    case = api.call("GET", f"{LIST}/{ticket}").json
    assert (case["kind"], case["type"], case["state"], case["waits_on"]) == ("ticket", "complaint", "awaiting_merchant", "merchant")
    assert {d["name"] for d in case["deadlines"]} == {"ticket_answer"}
    done = api.call("POST", f"{LIST}/{ticket}/reply", {"result": "approve", "words": "给您换新"})
    assert (done.status, done.json["state"]) == (200, "awaiting_other_side")
    late = api.call("POST", f"{LIST}/{ticket}/reply", {"result": "reject", "words": "再说一句"})
    assert (late.status, late.json["code"]) == (409, "ticket_turn_over")
    said = api.call("GET", f"{LIST}/{ticket}/messages").json["items"]
    assert [(m["by"], m["words"], m["result"]) for m in said] == [("buyer", "杯子有裂纹", None), ("merchant", "给您换新", "approve")]
    assert api.call("POST", f"{LIST}/{ticket}/follow_up", {"words": "什么时候寄"}, as_=api.buyer()).json["state"] == "awaiting_merchant"
    counted = api.call("GET", "/api/v1/ticket-opinions").json["items"][0]
    assert counted["results"]["approve"] >= 1


@pytest.mark.parametrize(("body", "code"), [
    pytest.param({"subject": "moon"}, "ticket_subject_unknown", id="subject"), pytest.param({"number": "O404"}, "ticket_number_unknown", id="number"),
    pytest.param({"origin": "email"}, "ticket_origin_wrong", id="origin"), pytest.param({"colour": "red"}, "field_unknown", id="field"),
])
def test_what_is_wrong_is_named(api, body, code):
    answer = ask(api, as_=api.buyer(), **{"number": number(api), **body})
    assert answer.status in (409, 422)
    assert code in {answer.json["code"], *(e["code"] for e in answer.json.get("errors", ()))}


def test_the_platforms_key_opens_a_mail_whose_time_runs_from_when_it_was_sent(api):
    platform, query = api.keys["platform"], f"?merchant_id={api.shop.merchant}"
    sent = api.shop.now.replace(hour=7, minute=59)
    made = ask(api, key=platform, query=query, origin="email", subject="authenticity", mail_from="service@market.example", sent_at=sent.isoformat())
    assert made.status == 200, made.json
    assert made.json["due_at"].startswith(sent.date().isoformat() + "T10:00")
    assert api.call("POST", f"{LIST}/{made.json['id']}/close_ticket{query}", {"words": "已处理"}, key=platform).json["state"] == "closed"


def test_every_command_of_a_ticket_stands_in_the_document():
    paths = document()["paths"]
    assert {"/tickets", "/tickets/{id}/reply", "/tickets/{id}/follow_up", "/tickets/{id}/decide_ticket", "/tickets/{id}/messages", "/ticket-opinions"} <= set(paths)


def test_a_buyer_reads_nothing_of_a_ticket_between_platform_and_merchant(api):
    query, about = f"?merchant_id={api.shop.merchant}", number(api)
    theirs = ask(api, key=api.keys["platform"], query=query, origin="regulator", subject="authenticity", number=about, words="内部函件").json["id"]
    own = ask(api, as_=api.buyer(), number=about).json["id"]
    for path in ("", "/events", "/messages", "/dossier"):
        assert api.call("GET", f"{LIST}/{own}{path}", as_=api.buyer()).status == 200, path
        assert api.call("GET", f"{LIST}/{own}{path}", as_=api.buyer("somebody-else")).status == 404, path
        assert api.call("GET", f"{LIST}/{theirs}{path}", as_=api.buyer()).status == 404, path
        assert api.call("GET", f"{LIST}/{theirs}{path}").status == 200, path
    assert api.call("POST", f"{LIST}/{theirs}/follow_up", {"words": "?"}, as_=api.buyer()).status == 404


def test_of_the_platforms_people_a_merchant_reads_that_it_was_the_platform(api):
    query = f"?merchant_id={api.shop.merchant}"
    ticket = ask(api, key=api.keys["platform"], query=query, origin="complaint", number=number(api)).json["id"]
    seen, whole = (api.call("GET", f"{LIST}/{ticket}/events{q}", key=key).json["items"][0]["by"] for q, key in (("", None), (query, api.keys["platform"])))
    assert (seen["party"], seen["id"], seen["name"]) == ("platform", "", "平台")
    assert whole["id"]
    assert whole["name"] not in ("平台", "")
    assert api.call("GET", f"{LIST}/{ticket}/messages").json["items"][0]["name"] == "平台"
    assert "by_staff" not in api.call("GET", f"{LIST}/{ticket}").json["facts"]
