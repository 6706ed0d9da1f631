"""A lost key on the platform's pages: each says which secret does not open and what to do, the rest of the house goes on, and no secret is ever shown (OP-9)."""

from __future__ import annotations

import html

from amends.engine import connections as engine
from amends.engine import sealed_secrets
from amends.engine.mailboxes import Given, add
from amends.store import sealing
from tests.mail_house import BY
from tests.web.conftest import enter

SECRET = "Zz-authcode-5512"


def test_a_lost_key_is_told_where_it_matters_and_a_secret_filled_in_again_replaces_it(client, house, operator, monkeypatch, tmp_path):
    monkeypatch.delenv("AMENDS_SECRET_KEY")
    monkeypatch.setattr(sealing, "_ring", None)  # and what this process had before is there again afterwards
    sealed_secrets.begin(house.pool, tmp_path, convert=True)
    now = house.clock.now()
    given = Given("lost@shop.test", imap_host="127.0.0.1", imap_security="plain", imap_user="u", imap_password=SECRET)
    box = add(house.pool, BY, given, now)
    made = engine.add(house.pool, BY, "lost-pay", "payment", "https://pay.example", now)
    assert isinstance(box, str)
    assert isinstance(made, engine.Shown)
    enter(client, house, operator)
    where = f"/p/mail/boxes/{box}"
    page = html.unescape(client.get(where).content.decode())
    assert "已保存，重填即替换" in page
    assert SECRET not in page
    (tmp_path / sealing.FILE).unlink()
    sealed_secrets.begin(house.pool, tmp_path, convert=True)  # the process was started again
    for address, sentence in ((where, "这个邮箱暂时不收不发，其余照常"), ("/p/mail/boxes", "密码打不开"), ("/p/connections", "解密用的密钥不在这台服务器上")):
        answer = client.get(address)
        assert answer.status_code == 200
        assert sentence in html.unescape(answer.content.decode()), address
    assert client.get("/p/cases").status_code == 200
    form = {"address": "lost@shop.test", "way": "imap", "imap_host": "127.0.0.1", "imap_security": "plain", "imap_user": "u", "imap_password": "fresh-one", "smtp_security": "tls"}
    refused = client.post(where, form)
    assert (refused.status_code, "加密用的密钥不在这台服务器上" in html.unescape(refused.content.decode())) == (409, True)
    sealed_secrets.rotate(house.pool)
    assert client.post(where, form).headers["Location"].startswith(where)
    again = html.unescape(client.get(where).content.decode())
    assert "暂时不收不发" not in again
    assert "fresh-one" not in again
    monkeypatch.undo()
    monkeypatch.setattr(sealing, "_ring", None)
