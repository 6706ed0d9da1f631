"""Mails in and out (TI-4): kept before they are understood, placed once, sent under a Message-ID that is fixed before the first try; the messages themselves with their hashes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from amends.store.connect import PLATFORM, Pool, scope
from amends.store.mailboxes import PLATFORMS_OWN

LEASE = timedelta(minutes=2)
TRIES = 12
Row = dict[str, Any]


@dataclass(slots=True)
class Kept:
    """A mail that was kept and is to be understood. `at`: when we received it."""

    merchant_id: str
    id: str
    mailbox_id: str | None
    at: datetime
    attempts: int


@dataclass(slots=True)
class Known:
    """A mail that another one speaks of: which, whose, on which ticket, in what state, and whose word it was or whom it was for (`side`)."""

    merchant_id: str
    id: str
    direction: str
    status: str
    case_id: str | None
    message_id: str
    recipient: str
    at: datetime
    side: str


def keep(conn: psycopg.Connection, mail_id: str, mailbox_id: str, key: str, message_id: str, raw: bytes, now: datetime, note: str = "") -> bool:
    """Keep a message as it came, to be understood next; false if this mailbox has it already. With a note it is not to be read (too large) and waits for staff. PLATFORM scope."""
    if not conn.execute("insert into mail_keys (mailbox_id, key, mail_id) values (%s, %s, %s) on conflict do nothing", (mailbox_id, key, mail_id)).rowcount:
        return False
    conn.execute(
        "insert into mails (merchant_id, id, direction, mailbox_id, status, key, message_id, at, due_at, note) values (%s, %s, 'in', %s, %s, %s, %s, %s, %s, %s)",
        (PLATFORMS_OWN, mail_id, mailbox_id, "not_placed" if note else "kept", key, message_id, now, None if note else now, note),
    )
    _original(conn, PLATFORMS_OWN, mail_id, raw)
    return True


def _original(conn: psycopg.Connection, merchant: str, mail_id: str, raw: bytes) -> None:
    conn.execute(
        "insert into mail_originals (merchant_id, mail_id, sha256, size, bytes) values (%s, %s, %s, %s, %s) on conflict do nothing",
        (merchant, mail_id, hashlib.sha256(raw).digest(), len(raw), raw),
    )


def original(conn: psycopg.Connection, merchant: str, mail_id: str) -> tuple[bytes, bytes] | None:
    """(bytes, SHA-256) of the message as it came or went."""
    row = conn.execute("select bytes, sha256 from mail_originals where merchant_id = %s and mail_id = %s", (merchant, mail_id)).fetchone()
    return None if row is None else (bytes(row[0]), bytes(row[1]))


def add_file(conn: psycopg.Connection, merchant: str, file_id: str, media_type: str, data: bytes, uploaded_by: str, now: datetime) -> None:
    """Keep an attachment; the same id again changes nothing."""
    conn.execute(
        "insert into files (merchant_id, id, sha256, media_type, size, bytes, uploaded_by, at) values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict (merchant_id, id) do nothing",
        (merchant, file_id, hashlib.sha256(data).digest(), media_type, len(data), data, uploaded_by, now),
    )


def bind_files(conn: psycopg.Connection, merchant: str, ids: list[str], case_id: str) -> None:
    """Attachments that stay with a mail belong to its ticket, also those that were not handed on with its words."""
    conn.execute("update files set case_id = %s where merchant_id = %s and id = any(%s::uuid[]) and case_id is null", (case_id, merchant, ids))


def any_kept(pool: Pool, now: datetime) -> bool:
    """Whether a mail waits to be understood."""
    with scope(pool, PLATFORM) as conn:
        row = conn.execute("select exists (select 1 from mails where status = 'kept' and due_at <= %s)", (now,)).fetchone()
    return bool(row and row[0])


def lease_kept(pool: Pool, now: datetime, most: int) -> list[Kept]:
    """Take mails that wait to be understood, the first received first, for LEASE. One that could not be for TRIES times waits for staff."""
    with scope(pool, PLATFORM) as conn:
        rows = conn.execute(
            "with picked as materialized (select merchant_id, id from mails where status = 'kept' and due_at <= %(now)s order by at, id limit %(most)s for update skip locked)"
            " update mails m set due_at = %(until)s, attempts = least(m.attempts + 1, %(tries)s), status = case when m.attempts >= %(tries)s then 'not_placed' else m.status end,"
            " note = case when m.attempts >= %(tries)s then 'unreadable' else m.note end from picked p where m.merchant_id = p.merchant_id and m.id = p.id"
            " returning m.merchant_id::text, m.id::text, m.mailbox_id::text, m.at, m.attempts, m.status",
            {"now": now, "until": now + LEASE, "most": most, "tries": TRIES},
        ).fetchall()
    return [Kept(*row[:5]) for row in sorted(rows, key=lambda r: (r[3], r[1])) if row[5] == "kept"]


def put_off(pool: Pool, mail: Kept, now: datetime, words: str) -> None:
    """It could not be placed now: again later, 10 s doubling."""
    with scope(pool, PLATFORM) as conn:
        conn.execute(
            "update mails set told = %s, due_at = %s::timestamptz + least(interval '10 seconds' * power(2, attempts - 1), interval '6 hours') where merchant_id = %s and id = %s and status = 'kept' and attempts = %s",
            (words[:500], now, mail.merchant_id, mail.id, mail.attempts),
        )


def settle(conn: psycopg.Connection, mail_id: str, merchant: str, found: Row, now: datetime) -> None:
    """Where a mail belongs: on a ticket of a merchant, or nowhere yet. Its message moves with it. PLATFORM scope. `found`: columns by name."""
    values = {**found, "done_at": now if found["status"] != "not_placed" else None}
    if "recipients" in values:
        values["recipients"] = Jsonb(values["recipients"])
    if "attached" in values:
        values["attached"] = Jsonb(values["attached"])
    sets = ", ".join(f"{name} = %({name})s" for name in values)
    before = conn.execute("select merchant_id::text from mails where id = %s", (mail_id,)).fetchone()
    conn.execute(f"update mails set merchant_id = %(to)s, due_at = null, {sets} where id = %(mail)s and direction = 'in'", {**values, "to": merchant, "mail": mail_id})
    if before is not None and before[0] != merchant:
        conn.execute("update mail_originals set merchant_id = %s where merchant_id = %s and mail_id = %s", (merchant, before[0], mail_id))


def waiting(conn: psycopg.Connection, mail_id: str) -> Kept | None:
    """A mail that waits for staff; None for any other. PLATFORM scope."""
    row = conn.execute("select merchant_id::text, id::text, mailbox_id::text, at, attempts from mails where id = %s and status = 'not_placed'", (mail_id,)).fetchone()
    return None if row is None else Kept(*row)


def put_aside(conn: psycopg.Connection, mail_id: str, reason: str, by_name: str, now: datetime) -> bool:
    """Staff decide that a mail belongs to no ticket; false if it does not wait for them. PLATFORM scope."""
    return conn.execute(
        "update mails set status = 'set_aside', note = 'by_hand', told = %s, by_name = %s, done_at = %s where id = %s and status = 'not_placed'", (reason, by_name, now, mail_id)
    ).rowcount == 1


def by_message_ids(conn: psycopg.Connection, ids: list[str]) -> list[Known]:
    """Mails under these Message-IDs, in the order of the list; PLATFORM scope."""
    rows = conn.execute(
        "select merchant_id::text, id::text, direction, status, case_id::text, message_id, recipient, at, side from mails where message_id = any(%s) order by array_position(%s, message_id), at", (ids, ids)
    ).fetchall()
    return [Known(*row) for row in rows]


def one(conn: psycopg.Connection, mail_id: str) -> Known | None:
    """One mail by its id; PLATFORM scope."""
    row = conn.execute("select merchant_id::text, id::text, direction, status, case_id::text, message_id, recipient, at, side from mails where id = %s", (mail_id,)).fetchone()
    return None if row is None else Known(*row)


def wrote_on(conn: psycopg.Connection, sender: str, number: str) -> list[tuple[str, str]]:
    """(merchant, ticket) of tickets with this number on which this address has written, or was written to; PLATFORM scope."""
    rows = conn.execute(
        "select distinct m.merchant_id::text, m.case_id::text from mails m join cases c on c.merchant_id = m.merchant_id and c.id = m.case_id"
        " where c.number = %(n)s and (m.direction = 'in' and m.sender = %(a)s or m.direction = 'out' and m.recipient = %(a)s)", {"n": number, "a": sender},
    ).fetchall()
    return [(row[0], row[1]) for row in rows]


def began_lately(conn: psycopg.Connection, sender: str, merchant: str, since: datetime) -> int:
    """How many tickets of a merchant this address has begun since then; PLATFORM scope."""
    row = conn.execute("select count(*) from mails where sender = %s and direction = 'in' and at > %s and merchant_id = %s and note = 'new'", (sender, since, merchant)).fetchone()
    return int(row[0]) if row else 0


def thread_of(conn: psycopg.Connection, merchant: str, case_id: str) -> list[Row]:
    """The mails of a ticket, oldest first, for the next one's headers."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select id::text as id, direction, status, kind, message_id, sender, sender_name, reply_to, recipient, subject, mailbox_id::text as mailbox_id from mails"
            " where merchant_id = %s and case_id = %s and message_id <> '' order by at, id", (merchant, case_id),
        ).fetchall()


def add_out(conn: psycopg.Connection, merchant: str, row: Row, raw: bytes, now: datetime) -> bool:
    """A mail that is to go out, exactly as it will; the same id again changes nothing. Row: id, mailbox_id, message_id, case_id, sender, sender_name, recipient, subject, said, side, by_name, attached, answers."""
    values = {**row, "attached": Jsonb(row["attached"])}
    made = conn.execute(
        "insert into mails (merchant_id, id, direction, mailbox_id, status, key, message_id, case_id, answers, sender, sender_name, recipient, subject, said, side, by_name, attached, at)"
        " values (%(merchant)s, %(id)s, 'out', %(mailbox_id)s, 'queued', %(message_id)s, %(message_id)s, %(case_id)s, %(answers)s, %(sender)s, %(sender_name)s, %(recipient)s, %(subject)s, %(said)s, %(side)s,"
        " %(by_name)s, %(attached)s, %(now)s) on conflict do nothing", {**values, "merchant": merchant, "now": now},
    ).rowcount
    if made:
        _original(conn, merchant, row["id"], raw)
    return bool(made)


def out(conn: psycopg.Connection, merchant: str, mail_id: str) -> Row | None:
    """What is needed to send one: state, mailbox, addresses."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select id::text as id, status, mailbox_id::text as mailbox_id, sender, recipient, attempts, case_id::text as case_id from mails where merchant_id = %s and id = %s and direction = 'out'",
            (merchant, mail_id),
        ).fetchone()


def tried(pool: Pool, merchant: str, mail_id: str, status: str, told: str, now: datetime) -> None:
    """What came of a try: sent, refused, or queued still. A mail that came back meanwhile stays so."""
    with scope(pool, PLATFORM) as conn:
        conn.execute(
            "update mails set status = %(s)s, told = %(told)s, attempts = attempts + 1, done_at = case when %(s)s = 'queued' then null else %(now)s::timestamptz end"
            " where merchant_id = %(m)s and id = %(id)s and direction = 'out' and status in ('queued', 'refused')",
            {"s": status, "told": told[:500], "now": now, "m": merchant, "id": mail_id},
        )


def came_back(conn: psycopg.Connection, merchant: str, mail_id: str, told: str, final: bool) -> None:
    """A report about a mail of ours: it was not delivered, or only late so far. PLATFORM scope."""
    conn.execute(
        "update mails set told = %s, status = case when %s then 'bounced' else status end where merchant_id = %s and id = %s and direction = 'out' and status in ('queued', 'sent', 'bounced')",
        (told[:500], final, merchant, mail_id),
    )


def requeue(conn: psycopg.Connection, merchant: str, mail_id: str) -> Row | None:
    """A mail that was refused or came back is to be sent again; answers its row, None if it is neither. PLATFORM scope."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "update mails set status = 'queued', done_at = null where merchant_id = %s and id = %s and direction = 'out' and status in ('refused', 'bounced') and erased_at is null returning id::text as id, case_id::text as case_id, attempts, recipient",
            (merchant, mail_id),
        ).fetchone()
