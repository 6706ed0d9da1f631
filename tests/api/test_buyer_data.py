"""Buyers' personal data over HTTP: what is kept, requests to erase that a key cannot confirm, and copies (ST-10)."""

import io
import zipfile
from datetime import timedelta

import pytest

from amends.engine.ids import new_id

BASE = "/api/v1"


@pytest.fixture(scope="module")
def platform(api):
    return api.keys["platform"]


@pytest.fixture(scope="module")
def buyer(api):
    name = f"b{new_id()[-8:]}"
    api.shop.order(("CUP", 1, 10000), buyer_id=name, receiver="何晴")
    api.shop.order(("CUP", 1, 10000), buyer_id=name, receiver="何晴", placed_at=api.shop.now - timedelta(days=1300), delivered_at=None, receipt_confirmed_at=api.shop.now - timedelta(days=1290), paid_at=None)
    return name


def test_a_request_is_asked_once_waits_for_a_person_and_is_taken_back(api, platform, buyer):
    kept = api.call("GET", f"{BASE}/buyer-matters?merchant_id={api.shop.merchant}&buyer_id={buyer}", key=platform)
    assert [one["stays"] and one["stays"]["code"] for one in kept.json["items"]] == [None, "buyer_not_due"], kept.json
    given, once = {"merchant_id": api.shop.merchant, "buyer_id": buyer, "why": "buyer_asked", "reference": "T-1"}, new_id()
    made = api.call("POST", f"{BASE}/buyer-erasures", given, key=platform, once=once)
    assert (made.status, made.json["state"], made.json["erased"]) == (200, "asked", 0), made.json
    again = api.call("POST", f"{BASE}/buyer-erasures", given, key=platform, once=once)
    assert (again.json["id"], again.headers["idempotency-replayed"]) == (made.json["id"], "true")
    assert api.call("POST", f"{BASE}/buyer-erasures", given, key=platform).json["code"] == "buyer_asked_already"
    where = f"{BASE}/buyer-erasures/{made.json['id']}"
    assert api.call("POST", f"{where}/confirm", key=platform).status == 404, "a key confirms nothing"
    assert api.call("GET", where, key=platform).json["buyer_id"] == buyer
    assert made.json["id"] in [one["id"] for one in api.call("GET", f"{BASE}/buyer-erasures", key=platform).json["items"]]
    for _ in range(2):
        assert api.call("POST", f"{where}/withdraw", key=platform).json["state"] == "withdrawn"


def test_a_copy_is_made_once_and_fetched(api, platform, buyer):
    given, once = {"merchant_id": api.shop.merchant, "buyer_id": buyer, "why": "buyer_asked", "language": "en"}, new_id()
    made = api.call("POST", f"{BASE}/buyer-copies", given, key=platform, once=once)
    assert (made.status, made.json["orders"], made.json["taken"]) == (200, 2, 0), made.json
    assert api.call("POST", f"{BASE}/buyer-copies", given, key=platform, once=once).json["id"] == made.json["id"]
    file = api.call("GET", f"{BASE}/buyer-copies/{made.json['id']}/file", key=platform)
    assert (file.status, file.headers["content-type"]) == (200, "application/zip")
    assert "何晴" in zipfile.ZipFile(io.BytesIO(file.raw)).read("index.html").decode()
    assert api.call("GET", f"{BASE}/buyer-copies/{made.json['id']}", key=platform).json["taken"] == 1
    assert api.call("GET", f"{BASE}/buyer-copies", key=platform).status == 200


@pytest.mark.parametrize(("method", "path"), [("GET", "buyer-matters?buyer_id=x"), ("GET", "buyer-erasures"), ("POST", "buyer-erasures"), ("GET", "buyer-copies"), ("POST", "buyer-copies")], ids=lambda x: x.split("?")[0])
def test_it_is_the_platforms(api, method, path):
    assert api.call(method, f"{BASE}/{path}", {} if method == "POST" else None).status == 403


def test_what_is_wrong_is_said_by_field(api, platform):
    wrong = api.call("POST", f"{BASE}/buyer-erasures", {"merchant_id": api.shop.merchant, "buyer_id": "nobody", "why": "because"}, key=platform)
    assert (wrong.status, wrong.json["code"]) == (422, "not_a_choice")
    assert api.call("POST", f"{BASE}/buyer-erasures", {"merchant_id": api.shop.merchant, "buyer_id": "nobody", "why": "buyer_asked"}, key=platform).json["code"] == "buyer_unknown"
    assert api.call("GET", f"{BASE}/buyer-erasures/{new_id()}", key=platform).status == 404
    assert api.call("GET", f"{BASE}/buyer-matters?merchant_id={api.shop.merchant}", key=platform).status == 422
