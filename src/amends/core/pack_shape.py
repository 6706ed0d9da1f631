"""What packs are made of, read off their dataclasses: the one description that the editor, the rule book, the comparison and the JSON Schema share (PO-14).

A new section or field of `core/pack.py` appears everywhere by itself. Units are told by the names that fields bear throughout the packs.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from amends.core.cases import TABLES
from amends.core.pack import CLOCKS, OUTCOMES, Pack
from amends.core.spans import Span

Kind = Literal["object", "list", "table", "choice", "text", "number", "flag", "span"]
SECONDS = frozenset({
    "urgent_after", "remind_before", "ship_within", "wait", "late_for", "pick_up_within", "pick_up_watched", "warn_before", "unlock_after", "urge_every", "balance_reminders",
    "least_left", "seconds_at_most", "within", "red_after",
})
MINOR = frozenset({"transfer_penalty", "second_above", "compensation_least", "buyer_fault_freight", "amount_below", "amount_at_most", "switched_on_by_platform_below", "least", "most", "case", "agent_day", "fine"})
SHARES = frozenset({"basis_points", "rate_at_most", "rate_at_least", "target"})
KEYS = ("code", "tag", "finding", "currency", "state")
"""Fields that name a row of a list, so that rows are compared by what they are and not by where they stand."""
ROWS_BY: dict[str, tuple[str, ...]] = {"Window": ("kind", "type"), "Guarantee": ("category", "region"), "Tier": ("late_for",)}

SPAN = ("kind", "amount", "before", "by", "next_working")


@dataclass(frozen=True, slots=True)
class Shape:
    """One place of a pack. `inside`: the fields of an object by name, or of what a list or a table holds under `*`.

    `choices`: of a choice, and of a table whose keys are fixed; `unit`: seconds, minor, days, bytes, mg, basis_points or nothing; `cls`: the dataclass's name;
    `default`: what counts where a document names nothing.
    """

    kind: Kind
    name: str = ""
    optional: bool = False
    needed: bool = True
    choices: tuple[str, ...] = ()
    unit: str = ""
    cls: str = ""
    about: str = ""
    inside: Mapping[str, Shape] = field(default_factory=dict)
    default: Any = None

    @property
    def item(self) -> Shape:
        """What a list or a table holds."""
        return self.inside["*"]

    @property
    def flat(self) -> bool:
        """An object of plain values only, which can be a row of a table; or a plain value."""
        return self.kind != "span" and (self.kind not in ("object", "list", "table") or (self.kind == "object" and all(s.kind not in ("object", "table", "span") and (s.kind != "list" or not s.item.inside) for s in self.inside.values())))


@lru_cache(maxsize=1)
def pack_shape() -> Shape:
    """The shape of a whole pack."""
    return _of(Pack, "", "Pack")


def shape_at(path: str) -> Shape | None:
    """The shape of one place (`clocks.review.span.amount`, `windows[2].days`); None where packs have no such place."""
    here: Shape | None = pack_shape()
    for step in steps(path):
        if here is None:
            return None
        here = here.item if here.kind in ("list", "table") else here.inside.get(str(step))
    return here


def steps(path: str) -> list[str | int]:
    """`reasons.return[0].leaves[3].zh` as its steps; keys of tables hold no dots and no brackets."""
    out: list[str | int] = []
    for part in path.split("."):
        name, *places = part.replace("]", "").split("[")
        out += [name] if name else []
        out += [int(p) for p in places if p.isascii() and p.isdecimal()]
    return out


def _of(hint: Any, name: str, cls: str, *, optional: bool = False, needed: bool = True, default: Any = None) -> Shape:
    origin, args = get_origin(hint), get_args(hint)
    common: dict[str, Any] = {"name": name, "optional": optional, "needed": needed, "default": default}
    if origin in (Union, types.UnionType):
        return _of(next(a for a in args if a is not type(None)), name, cls, optional=True, needed=needed, default=default)
    if hint is Span:
        return Shape("span", cls="Span", **common)
    if is_dataclass(hint) and isinstance(hint, type):
        return Shape("object", cls=hint.__name__, about=" ".join((hint.__doc__ or "").split()), inside=_fields(hint), **common)
    if origin is tuple:
        return Shape("list", inside={"*": _of(args[0], name, cls)}, unit=unit_of(name), **common)
    if origin is dict:
        keys = get_args(args[0]) if get_origin(args[0]) is Literal else CLOCKS if name == "clocks" else ()
        return Shape("table", choices=tuple(keys), inside={"*": _of(args[1], name, cls)}, **common)
    if origin is Literal:
        return Shape("choice", choices=tuple(map(str, args)), **common)
    if hint is bool:
        return Shape("flag", **common)
    if hint is int:
        return Shape("number", unit=unit_of(name), **common)
    return _text(name, cls, common)


def _text(name: str, cls: str, common: dict[str, Any]) -> Shape:
    if cls in ("Clock", "Where") and name in ("then", "then_by"):
        return Shape("choice", choices=tuple(sorted(OUTCOMES)), **common)
    if cls == "Clock" and name == "state":
        return Shape("choice", choices=tuple(dict.fromkeys(s for table in TABLES.values() for s in table.states)), **common)
    return Shape("choice" if name == "source" or name.endswith("_source") else "text", unit="source" if name == "source" or name.endswith("_source") else "", **common)


def _fields(cls: type) -> dict[str, Shape]:
    hints = get_type_hints(cls)
    return {
        f.name: _of(
            hints[f.name], f.name, cls.__name__, needed=f.default is MISSING and f.default_factory is MISSING, default=f.default if type(f.default) in (str, int, bool) else None,
        ) for f in fields(cls)
    }


def unit_of(name: str) -> str:
    """What a whole number counts, by its name."""
    if name in SECONDS or name.endswith(("_seconds", "_within")):
        return "seconds"
    if name in MINOR or name.endswith("_minor"):
        return "minor"
    if name == "days" or name.endswith("_days"):
        return "days"
    return {"bytes_below": "bytes", "gold_tolerance_mg": "mg"}.get(name, "basis_points" if name in SHARES else "")


def document_of(pack: Pack) -> dict[str, Any]:
    """A pack as the plain data it is read from; fields that stand at their default are left out, so that a later default does not change it."""
    made: dict[str, Any] = _plain(pack)
    return made


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(got) for f in fields(value) if not _at_default(f, got := getattr(value, f.name))}
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, tuple | list) else value


def _at_default(f: Any, got: Any) -> bool:
    if f.default is not MISSING:
        return bool(got == f.default)
    return f.default_factory is not MISSING and bool(got == f.default_factory())


def arranged(shape: Shape, held: Any) -> Any:
    """The same data with fields and fixed keys in the order of the pack: the database keeps none."""
    if shape.kind == "object" and isinstance(held, dict):
        return {n: arranged(s, held[n]) for n, s in shape.inside.items() if n in held} | {k: v for k, v in held.items() if k not in shape.inside}
    if shape.kind == "table" and isinstance(held, dict):
        return {k: arranged(shape.item, held[k]) for k in [*(c for c in shape.choices if c in held), *(k for k in held if k not in shape.choices)]}
    if shape.kind == "span" and isinstance(held, dict):
        return {k: held[k] for k in sorted(held, key=lambda k: SPAN.index(k) if k in SPAN else len(SPAN))}
    return [arranged(shape.item, one) for one in held] if shape.kind == "list" and isinstance(held, list) else held


def empty(shape: Shape) -> Any:
    """What a new row or section holds before anybody has typed: the first choice, nothing, and needed fields only."""
    if shape.kind == "object":
        return {name: empty(s) for name, s in shape.inside.items() if s.needed}
    if shape.kind == "span":
        return {"kind": "elapsed", "amount": 86_400}
    plain: dict[str, Any] = {"list": [], "table": {}, "flag": False, "number": 0, "text": ""}
    return plain[shape.kind] if shape.kind in plain else (None if shape.optional else shape.choices[0] if shape.choices else "")


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a pack document."""
    defs: dict[str, Any] = {}
    made = _schema(pack_shape(), defs)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Policy pack", **made, "$defs": defs}


def _schema(shape: Shape, defs: dict[str, Any]) -> dict[str, Any]:
    made = _bare(shape, defs)
    return {"anyOf": [made, {"type": "null"}]} if shape.optional else made


def _bare(shape: Shape, defs: dict[str, Any]) -> dict[str, Any]:
    if shape.kind == "span":
        defs.setdefault("Span", _object(_of_span(), defs))
        return {"$ref": "#/$defs/Span"}
    if shape.kind == "object":
        if shape.cls == "Pack":
            return _object(shape, defs)
        if shape.cls not in defs:
            defs[shape.cls] = {}
            defs[shape.cls] = _object(shape, defs)
        return {"$ref": f"#/$defs/{shape.cls}"}
    if shape.kind == "list":
        return {"type": "array", "items": _schema(shape.item, defs)}
    if shape.kind == "table":
        return {"type": "object", "additionalProperties": _schema(shape.item, defs), **({"propertyNames": {"enum": list(shape.choices)}} if shape.choices else {})}
    if shape.kind == "choice" and shape.choices:
        return {"type": "string", "enum": list(shape.choices)}
    if shape.kind == "flag":
        return {"type": "boolean"}
    if shape.kind == "number":
        return {"type": "integer", **({"description": shape.unit} if shape.unit else {})}
    return {"type": "string", "minLength": 1, **({"description": "a key of `sources`"} if shape.unit == "source" else {})}


def _object(shape: Shape, defs: dict[str, Any]) -> dict[str, Any]:
    needed = [name for name, s in shape.inside.items() if s.needed]
    return {
        "type": "object", **({"description": shape.about} if shape.about else {}), "additionalProperties": False,
        "properties": {name: _schema(s, defs) for name, s in shape.inside.items()}, **({"required": needed} if needed else {}),
    }


def _of_span() -> Shape:
    return Shape("object", cls="Span", about=" ".join((Span.__doc__ or "").split()), inside=_fields(Span))
