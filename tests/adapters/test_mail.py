"""The clients against real servers: reading, sending, and every way of not being able to."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from amends.adapters.mail.imap import folder, try_reading
from amends.adapters.mail.protocol import MailTrouble, Server
from amends.adapters.mail.smtp import send, try_sending
from tests.mail_servers import PASSWORD, USER, ImapBox, Post, Wire, authority, imap, imap_server, post, serving, smtp_server, trusting

__all__ = ["authority", "imap", "post"]
RAW = b"From: a@b.test\r\nTo: help@shop.test\r\nSubject: x\r\nMessage-ID: <1@b.test>\r\n\r\nbody\r\n.dot\r\n"


def at(port: int, **changed: object) -> Server:
    return replace(Server("127.0.0.1", port, "plain", USER, PASSWORD), **changed)


def why(call: Callable[[], object]) -> str:
    with pytest.raises(MailTrouble) as told:
        call()
    assert PASSWORD not in str(told.value)
    return told.value.why


def test_reading_takes_bytes_as_they_are_and_marks_only_what_it_is_told(imap: ImapBox):
    box = f"f{uuid4().hex}"
    imap.put(box, RAW, RAW.replace(b"<1@", b"<2@"))
    with folder(at(imap.port), box) as opened:
        uids = opened.above(0)
        assert (len(uids), opened.above(uids[-1]), opened.above(uids[0])) == (2, [], uids[1:])
        first = opened.fetch(uids[0], 10_000)
        assert first is not None
        assert (first.raw, first.size) == (RAW, len(RAW))
        assert first.arrived is not None
        assert opened.since(first.arrived.date()) == uids
        large = opened.fetch(uids[0], 20)
        assert large is not None
        assert (large.raw, b"Message-ID: <1@b.test>" in large.head) == (None, True)
        assert opened.fetch(99, 10) is None
        assert imap.seen(box) == []
        opened.seen(uids[:1])
    assert imap.seen(box) == uids[:1]


def test_sending_hands_over_the_bytes(post: Post):
    assert "queued" in send(at(post.port), "help+b1@shop.test", "a@b.test", RAW)
    assert post.got == [("help+b1@shop.test", ["a@b.test"], RAW)]
    try_sending(at(post.port))


def test_refusals_for_now_and_for_good(post: Post):
    post.answers = {"full@b.test": ["452 4.2.2 mailbox full"], "no@b.test": ["550 5.1.1 no such user"]}
    assert why(lambda: send(at(post.port), USER, "full@b.test", RAW)) == "later"
    assert why(lambda: send(at(post.port), USER, "no@b.test", RAW)) == "never"
    assert post.got == []


def test_every_way_of_not_reading(imap: ImapBox):
    gone = socket.create_server(("127.0.0.1", 0))
    port = gone.getsockname()[1]
    gone.close()
    assert why(lambda: try_reading(at(imap.port, password="wrong"), "INBOX")) == "login"
    assert why(lambda: try_reading(at(imap.port), "no-such-folder")) == "folder"
    assert why(lambda: try_reading(at(port), "INBOX")) == "unreachable"
    assert why(lambda: try_reading(at(imap.port, security="tls"), "INBOX")) in ("tls", "broken")
    assert why(lambda: try_reading(at(imap.port, security="starttls"), "INBOX")) == "tls"


@pytest.mark.parametrize("bytes_", [10, 120, 400, 700])
def test_a_reading_that_is_cut_off_says_so(imap: ImapBox, bytes_: int):
    box = f"f{uuid4().hex}"
    imap.put(box, RAW + b"x" * 3000)
    wire = Wire(imap.port, bytes_)

    def read() -> None:
        with folder(at(wire.port), box) as opened:
            opened.fetch(opened.above(0)[0], 10_000)

    assert why(read) in ("broken", "unreachable", "login", "folder")
    wire.close()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_lines_are_encrypted_and_certificates_are_checked(authority, security):
    context = serving(authority)
    with imap_server(security, context) as port:
        try_reading(at(port, security=security, context=trusting(authority)), "INBOX")
        assert why(lambda: try_reading(at(port, security=security), "INBOX")) == "tls"
    with smtp_server(security, context) as taker:
        send(at(taker.port, security=security, context=trusting(authority)), USER, "a@b.test", RAW)
        assert why(lambda: send(at(taker.port, security=security), USER, "a@b.test", RAW)) == "tls"
        assert len(taker.got) == 1


def test_every_way_of_not_sending(post: Post, imap: ImapBox):
    assert why(lambda: send(at(post.port, password="wrong"), USER, "a@b.test", RAW)) == "login"
    assert why(lambda: send(at(post.port, security="starttls"), USER, "a@b.test", RAW)) == "tls"
    assert why(lambda: send(at(post.port, user=""), USER, "a@b.test", RAW)) == "login"
    wire = Wire(post.port, 30)
    assert why(lambda: send(at(wire.port), USER, "a@b.test", RAW)) == "broken"
    wire.close()
    assert why(lambda: try_sending(at(imap.port))) in ("broken", "later", "never")
    assert post.got == []
