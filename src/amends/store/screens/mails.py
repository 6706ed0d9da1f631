"""What the pages of mail read: lists in and out, what is not placed, one mail, the mails of a ticket (TI-4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]
STATUSES = ("kept", "placed", "not_placed", "set_aside", "queued", "sent", "bounced", "refused")
_COLUMNS = (
    "m.merchant_id::text as merchant_id, m.id::text as id, m.direction, m.status, m.kind, m.case_id::text as case_id, m.sender, m.sender_name, m.recipient, m.subject, m.said, m.attached,"
    " m.dated_at, m.counts_at, m.counts_by, m.at, m.done_at, m.note, m.told, m.attempts, m.by_name, m.message_id, m.erased_at, b.address as mailbox, c.number, c.state as ticket_state, k.name as merchant"
)
_FROM = " from mails m left join mailboxes b on b.id = m.mailbox_id left join cases c on c.merchant_id = m.merchant_id and c.id = m.case_id left join merchants k on k.id = m.merchant_id"


@dataclass(slots=True)
class Sought:
    """What is looked for; empty means any. `words`: in address, subject or ticket number. `before`: (instant, id) of the last row of the page before."""

    direction: str = ""
    status: str = ""
    merchant: str = ""
    words: str = ""
    before: tuple[datetime, str] | None = None


def listed(conn: psycopg.Connection, sought: Sought, most: int) -> list[Row]:
    """The newest first; PLATFORM scope."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            f"select {_COLUMNS}{_FROM} where (%(direction)s = '' or m.direction = %(direction)s) and (%(status)s = '' or m.status = %(status)s)"
            " and (%(merchant)s = '' or m.merchant_id::text = %(merchant)s)"
            " and (%(words)s = '' or m.sender = %(plain)s or m.recipient = %(plain)s or c.number = %(number)s or m.subject ilike %(like)s)"
            " and (%(at)s::timestamptz is null or (m.at, m.id) < (%(at)s, %(id)s::uuid)) order by m.at desc, m.id desc limit %(most)s",
            {
                "direction": sought.direction, "status": sought.status, "merchant": sought.merchant, "words": sought.words, "plain": sought.words.lower(), "number": sought.words.upper(),
                "like": f"%{sought.words}%", "at": sought.before[0] if sought.before else None, "id": sought.before[1] if sought.before else None, "most": most,
            },
        ).fetchall()


def not_placed(conn: psycopg.Connection, most: int = 100) -> list[Row]:
    """Mails that wait for staff, the oldest first; PLATFORM scope."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(f"select {_COLUMNS}{_FROM} where m.status = 'not_placed' order by m.at, m.id limit %s", (most,)).fetchall()


def open_count(conn: psycopg.Connection, most: int = 1000) -> int:
    """How many wait for staff, at most `most`; PLATFORM scope."""
    row = conn.execute("select count(*) from (select 1 from mails where status = 'not_placed' limit %s) m", (most,)).fetchone()
    return int(row[0]) if row else 0


def one(conn: psycopg.Connection, mail_id: str) -> Row | None:
    """One mail with all its words and its hash; PLATFORM scope."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            f"select {_COLUMNS}, m.body, m.recipients, encode(o.sha256, 'hex') as sha256, o.size{_FROM}"
            " left join mail_originals o on o.merchant_id = m.merchant_id and o.mail_id = m.id where m.id = %s", (mail_id,),
        ).fetchone()


def of_ticket(conn: psycopg.Connection, merchant: str, case_id: str) -> list[Row]:
    """The mails of a ticket, oldest first, with what became of each; the merchant's scope or the platform's."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select m.id::text as id, m.direction, m.status, m.kind, m.sender, m.sender_name, m.recipient, m.subject, m.said, m.attached, m.dated_at, m.counts_at, m.counts_by, m.at, m.done_at,"
            " m.note, m.told, m.answers::text as answers from mails m where m.merchant_id = %s and m.case_id = %s order by m.at, m.id", (merchant, case_id),
        ).fetchall()


def tickets_of(conn: psycopg.Connection, merchant: str, number: str) -> str | None:
    """The ticket of this number of a merchant; PLATFORM scope."""
    row = conn.execute("select id::text from cases where merchant_id = %s and number = %s and kind = 'ticket'", (merchant, number)).fetchone()
    return None if row is None else row[0]


def names(conn: psycopg.Connection) -> list[Row]:
    """The merchants to choose from."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute("select id::text as id, name from merchants where closed_at is null order by name").fetchall()
