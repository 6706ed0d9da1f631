"""Stock out of a file: uploaded, tried, and only then taken in; rows that were refused are shown with their reason (ST-K4)."""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from amends.core.refusal import Refusal
from amends.engine import stock_file as engine
from amends.engine.stocktaking import MOST
from amends.web import page
from amends.web.door.account import by
from amends.web.gate import staff

SHOWN = 100


@staff("manage_stock")
@require_http_methods(("GET", "HEAD", "POST"))
def upload(request: Any) -> HttpResponse:
    """The form; a file that was sent is tried; a tried one that is sent back is taken in."""
    if request.method != "POST":
        return _page(request)
    if "kept" in request.POST:
        found = engine.again(request.POST["kept"])
        return _page(request, Refusal("stock_file_unreadable", field="file")) if found is None else _take(request, found, dry_run=False)
    file = request.FILES.get("file")
    if file is None:
        return _page(request, Refusal("required", {"zh": "文件", "en": "File"}, "file"))
    if file.size > engine.MOST_BYTES:
        return _page(request, Refusal("file_too_large", {"name": file.name, "most": engine.MOST_BYTES // 2**20}, "file"))
    read = engine.read(file.name, file.read())
    return _page(request, read) if isinstance(read, Refusal) else _take(request, read, dry_run=True)


@staff("manage_stock")
@require_safe
def template(request: Any) -> HttpResponse:
    """A file to begin with."""
    out = io.StringIO()
    csv.writer(out).writerows(engine.template())
    return HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="stock.csv"'})


def _take(request: Any, found: engine.Read, *, dry_run: bool) -> HttpResponse:
    refusal = engine.take(request.house.pool, by(request), request.person.merchant_id, found, request.now, dry_run=dry_run)
    return _page(request, refusal, found, dry_run=dry_run)


def _page(request: Any, refusal: Refusal | None = None, found: engine.Read | None = None, *, dry_run: bool = True) -> HttpResponse:
    counts = found.counts() if found else {}
    context = {
        "refusal": refusal, "found": found, "dry_run": dry_run, "counts": counts, "good": counts.get("counted", 0) + counts.get("changed", 0),
        "bad": list(islice(engine.refused(found), SHOWN)) if found else [], "shown": SHOWN, "most": MOST,
    }
    return page.render(request, "merchant/stock_file.html", context, refusal.status if refusal else 200)
