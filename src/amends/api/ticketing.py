"""Tickets over HTTP: opening one, its conversation, counts of opinions (05-tickets). Commands are read off the table (api/acts.py)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from amends.api.door import Call, Refused, Reply, refuse
from amends.api.pages import instant
from amends.api.records import read_record
from amends.api.ticket_shapes import TICKET, TicketMessage, TicketMessages, TicketOpened, TicketOpinion, TicketOpinions
from amends.core.actor import Party
from amends.core.refusal import Refusal
from amends.engine.ticket import NewTicket
from amends.engine.tickets import open_ticket
from amends.store.connect import scope
from amends.store.screens import cases
from amends.store.screens import tickets as reads

DAYS = 30


def open_(call: Call) -> Reply:
    """Open a ticket, once under the Idempotency-Key."""
    call.known_queries()
    merchant, actor = call.merchant(), call.acting()
    if actor.party is Party.CARRIER:
        raise Refused(Refusal("not_yours", {"command": "open_ticket", "party": actor.party.value}))
    answer = open_ticket(call.house.pool, merchant, _read(call.json()), actor, call.now, str(call.command_id))
    if isinstance(answer, list):
        raise Refused(*answer)
    return Reply(TicketOpened(answer.ticket_id, answer.number, answer.state, answer.due_at), replayed=answer.replayed)


def _read(body: dict[str, Any]) -> NewTicket:
    wrong: list[Refusal] = []
    values = read_record(body, TICKET, "", wrong)
    refuse(wrong)
    sent = values.pop("sent_at", None)
    return NewTicket(
        amount=values.pop("amount_minor", None), photos=tuple(values.pop("photos", ())), sent_at=datetime.fromisoformat(sent) if isinstance(sent, str) else sent, **values,
    )


def messages(call: Call, id: UUID) -> Reply:
    """The conversation, oldest first."""
    call.needs("read")
    call.known_queries()
    merchant, actor = call.merchant(), call.acting()
    if actor.party is Party.BUYER and actor.id != cases.buyer_of(call.house.pool, merchant, "ticket", str(id)):
        raise Refused(Refusal("not_there"))
    with scope(call.house.pool, UUID(merchant)) as conn:
        found = reads.messages(conn, merchant, str(id))
    if found is None:
        raise Refused(Refusal("not_there"))
    return Reply(TicketMessages([TicketMessage(m.by, m.name if m.by != "platform" or actor.party is Party.PLATFORM else ("平台", "Platform")[call.at], m.words, m.files, m.result, m.at) for m in found]))


def opinions(call: Call) -> Reply:
    """Counts of one merchant, or of all for a key of the platform that names none."""
    call.needs("read")
    call.known_queries("since", "until")
    until = call.query("until", instant) or call.now
    since = call.query("since", instant) or until - timedelta(days=DAYS)
    with scope(call.house.pool, call.whose()) as conn:
        found = reads.opinions(conn, since, until)
    return Reply(TicketOpinions([
        TicketOpinion(o.merchant_id, o.turns, o.answered, o.in_time, o.transferred, o.with_documents, o.median, dict(sorted(o.results.items()))) for o in found
    ]))
