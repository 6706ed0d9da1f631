"""The shop's own settings (ME-4), with its card of fast review (SO-31)."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from amends.core.holidays import years_unknown
from amends.core.orders import CONFIRM_AFTER_DAYS
from amends.core.refusal import Refusal
from amends.engine import merchant_settings as engine
from amends.engine.deadlines import Deadlines, pack_of
from amends.engine.fast_review import standing
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.settings_pages.clocks import hours
from amends.web.settings_pages.ground import back, show


@staff("manage_settings")
@require_http_methods(("GET", "HEAD", "POST"))
def shop(request: Any) -> HttpResponse:
    """Name, hours, days off and on, switches."""
    if request.method != "POST":
        return page(request)
    row = engine.settings_of(request.house.pool, by(request))
    given = request.POST
    chosen = engine.Chosen(
        given.get("name", ""), given.get("opens", ""), given.get("closes", ""), given.get("open_on_holidays") == "1", _days(given.get("days_off", "")),
        _days(given.get("days_on", "")), {name: given.get(name) == "1" for name in engine.switches_of(row)}, given.get("confirm_after_days", ""),
    )
    refusal = engine.change_settings(request.house.pool, by(request), chosen, request.now)
    return _form(request, row, chosen, refusal) if refusal else back(request, "shop", "saved")


def page(request: Any, refusal: Refusal | None = None) -> HttpResponse:
    """The settings as they are kept, with the refusal of something beside the form, if any."""
    row = engine.settings_of(request.house.pool, by(request))
    kept = row["settings"]
    opens, closes = kept.get("hours") or engine.DEFAULT_HOURS
    chosen = engine.Chosen(
        row["name"], opens, closes, bool(kept.get("open_on_holidays")), kept.get("days_off") or [], kept.get("days_on") or [],
        engine.switches_of(row), str(kept.get("confirm_after_days") or CONFIRM_AFTER_DAYS),
    )
    return _form(request, row, chosen, refusal)


def _form(request: Any, row: dict[str, Any], chosen: engine.Chosen, refusal: Refusal | None = None) -> HttpResponse:
    unknown = years_unknown(Deadlines(row["pack_ref"], row["settings"]).calendar, request.now)
    pack = pack_of(row["pack_ref"])
    context = {
        "row": row, "chosen": chosen, "switches": list(engine.switches_of(row)), "unknown": unknown, "pack": pack,
        "fast": standing(row["settings"], row["pack_ref"], request.now), "fast_hours": lambda seconds: hours(seconds, request.lang),
    }
    return show(request, "settings/shop.html", context, refusal)


def _days(text: str) -> list[str]:
    return [day for day in re.split(r"[\s,，、;；]+", text) if day]
