"""The platform's desk of tickets over all merchants: tabs, filters, what waits for the platform and what is urgent first, handing out many at once (TI-2, UI-5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.cases import TABLES
from amends.core.pack_tickets import ORIGINS
from amends.core.refusal import Refusal
from amends.engine import desk as hands
from amends.engine.ids import is_id
from amends.store.screens import platform as merchants
from amends.store.screens import tickets as reads
from amends.store.screens.tickets import DeskWish
from amends.web import page, wording
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.navigation import Count
from amends.web.platform.cases import zero
from amends.web.rights import may
from amends.web.settings_pages.ground import Filled

TABS: dict[str, DeskWish] = {
    "platform": DeskWish(waits="platform"), "second": DeskWish(second=True), "red": DeskWish(red=True), "mine": DeskWish(whose="me"), "nobody": DeskWish(whose="nobody"), "open": DeskWish(), "all": DeskWish(open=False),
}
"""Tabs by name: what each shows before filters. Counts come by the same names."""
FILTERS = ("state", "origin", "merchant", "text", "transferred", "who")


def asked_of(given: QueryDict) -> dict[str, str]:
    """Tab and filters as they stand in an address, without what makes no sense."""
    out = {name: given[name].strip()[:80] for name in FILTERS if given.get(name, "").strip()}
    if out.get("state", "") not in ("", *TABLES["ticket"].states):
        del out["state"]
    if out.get("origin", "") not in ("", *ORIGINS):
        del out["origin"]
    for name in ("merchant", "who"):
        if name in out and not is_id(out[name]):
            del out[name]
    tab = given.get("tab", "")
    return {"tab": tab if tab in TABS else "platform", **out}


def wish_of(asked: dict[str, str], me: str, after: int = 0) -> DeskWish:
    """The same for the store."""
    wish = replace(
        TABS[asked["tab"]], me=me, state=asked.get("state", ""), origin=asked.get("origin", ""), merchant=asked.get("merchant", ""), text=asked.get("text", ""),
        transferred=bool(asked.get("transferred")), after=after,
    )
    return replace(wish, whose="me", me=asked["who"]) if asked.get("who") else wish


@platform("read")
@require_safe
def desk(request: Any) -> HttpResponse:
    """The list under its tabs, fifty a page."""
    return _show(request)


def _show(request: Any, done: hands.Assigned | None = None, refusal: Refusal | None = None) -> HttpResponse:
    pool, asked = request.house.pool, asked_of(request.POST if request.method == "POST" else request.GET)
    text = request.GET.get("after", "")
    after = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
    rows, more = reads.desk(pool, wish_of(asked, request.person.id, after), request.now)
    found, said = reads.desk_counts(pool, request.person.id, request.now), urlencode(asked)
    rest = {k: v for k, v in asked.items() if k != "tab"}
    context = {
        "rows": rows, "asked": Filled(asked), "query": said, "after": after, "more": f"?{said}&after={after + reads.PAGE}" if more else "",
        "tabs": [{"tab": tab, "on": tab == asked["tab"], "href": "?" + urlencode({"tab": tab, **rest}), "n": getattr(found, tab, None)} for tab in TABS],
        "merchants": merchants.names(pool), "people": hands.colleagues(pool, "ticket"), "may_assign": may(request.person, hands.ASSIGN), "filtered": bool(rest),
        "states": [(s.name, s.zh if request.lang == "zh" else s.en) for s in TABLES["ticket"].states.values()], "origins": ORIGINS,
        "at_zero": lambda r: zero("ticket", r.clock, request.lang), "state_word": lambda name: wording.state(name, request.lang, "ticket"), "word": lambda field, code: wording.choice(field, code, request.lang),
        "done": done, "refusal": refusal, "note": request.GET.get("done", ""), "n": request.GET.get("n", ""),
    }
    return page.render(request, "tickets/desk.html", context, refusal.status if refusal else 200)


@platform("read")
@require_POST
def hand_out(request: Any) -> HttpResponse:
    """Give what is chosen to oneself, to others evenly, or back to nobody; what somebody else gave away meanwhile is left alone and told."""
    given, pool = request.POST, request.house.pool
    chosen = [w for text in given.getlist("case")[: hands.AT_MOST + 1] if (w := _read(text))]
    if not chosen:
        return _show(request, refusal=Refusal("desk_nothing_chosen"))
    if given.get("act") == "back":
        done: hands.Assigned | Refusal = hands.give_back(pool, by(request), chosen, request.now)
    else:
        people = [request.person.id] if given.get("act") == "mine" else [p for p in given.getlist("person") if p]
        done = hands.assign(pool, by(request), chosen, people, request.now)
    if isinstance(done, Refusal):
        return _show(request, refusal=done)
    if done.skipped:
        return _show(request, done=done)
    return HttpResponseRedirect(f"{reverse('tickets')}?{urlencode({**asked_of(given), 'done': given.get('act') or 'given', 'n': len(done.given)})}", status=303)


def _read(text: str) -> hands.Wanted | None:
    merchant, _, rest = text.partition("~")
    case, _, seen = rest.partition("~")
    return hands.Wanted(merchant, case, seen) if is_id(merchant) and is_id(case) else None


def counts(request: Any) -> dict[str, Count]:
    """Tickets that wait for the platform, and red ones of all merchants, for the navigation."""
    if request.person.merchant_id is not None or not may(request.person, "read"):
        return {}
    found = reads.desk_counts(request.house.pool, request.person.id, request.now)
    return {"tickets.desk": Count(found.platform, late=found.red)}
