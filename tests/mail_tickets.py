"""A shop whose mail is placed onto tickets: what the tests of it say again and again."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from amends.core.actor import ALL, Actor, Party
from amends.core.mail.reading import Read, read
from amends.core.verbs.ticket import Reply
from amends.engine.handle import Asked, handle
from amends.engine.house import House
from amends.engine.ids import new_id
from amends.engine.mail_keeping import keep
from amends.engine.ticket import NewTicket, TicketOpened
from amends.engine.tickets import open_ticket
from amends.worker.mail_placing import place_kept
from amends.worker.outside import LANES, perform_outside
from tests.mail_house import a_house, box, letter, rows
from tests.mail_servers import Post
from tests.shop import Shop, open_shop

CHINA = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def house(pool, database_url, tmp_path_factory) -> House:
    return a_house(pool, database_url, tmp_path_factory.mktemp("home"))


@pytest.fixture
def shop(pool, house) -> Shop:
    made = open_shop(pool, name=f"青禾家居 {new_id()[-6:]}")
    house.clock.at = made.now = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    return made


def come(house: House, mailbox: str, raw: bytes) -> None:
    """A mail comes in by a pipe and is placed."""
    keep(house.pool, mailbox, raw, house.clock.now())
    while place_kept(house):
        pass


def mail_of(house: House, mailbox: str) -> list[tuple]:
    """(status, note, ticket's number, kind) of what came in, in order."""
    return rows(house.pool, "select m.status, m.note, c.number, m.kind from mails m left join cases c on c.id = m.case_id where m.mailbox_id = %s and m.direction = 'in' order by m.at, m.id", mailbox)


def tickets(shop: Shop) -> list[tuple]:
    return shop.all("select id::text, number, state, type, facts ->> 'title' from cases where merchant_id = %s and kind = 'ticket' order by opened_at, id", shop.merchant)


def said(shop: Shop) -> list[tuple]:
    return shop.all("select actor_kind, actor_name, body, cardinality(file_ids) from messages where merchant_id = %s order by at, id", shop.merchant)


def reply(shop: Shop, ticket: str, words: str = "同意退款，请查收") -> None:
    """The merchant answers on the desk."""
    answer = handle(shop.pool, [Asked(new_id(), shop.merchant, ticket, Reply("approve", words), shop.hai, kind="ticket")], shop.now)[0]
    assert answer.refusal is None, answer.refusal


def send(house: House) -> None:
    """What waits to go out goes out."""
    while perform_outside(house, LANES["mail"]):
        pass


def complaint(house: House, shop: Shop) -> str:
    """A complaint that the platform opened; answers its id."""
    made = open_ticket(house.pool, shop.merchant, NewTicket("complaint", "quality", "瓷杯漏水"), Actor(Party.PLATFORM, new_id(), "平平", None, ALL), house.clock.now(), new_id())
    assert isinstance(made, TicketOpened), made
    return made.ticket_id


def mailreader(raw: bytes) -> Read:
    return read(raw)


def answered(house: House, shop: Shop, post: Post, **more):
    """A ticket that came by mail and was answered by mail: (mailbox, address, what went out)."""
    mailbox, address = box(house, merchant=shop.merchant, smtp=post.port, plus=True, **more)
    come(house, mailbox, letter(address))
    reply(shop, tickets(shop)[-1][0])
    send(house)
    house.clock.on(hours=1)
    return mailbox, address, mailreader(post.got[-1][2])
