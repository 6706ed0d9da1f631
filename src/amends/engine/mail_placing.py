"""A mail that was kept is understood and placed, once (TI-4): onto the ticket it answers, as a new ticket, beside the mail it reports about, or into the list that staff place by hand.

Everything it does carries the mail's own key, so a worker that falls over in between is repeated by the next one without doing anything twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from amends.core.mail.moment import counted
from amends.core.mail.opinion import opinion_in
from amends.core.mail.reading import Kind, Read, read
from amends.core.mail.writing import house as house_mark
from amends.core.refusal import Refusal
from amends.engine import mail_attachments, ticket_mail
from amends.engine.deadlines import Deadlines
from amends.engine.mail_attachments import File
from amends.engine.mail_threading import NUMBER, Thread, returned, thread_of
from amends.engine.ticket_mail import TicketMail
from amends.store import mailboxes, mails
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.mailboxes import PLATFORMS_OWN
from amends.store.mails import Kept

FLOOD, FLOOD_WITHIN = 20, timedelta(hours=1)
"""So many tickets of a merchant one address may begin in this time; what it sends more waits for staff."""
BY_HAND = "by_hand"
FILES_WITH_WORDS = 9
"""Files handed on with words on a ticket; what a mail has more stays with the mail."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail: its status, and why a ticket did not take it."""

    status: str
    refusal: Refusal | None = None


def place(pool: Pool, secret: bytes, kept: Kept, now: datetime) -> Outcome:
    """Place one mail, leased before; answers what became of it: placed, not_placed, set_aside. Raises when it cannot be done now."""
    with scope(pool, PLATFORM) as conn:
        found = mails.original(conn, kept.merchant_id, kept.id)
        box = mailboxes.find(conn, kept.mailbox_id) if kept.mailbox_id else None
        if found is None:
            raise ValueError("a mail without its message")
        mail = read(found[0])
        row = row_of(mail)
        ours = mail.house == house_mark(secret) or any(k.direction == "out" for k in mails.by_message_ids(conn, [mail.message_id] if mail.message_id else []))
        if ours:
            return _settle(pool, kept, PLATFORMS_OWN, row | {"status": "set_aside", "note": "loop"}, now)
        if mail.kind is Kind.BOUNCE:
            return _bounce(pool, secret, kept, mail, row, now)
        thread = thread_of(conn, secret, mail, box)
    if thread is not None:
        return _on_ticket(pool, kept, mail, row, thread, now)
    if mail.kind in (Kind.AUTO_REPLY, Kind.LIST):
        return _settle(pool, kept, PLATFORMS_OWN, row | {"status": "set_aside" if mail.kind is Kind.AUTO_REPLY else "not_placed", "note": mail.kind.value}, now)
    if box is None or box.of_platform:
        return _settle(pool, kept, PLATFORMS_OWN, row | {"status": "not_placed", "note": "nobody"}, now)
    with scope(pool, PLATFORM) as conn:
        flood = mails.began_lately(conn, mail.sender[1], box.merchant_id, now - FLOOD_WITHIN) >= FLOOD
    if flood:
        return _settle(pool, kept, PLATFORMS_OWN, row | {"status": "not_placed", "note": "flood"}, now)
    return begin(pool, kept, box.merchant_id, mail, now)


def begin(pool: Pool, kept: Kept, merchant: str, mail: Read, now: datetime, note: str = "new") -> Outcome:
    """Open a ticket of this merchant from the mail.

    A number in its subject is what a stranger claims and stays in the ticket's title; only when staff place the mail is the ticket bound to that order and its buyer (TI-7).
    """
    row = row_of(mail)
    moment = counted(mail.dated, kept.at, due_of(pool, merchant))
    row |= {"counts_at": moment.at, "counts_by": moment.by, "side": "other_side"}
    files = take_files(pool, merchant, kept, mail, now)
    number = next(iter(NUMBER.findall(mail.subject)), "") if note == BY_HAND else ""
    answer = ticket_mail.open_from_mail(pool, merchant, _ticket_mail(kept, mail, files, moment.at), now, number=number)
    if isinstance(answer, list):
        return _settle(pool, kept, PLATFORMS_OWN, row | {"status": "not_placed", "note": f"refused:{answer[0].code}"}, now, answer[0])
    if answer.replayed and _twin(pool, kept, mail, answer.ticket_id):  # the same mail came by another mailbox of this merchant
        return _settle(pool, kept, merchant, row | {"status": "set_aside", "note": "copy", "case_id": answer.ticket_id}, now)
    return _placed(pool, kept, merchant, answer.ticket_id, row | {"note": note}, files, now)


def _twin(pool: Pool, kept: Kept, mail: Read, case_id: str) -> bool:
    """Whether the same mail stands on this ticket already, come by another way."""
    if not mail.message_id:
        return False
    with scope(pool, PLATFORM) as conn:
        return any(k.id != kept.id and k.status == "placed" and k.case_id == case_id for k in mails.by_message_ids(conn, [mail.message_id]))


def _placed(pool: Pool, kept: Kept, merchant: str, case_id: str, row: dict[str, Any], files: list[File], now: datetime) -> Outcome:
    with scope(pool, PLATFORM) as conn:
        mails.bind_files(conn, merchant, [f.file for f in files if f.file], case_id)
        mails.settle(conn, kept.id, merchant, row | {"status": "placed", "case_id": case_id, "attached": [asdict(f) for f in files]}, now)
    return Outcome("placed")


def beside(pool: Pool, kept: Kept, row: dict[str, Any], merchant: str, case_id: str, note: str, now: datetime) -> Outcome:
    """The mail stands beside the ticket and says nothing on it."""
    return _settle(pool, kept, merchant, row | {"status": "placed", "note": note, "case_id": case_id}, now)


def _on_ticket(pool: Pool, kept: Kept, mail: Read, row: dict[str, Any], thread: Thread, now: datetime, note: str = "") -> Outcome:
    note = note or thread.by
    if _twin(pool, kept, mail, thread.case_id):
        return _settle(pool, kept, thread.merchant, row | {"status": "set_aside", "note": "copy", "case_id": thread.case_id}, now)
    if mail.kind is not Kind.MAIL:  # what a machine wrote is no answer (RFC 3834)
        return beside(pool, kept, row, thread.merchant, thread.case_id, mail.kind.value, now)
    if thread.side == "unsure":
        return _settle(pool, kept, PLATFORMS_OWN, row | {"status": "not_placed", "note": "number" if thread.by == "number" else "unsure"}, now)
    return answer(pool, kept, mail, row, thread, now, note)


def answer(pool: Pool, kept: Kept, mail: Read, row: dict[str, Any], thread: Thread, now: datetime, note: str) -> Outcome:
    """What the mail says is said on the ticket; if the ticket does not take it, the mail waits for staff with the reason."""
    moment = counted(mail.dated, kept.at, due_of(pool, thread.merchant))
    files = take_files(pool, thread.merchant, kept, mail, now)
    side: ticket_mail.Side = "merchant" if thread.side == "merchant" else "other_side"
    done = ticket_mail.reply_from_mail(pool, thread.merchant, thread.case_id, _ticket_mail(kept, mail, files, moment.at), side, now)
    row |= {"counts_at": moment.at, "counts_by": moment.by, "side": side}
    if done.refusal is not None:
        return _settle(pool, kept, thread.merchant, row | {"status": "not_placed", "note": f"refused:{done.refusal.code}", "case_id": thread.case_id}, now, done.refusal)
    return _placed(pool, kept, thread.merchant, thread.case_id, row | {"note": note}, files, now)


def _bounce(pool: Pool, secret: bytes, kept: Kept, mail: Read, row: dict[str, Any], now: datetime) -> Outcome:
    """Our mail did not arrive: it is marked with the server's words, and the report stands beside it on the ticket."""
    assert mail.bounce is not None
    told = " ".join(x for x in (mail.bounce.status if mail.bounce.status not in mail.bounce.reason else "", mail.bounce.reason) if x) or mail.subject
    with scope(pool, PLATFORM) as conn:
        about = returned(conn, secret, mail)
        if about is None:
            mails.settle(conn, kept.id, PLATFORMS_OWN, row | {"status": "set_aside", "note": "bounce_unknown", "told": told[:500]}, now)
            return Outcome("set_aside")
        mails.came_back(conn, about.merchant_id, about.id, told, mail.bounce.final)
        mails.settle(conn, kept.id, about.merchant_id, row | {
            "status": "placed", "note": "bounce" if mail.bounce.final else "late", "case_id": about.case_id, "answers": about.id, "told": told[:500],
        }, now)
    return Outcome("placed")


def _settle(pool: Pool, kept: Kept, merchant: str, row: dict[str, Any], now: datetime, refusal: Refusal | None = None) -> Outcome:
    with scope(pool, PLATFORM) as conn:
        mails.settle(conn, kept.id, merchant, row, now)
    return Outcome(str(row["status"]), refusal)


def row_of(mail: Read) -> dict[str, Any]:
    """What the lists show of a mail."""
    return {
        "kind": mail.kind.value, "sender": mail.sender[1], "sender_name": mail.sender[0][:120], "reply_to": mail.reply_to if mail.reply_to != mail.sender[1] else "", "recipient": mail.to[0][1] if mail.to else "", "recipients": [a for _, a in mail.to][:50],
        "subject": mail.subject, "said": mail.said, "body": mail.text, "dated_at": mail.dated,
        "attached": [asdict(File(a.name, size=len(a.data), refused="waiting")) for a in mail.attached if not a.inline][:30],
    }


def _ticket_mail(kept: Kept, mail: Read, files: list[File], at: datetime) -> TicketMail:
    refused = [f.name for f in files if f.refused]
    words = mail.said if not refused else f"{mail.said}\n\n[{'、'.join(refused)}：附件未收 · attachments not taken]"
    return TicketMail(mail.message_id or kept.id, mail.sender[1], mail.subject, words, at, tuple(f.file for f in files if f.file)[:FILES_WITH_WORDS], mail.sender[0] or mail.sender[1], opinion_in(mail.said))


def take_files(pool: Pool, merchant: str, kept: Kept, mail: Read, now: datetime) -> list[File]:
    """Keep what came with it; the same mail again keeps the same files."""
    with scope(pool, UUID(merchant)) as conn:
        return mail_attachments.take(conn, merchant, kept.id, mail.attached, now)


def due_of(pool: Pool, merchant: str) -> Callable[[datetime], datetime] | None:
    """The deadline that an instant gives under this merchant's rules for mail; None where its pack has none."""
    with scope(pool, UUID(merchant)) as conn:
        clocks = Deadlines.of(mailboxes.rules_of(conn, merchant))
    return (lambda at: clocks.arm("ticket_mail", "email", at).due_at) if "ticket_mail" in clocks.pack.clocks else None
