"""The merchant's first page: what is red, what will be within the hour, what waits for me, how the day goes; every number opens what it counts (UI-1, SO-9)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from amends.core.actor import Actor, Party
from amends.core.cases import TABLES
from amends.engine import batches, duty
from amends.engine.order_times import times_of
from amends.store.connect import scope
from amends.store.screens import calls, home, order_work
from amends.store.screens.home import Found
from amends.store.screens.queue_filter import QUEUES
from amends.web import page, pauses, wording
from amends.web.catalogue import say
from amends.web.gate import staff
from amends.web.merchant import labels, queue_page
from amends.web.merchant.desks import DESKS
from amends.web.rights import may

OTHERS_DESK = "desk"
"""Commands that everybody at a desk has; they do not make a list one's own."""
SAY_THEMSELVES = ("dispute", "ticket")
"""Kinds whose cases name who is waited for, whatever their state says."""
ORDERS = ("manage_orders", "ship_orders")


@dataclass(slots=True)
class Line:
    """One line: so many, what opens exactly these, and which is the first. `mine`: this person can do something about them."""

    key: str
    icon: str
    words: str
    n: int
    link: str
    late: bool = False
    mine: bool = True
    due_at: datetime | None = None
    badge: Any = None
    then: str = ""
    first: str = ""
    first_link: str = ""
    kind: str = ""

    @property
    def count(self) -> str:
        """The number as it is said."""
        return "999+" if self.n >= home.CAP else str(self.n)


@dataclass(slots=True)
class Shown:
    """The page: lines by level, the next clock where nothing is red, what waits beside, the day by kind, all lists with their counts."""

    red: list[Line] = field(default_factory=list)
    hour: list[Line] = field(default_factory=list)
    next: Line | None = None
    waits: list[Line] = field(default_factory=list)
    came: dict[str, int] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)
    lists: list[tuple[str, list[tuple[str, Line, Line, Line]]]] = field(default_factory=list)
    calls: list[calls.Call] = field(default_factory=list)
    still: str = ""

    def seal(self) -> str:
        """What the page says, without what ticks by itself: the ETag of the live refresh."""
        whole = [[(x.key, x.n, x.first, str(x.due_at), x.badge.level if x.badge else "") for x in lines] for lines in (self.red, self.hour, self.waits)]
        rest = [self.came, self.done, [[(n, a.n, r.n, h.n) for n, a, r, h in lists] for _, lists in self.lists], [(c.id, bool(c.answered_at)) for c in self.calls], self.next.first if self.next else "", self.still]
        return hashlib.sha256(json.dumps([whole, rest], default=str).encode()).hexdigest()[:20]


@staff("read")
@require_safe
def first(request: Any) -> HttpResponse:
    """/m/ and /m/home."""
    pool, person = request.house.pool, request.person
    on, mine = duty.stands(pool, person.merchant_id, person.id)
    return page.render(request, "merchant/home.html", {**_context(request), "on_duty": on, "mine": mine, "batches": batches.recent(pool, person.merchant_id, person.id)[:5]})


@staff("read")
@require_safe
def live(request: Any) -> HttpResponse:
    """/m/home/live: the same again, or 304 when it says the same."""
    context = _context(request)
    return page.render_unless_same(request, "merchant/home_live.html", context, context["seal"])


def _context(request: Any) -> dict[str, Any]:
    shown = look(request)
    return {"shown": shown, "seal": f"{shown.seal()}-{request.lang}", "L": labels, "kinds": list(DESKS), "called_about": lambda c: _about(c, request.lang)}


def look(request: Any) -> Shown:
    """Read the page in one transaction."""
    pool, person, now = request.house.pool, request.person, request.now
    merchant, hurry = person.merchant_id, queue_page.hurry(pool, person.merchant_id)
    since = datetime.combine(now.astimezone(request.zone).date(), time(), request.zone)
    asked = [home.Asked(name, hurry, on_of(name)) for name in lists()]
    with scope(pool, UUID(merchant)) as conn:
        found = home.read(conn, merchant, asked, now)
        beside = home.beside(conn, merchant, person.id, since, now)
        pack, still = order_work.pack_of(conn, merchant, now)
        times = times_of(pack, now, still=still)
        orders, dues = order_work.counts(conn, merchant, times, ("ship_late", "ship_hour", "pick_late", "urged", "trouble")), order_work.first_due(conn, merchant, times, ("ship_late", "ship_hour"))
        lately = calls.listed(conn, merchant=merchant, limit=3) + calls.listed(conn, answered=True, merchant=merchant, limit=2)
    shown = Shown(came=beside.came, done=beside.done, still=pauses.mark(request), calls=[c for c in lately if c.answered_at is None or c.answered_at >= since])
    actor = person.actor()
    for name in lists():
        if takes(name):
            shown.red += _line(request, actor, name, "red", found)
            shown.hour += _line(request, actor, name, "hour", found)
    shown.red += _orders(request, "ship_late", orders, dues) + _orders(request, "pick_late", orders, dues)
    shown.hour += _orders(request, "ship_hour", orders, dues)
    for lines in (shown.red, shown.hour):
        if not any(x.mine for x in lines):
            for line in lines:
                line.mine = True
        lines.sort(key=lambda x: (not x.mine, x.due_at is None, x.due_at or now))
    shown.next = _next(request, actor, found)
    shown.waits = _waits(request, beside, orders)
    shown.lists = [(kind, [(name, *_three(request, actor, name, found)) for name in desk.home]) for kind, desk in DESKS.items()]
    return shown


def lists() -> list[str]:
    """The lists of the page, in the order of their kinds."""
    return [name for desk in DESKS.values() for name in desk.home if QUEUES[name].states]


def on_of(name: str) -> str:
    """Where only some states of a list wait for the merchant, those are what is red; disputes and tickets say for themselves who is waited for."""
    own = QUEUES[name]
    waits = {TABLES[own.kind].states[s].waits_on for s in own.states}
    return "merchant" if own.kind in SAY_THEMSELVES or (Party.MERCHANT in waits and len(waits) > 1) else ""


def takes(name: str) -> bool:
    """Whether something of this list can be red for the merchant: it, or the provider of its payments, is waited for."""
    own = QUEUES[name]
    return own.kind in SAY_THEMSELVES or bool({TABLES[own.kind].states[s].waits_on for s in own.states} & {Party.MERCHANT, Party.PROVIDER})


def works_on(actor: Actor, name: str) -> bool:
    """Whether this person can do something about a list's cases that not everybody at a desk can."""
    own, table = QUEUES[name], TABLES[QUEUES[name].kind]
    return any(Party.MERCHANT in step.by and step.command.node != OTHERS_DESK and actor.may(own.kind, verb) for s in own.states for verb, step in table.steps[s].items())


def query_of(name: str, level: str) -> dict[str, str]:
    """The filter that shows what a line counts."""
    on = on_of(name)
    return ({"due": level} if level in ("red", "hour") else {}) | ({"on": on} if on else {})


def _line(request: Any, actor: Actor, name: str, level: str, found: dict[tuple[str, str], Found]) -> list[Line]:
    seen = found.get((level, name))
    return [_of(request, actor, name, level, seen)] if seen else []


def _of(request: Any, actor: Actor, name: str, level: str, seen: Found) -> Line:
    query, lang = query_of(name, level), request.lang
    badge = page.standing(request)["countdown"](seen.due_at, clock=seen.clock, region=seen.region, hurries=level == "red")
    filtered = {"f": urlencode(query)} if query else {}
    return Line(
        name, labels.KIND_ICONS[QUEUES[name].kind], say(lang, f"queue.q_{name}"), seen.n, f"/m/q/{name}" + (f"?{urlencode(query)}" if query else ""), bool(seen.due_at and seen.due_at <= request.now),
        works_on(actor, name), seen.due_at, badge, labels.then(seen.late, seen.due_at, seen.clock, seen.waits_on, lang), f"{seen.number} {seen.title}".strip(),
        f"{labels.case_address(seen.case_id)}?{urlencode({'q': name, **filtered})}", say(lang, f"queue.kind_{QUEUES[name].kind}"),
    )


def _three(request: Any, actor: Actor, name: str, found: dict[tuple[str, str], Found]) -> tuple[Line, Line, Line]:
    """A list's row in the table of all: all, red, within the hour; nothing is a line too."""
    def one(level: str) -> Line:
        seen = found.get((level, name), Found()) if level == "all" or takes(name) else Found()
        query = query_of(name, level) if level != "all" else {}
        return Line(name, "", "", seen.n, f"/m/q/{name}" + (f"?{urlencode(query)}" if query else ""))

    return one("all"), one("red"), one("hour")


def _orders(request: Any, name: str, counts: dict[str, int], dues: dict[str, datetime]) -> list[Line]:
    n = counts.get(name, 0)
    if not n:
        return []
    lang, due = request.lang, dues.get(name)
    badge = page.standing(request)["countdown"](due) if due else None
    link = f"/m/orders?work={name}"
    mine = any(may(request.person, p) for p in ORDERS)
    return [Line(name, "ti-truck-delivery", say(lang, f"orders_desk.w_{name}"), n, link, name.endswith("_late"), mine, due, badge, say(lang, "home.then_ship") if name == "ship_hour" else "", "", link)]


def _next(request: Any, actor: Actor, found: dict[tuple[str, str], Found]) -> Line | None:
    """The first clock to run out of the lists this person works on; where nothing is red, that is what comes next."""
    waiting = [(seen.due_at or request.now, name, seen) for name in lists() if takes(name) and works_on(actor, name) and (seen := found.get(("next", name)))]
    if not waiting:
        return None
    _, name, seen = min(waiting, key=lambda x: (x[0], x[1]))
    return _of(request, actor, name, "next", seen)


WAITS = (
    ("urged", "ti-bell-ringing", "/m/urges", "manage_orders"), ("trouble", "ti-package-off", "/m/orders?work=trouble", "manage_orders"), ("calls", "ti-lifebuoy", "/m/calls", "read"),
    ("refunds_failed", "ti-cash-off", "/m/finance/requests?waits=failed", "service_order.record_transfer"), ("unclaimed", "ti-box-off", "/w/unclaimed", "service_order.register_receipt"),
)


def _waits(request: Any, beside: home.Beside, orders: dict[str, int]) -> list[Line]:
    """What has no clock of its own: mine, alerts, urges, calls, trouble. Only what this person may open."""
    lang, out = request.lang, []
    for key, counts, query, icon in (("mine", beside.mine, {"person": "me", "open": "1"}, "ti-user-check"), ("alerts", beside.alerts, {"alert": "1", "open": "1"}, "ti-alert-triangle")):
        for kind, desk in DESKS.items():
            whole = next((name for name in desk.lists if not QUEUES[name].states and not QUEUES[name].ended), "")
            if counts.get(kind) and whole:
                out.append(Line(f"{key}_{kind}", icon, say(lang, f"home.{key}", kind=say(lang, f"queue.kind_{kind}")), counts[kind], f"/m/q/{whole}?{urlencode(query)}"))
    numbers = {"urged": orders.get("urged", 0), "trouble": orders.get("trouble", 0), "calls": beside.calls, "refunds_failed": beside.refunds_failed, "unclaimed": beside.unclaimed}
    return out + [Line(key, icon, say(lang, f"home.{key}"), numbers[key], link) for key, icon, link, permission in WAITS if numbers[key] and may(request.person, permission)]


def _about(call: calls.Call, lang: str) -> str:
    """Why it was called, in a few words."""
    return (wording.call_cause(call.pack, call.cause, lang) if call.cause else "") or call.words

