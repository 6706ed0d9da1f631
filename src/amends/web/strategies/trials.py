"""Trying the draft on the shop's own history, and giving a table to what already waits: begun, followed, stopped, looked at (SA-7, SA-8)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.strategy_changes import alone as alone_of
from amends.core.strategy_changes import in_use, tried
from amends.core.strategy_json import encode_rows
from amends.engine import strategy_cells, strategy_runs
from amends.store.strategy_runs import RunRow
from amends.web import show
from amends.web.catalogue import say
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.strategies import reports
from amends.web.strategies.cases import Listed
from amends.web.strategies.ground import EDIT, Ground, back, ground_of, place_of, render, told
from amends.web.strategies.reports import MOST_RUNS
from amends.web.strategies.table import refused
from amends.web.strategies.table import show as show_table

MOST = 50


@staff(EDIT)
@require_POST
def begin(request: Any, key: str) -> HttpResponse:
    """Try the draft, and beside it what is published where they differ, or one row of it alone; a trial of the same that is under way already is the one."""
    ground, text = ground_of(request, key), request.POST.get("days", "")
    alone = alone_of(ground.desk.draft.table, request.POST.get("row", ""))
    days = int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else 0
    pool, who = request.house.pool, by(request)
    runs = strategy_runs.recent(pool, request.person.merchant_id, ground.kind, ground.node, MOST_RUNS)
    going = next((r for r in runs if r.sort == "trial" and r.running and r.days == days and (alone is None or r.rows == encode_rows(alone.rows))), None)
    if going is not None:
        return HttpResponseRedirect(reverse("strategies-trial", args=[key, going.id]))
    asked = alone or tried(ground.desk.published, ground.desk.draft.table)
    if alone is None and asked.version == 0 and in_use(ground.desk.published):
        now_there = tried(ground.desk.published, ground.desk.published)
        first = strategy_runs.start_trial(pool, who, now_there, days, request.now)
        if isinstance(first, list):
            return refused(request, key, first)
    made = strategy_runs.start_trial(pool, who, asked, days, request.now)
    return refused(request, key, made) if isinstance(made, list) else HttpResponseRedirect(reverse("strategies-trial", args=[key, made]))


@staff("read")
@require_safe
def one(request: Any, key: str, run_id: Any) -> HttpResponse:
    """The table with this trial beside it."""
    ground = ground_of(request, key)
    run = _run(request, ground, str(run_id))
    return show_table(request, ground, trial=run)


@staff("read")
@require_safe
def cases(request: Any, key: str, run_id: Any) -> HttpResponse:
    """The cases behind one cell of the agreement table, or all on which people and rows differ."""
    ground = ground_of(request, key)
    run, given, lang = _run(request, ground, str(run_id)), request.GET, request.lang
    people, said = given.get("people"), given.get("strategy")
    found, last = strategy_cells.cases(request.house.pool, request.person.merchant_id, run, people, said, given.get("after", ""), MOST)
    listed = [
        Listed(c.case_id, c.number, c.decided_at, reports.people_words(c.people, c.people_name, c.people_words, ground.names), reports.command(c.strategy, lang, "strategies.left_to_people"), told(request, c.left, ground) if c.left else "",
               show.money(c.amount, c.currency))
        for c in found
    ]
    heading = say(lang, "strategies.against_all") if people is None else say(
        lang, "strategies.cell_heading", people=reports.command(people, lang), strategy=reports.command(said or "", lang, "strategies.left_to_people"))
    query = request.GET.copy()
    query["after"] = last
    context = {
        "heading": heading, "under": reports.span_of(run, request), "cases": listed, "more_url": f"{request.path}?{query.urlencode()}" if last else "",
        "away": reverse("strategies-trial", args=[key, run.id]),
    }
    return render(request, "strategies/cases.html", ground, context)


@staff(EDIT)
@require_POST
def stop(request: Any, key: str, run_id: Any) -> HttpResponse:
    """Stop a run after the piece under way; what it did stays done. The two halves of a comparison stop together."""
    (kind, node), pool = place_of(key), request.house.pool
    run = strategy_runs.get(pool, request.person.merchant_id, str(run_id))
    refusal = strategy_runs.stop(pool, by(request), str(run_id), request.now)
    if refusal is None and run is not None and run.sort == "trial":
        for other in strategy_runs.recent(pool, request.person.merchant_id, kind, node, MOST_RUNS):
            if other.sort == "trial" and other.started_at == run.started_at and other.running:
                strategy_runs.stop(pool, by(request), other.id, request.now)
    return refused(request, key, [refusal]) if refusal else back(key, "stopped")


def _run(request: Any, ground: Ground, run_id: str) -> RunRow:
    run = strategy_runs.get(request.house.pool, request.person.merchant_id, run_id)
    if run is None or (run.kind, run.node, run.sort) != (ground.kind, ground.node, "trial"):
        raise Http404
    return run

