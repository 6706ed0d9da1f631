"""Policy packs of the platform: the list, one version as a rule book, copies, releases, comparison, files (PO-14, PO-18)."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends.core.pack_diff import differences
from amends.core.refusal import Refusal
from amends.engine import pack_releases, packs
from amends.engine.ids import is_id
from amends.engine.pack_releases import Meant
from amends.engine.packs import PERMISSION, Ref
from amends.store import packs as store
from amends.store.connect import PLATFORM, scope
from amends.web import pack_words as words
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.navigation import Item
from amends.web.page import render
from amends.web.platform import pack_editor, pack_runs
from amends.web.platform.pack_page import common, page, to


@platform("read")
@require_http_methods(("GET", "HEAD", "POST"))
def listed(request: Any) -> HttpResponse:
    """Every version of every pack; a POST brings a document in."""
    refusal = None
    if request.method == "POST":
        upload = request.FILES.get("document")
        text = upload.read(packs.BYTES_AT_MOST + 1).decode("utf-8", "replace") if upload else request.POST.get("text", "")
        made = packs.bring_in(request.house.pool, by(request), text, request.POST.get("wish", ""), request.now)
        if not isinstance(made, Refusal):
            return to(made, "copied")
        refusal = made
    with scope(request.house.pool, PLATFORM) as conn:
        rows = store.listed(conn)
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(row["pack"], []).append(row)
    context = {"packs": list(grouped.values()), "refusal": refusal, "typed": request.POST.get("text", ""), **common(request)}
    return render(request, "platform/packs.html", context, refusal.status if refusal else 200)


@platform("read")
@require_safe
def one(request: Any, pack: str, version: int) -> HttpResponse:
    """A version as a rule book, with its release and who was given it."""
    return page(request, (pack, version))


@platform(PERMISSION)
@require_POST
def copy(request: Any, pack: str, version: int) -> HttpResponse:
    """A pack of its own out of this version, then its editor."""
    given = request.POST
    made = packs.copy(request.house.pool, by(request), pack, version, given.get("zh", ""), given.get("en", ""), given.get("wish", ""), request.now)
    return page(request, (pack, version), made, "copy") if isinstance(made, Refusal) else to(made, "copied")


@platform(PERMISSION)
@require_POST
def next_version(request: Any, pack: str, version: int) -> HttpResponse:
    """A draft of the next version of a copy."""
    made = packs.new_version(request.house.pool, by(request), pack, request.now)
    return page(request, (pack, version), made) if isinstance(made, Refusal) else to(made, "drafted")


@platform(PERMISSION)
@require_POST
def release(request: Any, pack: str, version: int) -> HttpResponse:
    """To whom and from when; for a draft, and for a version that is released already."""
    given = request.POST
    whom, percent = given.get("whom", "named"), given.get("percent", "")
    share = 100 if whom == "everybody" else int(percent) if whom == "share" and percent.isdecimal() and len(percent) < 4 else 0 if whom == "named" else -1
    meant = Meant(share, [m for m in given.getlist("merchants") if is_id(m)])
    if whom == "named" and not meant.merchants:
        return page(request, (pack, version), Refusal("pack_names_nobody", {}, "merchants"), "release")
    refusal = pack_releases.release(request.house.pool, by(request), (pack, version), meant, given.get("valid_from", ""), given.get("note", ""), request.now)
    return page(request, (pack, version), refusal, "release") if refusal else to((pack, version), "released")


@platform(PERMISSION)
@require_POST
def withdraw(request: Any, pack: str, version: int) -> HttpResponse:
    """Whoever has it goes back to what it had before."""
    refusal = pack_releases.withdraw(request.house.pool, by(request), (pack, version), request.now)
    return page(request, (pack, version), refusal, "withdraw") if refusal else to((pack, version), "withdrawn")


@platform(PERMISSION)
@require_POST
def discard(request: Any, pack: str, version: int) -> HttpResponse:
    """A draft goes."""
    refusal = packs.discard(request.house.pool, by(request), (pack, version), request.now)
    return page(request, (pack, version), refusal) if refusal else HttpResponseRedirect(reverse("platform-packs") + "?done=discarded")


@platform("read")
@require_safe
def compare(request: Any, pack: str, version: int) -> HttpResponse:
    """What differs from another version, place by place in words; from what it came from where none is chosen."""
    with scope(request.house.pool, PLATFORM) as conn:
        row, every = store.one(conn, pack, version), store.listed(conn)
        if row is None:
            raise Http404
        other = read_ref(request.GET.get("with", "")) or (read_ref(row["copied_from"] or "") if version == 1 else (pack, version - 1))
        found = store.one(conn, *other) if other else None
    rows = told_differences(found["document"], row["document"], request.lang) if found else []
    context = {"row": row, "other": found, "every": [r for r in every if (r["pack"], r["version"]) != (pack, version)], "rows": rows, **common(request)}
    return render(request, "platform/pack_compare.html", context)


def told_differences(old: dict[str, Any], new: dict[str, Any], lang: str) -> list[dict[str, Any]]:
    """Differences as a table shows them: place, kind, old and new in words."""
    return [
        {"place": words.place(d.path, lang), "kind": d.kind, "old": words.value(d.shape, d.old, lang) if d.kind != "moved" else "", "new": words.value(d.shape, d.new, lang) if d.kind != "moved" else ""}
        for d in differences(old, new)
    ]


@platform("read")
@require_safe
def export(request: Any, pack: str, version: int) -> HttpResponse:
    """The document as a JSON file."""
    with scope(request.house.pool, PLATFORM) as conn:
        row = store.one(conn, pack, version)
    if row is None:
        raise Http404
    answer = HttpResponse(json.dumps(row["document"], ensure_ascii=False, indent=2) + "\n", content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{pack}-{version}.json"'
    return answer


def read_ref(text: str) -> Ref | None:
    """`jd@1` as pack and version."""
    pack, _, version = text.partition("@")
    return (pack, int(version)) if version.isdecimal() and len(version) < 7 else None


urlpatterns: list[URLPattern] = [
    path("packs", listed, name="platform-packs"),
    path("packs/<slug:pack>/<int:version>", one, name="platform-pack"),
    path("packs/<slug:pack>/<int:version>/copy", copy, name="platform-pack-copy"),
    path("packs/<slug:pack>/<int:version>/next", next_version, name="platform-pack-next"),
    path("packs/<slug:pack>/<int:version>/release", release, name="platform-pack-release"),
    path("packs/<slug:pack>/<int:version>/withdraw", withdraw, name="platform-pack-withdraw"),
    path("packs/<slug:pack>/<int:version>/discard", discard, name="platform-pack-discard"),
    path("packs/<slug:pack>/<int:version>/compare", compare, name="platform-pack-compare"),
    path("packs/<slug:pack>/<int:version>/document.json", export, name="platform-pack-export"),
    *pack_editor.urlpatterns,
    *pack_runs.urlpatterns,
]
NAVIGATION: list[Item] = [Item("packs.nav", "platform", "ti-book", "platform-packs", permission="read", party="platform", order=45)]
