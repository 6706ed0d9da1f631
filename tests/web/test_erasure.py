"""The platform's page of erasure, and the open page of the keys that sign dossiers (ST-10, DI-10)."""

from __future__ import annotations

import html
import json
from datetime import timedelta

import pytest

from amends.engine.dossier.publishing import publish
from amends.engine.dossier.signature import pem
from amends.engine.mail_keeping import keep
from amends.engine.mailboxes import Given, add
from amends.store.connect import PLATFORM, scope
from amends.worker.mail_placing import place_kept
from tests.mail_house import BY, letter
from tests.web.conftest import enter

PAGE = "/p/erasure"
SENDER = "han.mei@mail.example"


def text(answer) -> str:
    return html.unescape(answer.content.decode())


@pytest.fixture(scope="module")
def mail(house, shop) -> tuple[str, str]:
    """A mail on a ticket that is still open; answers (mail, ticket)."""
    now = house.clock.now()
    made = add(house.pool, BY, Given("kefu@chengwu.test", shop.merchant_id, way="pipe"), now)
    assert isinstance(made, str), made
    keep(house.pool, made, letter("kefu@chengwu.test", "我是韩梅梅", sender=SENDER), now)
    while place_kept(house):
        pass
    with scope(house.pool, PLATFORM) as conn:
        return conn.execute("select id::text, case_id::text from mails where mailbox_id = %s", (made,)).fetchone()


def test_only_who_holds_the_permission_sees_it(client, house, shop, operator):
    assert enter(client, house, shop).get(PAGE).status_code == 403
    assert enter(client, house, operator).get(PAGE).status_code == 200


def test_less_than_three_years_is_refused_beside_its_field_and_kept(client, house, operator):
    answer = enter(client, house, operator).post(f"{PAGE}/settings", {"days": "30", "by_itself": "1"})
    assert answer.status_code == 422
    assert "至少保存三年" in text(answer).split('class="wrong"')[1]
    assert 'value="30"' in text(answer)
    assert client.post(f"{PAGE}/settings", {"days": "1200"}).headers["Location"] == f"{PAGE}?done=saved"
    assert "1200" in text(client.get(PAGE))


def test_what_must_stay_says_until_when_and_what_is_due_goes(client, house, operator, mail):
    enter(client, house, operator)
    client.post(f"{PAGE}/settings", {"days": "1096"})
    found = text(client.get(PAGE, {"find": SENDER}))
    assert "还没有结束" in found
    refused = client.post(f"{PAGE}/one", {"what": "mail", "id": mail[0], "find": SENDER})
    assert (refused.status_code, "还没有结束" in text(refused)) == (409, True)
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("update cases set closed_at = %s where id = %s", (house.clock.now() - timedelta(days=1100), mail[1]))
        conn.execute("update mails set at = %s where id = %s", (house.clock.now() - timedelta(days=1101), mail[0]))
    assert "清除到期的 1 项" in text(client.get(PAGE))
    assert "清除这封邮件" in text(client.get(PAGE, {"find": SENDER}))
    assert client.post(f"{PAGE}/due").headers["Location"] == f"{PAGE}?done=erased"
    shown = text(client.get(f"/p/mail/{mail[0]}"))
    assert "按期清除" in shown
    assert SENDER not in shown
    assert "韩梅梅" not in shown
    assert SENDER not in text(client.get("/p/mail"))
    assert client.get(f"/p/mail/{mail[0]}/original").status_code == 404


def test_the_keys_are_open_to_the_world(client, house):
    key = publish(house.pool, house.home, house.clock.now())
    page = client.get("/dossier-keys")
    assert page.status_code == 200
    assert key.id in text(page)
    assert "openssl pkeyutl -verify" in text(page)
    assert client.get("/.well-known/amends-dossier-keys.pem").content.decode() == pem(key.public)
    assert [k["id"] for k in json.loads(client.get("/.well-known/amends-dossier-keys.json").content)["keys"]] == [key.id]
