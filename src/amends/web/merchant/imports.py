"""Importing orders from the browser: upload, choose or make a mapping, dry run, import, what was refused (OR-6, UI-7)."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends.core.order_fields import STATES
from amends.core.refusal import Refusal
from amends.engine.audit import By
from amends.engine.importing import by_hand, mapping, uploads
from amends.store import imports
from amends.store.connect import scope
from amends.web import page
from amends.web.catalogue import say
from amends.web.gate import staff

BY_HAND = "by_hand"
SHOWN = 200
MOST_FILES = 8


@staff("import_orders")
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Any) -> HttpResponse:
    """Upload, and the imports so far."""
    if request.method != "POST":
        return _start(request)
    files = request.FILES.getlist("files")
    chosen = request.POST.get("mapping", BY_HAND)
    if not files:
        return _start(request, Refusal("required", {"zh": say("zh", "imports.files"), "en": say("en", "imports.files")}, "files"))
    if len(files) > MOST_FILES or sum(f.size for f in files) > uploads.MOST_BYTES:
        return _start(request, Refusal("file_too_large", {"name": files[0].name, "most": uploads.MOST_BYTES // 2**20}, "files"))
    person = request.person
    made = uploads.upload(request.house.pool, person.merchant_id, [(f.name, f.read()) for f in files], person.id, request.now)
    if isinstance(made, Refusal):
        return _start(request, made)
    by_name = chosen != BY_HAND and chosen in mapping.shipped()
    if by_name and (wrong := uploads.send(request.house.pool, person.merchant_id, made, {"name": chosen}, dry_run=True)):
        return _start(request, wrong[0])
    return HttpResponseRedirect(f"/m/import/{made}")


def _start(request: Any, refusal: Refusal | None = None) -> HttpResponse:
    merchant = request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        history = imports.history(conn, merchant)
    plans = [found for name in mapping.shipped() if (found := mapping.find(name)[0]) is not None and found.merchant is None]
    context = {"history": history, "plans": plans, "refusal": refusal, "most": uploads.MOST_BYTES // 2**20}
    return page.render(request, "merchant/imports.html", context, 422 if refusal else 200)


@staff("import_orders")
@require_safe
def show(request: Any, import_id: UUID) -> HttpResponse:
    """A draft shows its columns, a running import how far it is, a finished one what came of it."""
    found = _find(request, import_id)
    if found.state == "draft":
        return _columns(request, found)
    merchant = request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        refused = imports.refused(conn, merchant, found.id, limit=SHOWN)
        kept = imports.kept(conn, merchant, found.id)
    context = {"it": found, "refused": refused, "shown": SHOWN, "kept": kept, "running": found.state in ("waiting", "running")}
    return page.render(request, "merchant/import.html", context)


@staff("import_orders")
@require_POST
def columns(request: Any, import_id: UUID) -> HttpResponse:
    """The chosen columns; words of a state column that nobody can guess are asked for, then the dry run is sent off."""
    found = _find(request, import_id)
    chosen = {key.removeprefix("c."): value for key, value in request.POST.items() if key.startswith("c.") and value}
    states = {key.removeprefix("s."): value for key, value in request.POST.items() if key.startswith("s.") and value in STATES}
    fixed = request.POST.get("fixed_state", "")
    fixed = fixed if fixed in STATES and "order.state" not in chosen else ""
    if missing := by_hand.missing(chosen, fixed):
        return _columns(request, found, chosen, states, fixed, [Refusal("required", {"zh": by_hand.label(k, "zh"), "en": by_hand.label(k, "en")}, k) for k in missing])
    peek = uploads.peek(request.house.pool, request.person.merchant_id, found.id)
    if isinstance(peek, uploads.Peek) and "order.state" in chosen and chosen["order.state"] in peek.header:
        words = by_hand.words_in(peek.rows, peek.header.index(chosen["order.state"]))
        states = {word: by_hand.guess_state(word) for word in words if by_hand.guess_state(word)} | states
        if any(word not in states for word in words):
            return _columns(request, found, chosen, states, fixed, [Refusal("state_words_open", {}, "states")], words)
    person = request.person
    made = by_hand.build(chosen, states, fixed, person.currency, person.timezone)
    if wrong := uploads.send(request.house.pool, person.merchant_id, found.id, made, dry_run=True):
        return _columns(request, found, chosen, states, fixed, wrong)
    return HttpResponseRedirect(f"/m/import/{found.id}")


def _columns(
    request: Any, found: imports.Import, chosen: dict[str, str] | None = None, states: dict[str, str] | None = None, fixed: str = "",
    wrong: list[Refusal] | None = None, words: list[str] | None = None,
) -> HttpResponse:
    peek = uploads.peek(request.house.pool, request.person.merchant_id, found.id)
    if isinstance(peek, Refusal):
        return page.refused(request, peek)
    context = {
        "it": found, "peek": peek, "fields": by_hand.fields(), "chosen": by_hand.guess(peek.header) if chosen is None else chosen, "states": states or {},
        "words": words or [], "fixed": fixed, "wrong": wrong or [], "all_states": STATES, "sample": uploads.SAMPLE,
    }
    return page.render(request, "merchant/import_columns.html", context, 422 if wrong else 200)


@staff("import_orders")
@require_POST
def again(request: Any, import_id: UUID) -> HttpResponse:
    """After a dry run: for real, or back to the columns."""
    found, person = _find(request, import_id), request.person
    by = By(person.actor(), request.address, request.correlation)
    other = request.POST.get("how") == "columns"
    made = uploads.again(request.house.pool, person.merchant_id, found.id, by, request.now, dry_run=other, other_mapping=other)
    return page.refused(request, made) if isinstance(made, Refusal) else HttpResponseRedirect(f"/m/import/{made}")


@staff("import_orders")
@require_safe
def refused(request: Any, import_id: UUID) -> StreamingHttpResponse:
    """Every refused row as CSV that spreadsheets open."""
    found = _find(request, import_id)
    merchant, pool = request.person.merchant_id, request.house.pool
    head = [say(request.lang, f"imports.{key}") for key in ("line", "field", "reason", "row")]

    def parts() -> Any:
        yield "\ufeff" + _csv([head])
        after = (0, -1)
        while True:
            with scope(pool, UUID(merchant)) as conn:
                rows = imports.refused(conn, merchant, found.id, after, 1000)
            if not rows:
                return
            after = (rows[-1].line, rows[-1].position)
            yield _csv([[x.line, x.field, x.reason_zh if request.lang == "zh" else x.reason_en, x.raw] for x in rows])

    answer = StreamingHttpResponse(parts(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="refused-{found.started_at:%Y%m%d-%H%M}.csv"'
    return answer


def _csv(rows: list[list[Any]]) -> str:
    """A cell that begins like a formula gets an apostrophe, so that opening the list runs nothing."""
    out = io.StringIO()
    csv.writer(out).writerows([["'" + c if isinstance(c, str) and c[:1] in ("=", "+", "-", "@", "\t") else c for c in row] for row in rows])
    return out.getvalue()


def _find(request: Any, import_id: UUID) -> imports.Import:
    merchant = request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        found = imports.find(conn, merchant, str(import_id))
    if found is None:
        raise Http404
    return found
