"""Which column fills which field, as data: a TOML file, or what somebody chose in the browser (`docs/guides/import-orders.md`).

A mapping names its files (one, or several joined by key), and per section (order, line, payment, parcel, merchant) the fields.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from amends.core.order_fields import GROUPS, MODES
from amends.core.refusal import Refusal

MAIN = "main"
SECTIONS = ("order", "line", "payment", "parcel")
_MERCHANT = ("key", "name", "source", "pack", "fulfilment_mode")
_FIELD_KEYS = {"column", "constant", "template", "values", "otherwise", "first"}


@dataclass(frozen=True, slots=True)
class File:
    """One file of a mapping. `match`: patterns of its name; `key` is its column that must equal `of`; `many`: several rows for one."""

    name: str
    match: tuple[str, ...] = ()
    key: str = ""
    of: str = ""
    many: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """The fields of one section. `rows`: the file whose rows it reads; `only_if`: a column that must not be empty."""

    fields: Table[str, Table[str, Any]] = field(default_factory=dict)
    rows: str = MAIN
    only_if: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping, checked.

    `dates`: forms tried in turn (`iso`, `epoch`, `epoch_ms`, or a strptime form); `together`: rows of an order adjoin;
    `records`: JSON Lines hold whole records; `optional`: columns that are not there are left out."""

    name: str
    zh: str
    en: str
    currency: str
    zone: ZoneInfo
    dates: tuple[str, ...]
    decimal: str
    encoding: str
    separator: str
    together: bool
    files: tuple[File, ...]
    sections: Table[str, Section]
    merchant: Section | None
    records: bool
    optional: bool

    @property
    def main(self) -> File:
        """The file with the orders."""
        return self.files[0]


def shipped() -> list[str]:
    """Names of the mappings that come with the product."""
    return sorted(e.name.removesuffix(".toml") for e in files("amends.engine.importing").joinpath("mappings").iterdir() if e.name.endswith(".toml"))


def find(name: str) -> tuple[Mapping | None, list[Refusal]]:
    """A shipped mapping by name, or one in a TOML file by path."""
    if name in shipped():
        return _shipped(name), []
    path = Path(name)
    if not path.is_file():
        return None, [Refusal("mapping_unknown", {"name": name, "known": shipped()}, "mapping")]
    try:
        return parse(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as trouble:
        return None, [Refusal("mapping_wrong", {"where": path.name, "what": str(trouble)}, "mapping")]


@lru_cache
def _shipped(name: str) -> Mapping:
    read, wrong = parse(tomllib.loads(files("amends.engine.importing").joinpath("mappings", f"{name}.toml").read_text("utf-8")))
    if read is None:
        raise ValueError(f"{name}.toml: {[w.say('en') for w in wrong]}")
    return read


def parse(data: Table[str, Any]) -> tuple[Mapping | None, list[Refusal]]:
    """Check decoded TOML or JSON. Never raises; every refusal names the place."""
    wrong: list[Refusal] = []
    sections = {name: _section(name, data.get(name, {}), set(GROUPS[name]), wrong) for name in SECTIONS}
    merchant = _section("merchant", data["merchant"], set(_MERCHANT), wrong) if "merchant" in data else None
    found = _files(data.get("files", {}), wrong)
    known = {f.name for f in found}
    wrong += [_bad(f"{name}.rows", f"no file {s.rows!r}") for name, s in sections.items() if s.rows not in known]
    zone = _zone(str(data.get("timezone", "Asia/Shanghai")), wrong)
    if not data.get("records"):
        wrong += [_bad(f"order.{n}", "missing") for n in ("number", "placed_at", "state") if n not in sections["order"].fields]
        wrong += [_bad(f"line.{n}", "missing") for n in ("sku", "title") if n not in sections["line"].fields]
    if merchant is not None:
        wrong += [_bad(f"merchant.{n}", "missing") for n in ("key", "name", "source") if n not in merchant.fields]
        if (mode := merchant.fields.get("fulfilment_mode", {}).get("constant", "SOP")) not in MODES:
            wrong.append(_bad("merchant.fulfilment_mode", repr(mode)))
    title = data.get("title", ["", ""])
    if wrong:
        return None, wrong
    return Mapping(
        str(data.get("name", "")), str(title[0]), str(title[-1]), str(data.get("currency", "CNY")), zone, tuple(data.get("dates", ("iso",))),
        str(data.get("decimal", ".")), str(data.get("encoding", "")), str(data.get("separator", "")), bool(data.get("together", True)), found, sections,
        merchant, bool(data.get("records", False)), bool(data.get("optional", False)),
    ), []


def _bad(where: str, what: str) -> Refusal:
    return Refusal("mapping_wrong", {"where": where, "what": what}, where)


def _zone(name: str, wrong: list[Refusal]) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        wrong.append(_bad("timezone", repr(name)))
        return ZoneInfo("UTC")


def _files(given: Any, wrong: list[Refusal]) -> tuple[File, ...]:
    found = [File(MAIN)] if MAIN not in given else []
    for name, spec in given.items():
        match = spec.get("match", ())
        match = (match,) if isinstance(match, str) else tuple(match)
        found.append(File(name, match, str(spec.get("key", "")), str(spec.get("of", "")), bool(spec.get("many", False))))
        if name != MAIN and not (found[-1].key and found[-1].of):
            wrong.append(_bad(f"files.{name}", "needs key and of"))
    return tuple(sorted(found, key=lambda f: f.name != MAIN))


def _section(name: str, given: Any, known: set[str], wrong: list[Refusal]) -> Section:
    given = dict(given)
    rows, only_if = str(given.pop("rows", MAIN)), str(given.pop("only_if", ""))
    fields: dict[str, Table[str, Any]] = {}
    for key, spec in given.items():
        spec = {"column": spec} if isinstance(spec, str) else spec
        if key not in known:
            wrong.append(_bad(f"{name}.{key}", "no such field"))
        elif not isinstance(spec, dict) or not spec or set(spec) - _FIELD_KEYS:
            wrong.append(_bad(f"{name}.{key}", f"only {sorted(_FIELD_KEYS)}"))
        else:
            fields[key] = spec
    return Section(fields, rows, only_if)
