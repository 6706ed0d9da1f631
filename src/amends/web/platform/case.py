"""One case of any merchant: what it is about, who must act, its money and its history, and what the platform may do on it (UI-5, PO-8)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.cases import TABLES
from amends.core.refusal import Refusal
from amends.engine import notices
from amends.engine.deadlines import pack_opened_under
from amends.engine.reveal import Revealed, reveal_case
from amends.store.screens.case import CaseSeen, read_case
from amends.web import page, wording
from amends.web.case import alert, effect_line
from amends.web.case.going import going
from amends.web.case.story import story
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.platform.cases import zero
from amends.web.platform.deeds import Tried, act, deeds


@platform("read")
@require_safe
def case(request: Any, merchant_id: Any, case_id: Any) -> HttpResponse:
    """The page, with the buyer's data masked."""
    seen = _seen(request, str(merchant_id), str(case_id))
    if seen.case.kind == "dispute":
        return HttpResponseRedirect(reverse("dispute-desk", args=[merchant_id, case_id]))
    notices.read_case(request.house.pool, str(merchant_id), seen.case.id, "platform", request.now)
    return show(request, str(merchant_id), seen)


@platform("reveal_personal_data")
@require_POST
def reveal(request: Any, merchant_id: Any, case_id: Any) -> HttpResponse:
    """The page with the receiver in full; each time is on record (ST-10)."""
    seen = _seen(request, str(merchant_id), str(case_id))
    found = reveal_case(request.house.pool, by(request), seen.case.id, request.now)
    return page.refused(request, found) if isinstance(found, Refusal) else show(request, str(merchant_id), seen, found)


@platform("read")
@require_POST
def do(request: Any, merchant_id: Any, case_id: Any, verb: str) -> HttpResponse:
    """What the platform does here, once; a refusal brings the page back with what was typed and the reason."""
    seen = _seen(request, str(merchant_id), str(case_id))
    command = TABLES[seen.case.kind].commands.get(verb)
    if command is None:
        raise Http404
    tried, answer = act(request, str(merchant_id), seen, verb, command)
    if answer is not None and answer.refusal is None:
        return HttpResponseRedirect(f"{reverse('platform-case', args=[merchant_id, case_id])}?done={verb}", status=303)
    again = _seen(request, str(merchant_id), str(case_id)) if answer is not None else seen
    return show(request, str(merchant_id), again, tried=tried, status=tried.wrong[0].status if tried.wrong else 422)


def _seen(request: Any, merchant_id: str, case_id: str) -> CaseSeen:
    seen = read_case(request.house.pool, merchant_id, case_id, request.now)
    if seen is None:
        raise Http404
    return seen


def show(request: Any, merchant_id: str, seen: CaseSeen, revealed: Revealed | None = None, tried: Tried | None = None, status: int = 200) -> HttpResponse:
    """The page; `tried`: what was asked for and refused stands in its form."""
    standing, facts = page.standing(request), seen.case.facts
    pack = wording.pack_of(pack_opened_under(facts))
    told = [line for line in story(seen, pack, standing["t"], request.lang, standing["moment"]) if line.sort != "note"]  # a merchant's notes are its own
    context = {
        "case": seen.case, "order": seen.order, "pieces_of": [(line, seen.case.pieces[line.id]) for line in seen.lines if line.id in seen.case.pieces],
        "zero": effect_line.at_zero(seen, standing["t"]) or zero(seen.case.kind, facts.get("clock"), request.lang), "known": lambda key, fallback="": wording.known(key, request.lang, fallback), "parcels": seen.parcels, "requests": seen.requests, "merchant_id": merchant_id, "told": told,
        "alert": alert.told_of(facts, request.lang), "description": alert.in_description(str(facts.get("description") or ""), facts), "said_marked": lambda e: alert.in_message(e.words, e.version, facts),
        "revealed": revealed, "state": wording.state(seen.case.state, request.lang, seen.case.kind), "reason": facts.get("reason_zh" if request.lang == "zh" else "reason_en") or seen.case.reason,
    }
    done = request.GET.get("done", "")
    context |= {"deeds": deeds(request, merchant_id, seen, tried), "going": going(facts, request.lang), "said": wording.command(done, request.lang) if done in TABLES[seen.case.kind].commands else ""}
    return page.render(request, "platform/case.html", context, status)
