"""The platform's page of connections: who sees it, what it refuses, the secret shown once, on and off, messages read again (MO-5, LO-1)."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amends.core.actor import ALL, Actor, Party
from amends.engine import connections as engine
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.store import connections, inbox, sealing
from amends.store.connect import PLATFORM, scope
from tests.web.conftest import enter

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PAGE = "/p/connections"
PLAIN = Actor(Party.PLATFORM, new_id(), "值班", None, frozenset({"read"}))


def body(answer: Any) -> str:
    return answer.content.decode()


def only(house: Any, name: str) -> Any:
    with scope(house.pool, PLATFORM) as conn:
        row = conn.execute("select id::text, secret, base_url, active from connections where name = %s", (name,)).fetchone()
    return row and (row[0], sealing.open_(row[1], connections.place(row[0])), *row[2:])


def test_only_the_platforms_people_with_the_permission_see_it(client: Any, house: Any, shop: Any, operator: Any) -> None:
    assert enter(client, house, shop).get(PAGE).status_code == 403
    assert enter(client, house, operator).get(PAGE).status_code == 200
    for by in (By(PLAIN), By(Actor(Party.MERCHANT, new_id(), "店主", shop.merchant_id, ALL))):
        made = engine.add(house.pool, by, "pay", "payment", "https://pay.example", NOW)
        assert made.code == "permission_missing"


def test_a_secret_is_shown_once_and_never_again(client: Any, house: Any, operator: Any) -> None:
    enter(client, house, operator)
    answer = client.post(PAGE, {"name": "alipay-test", "kind": "payment", "base_url": "https://pay.example/"})
    assert answer.status_code == 200
    row = only(house, "alipay-test")
    assert row[1] in body(answer)
    assert len(base64.b64decode(row[1].removeprefix("whsec_"))) == 32
    assert row[2:] == ("https://pay.example", True)
    again = body(client.get(PAGE))
    assert row[1] not in again
    assert f"/api/hooks/{row[0]}" in again
    rotated = client.post(f"{PAGE}/{row[0]}/rotate", {"overlap": "24"})
    fresh = only(house, "alipay-test")[1]
    assert fresh != row[1]
    assert fresh in body(rotated)
    assert "旧密钥" in body(client.get(PAGE))
    for text in (r[0] for r in _audit(house)):
        assert row[1] not in text
        assert fresh not in text


def _audit(house: Any) -> list[Any]:
    with scope(house.pool, PLATFORM) as conn:
        return conn.execute("select coalesce(before::text, '') || coalesce(after::text, '') from audit where action like 'connection%'").fetchall()


@pytest.mark.parametrize(("given", "field"), [
    ({"name": "Ali pay"}, "name"), ({"name": "a/b"}, "name"), ({"name": ""}, "name"), ({"name": "manual"}, "name"), ({"name": "a" * 41}, "name"), ({"kind": "bank"}, "kind"),
    ({"base_url": "http://pay.example"}, "base_url"), ({"base_url": "ftp://pay.example"}, "base_url"), ({"base_url": "https://me:pw@pay.example"}, "base_url"),
    ({"base_url": "https://pay.example?x=1"}, "base_url"), ({"base_url": "https://"}, "base_url"), ({"base_url": "https://pay.example:x"}, "base_url"), ({"base_url": "https://pay .example"}, "base_url"),
], ids=str)
def test_what_is_refused_is_said_beside_its_field_and_kept(client: Any, house: Any, operator: Any, given: dict[str, str], field: str) -> None:
    enter(client, house, operator)
    whole = {"name": "some-pay", "kind": "payment", "base_url": "https://pay.example"} | given
    answer = client.post(PAGE, whole)
    assert answer.status_code == 422
    page = body(answer)
    assert 'class="wrong"' in page
    if field != "kind" and whole[field]:
        assert f'value="{whole[field]}"' in page
    assert only(house, whole["name"]) is None


def test_loopback_may_be_plain_http_and_a_name_is_taken_once(client: Any, house: Any, operator: Any) -> None:
    enter(client, house, operator)
    assert client.post(PAGE, {"name": "支付宝-sim", "kind": "payment", "base_url": "http://127.0.0.1:8090"}).status_code == 200
    answer = client.post(PAGE, {"name": "支付宝-sim", "kind": "carrier", "base_url": "https://c.example"})
    assert answer.status_code == 422
    assert "已有名为" in body(answer)


def test_off_and_on_and_another_address(client: Any, house: Any, operator: Any) -> None:
    enter(client, house, operator)
    client.post(PAGE, {"name": "onoff", "kind": "stock", "base_url": "https://erp.example"})
    row = only(house, "onoff")
    where = f"{PAGE}/{row[0]}/change"
    assert client.post(where, {"base_url": "https://erp.example", "active": "0"}).status_code == 302
    assert only(house, "onoff")[3] is False
    assert client.post(where, {"base_url": "https://erp2.example", "active": "1"}).status_code == 302
    assert only(house, "onoff")[2:] == ("https://erp2.example", True)
    wrong = client.post(where, {"base_url": "http://erp3.example", "active": "1"})
    assert wrong.status_code == 422
    assert 'value="http://erp3.example"' in body(wrong)
    assert client.post(f"{PAGE}/{new_id()}/change", {"base_url": "https://erp.example", "active": "1"}).status_code == 409
    assert client.post(f"{PAGE}/nothing/rotate", {}).status_code == 409


def test_messages_that_were_given_up_are_read_again(client: Any, house: Any, operator: Any) -> None:
    enter(client, house, operator)
    client.post(PAGE, {"name": "muddled", "kind": "payment", "base_url": "https://pay.example"})
    connection = only(house, "muddled")[0]
    inbox.keep(house.pool, connection, "m1", "{\"type\": \"<b>odd</b>\"}", {}, NOW, NOW)
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("update inbox set dead_at = %s, last_error = 'ValueError: odd', attempts = 12 where connection_id = %s", (NOW + timedelta(days=1), connection))
    page = body(client.get(PAGE))
    assert "ValueError: odd" in page
    assert "<b>odd" not in page
    assert re.search(r"1 条消息读不懂", page)
    assert client.post(f"{PAGE}/{connection}/read-again", {"message": "m1"}).status_code == 302
    assert client.post(f"{PAGE}/{connection}/read-again", {"message": "m1"}).status_code == 409


def test_merchants_see_that_a_connection_is_there_and_nothing_else(house: Any, shop: Any, operator: Any) -> None:
    made = engine.add(house.pool, By(Actor(Party.PLATFORM, operator.id, "平平", None, ALL)), "seen", "payment", "https://pay.example", NOW)
    from uuid import UUID

    import psycopg

    with scope(house.pool, UUID(shop.merchant_id)) as conn:
        assert "seen" in connections.names(conn, "payment")
        for query in ("select secret from connections", "select base_url from connections", "select * from inbox", "update connections set active = false"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
                conn.execute(query)
    assert made.secret
