"""Compensation of all merchants, to look at and not to change (UI-5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from amends.engine.ids import is_id
from amends.store.connect import PLATFORM, scope
from amends.store.screens import compensations as read
from amends.store.screens import platform as reads
from amends.web.gate import platform
from amends.web.merchant.compensations import PAGE, csv_of, detail_of, page_of, sought_of, typed_in
from amends.web.page import render
from amends.web.settings_pages.ground import Filled


def _asked(request: Any) -> tuple[dict[str, str], str]:
    asked = typed_in(request)
    merchant = asked.get("merchant", "")
    return asked, merchant if is_id(merchant) else ""


@platform("read")
@require_safe
def compensations(request: Any) -> HttpResponse:
    """The newest first over all merchants, with sums."""
    asked, merchant = _asked(request)
    sought = sought_of(request, asked, merchant)
    with scope(request.house.pool, PLATFORM) as conn:
        rows, sums = read.listed(conn, sought, request.now, PAGE + 1), read.sums(conn, sought, request.now)
    context = {"sums": sums, "agents": [], "merchants": reads.names(request.house.pool), "left": [], "platform": True}
    return render(request, "merchant/compensations.html", context | page_of(request, rows, asked))


@platform("read")
@require_safe
def export(request: Any) -> HttpResponse:
    """The same as CSV."""
    asked, merchant = _asked(request)
    return csv_of(request, read.every(request.house.pool, sought_of(request, asked, merchant), request.now))


@platform("read")
@require_safe
def compensation(request: Any, merchant_id: UUID, compensation_id: UUID) -> HttpResponse:
    """One of them, with its reckoning and money."""
    with scope(request.house.pool, merchant_id) as conn:
        k, money = read.one(conn, str(merchant_id), str(compensation_id)), read.money_of(conn, str(merchant_id), str(compensation_id))
    if k is None:
        raise Http404
    context = {"deciders": "", "wrong": Filled(), "typed": Filled(), "owed": 0, "command_id": "", "done": "", "platform": True}
    return render(request, "merchant/compensation.html", detail_of(request, k, money) | context)
