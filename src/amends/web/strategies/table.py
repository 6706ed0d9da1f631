"""One table: its rows in the order in which they are tried, and what may be done with a row at once (SA-1, SA-4, SA-6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from amends.core.refusal import Refusal
from amends.core.strategy import MODES, Row
from amends.core.strategy_json import encode_rows
from amends.engine import strategies
from amends.engine.strategies import Draft
from amends.store.strategy_runs import RunRow
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.strategies import reports
from amends.web.strategies.ground import EDIT, Ground, back, conflict_words, ground_of, place_of, render, shown_rows, tabs

TRIES = 3
"""How often a move is tried again on a draft that somebody changes at the same time."""


@staff("read")
@require_safe
def table(request: Any, key: str = "review") -> HttpResponse:
    """The table with its last trial."""
    return show(request, ground_of(request, key))


def show(request: Any, ground: Ground, refusal: Refusal | None = None, conflict: str = "", status: int = 200, trial: RunRow | None = None) -> HttpResponse:
    """The page; with a refusal, why something was not done; with a trial, that one beside it."""
    rows = shown_rows(request, ground)
    context = {"rows": rows, "tables": tabs(request), "refusal": refusal, "conflict": conflict, "current": request.GET.get("row", ""), "first": ground.shelf.first if ground.node == "review" else [], **reports.beside(request, ground, trial)}
    return render(request, "strategies/table.html", ground, context, status)


def refused(request: Any, key: str, wrong: list[Refusal]) -> HttpResponse:
    """The page with what stands in the way; a draft that moved meanwhile says who moved it."""
    ground = ground_of(request, key)
    if wrong[0].code == "strategy_draft_moved":
        return show(request, ground, conflict=conflict_words(request, ground, "strategies.conflict_act"), status=409)
    return show(request, ground, wrong[0], status=wrong[0].status)


def change(request: Any, key: str, make: Callable[[tuple[Row, ...]], tuple[Row, ...] | None]) -> Draft | list[Refusal]:
    """Change the rows of the draft as it is now; for changes that make sense whatever somebody else does meanwhile. `make` answers None when there is nothing to do."""
    (kind, node), pool = place_of(key), request.house.pool
    answer: Draft | list[Refusal] = []
    for _ in range(TRIES):
        draft = strategies.draft(pool, request.person.merchant_id, kind, node)
        made = make(draft.table.rows)
        if made is None:
            return draft
        answer = strategies.save_draft(pool, by(request), kind, node, encode_rows(made), draft.version, request.now)
        if not (isinstance(answer, list) and answer[0].code == "strategy_draft_moved"):
            break
    return answer


@staff(EDIT)
@require_POST
def move(request: Any, key: str) -> HttpResponse:
    """A row one place up or down, or before another one."""
    row_id, way, before = (request.POST.get(name, "") for name in ("row", "way", "before"))

    def moved(rows: tuple[Row, ...]) -> tuple[Row, ...] | None:
        ids = [row.id for row in rows]
        if row_id not in ids:
            return None
        at, out = ids.index(row_id), list(rows)
        one = out.pop(at)
        there = {"up": max(0, at - 1), "down": min(len(out), at + 1)}.get(way)
        if there is None:
            rest = [row.id for row in out]
            there = rest.index(before) if before in rest else at
        out.insert(there, one)
        return tuple(out)

    done = change(request, key, moved)
    return refused(request, key, done) if isinstance(done, list) else back(key, "moved", row_id)


@staff(EDIT)
@require_POST
def switch(request: Any, key: str) -> HttpResponse:
    """A published row off, looking on, or on: in force at once, asked for with what already waits if that was ticked (SA-8)."""
    kind, node = place_of(key)
    mode, row_id = next((m for m in MODES if m == request.POST.get("mode")), None), request.POST.get("row", "")
    if mode is None:
        return refused(request, key, [Refusal("strategy_mode_wrong", {}, "mode")])
    waiting = mode == "on" and request.POST.get("waiting") == "1"
    done = strategies.switch(request.house.pool, by(request), kind, node, row_id, mode, request.now, waiting)
    return refused(request, key, done) if isinstance(done, list) else back(key, "waiting" if done.run_id else mode, row_id)


@staff(EDIT)
@require_POST
def discard(request: Any, key: str) -> HttpResponse:
    """The draft is thrown away, if nobody changed it since it was seen."""
    kind, node = place_of(key)
    done = strategies.drop_draft(request.house.pool, by(request), kind, node, revision_of(request), request.now)
    return refused(request, key, done) if isinstance(done, list) else back(key, "discarded")


def revision_of(request: Any) -> int:
    """The draft's revision that the page was drawn with; one that never was where none was sent."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else -1


def with_row(rows: tuple[Row, ...], row: Row, after: str = "") -> tuple[Row, ...]:
    """The rows with this one in its place, or after another, or last."""
    if any(one.id == row.id for one in rows):
        return tuple(replace(row, mode=one.mode) if one.id == row.id else one for one in rows)
    at = next((i + 1 for i, one in enumerate(rows) if one.id == after), len(rows))
    return (*rows[:at], row, *rows[at:])
