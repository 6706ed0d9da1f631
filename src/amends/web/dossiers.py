"""What the pages of a dossier share for every side: making it, sending it as PDF, JSON or ZIP, and the list of those kept (DI-10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect

from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.dossier.copies import Copy
from amends.engine.dossier.making import LANGUAGES, make, zipped
from amends.engine.ids import is_id
from amends.engine.photos import say_size
from amends.engine.reveal import PERMISSION
from amends.store import dossiers
from amends.store.connect import scope
from amends.store.dossiers import Kept
from amends.web import page

FORMS = {"pdf": "application/pdf", "json": "application/json", "zip": "application/zip"}
SIZES = {"pdf": "pdf_size", "json": "json_size"}


@dataclass(slots=True)
class Asked:
    """Whose case, who asks, which copy, the number for the file's name, and (where it matters for the way back) the kind of case."""

    by: By
    merchant_id: str
    case_id: str
    copy: Copy
    number: str
    kind: str = ""


def current(request: Any, asked: Asked, form: str, page_address: str) -> HttpResponse:
    """The dossier of the case as it stands; while a large one is drawn, its page, which tells how far it is."""
    if form not in FORMS:
        raise Http404
    kept = make(request.house, asked.by, asked.merchant_id, asked.case_id, asked.copy, request.now, paper=form != "json", language=request.GET.get("paper", LANGUAGES[0]))
    if isinstance(kept, Refusal):
        return page.refused(request, kept)
    if kept.made_at is None and form != "json":
        return HttpResponseRedirect(page_address)
    return send(request, asked, kept, form)


def again(request: Any, asked: Asked, dossier_id: str, form: str, page_address: str) -> HttpResponse:
    """One that was made before, unaltered. A whole copy needs leave to see personal data, and each look is on record."""
    with scope(request.house.pool, asked.by.scope) as conn:
        kept = dossiers.one(conn, asked.merchant_id, dossier_id) if is_id(dossier_id) else None
    if kept is None or form not in FORMS or kept.case_id != asked.case_id or kept.side != asked.copy.side:
        raise Http404
    if kept.erased_at:
        return page.refused(request, Refusal("dossier_erased", {"on": f"{kept.erased_at:%Y-%m-%d}"}))
    if kept.unmasked:
        if refusal := asked.by.lacks(PERMISSION):
            return page.refused(request, refusal)
        with scope(request.house.pool, asked.by.scope) as conn:
            record(conn, asked.by, request.now, "dossier_taken", ("dossier", kept.id), after={"case_number": asked.number, "sha256": kept.json_sha256}, merchant_id=asked.merchant_id)
    if kept.made_at is None and form != "json":
        return HttpResponseRedirect(page_address)
    return send(request, asked, kept, form)


def send(request: Any, asked: Asked, kept: Kept, form: str) -> HttpResponse:
    """The bytes: a PDF to be looked at, JSON and ZIP to be saved."""
    pool, name = request.house.pool, f"{asked.number}-dossier{'-en' if kept.language == 'en' and form != 'json' else ''}.{form}"
    if form == "zip":
        answer: Any = FileResponse(zipped(pool, kept), as_attachment=True, filename=name, content_type=FORMS[form])
    else:
        with scope(pool, UUID(kept.merchant_id)) as conn:
            data = (dossiers.document if form == "json" else dossiers.paper)(conn, kept.merchant_id, kept.id)
        assert data is not None
        answer = HttpResponse(data, content_type=FORMS[form])
        answer["Content-Disposition"] = f'{"inline" if form == "pdf" else "attachment"}; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def listing(request: Any, asked: Asked) -> dict[str, Any]:
    """What a page of dossiers shows: those kept for this side, newest first, and whether one is still being drawn."""
    with scope(request.house.pool, asked.by.scope) as conn:
        rows = dossiers.of_case(conn, asked.merchant_id, asked.case_id, (asked.copy.side,))
    return {
        "dossiers": rows, "forms": tuple(FORMS), "size": lambda row, form: say_size(getattr(row, SIZES[form])) if form in SIZES else "", "drawing": any(r.made_at is None and not r.failed for r in rows),
        "case_number": asked.number, "languages": LANGUAGES, "keys_at": "/dossier-keys",
    }
