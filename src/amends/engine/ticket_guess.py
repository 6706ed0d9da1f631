"""What a mail is about, told from its words: the pack's subjects and the merchant's keyword sets, looked for with the house's own scanner (TI-4, KW-3)."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from amends.core.keywords import Negations, Scanner
from amends.core.pack_tickets import Tickets
from amends.core.ticket_subjects import OTHER, Guess, guess, named
from amends.engine import keyword_scan, keywords
from amends.engine.deadlines import Deadlines
from amends.engine.ticket import NewTicket
from amends.store.merchant_seen import MerchantSeen

PLAIN = Negations(before=(), direct=(), after=(), between=(), asking=())
"""Names of subjects mean what they say whether or not they are denied: 质量没有保证 is about quality."""


@cache
def _scanner(tickets: Tickets, origin: str) -> Scanner:
    return keyword_scan.compile(named(tickets, origin), PLAIN)


def about(conn: Any, merchant: str, seen: MerchantSeen, asked: NewTicket) -> tuple[NewTicket, Guess]:
    """The ticket with its subject, and from which words it was told; `other` and no words where nothing speaks for another. `conn` stands in the merchant's scope."""
    tickets, text = Deadlines.of(seen).pack.tickets, f"{asked.title}\n{asked.words}"
    live = keywords.live(conn, merchant, seen.settings)
    found = guess(text, _scanner(tickets, asked.origin).scan(text), live.scanner.scan(text), tickets, asked.origin) or Guess(OTHER, ())
    return replace(asked, subject=found.subject), found
