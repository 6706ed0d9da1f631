"""What the strategies would do with one case now: the row that would act, or for each row the first thing that stands in its way, with the case's own values (SA-6, SO-11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from amends.core.strategy import Row, Table, node_of
from amends.core.strategy_facts import FACTS
from amends.core.strategy_keys import KEY_OF
from amends.engine import strategies, strategy_trial
from amends.engine.strategy_compile import Fit
from amends.engine.strategy_trial import RowFit
from amends.store.screens.case import read_case
from amends.web import page, wording
from amends.web.catalogue import say
from amends.web.gate import staff
from amends.web.rights import may
from amends.web.strategies.ground import EDIT
from amends.web.strategies.naming import Names
from amends.web.strategies.shelf import shelf_of


@dataclass(slots=True)
class Line:
    """One row against the case: `why` is the first thing that does not hold."""

    place: int
    name: str
    url: str
    fits: bool
    off: bool
    shadow: bool
    why: str = ""


@dataclass(slots=True)
class Would:
    """In one sentence, and row by row; `decides` where a row would act."""

    words: str
    rows: list[Line] = field(default_factory=list)
    decides: bool = False


def may_see(request: Any, case: Any) -> bool:
    """Whether the card stands on this case's page: a case at a node, for who keeps strategies or reviews."""
    return case.closed_at is None and bool(node_of(case.kind, case.state)) and (may(request.person, EDIT) or may(request.person, "read"))


@staff("read")
@require_safe
def would(request: Any, case_id: Any) -> HttpResponse:
    """The fragment of the case's page; without scripts, a page of its own."""
    seen = read_case(request.house.pool, request.person.merchant_id, str(case_id), request.now)
    if seen is None:
        raise Http404
    told = of_case(request, seen.case)
    template = "strategies/would.html" if request.headers.get("HX-Request") else "strategies/would_page.html"
    return page.render(request, template, {"would": told, "case": seen.case})


def of_case(request: Any, case: Any) -> Would:
    """What would become of a case."""
    lang, node = request.lang, node_of(case.kind, case.state)
    if not node:
        return Would(say(lang, "strategies.would_no_node"))
    pool, merchant, key = request.house.pool, request.person.merchant_id, KEY_OF[(case.kind, node)]
    published = strategies.table(pool, merchant, case.kind, node)
    fits = strategy_trial.fits(pool, merchant, case.id, published.rows, request.now)
    names = shelf_of(request, case.kind).names
    lines = [_line(i, fit, names, key, lang) for i, fit in enumerate(fits, 1)]
    return Would(_refused(request, fits, case, names) or _sentence(fits, case, names, lang, published), lines, any(f.wins for f in fits))


def _refused(request: Any, fits: list[RowFit], case: Any, names: Names) -> str:
    """The first row fits, but the road or its limits would not let it act: the case is left to people, and why."""
    found = next(((i, f.row, f.refusal) for i, f in enumerate(fits, 1) if f.refusal is not None), None)
    if found is None or found[2] is None:
        return ""
    said = wording.refusal(found[2], request.lang, request.zone, request.now, case.currency, case.kind)
    return say(request.lang, "trials.would_refused", row=names.called(found[1], found[0]), said=said)


def _sentence(fits: list[RowFit], case: Any, names: Names, lang: str, published: Table) -> str:
    if case.facts.get("alert_open"):
        return say(lang, "strategies.would_alert")
    if case.assignee:
        return say(lang, "strategies.would_claimed")
    winner = next(((i, f.row) for i, f in enumerate(fits, 1) if f.wins), None)
    if winner is not None:
        return say(lang, "strategies.would_do", row=names.called(winner[1], winner[0]), what=names.action(winner[1].action, case.kind))
    looks = next(((i, f.row) for i, f in enumerate(fits, 1) if f.fits and f.row.mode == "shadow"), None)
    if looks is not None:
        return say(lang, "strategies.would_shadow", row=names.called(looks[1], looks[0]))
    return say(lang, "strategies.would_none") if published.rows else ""


def _line(place: int, fit: RowFit, names: Names, key: str, lang: str) -> Line:
    row: Row = fit.row
    missing = next((c for c in fit.conditions if not c.fits), None)
    return Line(
        place, names.called(row, place), reverse("strategies-row", args=[key, row.id]), fit.fits, row.mode == "off", row.mode == "shadow",
        why_not(missing, names, lang) if missing is not None else "",
    )


def why_not(fit: Fit, names: Names, lang: str) -> str:
    """实付 是 ¥129，要求 < ¥100."""
    if fit.condition is None:
        return say(lang, "strategies.not_cel" if fit.what == "cel" else "strategies.not_active")
    known, wanted = FACTS[fit.condition.fact], names.chip(fit.condition)
    what = " ".join(filter(None, (wanted.op, wanted.value)))
    if fit.actual is None:
        return say(lang, "strategies.not_known", fact=wanted.label, wanted=what)
    actual = names.actual(known, fit.actual)
    return say(lang, "strategies.not_this", fact=wanted.label, value=actual, wanted=what)
