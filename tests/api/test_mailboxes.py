"""Mailboxes over HTTP: the platform keeps them, a merchant sees its own, passwords go in and never come out (TI-4)."""

import pytest

from amends.engine.ids import new_id
from amends.store import mailboxes as store
from amends.store.connect import PLATFORM, scope

BOXES = "/api/v1/mailboxes"
PASSWORD = "授权码-9Kq7"


@pytest.fixture(scope="module")
def platform(api):
    """A key of the platform that may do everything."""
    return api.keys["platform"]


def body(**more):
    return {
        "address": f"b{new_id()[-12:]}@shop.example.com", "way": "imap", "imap_host": "imap.example.com", "imap_user": "u", "imap_password": PASSWORD, "smtp_host": "smtp.example.com", "smtp_port": 587,
        "smtp_security": "starttls", "smtp_user": "u", "smtp_password": PASSWORD,
    } | more


def test_one_is_added_once_changed_tried_and_switched_off(api, platform):
    given, once = body(merchant_id=api.shop.merchant), new_id()
    made = api.call("POST", BOXES, given, key=platform, once=once)
    assert (made.status, made.json["merchant_id"], made.json["imap_port"], made.json["smtp_port"]) == (200, api.shop.merchant, 993, 587), made.json
    assert made.json["secrets"] == {"imap": True, "smtp": True, "locked": False}
    assert made.json["tried"]["at"] is None
    again = api.call("POST", BOXES, given, key=platform, once=once)
    assert (again.status, again.json["id"], again.headers["idempotency-replayed"]) == (200, made.json["id"], "true")
    where = f"{BOXES}/{made.json['id']}"
    changed = {k: v for k, v in given.items() if "password" not in k and k != "merchant_id"} | {"name": "青禾·售后"}
    assert api.call("PUT", where, changed, key=platform).json["name"] == "青禾·售后"
    with scope(api.house.pool, PLATFORM) as conn:
        assert store.find(conn, made.json["id"]).imap_password == PASSWORD, "left out stays"
    assert api.call("POST", f"{where}/test", key=platform).json["tried"]["reading"] == ""
    for verb, active in (("disable", False), ("disable", False), ("enable", True)):
        assert api.call("POST", f"{where}/{verb}", key=platform).json["active"] is active
    for answer in (made, again, api.call("GET", where, key=platform), api.call("GET", BOXES, key=platform)):
        assert PASSWORD not in answer.raw.decode()
        assert "password" not in answer.raw.decode()


def test_a_merchant_sees_its_own_and_keeps_none(api, platform):
    own = api.call("POST", BOXES, body(merchant_id=api.shop.merchant), key=platform).json["id"]
    others = api.call("POST", BOXES, body(), key=platform).json["id"]
    seen = api.call("GET", BOXES).json["items"]
    assert own in [b["id"] for b in seen]
    assert {b["merchant_id"] for b in seen} == {api.shop.merchant}
    assert all(b["secrets"] is None for b in seen)
    assert (api.call("GET", f"{BOXES}/{own}").status, api.call("GET", f"{BOXES}/{others}").status) == (200, 404)
    for method, path, given in (("POST", BOXES, body()), ("PUT", f"{BOXES}/{own}", body()), ("POST", f"{BOXES}/{own}/test", None), ("POST", f"{BOXES}/{own}/disable", None)):
        assert api.call(method, path, given).status == 403, path
    assert api.call("GET", BOXES, key=api.key_with("read")).status == 403
    assert [b["id"] for b in api.call("GET", f"{BOXES}?merchant_id={api.shop.merchant}", key=platform).json["items"] if b["id"] == others] == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"address": "no"}, "address"), ({"imap_security": "plain"}, "imap_security"), ({"imap_port": 70000}, "imap_port"), ({"odd": 1}, "odd"), ({"name": "a\nBcc: x@y.z"}, "name"), ({"imap_password": ""}, "imap_password"),
     ({"merchant_id": "0197f2a0-0000-7000-8000-00000000dead"}, "merchant"), ({"way": "pop3"}, "way")],
    ids=["address", "plain_away", "port", "unknown_field", "line_break", "no_password", "no_such_merchant", "way"],
)
def test_what_is_wrong_is_named(api, platform, wrong, field):
    refused = api.call("POST", BOXES, body(**wrong), key=platform)
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, field), refused.json
    assert PASSWORD not in refused.raw.decode()


def test_an_address_is_one_mailbox(api, platform):
    given = body()
    assert api.call("POST", BOXES, given, key=platform).status == 200
    assert api.call("POST", BOXES, given, key=platform).json["code"] == "mail_address_taken"
    assert api.call("PUT", f"{BOXES}/{new_id()}", {k: v for k, v in body().items() if k != "merchant_id"}, key=platform).status == 404


def test_the_contact_is_the_merchants(api, platform):
    where = "/api/v1/mail-contact"
    assert api.call("PUT", where, {"contact": "Desk@Shop.Example.com"}).json == {"contact": "desk@shop.example.com"}
    assert api.call("GET", where).json == {"contact": "desk@shop.example.com"}
    assert api.call("GET", f"{where}?merchant_id={api.shop.merchant}", key=platform).json == {"contact": "desk@shop.example.com"}
    assert api.call("PUT", where, {"contact": "x@y.zz"}, key=platform).status == 403
    assert api.call("PUT", where, {"contact": "no address"}).status == 422
    assert api.call("PUT", where, {}).json == {"contact": ""}
