"""The merchant's compensation: the list with sums, one with its reckoning and money, the decision, the export (CO-1, CO-3 … CO-5)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.compensation import KINDS, STATES
from amends.core.money import Money, exponent
from amends.core.refusal import Refusal
from amends.engine import compensation as engine
from amends.engine import compensation_rules, late_shipment, notices
from amends.engine.ids import is_id, new_id
from amends.store import compensated_orders
from amends.store.connect import scope
from amends.store.screens import compensations as read
from amends.store.screens.compensations import Listed, Sought
from amends.web import reckoning
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.moments import is_moment, midnight
from amends.web.navigation import Count
from amends.web.page import render, standing
from amends.web.rights import may
from amends.web.settings_pages.ground import Filled, said

PAGE = 50
FIELDS = ("kind", "state", "agent", "about", "since", "until", "late", "merchant")
COLUMNS = (
    "number", "merchant", "kind", "state", "medium", "order_number", "case_number", "buyer_id", "asked_minor", "amount_minor", "currency", "reason", "words", "answer", "asked_kind",
    "asked_name", "asked_at", "decided_kind", "decided_name", "decided_at", "paid_at", "coupon",
)


@staff("read")
@require_safe
def listed(request: Any) -> HttpResponse:
    """The newest first, with sums over all that the filter finds, and late orders that nothing was paid for."""
    merchant = request.person.merchant_id
    asked = typed_in(request)
    sought = sought_of(request, asked, merchant)
    with scope(request.house.pool, UUID(merchant)) as conn:
        rows = read.listed(conn, sought, request.now, PAGE + 1)
        context = {"sums": read.sums(conn, sought, request.now), "agents": read.agents(conn, merchant), "merchants": []}
    left = late_shipment.left_out(request.house.pool, merchant, request.now) if not asked and sought.after is None else []
    return render(request, "merchant/compensations.html", context | page_of(request, rows, asked) | {"left": left, "platform": False, "say": lambda r: said(r, request.lang)})


def typed_in(request: Any) -> dict[str, str]:
    """The fields of the filter that hold something."""
    given = {name: request.GET.get(name, "").replace("\0", "").strip() for name in FIELDS}
    return {name: value for name, value in given.items() if value}


def sought_of(request: Any, asked: Mapping[str, str], merchant: str) -> Sought:
    """The filter of a list as it was typed; what makes no sense is left out."""
    kind, state = asked.get("kind", ""), asked.get("state", "")
    until = midnight(request, asked.get("until", ""))
    at, _, last = request.GET.get("after", "").partition("~")
    return Sought(
        merchant, kind if kind in KINDS else "", state if state in STATES else "", asked.get("agent", "")[:64], asked.get("about", "")[:64], midnight(request, asked.get("since", "")),
        until + timedelta(days=1) if until else None, "late" in asked, after=(datetime.fromisoformat(at), last) if is_id(last) and is_moment(at) else None,
    )


def page_of(request: Any, rows: list[Listed], asked: Mapping[str, str]) -> dict[str, Any]:
    """What the template of a list needs beside its sums."""
    shown, lang = rows[:PAGE], request.lang
    after = f"{shown[-1].asked_at.isoformat()}~{shown[-1].id}" if len(rows) > PAGE else ""
    return {
        "rows": shown, "asked": Filled(asked), "kinds": KINDS, "states": STATES, "more": "?" + urlencode({**asked, "after": after}) if after else "", "paged": "after" in request.GET,
        "query": urlencode(asked), "kind": lambda code: reckoning.kind(code, lang), "state": lambda k: reckoning.state(k, lang), "tones": reckoning.TONES,
    }


@staff("read")
@require_safe
def export(request: Any) -> HttpResponse:
    """The whole list as CSV, amounts as they are written."""
    asked = typed_in(request)
    return csv_of(request, read.every(request.house.pool, sought_of(request, asked, request.person.merchant_id), request.now))


def csv_of(request: Any, rows: Iterator[Listed]) -> HttpResponse:
    """Rows as a file that a spreadsheet opens."""
    answer = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="compensation-{request.now:%Y%m%d}.csv"'
    return answer


def _lines(rows: Iterator[Listed]) -> Iterator[str]:
    yield "\ufeff" + _line(name.removesuffix("_minor") for name in COLUMNS)
    for row in rows:
        yield _line(_cell(row, name) for name in COLUMNS)


def _line(cells: Any) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(list(cells))
    return buffer.getvalue()


def _cell(row: Listed, name: str) -> str:
    """Text that a spreadsheet takes for text: what begins like a formula is quoted."""
    value = getattr(row, name)
    if name.endswith("_minor"):
        digits = exponent(row.currency)
        return f"{value // 10**digits}.{value % 10**digits:0{digits}d}" if digits else str(value)
    text = value.isoformat() if isinstance(value, datetime) else str(value or "")
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


@staff("read")
@require_safe
def one(request: Any, compensation_id: UUID) -> HttpResponse:
    """One compensation: what was asked, how it was reckoned, what became of the money, and the form to decide it."""
    return _one(request, str(compensation_id))


@staff("decide_compensation")
@require_POST
def decide(request: Any, compensation_id: UUID) -> HttpResponse:
    """Grant or refuse; refused, the form comes back as it was typed."""
    given, k = request.POST, _read(request, str(compensation_id))
    grant, amount = given.get("decision") == "grant", None
    if grant and given.get("amount", "").strip():
        typed = Money.parse(given["amount"].replace(",", "").strip(), k.currency)
        if typed is None:
            return _one(request, k.id, [Refusal("wrong_kind", {"zh": "金额", "en": "Amount"}, "amount")])
        amount = typed.amount
    command = given.get("command_id", "")
    decision = engine.Decision(grant, amount, given.get("answer", ""))
    done = engine.decide(request.house.pool, by(request), k.merchant_id, k.id, decision, command if is_id(command) else new_id(), request.now)
    if isinstance(done, list):
        return _one(request, k.id, done)
    return HttpResponseRedirect(reverse("compensation", args=[k.id]) + f"?done={'granted' if grant else 'refused'}")


def _read(request: Any, compensation_id: str) -> Listed:
    merchant = request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        found = read.one(conn, merchant, compensation_id)
    if found is None:
        raise Http404
    return found


def _one(request: Any, compensation_id: str, wrong: list[Refusal] | None = None) -> HttpResponse:
    k, merchant = _read(request, compensation_id), request.person.merchant_id
    if not wrong:
        notices.read_compensations(request.house.pool, merchant, k.order_id, "merchant", request.now)
    with scope(request.house.pool, UUID(merchant)) as conn:
        money, deciders = read.money_of(conn, merchant, k.id), compensated_orders.holders(conn, merchant, compensation_rules.DECIDE)
    owed = min(k.asked_minor, int(k.explanation.get("owed", k.asked_minor)))
    digits, whole = exponent(k.currency), owed
    typed = request.POST.get("amount", f"{whole // 10**digits}.{whole % 10**digits:0{digits}d}" if digits else str(whole))
    context = detail_of(request, k, money) | {
        "deciders": "、".join(deciders) if request.lang == "zh" else ", ".join(deciders), "wrong": Filled({r.field or "": r for r in wrong or []}), "typed": {"amount": typed, "answer": request.POST.get("answer", "")},
        "owed": owed, "command_id": new_id(), "done": request.GET.get("done", ""), "platform": False, "say": lambda r: said(r, request.lang),
    }
    return render(request, "merchant/compensation.html", context, wrong[0].status if wrong else 200)


def detail_of(request: Any, k: Listed, money: list[read.Row]) -> dict[str, Any]:
    """What the page of one shows, for the merchant and the platform."""
    moment = standing(request)["moment"]
    return {
        "k": k, "requests": money, "reckoning": reckoning.of(k, request.lang, moment), "kind": reckoning.kind(k.kind, request.lang), "state": reckoning.state(k, request.lang),
        "tone": reckoning.TONES[k.state], "reason": reckoning.reason(k, request.lang) if k.reason else "",
    }


def counts(request: Any) -> dict[str, Count]:
    """How many wait for a decision, for those who decide."""
    person = request.person
    if person is None or person.merchant_id is None or not may(person, compensation_rules.DECIDE):
        return {}
    with scope(request.house.pool, UUID(person.merchant_id)) as conn:
        waiting, late = read.waiting(conn, person.merchant_id, request.now)
    return {"compensation.nav": Count(waiting, late=late)} if waiting else {}
