"""What the finance pages stand on: who may open which, their tabs, and one person's merchant."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpResponse
from django.urls import reverse

from amends.core.cases import TABLES
from amends.core.refusal import Refusal
from amends.web import page, wording
from amends.web.gate import staff
from amends.web.rights import may, name_of

VERBS = ("record_transfer", "retry_refund", "record_payment")
TRANSFERS = tuple(f"{kind}.{verb}" for kind, table in TABLES.items() for verb in VERBS if verb in table.commands)
"""Whoever may do any of this has work on the page of refunds."""
TABS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("refunds", "finance", TRANSFERS), ("requests", "finance-requests", (*TRANSFERS, "read_ledger")), ("reconciliation", "reconciliation", ("read_ledger", "close_differences")),
    ("accounts", "ledger", ("read_ledger",)), ("statement", "ledger-statement", ("read_ledger",)),
)
View = Callable[..., HttpResponse]


def any_of(*permissions: str) -> Callable[[View], View]:
    """Staff of a merchant who hold at least one of these; who holds none is told the first by its name."""

    def declare(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            if not any(may(request.person, p) for p in permissions):
                return page.trouble(request, 403, "trouble.permission", permission=name_of(permissions[0], request.lang))
            return view(request, *args, **kwargs)

        return staff()(guarded)

    return declare


def tabs(request: Any, here: str) -> list[dict[str, Any]]:
    """The finance pages this person may open."""
    return [{"name": name, "url": reverse(url), "on": name == here} for name, url, needs in TABS if any(may(request.person, p) for p in needs)]


def show(request: Any, template: str, here: str, context: dict[str, Any], refusal: Refusal | None = None) -> HttpResponse:
    """A finance page; with a refusal it has that refusal's status."""
    done = request.GET.get("done", "")
    more = {"tabs": tabs(request, here), "tables": TABLES, "way": wording.way, "refusal": refusal, "done": done if done.isidentifier() else "", "state_word": wording.state, "say": teller(request)}
    return page.render(request, template, more | context, refusal.status if refusal else 200)


def teller(request: Any, currency: str = "") -> Callable[[Refusal], str]:
    """Refusals in words, amounts in them as money."""
    return lambda refusal: wording.refusal(refusal, request.lang, request.zone, request.now, currency or (request.person.currency if request.person else "CNY") or "CNY")


def typed_day(request: Any, name: str) -> str:
    """A day of the query as YYYY-MM-DD, or empty when it is none."""
    try:
        return date.fromisoformat(request.GET.get(name, "").strip()).isoformat()
    except ValueError:
        return ""


def begins(request: Any, day: str, *, after: int = 0) -> datetime | None:
    """The first instant of a day in the reader's zone, or of the day so many days later; None without one."""
    if not day:
        return None
    there = date.fromisoformat(day) + timedelta(days=after)
    return datetime(there.year, there.month, there.day, tzinfo=request.zone)


def query(address: str, **given: str) -> str:
    """An address with what is filled in of a query."""
    filled = {k: v for k, v in given.items() if v}
    return address + ("?" + urlencode(filled) if filled else "")


def written(*parts: Any) -> str:
    """A place in a list for an address, as `place` reads it."""
    return quote("~".join(p.isoformat() if isinstance(p, datetime) else str(p) for p in parts))


def place(text: str) -> tuple[datetime, list[str]] | None:
    """A place in a list as it stands in an address: an instant and what follows it; None for anything else."""
    at, *rest = text.split("~")
    try:
        there = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (there, rest) if there.tzinfo and rest else None
