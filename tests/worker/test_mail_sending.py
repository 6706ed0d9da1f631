"""Mails leave once where SMTP lets them, are tried again where it says later, and are dead letters where it says never; the pipe answers as mail servers expect (TI-4)."""

from __future__ import annotations

import io
import sys
from argparse import Namespace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from amends.adapters.mail.protocol import ANSWER, CONNECT, TAKEN
from amends.cli import main
from amends.core.verbs.ticket import Reply
from amends.engine import mail_writing
from amends.engine.handle import Asked, handle
from amends.engine.house import House
from amends.engine.ids import new_id
from amends.engine.mail_writing import send_again
from amends.store import mails, outbox
from amends.store.connect import scope
from amends.worker import mail_command, mail_sending
from tests.mail_house import BY, a_house, box, letter, rows
from tests.mail_servers import Wire, imap, post
from tests.shop import Shop, open_shop
from tests.worker.test_mail_placing import come, mailreader, reply, send, tickets

__all__ = ["imap", "post"]


@pytest.fixture(scope="module")
def house(pool, database_url, tmp_path_factory) -> House:
    return a_house(pool, database_url, tmp_path_factory.mktemp("home"))


@pytest.fixture
def shop(pool, house) -> Shop:
    made = open_shop(pool, name=f"青禾家居 {new_id()[-6:]}")
    house.clock.at = made.now = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    return made


def waits(house: House, shop: Shop, port: int, **more) -> str:
    """A ticket that came by mail was answered, and the mail has not left yet; answers the mailbox."""
    mailbox, address = box(house, merchant=shop.merchant, smtp=port, plus=True, **more)
    come(house, mailbox, letter(address))
    reply(shop, tickets(shop)[0][0])
    return mailbox


def out(shop: Shop) -> list[tuple]:
    return shop.all("select status, split_part(told, ':', 1), attempts from mails where merchant_id = %s and direction = 'out'", shop.merchant)


def effect(shop: Shop) -> tuple:
    return shop.all("select attempts, done_at is not null, dead_at is not null, due_at from outbox where merchant_id = %s and effect = 'mail_ticket' and (body ->> 'to' = 'other_side' or body ? 'mail')", shop.merchant)[-1]


def test_later_means_later_with_growing_pauses(house, shop, post):
    post.answers = {"kf@platform.test": ["450 greylisted", "451 busy"]}
    waits(house, shop, post.port)
    send(house)
    assert (out(shop), effect(shop)[:3], post.got) == ([("queued", "later", 1)], (1, False, False), [])
    first = effect(shop)[3] - house.clock.at
    house.clock.at = effect(shop)[3]
    send(house)
    assert effect(shop)[3] - house.clock.at > first
    house.clock.at = effect(shop)[3]
    send(house)
    assert (out(shop)[0][::2], effect(shop)[:3], len(post.got)) == (("sent", 3), (3, True, False), 1)


def test_never_is_a_dead_letter_that_staff_send_again_under_the_same_id(house, shop, post):
    post.answers = {"kf@platform.test": ["550 5.1.1 no such user"]}
    waits(house, shop, post.port)
    send(house)
    assert (out(shop), effect(shop)[1:3]) == ([("refused", "never", 1)], (True, False))
    [(mail, message_id)] = shop.all("select id::text, message_id from mails where merchant_id = %s and direction = 'out'", shop.merchant)
    assert send_again(house.pool, BY, mail, house.clock.now()) is None
    assert send_again(house.pool, BY, mail, house.clock.now()).code == "mail_not_returned"
    send(house)
    assert (out(shop)[0][0], mailreader(post.got[0][2]).message_id) == ("sent", message_id)


@pytest.mark.parametrize(("cut", "why"), [(30, "broken"), (None, "login")], ids=["the-line-breaks", "wrong-password"])
def test_what_is_our_own_trouble_is_tried_again(house, shop, post, cut, why):
    wire = Wire(post.port, cut) if cut else None
    waits(house, shop, wire.port if wire else post.port, password="wrong" if why == "login" else "Swordfish-42")
    send(house)
    assert (out(shop), effect(shop)[:3], post.got) == ([("queued", why, 1)], (1, False, False), [])
    if wire:
        wire.cut_after = None
        house.clock.at = effect(shop)[3]
        send(house)
        assert (out(shop)[0][0], len(post.got)) == ("sent", 1)
        wire.close()


def test_a_mail_that_was_tried_too_often_is_given_up(house, shop, post):
    mailbox = waits(house, shop, post.port)
    with_port = rows(house.pool, "update mailboxes set smtp_port = 1 where id = %s returning 1", mailbox)
    assert with_port
    for _ in range(outbox.TRIES):
        send(house)
        house.clock.at = max(house.clock.at, effect(shop)[3])
    assert (out(shop)[0], effect(shop)[1:3]) == (("refused", "unreachable", 12), (True, False))


def test_a_worker_killed_after_the_server_took_it_sends_the_same_bytes_again_and_one_killed_later_sends_nothing(house, shop, post, monkeypatch):
    waits(house, shop, post.port)
    monkeypatch.setattr(mails, "tried", lambda *_: (_ for _ in ()).throw(SystemExit("killed")))
    [leased] = outbox.lease(house.pool, shop.merchant, ["mail_ticket"], house.clock.now(), 1)[:1] or [None]
    mine = leased if leased.body["to"] == "other_side" else outbox.lease(house.pool, shop.merchant, ["mail_ticket"], house.clock.now(), 1)[0]
    with pytest.raises(SystemExit):
        mail_sending.mail(house, shop.merchant, mine, house.clock.now())
    monkeypatch.undo()
    house.clock.on(minutes=5)
    send(house)
    assert [mailreader(raw).message_id for _, _, raw in post.got] == [mailreader(post.got[0][2]).message_id] * 2
    assert post.got[0][2] == post.got[1][2]
    mail_sending.mail(house, shop.merchant, mine, house.clock.now())
    assert (len(post.got), out(shop)[0][0]) == (2, "sent")


def test_nobody_is_written_to_without_an_address_or_a_mailbox(house, shop):
    _, address = box(house, merchant=shop.merchant)
    rows(house.pool, "update mailboxes set active = false where smtp_host <> '' returning 1")
    mailbox = rows(house.pool, "select id::text from mailboxes where address = %s", address)[0][0]
    come(house, mailbox, letter(address))
    send(house)
    assert shop.all("select body ->> 'to', done_at is not null from outbox where merchant_id = %s and effect = 'mail_ticket'", shop.merchant) == [("merchant", True)]
    reply(shop, tickets(shop)[0][0])
    send(house)
    assert (effect(shop)[:3], out(shop)) == ((1, False, False), [])


def test_files_go_along_until_they_are_too_much_for_a_mail(house, shop, post, monkeypatch):
    monkeypatch.setattr(mail_writing, "ENCLOSED_BELOW", 3000)
    _, address = box(house, merchant=shop.merchant, smtp=post.port)
    mailbox = rows(house.pool, "select id::text from mailboxes where address = %s", address)[0][0]
    come(house, mailbox, letter(address))
    small, large = new_id(), new_id()
    with scope(house.pool, UUID(shop.merchant)) as conn:
        for file, data in ((large, b"%PDF-1.4" + b"x" * 5000), (small, b"%PDF-1.4 small")):
            mails.add_file(conn, shop.merchant, file, "application/pdf", data, shop.hai.id, house.clock.now())
    command = Reply("approve", "见附件", [large, small])
    assert handle(shop.pool, [Asked(new_id(), shop.merchant, tickets(shop)[0][0], command, shop.hai, kind="ticket")], shop.now)[0].refusal is None
    send(house)
    went = mailreader(post.got[-1][2])
    assert [a.data for a in went.attached] == [b"%PDF-1.4 small"]
    assert "-1.pdf (5 KB)：太大" in went.said


def test_fetching_once_looks_into_every_mailbox_and_places_what_came(house, shop, imap, database_url, tmp_path, monkeypatch):
    folder = f"f{new_id()}"
    _, address = box(house, merchant=shop.merchant, imap=imap.port, folder=folder)
    imap.put(folder, letter(address, dated=datetime.now(UTC)))
    monkeypatch.setenv("DATABASE_URL", database_url)
    rows(house.pool, "update mailboxes set active = false where address <> %s returning 1", address)
    assert main(["mail", "fetch", "--home", str(tmp_path)]) == 0
    assert len(tickets(shop)) == 1
    box(house, merchant=shop.merchant, imap=imap.port, folder="no-such-folder")
    assert main(["mail", "fetch", "--home", str(tmp_path)]) == 1


def pipe(url: str, home: Path, to: str, raw: bytes) -> int:
    """The command as a mail server runs it."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DATABASE_URL", url)
        return mail_command.take(Namespace(home=home, to=to), io.BytesIO(raw))


def test_the_pipe_keeps_a_message_once_and_says_so(house, shop, database_url, tmp_path):
    mailbox, address = box(house, merchant=shop.merchant)
    raw = letter(address)
    assert [pipe(database_url, tmp_path, address.upper(), raw), pipe(database_url, tmp_path, "", raw)] == [0, 0]
    assert rows(house.pool, "select m.status, o.bytes = %s from mails m join mail_originals o on o.mail_id = m.id where m.mailbox_id = %s", raw, mailbox) == [("kept", True)]
    plus = letter("someone@else.test", Delivered_To=address.replace("@", "+x@"))
    assert (pipe(database_url, tmp_path, "", plus), pipe(database_url, tmp_path, "nobody@shop.test", raw), pipe(database_url, tmp_path, address, b" \n")) == (0, 67, 65)


def test_the_pipe_asks_for_patience_when_the_database_is_away(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:a-secret@127.0.0.1:1/none")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(letter("a@shop.test"))))
    assert main(["mail", "pipe", "--home", str(tmp_path), "--to", "a@shop.test"]) == 75
    said = capsys.readouterr()
    assert "a-secret" not in said.out + said.err


def test_no_lease_ends_while_a_slow_server_looks_into_a_message():
    assert timedelta(seconds=CONNECT + ANSWER + TAKEN) < outbox.LEASE
