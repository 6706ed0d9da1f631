"""What a draft changes in a published table, how changed rows begin, and which rows a trial asks (SA-6, SA-7). Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from amends.core.strategy import Mode, Row, Table


def changed_rows(before: Sequence[Row], after: Sequence[Row]) -> frozenset[str]:
    """The ids of rows that are new or say something else; their switch and their place do not count."""
    old = {row.id: row for row in before}
    return frozenset(row.id for row in after if (was := old.get(row.id)) is None or _said(was) != _said(row))


def _said(row: Row) -> tuple[Any, ...]:
    return row.name, row.conditions, row.cel, row.action.command, dict(row.action.fields), row.limits, row.active


def begun(before: tuple[Row, ...], after: tuple[Row, ...], mode: Mode) -> tuple[Row, ...]:
    """The rows with their switches as a publication has them: `mode` for new and changed ones; the others keep what is in force."""
    new, now = changed_rows(before, after), {row.id: row.mode for row in before}
    return tuple(replace(row, mode=mode if row.id in new else now[row.id]) for row in after)


def tried(published: Table, draft: Table) -> Table:
    """The rows a trial of the draft asks: those in use, and new or changed ones as if they were on; with none of either, all of them. Version 0: no version yet."""
    new, used = changed_rows(published.rows, draft.rows), in_use(published)
    rows = tuple(row for row in draft.rows if row.id in new or row.id in used) or draft.rows
    same = not new and [row.id for row in rows] == [row.id for row in published.rows if row.id in used]
    return replace(draft, version=published.version if same else 0, rows=tuple(replace(row, mode="on") for row in rows))


def alone(draft: Table, row_id: str) -> Table | None:
    """One row of a draft as if it were on and the only one: what it would do by itself, whatever stands before it; None for a row that is not there."""
    row = next((row for row in draft.rows if row.id == row_id), None)
    return None if row is None else replace(draft, version=0, rows=(replace(row, mode="on"),))


def stood_alone(tried_rows: Sequence[Row], published: Table, draft: Table) -> Row | None:
    """The row of a trial that was tried alone though the whole draft has more to try; None for a trial of the draft."""
    return tried_rows[0] if len(tried_rows) == 1 < len(tried(published, draft).rows) else None


def in_use(table: Table) -> frozenset[str]:
    """The ids of rows that act or look on."""
    return frozenset(row.id for row in table.rows if row.mode != "off")
