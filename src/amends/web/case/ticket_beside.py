"""What stands on the page of a ticket besides what every case has: the buyer's earlier tickets, the rules with their sources, who said what (TI-2 … TI-7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.core.clock_words import length, span_words
from amends.core.machine import Move
from amends.core.pack import Pack
from amends.engine.ids import is_id
from amends.store.screens import tickets as rows
from amends.store.screens.case_rows import MessageRow
from amends.store.screens.tickets import EarlierTicket
from amends.web import wording
from amends.web.catalogue import say
from amends.web.mail.card import Mails, mails_of

CLOCKS = (("ticket_answer", "ti-clock"), ("ticket_mail", "ti-mail"), ("ticket_transfer", "ti-arrow-forward-up"), ("ticket_carry_out", "ti-gavel"))


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule in words, with where its figure comes from."""

    icon: str
    words: str
    source: str


@dataclass(slots=True)
class TicketBeside:
    """For the templates: `documents` the merchant is to show (empty: none), `rules`, `earlier` tickets, and small words."""

    documents: str
    rules: list[RuleLine]
    earlier: list[EarlierTicket]
    lang: str
    results: dict[datetime, str] = field(default_factory=dict)
    instant: Callable[[str], datetime] = datetime.fromisoformat
    subjects: list[tuple[str, str]] = field(default_factory=list)
    """What it may be about instead, with the words for it: where this person may say so."""

    def who(self, message: MessageRow) -> str:
        """Whoever wrote: by name, or by side."""
        if message.actor_kind == "buyer":
            return say(self.lang, "case.actor_buyer")
        side = say(self.lang, f"case.party_{message.actor_kind}")
        return f"{side} · {message.actor_name}" if message.actor_name else side

    def result(self, message: MessageRow) -> str:
        """The fixed opinion that this message carried, if it was an answer of the merchant (TI-8)."""
        return self.results.get(message.at, "") if message.actor_kind == "merchant" else ""


def of_case(request: Any, given: Any) -> dict[str, TicketBeside | Mails]:
    """`tickets` and `mails` for the page of a ticket; nothing for another kind of case."""
    case = given.seen.case
    if case.kind != "ticket":
        return {}
    earlier = rows.earlier(request.house.pool, request.person.merchant_id, case.buyer_id, case.id) if case.buyer_id and is_id(case.id) else []
    shown = beside(given.pack, case.reason, given.seen.events, earlier, request.lang)
    shown.subjects = subjects(given.pack, case, given.sight.moves, request.lang)
    return {
        "tickets": shown, "mails": mails_of(request, request.person.merchant_id, case.id) if is_id(case.id) else Mails([], False),
    }


def subjects(pack: Pack | None, case: Any, moves: Sequence[Move], lang: str) -> list[tuple[str, str]]:
    """The other subjects of where the ticket came from; none where this person may not change it now."""
    if pack is None or not any(m.verb == "set_subject" and m.blocked is None for m in moves):
        return []
    return [(s.code, (s.zh, s.en)[wording.at(lang)]) for s in pack.tickets.of_origin(case.type) if s.code != case.reason]


def beside(pack: Pack | None, subject: str, events: Any, earlier: list[EarlierTicket], lang: str) -> TicketBeside:
    """The same from what was read."""
    found = pack.tickets.subject(subject) if pack else None
    documents = ((found.documents_zh if lang == "zh" else found.documents_en) or "") if found else ""
    results = {e.at: str(e.body["input"]["result"]) for e in events if e.name == "ticket_replied"}
    return TicketBeside(documents, rules(pack, lang), earlier, lang, results)


def rules(pack: Pack | None, lang: str) -> list[RuleLine]:
    """What the pack says of the times of tickets, each with its source."""
    if pack is None:
        return []
    n = wording.at(lang)
    out = [RuleLine("ti-alert-triangle", say(lang, "tickets.rule_red", after=length(pack.tickets.red_after, n), left=length(pack.clocks["ticket_mail"].remind_before or 0, n)), _source(pack, pack.tickets.red_after_source, lang))]
    for name, icon in CLOCKS:
        clock = pack.clocks[name]
        out.append(RuleLine(icon, say(lang, f"tickets.rule_{name}", span=span_words(clock.span, n)), _source(pack, clock.source, lang)))
    return [*out, RuleLine("ti-message-2", say(lang, "tickets.rule_turns"), _source(pack, pack.tickets.red_after_source, lang))]


def _source(pack: Pack, code: str, lang: str) -> str:
    level = pack.sources[code].level if code in pack.sources else "own"
    return say(lang, "tickets.source_own") if level == "own" else code
