"""What a shop decides about its stock: three switches, how long an application holds, who keeps the stock elsewhere (ST-K1, ST-K3)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from amends.core.refusal import Refusal
from amends.core.stock import HOLD_DAYS, HOLD_DAYS_MOST, SWITCHES, cannot_hold
from amends.engine import stock_settings as engine
from amends.engine.merchant_settings import settings_of
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.settings_pages.ground import back, show


@staff("manage_settings")
@require_http_methods(("GET", "HEAD", "POST"))
def stock(request: Any) -> HttpResponse:
    """The form; refused, it comes back as it was filled in."""
    kept = settings_of(request.house.pool, by(request))["settings"]
    if request.method != "POST":
        return _form(request, engine.chosen_of(kept), kept)
    given = request.POST
    chosen = engine.Chosen(
        {name: given.get(name) == "1" for name in SWITCHES}, given.get("hold_days", ""), given.get("partitioned") == "1", given.get("connector", ""), given.get("holds") == "1",
    )
    refusal = engine.change(request.house.pool, by(request), chosen, request.now)
    return _form(request, chosen, kept, refusal) if refusal else back(request, "stock", "saved")


def _form(request: Any, chosen: engine.Chosen, kept: dict[str, Any], refusal: Refusal | None = None) -> HttpResponse:
    stands_still = cannot_hold(kept) if refusal is None and any(kept.get(name) for name in engine.NEEDS_HOLDS) else None
    context = {"chosen": chosen, "switches": SWITCHES, "days": HOLD_DAYS, "most": HOLD_DAYS_MOST, "name_most": engine.NAME_AT_MOST, "stands_still": stands_still}
    return show(request, "settings/stock.html", context, refusal)
