"""Keyword sets as files: a table of words to add (CSV), or everything as data (JSON), the same shape as the API's (KW-1)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from amends.core.keyword_choice import WORDS_AT_MOST, Chosen
from amends.core.keywords import TYPES, KeywordSet
from amends.core.refusal import Refusal

MOST_BYTES = 2 * 2**20
HEADS = ("词组", "set", "关键词", "keyword")


@dataclass(slots=True)
class Rows:
    """A table: line, name or code of a set, word."""

    rows: list[tuple[int, str, str]]


@dataclass(slots=True)
class Whole:
    """Every set, to stand in place of all there are."""

    sets: tuple[Chosen, ...]


def read(name: str, data: bytes) -> Rows | Whole | Refusal:
    """What a file holds; a refusal names the line that cannot be read."""
    if len(data) > MOST_BYTES:
        return Refusal("file_too_large", {"name": name, "most": MOST_BYTES // 2**20}, "file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            return Refusal("keywords_file_wrong", {"line": 1}, "file")
    return _json(text) if text.lstrip()[:1] in ("{", "[") else _table(text)


def _table(text: str) -> Rows | Refusal:
    out: list[tuple[int, str, str]] = []
    for line, cells in enumerate(csv.reader(io.StringIO(text, newline="")), start=1):
        cells = [c.strip() for c in cells]
        if not any(cells) or (line == 1 and cells[0].lower() in HEADS):
            continue
        if len(cells) < 2 or not cells[0] or not cells[1] or len(out) >= WORDS_AT_MOST:
            return Refusal("keywords_file_wrong", {"line": line}, "file")
        out += [(line, cells[0], word.lstrip("'")) for word in cells[1:] if word]
    return Rows(out) if out else Refusal("keywords_file_wrong", {"line": 1}, "file")


def _json(text: str) -> Whole | Refusal:
    try:
        found = json.loads(text)
    except ValueError as error:
        return Refusal("keywords_file_wrong", {"line": getattr(error, "lineno", 1)}, "file")
    rows = found.get("sets") if isinstance(found, dict) else found
    sets = sets_of(rows) if isinstance(rows, list) else None
    return Whole(sets) if sets else Refusal("keywords_file_wrong", {"line": 1}, "file")


def sets_of(rows: Iterable[Any]) -> tuple[Chosen, ...] | None:
    """Sets as data: code, type ("" or null: a free set), zh, en, on, words. None where a row is of another shape."""
    out = []
    for row in rows:
        if not isinstance(row, Mapping) or not isinstance(row.get("code"), str) or not isinstance(row.get("words"), list) or not all(isinstance(w, str) for w in row["words"]):
            return None
        type_, zh = row.get("type") or "", str(row.get("zh") or "").strip()
        kind = "type" if type_ in TYPES else "free" if not type_ else "?"
        words = tuple(dict.fromkeys(w.strip() for w in row["words"]))
        out.append(Chosen(KeywordSet(row["code"], kind, str(type_), zh, str(row.get("en") or zh).strip(), words), bool(row.get("on", True))))
    return tuple(out)


def data_of(sets: Iterable[Chosen]) -> list[dict[str, Any]]:
    """The same as data, for an export and for the API."""
    return [
        {"code": c.set.code, "type": c.set.type or None, "zh": c.set.zh, "en": c.set.en, "on": c.on, "builtin": c.builtin, "words": list(c.set.words)} for c in sets
    ]


def csv_of(sets: Iterable[Chosen]) -> str:
    """A table of every word of every set; what begins like a formula is quoted."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(("词组", "关键词"))
    rows.writerows((c.set.zh, "'" + w if w[:1] in "=+-@" else w) for c in sets for w in c.set.words)
    return "\ufeff" + out.getvalue()
