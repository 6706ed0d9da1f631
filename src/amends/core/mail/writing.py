"""A mail as it goes out: everything that is ever going to be said about it is fixed here, before the first try to send it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from amends.core.mail import tokens

ABOVE = "##- 请在此行以上回复 · Please reply above this line -##"
"""Under what we write: whatever a client puts below it is history (core/mail/quotes.py)."""
_REFERENCES = 30
_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Enclosed:
    """One file that goes with it."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be written. `address`: of the mailbox it leaves from; `plus`: whether its server takes addresses with a plus; `before`: Message-IDs of the thread, oldest first.

    `automatic`: nobody wrote it, so that other machines do not answer it.
    """

    mail_id: str
    address: str
    name: str
    plus: bool
    recipient: str
    subject: str
    number: str
    text: str
    now: datetime
    before: Sequence[str] = ()
    automatic: bool = False
    enclosed: Sequence[Enclosed] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Written:
    """The bytes (lines end in CR LF), the Message-ID, the subject, and whom the envelope names as its sender: where bounces go."""

    raw: bytes
    message_id: str
    subject: str
    envelope_from: str


def write(secret: bytes, draft: Draft) -> Written:
    """Write the message. The same draft gives the same Message-ID."""
    message = EmailMessage(policy=SMTP)
    domain = draft.address.rpartition("@")[2]
    message_id = f"<{tokens.token(secret, draft.mail_id)}@{domain}>"
    subject = subject_of(draft.subject, draft.number, bool(draft.before))
    message["From"] = Address(_plain(draft.name), addr_spec=draft.address) if draft.name else draft.address
    message["To"] = Address(addr_spec=draft.recipient)
    message["Subject"] = subject
    message["Date"] = draft.now
    message["Message-ID"] = message_id
    if draft.before:
        message["In-Reply-To"] = draft.before[-1]
        message["References"] = " ".join([*draft.before[:1], *draft.before[1:][-_REFERENCES:]])
    if draft.plus:
        message["Reply-To"] = tokens.addressed(draft.address, "r", secret, draft.mail_id)
    if draft.automatic:
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    message["X-Amends-House"] = house(secret)
    message["X-Amends-Ticket"] = draft.number
    message.set_content(f"{draft.text.strip()}\n\n{ABOVE}\n{draft.number}\n", charset="utf-8", cte="base64")
    for one in draft.enclosed:
        kind, _, sub = one.media_type.partition("/")
        message.add_attachment(one.data, maintype=kind, subtype=sub or "octet-stream", filename=one.name)
    sender = tokens.addressed(draft.address, "b", secret, draft.mail_id) if draft.plus else draft.address
    return Written(message.as_bytes(), message_id, subject, sender)


def house(secret: bytes) -> str:
    """What our own mails carry, so that one that comes back to us by some loop is known."""
    return hashlib.sha256(b"amends.house." + secret).hexdigest()[:20]


def subject_of(subject: str, number: str, answers: bool) -> str:
    """The subject with the ticket's number, once; an answer keeps the other side's."""
    plain = _plain(subject)[:_SUBJECT]
    if answers and not plain.lower().startswith(("re:", "re：", "回复:", "回复：", "答复:", "答复：")):
        plain = f"Re: {plain}"
    return plain if number in plain else f"{plain} [{number}]".strip()


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
