"""What-if runs in the browser: asked for, watched, read, taken away as CSV (PO-14)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.pack_flows import KEEP
from amends.core.refusal import Refusal
from amends.core.what_if import KINDS
from amends.engine import what_if
from amends.engine.ids import is_id
from amends.engine.packs import PERMISSION
from amends.store import packs as store
from amends.store import what_if as runs
from amends.store.connect import PLATFORM, scope
from amends.web import pack_words as words
from amends.web import show
from amends.web.catalogue import say
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.page import render
from amends.web.platform.pack_page import page

LIMIT = 50
COLUMNS = ("merchant", "case", "kind_of_case", "opened_at", "difference", "about", "was", "would_be", "amount_minor", "currency")


@platform(PERMISSION)
@require_POST
def ask(request: Any, pack: str, version: int) -> HttpResponse:
    """Begin a run; its page watches it."""
    days, wish = request.POST.get("days", ""), request.POST.get("wish", "")
    asked = what_if.ask(
        request.house.pool, by(request), (pack, version), int(days) if days.isdecimal() and len(days) < 5 else 0, [m for m in request.POST.getlist("merchants") if is_id(m)],
        wish if is_id(wish) else "", request.now,
    ) if is_id(wish) else Refusal("required", {"zh": "编号", "en": "Id"}, "wish")
    return page(request, (pack, version), asked, "what_if") if isinstance(asked, Refusal) else HttpResponseRedirect(reverse("platform-what-if", args=[asked]))


@platform(PERMISSION)
@require_safe
def run(request: Any, run_id: str) -> HttpResponse:
    """How far it is; then differences by kind, and the cases of one kind."""
    kind, about = request.GET.get("kind", ""), request.GET.get("about", "")
    after = request.GET.get("after", "").split("~")
    with scope(request.house.pool, PLATFORM) as conn:
        found = _found(conn, run_id)
        row = store.one(conn, found["pack"], found["version"])
        sums = sorted(runs.sums(conn, run_id), key=lambda r: (KINDS.index(r["kind"]), -r["cases"]))
        place = (after[0], after[1], int(after[2])) if len(after) == 3 and is_id(after[0]) and is_id(after[1]) and after[2].isdecimal() else None
        rows = runs.differences(conn, run_id, kind, about, place, LIMIT + 1)
        named = store.names(conn, found["merchants"])
    last = rows[LIMIT - 1] if len(rows) > LIMIT else None
    more = urlencode({"kind": kind, "about": about, "after": f"{last['merchant_id']}~{last['case_id']}~{last['nth']}"}) if last else ""
    shown = [r | {"was_said": said_of(r, r["was"], request), "would_said": said_of(r, r["would_be"], request)} for r in rows[:LIMIT]]
    context = {
        "run": found, "row": row, "sums": sums, "rows": shown, "more": f"?{more}" if more else "", "kind": kind, "about": about, "merchants": named,
        "percent": 100 * found["looked"] // found["total"] if found["total"] else 100, "clock_name": lambda name: words.key("clocks", name, request.lang),
    }
    fragment = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    return render(request, "platform/what_if_live.html" if fragment else "platform/what_if.html", context)


@platform(PERMISSION)
@require_safe
def as_csv(request: Any, run_id: str) -> StreamingHttpResponse:
    """All differences as CSV (UTF-8 with a mark, so that spreadsheets read it)."""
    pool = request.house.pool
    with scope(pool, PLATFORM) as conn:
        found = _found(conn, run_id)

    def lines() -> Iterator[str]:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([say(request.lang, f"packs.csv_{name}") for name in COLUMNS])
        yield "\ufeff" + _taken(out)
        with scope(pool, PLATFORM) as conn:
            for row in runs.every(conn, run_id):
                writer.writerow(map(_harmless, (
                    row["merchant"], row["number"], say(request.lang, f"settings.kind_{row['case_kind']}"), row["opened_at"].isoformat(), say(request.lang, f"packs.d_{row['kind']}"),
                    words.key("clocks", row["about"], request.lang) if row["about"] else "", said_of(row, row["was"], request), said_of(row, row["would_be"], request),
                    row["amount_minor"] if row["amount_minor"] is not None else "", row["currency"] or "",
                )))
                yield _taken(out)

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="what-if-{found["pack"]}-{found["version"]}.csv"'
    return answer


def said_of(row: dict[str, Any], fact: dict[str, Any], request: Any) -> str:
    """One side of a difference in words."""
    lang, kind = request.lang, row["kind"]
    if kind.startswith("clock_"):
        if "there" in fact:
            return say(lang, "packs.yes" if fact["there"] else "packs.no")
        then = words.choice("then", fact["then"], lang)
        return say(lang, "packs.due_then", due=show.moment(datetime.fromisoformat(fact["due"]), request.now, request.zone, lang), then=then) if fact.get("due") else then
    if kind == "freight":
        return say(lang, "packs.freight_said", back=words.choice("payer", fact["back"] or "nobody", lang), out=words.choice("payer", fact["out"] or "nobody", lang))
    if kind == "reason_gone":
        return str(fact.get(lang) or say(lang, "packs.reason_not_there"))
    if kind in ("refused", "allowed", "to_person", "until"):
        return str(fact[lang])
    if kind == "urgent":
        return words.seconds(fact["seconds"], lang)
    if kind.startswith("pays_"):
        return say(lang, "packs.pays_nothing") if fact["minor"] is None else show.money(int(fact["minor"]), row["currency"] or "CNY")
    if kind == "photos_lacking":
        return say(lang, "packs.photos_asked_none", why=fact[lang]) if fact["asked"] else say(lang, "packs.photos_not_asked")
    if kind == "photos_too_many":
        return say(lang, "packs.photos_of_most", n=fact["sent"], most=fact["most"])
    if kind == "ground_gone":
        return str(fact[lang]) or say(lang, "packs.reason_not_there")
    if kind.startswith("ground_"):
        return say(lang, "packs.ground_said", ground=fact[lang], asked=say(lang, "packs.yes" if fact["value"] else "packs.no"))
    held = fact["value"]
    if kind in ("goods_to", "sender", "reviewer"):
        return say(lang, f"packs.to_{held}")
    if kind == "way":
        return say(lang, "packs.way_keep" if held == KEEP else "packs.way_back")
    return say(lang, "packs.yes" if held else "packs.no") if isinstance(held, bool) else words.choice("responsibility", str(held), lang)


def _found(conn: Any, run_id: str) -> dict[str, Any]:
    found = runs.one(conn, run_id) if is_id(run_id) else None
    if found is None:
        raise Http404
    return found


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


def _harmless(cell: Any) -> Any:
    """A cell that a spreadsheet does not take for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t" else cell


urlpatterns: list[URLPattern] = [
    path("packs/<slug:pack>/<int:version>/what-if", ask, name="platform-pack-what-if"),
    path("packs/what-if/<run_id>", run, name="platform-what-if"),
    path("packs/what-if/<run_id>/differences.csv", as_csv, name="platform-what-if-csv"),
]
