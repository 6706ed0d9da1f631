"""Tickets by mail (TI-4): what the mail room calls to open a ticket, to add what was written back, and to learn what a mail about a ticket says.

Outgoing: effect `mail_ticket` of the outbox, body `{"ticket", "number", "to": "merchant" | "other_side", "message", "command", "version"}`. The worker's lane performs it:
`outgoing()` tells the words, attachments and, for the other side, the address; the merchant's address is the mail room's own. The subject carries the ticket's number (`subject_of`).
Every function is safe to call again with the same key: what was done is answered, not repeated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from amends.core.actor import Actor, Party
from amends.core.refusal import Refusal
from amends.core.verbs.ticket import RESULTS, FollowUp, Reply
from amends.engine.handle import Answer, Asked, handle
from amends.engine.ids import is_id
from amends.engine.ticket import WORDS_AT_MOST, NewTicket, TicketOpened
from amends.engine.tickets import command_id_of, open_ticket
from amends.store import ticketing
from amends.store.connect import Pool, scope
from amends.store.ticketing import MailOfTicket

Side = Literal["merchant", "other_side"]
REPLY_AT_MOST = 2000
"""Characters of an answer on a ticket; a longer mail is cut here and stays whole in the mail room."""
PLATFORM_MAIL = Actor(Party.PLATFORM, "mail", "邮件", permissions=frozenset({"ticket.follow_up"}))
_NUMBER = re.compile(r"\bT-\d{4}-\d{6,}\b")


@dataclass(frozen=True, slots=True)
class TicketMail:
    """One mail as it was read. `sent_at`: the instant that counts (UTC). `key`: its Message-ID (or a hash where there is none). `files`: ids of kept attachments of the merchant.

    `name`: who wrote, as far as the mail says. `result`: the merchant's fixed opinion where the mail names one (TI-8); a mail without one counts as asking back.
    """

    key: str
    sender: str
    subject: str
    words: str
    sent_at: datetime
    files: tuple[str, ...] = ()
    name: str = ""
    result: str = ""


def number_in(subject: str) -> str:
    """The ticket's number that a subject carries; empty without one."""
    found = _NUMBER.search(subject.upper())
    return found.group() if found else ""


def subject_of(number: str, title: str) -> str:
    """The subject of a mail about a ticket: its number in brackets, then what it is about."""
    return f"[{number}] {title}".strip()


def open_from_mail(pool: Pool, merchant_id: str, mail: TicketMail, now: datetime, subject: str = "", number: str = "") -> TicketOpened | list[Refusal]:
    """Open a ticket of origin `email` for this merchant, once for its key. The clock runs from `sent_at` by the pack's cut-off (TI-4).

    `subject`: a code of the pack's subjects; without one it is told from the mail's own words, and says so. `number`: of the order or case it is about, left out where this merchant has none such.
    """
    by = Actor(Party.PLATFORM, "mail", mail.name or mail.sender, permissions=frozenset({"ticket.follow_up"}))
    words = mail.words.strip()[:WORDS_AT_MOST] or mail.subject.strip() or "—"
    asked = NewTicket("email", subject, words, title=mail.subject, number=number, photos=mail.files, mail_from=mail.sender, sent_at=mail.sent_at)
    command = command_id_of(merchant_id, mail.key)
    answer = open_ticket(pool, merchant_id, asked, by, now, command)
    if isinstance(answer, list) and number and any(r.code == "ticket_number_unknown" for r in answer):
        return open_from_mail(pool, merchant_id, mail, now, subject)
    return answer


def reply_from_mail(pool: Pool, merchant_id: str, ticket_id: str, mail: TicketMail, side: Side, now: datetime) -> Answer:
    """Add what was written back to a ticket, once for its key. The answer's `refusal` says why not: `ticket_turn_over` when the merchant has answered this turn already,
    `ticket_transferred` when the platform has it, `ticket_long_solved`, `case_unknown`. The mail itself stays with the mail room.
    """
    if not is_id(ticket_id):
        return Answer(ticket_id, refusal=Refusal("case_unknown"))
    words = mail.words.strip()[:REPLY_AT_MOST] or mail.subject.strip() or "—"
    command: Reply | FollowUp
    if side == "merchant":
        actor = Actor(Party.MERCHANT, "mail", mail.name or mail.sender, merchant_id, frozenset({"ticket.reply"}))
        command = Reply(mail.result if mail.result in RESULTS else "ask_buyer", words, list(mail.files))
    else:
        actor = Actor(Party.PLATFORM, "mail", mail.name or mail.sender, permissions=PLATFORM_MAIL.permissions)
        command = FollowUp(words, list(mail.files), mail.sent_at.astimezone(UTC))
    asked = Asked(command_id_of(merchant_id, f"{ticket_id}/{mail.key}"), merchant_id, ticket_id, command, actor, kind="ticket")
    return handle(pool, [asked], now)[0]


def find(pool: Pool, merchant_id: str, number: str) -> tuple[str, str, str] | None:
    """Id, state and the other side's address of the ticket with this number; None if this merchant has none such."""
    with scope(pool, UUID(merchant_id)) as conn:
        return ticketing.by_number(conn, merchant_id, number)


def outgoing(pool: Pool, merchant_id: str, body: dict[str, object]) -> MailOfTicket | None:
    """What the mail of a `mail_ticket` effect says; None if the ticket is gone."""
    message = body.get("message")
    with scope(pool, UUID(merchant_id)) as conn:
        return ticketing.mail_of(conn, merchant_id, str(body["ticket"]), str(message) if message else None, str(body.get("to") or "merchant"))
