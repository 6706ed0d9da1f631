"""对账: what a provider's statement and we do not agree on, looked into and closed with a note; a run asked for over whole days (MO-5)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.refusal import Refusal
from amends.engine import differences, reconcile
from amends.engine.ids import is_id
from amends.store.connect import scope
from amends.store.screens import reconciliation as reads
from amends.web import catalogue, show, wording
from amends.web.door.account import by
from amends.web.finance import ground
from amends.web.page import today

SEEING = ("read_ledger", differences.PERMISSION)
SHOWN = 100


@ground.any_of(*SEEING)
@require_safe
def overview(request: Any) -> HttpResponse:
    """Open differences, the form for a run, and the runs so far."""
    return _overview(request)


@ground.any_of(differences.PERMISSION)
@require_POST
def ask(request: Any) -> HttpResponse:
    """A run over whole days of the shop's time zone; the worker makes it."""
    given = request.POST
    made = reconcile.ask(request.house.pool, by(request), given.get("provider", ""), _day(given.get("first", "")), _day(given.get("last", "")), request.now)
    return _overview(request, made) if isinstance(made, Refusal) else HttpResponseRedirect(f"{reverse('reconciliation')}?done=asked")


@ground.any_of(*SEEING)
@require_safe
def run(request: Any, run_id: Any) -> HttpResponse:
    """One run: both sides' sums, and every difference it found."""
    with scope(request.house.pool, UUID(request.person.merchant_id)) as conn:
        found = reads.run(conn, request.person.merchant_id, str(run_id))
        rows = [*reads.differences(conn, request.person.merchant_id, run_id=str(run_id), limit=SHOWN), *reads.differences(conn, request.person.merchant_id, run_id=str(run_id), closed=True, limit=SHOWN)]
    if found is None:
        raise Http404
    return ground.show(request, "finance/reconciliation_run.html", "reconciliation", {"run": found, "rows": rows, "about_id": "", "typed_note": "", **words(request)})


@ground.any_of(differences.PERMISSION)
@require_POST
def close(request: Any) -> HttpResponse:
    """One difference was looked into; the note says what it was."""
    about, note = request.POST.get("difference", ""), request.POST.get("note", "")
    refusal = differences.close(request.house.pool, by(request), about, note, request.now)
    return _overview(request, refusal, about) if refusal else HttpResponseRedirect(f"{reverse('reconciliation')}?done=closed")


def _overview(request: Any, refusal: Refusal | None = None, about: str = "") -> HttpResponse:
    merchant, given = request.person.merchant_id, request.POST
    before = ground.place(request.GET.get("before", ""))
    with scope(request.house.pool, UUID(merchant)) as conn:
        runs = reads.runs(conn, merchant, (before[0], before[1][0]) if before and is_id(before[1][0]) else None, 20)
        rows, many, names = reads.differences(conn, merchant, limit=SHOWN), reads.count_open(conn, merchant), reads.providers(conn)
        closed = reads.differences(conn, merchant, closed=True, limit=10)[:10]
    yesterday = today(request) - timedelta(days=1)
    return ground.show(request, "finance/reconciliation.html", "reconciliation", {
        "rows": rows[:SHOWN], "many": many, "closed": closed, "runs": runs[:20], "providers": names, "about_id": about, "typed_note": given.get("note", ""),
        "more": f"?before={ground.written(runs[19]['asked_at'], runs[19]['id'])}" if len(runs) > 20 else "",
        "first": given.get("first") or yesterday.isoformat(), "last": given.get("last") or yesterday.isoformat(), "chosen": given.get("provider", ""), **words(request),
    }, refusal)


def words(request: Any) -> dict[str, Any]:
    """How each side of a difference is told, and what a provider is called."""
    return {"side": lambda facts: side(facts, request.lang), "provider_word": lambda name: wording.way(name, request.lang)}


def side(facts: dict[str, Any], lang: str) -> str:
    """What one side holds: the amount, its state, its reference; a dash where it has nothing."""
    if not facts:
        return "–"
    parts = [show.money(int(facts["amount"]), facts["currency"])] if isinstance(facts.get("amount"), int) and facts.get("currency") else []
    if state := facts.get("state"):
        key = f"reconciliation.state_{str(state).replace(' ', '_')}"
        parts.append(catalogue.say(lang, key) if key in catalogue.words() else str(state))
    if facts.get("booked") is None and "booked" in facts:
        parts.append(catalogue.say(lang, "reconciliation.not_booked"))
    elif isinstance(facts.get("booked"), int) and facts["booked"] != facts.get("amount"):
        parts.append(catalogue.say(lang, "reconciliation.booked", amount=show.money(facts["booked"], facts.get("currency", "CNY"))))
    if facts.get("reference"):
        parts.append(str(facts["reference"]))
    return " · ".join(parts)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
