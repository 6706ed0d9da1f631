"""The simulated post office keeps to the protocols: our own clients, tested against real servers elsewhere, get along with it."""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime

import pytest

from amends.adapters.mail.imap import folder
from amends.adapters.mail.protocol import MailTrouble, Server
from amends.adapters.mail.smtp import send, try_sending
from amends.core.mail.reading import Kind, read
from amends.core.mail.writing import Draft, write
from amends.simulators.house_clock import HouseClock
from amends.simulators.mail_imap import ImapServer
from amends.simulators.mail_office import Office
from amends.simulators.mail_people import WRITES, People, Places
from amends.simulators.mail_smtp import SmtpServer

SHOP, PLATFORM, PASSWORD = "kefu@shop.test", "help@platform.test", "Loop-back 9\""


class World:
    """The office with both servers and its people."""

    def __init__(self, grey: float = 0.0) -> None:
        self.office, self.stop = Office([SHOP, PLATFORM], PASSWORD), threading.Event()
        self.people = People(self.office, Places(SHOP, PLATFORM), HouseClock(), random.Random(1), self.stop, 0.0)
        self.imap = ImapServer(("127.0.0.1", 0), self.office)
        self.smtp = SmtpServer(("127.0.0.1", 0), self.office, self.people.taken, grey, random.Random(1))
        for server in (self.imap, self.smtp):
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def reads(self, password: str = PASSWORD) -> Server:
        return Server("127.0.0.1", self.imap.server_address[1], "plain", SHOP, password)

    def sends(self, password: str = PASSWORD) -> Server:
        return Server("127.0.0.1", self.smtp.server_address[1], "plain", SHOP, password)

    def shop_has(self, at_least: int) -> list[bytes]:
        """What lies in the shop's mailbox, when there are that many; fetched as the product does."""
        until = time.monotonic() + 10
        while len(self.office.letters(SHOP)) < at_least and time.monotonic() < until:
            self.stop.wait(0.01)
        with folder(self.reads(), "INBOX") as opened:
            found = [opened.fetch(uid, 1_000_000) for uid in opened.above(0)]
            opened.seen(opened.above(0))
        return [f.raw for f in found if f is not None and f.raw is not None]


@pytest.fixture
def world():
    made = World()
    yield made
    made.stop.set()
    for server in (made.imap, made.smtp):
        server.shutdown()
        server.server_close()


def test_people_write_first(world: World):
    world.people.begin(0.0)
    letters = [read(raw) for raw in world.shop_has(2)]
    assert [m.subject for m in letters] == [s for to, _, s, _ in WRITES if to == "shop"]
    assert "集市客服" not in letters[0].said
    assert all("\\Seen" in letter.flags for letter in world.office.letters(SHOP))


@pytest.mark.parametrize(("recipient", "kind"), [("wang@market.test", Kind.MAIL), ("away@market.test", Kind.AUTO_REPLY), ("gone@market.test", Kind.BOUNCE)])
def test_they_answer_are_away_or_are_gone(world: World, recipient, kind):
    written = write(b"secret", Draft("6c9e1f0a-0000-4000-8000-000000000001", SHOP, "青禾售后", True, recipient, "投诉", "T-2026-000001", "同意退款", datetime(2026, 3, 2, tzinfo=UTC)))
    send(world.sends(), written.envelope_from, recipient, written.raw)
    [answer] = [read(raw) for raw in world.shop_has(1)]
    assert answer.kind is kind
    if kind is Kind.BOUNCE:
        assert answer.bounce is not None
        assert (answer.bounce.recipient, written.message_id in answer.bounce.about) == (recipient, True)
    else:
        assert (answer.in_reply_to, "同意退款" in answer.said, "同意退款" in answer.text) == ((written.message_id,), False, True)


def test_it_says_no_as_servers_do(world: World):
    for call, why in ((lambda: try_sending(world.sends("wrong")), "login"), (lambda: send(world.sends(), SHOP, "nobody@x.test", b"x"), "never")):
        with pytest.raises(MailTrouble) as told:
            call()
        assert told.value.why == why
    with pytest.raises(MailTrouble) as told, folder(world.reads("wrong"), "INBOX"):
        pass
    assert told.value.why == "login"
    with pytest.raises(MailTrouble) as told, folder(world.reads(), "Nope"):
        pass
    assert told.value.why == "folder"


def test_greylisting_lets_the_second_try_in():
    made = World(grey=1.0)
    with pytest.raises(MailTrouble) as told:
        send(made.sends(), SHOP, PLATFORM, b"Subject: x\r\n\r\ny\r\n")
    assert told.value.why == "later"
    send(made.sends(), SHOP, PLATFORM, b"Subject: x\r\n\r\ny\r\n")
    assert len(made.office.letters(PLATFORM)) == 1
    for server in (made.imap, made.smtp):
        server.shutdown()
        server.server_close()
