"""The platform's first page: what is red and what will be within the hour over all merchants, what waits for it, how the machinery stands; every number opens its list (UI-5)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from amends.core.cases import TABLES
from amends.store.connect import PLATFORM, scope
from amends.store.screens import notices, platform_home
from amends.store.screens.platform_home import CAP, WORK, Machinery
from amends.web import page, show, told
from amends.web.catalogue import say
from amends.web.gate import platform
from amends.web.merchant.labels import KIND_ICONS
from amends.web.navigation import Item
from amends.web.platform.addresses import case_address
from amends.web.platform.cases import at_zero
from amends.web.rights import may

BEHIND = timedelta(minutes=1)
"""A clock overdue for longer means that no worker runs, or that it cannot keep up."""
STUCK = timedelta(minutes=10)
"""An effect that waits longer than this past its time is worth a look; back-off makes the others wait a little."""
PAGE, NEWS = 50, 6
RED = ("judge_late", "second_late", "appeal_late", "ticket_late", "cancel_late", "order_late")
HOUR = ("judge_hour", "appeal_hour", "ticket_hour", "cancel_hour", "order_hour")
WAITING = ("judge", "second", "appeal", "tsecond", "ticket", "regulator", "cancel", "order")
AT_MERCHANTS = ("ticket_red", "ticket_reddens", "merchant_late")
NEEDS = {
    "judge": "dispute.adjudicate", "second": "dispute.confirm_judgement", "appeal": "dispute.dismiss_appeal", "tsecond": "ticket.approve_decision", "ticket": "ticket.decide_ticket", "regulator": "ticket.decide_ticket",
    "cancel": "cancellation.approve_cancellation", "order": "service_order.ship_replacement", "merchant": "service_order.refund_at_merchants_cost",
}
"""What a person must hold to do something about a list, by the first part of its name."""
THEN = dict.fromkeys(("ticket_red", "ticket_reddens"), "home.p_then_consent")
"""What happens at zero where it is not what the first part of the name says."""


@dataclass(slots=True)
class Line:
    """One line: so many, what opens exactly these, when the first is due. `mine`: this person can do something about them."""

    key: str
    icon: str
    words: str
    n: int
    link: str
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
        return f"{CAP - 1}+" if self.n >= CAP else str(self.n)


@dataclass(slots=True)
class Shown:
    """The page."""

    red: list[Line] = field(default_factory=list)
    hour: list[Line] = field(default_factory=list)
    waiting: list[Line] = field(default_factory=list)
    merchants: list[Line] = field(default_factory=list)
    machinery: Machinery = field(default_factory=Machinery)
    behind: bool = False
    stuck: bool = False
    news: list[tuple[notices.Notice, str, str, str]] = field(default_factory=list)

    def seal(self) -> str:
        """What the page says, without what ticks by itself."""
        lines = [[(x.key, x.n, str(x.due_at), x.badge.level if x.badge else "") for x in some] for some in (self.red, self.hour, self.waiting, self.merchants)]
        m = self.machinery
        rest = [m.clocks, self.behind, self.stuck, m.effects, m.dead, m.differences, m.mails, m.calls, [n.id for n, *_ in self.news]]
        return hashlib.sha256(json.dumps([lines, rest]).encode()).hexdigest()[:20]


@platform("read")
@require_safe
def first(request: Any) -> HttpResponse:
    """/p/"""
    return page.render(request, "platform/home.html", _context(request))


@platform("read")
@require_safe
def live(request: Any) -> HttpResponse:
    """/p/home/live: the same again, or 304 when it says the same."""
    context = _context(request)
    return page.render_unless_same(request, "platform/home_live.html", context, context["seal"])


@platform("read")
@require_safe
def work(request: Any, name: str) -> HttpResponse:
    """/p/work/<name>: the cases behind a number, first due first."""
    if name not in WORK:
        raise Http404
    text = request.GET.get("after", "")
    after = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
    with scope(request.house.pool, PLATFORM) as conn:
        rows = platform_home.rows(conn, name, request.now, after, PAGE)
    more = f"?after={after + PAGE}" if len(rows) > PAGE else ""
    return page.render(request, "platform/work.html", {"name": name, "rows": rows[:PAGE], "more": more, "tables": TABLES, "at_zero": at_zero(request.lang), "after": after})


def _context(request: Any) -> dict[str, Any]:
    shown = look(request)
    return {"shown": shown, "seal": f"{shown.seal()}-{request.lang}"}


def look(request: Any) -> Shown:
    """Read the page in one transaction."""
    with scope(request.house.pool, PLATFORM) as conn:
        found, machinery = platform_home.counts(conn, request.now), platform_home.machinery(conn, request.now)
        news = notices.of_platform(conn, NEWS)

    def lines(names: tuple[str, ...]) -> list[Line]:
        return [_line(request, name, *found[name]) for name in names if found.get(name, (0, None))[0]]

    shown = Shown(lines(RED), lines(HOUR), lines(WAITING), lines(AT_MERCHANTS), machinery, _longer(request, machinery.oldest, BEHIND), _longer(request, machinery.oldest_effect, STUCK))
    for some in (shown.red, shown.hour):
        if not any(x.mine for x in some):
            for line in some:
                line.mine = True
        some.sort(key=lambda x: (not x.mine, x.due_at or request.now))
    shown.waiting.sort(key=lambda x: x.due_at or request.now)
    if machinery.calls:
        shown.waiting.insert(0, Line("calls", "ti-lifebuoy", say(request.lang, "home.calls_title"), machinery.calls, "/p/calls", then=_waited(request, machinery.oldest_call)))
    shown.news = [(n, told.sentence(n, "platform", request), told.icon(n), case_address({"kind": n.kind, "merchant_id": n.merchant_id, "id": n.case_id})) for n in news if n.case_id]
    return shown


def _longer(request: Any, since: datetime | None, than: timedelta) -> bool:
    return since is not None and request.now - since > than


def _waited(request: Any, since: datetime | None) -> str:
    """How long the oldest of what has no clock has waited."""
    return say(request.lang, "home.p_oldest", span=show.span(request.now - since, request.lang)) if since else ""


def _line(request: Any, name: str, n: int, due_at: datetime | None) -> Line:
    own, base = WORK[name], name.partition("_")[0]
    needs = NEEDS.get(base)
    badge = page.standing(request)["countdown"](due_at) if due_at else None
    return Line(name, KIND_ICONS[own.kind], say(request.lang, f"home.p_{name}"), n, own.desk or f"/p/work/{name}", needs is None or may(request.person, needs), due_at, badge, say(request.lang, THEN.get(name, f"home.p_then_{base}")))


urlpatterns: list[URLPattern] = [
    path("", first, name="platform"),
    path("home", first, name="platform-home"),
    path("home/live", live, name="platform-home-live"),
    path("work/<slug:name>", work, name="platform-work"),
]
NAVIGATION: list[Item] = [Item("home.p_title", "platform", "ti-calendar-due", "platform-home", permission="read", party="platform", order=1)]
