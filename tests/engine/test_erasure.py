"""Mails and dossiers whose time is over go, and nothing goes before (ST-10): on the real database, to the last byte."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from amends import cli
from amends.core.actor import Actor, Party
from amends.core.refusal import Refusal
from amends.engine import erasure
from amends.engine.audit import By
from amends.engine.dossier.copies import Copy
from amends.engine.dossier.making import make
from amends.engine.erasure import Erased
from amends.engine.house import House
from amends.engine.ids import new_id
from amends.store import dossiers, mails
from amends.store.connect import PLATFORM, scope
from amends.worker.erasing import erase_due
from tests.mail_house import BY, a_house, box, letter, rows
from tests.mail_tickets import come, tickets
from tests.shop import Shop, open_shop

SENDER, WORDS, TITLE = "li.lei.7731@mail.example", "我是李雷雷，住在桃花路 99 号，请尽快退款", "李雷雷的投诉"


@pytest.fixture(scope="module")
def house(pool, database_url, tmp_path_factory) -> House:
    return a_house(pool, database_url, tmp_path_factory.mktemp("home"))


@pytest.fixture
def told(pool, house):
    """A merchant's mailbox, a mail with an attachment that opened a ticket, and a dossier of it; answers (shop, mail, ticket, dossier)."""
    shop = open_shop(pool, name=f"青禾 {new_id()[-6:]}")
    house.clock.at = shop.now
    mailbox, address = box(house, merchant=shop.merchant)
    come(house, mailbox, letter(address, WORDS, sender=SENDER, subject=TITLE, attach=(("li-lei.txt", "text/plain", "身份证 320500".encode()),)))
    ticket = tickets(shop)[0][0]
    kept = make(house, By(shop.hai), shop.merchant, ticket, Copy("merchant"), shop.now)
    assert not isinstance(kept, Refusal), kept
    return shop, rows(house.pool, "select id::text from mails where mailbox_id = %s", mailbox)[0][0], ticket, kept


def ended(house: House, shop: Shop, case: str, days: int) -> None:
    """The case was closed so many days ago."""
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("update cases set closed_at = %s where merchant_id = %s and id = %s", (house.clock.now(), shop.merchant, case))
    house.clock.on(days=days)


def test_while_the_ticket_is_open_it_stays_and_the_sentence_says_until_when(house, told):
    shop, mail, ticket, dossier = told
    number = shop.all("select number from cases where id = %s", ticket)[0][0]
    house.clock.on(days=4000)
    for what, ident in (("mail", mail), ("dossier", dossier.id)):
        stays = erasure.erase_one(house.pool, BY, what, ident, house.clock.now())
        assert isinstance(stays, Refusal)
        assert (stays.code, number in stays.say("zh"), "1096" in stays.say("en")) == ("erasure_held", True, True)
    ended(house, shop, ticket, 1095)
    stays = erasure.erase_one(house.pool, BY, "mail", mail, house.clock.now())
    assert isinstance(stays, Refusal)
    assert f"{house.clock.now() + timedelta(days=1):%Y-%m-%d}" in stays.say("zh")
    assert dossiers_of(house, shop, ticket)[0].erased_at is None


def dossiers_of(house: House, shop: Shop, case: str) -> list[dossiers.Kept]:
    with scope(house.pool, PLATFORM) as conn:
        return dossiers.of_case(conn, shop.merchant, case, ("merchant",))


def test_an_open_dispute_about_the_same_goods_holds_it(house, told):
    shop, mail, ticket, _ = told
    with scope(house.pool, PLATFORM) as conn:
        conn.execute(
            "insert into cases (merchant_id, id, kind, number, state, parent_id, waits_on, opened_at) values (%s, %s, 'dispute', 'D-2026-0777', 'open', %s, 'platform', %s)", (shop.merchant, new_id(), ticket, shop.now)
        )
    ended(house, shop, ticket, 1200)
    stays = erasure.erase_one(house.pool, BY, "mail", mail, house.clock.now())
    assert isinstance(stays, Refusal)
    assert (stays.code, "D-2026-0777" in stays.say("zh")) == ("erasure_held", True)
    done = erasure.erase_of(house.pool, BY, house.clock.now(), address=SENDER.upper(), dry=True)
    assert isinstance(done, Erased)
    assert mail in [found.id for found, _ in done.stays]


def test_when_its_time_is_over_nothing_of_whom_or_what_is_left(house, told, admin):
    shop, mail, ticket, dossier = told
    ended(house, shop, ticket, 1097)
    number, name = shop.all("select c.number, m.name from cases c join merchants m on m.id = c.merchant_id where c.id = %s", ticket)[0]
    whose = erasure.erase_of(house.pool, BY, house.clock.now(), number=number)
    assert isinstance(whose, Refusal), "other merchants have a case of this number too"
    assert name in whose.say("zh")
    done = erasure.erase_of(house.pool, BY, house.clock.now(), number=number, merchant=name)
    assert isinstance(done, Erased)
    assert (dict(done.gone), done.stays) == ({"mail": 1, "dossier": 1}, [])
    for table, column, ident in (("mails", "id", mail), ("mail_originals", "mail_id", mail), ("mail_keys", "mail_id", mail), ("dossiers", "id", dossier.id), ("files", "uploaded_by", f"mail:{mail}"), ("audit", "subject_id", mail)):
        with admin.cursor().copy(f"copy (select * from {table} where {column} = '{ident}') to stdout") as out:
            text = b"".join(bytes(piece) for piece in out).decode()
        for gone in (SENDER, "li.lei", "李雷雷", "桃花路", "身份证", "li-lei.txt"):
            assert gone not in text, (table, gone)
    with scope(house.pool, PLATFORM) as conn:
        assert mails.original(conn, shop.merchant, mail) is None
        kept = dossiers.one(conn, shop.merchant, dossier.id)
        assert dossiers.document(conn, shop.merchant, dossier.id) == b""
        known = dossiers.by_digest(conn, bytes.fromhex(dossier.json_sha256))
    assert kept is not None
    assert known is not None
    assert (known.id, kept.json_sha256, kept.pdf_sha256, kept.erased_at is not None) == (dossier.id, dossier.json_sha256, dossier.pdf_sha256, True), "the house can still tell one it made"
    assert rows(house.pool, "select actor_name, after ->> 'kept_days' from audit where action in ('mail_erased', 'dossier_erased') and subject_id = any(%s)", [mail, dossier.id]) == [("平台", "1096")] * 2
    again = erasure.erase_one(house.pool, BY, "mail", mail, house.clock.now())
    assert isinstance(again, Refusal)
    assert again.code == "erasure_done"
    anew = make(house, By(shop.hai), shop.merchant, ticket, Copy("merchant"), house.clock.now())
    assert not isinstance(anew, Refusal)
    assert anew.id != dossier.id


def test_the_database_itself_lets_nothing_else_go(house, told, admin):
    _, mail, _, dossier = told
    for change, words in (
        (f"delete from mail_originals where mail_id = '{mail}'", "only when the mail is erased|原件"), (f"update dossiers set json = '', pdf = '', erased_at = now() where id = '{dossier.id}'", "does not change"),
        (f"update mails set erased_at = now() where id = '{mail}'", "mails_erased"),
    ):
        with pytest.raises(Exception, match=words):
            admin.execute(change)


def test_the_worker_erases_by_itself_only_where_it_was_told_to(house, told):
    shop, mail, ticket, _ = told
    ended(house, shop, ticket, 1500)
    assert erase_due(house) == 0
    assert erasure.set_retention(house.pool, BY, "1400", True, house.clock.now()) is None
    assert erase_due(house) >= 2
    assert rows(house.pool, "select erased_at is not null, erased_by from mails where id = %s", mail) == [(True, "system")]
    assert erasure.set_retention(house.pool, BY, "1096", False, house.clock.now()) is None


@pytest.mark.parametrize("days", ["", "30", "1095", "x", "99999", "-1"])
def test_less_than_the_law_asks_for_is_refused(house, days):
    refused = erasure.set_retention(house.pool, BY, days, False, house.clock.now())
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.field) == ("retention_days_wrong", "days")


def test_only_the_platforms_people_with_leave(house, told):
    shop, mail, _, _ = told
    for actor in (shop.hai, Actor(Party.PLATFORM, new_id(), "新人", None, frozenset({"read"}))):
        refused = erasure.erase_one(house.pool, By(actor), "mail", mail, house.clock.now())
        assert isinstance(refused, Refusal)
        assert refused.code == "permission_missing"


def test_the_command_says_what_would_go_and_what_must_stay(house, told, monkeypatch, capsys):
    shop, _, ticket, _ = told
    number, name = shop.all("select c.number, m.name from cases c join merchants m on m.id = c.merchant_id where c.id = %s", ticket)[0]
    monkeypatch.setattr("amends.engine.erasure_command.open_house", lambda *_, **__: SimpleNamespace(pool=house.pool, clock=house.clock, close=lambda: None))
    assert cli.main(["erase", "of", "--case", number, "--merchant", name, "--dry-run"]) == 1
    said = capsys.readouterr().out
    assert number in said
    assert "还没有结束" in said
    assert cli.main(["erase", "status"]) == 0
    assert "1096" in capsys.readouterr().out
    assert cli.main(["erase", "due", "--dry-run"]) == 0
