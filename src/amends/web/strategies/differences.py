"""What differs between two versions of a table, in words (SA-6): rows added, removed, moved, and what changed in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from amends.core.strategy import Row
from amends.web.catalogue import say
from amends.web.strategies.naming import Names


@dataclass(slots=True)
class Change:
    """One difference. `tone`: plus, minus or tilde; `sign` stands before the words."""

    tone: str
    words: str

    @property
    def sign(self) -> str:
        """+, − or ~."""
        return {"plus": "+", "minus": "−"}.get(self.tone, "~")


def differences(before: Sequence[Row], after: Sequence[Row], names: Names, kind: str, node: str, *, modes: bool = False, places: Mapping[str, int] | None = None) -> list[Change]:
    """Every difference, in the order of the later rows, removed ones last; `modes`: switches too; `places`: where new rows stand, of tables that hold a part of the rows."""
    old = {row.id: (place, row) for place, row in enumerate(before, 1)}
    kept = [row.id for row in after if row.id in old]
    moved = _moved([row.id for row in before if row.id in set(kept)], kept)
    out: list[Change] = []
    for place, row in enumerate(after, 1):
        if row.id not in old:
            what = say(names.lang, "strategies.if_then", if_=names.conditions(row), then=" · ".join(filter(None, (_action(row, names, kind, node), *names.limits(row.limits), names.active(row.active)))))
            out.append(Change("plus", say(names.lang, "strategies.diff_added", place=(places or {}).get(row.id, place), row=names.called(row, place), what=what)))
            continue
        was_at, was = old[row.id]
        out += _of_row(was, row, names.called(row, place), names, kind, node, modes)
        if row.id in moved:
            out.append(_change("strategies.diff_moved", names, row=names.called(row, place), before=was_at, after=place))
    gone = [(place, row) for place, row in old.values() if row.id not in {r.id for r in after}]
    return out + [Change("minus", say(names.lang, "strategies.diff_removed", row=names.called(row, place))) for place, row in gone]


def _moved(before: list[str], after: list[str]) -> set[str]:
    """The fewest rows that explain the new order: those outside the longest run that kept its order."""
    place = {one: i for i, one in enumerate(before)}
    best: list[list[str]] = []
    for one in after:
        chain = max((c for c in best if place[c[-1]] < place[one]), key=len, default=[])
        best.append([*chain, one])
    longest = max(best, key=len, default=[])
    return set(after) - set(longest)


def _of_row(was: Row, row: Row, called: str, names: Names, kind: str, node: str, modes: bool) -> list[Change]:
    out: list[Change] = []
    if was.name != row.name:
        out.append(_change("strategies.diff_renamed", names, before=was.name, after=row.name))
    out += _conditions(was, row, called, names)
    pairs = (
        ("strategies.diff_action", _action(was, names, kind, node), _action(row, names, kind, node)),
        ("strategies.diff_limits", say(names.lang, "strategies.list").join(names.limits(was.limits)), say(names.lang, "strategies.list").join(names.limits(row.limits))),
        ("strategies.diff_active", names.active(was.active), names.active(row.active)),
    )
    empty = {"strategies.diff_limits": "strategies.no_limit", "strategies.diff_active": "strategies.active_always"}
    for key, before, after in pairs:
        if before != after:
            nothing = say(names.lang, empty[key]) if key in empty else ""
            out.append(_change(key, names, row=called, before=before or nothing, after=after or nothing))
    if modes and was.mode != row.mode:
        told = {mode: say(names.lang, f"strategies.mode_{mode}") for mode in (was.mode, row.mode)}
        out.append(_change("strategies.diff_mode", names, row=called, before=told[was.mode], after=told[row.mode]))
    return out


def _conditions(was: Row, row: Row, called: str, names: Names) -> list[Change]:
    """Conditions on the same fact that read otherwise are one change: 把 实付 < ¥200 改为 实付 < ¥300."""
    before = [(c.fact, names.chip(c).words) for c in was.conditions] + ([("", was.cel)] if was.cel else [])
    after = [(c.fact, names.chip(c).words) for c in row.conditions] + ([("", row.cel)] if row.cel else [])
    gone, new = [one for one in before if one not in after], [one for one in after if one not in before]
    out: list[Change] = []
    for fact, words in new:
        pair = next((one for one in gone if one[0] == fact), None)
        if pair is None:
            out.append(_change("strategies.diff_condition_added", names, row=called, after=words))
        else:
            gone.remove(pair)
            out.append(_change("strategies.diff_condition", names, row=called, before=pair[1], after=words))
    return out + [_change("strategies.diff_condition_removed", names, row=called, before=words) for _, words in gone]


def _action(row: Row, names: Names, kind: str, node: str) -> str:
    return " · ".join((names.action(row.action, kind), *names.notes(row.action, kind, node)))


def _change(key: str, names: Names, **facts: Any) -> Change:
    return Change("tilde", say(names.lang, key, **facts))
