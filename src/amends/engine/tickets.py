"""Opening tickets (05-tickets): by the platform's people, by buyers, through the API, by mail. Once under its command id."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec

from amends.core.actor import Actor, Party
from amends.core.divisions import province_named
from amends.core.pack_tickets import ORIGINS, Tickets
from amends.core.refusal import Refusal
from amends.core.ticket_subjects import Guess
from amends.core.verbs.ticket import ASKS
from amends.engine import ticket_guess
from amends.engine.deadlines import Deadlines
from amends.engine.ids import is_id, new_id
from amends.engine.ticket import FILES_AT_MOST, TITLE_AT_MOST, WORDS_AT_MOST, NewTicket, TicketOpened
from amends.engine.ticket_times import red_at
from amends.store import ticketing
from amends.store.applying import next_numbers
from amends.store.connect import Pool
from amends.store.ticketing import SeenForTicket

MAY_OPEN: dict[Party, tuple[str, ...]] = {
    Party.BUYER: ("complaint", "enquiry"), Party.PLATFORM: ("complaint", "enquiry", "regulator", "email"), Party.MERCHANT: ("enquiry",),
}
"""Which origins each party opens; e-mail comes by mail, as the platform's."""
NEEDS = {Party.PLATFORM: "follow_up", Party.MERCHANT: "reply"}
OUTSIDE = UUID("6f0f2a36-7d0a-5b3c-9d51-3f1f60a4b7c1")
"""Ids made of an outside key (a Message-ID, another system's number) are made in this space."""


def command_id_of(merchant_id: str, outside_key: str) -> str:
    """The command id that stands for an outside key of a merchant: the same key is the same command for ever (SO-23)."""
    return str(uuid5(OUTSIDE, f"{merchant_id}/{outside_key}"))


def open_ticket(pool: Pool, merchant_id: str, asked: NewTicket, actor: Actor, now: datetime, command_id: str) -> TicketOpened | list[Refusal]:
    """Take a ticket in. The same command id answers what it answered first; everything wrong is refused at once."""
    if asked.origin not in MAY_OPEN.get(actor.party, ()):
        return [Refusal("ticket_origin_wrong", field="origin")]
    if (needed := NEEDS.get(actor.party)) and not actor.may("ticket", needed):
        return [Refusal("permission_missing", {"permission": f"ticket.{needed}"})]
    with pool.connection() as conn:
        try:
            seen = ticketing.see(conn, merchant_id, asked.number, command_id, list(asked.photos))
            answer, guessed = _before(seen, asked), None
            if answer is None and asked.origin == "email" and not asked.subject:
                asked, guessed = ticket_guess.about(conn, merchant_id, seen.merchant, asked)
            answer = answer or _wrong(seen, asked, actor)
            if answer:
                conn.rollback()
                return answer
            return _write(conn, merchant_id, seen, asked, actor, now, command_id, guessed)
        except BaseException:
            if not conn.closed:
                conn.rollback()
            raise


def _digest(asked: NewTicket) -> str:
    return hashlib.sha256(msgspec.json.encode(asdict(asked))).hexdigest()[:32]


def _before(seen: SeenForTicket, asked: NewTicket) -> TicketOpened | list[Refusal] | None:
    if seen.done is None:
        return None
    # A mail that comes again may be cut or decoded otherwise; its Message-ID is what it is known by.
    if asked.origin != "email" and seen.done.get("digest") != _digest(asked):
        return [Refusal("command_id_reused", field="command_id")]
    return TicketOpened(seen.done["case"], seen.done["number"], seen.done["state"], datetime.fromisoformat(seen.done["due_at"]), replayed=True)


def _wrong(seen: SeenForTicket, asked: NewTicket, actor: Actor) -> list[Refusal]:
    section: Tickets = Deadlines.of(seen.merchant).pack.tickets
    if not section.subjects:
        return [Refusal("ticket_not_offered", {"pack": seen.merchant.pack})]
    subject, out = section.subject(asked.subject), []
    if subject is None or asked.origin not in subject.origins:
        out.append(Refusal("ticket_subject_unknown", field="subject"))
    if not asked.words.strip():
        out.append(Refusal("ticket_words_missing", field="words"))
    if len(asked.words) > WORDS_AT_MOST:
        out.append(Refusal("description_too_long", {"most": WORDS_AT_MOST, "now": len(asked.words)}, "words"))
    if asked.asks not in ASKS:
        out.append(Refusal("not_a_choice", {"zh": "诉求", "en": "What is asked", "choices": list(ASKS)}, "asks"))
    about = seen.about
    if asked.number and (about is None or (actor.party is Party.BUYER and about.buyer_id != actor.id)):
        out.append(Refusal("ticket_number_unknown", {"number": asked.number}, "number"))
    if actor.party is Party.BUYER and not asked.number:
        out.append(Refusal("ticket_buyer_needed", field="number"))
    if asked.amount is not None and asked.amount <= 0:
        out.append(Refusal("ticket_amount_missing", field="amount"))
    if len(asked.photos) > FILES_AT_MOST or set(asked.photos) - seen.photos:
        out.append(Refusal("photo_unknown", field="photos"))
    return out


def _facts(seen: SeenForTicket, asked: NewTicket, actor: Actor, clocks: Deadlines, began: datetime) -> dict[str, Any]:
    subject, about = clocks.pack.tickets.subject(asked.subject), seen.about
    assert subject is not None
    bound = {} if about is None else {
        "bound_order": about.order_id, "order_number": about.order_number, "bound_case": "" if about.kind == "order" else about.id, "bound_kind": about.kind,
        "bound_number": asked.number, "line_id": about.line_id,
    }
    mail = {"mail_from": asked.mail_from, "mail_sent_at": began.isoformat()} if asked.origin == "email" else {}
    return {
        "title": (asked.title.strip() or subject.zh)[:TITLE_AT_MOST], "description": asked.words.strip(), "reason_zh": subject.zh, "reason_en": subject.en,
        "region": province_named(about.province) if about else "", "pack": clocks.pack.id, "pack_version": clocks.pack.version,
        "turn_began": began.isoformat(), "turns": 1, "red_at": red_at(clocks, asked.origin, began).isoformat(),
        "other_side": "buyer" if actor.party is Party.BUYER else "platform", "asks": asked.asks, "asked_amount": asked.amount, "by_staff": actor.name if actor.party is not Party.BUYER else "",
        **({"priority": "high"} if asked.origin == "regulator" else {}), **bound, **mail,
    }


def _write(conn: Any, merchant_id: str, seen: SeenForTicket, asked: NewTicket, actor: Actor, now: datetime, command_id: str, guessed: Guess | None) -> TicketOpened:
    clocks, about = Deadlines.of(seen.merchant), seen.about
    began = min(asked.sent_at.astimezone(UTC), now) if asked.origin == "email" and asked.sent_at else now
    facts = _facts(seen, asked, actor, clocks, began)
    if guessed is not None:
        facts["guessed"] = {"words": list(guessed.words)}
    clock = clocks.arm("ticket_mail" if asked.origin == "email" else "ticket_answer", asked.origin, began, facts["region"])
    facts["clock"] = {**clock.why, **({"started_at": began.isoformat()} if began != now else {})}
    number, ticket_id = next_numbers(conn, merchant_id, "T", now.year, 1)[0], new_id()
    buyer = about.buyer_id if about else actor.id if actor.party is Party.BUYER else asked.buyer_id.strip()
    message = new_id()
    ticketing.insert(conn, {
        "merchant": merchant_id, "id": ticket_id, "number": number, "state": "awaiting_merchant", "order": about.order_id if about and about.order_id else None,
        "parent": about.id if about and about.kind != "order" else None, "buyer": buyer or None, "origin": asked.origin, "asks": asked.asks, "subject": asked.subject,
        "sku": about.sku if about and about.sku else None, "due_at": clock.due_at, "remind_at": clock.remind_at, "clock": clock.name,
        "currency": about.currency if about and about.currency else seen.merchant.currency, "now": now, "facts": facts, "event_id": new_id(), "message": message, "words": asked.words.strip(),
        "files": list(asked.photos), "regulator": asked.origin == "regulator", "actor_kind": actor.party.value, "actor_id": actor.id, "actor_name": actor.name, "command_id": command_id,
        "body": {"command": "open_ticket", "to": "awaiting_merchant", "input": {"type": asked.origin, "reason": asked.subject, "quantity": 1, "asks": asked.asks}, "changes": {}},
        "answer": {"digest": _digest(asked), "case": ticket_id, "number": number, "state": "awaiting_merchant", "due_at": clock.due_at.isoformat()},
        "mail": {"ticket": ticket_id, "number": number, "to": "merchant", "message": message, "version": 1},
    })
    return TicketOpened(ticket_id, number, "awaiting_merchant", clock.due_at)


__all__ = ["MAY_OPEN", "ORIGINS", "NewTicket", "TicketOpened", "command_id_of", "is_id", "open_ticket"]
