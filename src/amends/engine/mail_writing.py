"""A mail about a ticket is written once, with its Message-ID, before anybody tries to send it (TI-4); and what its sending came to.

To the other side it leaves from the mailbox the ticket came to, else from the merchant's, else from the platform's. To the merchant it leaves from the platform's own, to the
contact address the merchant has given; without one, or without a mailbox, nothing is sent, for the product itself tells the merchant too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from amends.core.mail import tokens
from amends.core.mail.opinion import how_to
from amends.core.mail.writing import Draft, Enclosed, write
from amends.core.masking import mask_mail
from amends.core.refusal import Refusal
from amends.engine import ticket_mail
from amends.engine.audit import By, record
from amends.engine.ids import is_id, new_id
from amends.engine.mailboxes import lacks
from amends.engine.photos import say_size
from amends.store import audit, files, mailboxes, mails, outbox
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.mailboxes import PLATFORMS_OWN, Mailbox
from amends.store.ticketing import MailOfTicket

_NAMES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf", "video/mp4": "mp4", "video/webm": "webm"}
HOUSE_ZONE = ZoneInfo("Asia/Shanghai")
ENCLOSED_BELOW = 15 * 1024 * 1024
"""Bytes of files that go with one mail: many servers take no more than 20 MB, and what is sent grows by a third on the way."""


class NoWayOut(Exception):
    """There is somebody to write to and no mailbox in use that sends: the platform's people have to see to it."""


def prepare(pool: Pool, secret: bytes, merchant: str, effect_id: str, body: dict[str, Any], now: datetime) -> str | None:
    """The mail of a `mail_ticket` effect, written and kept; answers its id, None when there is nobody to write to. Safe to call again. Raises NoWayOut."""
    if body.get("mail"):
        return str(body["mail"])
    mail_id = str(uuid5(UUID(effect_id), "mail"))
    with scope(pool, UUID(merchant)) as conn:
        if mails.out(conn, merchant, mail_id) is not None:
            return mail_id
    said = ticket_mail.outgoing(pool, merchant, body)
    if said is None or not said.words:
        return None
    with scope(pool, PLATFORM) as conn:
        thread = mails.thread_of(conn, merchant, said.ticket_id)
        recipient = mailboxes.contact(conn, merchant) if said.to == "merchant" else _wrote_last(conn, merchant, thread) or said.address
        if not recipient or recipient in mailboxes.own_addresses(conn):
            return None
        box = _leaves_from(conn, merchant, said.to, thread)
        if box is None:
            if said.to == "merchant":
                return None
            raise NoWayOut(f"no mailbox in use sends mail; ticket {said.number}")
        _write(conn, secret, merchant, mail_id, said, recipient, box, thread, now)
    return mail_id


def _wrote_last(conn: audit.Connection, merchant: str, thread: list[dict[str, Any]]) -> str:
    """Who of the other side wrote last, and where they want the answer; empty when nobody did by mail."""
    theirs = [row for row in thread if row["direction"] == "in" and row["kind"] in ("mail", "generated") and row["status"] == "placed"]
    last = next((row for row in reversed(theirs) if merchant not in mailboxes.merchants_at(conn, row["sender"])), None)
    return (last["reply_to"] or last["sender"]) if last else ""


def _leaves_from(conn: audit.Connection, merchant: str, to: str, thread: list[dict[str, Any]]) -> Mailbox | None:
    if to == "merchant":
        return mailboxes.sending_for(conn, PLATFORMS_OWN)
    came = [mailboxes.find(conn, row["mailbox_id"]) for row in thread if row["direction"] == "in" and row["mailbox_id"]]
    return next((box for box in reversed(came) if box is not None and box.active and box.smtp_host), None) or mailboxes.sending_for(conn, merchant)


def _write(conn: audit.Connection, secret: bytes, merchant: str, mail_id: str, said: MailOfTicket, recipient: str, box: Mailbox, thread: list[dict[str, Any]], now: datetime) -> None:
    # Only what went between us and this reader stands in the headers: the other side's mails are not the merchant's to see, and the other way round.
    theirs = [row for row in thread if recipient in (row["sender"], row["recipient"], row["reply_to"]) and row["kind"] != "bounce"]
    first = next((row["subject"] for row in theirs if row["direction"] == "in" and row["subject"]), "")
    enclosed, left = _files(conn, merchant, said)
    draft = Draft(
        mail_id, box.address, box.name, box.plus, recipient, first or said.title, said.number, _text(said) + _left_out(left), now, tuple(row["message_id"] for row in theirs),
        enclosed=tuple(one for one, _ in enclosed),
    )
    written = write(secret, draft)
    row = {
        "id": mail_id, "mailbox_id": box.id, "message_id": written.message_id, "case_id": said.ticket_id, "sender": box.address, "sender_name": box.name, "recipient": recipient,
        "subject": written.subject, "said": said.words, "side": said.to, "by_name": said.by, "answers": None,
        "attached": [{"name": e.name, "file": f, "media_type": e.media_type, "size": len(e.data), "refused": "", "most": ""} for e, f in enclosed],
    }
    mails.add_out(conn, merchant, row, written.raw, now)


def _files(conn: audit.Connection, merchant: str, said: MailOfTicket) -> tuple[list[tuple[Enclosed, str]], list[str]]:
    """(file, its id) of those that go with the mail, and the names of those that are too much for one."""
    enclosed: list[tuple[Enclosed, str]] = []
    left, size = [], 0
    for n, file_id in enumerate(said.file_ids):
        found = files.read(conn, merchant, file_id)
        if found is None:
            continue
        name = f"{said.number}-{n + 1}.{_NAMES.get(found.media_type, 'bin')}"
        if size + len(found.bytes) > ENCLOSED_BELOW:
            left.append(f"{name} ({say_size(len(found.bytes))})")
            continue
        size += len(found.bytes)
        enclosed.append((Enclosed(name, found.media_type, found.bytes), file_id))
    return enclosed, left


def _left_out(names: list[str]) -> str:
    return f"\n\n[{'、'.join(names)}：太大，未随邮件发送，请在平台的工单里查看 · too large to be sent by mail; see the ticket]" if names else ""


def _text(said: MailOfTicket) -> str:
    """What the reader sees: the words as they were written; the merchant is told until when an answer is due."""
    if said.to != "merchant":
        return said.words
    due = said.due_at.astimezone(HOUSE_ZONE) if said.due_at is not None and said.state == "awaiting_merchant" else None
    if due is None:
        return said.words
    zh, en = how_to()
    return (
        f"{said.words}\n\n请在 {due.month}月{due.day}日 {due:%H:%M} 前回复：直接回复本邮件，或在后台的工单里回复。{zh}\n"
        f"Please answer by {due:%Y-%m-%d %H:%M} (UTC+8): reply to this mail, or on the ticket. {en}"
    )


def envelope_sender(secret: bytes, box: Mailbox, mail_id: str) -> str:
    """Whom the envelope names as the sender of one of our mails: where it comes back to."""
    return tokens.addressed(box.address, "b", secret, mail_id) if box.plus else box.address


def send_again(pool: Pool, by: By, mail_id: str, now: datetime) -> Refusal | None:
    """A mail that was refused or came back goes out once more, as it is: the same words under the same Message-ID."""
    if refusal := lacks(by):
        return refusal
    if not is_id(mail_id):
        return Refusal("mail_unknown")
    with scope(pool, PLATFORM) as conn:
        known = mails.one(conn, mail_id)
        if known is None:
            return Refusal("mail_unknown")
        row = mails.requeue(conn, known.merchant_id, mail_id)
        if row is None:
            return Refusal("mail_not_returned")
        outbox.put(conn, known.merchant_id, [{"id": new_id(), "case_id": row["case_id"], "effect": "mail_ticket", "body": {"mail": mail_id}}], now)
        record(conn, by, now, "mail_sent_again", ("mail", mail_id), after={"recipient": mask_mail(row["recipient"])}, merchant_id=known.merchant_id)
    return None
