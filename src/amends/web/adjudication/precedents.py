"""Judged disputes alike: of a scenario, a ground, a category of goods, by fault and outcome (UI-5). Nothing of the buyers is among them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from amends.core.pack_disputes import FAMILIES, SCENARIOS
from amends.core.verbs.dispute import LIABILITIES, OUTCOMES
from amends.engine.ids import is_id
from amends.store.screens import adjudication as reads
from amends.web import wording
from amends.web.gate import platform
from amends.web.page import render
from amends.web.settings_pages.ground import Filled

LIMIT = 50
FIELDS = ("scenario", "ground", "category", "fault", "outcome")


@platform("read")
@require_safe
def precedents(request: Any) -> HttpResponse:
    """The newest first, with how often each side was at fault."""
    asked = {name: request.GET[name].strip()[:64] for name in FIELDS if request.GET.get(name, "").strip()}
    alike = reads.Alike(**{"scenario": "", **asked}, after=_after(request.GET.get("after", "")))
    rows = reads.judged(request.house.pool, alike, LIMIT)
    last = rows[LIMIT - 1] if len(rows) > LIMIT else None
    at = 0 if request.lang == "zh" else 1
    context = {
        "rows": rows[:LIMIT], "asked": Filled(asked), "faults": reads.by_fault(request.house.pool, alike), "liabilities": LIABILITIES, "outcomes": OUTCOMES,
        "scenarios": [(words[at], [(code, s[at]) for code, s in SCENARIOS.items() if s[2] == family]) for family, words in FAMILIES.items()], "grounds": list(_grounds(rows, asked.get("scenario", ""), at).items()),
        "ground_words": _grounds(rows, "", at), "more": "?" + urlencode({**asked, "after": f"{last['opened_at'].isoformat()}~{last['id']}"}) if last else "",
        "scenario_word": lambda code: SCENARIOS[code][at] if code in SCENARIOS else code, "word": lambda name, code: wording.choice(name, code or "", request.lang),
        "fault_href": lambda code: "?" + urlencode({**{k: v for k, v in asked.items() if k != "fault"}, **({"fault": code} if asked.get("fault") != code else {})}),
    }
    return render(request, "adjudication/precedents.html", context)


def _grounds(rows: list[dict[str, Any]], scenario: str, at: int) -> dict[str, str]:
    """Grounds by code, as the packs of these disputes' merchants call them; of one scenario where one is chosen."""
    packs = [pack for ref in dict.fromkeys(r["pack"] for r in rows) if (pack := wording.pack_of(ref))]
    return {g.code: (g.zh, g.en)[at] for pack in packs for g in pack.disputes.grounds if not scenario or scenario in g.scenarios}


def _after(text: str) -> tuple[datetime, str] | None:
    at, _, last = text.partition("~")
    try:
        return (datetime.fromisoformat(at), last) if is_id(last) else None
    except ValueError:
        return None
