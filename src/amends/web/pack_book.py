"""The rule book: a pack as a reader sees it, every figure with its source, in sections of facts and tables (PO-16, PO-17)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from amends.core.cases import TABLES
from amends.core.pack_shape import Shape, pack_shape
from amends.web import pack_words as words
from amends.web.catalogue import say

BESIDE = ("id", "version", "valid_from", "name", "sources")


@dataclass(slots=True)
class Said:
    """A value in words with the source it comes from; `source` is a key of the pack's sources, empty where none is named."""

    words: str
    source: str = ""
    strong: bool = False


@dataclass(slots=True)
class Node:
    """A part of the book: facts, a table, and parts within. `id` is its place, for links and for the editor."""

    id: str
    title: str
    facts: list[tuple[str, Said]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    rows: list[list[Said]] = field(default_factory=list)
    within: list[Node] = field(default_factory=list)
    source: str = ""

    @property
    def empty(self) -> bool:
        """Nothing is said here: the pack does not offer it."""
        return not (self.facts or self.rows or any(not n.empty for n in self.within))


def book(document: dict[str, Any], lang: str) -> list[Node]:
    """Every section of a pack in its order; single figures together first."""
    shape = pack_shape()
    plain = Node("general", say(lang, "packs.general"))
    out = [plain]
    for name, inner in shape.inside.items():
        held = document.get(name)
        if name in BESIDE or held is None:
            continue
        if inner.kind not in ("object", "list", "table"):
            plain.facts.append((words.label(name, shape.cls, lang), Said(words.value(inner, held, lang))))
        else:
            out.append(_clocks(inner, held, lang) if name == "clocks" else _node(inner, held, name, words.label(name, shape.cls, lang), lang))
    return [node for node in out if not node.empty]


def sources(document: dict[str, Any], lang: str) -> dict[str, tuple[str, str]]:
    """Level in words and text of every source by its key, in the reader's language as far as it was written in it."""
    held = document.get("sources")
    rows = held.items() if isinstance(held, dict) else ()
    return {k: (words.choice("level", str(v.get("level")), lang), source_text(v, lang)) for k, v in rows if isinstance(v, dict)}


def source_text(held: dict[str, Any], lang: str) -> str:
    """What a document says of a source."""
    return str((held.get("zh") if lang == "zh" else "") or held.get("text") or "")


def _node(shape: Shape, held: Any, path: str, title: str, lang: str) -> Node:
    node = Node(path, title)
    if shape.kind == "object" and isinstance(held, dict):
        _object(node, shape, held, lang)
    elif shape.kind == "list" and isinstance(held, list):
        if shape.item.flat:
            node.heads, node.rows = _table(shape.item, held, lang)
        else:
            node.within = [_node(shape.item, row, f"{path}[{n}]", words.title(shape.item, row, lang) or str(n + 1), lang) for n, row in enumerate(held)]
    elif shape.kind == "table" and isinstance(held, dict):
        if shape.item.kind not in ("object", "list", "table"):
            node.facts = [(words.key(shape.name, k, lang), Said(words.value(shape.item, v, lang))) for k, v in held.items()]
        else:
            node.within = [_node(shape.item, v, f"{path}.{k}", words.key(shape.name, k, lang), lang) for k, v in held.items()]
    return node


def _object(node: Node, shape: Shape, held: dict[str, Any], lang: str) -> None:
    node.source = str(held.get("source") or "")
    for name, inner in shape.inside.items():
        value = held.get(name)
        if value is None or inner.unit == "source" or name in ("zh", "en", "code") or value in ("", [], {}) or words.said_in_another(shape, name, lang):
            continue
        title = words.heading(shape, name, lang)
        if inner.kind == "object" or (inner.kind in ("list", "table") and inner.item.kind in ("object", "list", "table")):
            node.within.append(_node(inner, value, f"{node.id}.{name}", title, lang))
        else:
            node.facts.append((title, Said(words.value(inner, value, lang, held), str(held.get(f"{name}_source") or ""))))


def _table(item: Shape, rows: list[Any], lang: str) -> tuple[list[str], list[list[Said]]]:
    """Heads and cells of flat rows: the name first, columns that are empty everywhere left out, the source last."""
    held = [row for row in rows if isinstance(row, dict)]
    if item.kind != "object":
        return [], [[Said(words.value(item, row, lang))] for row in rows]
    named = "zh" in item.inside or item.cls in ("Window", "Guarantee")
    skip = {"zh", "en", "code", "source"} | ({"kind", "type", "category", "region"} if item.cls in ("Window", "Guarantee") else set())
    columns = [n for n, s in item.inside.items() if n not in skip and s.unit != "source" and not words.said_in_another(item, n, lang) and any(row.get(n) not in (None, "", [], {}, False) for row in held)]
    sourced = any(row.get("source") for row in held)
    heads = [*([say(lang, "packs.what")] if named else []), *(words.heading(item, n, lang) for n in columns), *([say(lang, "packs.source")] if sourced else [])]
    cells = [
        [
            *([Said(words.title(item, row, lang), strong=True)] if named else []),
            *(Said("✓" if row.get(n) is True else "" if row.get(n) in (None, "", [], {}, False) else words.value(item.inside[n], row[n], lang, row), str(row.get(f"{n}_source") or "")) for n in columns),
            *([Said("", str(row.get("source") or ""))] if sourced else []),
        ] for row in held
    ]
    return heads, cells


def _clocks(shape: Shape, held: Any, lang: str) -> Node:
    """All clocks as one table: where, how long, what happens then; a row more for each type and each kind of case that differs."""
    node = Node("clocks", words.label("clocks", "Pack", lang))
    node.heads = [say(lang, f"packs.clock_{head}") for head in ("which", "span", "then", "remind")] + [say(lang, "packs.source")]
    for name, clock in held.items() if isinstance(held, dict) else ():
        if not isinstance(clock, dict):
            continue
        node.rows.append(_clock_row(_clock_name(name, clock, lang), clock, clock, lang, strong=True))
        for type_ in sorted({*(clock.get("span_by") or {}), *(clock.get("then_by") or {})}):
            own = {"span": (clock.get("span_by") or {}).get(type_), "then": (clock.get("then_by") or {}).get(type_)}
            node.rows.append(_clock_row(f"└ {words.choice('type', type_, lang)}", own, clock, lang))
        where = shape.item.inside.get("where")
        for row in clock.get("where") or ():
            told = {k: v for k, v in row.items() if k in ("types", "ways", "modes", "tags")}
            node.rows.append(_clock_row(f"└ {words.whole(where.item, told, lang) if where else ''}", row, clock, lang))
    return node


def _clock_name(name: str, clock: dict[str, Any], lang: str) -> str:
    kind = clock.get("kind", "service_order")
    state = TABLES[kind].states.get(str(clock.get("state"))) if kind in TABLES else None
    said = words.key("clocks", name, lang)
    return f"{(state.zh if lang == 'zh' else state.en)} · {said}" if state else said


def _clock_row(name: str, own: dict[str, Any], clock: dict[str, Any], lang: str, *, strong: bool = False) -> list[Said]:
    span, then, remind = own.get("span") or clock.get("span"), own.get("then") or clock.get("then"), clock.get("remind_before") if strong else None
    return [
        Said(name, strong=strong), Said(words.span(span, lang) if span else ""), Said(words.choice("then", str(then), lang)),
        Said(say(lang, "packs.before", span=words.seconds(remind, lang)) if type(remind) is int else ""), Said("", str(own.get("source") or clock.get("source") or "")),
    ]
