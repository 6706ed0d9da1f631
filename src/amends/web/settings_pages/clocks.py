"""One statement of every clock for the merchant: each state's time, what happens then, suspensions in force and coming, and how long cases took (PO-9, PO-15, PO-16)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from amends.core.clock_kinds import covers, why_not
from amends.core.clock_statement import FAST_REVIEW, Line, statement
from amends.core.clock_words import length, outcome
from amends.core.measures_time import STAGES
from amends.core.pack import Pack
from amends.core.spans import due
from amends.engine import merchant_settings as engine
from amends.engine.deadlines import Deadlines
from amends.engine.fast_review import standing as fast_standing
from amends.store.connect import scope
from amends.store.screens import durations
from amends.web import pauses, wording
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.settings_pages.ground import Filled, show

COUNTED_BACK = "order_balance"
"""Counted back from the day a balance is due: it does not begin."""
SORTS = (*STAGES, "counted", "left_out")


@staff("read")
@require_safe
def clocks(request: Any) -> HttpResponse:
    """Every clock: for which cases, how long, what happens then, where the figure comes from, and when it would end if it began now."""
    row = engine.settings_of(request.house.pool, by(request))
    deadlines = Deadlines(row["pack_ref"], row["settings"])
    fast = fast_standing(row["settings"], row["pack_ref"], request.now)["on"]
    lines = statement(deadlines.pack, fast=fast)
    stops = [r.suspension() for r in pauses.rows(request)]
    shown = [_shown(line, deadlines, stops, request) for line in lines]
    with scope(request.house.pool, UUID(row["id"])) as conn:
        took = durations.read(conn, row["id"], request.now)
    context = {
        "groups": [(kind, [s for s in shown if s["line"].kind == kind]) for kind in dict.fromkeys(line.kind for line in lines)], "pack": deadlines.pack,
        "settings": Filled(row["settings"]), "hours": lambda seconds: hours(seconds, request.lang), "suspensions": pauses.rows(request),
        "took": durations.summary(took), "stages": STAGES,
    }
    return show(request, "settings/clocks.html", context)


@staff("read")
@require_safe
def took(request: Any) -> HttpResponse:
    """The cases behind the durations, the longest of the stage asked for first."""
    stage = request.GET.get("by", "counted")
    stage = stage if stage in SORTS else "counted"
    merchant = str(request.person.merchant_id)
    with scope(request.house.pool, UUID(merchant)) as conn:
        found = durations.read(conn, merchant, request.now)
    rows = sorted(found, key=lambda one: durations.sorting(one, stage), reverse=True)[: durations.SHOWN]
    return show(request, "settings/durations.html", {"rows": rows, "by": stage, "sorts": SORTS, "all": len(found), "stages": STAGES})


def _shown(line: Line, deadlines: Deadlines, stops: list[Any], request: Any) -> dict[str, Any]:
    """One line as the page tells it; `due`: the end of one that began now, suspensions counted as far as they go for every region; `goes_on`: why none stops it."""
    covering, why = [s for s in stops if covers(s, line.clock) and not s.regions], why_not(line.clock)
    return {
        "line": line, "state": line.of_state, "source": deadlines.pack.sources[line.source], "due": due(request.now, line.span, deadlines.calendar, covering) if line.clock != COUNTED_BACK else None, "only": only(line, deadlines.pack, request.lang),
        "then": wording.known(f"settings.then_{line.then}", request.lang, outcome(line.then, wording.at(request.lang))), "fast": line.rule == FAST_REVIEW,
        "goes_on": why[wording.at(request.lang)] if why else "",
    }


def only(line: Line, pack: Pack, lang: str) -> str:
    """For which cases a line goes: expectation, fulfilment modes, way back, goods; empty for all others."""
    goods = {x.tag: (x.zh, x.en)[wording.at(lang)] for x in pack.excluded}
    joint = "、" if lang == "zh" else ", "
    parts = [wording.choice("type", line.type, lang)] if line.type else []
    parts += [joint.join(line.modes)] if line.modes else []
    parts += [joint.join(wording.known(f"rules.way_{way}", lang, way) for way in line.ways)] if line.ways else []
    parts += [joint.join(goods.get(tag, tag) for tag in line.tags)] if line.tags else []
    return " · ".join(parts)


def hours(seconds: int, lang: str) -> str:
    """48 小时, 30 分钟, 1 小时 30 分钟: hours as rules write them, not cut into days."""
    return length(seconds, wording.at(lang))
