"""The page of one pack version: the rule book, its forms, and what became of a refused one (PO-14, PO-16, PO-18)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from amends.core.refusal import Refusal
from amends.engine import pack_releases, packs
from amends.engine.ids import new_id
from amends.engine.packs import PERMISSION, Ref
from amends.store import packs as store
from amends.store import what_if as runs
from amends.store.connect import PLATFORM, scope
from amends.web import pack_words as words
from amends.web import wording
from amends.web.pack_book import book, sources
from amends.web.page import render
from amends.web.settings_pages.ground import Filled, said

DONE = ("copied", "saved", "released", "withdrawn", "discarded", "drafted")
_NAMES = packs.general_shape().inside["name"]


def page(request: Any, ref: Ref, refusal: Refusal | None = None, at: str = "") -> HttpResponse:
    """The page of a version; `at`: which of its forms was refused."""
    with scope(request.house.pool, PLATFORM) as conn:
        row, release = store.one(conn, *ref), store.release(conn, *ref)
        if row is None:
            raise Http404
        versions, given = store.listed(conn, ref[0]), store.assignments(conn, pack=ref[0], version=ref[1], many=50)
        meant = pack_releases.of_packs(row)
        chosen = release["merchants"] if release else []
        merchants = store.merchants_of(conn, meant) if _may(request) else []
        replays = runs.runs(conn, *ref, many=5) if _may(request) else []
    document = row["document"]
    typed = Filled({k: request.POST.getlist(k) if k == "merchants" else request.POST[k] for k in request.POST}) if refusal else Filled(_kept(release, row))
    context = {
        "row": row, "release": release, "versions": versions, "given": given, "meant": _named(meant, row, request.lang), "merchants": merchants, "chosen": set(typed["merchants"] or chosen), "runs": replays,
        "book": book(document, request.lang), "sources": sources(document, request.lang), "problems": packs.problems_of(document) if row["state"] == "draft" else (),
        "typed": typed, "at": at, "refusal": refusal, "name": words.title(_NAMES, document.get("name"), request.lang) or ref[0], **common(request),
    }
    return render(request, "platform/pack.html", context, refusal.status if refusal else 200)


def _named(meant: list[str], row: dict[str, Any], lang: str) -> list[str]:
    """The packs whose merchants it is meant for, by their names."""
    own = words.title(_NAMES, row["document"].get("name"), lang) or row["pack"]
    from_ = wording.pack_of(row["copied_from"] or "")
    return [own if pack == row["pack"] else (from_.name.zh if lang == "zh" else from_.name.en) if from_ is not None else pack for pack in meant]


def to(ref: Ref, done: str = "") -> HttpResponseRedirect:
    """The page of a version after something was done."""
    return HttpResponseRedirect(reverse("platform-pack", kwargs={"pack": ref[0], "version": ref[1]}) + (f"?{urlencode({'done': done})}" if done else ""))


def _kept(release: dict[str, Any] | None, row: dict[str, Any]) -> dict[str, Any]:
    if release is None:
        return {"whom": "named", "percent": "10"}
    whom = "everybody" if release["percent"] == 100 else "share" if release["percent"] else "named"
    return {"whom": whom, "percent": str(release["percent"] or 10), "note": row["note"]}


def _may(request: Any) -> bool:
    return PERMISSION in request.person.permissions or "*" in request.person.permissions


def common(request: Any) -> dict[str, Any]:
    """What every page of packs knows: who may edit, a fresh wish for forms that make something, what was just done."""
    done = request.GET.get("done", "")
    return {"may_edit": _may(request), "wish": new_id(), "done": done if done in DONE else "", "say": lambda r: said(r, request.lang), "built_in": {p[0] for p in packs.pack_ids()}}
