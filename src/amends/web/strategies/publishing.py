"""From draft to version and back: publishing with how it begins, the list of versions, rolling back (SA-6, SA-7, SA-8)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends.core.refusal import Refusal
from amends.core.strategy import Mode, Row
from amends.core.strategy_changes import begun
from amends.core.strategy_json import encode_rows
from amends.engine import strategies, strategy_waiting
from amends.engine.strategies import Published
from amends.store.connect import scope
from amends.store.screens import strategy_choices
from amends.web.catalogue import say
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.strategies.differences import Change, differences
from amends.web.strategies.ground import EDIT, Ground, Placed, back, conflict_words, ground_of, place_of, placed, read_rows, render
from amends.web.strategies.table import refused, revision_of

BEGINNINGS: tuple[Mode, ...] = ("shadow", "on", "off")
MOST = 50


@dataclass(slots=True)
class Wish:
    """How publishing was asked for."""

    note: str = ""
    mode: Mode = "shadow"
    waiting: bool = False


@dataclass(slots=True)
class Told:
    """One version in the list: what it changed, and what rolling back to it would change now."""

    version: int
    at: datetime
    by: str
    note: str
    current: bool
    changes: list[Change]
    back: list[Change]


@staff(EDIT)
@require_http_methods(("GET", "HEAD", "POST"))
def publish(request: Any, key: str) -> HttpResponse:
    """What the next version changes, and how new and changed rows begin; then the version itself."""
    ground, given = ground_of(request, key), request.POST if request.method == "POST" else request.GET
    mode = next((m for m in BEGINNINGS if m == given.get("mode")), "shadow" if given.get("shadow") == "1" or not given else "on")
    wish = Wish(given.get("note", "").replace("\x00", "").strip(), mode, given.get("waiting") == "1")
    if request.method != "POST":
        return _form(request, ground, wish)
    done = _publish(request, ground, wish)
    if not isinstance(done, list):
        return back(key, "waiting" if done.run_id else "published")
    if done[0].code == "strategy_draft_moved":
        fresh = ground_of(request, key)
        return _form(request, fresh, wish, conflict=conflict_words(request, fresh, "strategies.conflict_act"), status=409)
    return _form(request, ground, wish, placed(request, done, ground, ground.desk.draft.table.rows), status=done[0].status)


def _publish(request: Any, ground: Ground, wish: Wish) -> Published | list[Refusal]:
    """New and changed rows begin as wished; rows that stay as they were keep their switch. Sent twice it is one version."""
    pool, who, desk = request.house.pool, by(request), ground.desk
    if desk.draft.same and str(desk.published.version) == request.POST.get("next"):
        return Published(desk.published.version)
    seen = revision_of(request)
    if seen != desk.revision:
        return [Refusal("strategy_draft_moved", {"name": desk.draft.by_name, "version": desk.revision})]
    rows = begun(desk.published.rows, desk.draft.table.rows, wish.mode)
    if rows != desk.draft.table.rows:
        wrong = strategies.problems(pool, request.person.merchant_id, replace(desk.draft.table, rows=rows))
        kept = wrong or strategies.save_draft(pool, who, ground.kind, ground.node, encode_rows(rows), seen, request.now)
        if isinstance(kept, list):
            return kept
        seen = kept.version
    return strategies.publish(pool, who, ground.kind, ground.node, wish.note, request.now, wish.waiting, seen)


def _form(request: Any, ground: Ground, wish: Wish, wrong: list[Placed] | None = None, conflict: str = "", status: int = 200) -> HttpResponse:
    return render(request, "strategies/publish.html", ground, {"typed": wish, "wrong": wrong or [], "conflict": conflict, "would": _would(request, ground)}, status)


def _would(request: Any, ground: Ground) -> list[str]:
    """What the next version would do with what waits, were its new rows switched on at once; in words, a line a row (SA-8, SO-33)."""
    desk, lang = ground.desk, request.lang
    rows = begun(desk.published.rows, desk.draft.table.rows, "on")
    table = replace(desk.draft.table, rows=rows)
    if not desk.waiting or not any(row.mode == "on" for row in rows) or strategies.problems(request.house.pool, request.person.merchant_id, table):
        return []
    found = strategy_waiting.would(request.house.pool, request.person.merchant_id, table, request.now)
    out = [
        say(lang, "shadows.would_row", row=say(lang, "strategies.trial_row_n", n=n, row=ground.names.called(row, n)), n=found.by_row.get(row.id, 0), action=ground.names.action(row.action, ground.kind))
        for n, row in enumerate(rows, 1) if row.mode == "on"
    ]
    out += [say(lang, f"shadows.would_{key}", n=n) for key, n in (("alerts", found.alerts), ("claimed", found.claimed)) if n]
    return [*out, say(lang, "shadows.would_first", n=found.looked_at)] if found.more else out


@staff("read")
@require_safe
def versions(request: Any, key: str) -> HttpResponse:
    """Versions of one table, newest first, each with what it changed."""
    ground, merchant = ground_of(request, key), request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        kept = strategy_choices.latest(conn, merchant, ground.kind, ground.node, MOST + 1)
    listed = {v.version: v for v in strategies.versions(request.house.pool, merchant, ground.kind, ground.node, many=MOST)}
    out = []
    for i, (number, at, name, rows) in enumerate(kept[:MOST]):
        before = read_rows(kept[i + 1][3]) if i + 1 < len(kept) else ()
        changes = _differences(before, read_rows(rows), ground)
        current = number == ground.desk.published.version
        way_back = [] if current else _differences(ground.desk.published.rows, read_rows(rows), ground)
        out.append(Told(number, at, name, _note(listed[number], request.lang) if number in listed else "", current, changes, way_back))
    return render(request, "strategies/versions.html", ground, {"versions": out})


def _note(version: strategies.VersionRow, lang: str) -> str:
    """What was written beside a version; a switch and a roll-back say so by themselves."""
    if version.how == "rolled_back":
        return say(lang, "strategies.rolled_to", n=version.note)
    return version.note if version.how == "published" else ""


def _differences(before: tuple[Row, ...], after: tuple[Row, ...], ground: Ground) -> list[Change]:
    return differences(before, after, ground.names, ground.kind, ground.node, modes=True)


@staff(EDIT)
@require_POST
def roll_back(request: Any, key: str) -> HttpResponse:
    """An earlier version is in force again, as the next one; sent twice it is one version."""
    (kind, node), pool, text = place_of(key), request.house.pool, request.POST.get("version", "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0
    newest = strategies.versions(pool, request.person.merchant_id, kind, node, many=1)
    if newest and newest[0].how == "rolled_back" and newest[0].note == str(number) and str(newest[0].version) == request.POST.get("next"):
        return back(key, "rolled")
    done = strategies.roll_back(pool, by(request), kind, node, number, request.now)
    return refused(request, key, done) if isinstance(done, list) else back(key, "rolled")
