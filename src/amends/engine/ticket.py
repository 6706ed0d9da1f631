"""A ticket as asked for and as taken in (05-tickets). Opening: `engine/tickets.py`; by mail: `engine/ticket_mail.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

WORDS_AT_MOST = 5000
TITLE_AT_MOST = 200
FILES_AT_MOST = 30


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What somebody opens a ticket with. `origin` and `subject` as in the pack; `asks` one of `core.verbs.ticket.ASKS`, with `amount` minor units where money is asked.

    `number`: of the order, service order or cancellation it is about, as people know it; `buyer_id` where there is none. `photos`: ids of files uploaded before.
    `mail_from` and `sent_at` (an instant, UTC) only for origin `email`: the address that wrote, and when; the turn runs from then (TI-4).
    """

    origin: str
    subject: str
    words: str
    title: str = ""
    asks: str = "explain"
    amount: int | None = None
    number: str = ""
    buyer_id: str = ""
    photos: tuple[str, ...] = ()
    mail_from: str = ""
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TicketOpened:
    """The ticket; `replayed`: it was opened before under the same id."""

    ticket_id: str
    number: str
    state: str
    due_at: datetime | None = None
    replayed: bool = False
