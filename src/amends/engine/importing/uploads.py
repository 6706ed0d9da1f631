"""Imports from the browser: the upload is kept, a mapping chosen, and the worker takes it in; the page only looks on (OR-6, UI-7)."""

from __future__ import annotations

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.ids import is_id, new_id
from amends.engine.importing import mapping, run
from amends.engine.importing.mapping import Mapping
from amends.engine.importing.source import Source, Unreadable
from amends.engine.importing.tables import rows_of
from amends.store import imports
from amends.store.connect import PLATFORM, Pool, Whose, scope

MOST_BYTES = 64 * 2**20
KEPT = timedelta(days=7)
SAMPLE = 5
_LOOKED_AT = 2000


@dataclass(slots=True)
class Peek:
    """The beginning of an uploaded file: its header and the first rows, some thousands; `records` when it holds JSON records of our own form."""

    header: list[str]
    rows: list[list[str]]
    records: bool = False


def owner(merchant_id: str | None) -> tuple[str, Whose]:
    """Whose rows in `imports`, and the scope they are reached in; None is the platform."""
    return (merchant_id, UUID(merchant_id)) if merchant_id else (run.PLATFORM_ID, PLATFORM)


def upload(pool: Pool, merchant_id: str | None, files: Sequence[tuple[str, bytes]], started_by: str | None, now: datetime) -> str | Refusal:
    """Keep the files as a draft; answers its id. Files that cannot be order files are refused at once."""
    try:
        for name, content in files:
            if len(content) > MOST_BYTES:
                return Refusal("file_too_large", {"name": name, "most": MOST_BYTES // 2**20}, "files")
            source = Source(name, content=content)
            source.whole()
            source.format()
    except Unreadable as trouble:
        return trouble.refusal
    whose, reach = owner(merchant_id)
    id_ = new_id()
    with scope(pool, reach) as conn:
        imports.begin(conn, whose, id_, ", ".join(name for name, _ in files)[:400], {}, now, dry_run=True, started_by=started_by, state="draft")
        for position, (name, content) in enumerate(files):
            imports.add_file(conn, whose, id_, position, name, content)
    return id_


def peek(pool: Pool, merchant_id: str | None, import_id: str) -> Peek | Refusal:
    """Header and first rows of the first file, to map columns by."""
    sources = _sources(pool, merchant_id, import_id)
    if not sources:
        return Refusal("import_gone", {}, "files")
    try:
        header, rows = rows_of(sources[0])
        return Peek(header, [row.cells for row in islice(rows, _LOOKED_AT) if not row.damage], sources[0].format() == "jsonl")
    except Unreadable as trouble:
        return trouble.refusal


def _sources(pool: Pool, merchant_id: str | None, import_id: str) -> list[Source]:
    whose, reach = owner(merchant_id)
    with scope(pool, reach) as conn:
        return [Source(name, content=bytes(content)) for name, content in imports.files(conn, whose, import_id)]


def read_mapping(kept: Table[str, Any]) -> tuple[Mapping | None, list[Refusal]]:
    """The mapping as it is kept with an import: `{"name": …}` of a shipped one, or a whole one made in the browser."""
    return mapping.find(str(kept["name"])) if set(kept) == {"name"} else mapping.parse(kept)


def send(pool: Pool, merchant_id: str | None, import_id: str, kept: Table[str, Any], *, dry_run: bool) -> list[Refusal]:
    """Give a draft its mapping and hand it to the worker; what is wrong with the mapping or the columns is answered now."""
    plan, wrong = read_mapping(kept)
    if plan is None:
        return wrong
    sources = _sources(pool, merchant_id, import_id)
    if not sources:
        return [Refusal("import_gone", {}, "files")]
    if trouble := run.unfit(plan, sources, merchant_id):
        return [trouble]
    whose, reach = owner(merchant_id)
    with scope(pool, reach) as conn:
        sent = imports.send(conn, whose, import_id, kept, dry_run=dry_run)
    return [] if sent else [Refusal("import_gone", {}, "files")]


def again(
    pool: Pool, merchant_id: str | None, import_id: str, by: By, now: datetime, *, dry_run: bool, other_mapping: bool = False,
) -> str | Refusal:
    """After a dry run: the same files for real, which is on record (ST-8), or as a draft to map otherwise. Answers the new import's id."""
    whose, reach = owner(merchant_id)
    id_ = new_id()
    with scope(pool, reach) as conn:
        started_by = by.actor.id if is_id(by.actor.id) else None
        made = imports.again(conn, whose, import_id, id_, now, started_by, state="draft" if other_mapping else "waiting", dry_run=dry_run)
        if made and not dry_run:
            record(conn, by, now, "orders_imported", ("import", id_), merchant_id=merchant_id)
    return id_ if made else Refusal("import_gone", {}, "files")


def anything_to_do(pool: Pool, now: datetime) -> bool:
    """Whether an import waits, or an upload is old enough to go; a plain read."""
    with scope(pool, PLATFORM) as conn:
        return bool(imports.waiting(conn, 1) or imports.old(conn, now - KEPT))


def forget_old(pool: Pool, now: datetime) -> int:
    """Let go the bytes of drafts and dry runs that nobody came back to; answers of how many imports."""
    with scope(pool, PLATFORM) as conn:
        found = imports.old(conn, now - KEPT)
    for whose, import_id in found:
        with scope(pool, owner(None if whose == run.PLATFORM_ID else whose)[1]) as conn:
            imports.let_go(conn, whose, import_id)
    return len(found)


def run_waiting(pool: Pool, now: datetime) -> int:
    """Take in every upload that waits, and go on with those whose worker was lost; answers how many were ended here. For the worker's loop."""
    with scope(pool, PLATFORM) as conn:
        found = imports.waiting(conn)
    return sum(_run(pool, whose, import_id, now) for whose, import_id in found)


def _run(pool: Pool, whose: str, import_id: str, now: datetime) -> bool:
    merchant_id = None if whose == run.PLATFORM_ID else whose
    mark = new_id()
    with scope(pool, owner(merchant_id)[1]) as conn:
        claimed = imports.claim(conn, whose, import_id, mark)
    if claimed is None:
        return False
    plan, wrong = read_mapping(claimed.mapping) if claimed.mapping else (None, [Refusal("import_gone", {}, "files")])
    sources = _sources(pool, merchant_id, import_id)
    if plan is None or not sources:
        trouble = wrong[0] if wrong else Refusal("import_gone", {}, "files")
        with scope(pool, owner(merchant_id)[1]) as conn:
            imports.finish(conn, whose, import_id, now, (trouble.say("zh"), trouble.say("en")))
        return True
    job = run.Job(plan, sources, import_id, mark, merchant_id, claimed.dry_run, skip=claimed.orders_done)
    try:
        run.perform(pool, job, now)
    except (imports.Lost, imports.Unreachable):
        return False  # somebody goes on with it: whoever took it over, or the next round
    except Exception:
        trouble = Refusal("import_broke", {"id": import_id})
        with scope(pool, owner(merchant_id)[1]) as conn:
            imports.finish(conn, whose, import_id, now, (trouble.say("zh"), trouble.say("en")))
        raise
    return True
