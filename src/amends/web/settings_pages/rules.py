"""The merchant's own rule book, read-only: its pack, which version since when, and what changed since the one before (PO-16, PO-18)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from amends.core.pack_diff import differences
from amends.core.pack_shape import arranged, document_of, pack_shape
from amends.engine.deadlines import pack_of
from amends.engine.merchant_settings import settings_of
from amends.store import packs as store
from amends.store.connect import scope
from amends.web import pack_words as words
from amends.web import wording
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.pack_book import book, sources
from amends.web.settings_pages.ground import show


@staff("read")
@require_safe
def rules(request: Any) -> HttpResponse:
    """What new cases are opened under now."""
    row = settings_of(request.house.pool, by(request))
    with scope(request.house.pool, by(request).scope) as conn:
        given = store.assignments(conn, merchant=row["id"], many=20)
    pack = pack_of(row["pack_ref"])
    document = arranged(pack_shape(), document_of(pack))
    since = next((g["since"] for g in given if g["holds"]), None)
    before = next((f"{g['pack']}@{g['version']}" for g in given if not g["holds"]), "")
    changed = [
        {"place": words.place(d.path, request.lang), "kind": d.kind, "old": words.value(d.shape, d.old, request.lang) if d.kind != "moved" else "", "new": words.value(d.shape, d.new, request.lang) if d.kind != "moved" else ""}
        for d in differences(document_of(pack_of(before)), document)
    ] if before else []
    context = {
        "name": pack.name.zh if request.lang == "zh" else pack.name.en, "version": pack.version, "since": since, "before": wording.pack_version(before, request.lang) if before else "", "changed": changed,
        "book": book(document, request.lang), "sources": sources(document, request.lang),
    }
    return show(request, "settings/rules.html", context)
