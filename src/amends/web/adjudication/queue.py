"""The queue of disputes over all merchants (UI-5): tabs, filters, what is due first, and handing out many at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.pack_disputes import FAMILIES, SCENARIOS
from amends.core.refusal import Refusal
from amends.engine import desk
from amends.engine.ids import is_id
from amends.store.screens import dispute_queue as reads
from amends.store.screens import platform as merchants
from amends.web import page
from amends.web.adjudication.asked import typed, wanted
from amends.web.adjudication.said import said
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.navigation import Count
from amends.web.rights import may
from amends.web.settings_pages.ground import Filled

LIMIT = 50
OF_JUDGES = ("judge", "second", "appeal")


@platform("read")
@require_safe
def queue(request: Any) -> HttpResponse:
    """The list under its tabs, fifty a page."""
    return _show(request)


def _show(request: Any, done: desk.Assigned | None = None, refusal: Refusal | None = None) -> HttpResponse:
    pool, asked = request.house.pool, typed(request.POST if request.method == "POST" else request.GET)
    want = wanted(asked, request.person.id, request.GET.get("after", ""))
    rows = reads.rows(pool, want, request.now, LIMIT)
    last = rows[LIMIT - 1] if len(rows) > LIMIT else None
    address = urlencode(asked)
    context = {
        "rows": rows[:LIMIT], "asked": Filled(asked), "query": address, "tabs": _tabs(request, asked), "more": f"?{address}&{urlencode({'after': _place(last)})}" if last else "",
        "merchants": merchants.names(pool), "scenarios": _scenarios(request.lang), "people": desk.colleagues(pool), "may_assign": may(request.person, desk.ASSIGN),
        "filtered": len(asked) > 1, "done": done, "refusal": refusal, "said": said(request), "note": request.GET.get("done", ""), "n": request.GET.get("n", ""), "at_most": desk.AT_MOST,
        "here": request.GET.get("after", ""),
    }
    return page.render(request, "adjudication/queue.html", context, refusal.status if refusal else 200)


def _place(row: dict[str, Any]) -> str:
    return f"{row['place'].isoformat()}~{row['id']}"


def _tabs(request: Any, asked: dict[str, str]) -> list[dict[str, Any]]:
    """Each tab with its count under the same filters, and its address."""
    rest = {k: v for k, v in asked.items() if k != "tab"}
    found = reads.counts(request.house.pool, request.now, wanted(asked, request.person.id) if rest else None)
    return [
        {"tab": tab, "on": tab == asked["tab"], "href": "?" + urlencode({"tab": tab, **rest}), "n": min(found[tab]["n"], reads.CAP), "more": found[tab]["n"] > reads.CAP, "late": found[tab]["late"]}
        for tab in reads.TABS
    ]


def _scenarios(lang: str) -> list[tuple[str, list[tuple[str, str]]]]:
    at = 0 if lang == "zh" else 1
    return [(words[at], [(code, s[at]) for code, s in SCENARIOS.items() if s[2] == family]) for family, words in FAMILIES.items()]


@platform("read")
@require_POST
def hand_out(request: Any) -> HttpResponse:
    """Give what is chosen (or all the filter finds) to one person, evenly to several, to oneself, or back to nobody. What somebody else gave away meanwhile is left alone and told."""
    given, pool = request.POST, request.house.pool
    chosen = _all(request) if given.get("all") else [w for text in given.getlist("case")[: desk.AT_MOST + 1] if (w := _read(text))]
    if not chosen:
        return _show(request, refusal=Refusal("desk_nothing_chosen"))
    if given.get("act") == "back":
        done: desk.Assigned | Refusal = desk.give_back(pool, by(request), chosen, request.now)
    else:
        people = [request.person.id] if given.get("act") == "mine" else [p for p in given.getlist("person") if p]
        done = desk.assign(pool, by(request), chosen, people, request.now)
    if isinstance(done, Refusal):
        return _show(request, refusal=done)
    if done.skipped:
        return _show(request, done=done)
    asked = typed(given)
    return HttpResponseRedirect(f"{reverse('disputes')}?{urlencode({**asked, 'done': given.get('act') or 'given', 'n': len(done.given)})}", status=303)


def _all(request: Any) -> list[desk.Wanted]:
    found = reads.ids(request.house.pool, wanted(typed(request.POST), request.person.id), request.now, desk.AT_MOST + 1)
    return [desk.Wanted(*row) for row in found]


def _read(text: str) -> desk.Wanted | None:
    merchant, _, rest = text.partition("~")
    case, _, seen = rest.partition("~")
    return desk.Wanted(merchant, case, seen) if is_id(merchant) and is_id(case) else None


@platform("read")
@require_safe
def live(request: Any) -> HttpResponse:
    """The counts of the tabs under the same filters, and of the navigation, as JSON; the page asks every half minute."""
    nav = counts(request)["adjudication.nav"]
    tabs = {tab["tab"]: f"{tab['n']}{'+' if tab['more'] else ''}" if tab["n"] else "" for tab in _tabs(request, typed(request.GET))}
    return JsonResponse({"tabs": tabs, "nav": {"adjudication.nav": f"{nav.n}{'+' if nav.n > nav.most else ''}"}}, headers={"Cache-Control": "no-store"})


def counts(request: Any) -> dict[str, Count]:
    """What waits for the platform, for the navigation: to judge, to confirm, under appeal."""
    if request.person.merchant_id is not None or not may(request.person, "read"):
        return {}
    found = reads.counts(request.house.pool, request.now, tabs=OF_JUDGES)
    parts = [found[tab] for tab in OF_JUDGES]
    return {"adjudication.nav": Count(sum(p["n"] for p in parts), sum(p["urgent"] for p in parts), sum(p["late"] for p in parts), reads.CAP)}
