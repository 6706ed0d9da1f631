"""How long each step may take and what happens then, in plain words for the buyer's phone, with what is suspended (PO-15, PO-16)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from amends.core.actor import Party
from amends.core.clock_statement import FAST_REVIEW, Line, statement
from amends.core.clock_words import clock_name, outcome, span_words
from amends.core.fast_review import member
from amends.core.pack import Pack
from amends.core.pack_flows import OWN
from amends.store import merchants
from amends.store.connect import scope
from amends.web import pauses, wording
from amends.web.buyer import visit as visits
from amends.web.catalogue import say
from amends.web.gate import buyer
from amends.web.page import render
from amends.web.settings_pages.clocks import only

NOT_THE_BUYERS = frozenset({
    "claim_back", "promise", "cancel_urgent", "ticket_red", "order_pick_up", "order_no_scan", "order_change", "late_wait", "late_tier",
})
"""Clocks between merchant and platform, marks of the merchant's lists, or whose instant the buyer was told."""
YOURS = frozenset({"price_ask", "freight_ask", "dispute_open", "ticket_reopen", "order_urge", "coupon"})
"""What the buyer may do beside the states, and for how long."""


@dataclass(slots=True)
class Step:
    """One clock: what it is called, whether the buyer acts, and its times as sentences with what happens then."""

    name: str
    yours: bool
    times: list[tuple[str, str]] = field(default_factory=list)


@buyer
@require_safe
def rules(request: Any) -> HttpResponse:
    """The page."""
    visit = visits.enter(request)
    if visit is None:
        return visits.missing(request)
    with scope(request.house.pool, UUID(visit.merchant_id)) as conn:
        row = merchants.one(conn, visit.merchant_id)
    settings = row["settings"] if row else {}
    mode = "" if row is None or settings.get(OWN, True) else row["fulfilment_mode"]
    lines = [x for x in statement(visit.pack, mode=mode, fast=member(settings, request.now)) if x.clock not in NOT_THE_BUYERS]
    opens, closes = settings.get("hours") or ("09:00", "21:00")
    context = {
        "shop": visit.shop, "groups": [(kind, _steps([x for x in lines if x.kind == kind], visit.pack, request.lang)) for kind in dict.fromkeys(x.kind for x in lines)],
        "suspensions": pauses.rows(request), "opens": opens, "closes": closes,
    }
    return render(request, "buyer/rules.html", context)


def _steps(lines: list[Line], pack: Pack, lang: str) -> list[Step]:
    """The clocks in order; a shorter time for members of fast review stands for the ordinary one."""
    at = wording.at(lang)
    out: dict[str, Step] = {}
    fast = {x.clock for x in lines if x.rule == FAST_REVIEW}
    for line in lines:
        ordinary = not (line.rule or line.type or line.modes or line.ways or line.tags)
        if ordinary and line.clock in fast:
            continue
        state = line.of_state
        step = out.setdefault(line.clock, Step(wording.known(f"rules.b_{line.clock}", lang, clock_name(line.clock, at)), line.clock in YOURS or (state is not None and state.waits_on is Party.BUYER and line.clock != "deliver")))
        for_whom, time = only(line, pack, lang), span_words(line.span, at)
        words = say(lang, "rules.buyer_only", only=for_whom, span=time) if for_whom else say(lang, "rules.buyer_within", span=time)
        step.times.append((words, wording.known(f"rules.bt_{line.then}", lang, outcome(line.then, at))))
    return list(out.values())
