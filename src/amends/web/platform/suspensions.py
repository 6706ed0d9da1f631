"""The platform suspends kinds of clock for a period: the list, the form with a look at its effect, ending early and taking back (PO-15)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from amends.core.clock_kinds import SUSPENDABLE, kind_of
from amends.core.divisions import provinces
from amends.core.refusal import Refusal
from amends.engine import suspensions as engine
from amends.engine.ids import is_id
from amends.engine.suspensions import PERMISSION, Draft, Effect
from amends.store import suspensions as reads
from amends.store.connect import PLATFORM, scope
from amends.store.suspensions import Row
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.navigation import Item
from amends.web.page import render
from amends.web.settings_pages.ground import Filled, said

KINDS = [(kind, [c for c in SUSPENDABLE if kind_of(c) == kind]) for kind in dict.fromkeys(kind_of(c) for c in SUSPENDABLE)]
"""What may be chosen, by what it is of."""
DONE = ("made", "changed", "ended", "withdrawn")


@platform(PERMISSION)
@require_safe
def listed(request: Any) -> HttpResponse:
    """Every suspension, the latest first."""
    done = request.GET.get("done", "")
    return render(request, "platform/suspensions.html", {"rows": reads.listed(request.house.pool), "done": done if done in DONE else ""})


@platform(PERMISSION)
@require_http_methods(("GET", "HEAD", "POST"))
def new(request: Any) -> HttpResponse:
    """A form; `look` shows the effect, `save` makes it."""
    if request.method != "POST":
        return _form(request, None, Filled({"all_clocks": "1", "all_regions": "1"}), [], [])
    draft, wrong = _typed(request)
    if request.POST.get("act") == "save" and not wrong:
        made = engine.make(request.house.pool, by(request), draft, request.now)
        return _done("made") if isinstance(made, str) else _again(request, None, made)
    return _looked(request, None, draft, wrong)


@platform(PERMISSION)
@require_http_methods(("GET", "HEAD", "POST"))
def one(request: Any, suspension_id: str) -> HttpResponse:
    """One of them: what it is, what was done with it, and the same form while it can still be changed."""
    row = _row(request, suspension_id)
    if request.method != "POST":
        return _form(request, row, _kept(request, row), row.clocks, row.regions)
    draft, wrong = _typed(request)
    if request.POST.get("act") == "save" and not wrong:
        refused = engine.change(request.house.pool, by(request), suspension_id, draft, request.now)
        return _again(request, row, refused) if refused else _done("changed")
    return _looked(request, row, draft, wrong)


@platform(PERMISSION)
@require_http_methods(("GET", "HEAD", "POST"))
def end(request: Any, suspension_id: str, how: str) -> HttpResponse:
    """Look at what ending it now, or taking it back, does; then do it."""
    row, withdraw = _row(request, suspension_id), how == "withdraw"
    if request.method == "POST":
        act = engine.withdraw if withdraw else engine.end_early
        refused = act(request.house.pool, by(request), suspension_id, request.now)
        if not refused:
            return _done("withdrawn" if withdraw else "ended")
        return _ending(request, row, how, None, refused)
    effect = engine.preview_end(request.house.pool, by(request), suspension_id, request.now, withdraw=withdraw)
    return _ending(request, row, how, effect, []) if isinstance(effect, Effect) else _ending(request, row, how, None, effect)


def _ending(request: Any, row: Row, how: str, effect: Effect | None, refused: list[Refusal]) -> HttpResponse:
    context = {"row": row, "how": how, "effect": effect, "refused": [said(r, request.lang) for r in refused], "looked_at": engine.LOOKED_AT}
    return render(request, "platform/suspension_end.html", context, refused[0].status if refused else 200)


def _row(request: Any, suspension_id: str) -> Row:
    with scope(request.house.pool, PLATFORM) as conn:
        row = reads.one(conn, suspension_id) if is_id(suspension_id) else None
    if row is None:
        raise Http404
    return row


def _typed(request: Any) -> tuple[Draft, list[Refusal]]:
    """What was typed; "choose" without a choice is refused here, for an empty list means all."""
    given, wrong = request.POST, []
    chosen = {}
    for name in ("clocks", "regions"):
        chosen[name] = [] if given.get(f"all_{name}", "1") == "1" else given.getlist(name)
        if given.get(f"all_{name}", "1") != "1" and not chosen[name]:
            wrong.append(Refusal("suspension_clock_missing", field=name) if name == "clocks" else Refusal("suspension_region_missing", field=name))
    return Draft(given.get("zh", ""), given.get("en", ""), _instant(request, "starts_at"), _instant(request, "ends_at"), chosen["clocks"], chosen["regions"]), wrong


def _instant(request: Any, name: str) -> datetime | None:
    """A day and time of the wall clock of whoever types."""
    try:
        at = datetime.fromisoformat(request.POST.get(name, "").strip())
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=request.zone)


def _kept(request: Any, row: Row) -> Filled:
    local = {name: getattr(row, name).astimezone(request.zone).strftime("%Y-%m-%dT%H:%M") for name in ("starts_at", "ends_at")}
    return Filled({"zh": row.zh, "en": row.en, **local, "all_clocks": "" if row.clocks else "1", "all_regions": "" if row.regions else "1"})


def _looked(request: Any, row: Row | None, draft: Draft, wrong: list[Refusal]) -> HttpResponse:
    effect = engine.preview(request.house.pool, by(request), draft, request.now, row.id if row else "")
    wrong = wrong + (effect if isinstance(effect, list) else [])
    return _again(request, row, wrong, effect if isinstance(effect, Effect) and not wrong else None)


def _again(request: Any, row: Row | None, wrong: list[Refusal], effect: Effect | None = None) -> HttpResponse:
    given = request.POST
    typed = Filled({**given.dict(), **{f"all_{name}": "1" if given.get(f"all_{name}", "1") == "1" else "" for name in ("clocks", "regions")}})
    return _form(request, row, typed, given.getlist("clocks"), given.getlist("regions"), wrong, effect)


def _form(
    request: Any, row: Row | None, typed: Filled, clocks: list[str], regions: list[str], wrong: list[Refusal] | None = None, effect: Effect | None = None,
) -> HttpResponse:
    wrong = wrong or []
    history = []
    if row is not None:
        with scope(request.house.pool, PLATFORM) as conn:
            history = reads.changes(conn, row.id)
    context = {
        "row": row, "typed": typed, "clocks": clocks, "regions": regions, "provinces": provinces(), "effect": effect, "history": history, "looked_at": engine.LOOKED_AT,
        "kinds": KINDS,
        "wrong": Filled({r.field: r for r in reversed(wrong) if r.field}), "beside": [said(r, request.lang) for r in wrong if not r.field], "say": lambda r: said(r, request.lang),
        "open": row is None or row.state(request.now) in ("coming", "in_force"), "instant": datetime.fromisoformat, "zone": str(request.zone),
    }
    return render(request, "platform/suspension.html", context, wrong[0].status if wrong else 200)


def _done(what: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("platform-suspensions") + f"?done={what}")


urlpatterns: list[URLPattern] = [
    path("suspensions", listed, name="platform-suspensions"),
    path("suspensions/new", new, name="platform-suspension-new"),
    path("suspensions/<suspension_id>", one, name="platform-suspension"),
    path("suspensions/<suspension_id>/end", end, {"how": "end"}, name="platform-suspension-end"),
    path("suspensions/<suspension_id>/withdraw", end, {"how": "withdraw"}, name="platform-suspension-withdraw"),
]
NAVIGATION: list[Item] = [Item("suspensions.nav", "platform", "ti-player-pause", "platform-suspensions", permission=PERMISSION, party="platform", order=48)]
