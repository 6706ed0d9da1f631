"""Marks of unreasonable demands by buyer (DI-11): who was marked how often, in which cases, and taking a wrong mark back. The buyer never sees them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.refusal import Refusal
from amends.engine.ids import is_id
from amends.engine.marking import JUDGING, withdraw_mark
from amends.store import marks as reads
from amends.store.screens import platform as merchants
from amends.web import wording
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.page import render
from amends.web.rights import may

LIMIT = 50


@platform("read")
@require_safe
def buyers(request: Any) -> HttpResponse:
    """Marked buyers, most often first."""
    merchant = request.GET.get("merchant", "")
    merchant = merchant if is_id(merchant) else ""
    rows = reads.buyers(request.house.pool, merchant or None, _after(request.GET.get("after", "")), LIMIT)
    last = rows[LIMIT - 1] if len(rows) > LIMIT else None
    place = f"{last['n']}~{last['last_at'].isoformat()}~{last['buyer_id']}" if last else ""
    context = {"rows": rows[:LIMIT], "merchant": merchant, "merchants": merchants.names(request.house.pool), "more": "?" + urlencode({"merchant": merchant, "after": place}) if last else ""}
    return render(request, "adjudication/marks.html", context)


def _after(text: str) -> tuple[int, datetime, str] | None:
    n, _, rest = text.partition("~")
    at, _, buyer = rest.partition("~")
    try:
        return int(n), datetime.fromisoformat(at), buyer
    except ValueError:
        return None


@platform("read")
@require_safe
def buyer(request: Any, merchant_id: Any, buyer_id: str) -> HttpResponse:
    """Every mark of one buyer."""
    return _show(request, str(merchant_id), buyer_id)


@platform(JUDGING)
@require_POST
def withdraw(request: Any, merchant_id: Any, buyer_id: str, mark_id: Any) -> HttpResponse:
    """Take one back, with a reason; it counts no more and stays on record."""
    refusal = withdraw_mark(request.house.pool, by(request), str(merchant_id), str(mark_id), request.POST.get("words", ""), request.now)
    if refusal is not None:
        return _show(request, str(merchant_id), buyer_id, (str(mark_id), refusal))
    return HttpResponseRedirect(reverse("buyer-marks", args=[merchant_id, buyer_id]) + "?done=1", status=303)


def _show(request: Any, merchant: str, buyer_id: str, wrong: tuple[str, Refusal] | None = None) -> HttpResponse:
    rows = reads.of_buyer(request.house.pool, merchant, buyer_id)
    if not rows:
        raise Http404
    context = {
        "rows": rows, "merchant_id": merchant, "buyer_id": buyer_id, "stand": sum(r["withdrawn_at"] is None for r in rows), "may_withdraw": may(request.person, JUDGING), "done": request.GET.get("done", ""),
        "word": lambda code: wording.choice("mark", code, request.lang), "state": lambda r: wording.state(r["state"], request.lang, r["kind"]),
        "wrong_of": wrong[0] if wrong else "", "wrong": wrong[1].say(request.lang) if wrong else "",
    }
    return render(request, "adjudication/mark.html", context, wrong[1].status if wrong else 200)
