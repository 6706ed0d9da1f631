"""The demo's clock, moved forward from the top of every page (OP-11); in a real house there is no such page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from amends.engine.clock import DemoClock
from amends.web import page
from amends.web.gate import anyone
from amends.web.way_back import way_back

STEPS = {"1h": timedelta(hours=1), "48h": timedelta(hours=48), "7d": timedelta(days=7)}


@anyone
@require_POST
def forward(request: Any) -> HttpResponse:
    """One of three steps forward; anything else is refused."""
    clock = request.house.clock
    if not request.house.demo or not isinstance(clock, DemoClock):
        raise Http404
    step = STEPS.get(request.POST.get("step", ""))
    if step is None:
        return page.trouble(request, 400)
    clock.forward(step)
    return HttpResponseRedirect(way_back(request))
