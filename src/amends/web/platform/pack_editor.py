"""The editor of a draft: one form a part, without code; what was typed is kept, what is wrong stands beside its field (PO-14)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from amends.core.pack_diff import between
from amends.core.policy import Problem
from amends.core.refusal import Refusal
from amends.engine import packs
from amends.engine.packs import GENERAL, PERMISSION
from amends.store import packs as store
from amends.store.connect import PLATFORM, scope
from amends.web import pack_form
from amends.web import pack_words as words
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.pack_fields import Drawer
from amends.web.pack_problems import listed
from amends.web.page import render
from amends.web.platform.pack_parts import Part, holding, part_of, parts
from amends.web.settings_pages.ground import said

DONE = ("saved", "changed")


@platform(PERMISSION)
@require_http_methods(("GET", "HEAD", "POST"))
def edit(request: Any, pack: str, version: int) -> HttpResponse:
    """One part of a draft. A POST saves it, with what its button adds, removes or moves."""
    row = _draft(request, pack, version)
    part = part_of(row["document"], request.GET.get("part", GENERAL), request.lang)
    if part is None:
        raise Http404
    if request.method != "POST":
        return _page(request, row, part, packs.at(row["document"], part.path))
    given = request.POST
    typed = None if given.get("absent") == "1" else pack_form.read(part.shape, part.path, given)
    do = given.get("do", "")
    made = pack_form.act(part.shape, part.path, typed, do, given.get(f"{do.partition('|')[2]}~new", "")) if do else typed
    if isinstance(made, Refusal):
        return _page(request, row, part, typed, made, seen=given.get("seen", ""))
    if part.shape.optional is False and made is None:
        made = typed
    saved = packs.save_part(request.house.pool, by(request), (pack, version), part.path, made, given.get("seen", ""), request.now)
    if isinstance(saved, Refusal):
        return _page(request, _draft(request, pack, version), part, made, saved)
    where = {"part": part.path, "done": "changed" if do else "saved"}
    return HttpResponseRedirect(f"{reverse('platform-pack-edit', args=[pack, version])}?{urlencode(where)}" + (f"#{_anchor(do)}" if do else ""))


def _anchor(do: str) -> str:
    return "at-" + do.partition("|")[2].rpartition("[")[0].replace(".", "-").replace("[", "-").replace("]", "") if "[" in do else "at-" + do.partition("|")[2].replace(".", "-")


@platform(PERMISSION)
@require_safe
def check(request: Any, pack: str, version: int) -> HttpResponse:
    """Every problem of a draft at once, each with the way to where it is put right."""
    row = _draft(request, pack, version)
    problems = listed(packs.problems_of(row["document"]), request.lang)
    for p in problems:
        p["part"] = holding(row["document"], p["path"], request.lang)
    return render(request, "platform/pack_check.html", _common(request, row) | {"problems": problems})


@platform(PERMISSION)
@require_http_methods(("GET", "HEAD", "POST"))
def document(request: Any, pack: str, version: int) -> HttpResponse:
    """The whole draft as JSON, to be taken away, changed and put back."""
    row, refusal = _draft(request, pack, version), None
    text = json.dumps(row["document"], ensure_ascii=False, indent=2)
    if request.method == "POST":
        upload = request.FILES.get("document")
        text = upload.read(packs.BYTES_AT_MOST + 1).decode("utf-8", "replace") if upload else request.POST.get("text", "")
        edit_seen = request.POST.get("edit", "")
        made = packs.replace_document(request.house.pool, by(request), (pack, version), text, int(edit_seen) if edit_seen.isdecimal() and len(edit_seen) < 9 else 0, request.now)
        if not isinstance(made, Refusal):
            return HttpResponseRedirect(reverse("platform-pack-check", args=[pack, version]) + "?done=saved")
        refusal, row = made, _draft(request, pack, version)
    return render(request, "platform/pack_document.html", _common(request, row) | {"text": text, "refusal": refusal}, refusal.status if refusal else 200)


def _draft(request: Any, pack: str, version: int) -> dict[str, Any]:
    with scope(request.house.pool, PLATFORM) as conn:
        row = store.one(conn, pack, version)
    if row is None or row["state"] != "draft":
        raise Http404
    return row


def _page(request: Any, row: dict[str, Any], part: Part, held: Any, refusal: Refusal | None = None, seen: str | None = None) -> HttpResponse:
    """The form of a part with what is held or was typed. Where somebody was quicker, theirs stands beside it, and saving again is a choice made knowingly."""
    kept, lang = packs.at(row["document"], part.path), request.lang
    shown = packs.put(row["document"], part.path, held)
    problems = [_at_part(p, part) for p in packs.problems_of(shown)]
    theirs = [
        {"place": words.place(d.path, lang) if part.path != GENERAL else [words.label(d.path[-1], "Pack", lang)], "mine": words.value(d.shape, d.new, lang), "theirs": words.value(d.shape, d.old, lang)}
        for d in between(part.path, part.shape, kept, held)
    ] if refusal and refusal.code == "pack_edited" else []
    context = _common(request, row) | {
        "part": part, "field": Drawer(shown, problems, lang).part(part.shape, part.path, held, part.title), "seen": packs.print_of(kept) if seen is None else seen, "theirs": theirs,
        "refusal": refusal, "wrong_here": sum(p.path == part.path or p.path.startswith((f"{part.path}.", f"{part.path}[")) for p in problems), "wrong": len(problems),
    }
    return render(request, "platform/pack_edit.html", context, refusal.status if refusal else 200)


def _at_part(problem: Problem, part: Part) -> Problem:
    first = problem.path.partition(".")[0]
    return replace(problem, path=f"{GENERAL}.{problem.path}") if part.path == GENERAL and first in part.shape.inside else problem


def _common(request: Any, row: dict[str, Any]) -> dict[str, Any]:
    done = request.GET.get("done", "")
    name = row["document"].get("name")
    return {
        "row": row, "sections": parts(row["document"], request.lang), "done": done if done in DONE else "", "say": lambda r: said(r, request.lang),
        "name": str(name.get(request.lang) or row["pack"]) if isinstance(name, dict) else row["pack"],
        "anchor": lambda place: "at-" + place.replace(".", "-").replace("[", "-").replace("]", ""),
    }


urlpatterns: list[URLPattern] = [
    path("packs/<slug:pack>/<int:version>/edit", edit, name="platform-pack-edit"),
    path("packs/<slug:pack>/<int:version>/check", check, name="platform-pack-check"),
    path("packs/<slug:pack>/<int:version>/document", document, name="platform-pack-document"),
]
