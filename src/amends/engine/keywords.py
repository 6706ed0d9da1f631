"""The keyword sets a merchant warns by: kept as versions, compiled once a version, and what one of them finds (KW-1 … KW-3)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any
from uuid import UUID

from amends.core.keyword_choice import Chosen, chosen_of, document_of, in_force, problems
from amends.core.keywords import KeywordSet, Scanner, starter
from amends.core.refusal import Refusal
from amends.engine import keyword_scan
from amends.engine.audit import By, record
from amends.store import keywords as store
from amends.store.connect import Pool, scope

SETTING = "keywords"
"""The key of a merchant's settings that names the version in force; without it, the sets that come with the product."""
KEPT_COMPILED = 256
Edit = Callable[[tuple[Chosen, ...]], "tuple[Chosen, ...] | Refusal"]


@dataclass(frozen=True, slots=True)
class Live:
    """What is in force for a merchant: the compiled scanner, the sets by code, and the versions it was made of."""

    scanner: Scanner
    sets: Mapping[str, KeywordSet]
    refs: Mapping[str, int]


@dataclass(slots=True)
class Book:
    """A merchant's sets as its people see them, with who kept this version when (None: as they come)."""

    version: int
    starter: int
    sets: tuple[Chosen, ...]
    made_by: str = ""
    made_at: datetime | None = None
    history: list[store.Version] = field(default_factory=list)


_compiled: OrderedDict[tuple[str, int, int], Live] = OrderedDict()
_lock = Lock()


def live(conn: Any, merchant: str, settings: Mapping[str, Any]) -> Live:
    """What is in force for this merchant, compiled. `conn` stands in the merchant's scope; it is asked only the first time a version is seen here."""
    version = int(settings.get(SETTING) or 0)
    key = (merchant if version else "", version, starter().version)
    with _lock:
        if key in _compiled:
            _compiled.move_to_end(key)
            return _compiled[key]
    found = store.one(conn, merchant, version) if version else None
    made = compiled(in_force(chosen_of(starter(), found.document if found else {})), version)
    with _lock:
        _compiled[key] = made
        while len(_compiled) > KEPT_COMPILED:
            _compiled.popitem(last=False)
    return made


def compiled(sets: tuple[KeywordSet, ...], version: int = 0) -> Live:
    """These sets, ready to be looked for."""
    return Live(keyword_scan.of_starter(starter(), sets), {s.code: s for s in sets}, {"version": version, "starter": starter().version})


def book(pool: Pool, merchant: str, versions: int = 1) -> Book:
    """The sets of a merchant as they stand, with the last `versions` versions."""
    with scope(pool, UUID(merchant)) as conn:
        return _book(store.newest(conn, merchant, versions))


def _book(history: list[store.Version]) -> Book:
    last = history[0] if history else None
    sets = chosen_of(starter(), last.document if last else {})
    return Book(last.version if last else 0, starter().version, sets, last.made_by_name if last else "", last.made_at if last else None, history)


def change(pool: Pool, by: By, merchant: str, edit: Edit, now: datetime, *, note: str = "", seen: int | None = None) -> Book | Refusal:
    """Make the next version: `edit` answers the sets as they shall be. `seen`: the version the asker looked at, where that matters.

    What changes nothing makes no version. The change is audited with what differs (ST-8).
    """
    if refusal := by.lacks("manage_keywords"):
        return refusal
    with scope(pool, UUID(merchant)) as conn:
        if not store.hold(conn, merchant):
            return Refusal("merchant_unknown", {"name": merchant})
        was = _book(store.newest(conn, merchant))
        if seen is not None and seen != was.version:
            return Refusal("keywords_changed", {"name": was.made_by or "—", "now": was.version})
        sets = edit(was.sets)
        if isinstance(sets, Refusal) or (wrong := problems(sets)):
            return sets if isinstance(sets, Refusal) else wrong[0]
        before, after = document_of(starter(), was.sets), document_of(starter(), sets)
        if before == after:
            return was
        row = store.Version(was.version + 1, after, note, by.actor.id, by.actor.name, now)
        store.add(conn, merchant, row)
        record(conn, by, now, "keywords_changed", ("merchant", merchant), merchant_id=merchant, before=_short(was.sets, sets), after=_short(sets, was.sets))
    return _book([row])


def _short(sets: tuple[Chosen, ...], other: tuple[Chosen, ...]) -> dict[str, Any]:
    """What the other version does not have, set by set, for the audit: words, and whether the set is on."""
    theirs = {c.set.code: c for c in other}
    out: dict[str, Any] = {}
    for c in sets:
        old = theirs.get(c.set.code)
        words = [w for w in c.set.words if old is None or w not in old.set.words]
        if words or old is None or old.on != c.on:
            out[c.set.zh] = {"words": words, "on": c.on}
    return out


def back_to(pool: Pool, by: By, merchant: str, version: int, now: datetime) -> Book | Refusal:
    """An older version once more, as a new one; 0: as the sets come with the product."""
    with scope(pool, UUID(merchant)) as conn:
        old = store.one(conn, merchant, version) if version else None
    if version and old is None:
        return Refusal("keyword_set_unknown")
    return change(pool, by, merchant, lambda _: chosen_of(starter(), old.document if old else {}), now, note=f"v{version}")
