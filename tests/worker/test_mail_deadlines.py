"""When a mail's answer is due, when it is red, and that what came stays as it came (TI-2, TI-4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from psycopg import errors

from amends.engine.ringing import ring
from amends.store.connect import PLATFORM, scope
from tests.mail_house import box, letter, rows
from tests.mail_servers import post
from tests.mail_tickets import CHINA, answered, come, house, mailreader, reply, send, shop, tickets

__all__ = ["house", "post", "shop"]


@pytest.mark.parametrize(("sent", "due"), [
    pytest.param("2026-03-04T15:59", "2026-03-04T18:00", id="before-four"),
    pytest.param("2026-03-04T16:00", "2026-03-05T18:00", id="at-four"),
    pytest.param("2026-03-06T16:00", "2026-03-07T18:00", id="friday-into-saturday"),
    pytest.param("2026-03-07T15:59", "2026-03-07T18:00", id="saturday"),
    pytest.param("2026-01-31T16:00", "2026-02-01T18:00", id="month-end"),
    pytest.param("2026-12-31T16:00", "2027-01-01T18:00", id="year-end"),
    pytest.param("2028-02-28T16:00", "2028-02-29T18:00", id="leap-day"),
    pytest.param("2026-09-30T16:00", "2026-10-01T18:00", id="into-the-national-holiday"),
    pytest.param("2026-02-17T15:59", "2026-02-17T18:00", id="new-years-day-of-the-lunar-year"),
])
def test_the_deadline_runs_from_when_the_mail_was_sent(house, shop, sent, due):
    at = datetime.fromisoformat(sent).replace(tzinfo=CHINA)
    house.clock.at = (at + timedelta(minutes=25)).astimezone(UTC)
    mailbox, address = box(house, merchant=shop.merchant)
    come(house, mailbox, letter(address, dated=at))
    [(found, counts)] = shop.all(
        "select k.due_at, m.counts_by from cases c join clocks k on k.merchant_id = c.merchant_id and k.case_id = c.id join mails m on m.case_id = c.id where c.merchant_id = %s and c.kind = 'ticket'", shop.merchant)
    assert (found.astimezone(CHINA).strftime("%Y-%m-%dT%H:%M"), counts) == (due, "date")


@pytest.mark.parametrize(("sent", "due"), [("2026-04-30T15:59", "2026-04-30T18:00"), ("2026-04-30T16:00", "2026-05-01T18:00")], ids=["before-four", "at-four-into-a-holiday"])
def test_the_next_turns_deadline_runs_from_the_next_mail(house, shop, post, sent, due):
    at = datetime.fromisoformat(sent).replace(tzinfo=CHINA)
    house.clock.at = shop.now = (at - timedelta(hours=5)).astimezone(UTC)
    mailbox, address = box(house, merchant=shop.merchant, smtp=post.port)
    come(house, mailbox, letter(address, dated=at - timedelta(hours=5)))
    reply(shop, tickets(shop)[0][0])
    send(house)
    house.clock.at = (at + timedelta(minutes=12)).astimezone(UTC)
    come(house, mailbox, letter(address, "还有问题", dated=at, In_Reply_To=mailreader(post.got[-1][2]).message_id))
    [(found,)] = shop.all("select k.due_at from clocks k join cases c on c.merchant_id = k.merchant_id and c.id = k.case_id where c.merchant_id = %s and c.kind = 'ticket'", shop.merchant)
    assert found.astimezone(CHINA).strftime("%Y-%m-%dT%H:%M") == due


@pytest.mark.parametrize(("late", "by"), [(timedelta(hours=-2), "future"), (timedelta(days=3), "old"), (timedelta(hours=4), "overdue")])
def test_a_date_that_cannot_be_believed_gives_way_to_the_receipt(house, shop, late, by):
    at = datetime(2026, 3, 4, 15, 30, tzinfo=CHINA)
    house.clock.at = (at + late).astimezone(UTC)
    mailbox, address = box(house, merchant=shop.merchant)
    come(house, mailbox, letter(address, dated=at))
    assert rows(house.pool, "select counts_by, counts_at = at from mails where mailbox_id = %s", mailbox) == [(by, True)]


@pytest.mark.parametrize("sql", ["update mail_originals set bytes = 'x', size = 1", "update mail_originals set sha256 = sha256('x')", "delete from mail_originals", "truncate mail_originals", "delete from mails"])
@pytest.mark.parametrize("side", ["merchant", "platform"])
def test_a_mail_that_came_is_neither_changed_nor_taken_away(house, shop, side, sql):
    mailbox, address = box(house, merchant=shop.merchant)
    come(house, mailbox, letter(address))
    with pytest.raises(errors.InsufficientPrivilege), scope(house.pool, PLATFORM if side == "platform" else UUID(shop.merchant)) as conn:
        conn.execute(sql)


def test_a_merchants_people_read_their_mails_and_write_none(house, shop):
    mailbox, address = box(house, merchant=shop.merchant)
    come(house, mailbox, letter(address))
    assert len(shop.all("select 1 from mails where merchant_id = %s", shop.merchant)) == 1
    with pytest.raises(errors.InsufficientPrivilege), scope(house.pool, UUID(shop.merchant)) as conn:
        conn.execute("update mails set status = 'set_aside'")


@pytest.mark.parametrize(("sent", "due"), [("2026-03-04T15:59", "2026-03-04T18:00"), ("2026-03-04T16:00", "2026-03-05T18:00")], ids=["before-four", "at-four"])
def test_a_mail_is_red_by_its_own_time_and_transferred_only_when_late(house, shop, post, sent, due):
    at, until = (datetime.fromisoformat(x).replace(tzinfo=CHINA) for x in (sent, due))
    house.clock.at = shop.now = (at + timedelta(minutes=10)).astimezone(UTC)
    mailbox, address = box(house, merchant=shop.merchant, smtp=post.port)
    come(house, mailbox, letter(address, dated=at))
    red = "select (facts ->> 'red_at')::timestamptz from cases where merchant_id = %s and kind = 'ticket'"
    assert shop.all(red, shop.merchant) == [(until - timedelta(hours=1),)]
    ring(shop.pool, shop.merchant, until.astimezone(UTC) - timedelta(seconds=1))
    assert shop.all("select state, coalesce(facts ->> 'late', 'false') from cases where merchant_id = %s and kind = 'ticket'", shop.merchant) == [("awaiting_merchant", "false")]
    shop.now = max(until, at + timedelta(hours=24)).astimezone(UTC)
    for _ in range(3):
        ring(shop.pool, shop.merchant, shop.now)
    assert tickets(shop)[0][2] == "transferred"


def test_the_next_turn_of_a_mail_is_red_by_its_own_time_too(house, shop, post):
    mailbox, address, out = answered(house, shop, post)
    at = datetime(2026, 3, 3, 16, 30, tzinfo=CHINA)
    house.clock.at = at.astimezone(UTC)
    come(house, mailbox, letter(address, "还没解决", dated=at, In_Reply_To=out.message_id))
    assert shop.all("select (facts ->> 'red_at')::timestamptz from cases where merchant_id = %s and kind = 'ticket'", shop.merchant) == [(datetime(2026, 3, 4, 17, 0, tzinfo=CHINA),)]
