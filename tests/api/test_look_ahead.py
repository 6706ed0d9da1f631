"""What a command needs is read in the same round trip as its key is looked at; that a key was good before opens nothing."""

import pytest

from amends.engine import callers
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.engine.keys import revoke_key
from amends.store import wire
from tests.shop import Shop, open_shop

LIST = "/api/v1/service-orders"


@pytest.fixture
def trips(monkeypatch):
    """How many round trips were made over the pipe."""
    made, run = [], wire._run
    monkeypatch.setattr(wire, "_run", lambda conn, asked: (made.append(len(asked)), run(conn, asked))[1])
    return made


def fresh(api) -> str:
    return api.shop.apply(api.shop.order(("CUP", 1, 100)))


def untouched(shop: Shop, case: str) -> None:
    """The case is as it was, and nobody holds it."""
    assert shop.all("select version from cases where id = %s for update nowait", case) == [(1,)]


def test_a_command_takes_two_round_trips_once_its_key_is_known(api, trips):
    api.call("GET", f"{LIST}/{new_id()}")
    case = fresh(api)
    trips.clear()
    assert api.call("POST", f"{LIST}/{case}/approve_return", {}).status == 200
    assert len(trips) == 2


def test_a_key_that_was_good_before_is_asked_again_each_time(api):
    key, case = api.key_with("service_order.approve_return"), fresh(api)
    assert api.call("POST", f"{LIST}/{fresh(api)}/approve_return", {}, key=key).status == 200
    assert callers.probably(key) == api.shop.merchant
    assert revoke_key(api.shop.pool, By(api.shop.hai), api.shop.all("select id::text from api_keys where prefix = %s", key.split("_")[1])[0][0], api.shop.now) is None
    assert api.call("POST", f"{LIST}/{case}/approve_return", {}, key=key).status == 401
    assert callers.probably(key) is None
    untouched(api.shop, case)


@pytest.mark.parametrize(("verb", "body", "once", "status"), [
    ("refund", {}, None, 403), ("approve_return", {"nothing": 1}, None, 422), ("approve_return", b"{", None, 422), ("approve_return", {}, "", 422), ("no_such", {}, None, 404),
], ids=["not-permitted", "field-unknown", "not-json", "no-once-key", "no-verb"])
def test_what_is_refused_lets_the_case_go(api, verb, body, once, status):
    key, case = api.key_with("service_order.approve_return"), fresh(api)
    api.call("GET", f"{LIST}/{case}", key=key)
    assert api.call("POST", f"{LIST}/{case}/{verb}", body, key=key, once=once).status == status
    untouched(api.shop, case)
    assert api.call("POST", f"{LIST}/{case}/approve_return", {}, key=key).status == 200


def test_a_case_of_another_merchant_is_not_there(api, pool):
    other = open_shop(pool, name="别家")
    case = other.apply(other.order(("CUP", 1, 100)))
    api.call("GET", f"{LIST}/{case}")
    assert api.call("POST", f"{LIST}/{case}/approve_return", {}).status == 404
    untouched(other, case)


def test_over_the_limit_nothing_is_done(api, monkeypatch):
    case = fresh(api)
    api.call("GET", f"{LIST}/{case}")
    monkeypatch.setattr(callers, "most_a_minute", lambda: 1)
    assert api.call("POST", f"{LIST}/{case}/approve_return", {}).status == 429
    untouched(api.shop, case)
