"""What the strategies' pages stand on: the tables by the name in their address, how one stands now, its rows in words (SA-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from amends.core.refusal import Refusal
from amends.core.strategy import Mode, Row, Table
from amends.core.strategy_changes import changed_rows
from amends.core.strategy_facts import STATES
from amends.core.strategy_json import decode_rows
from amends.core.strategy_keys import KEYS, LABELS
from amends.engine import strategies
from amends.engine.ids import new_id
from amends.store.connect import scope
from amends.store.screens import strategy_choices
from amends.web import page, show, wording
from amends.web.catalogue import say, words
from amends.web.rights import may
from amends.web.strategies.differences import Change, differences
from amends.web.strategies.naming import Chip, Names
from amends.web.strategies.reading import LIMITS
from amends.web.strategies.shelf import Shelf, shelf_of

EDIT = strategies.PERMISSION
SHADOW_DAYS = 7
LOOKED_BACK = 40
"""So many versions are looked at for since when a row looks on."""


@dataclass(slots=True)
class Tab:
    """A table among the tabs."""

    key: str
    label: str
    rows: int = 0


@dataclass(slots=True)
class Mark:
    """A word beside a row's name."""

    words: str
    tone: str
    url: str = ""


@dataclass(slots=True)
class Shown:
    """A row as the table shows it. `mode` is the one in force; `live`: whether the published version has it."""

    id: str
    place: int
    name: str
    mode: Mode
    live: bool
    chips: list[Chip]
    action: str
    notes: list[str]
    limits: list[str]
    done: int = 0
    would: int = 0
    kept: int = 0
    marks: list[Mark] = field(default_factory=list)
    never: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Desk:
    """How one table stands: draft against what is published. `waiting`: cases at this node now; `left`: those of 30 days that no row decided, where every case comes by."""

    draft: strategies.Draft
    published: Table
    stands: str
    edited: str
    changes: list[Change]
    waiting: int
    left: int | None = None

    @property
    def changed(self) -> bool:
        """Whether there is anything to publish; switches alone are in force already."""
        return not self.draft.same and (bool(self.changes) or bool(changed_rows(self.published.rows, self.draft.table.rows)))

    @property
    def revision(self) -> int:
        """The draft's revision, handed back with each change."""
        return self.draft.version

    @property
    def next_version(self) -> int:
        """The number the draft would be published under."""
        return self.published.version + 1


@dataclass(slots=True)
class Ground:
    """One table for one reader."""

    key: str
    kind: str
    node: str
    shelf: Shelf
    desk: Desk

    @property
    def names(self) -> Names:
        """What rows are told with."""
        return self.shelf.names


def place_of(key: str) -> tuple[str, str]:
    """Kind and node of an address; 404 for any other."""
    if key not in KEYS:
        raise Http404
    return KEYS[key]


def ground_of(request: Any, key: str) -> Ground:
    """Everything a page about one table needs."""
    (kind, node), pool, merchant = place_of(key), request.house.pool, request.person.merchant_id
    shelf = shelf_of(request, kind)
    draft = strategies.draft(pool, merchant, kind, node)
    published = draft.table if draft.same else strategies.table(pool, merchant, kind, node)
    with scope(pool, UUID(merchant)) as conn:
        waiting = strategy_choices.waiting(conn, merchant, kind, STATES[(kind, node)])
    changes = [] if draft.same else differences(published.rows, draft.table.rows, shelf.names, kind, node)
    desk = Desk(draft, published, _stands(request, draft, kind, node), _edited(request, draft), changes, waiting)
    return Ground(key, kind, node, shelf, desk)


def _stands(request: Any, draft: strategies.Draft, kind: str, node: str) -> str:
    lang = request.lang
    if not draft.base:
        return say(lang, "strategies.stands_none")
    found = strategies.versions(request.house.pool, request.person.merchant_id, kind, node, many=1)
    if not found:
        return say(lang, "strategies.version_n", n=draft.base)
    return say(lang, f"strategies.stands_{found[0].how}", n=found[0].version, name=found[0].by_name, when=show.moment(found[0].at, request.now, request.zone, lang))


def _edited(request: Any, draft: strategies.Draft) -> str:
    if draft.at is None or draft.same:
        return ""
    return say(request.lang, "strategies.edited_by", name=draft.by_name, when=show.moment(draft.at, request.now, request.zone, request.lang))


def tabs(request: Any) -> list[Tab]:
    """Every table with the number of its rows."""
    with scope(request.house.pool, UUID(request.person.merchant_id)) as conn:
        found = strategy_choices.row_counts(conn, request.person.merchant_id)
    return [Tab(key, table_name(key, request.lang), found.get(at, 0)) for key, at in KEYS.items()]


def shown_rows(request: Any, ground: Ground) -> list[Shown]:
    """The draft's rows with what the published ones did in 30 days."""
    pool, merchant, desk, names = request.house.pool, request.person.merchant_id, ground.desk, ground.names
    overview = strategies.counts(pool, merchant, ground.kind, ground.node, request.now)
    desk.left = overview.left_to_people if ground.node == "review" else None
    live = {row.id: row for row in desk.published.rows}
    changed = changed_rows(desk.published.rows, desk.draft.table.rows)
    wrong = strategies.problems(pool, merchant, desk.draft.table) if desk.changed else []
    faulty = {int(r.field[5 : r.field.index("]")]) for r in wrong if r.field and r.field.startswith("rows[")}
    dead = strategies.never(pool, merchant, desk.published, request.now)
    since = shadow_since(request, ground) if any(row.mode == "shadow" for row in live.values()) else {}
    out = []
    for i, row in enumerate(desk.draft.table.rows):
        counts = overview.rows.get(row.id, strategies.Counts())
        mode: Mode = live[row.id].mode if row.id in live else "off"
        one = shown(row, i + 1, names, ground.kind, ground.node, mode, row.id in live)
        one.done, one.would, one.kept = counts.fired, counts.shadow, counts.refused
        one.never = [told(request, r, ground) for r in dead.get(row.id, ())]
        one.marks = _marks(request, ground.key, row, row.id in changed, row.id in live, i in faulty, since.get(row.id))
        out.append(one)
    return out


def shown(row: Row, place: int, names: Names, kind: str, node: str, mode: Mode = "off", live: bool = False) -> Shown:
    """A row in words."""
    limits = names.limits(row.limits) + ([active] if (active := names.active(row.active)) else [])
    return Shown(row.id, place, row.name, mode, live, names.chips(row), names.action(row.action, kind), names.notes(row.action, kind, node), limits)


def _marks(request: Any, key: str, row: Row, changed: bool, live: bool, faulty: bool, since: datetime | None) -> list[Mark]:
    lang, out = request.lang, []
    if changed:
        out.append(Mark(say(lang, "strategies.changed" if live else "strategies.added"), "accent"))
    if faulty:
        out.append(Mark(say(lang, "strategies.faulty"), "red"))
    if since is not None:
        over, seen = since + timedelta(days=SHADOW_DAYS), f"{reverse('strategies-decided', args=[key, row.id])}?shadow=1"
        if over <= request.now:
            out.append(Mark(say(lang, "strategies.shadow_over"), "amber", seen))
        else:
            day = show.day(over.astimezone(request.zone).date(), request.now.astimezone(request.zone).date(), lang)
            out.append(Mark(say(lang, "strategies.shadow_until", day=day), "soft", seen))
    return out


def shadow_since(request: Any, ground: Ground) -> dict[str, datetime]:
    """Since when each row that looks on has done so without a break."""
    merchant = request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        found = strategy_choices.latest(conn, merchant, ground.kind, ground.node, LOOKED_BACK)
    out: dict[str, datetime] = {}
    going = {row.id for row in ground.desk.published.rows if row.mode == "shadow"}
    for _, at, _, kept in found:
        there = {row["id"] for row in kept if row.get("mode") == "shadow"}
        going &= there
        out |= dict.fromkeys(going, at)
    return out


def table_name(key: str, lang: str) -> str:
    """审核, 取消审核."""
    return LABELS[key][wording.at(lang)]


def read_rows(kept: Any) -> tuple[Row, ...]:
    """Rows out of what is stored."""
    return decode_rows(kept)[0]


def told(request: Any, refusal: Refusal, ground: Ground) -> str:
    """A refusal in words."""
    return wording.refusal(refusal, request.lang, request.zone, request.now, ground.shelf.currency, ground.kind)


@dataclass(slots=True)
class Placed:
    """A problem with the row it is in; `row` is empty for what no row is about."""

    called: str
    row: str
    words: str


def placed(request: Any, wrong: list[Refusal], ground: Ground, rows: Sequence[Row]) -> list[Placed]:
    """Every problem (`rows[2].conditions[0].value`) with its row."""
    out = []
    for refusal in wrong:
        at = int(refusal.field[5 : refusal.field.index("]")]) if (refusal.field or "").startswith("rows[") and refusal.field else -1
        money = refusal.code == "strategy_limit_wrong" and dict(LIMITS).get((refusal.field or "").rpartition(".")[2])
        words = say(request.lang, "strategies.wrong_limit_money") if money else told(request, refusal, ground)
        out.append(Placed(ground.names.called(rows[at], at + 1), rows[at].id, words) if 0 <= at < len(rows) else Placed("", "", words))
    return out


def conflict_words(request: Any, ground: Ground, key: str = "strategies.conflict") -> str:
    """Who changed the draft meanwhile, and what became of what was typed."""
    draft = ground.desk.draft
    when = show.moment(draft.at, request.now, request.zone, request.lang) if draft.at else ""
    return say(request.lang, key, name=draft.by_name or say(request.lang, "strategies.somebody"), when=when)


def render(request: Any, template: str, ground: Ground, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page about one table."""
    done = request.GET.get("done", "")
    said = f"strategies.done_{done}"
    standing = {
        "table": Tab(ground.key, table_name(ground.key, request.lang)), "desk": ground.desk, "editor": may(request.person, EDIT), "fresh_id": new_id,
        "said": say(request.lang, said) if done.isidentifier() and said in words() else "", "conflict": "", "refusal": None, "here": request.path,
    }
    return page.render(request, template, standing | context, status)


def back(key: str, done: str, row: str = "") -> HttpResponse:
    """Back to the table, with what was done told once."""
    return HttpResponseRedirect(f"{reverse('strategies-table', args=[key])}?done={done}" + (f"#row-{row}" if row else ""))
