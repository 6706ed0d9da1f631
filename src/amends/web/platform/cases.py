"""Cases of all merchants, to look at and not to change (UI-5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from amends.core.cases import TABLES
from amends.engine.cancellation import SOURCES
from amends.engine.ids import is_id
from amends.store.screens import platform as reads
from amends.web import wording
from amends.web.gate import platform
from amends.web.merchant import labels
from amends.web.page import render
from amends.web.settings_pages.ground import Filled

LIMIT = 50
FIELDS = ("merchant", "kind", "state", "source", "number", "open", "late")


@platform("read")
@require_safe
def cases(request: Any) -> HttpResponse:
    """The newest first, by merchant, kind, state or number; at first only those that are open."""
    given = request.GET
    asked = {name: given[name].strip() for name in FIELDS if given.get(name, "").strip()} if "f" in given else {"open": "1"}
    kind, merchant = asked.get("kind", ""), asked.get("merchant", "")
    wanted = reads.Wanted(
        merchant if is_id(merchant) else "", kind, asked.get("state", ""), asked.get("number", ""), "open" in asked, "late" in asked, asked.get("source", ""), _after(given.get("after", "")),
    )
    rows = reads.cases(request.house.pool, wanted, request.now, LIMIT)
    last = rows[LIMIT - 1] if len(rows) > LIMIT else None
    more = "?" + urlencode({**asked, "f": "1", "after": f"{last['opened_at'].isoformat()}~{last['id']}"}) if last else ""
    context = {
        "rows": rows[:LIMIT], "asked": Filled(asked), "more": more, "merchants": reads.names(request.house.pool), "tables": TABLES, "at_zero": at_zero(request.lang), "sources": SOURCES,
        "states": [(kind, s.name, s.zh if request.lang == "zh" else s.en) for kind, t in TABLES.items() for s in t.states.values()],
    }
    return render(request, "platform/cases.html", context)


def at_zero(lang: str) -> Callable[[dict[str, Any]], str]:
    """What happens to a row of these lists when its clock runs out; empty where nothing does."""
    return lambda row: zero(row["kind"], row["clock"], lang)


def zero(kind: str, clock: dict[str, Any] | None, lang: str) -> str:
    """What happens when this clock runs out, in a few words; of the platform's own clocks, which only warn, what they are for."""
    told = clock or {}
    if kind in ("dispute", "ticket") and told.get("then") == "warn":
        return wording.clock(str(told.get("clock", "")), lang)
    return labels.known(lang, f"queue.then_{told.get('then', '')}")


def _after(text: str) -> tuple[datetime, str] | None:
    at, _, last = text.partition("~")
    try:
        return (datetime.fromisoformat(at), last) if is_id(last) else None
    except ValueError:
        return None
