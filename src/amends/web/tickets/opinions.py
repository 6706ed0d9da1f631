"""Counts of the merchants' opinions: fixed results, answers in time, transfers on record; as a table and as CSV (TI-2, TI-8)."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from amends.core.verbs.ticket import RESULTS
from amends.store.connect import PLATFORM, scope
from amends.store.screens import tickets as reads
from amends.store.screens.tickets import Opinions
from amends.web import page, wording
from amends.web.catalogue import say
from amends.web.gate import platform

PERIODS = {"7d": 7, "30d": 30, "90d": 90}
BOM = "﻿"
"""Spreadsheets read Chinese only behind this mark."""


def _read(request: Any) -> tuple[str, list[Opinions]]:
    period = request.GET.get("period", "")
    period = period if period in PERIODS else "30d"
    since: datetime = request.now - timedelta(days=PERIODS[period])
    with scope(request.house.pool, PLATFORM) as conn:
        return period, reads.opinions(conn, since, request.now)


@platform("read")
@require_safe
def table(request: Any) -> HttpResponse:
    """The table, those with the most transfers first."""
    period, rows = _read(request)
    return page.render(request, "tickets/opinions.html", {"rows": rows, "period": period, "periods": PERIODS, "results": RESULTS, "word": lambda name, code: wording.choice(name, code, request.lang)})


@platform("read")
@require_safe
def as_csv(request: Any) -> HttpResponse:
    """The same as a file."""
    period, rows = _read(request)
    out, lang = io.StringIO(), request.lang
    write = csv.writer(out)
    write.writerow([*(say(lang, f"tickets.op_{c}") for c in ("merchant", "turns", "answered", "in_time", "transferred", "median", "documents")), *(wording.choice("result", r, lang) for r in RESULTS)])
    for row in rows:
        name = row.merchant if row.merchant[:1] not in "=+-@\t\r" else f"'{row.merchant}"  # no cell of a sheet begins a formula
        write.writerow([name, row.turns, row.answered, row.in_time, row.transferred, row.median if row.median is not None else "", row.with_documents, *(row.results.get(r, 0) for r in RESULTS)])
    return HttpResponse(BOM + out.getvalue(), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="tickets-{period}.csv"'})
