"""What a provider's statement says of accounts that no merchant here has: the platform's to look into (MO-5)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.refusal import Refusal
from amends.engine import differences
from amends.store.connect import PLATFORM, scope
from amends.store.reconciliations import NOBODY
from amends.store.screens import reconciliation as reads
from amends.web.door.account import by
from amends.web.finance import ground
from amends.web.finance.reconciliation import SHOWN, words
from amends.web.gate import platform
from amends.web.page import render


@platform("read_ledger")
@require_safe
def overview(request: Any) -> HttpResponse:
    """Differences under no merchant, and the runs that found them."""
    return _page(request)


@platform(differences.PERMISSION)
@require_POST
def close(request: Any) -> HttpResponse:
    """One of them was looked into."""
    about = request.POST.get("difference", "")
    refusal = differences.close(request.house.pool, by(request), about, request.POST.get("note", ""), request.now, merchant_id=NOBODY)
    return _page(request, refusal, about) if refusal else HttpResponseRedirect(f"{reverse('platform-reconciliation')}?done=closed")


def _page(request: Any, refusal: Refusal | None = None, about: str = "") -> HttpResponse:
    with scope(request.house.pool, PLATFORM) as conn:
        rows, runs, closed = reads.differences(conn, NOBODY, limit=SHOWN), reads.runs(conn, NOBODY, limit=20), reads.differences(conn, NOBODY, closed=True, limit=10)
    context = {
        "rows": rows[:SHOWN], "runs": runs[:20], "closed": closed[:10], "about_id": about, "typed_note": request.POST.get("note", ""), "refusal": refusal, "say": ground.teller(request),
        "done": request.GET.get("done") == "closed", **words(request),
    }
    return render(request, "platform/reconciliation.html", context, refusal.status if refusal else 200)
