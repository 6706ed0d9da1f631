"""The ledger over HTTP: balances that sum to nothing, entries page by page with the running balance, refund requests with their answers (MO-3, MO-4)."""

from uuid import UUID

import pytest

from amends.core import movements as m
from amends.core.verbs.review import RefundWithoutReturn
from amends.engine import posting
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope
from amends.worker.effects import perform


@pytest.fixture(scope="module")
def case(api):
    made = api.shop.apply(api.shop.order(("CUP", 1, 9900)))
    assert api.shop.say(made, RefundWithoutReturn()).refusal is None
    perform(api.shop.pool, api.shop.merchant, api.shop.now)
    with scope(api.shop.pool, UUID(api.shop.merchant)) as conn:
        posting.post(conn, api.shop.merchant, [posting.row(m.refund_moved(n, "wepay", "CNY"), str(n)) for n in range(1, 12)], api.shop.now)
    return made


def pages(api, path):
    items, after = [], ""
    while True:
        got = api.call("GET", f"{path}&cursor={after}" if after else path)
        assert got.status == 200, got.raw
        items += got.json["items"]
        if (after := got.json["next"]) is None:
            return items


def test_balances_are_named_and_sum_to_nothing(api, case):
    items = api.call("GET", "/api/v1/ledger/balances").json["items"]
    assert sum(i["balance"]["amount"] for i in items) == 0
    assert {i["account"]: i["balance"]["amount"] for i in items}["merchant_settlement"] == -9900
    assert next(i for i in items if i["account"] == "buyer_refund")["name"] == "应退客户"


def test_a_statement_has_its_running_balance_and_every_entry_once(api, case):
    items = pages(api, "/api/v1/ledger/entries?account=buyer_refund&limit=5")
    assert len(items) == len({(i["movement_id"], i["line"]) for i in items}) == 12
    running = 0
    for item in reversed(items):
        running += item["amount"]["amount"]
        assert item["balance"] == {"amount": running, "currency": "CNY"}
    journal = pages(api, "/api/v1/ledger/entries?limit=7")
    assert len(journal) == 24
    assert sum(i["amount"]["amount"] for i in journal) == 0
    assert all(i["balance"] is None for i in journal)


def test_entries_of_a_case_say_what_it_was_about(api, case):
    items = pages(api, f"/api/v1/ledger/entries?case_id={case}")
    assert [(i["kind"], i["account"], i["amount"]["amount"]) for i in items] == [("refund_granted", "buyer_refund", 9900), ("refund_granted", "merchant_settlement", -9900)]
    assert items[0]["what"] == "同意退款"
    assert items[0]["case_number"].startswith("S-")
    assert pages(api, f"/api/v1/ledger/entries?case_id={new_id()}") == []
    assert len(pages(api, "/api/v1/ledger/entries?entry_kind=refund_moved&account=provider:wepay")) == 11


def test_refund_requests_tell_where_they_are_and_why_they_failed(api, case):
    [waiting] = pages(api, f"/api/v1/refund-requests?case_id={case}")
    assert (waiting["state"], waiting["provider"], waiting["amount"], waiting["failure"]) == ("requested", "manual", {"amount": 9900, "currency": "CNY"}, None)
    with scope(api.shop.pool, PLATFORM) as conn:
        conn.execute("update refund_requests set state = 'failed', failure_words = '账户已注销' where id = %s", (waiting["id"],))
    [failed] = pages(api, "/api/v1/refund-requests?request_state=failed")
    assert failed["failure"] == {"code": None, "words": "账户已注销"}
    assert pages(api, "/api/v1/refund-requests?request_state=moved") == []


@pytest.mark.parametrize("query", ["account=moon", "entry_kind=gift", "case_id=1", "since=yesterday", "cursor=bm8", "currency=yuan", "colour=red"])
def test_what_is_no_filter_is_refused_by_name(api, case, query):
    got = api.call("GET", f"/api/v1/ledger/entries?{query}")
    assert (got.status, got.json["code"]) == (422, "parameter_wrong")


@pytest.mark.parametrize("path", ["/api/v1/ledger/balances", "/api/v1/ledger/entries", "/api/v1/refund-requests"])
def test_money_is_for_keys_that_may_read_the_ledger(api, case, path):
    got = api.call("GET", path, key=api.key_with("read"))
    assert (got.status, got.json["code"]) == (403, "permission_missing")
