"""A message comes in: kept as it is, once, before anybody tries to understand it (TI-4).

The same message in the same mailbox is the same mail, however often and by whichever way it comes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from amends.core.mail import tokens
from amends.core.mail.reading import envelope
from amends.engine.ids import new_id
from amends.engine.photos import say_size
from amends.store import mailboxes, mails
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.mailboxes import Mailbox

LARGEST = 25 * 1024 * 1024
"""Bytes of a message that we take; what is larger stays in its mailbox and is named to the staff."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a folder was taken with this message: its UIDVALIDITY and UID, and when the server received it."""

    validity: int
    uid: int
    arrived: datetime | None = None


def keep(pool: Pool, mailbox_id: str, raw: bytes, now: datetime, *, place: Place | None = None, size: int | None = None) -> bool:
    """Keep a message, and that the folder was taken up to it, in one transaction; false if this mailbox has it already.

    `size`: of the message when only its header could be fetched, because it is larger than LARGEST. A message whose header cannot be read at all is known by its hash and waits for staff.
    """
    note = f"too_large:{say_size(size)}" if size is not None else ""
    try:
        key, message_id = identity(raw)
    except Exception:  # whatever it is, it must not stop the mailbox: the next ones stand behind it
        key, message_id, note = _hash_of(raw), "", note or "unreadable"
    with scope(pool, PLATFORM) as conn:
        made = mails.keep(conn, new_id(), mailbox_id, key, message_id, raw, now, note)
        if place is not None:
            mailboxes.taken(conn, mailbox_id, place.validity, place.uid, place.arrived)
    return made


def identity(raw: bytes) -> tuple[str, str]:
    """(what the message is known by, its Message-ID or an empty text).

    By Message-ID and body, so that a program that gives all its mails the same one loses none: such a mail is kept, and counts once on a ticket all the same (engine/mail_placing.py).
    """
    message_id = envelope(raw).message_id
    body = raw.partition(b"\r\n\r\n")[2] or raw.partition(b"\n\n")[2]
    return (f"{message_id} {hashlib.sha256(body).hexdigest()[:16]}", message_id) if message_id else (_hash_of(raw), "")


def _hash_of(raw: bytes) -> str:
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def mailbox_for(pool: Pool, raw: bytes, told: str = "") -> Mailbox | None:
    """The mailbox that a piped message is for: the address the mail server names, else those the message itself was delivered or written to."""
    head = envelope(raw)
    with scope(pool, PLATFORM) as conn:
        return mailboxes.at_address(conn, [a for one in ((told,) if told else head.recipients) for a in dict.fromkeys((one.lower(), tokens.without(one)))])
