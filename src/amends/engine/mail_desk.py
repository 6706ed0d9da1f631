"""What staff do with a mail that found no place: onto a ticket by its number, as a new ticket of a merchant, or aside with a reason (TI-4)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from amends.core.mail.reading import Read, read
from amends.core.masking import mask_mail
from amends.core.refusal import Refusal
from amends.engine import ticket_mail
from amends.engine.audit import By, record
from amends.engine.ids import is_id
from amends.engine.mail_placing import answer, begin, beside, row_of
from amends.engine.mail_threading import Thread
from amends.engine.mailboxes import lacks
from amends.store import mails, merchants
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.mails import Kept

SIDES = ("other_side", "merchant", "beside")
"""Whose word a mail is that staff put on a ticket; `beside`: it stands there and says nothing."""
REASON_AT_MOST = 300


def bind(pool: Pool, by: By, mail_id: str, merchant: str, number: str, side: str, now: datetime) -> Refusal | None:
    """Put a mail on a merchant's ticket; with an empty number it opens a new one. A ticket that does not take it now says why, and the mail waits on."""
    if refusal := lacks(by):
        return refusal
    found = _waiting(pool, mail_id)
    if isinstance(found, Refusal):
        return found
    kept, mail = found
    with scope(pool, PLATFORM) as conn:
        if not is_id(merchant) or merchants.one(conn, merchant) is None:
            return Refusal("mail_of_whom", field="merchant")
    number = number.strip().upper()
    if not number:
        done = begin(pool, kept, merchant, mail, now, note="by_hand")
    else:
        ticket = ticket_mail.find(pool, merchant, number)
        if ticket is None:
            return Refusal("mail_ticket_unknown", {"number": number[:40]}, "number")
        if side == "beside":
            done = beside(pool, kept, row_of(mail), merchant, ticket[0], "by_hand", now)
        else:
            done = answer(pool, kept, mail, row_of(mail), Thread(merchant, ticket[0], "by_hand", "merchant" if side == "merchant" else "other_side"), now, "by_hand")
    if done.status != "placed":
        return Refusal(done.refusal.code, done.refusal.facts, "number") if done.refusal else Refusal("mail_placed")
    with scope(pool, PLATFORM) as conn:
        record(conn, by, now, "mail_placed", ("mail", mail_id), after={"number": number, "from": mask_mail(mail.sender[1])}, merchant_id=merchant)
    return None


def set_aside(pool: Pool, by: By, mail_id: str, reason: str, now: datetime) -> Refusal | None:
    """It belongs to no ticket, and this is why. The message stays."""
    if refusal := lacks(by):
        return refusal
    if not reason.strip():
        return Refusal("mail_reason_missing", field="reason")
    if not is_id(mail_id):
        return Refusal("mail_unknown")
    with scope(pool, PLATFORM) as conn:
        if not mails.put_aside(conn, mail_id, reason.strip()[:REASON_AT_MOST], by.actor.name, now):
            return Refusal("mail_placed")
        record(conn, by, now, "mail_set_aside", ("mail", mail_id), after={"reason": reason.strip()[:REASON_AT_MOST]})
    return None


def _waiting(pool: Pool, mail_id: str) -> tuple[Kept, Read] | Refusal:
    """A mail that waits for staff, with what it says; whose it is for the moment."""
    if not is_id(mail_id):
        return Refusal("mail_unknown")
    with scope(pool, PLATFORM) as conn:
        kept = mails.waiting(conn, str(UUID(mail_id)))
        found = mails.original(conn, kept.merchant_id, kept.id) if kept else None
    if kept is None or found is None:
        return Refusal("mail_placed")
    return kept, read(found[0])
