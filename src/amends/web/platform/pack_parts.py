"""What an editor of packs is cut into: one form a part, so that two people at different parts do not meet (PO-14)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from amends.core.pack_diff import BESIDE
from amends.core.pack_shape import Shape, pack_shape
from amends.engine.packs import GENERAL, at, general_shape
from amends.web import pack_words as words
from amends.web.catalogue import say


@dataclass(slots=True)
class Part:
    """One form: its place, what it is called, its section and the shape of what it edits."""

    path: str
    title: str
    section: str
    shape: Shape
    there: bool = True


def parts(document: dict[str, Any], lang: str) -> list[tuple[str, list[Part]]]:
    """Every section with its parts: tables of large rows have a part a row, sections of sections a part each."""
    out = [(say(lang, "packs.general"), [Part(GENERAL, say(lang, "packs.general"), GENERAL, general_shape())])]
    for name, shape in pack_shape().inside.items():
        if name in BESIDE or name in general_shape().inside:
            continue
        title = words.label(name, "Pack", lang)
        out.append((title, list(_within(name, shape, at(document, name), title, lang))))
    return out


def _within(name: str, shape: Shape, held: Any, title: str, lang: str) -> list[Part]:
    if shape.kind == "table" and not shape.item.flat:
        keys = list(dict.fromkeys([*shape.choices, *(held if isinstance(held, dict) else {})]))
        return [Part(f"{name}.{k}", words.key(name, k, lang), name, shape.item, isinstance(held, dict) and k in held) for k in keys]
    if shape.kind == "object" and not shape.optional and all(s.kind in ("object", "list", "table") for s in shape.inside.values()):
        got = held if isinstance(held, dict) else {}
        return [Part(f"{name}.{k}", words.label(k, shape.cls, lang), name, s, got.get(k) not in (None, [], {})) for k, s in shape.inside.items()]
    return [Part(name, title, name, shape, held not in (None, [], {}))]


def part_of(document: dict[str, Any], path: str, lang: str) -> Part | None:
    """The part with this place."""
    return next((p for _, some in parts(document, lang) for p in some if p.path == path), None)


def holding(document: dict[str, Any], place: str, lang: str) -> str:
    """The part in which a place is put right; the first where none holds it."""
    for _, some in parts(document, lang):
        for p in some:
            if place == p.path or place.startswith((f"{p.path}.", f"{p.path}[")) or (p.path == GENERAL and place.partition(".")[0] in p.shape.inside):
                return p.path
    section = place.partition(".")[0].partition("[")[0]
    return next((p.path for _, some in parts(document, lang) for p in some if p.section == section), GENERAL)
