"""What a pack says of tickets (05-tickets): when they turn red, what a transfer costs, subjects and the documents they ask for.

How long the merchant has is in the pack's clocks: `ticket_answer`, `ticket_mail` (TI-4), `ticket_transfer`, `ticket_carry_out`, `ticket_follow_up`, `ticket_decide`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from amends.core.calendar import Calendar, due
from amends.core.reasons import Problem
from amends.core.spans import Span

Origin = Literal["complaint", "email", "regulator", "enquiry"]
ORIGINS: dict[str, tuple[str, str]] = {
    "complaint": ("投诉工单", "Complaint"), "email": ("邮件", "E-mail"), "regulator": ("工商举报投诉", "Regulator"), "enquiry": ("咨询", "Enquiry"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a ticket is about. `documents`: what the merchant is to attach (TI-6); nothing where words are enough."""

    code: str
    zh: str
    en: str
    origins: tuple[Origin, ...]
    source: str
    documents_zh: str | None = None
    documents_en: str | None = None


@dataclass(frozen=True, slots=True)
class Tickets:
    """`red_after`: seconds without an answer after which a ticket is red. `transfer_penalty`: minor units charged when one is transferred, 0 for none.

    `reopen_days`: calendar days in which the other side may still write to one that was solved. Without subjects tickets are not offered.
    """

    red_after: int = 7200
    red_after_source: str = "own"
    transfer_penalty: int = 0
    transfer_penalty_source: str = "own"
    reopen_days: int = 7
    reopen_source: str = "own"
    silence_source: str = "own"
    subjects: tuple[Subject, ...] = ()

    def subject(self, code: str) -> Subject | None:
        """The subject of this code."""
        return next((s for s in self.subjects if s.code == code), None)

    def of_origin(self, origin: str) -> tuple[Subject, ...]:
        """The subjects that a ticket of this origin may have."""
        return tuple(s for s in self.subjects if origin in s.origins)


NOT_OFFERED = Tickets()


def mail_due(sent_at: datetime, rule: Span, calendar: Calendar) -> datetime:
    """TI-4: until when a mail sent at that instant is to be answered (UTC): before the pack's hour the same day, at or after it the next, by the pack's other hour.

    Every calendar day counts, rest days and holidays too: the source (S1, 1.1) says 当日 and 次日 and names no working days; a pack may set `next_working`.
    The hours are those of the calendar's wall clock. Raises ValueError for an instant without a zone or a rule that is no cut-off.
    """
    if rule.kind != "cutoff":
        raise ValueError("the rule for mail is a cut-off")
    return due(sent_at, rule, calendar)


def problems(tickets: Tickets) -> list[Problem]:
    """What is wrong with the section."""
    found = [Problem(f"tickets.{name}", "must be more than 0") for name in ("red_after", "reopen_days") if getattr(tickets, name) <= 0]
    if tickets.transfer_penalty < 0:
        found.append(Problem("tickets.transfer_penalty", "must not be negative"))
    codes = [s.code for s in tickets.subjects]
    found += [Problem(f"tickets.subjects[{i}].code", f"twice: {code!r}") for i, code in enumerate(codes) if code in codes[:i]]
    found += [Problem(f"tickets.subjects[{i}].origins", "needs at least one origin") for i, s in enumerate(tickets.subjects) if not s.origins]
    if tickets.subjects:
        found += [Problem("tickets.subjects", f"no subject for {origin}") for origin in ORIGINS if not tickets.of_origin(origin)]
    return found
