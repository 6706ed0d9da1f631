"""Which ticket a mail belongs to, and whose word it is (TI-4): by the mail it answers, then by the address we gave. The ticket's number, from somebody who writes on it, says only where staff look.

Never by the words of a subject alone: two complaints may well be called the same. A merchant's mailbox threads onto that merchant's tickets only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from amends.core.mail import tokens
from amends.core.mail.reading import Read
from amends.store import audit, mailboxes, mails
from amends.store.mailboxes import Mailbox
from amends.store.mails import Known

NUMBER = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,3}-\d{4}-\d{6,9}(?!\d)")


class TooEarly(Exception):
    """What the mail answers was kept and is not placed yet: another worker is at it, so this one waits its turn."""


@dataclass(frozen=True, slots=True)
class Thread:
    """The ticket, how it was found (`message`, `number`, `address`), and whose word the mail is: `merchant`, `other_side`, or `unsure` when nothing but what it says of itself tells whose it is."""

    merchant: str
    case_id: str
    by: str
    side: str


def thread_of(conn: audit.Connection, secret: bytes, mail: Read, box: Mailbox | None) -> Thread | None:
    """The thread of this mail; None when it begins one. PLATFORM scope. Raises TooEarly."""
    ours = mailboxes.merchants_at(conn, mail.sender[1]) if mail.sender[1] else set()
    ids = [*reversed(mail.in_reply_to), *reversed(mail.references)]
    for known in mails.by_message_ids(conn, ids) if ids else []:
        if known.status == "kept" and known.message_id != mail.message_id:
            raise TooEarly(known.message_id)
        if known.case_id and _may(box, known.merchant_id):
            return Thread(known.merchant_id, known.case_id, "message", _side(known, mail, ours))
    for address in (*mail.delivered_to, *(a for _, a in mail.to)):
        named = tokens.read(secret, address)
        answered = mails.one(conn, named[1]) if named and named[0] == "r" else None
        if answered is not None and answered.direction == "out" and answered.case_id and _may(box, answered.merchant_id):
            return Thread(answered.merchant_id, answered.case_id, "address", _side(answered, mail, ours))
    for number in dict.fromkeys(NUMBER.findall(mail.subject)):
        found = [x for x in mails.wrote_on(conn, mail.sender[1], number) if _may(box, x[0])]
        if len(found) == 1:
            return Thread(*found[0], "number", "unsure")
    return None


def returned(conn: audit.Connection, secret: bytes, mail: Read) -> Known | None:
    """The mail of ours that a report of non-delivery is about: by the address it came to, else by our Message-ID in what was returned. PLATFORM scope."""
    for address in (*mail.delivered_to, *(a for _, a in mail.to)):
        named = tokens.read(secret, address)
        found = mails.one(conn, named[1]) if named and named[0] == "b" else None
        if found is not None and found.direction == "out":
            return found
    about = list(mail.bounce.about) if mail.bounce else []
    return next((known for known in mails.by_message_ids(conn, about) if known.direction == "out"), None) if about else None


def _may(box: Mailbox | None, merchant: str) -> bool:
    return box is None or box.of_platform or box.merchant_id == merchant


def _side(known: Known, mail: Read, ours: set[str]) -> str:
    """Whose word a mail is by the one it answers. A From proves nothing: the merchant's word is only what answers a mail of ours from the very address it went to.

    Whoever answers the merchant's mails from elsewhere may be a clerk or may be nobody; whoever writes from a merchant's address about the other side's mails was not asked.
    """
    if known.side == "merchant":
        return "merchant" if known.direction == "out" and known.recipient == mail.sender[1] else "unsure"
    return "other_side" if known.side == "other_side" and known.merchant_id not in ours else "unsure"
