"""What a queue's page shows: rows with their words, chips, tabs, counts. Read in one transaction; the view and the live refresh share it."""

from __future__ import annotations

import hashlib
import json
import time as monotonic
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from amends.engine import presence, staffing, views
from amends.engine.presence import Who
from amends.store.connect import Pool, scope
from amends.store.screens import counts, queue
from amends.store.screens.counts import Counts
from amends.store.screens.queue_row import QueueRow
from amends.web import pauses, show
from amends.web.catalogue import say
from amends.web.merchant import labels, query
from amends.web.merchant.desks import STANDING, WHOLE, Desk, desk_of
from amends.web.merchant.query import Asked

SHORT = 4.0
"""Seconds for which counts of views are kept, so that many open pages do not count the same again."""
LONG = 60.0
_hurries: dict[str, tuple[float, int]] = {}
_kept: dict[tuple[str, ...], tuple[float, str]] = {}
_standing: dict[str, tuple[float, dict[str, Counts]]] = {}


@dataclass(slots=True)
class Tab:
    """A way to look at the queue: built in, or a saved view (`id`)."""

    name: str
    link: str
    count: str
    here: bool
    id: str = ""
    mine: bool = False
    shared: bool = False


@dataclass(slots=True)
class Shown:
    """All of a page: rows and who is at each, the next page's cursor, counts, tabs, chips."""

    asked: Asked
    rows: list[QueueRow]
    after: str
    found: str
    here: dict[str, list[Who]]
    in_queue: list[Who]
    urgent: int = 0
    late: int = 0
    alerts: str = ""
    tabs: list[Tab] = field(default_factory=list)
    chips: list[dict[str, str]] = field(default_factory=list)
    reasons: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    switch: list[Tab] = field(default_factory=list)
    still: str = ""

    def seal(self) -> str:
        """What the page looks like, without what ticks by itself: the ETag of the live refresh."""
        seen = [[r.id, r.version, str(r.due_at), [(w.person_id, w.doing) for w in self.here.get(r.id, [])]] for r in self.rows]
        whole = [seen, self.found, self.urgent, self.late, self.alerts, [(t.name, t.count) for t in (*self.tabs, *self.switch)], [w.person_id for w in self.in_queue], self.still]
        return hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:20]


def asked_of(request: Any, name: str, given: Any = None) -> Asked:
    """The filter of this request's address (or of `given`), for this person's clock and wall."""
    given, waits = request.GET if given is None else given, hurry(request.house.pool, request.person.merchant_id)
    return query.read(name, given, request.person.id, request.now, request.zone, waits)


def hurry(pool: Pool, merchant: str) -> int:
    """Seconds after which what waits in a list that hurries is urgent (CA-5); asked of the merchant's pack once a minute."""
    before = _hurries.get(merchant)
    if before is None or before[0] <= monotonic.monotonic():
        before = _hurries[merchant] = (monotonic.monotonic() + LONG, staffing.hurry_after(pool, merchant))
    return before[1]


def look(request: Any, asked: Asked) -> Shown:
    """Read the page and note that this person is in the queue."""
    pool, person, merchant = request.house.pool, request.person, request.person.merchant_id
    presence.look(pool, merchant, presence.place_of(asked.queue), person.id, person.name, "looking", request.now)
    saved = [(view, asked_of(request, asked.queue, view.filters)) for view in views.of(pool, person, asked.queue)]
    with scope(pool, UUID(merchant)) as conn:
        page = queue.read_page(conn, merchant, asked.queue, asked.want, request.now, asked.after)
        built_in = _built_in(request, asked)
        found, *figures = _counted(conn, request, [asked, *(a for _, a in built_in), *(a for _, a in saved)])
        alerts = next((n for (key, _), n in zip(built_in, figures, strict=False) if key == "alert"), "0")
        tabs = [Tab(say(request.lang, f"queue.tab_{key}"), a.link(), n, a.query == _plain(asked)) for (key, a), n in zip(built_in, figures, strict=False)]
        tabs += [Tab(v.name, a.link(view=v.id), n, asked.view == v.id, v.id, v.mine, v.shared) for (v, a), n in zip(saved, figures[len(built_in) :], strict=True)]
        desk = desk_of(asked.queue)
        own = counts.read_counts(conn, merchant, request.now, desk.lists, hurry(pool, merchant)) if desk.switch else {}
    kept = (own or standing(pool, merchant, request.now)).get(asked.queue, Counts())
    reasons = staffing.buyer_reasons(pool, merchant, desk.kind)
    who = presence.who(pool, merchant, [r.id for r in page.rows] + [presence.place_of(asked.queue)], request.now, but=person.id)
    in_queue = who.pop(presence.place_of(asked.queue), [])
    return Shown(asked, page.rows, page.after, found, who, in_queue, kept.urgent, kept.late, alerts, tabs, chips(request, asked, reasons), reasons, _switch(request, desk, own, asked), pauses.mark(request))


def standing(pool: Pool, merchant: str, now: datetime) -> dict[str, Counts]:
    """Counts of the queues; those of a large merchant are kept for two seconds, since every open page asks for them."""
    before = _standing.get(merchant)
    if before and before[0] > monotonic.monotonic():
        return before[1]
    found = counts.counts(pool, merchant, now, STANDING, hurry(pool, merchant))
    if sum(c.total for c in found.values()) >= 1000:
        _standing[merchant] = (monotonic.monotonic() + SHORT / 2, found)
    return found


def _plain(asked: Asked) -> dict[str, str]:
    """The filter's fields alone, when no saved view is open."""
    return {"view": asked.view} if asked.view else {k: v for k, v in asked.query.items() if k not in ("sort", "cols")}


def _built_in(request: Any, asked: Asked) -> list[tuple[str, Asked]]:
    return [(key, asked_of(request, asked.queue, dict(fields))) for key, fields in desk_of(asked.queue).tabs.get(asked.queue, WHOLE)]


def _switch(request: Any, desk: Desk, found: dict[str, Counts], asked: Asked) -> list[Tab]:
    """The lists of this kind side by side, each with its count; the whole of a kind has none."""
    if not desk.switch:
        return []
    return [Tab(say(request.lang, f"queue.q_{name}"), f"/m/q/{name}", _figure(found[name].total) if name in found else "", name == asked.queue) for name in desk.lists]


def _figure(n: int) -> str:
    return "999+" if n >= queue.CAP else str(n)


def _counted(conn: Any, request: Any, asked: list[Asked]) -> list[str]:
    """How many each of these filters of one list finds, in words; those of large lists are kept for a moment, the others are asked together."""
    merchant, now = request.person.merchant_id, monotonic.monotonic()
    keys = [(merchant, a.queue, json.dumps(a.want.to_json(), sort_keys=True)) for a in asked]
    words = {key: kept[1] for key in keys if (kept := _kept.get(key)) and kept[0] > now}
    fresh = {key: a.want for key, a in zip(keys, asked, strict=True) if key not in words}
    for key, tally in zip(fresh, queue.counted(conn, merchant, asked[0].queue, list(fresh.values()), request.now) if fresh else (), strict=True):
        words[key] = "999+" if tally.n >= queue.CAP else f"{tally.n}+" if tally.more else str(tally.n)
        if tally.n >= 200:
            if len(_kept) > 500:
                _kept.clear()
            _kept[key] = (now + SHORT, words[key])
    return [words[key] for key in keys]


def chips(request: Any, asked: Asked, reasons: list[tuple[str, str, str, str, str]]) -> list[dict[str, str]]:
    """The filter in words, each with the address without it: 期望 退货、换货 ×."""
    lang = request.lang
    named = {code: zh if lang == "zh" else en for _, _, code, zh, en in reasons}
    return [{"name": say(lang, f"queue.f_{key}"), "words": _words(lang, key, asked, named), "without": asked.link(**{key: None}), "key": key} for key in asked.chips if key in asked.query]


def _words(lang: str, key: str, asked: Asked, reasons: dict[str, str]) -> str:
    value = asked.query[key]
    between = say(lang, "queue.between")
    if key == "reason":
        return between.join(reasons.get(v, v) for v in value.split(","))
    if key in ("type", "expectation"):
        return between.join(labels.type_word(v, lang) for v in value.split(","))
    if key == "plan":
        return between.join(labels.choice(key, v, lang) for v in value.split(","))
    if key == "state":
        return between.join(labels.state(v, lang, desk_of(asked.queue).kind) for v in value.split(","))
    if key in ("source", "mode"):
        return between.join(labels.known(lang, f"queue.{key}_{v}", v) for v in value.split(","))
    if (key, value) == ("due", "urgent"):
        return labels.urgent(lang, asked.want.waits)
    if (key, value) == ("due", "red"):
        return labels.red(lang, asked.want.waits)
    if key in ("due", "parcel", "opened", "shipped", "carried"):
        return labels.known(lang, f"queue.{key}_{value}", value)
    if key == "person":
        return labels.known(lang, f"queue.person_{value}", say(lang, "queue.person_other"))
    if key == "alert":
        return say(lang, "queue.alert_yes")
    if key == "on":
        return labels.known(lang, f"queue.waits_{value}", value)
    if key == "open":
        return say(lang, "queue.open_yes")
    if key in ("amount_from", "amount_to"):
        return show.money((asked.want.amount_from if key == "amount_from" else asked.want.amount_to) or 0)
    return value


def place(name: str) -> str:
    """The id that stands for a queue where a case's id is asked for: presence, drafts."""
    return presence.place_of(name)
