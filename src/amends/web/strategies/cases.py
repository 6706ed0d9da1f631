"""The cases behind a number: what a row decided or would have, and what was left to people (UI: every number opens what it counts)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from amends.engine import strategies
from amends.engine.ids import is_id
from amends.store.connect import scope
from amends.store.screens import strategy_choices
from amends.web import show, wording
from amends.web.catalogue import say
from amends.web.gate import staff
from amends.web.moments import is_moment
from amends.web.strategies.ground import Ground, ground_of, render, told
from amends.web.strategies.shadows import beside_people

MOST, DAYS = 50, 30
PEOPLE = "people"
"""Stands in an address for the last line of the table: what no row decided."""


@dataclass(slots=True)
class Listed:
    """One case in the list."""

    id: str
    number: str
    at: datetime | None
    people: str
    strategy: str
    note: str
    amount: str


@staff("read")
@require_safe
def decided(request: Any, key: str, row_id: str) -> HttpResponse:
    """Of one row; `shadow=1`: what it would have decided, `refused=1`: what it fitted and could not be done."""
    ground = ground_of(request, key)
    after = _cursor(request.GET.get("after", ""))
    outcome = next((name for name in ("shadow", "refused") if request.GET.get(name) == "1"), "fired")
    if row_id == PEOPLE:
        heading, cases, last = say(request.lang, "strategies.left_cases"), *_left(request, ground, after)
    else:
        heading, cases, last = _heading(request, ground, row_id, outcome), *_decided(request, ground, row_id, outcome, after)
    more = f"{request.path}?{urlencode({**({outcome: '1'} if outcome != 'fired' else {}), 'after': last})}" if last else ""
    context = {"heading": heading, "under": say(request.lang, "strategies.last_days", n=DAYS), "cases": cases, "standing": True, "more_url": more, "away": reverse("strategies-table", args=[key])}
    if outcome == "shadow" and row_id != PEOPLE and after is None:
        context["beside"] = beside_people(request, ground, row_id, DAYS)
    return render(request, "strategies/cases.html", ground, context)


def _heading(request: Any, ground: Ground, row_id: str, outcome: str) -> str:
    if not is_id(row_id):
        raise Http404
    rows = (*ground.desk.draft.table.rows, *ground.desk.published.rows)
    name = next((ground.names.called(row, i + 1) for i, row in enumerate(rows) if row.id == row_id), say(request.lang, "strategies.removed_one"))
    return say(request.lang, f"strategies.{outcome}_of", row=name)


def _decided(request: Any, ground: Ground, row_id: str, outcome: str, after: tuple[datetime, str] | None) -> tuple[list[Listed], str]:
    found = strategies.decisions(request.house.pool, request.person.merchant_id, row_id, request.now, outcome, DAYS, after, MOST + 1)
    lang = request.lang
    cases = [
        Listed(
            d.case_id, d.number, d.at, wording.state(d.state, lang, ground.kind), wording.command(d.command, lang),
            told(request, d.refusal, ground) if d.refusal else say(lang, "strategies.version_n", n=d.table_version), show.money(d.amount, ground.shelf.currency) if d.amount else "",
        )
        for d in found[:MOST]
    ]
    return cases, f"{found[MOST - 1].at.isoformat()}~{found[MOST - 1].case_id}" if len(found) > MOST else ""


def _left(request: Any, ground: Ground, after: tuple[datetime, str] | None) -> tuple[list[Listed], str]:
    merchant = request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        found = strategy_choices.left(conn, merchant, ground.kind, request.now - timedelta(days=DAYS), after, MOST + 1)
    cases = [Listed(i, number, at, wording.state(state, request.lang, ground.kind), "", "", show.money(amount, currency) if amount else "") for i, number, state, amount, currency, at in found[:MOST]]
    return cases, f"{found[MOST - 1][5].isoformat()}~{found[MOST - 1][0]}" if len(found) > MOST else ""


def _cursor(text: str) -> tuple[datetime, str] | None:
    at, _, last = text.partition("~")
    return (datetime.fromisoformat(at), last) if is_id(last) and is_moment(at) else None
