"""The form of one row: facts, relations, values, the action, limits and times; kept in the draft (SA-1, SA-2, SA-3, SA-6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from amends.core.refusal import Refusal
from amends.core.strategy import Action, Row, Table
from amends.core.strategy_json import encode_row, encode_rows
from amends.engine import strategies
from amends.engine.ids import is_id, new_id
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.settings_pages.compensation import plain
from amends.web.strategies.forms import form_of
from amends.web.strategies.ground import EDIT, Ground, back, conflict_words, ground_of, render, told
from amends.web.strategies.reading import Part, Typed, money_fields, row_of, typed_of, typed_row
from amends.web.strategies.table import change, refused, revision_of, with_row

AGAIN = ("look", "add", "drop")
"""What asks for the form once more, as typed."""


@staff(EDIT)
@require_http_methods(("GET", "HEAD", "POST"))
def row(request: Any, key: str, row_id: str = "") -> HttpResponse:
    """A new row, or one to change. `look`, `add` and `drop` only draw the form anew, which is how it works without scripts."""
    ground = ground_of(request, key)
    kept = _kept(ground, row_id)
    if request.method != "POST":
        typed = _typed(ground, kept) if row_id else Typed(parts=[Part()])
        return _form(request, ground, kept, typed, _problems(request, ground, kept) if row_id else [], revision=ground.desk.revision, show_cel="cel" in request.GET)
    if "remove" in request.POST and row_id:
        return _remove(request, key, row_id)
    typed = typed_of(request.POST, ground.kind, ground.node)
    made = row_of(typed, kept.id, kept.mode, ground.kind, ground.node, ground.shelf.currency, _names_of(ground))
    if any(name in request.POST for name in AGAIN):
        return _form(request, ground, made, typed, [], revision=revision_of(request))
    wrong = _problems(request, ground, made)
    if wrong:
        return _form(request, ground, made, typed, wrong, revision=revision_of(request), status=422)
    return _keep(request, ground, row_id, made, typed)


def _kept(ground: Ground, row_id: str) -> Row:
    if not row_id:
        return Row("", "", action=Action(""))
    found = next((one for one in ground.desk.draft.table.rows if one.id == row_id), None)
    if found is None:
        raise Http404
    return found


def _typed(ground: Ground, kept: Row) -> Typed:
    """A kept row as its form has it, money as an input has it."""

    def written(n: int) -> str:
        return plain(n, ground.shelf.currency)

    typed = typed_row(kept, written)
    typed.fields |= money_fields(kept, ground.kind, ground.node, written)
    return typed


def _names_of(ground: Ground) -> Any:
    people = dict(ground.shelf.people)
    return lambda person: people.get(person, "")


def _problems(request: Any, ground: Ground, made: Row) -> list[Refusal]:
    """What is wrong with this row alone, with paths within it."""
    merchant = request.person.merchant_id
    found = strategies.problems(request.house.pool, merchant, Table(ground.node, ground.kind, 0, (made,)))
    return [replace(r, field=r.field.removeprefix("rows[0].")) if r.field else r for r in found]


def _keep(request: Any, ground: Ground, row_id: str, made: Row, typed: Typed) -> HttpResponse:
    """Into the draft, if it still is the one that was seen; sent twice it is kept once."""
    once = request.POST.get("once", "")
    is_new = not row_id or "copy" in request.POST
    if is_new:
        made = replace(made, id=once if is_id(once) else new_id(), mode="off")
    rows = ground.desk.draft.table.rows
    if any(one.id == made.id and encode_row(replace(one, mode=made.mode)) == encode_row(made) for one in rows):
        return back(ground.key, "saved", made.id)
    answer = strategies.save_draft(
        request.house.pool, by(request), ground.kind, ground.node, encode_rows(with_row(rows, made, row_id if is_new else "")), revision_of(request), request.now,
    )
    if not isinstance(answer, list):
        return back(ground.key, "saved", made.id)
    if answer[0].code == "strategy_draft_moved":
        return _form(request, ground, made, typed, [], revision=ground.desk.revision, conflict=conflict_words(request, ground), status=409)
    return _form(request, ground, made, typed, answer, revision=revision_of(request), status=422)


def _remove(request: Any, key: str, row_id: str) -> HttpResponse:
    done = change(request, key, lambda rows: tuple(one for one in rows if one.id != row_id))
    return refused(request, key, done) if isinstance(done, list) else HttpResponseRedirect(f"{reverse('strategies-table', args=[key])}?done=removed")


def _form(
    request: Any, ground: Ground, made: Row, typed: Typed, wrong: list[Refusal], *, revision: int, show_cel: bool = False, conflict: str = "", status: int = 200,
) -> HttpResponse:
    at, once = (ground.kind, ground.node), request.POST.get("once", "")
    form = form_of(
        typed, made, at, ground.shelf, wrong, lambda r: told(request, r, ground), revision=revision, once=once if is_id(once) else new_id(), show_cel=show_cel,
    )
    row_id = request.resolver_match.kwargs.get("row_id", "")
    return render(request, "strategies/row.html", ground, {"form": form, "row_id": row_id, "conflict": conflict}, status)
