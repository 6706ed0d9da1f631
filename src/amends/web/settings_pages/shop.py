"""The shop's own settings, and every clock of its pack (ME-4, PO-9, PO-16)."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from amends.core.cases import TABLES
from amends.core.holidays import years_unknown
from amends.core.orders import CONFIRM_AFTER_DAYS
from amends.core.refusal import Refusal
from amends.engine import merchant_settings as engine
from amends.engine.deadlines import Deadlines, pack_of
from amends.web.catalogue import say
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.settings_pages.ground import Filled, back, show


@staff("manage_settings")
@require_http_methods(("GET", "HEAD", "POST"))
def shop(request: Any) -> HttpResponse:
    """Name, hours, days off and on, switches."""
    row = engine.settings_of(request.house.pool, by(request))
    kept = row["settings"]
    if request.method != "POST":
        opens, closes = kept.get("hours") or engine.DEFAULT_HOURS
        chosen = engine.Chosen(
            row["name"], opens, closes, bool(kept.get("open_on_holidays")), kept.get("days_off") or [], kept.get("days_on") or [],
            engine.switches_of(row), str(kept.get("confirm_after_days") or CONFIRM_AFTER_DAYS),
        )
        return _form(request, row, chosen)
    given = request.POST
    chosen = engine.Chosen(
        given.get("name", ""), given.get("opens", ""), given.get("closes", ""), given.get("open_on_holidays") == "1", _days(given.get("days_off", "")),
        _days(given.get("days_on", "")), {name: given.get(name) == "1" for name in engine.switches_of(row)}, given.get("confirm_after_days", ""),
    )
    refusal = engine.change_settings(request.house.pool, by(request), chosen, request.now)
    return _form(request, row, chosen, refusal) if refusal else back(request, "shop", "saved")


def _form(request: Any, row: dict[str, Any], chosen: engine.Chosen, refusal: Refusal | None = None) -> HttpResponse:
    unknown = years_unknown(Deadlines(row["pack_ref"], row["settings"]).calendar, request.now)
    pack = pack_of(row["pack_ref"])
    return show(request, "settings/shop.html", {"row": row, "chosen": chosen, "switches": list(engine.switches_of(row)), "unknown": unknown, "pack": pack}, refusal)


def _days(text: str) -> list[str]:
    return [day for day in re.split(r"[\s,，、;；]+", text) if day]


@staff("read")
@require_safe
def clocks(request: Any) -> HttpResponse:
    """Every clock: its state, how long, what happens then, where the figure comes from, and when it would end if it began now."""
    row = engine.settings_of(request.house.pool, by(request))
    deadlines, rows = Deadlines(row["pack_ref"], row["settings"]), []
    for name, clock in deadlines.pack.clocks.items():
        state = TABLES[clock.kind].states.get(clock.state)
        kinds: list[Any] = ["", *sorted({*clock.span_by, *clock.then_by})]
        rows += [
            {
                "name": name, "type": type_, "span": clock.span_by.get(type_, clock.span), "then": clock.then_by.get(type_, clock.then),
                "state": state, "kind": clock.kind, "source": deadlines.pack.sources[clock.source], "source_id": clock.source, "due": deadlines.arm(name, type_, request.now).due_at, "remind": clock.remind_before,
            }
            for type_ in kinds
        ]
    return show(request, "settings/clocks.html", {"rows": rows, "pack": deadlines.pack, "settings": Filled(row["settings"]), "hours": lambda seconds: _hours(seconds, request.lang)})


def _hours(seconds: int, lang: str) -> str:
    """48 小时, 30 分钟, 1 小时 30 分: hours as rules write them, not cut into days."""
    h, m = seconds // 3600, seconds % 3600 // 60
    if not m:
        return say(lang, "settings.hours_only", h=h)
    return say(lang, "settings.hours_minutes", h=h, m=m) if h else say(lang, "settings.minutes_only", m=m)
