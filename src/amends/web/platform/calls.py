"""Calls for help: who called, why, since when; answered in words, or with a dispute (SO-30, UI-5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.money import Money
from amends.core.pack_disputes import SCENARIOS
from amends.core.refusal import Refusal
from amends.core.verbs.dispute import OUTCOMES
from amends.engine import calls as engine
from amends.engine import disputes, notices
from amends.engine.dispute import Opened, Opening
from amends.engine.ids import is_id, new_id
from amends.store.connect import PLATFORM, scope
from amends.store.screens import calls as read
from amends.store.screens.calls import Call
from amends.web import calls, page, wording
from amends.web.gate import platform
from amends.web.navigation import Count, Item
from amends.web.rights import may


@platform("read")
@require_safe
def listed(request: Any) -> HttpResponse:
    """/p/calls: those that wait, the longest first; `answered=1`: those answered, the newest first."""
    answered = request.GET.get("answered") == "1"
    with scope(request.house.pool, PLATFORM) as conn:
        found = read.listed(conn, answered=answered, after=calls.cursor(request.GET.get("after", "")), limit=calls.PAGE + 1)
        waiting = read.counted(conn)
    rows, after = calls.page_of(found, answered)
    context = {"rows": rows, "after": after, "answered": answered, "waiting": waiting, "most": read.COUNTED_TO, "done": request.GET.get("done", "")[:32], **calls.words(request)}
    return page.render(request, "platform/calls.html", context)


@platform("read")
@require_safe
def one(request: Any, merchant_id: Any, call_id: Any) -> HttpResponse:
    """One call, with both ways to answer it."""
    call = _call(request, merchant_id, call_id)
    notices.read_case(request.house.pool, call.merchant_id, call.case_id, "platform", request.now)
    return _show(request, call)


@platform("read")
@require_POST
def answer(request: Any, merchant_id: Any, call_id: Any) -> HttpResponse:
    """Say it to whoever called."""
    call, typed = _call(request, merchant_id, call_id), request.POST
    refusal = engine.answer(request.house.pool, request.person.actor(), call, typed.get("words", ""), _command_id(typed), request.now)
    return _show(request, call, [refusal], typed, "answer") if refusal else _back("answered")


@platform("read")
@require_POST
def dispute(request: Any, merchant_id: Any, call_id: Any) -> HttpResponse:
    """Open a dispute about the case and answer with it."""
    call, typed = _call(request, merchant_id, call_id), request.POST
    amount = Money.parse(typed.get("amount", "").replace(",", "").lstrip("¥$€£"), call.currency) if typed.get("amount", "").strip() else None
    if typed.get("amount", "").strip() and amount is None:
        return _show(request, call, [Refusal("wrong_kind", {"zh": "金额", "en": "Amount"}, "amount")], typed, "dispute")
    asked = Opening(call.order_id, typed.get("scenario", ""), typed.get("demand", ""), typed.get("about", ""), call.case_id, amount.amount if amount else None)
    opened = engine.turn_into_dispute(request.house.pool, request.person.actor(), call, asked, typed.get("answer", ""), _command_id(typed), request.now)
    return _back(opened.number) if isinstance(opened, Opened) else _show(request, call, opened, typed, "dispute")


def _call(request: Any, merchant_id: Any, call_id: Any) -> Call:
    found = engine.known(request.house.pool, str(merchant_id), str(call_id))
    if found is None:
        raise Http404
    return found


def _command_id(typed: Mapping[str, str]) -> str:
    given = typed.get("command_id", "")
    return given if is_id(given) else new_id()


def _back(done: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('platform-calls')}?done={done}", status=303)


def _show(request: Any, call: Call, refusals: list[Refusal] | None = None, typed: Mapping[str, str] | None = None, form: str = "") -> HttpResponse:
    """The page; `form` names the one whose refusals these are."""
    lang, at = request.lang, 0 if request.lang == "zh" else 1
    ways = disputes.ways(request.house.pool, call.merchant_id, call.order_id, request.now) or [] if call.order_id else []
    way = next((w for w in ways if w.id == call.case_id), None)
    barred = way.refusal if way and way.refusal and way.refusal.code not in ("dispute_too_early", "dispute_too_late", "dispute_refused_first") else None
    wrong = {r.field or "": r for r in refusals or []}
    context = {
        "call": call, "typed": typed or {}, "form": form, "wrong": {name: wording.refusal(r, lang, request.zone, request.now, kind=call.kind) for name, r in wrong.items()}, "command_id": new_id(),
        "scenarios": [(code, SCENARIOS[code][at]) for code in way.scenarios] if way else [], "demands": [(code, wording.choice("outcome", code, lang)) for code in OUTCOMES if code != "nothing"],
        "barred": wording.refusal(barred, lang, request.zone, request.now, kind=call.kind) if barred else "", "way": way, "may_answer": may(request.person, f"{call.kind}.answer_call"),
        "may_dispute": may(request.person, "dispute.step_in"), **calls.words(request),
    }
    return page.render(request, "platform/call.html", context, refusals[0].status if refusals else 200)


urlpatterns: list[URLPattern] = [
    path("calls", listed, name="platform-calls"),
    path("calls/<uuid:merchant_id>/<uuid:call_id>", one, name="platform-call"),
    path("calls/<uuid:merchant_id>/<uuid:call_id>/answer", answer, name="platform-call-answer"),
    path("calls/<uuid:merchant_id>/<uuid:call_id>/dispute", dispute, name="platform-call-dispute"),
]
NAVIGATION: list[Item] = [Item("home.calls_title", "platform", "ti-lifebuoy", "platform-calls", permission="read", party="platform", order=6)]


def counts(request: Any) -> dict[str, Count]:
    """How many wait, beside the entry; nothing for others than the platform's people."""
    if request.person is None or request.person.merchant_id is not None:
        return {}
    with scope(request.house.pool, PLATFORM) as conn:
        waiting = read.counted(conn)
    return {"home.calls_title": Count(waiting)} if waiting else {}
