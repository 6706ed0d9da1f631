"""Mailboxes are read once and wholly, whatever falls over on the way (TI-4)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from amends.engine import mail_keeping, mailboxes
from amends.engine.house import House
from amends.store import mailboxes as store
from amends.store.connect import PLATFORM, scope
from amends.worker import mail_reading
from tests.mail_house import BY, a_house, box, letter, rows
from tests.mail_servers import ImapBox, Wire, imap, post

__all__ = ["imap", "post"]


@pytest.fixture(scope="module")
def house(pool, database_url, tmp_path_factory) -> House:
    return a_house(pool, database_url, tmp_path_factory.mktemp("home"))


def kept(house: House, mailbox: str) -> list[str]:
    return [r[0] for r in rows(house.pool, "select message_id from mails where mailbox_id = %s order by at, id", mailbox)]


def look(house: House, mailbox: str) -> int:
    """One look, when it is due."""
    house.clock.on(hours=1)
    return mail_reading.look(house, mailbox)


def test_every_message_is_taken_once_and_marked(house: House, imap: ImapBox):
    folder = f"f{uuid4().hex}"
    imap.put(folder, letter("a@shop.test", Message_ID="<1@p>"), letter("a@shop.test", Message_ID="<2@p>"))
    mailbox, _ = box(house, imap=imap.port, folder=folder)
    assert (look(house, mailbox), look(house, mailbox)) == (2, 0)
    assert sorted(kept(house, mailbox)) == ["<1@p>", "<2@p>"]
    assert len(imap.seen(folder)) == 2
    again = letter("a@shop.test", Message_ID="<2@p>")
    imap.put(folder, again, letter("a@shop.test", Message_ID="<3@p>"))
    assert look(house, mailbox) == 1
    assert sorted(kept(house, mailbox)) == ["<1@p>", "<2@p>", "<3@p>"]


def test_the_message_is_kept_unaltered_with_its_hash(house: House, imap: ImapBox):
    folder, raw = f"f{uuid4().hex}", letter("a@shop.test")
    imap.put(folder, raw)
    mailbox, _ = box(house, imap=imap.port, folder=folder)
    look(house, mailbox)
    found = rows(house.pool, "select o.bytes, o.sha256 = sha256(o.bytes) from mail_originals o join mails m on m.id = o.mail_id where m.mailbox_id = %s", mailbox)
    assert [(bytes(b), same) for b, same in found] == [(raw, True)]


def test_what_was_there_before_is_left_unless_asked_for(house: House, imap: ImapBox):
    folder = f"f{uuid4().hex}"
    imap.put(folder, letter("a@shop.test", Message_ID="<old@p>"))
    mailbox, _ = box(house, imap=imap.port, folder=folder, take_old=False)
    assert look(house, mailbox) == 0
    imap.put(folder, letter("a@shop.test", Message_ID="<new@p>"))
    assert look(house, mailbox) == 1
    assert kept(house, mailbox) == ["<new@p>"]


@pytest.mark.parametrize("fall", ["before", "after"])
def test_a_worker_that_dies_neither_loses_nor_doubles(house: House, imap: ImapBox, monkeypatch, fall):
    folder = f"f{uuid4().hex}"
    imap.put(folder, *(letter("a@shop.test", Message_ID=f"<{n}@{folder}>") for n in range(3)))
    mailbox, _ = box(house, imap=imap.port, folder=folder)
    real, taken = mail_keeping.keep, []

    def dying(*given, **more):
        if fall == "after" or len(taken) < 1:
            taken.append(real(*given, **more))
        if fall == "before" or len(taken) == 2:
            raise SystemExit("killed")
        return taken[-1]

    monkeypatch.setattr(mail_reading, "keep", dying)
    with pytest.raises(SystemExit):
        look(house, mailbox)
    monkeypatch.undo()
    before = len(kept(house, mailbox))
    assert before == {"before": 1, "after": 2}[fall]
    assert len(imap.seen(folder)) == before - 1
    assert look(house, mailbox) == 3 - before
    assert sorted(kept(house, mailbox)) == [f"<{n}@{folder}>" for n in range(3)]


def test_a_folder_made_anew_is_read_from_its_beginning_and_nothing_twice(house: House, imap: ImapBox):
    folder, first = f"f{uuid4().hex}", letter("a@shop.test", Message_ID="<first@p>")
    imap.put(folder, first)
    mailbox, _ = box(house, imap=imap.port, folder=folder)
    look(house, mailbox)
    imap.anew(folder)
    imap.put(folder, first, letter("a@shop.test", Message_ID="<second@p>"))
    assert look(house, mailbox) == 1
    assert sorted(kept(house, mailbox)) == ["<first@p>", "<second@p>"]


def test_a_line_that_dies_in_the_middle_is_taken_up_again_later(house: House, imap: ImapBox):
    folder = f"f{uuid4().hex}"
    imap.put(folder, *(letter("a@shop.test", "长" * 3000, Message_ID=f"<{n}@{folder}>") for n in range(3)))
    wire = Wire(imap.port, 20_000)
    mailbox, _ = box(house, imap=wire.port, folder=folder)
    look(house, mailbox)
    state = rows(house.pool, "select trouble, failures, next_look_at > %s from mailboxes where id = %s", house.clock.now(), mailbox)
    assert (state[0][0] != "", state[0][1:]) == (True, (1, True))
    some = len(kept(house, mailbox))
    assert 0 < some < 3
    wire.cut_after = None
    look(house, mailbox)
    assert len(kept(house, mailbox)) == 3
    assert rows(house.pool, "select trouble, failures from mailboxes where id = %s", mailbox) == [("", 0)]
    wire.close()


def test_a_message_too_large_waits_for_staff_by_its_header(house: House, imap: ImapBox, monkeypatch):
    monkeypatch.setattr(mail_reading, "LARGEST", 2000)
    folder = f"f{uuid4().hex}"
    imap.put(folder, letter("a@shop.test", "长" * 3000, Message_ID="<large@p>"))
    mailbox, _ = box(house, imap=imap.port, folder=folder)
    assert look(house, mailbox) == 1
    assert [r[0].split(":")[0] for r in rows(house.pool, "select note from mails where mailbox_id = %s and status = 'not_placed'", mailbox)] == ["too_large"]


def test_trying_a_mailbox_says_what_is_wrong_and_no_password_comes_out(house: House, imap: ImapBox, post):
    good, _ = box(house, imap=imap.port, smtp=post.port)
    bad, _ = box(house, imap=imap.port, smtp=post.port, password="Wrong-Secret-7")
    assert mail_reading.due(house)
    mail_reading.check(house, good)
    mail_reading.check(house, bad)
    with_words = rows(house.pool, "select check_read, check_send, checked_at is not null from mailboxes where id = any(%s::uuid[]) order by id = %s desc", [good, bad], good)
    assert with_words[0] == ("ok", "ok", True)
    assert [x.split(":")[0] for x in with_words[1][:2]] == ["login", "login"]
    assert not {good, bad} & set(store.checks_waiting(house.pool))
    mail_reading.look(house, bad)
    shown = str(rows(house.pool, "select * from mailboxes")) + str(rows(house.pool, "select before, after from audit where action like 'mailbox%%'"))
    assert "Wrong-Secret-7" not in shown
    assert not rows(house.pool, "select 1 from mailbox_secrets where imap_password like '%%Wrong-Secret-7%%'")
    with scope(house.pool, PLATFORM) as conn:
        assert store.find(conn, bad).imap_password == "Wrong-Secret-7"
    assert mailboxes.switch(house.pool, BY, bad, False, house.clock.now()) is None
    assert mail_reading.look(house, bad) == 0


BOMB = b"From: x@else.test\r\nTo: " + b"(" * 3000 + b"\r\nSubject: bomb\r\n\r\nx"


@pytest.mark.parametrize("fails", [False, True], ids=["a-header-made-to-break-it", "whatever-else"])
def test_one_mail_that_cannot_be_read_stops_no_mailbox(house: House, imap: ImapBox, monkeypatch, fails):
    folder = f"f{uuid4().hex}"
    imap.put(folder, BOMB, letter("a@shop.test", Message_ID=f"<after@{folder}>"))
    mailbox, _ = box(house, imap=imap.port, folder=folder)
    real = mail_keeping.identity
    if fails:
        monkeypatch.setattr(mail_keeping, "identity", lambda raw: real(raw) if b"bomb" not in raw else [][0])
    assert look(house, mailbox) == 2
    assert look(house, mailbox) == 0
    found = rows(house.pool, "select message_id, status, note, key like 'sha256:%%' from mails where mailbox_id = %s order by at, id", mailbox)
    assert sorted(found) == [("", *(("not_placed", "unreadable") if fails else ("kept", "")), True), (f"<after@{folder}>", "kept", "", False)]


def test_one_mailbox_that_cannot_be_read_stops_no_other(house: House, imap: ImapBox, monkeypatch):
    folder = f"f{uuid4().hex}"
    imap.put(folder, letter("a@shop.test"))
    mailbox, _ = box(house, imap=imap.port, folder=folder)
    monkeypatch.setattr(mail_reading, "_take", lambda *_: [][0])
    assert look(house, mailbox) == 0
    assert rows(house.pool, "select trouble, failures from mailboxes where id = %s", mailbox) == [("broken: IndexError", 1)]
    monkeypatch.undo()
    assert look(house, mailbox) == 1
