"""Ready-made strategies: each with its figures to choose, taken into the drafts of the tables it belongs to, switched off (SA-9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from amends.core.money import Money
from amends.core.refusal import Refusal
from amends.core.strategies_ready import Param, Ready, make, ready_made
from amends.core.strategy import Row
from amends.core.strategy_json import decode_rows
from amends.core.strategy_keys import KEY_OF
from amends.engine.ids import is_id, new_id
from amends.web import wording
from amends.web.catalogue import say
from amends.web.gate import staff
from amends.web.settings_pages.compensation import plain
from amends.web.strategies.ground import EDIT, Ground, Shown, back, ground_of, render, shown, table_name, told
from amends.web.strategies.table import change, refused


@dataclass(slots=True)
class Figure:
    """One figure to choose, as an input has it."""

    name: str
    label: str
    value: str
    unit: str
    money: bool
    error: str = ""


@dataclass(slots=True)
class Offer:
    """One ready-made strategy: what it does, its figures, and the rows it makes with those that stand there."""

    code: str
    name: str
    about: str
    figures: list[Figure]
    rows: list[tuple[str, Shown]] = field(default_factory=list)


@staff(EDIT)
@require_http_methods(("GET", "HEAD", "POST"))
def ready(request: Any, key: str) -> HttpResponse:
    """The list; a post takes one into the drafts. Taken twice by a double click it stands there once."""
    ground = ground_of(request, key)
    if request.method != "POST":
        return _list(request, ground)
    found = next((one for one in ready_made() if one.code == request.POST.get("ready")), None)
    if found is None:
        return _list(request, ground, Refusal("strategy_row_unknown"), status=409)
    values = {param.name: _read(param, request.POST.get(param.name, ""), ground.shelf.currency) for param in found.params}
    made = make(found.code, values, request.lang, frozenset(ground.names.labels.get("reasons", {})) or None)
    if made and isinstance(made[0], Refusal):
        return _list(request, ground, made[0], found.code, status=422)
    return _take(request, key, [one for one in made if not isinstance(one, Refusal)])


def _take(request: Any, key: str, made: list[Any]) -> HttpResponse:
    once, went, last = request.POST.get("once", ""), "", ""
    for i, one in enumerate(made):
        at = KEY_OF[(one.kind, one.node)]
        row_id = str(uuid5(UUID(once), f"{at}.{i}")) if is_id(once) else ""
        rows, _ = decode_rows([{**one.row, "id": row_id}], new_id)
        done = change(request, at, lambda kept, new=rows[0]: None if any(r.id == new.id for r in kept) else (*kept, new))  # type: ignore[misc]
        if isinstance(done, list):
            return refused(request, at, done)
        if not went or at == key:
            went, last = at, rows[0].id
    return back(went or key, "ready", last)


def _read(param: Param, text: str, currency: str) -> Any:
    """Minor units for money; what cannot be read stays as typed, to be refused."""
    text = text.strip()
    if param.type != "money":
        return text
    found = Money.parse(text.replace(",", "").lstrip("¥$€£"), currency)
    return found.amount if found and found.amount >= 0 else "?"


def _list(request: Any, ground: Ground, refusal: Refusal | None = None, code: str = "", status: int = 200) -> HttpResponse:
    mine: list[Offer] = []
    others: list[Offer] = []
    for one in ready_made():
        here = (ground.kind, ground.node) in one.places
        (mine if here else others).append(_offer(request, ground, one, refusal if one.code == code else None))
    context = {"ready": mine + others, "refusal": refusal if not code or (refusal and not refusal.field) else None}
    return render(request, "strategies/ready.html", ground, context, status)


def _offer(request: Any, ground: Ground, one: Ready, refusal: Refusal | None) -> Offer:
    at, lang, names = wording.at(request.lang), request.lang, ground.names
    figures = [_figure(request, ground, param, refusal) for param in one.params]
    made = make(one.code, {}, lang, None)
    rows: list[tuple[str, Shown]] = []
    for row in made:
        if not isinstance(row, Refusal):
            kept: Row = decode_rows([row.row], new_id)[0][0]
            rows.append((table_name(KEY_OF[(row.kind, row.node)], lang), shown(kept, 1, names, row.kind, row.node)))
    return Offer(one.code, (one.zh, one.en)[at], (one.about_zh, one.about_en)[at], figures, rows)


def _figure(request: Any, ground: Ground, param: Param, refusal: Refusal | None) -> Figure:
    at, lang, money = wording.at(request.lang), request.lang, param.type == "money"
    first = plain(param.value, ground.shelf.currency) if money else str(param.value)
    unit = say(lang, "strategies.days_unit") if param.type == "days" else ""
    error = told(request, _bounded(refusal, param, ground), ground) if refusal and refusal.field == param.name else ""
    return Figure(param.name, (param.zh, param.en)[at], request.POST.get(param.name, first) if refusal else first, ground.names.currency_sign if money else unit, money, error)


def _bounded(refusal: Refusal, param: Param, ground: Ground) -> Refusal:
    """Bounds of money told as money."""
    if param.type != "money":
        return refusal
    bounds = {name: plain(int(refusal.facts[name]), ground.shelf.currency) for name in ("least", "most")}
    return Refusal(refusal.code, {**refusal.facts, **bounds}, refusal.field)
