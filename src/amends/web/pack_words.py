"""Places and values of a pack in the reader's words, read off its shape: what the rule book, the editor and the comparison say (PO-14, PO-16).

A field without words of its own is told by its name, so that a new section of packs can be read and edited before anybody has written words for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amends.core.cases import TABLES
from amends.core.money import Money, exponent
from amends.core.pack_diff import row_name
from amends.core.pack_shape import Shape, pack_shape
from amends.core.spans import Span
from amends.web import catalogue, wording
from amends.web.catalogue import say

FIXED: dict[str, str] = {"then": "settings.then_", "then_by": "settings.then_", "type": "settings.type_", "level": "settings.source_", "types": "settings.type_", "parts_first": "settings.type_"}
"""Where choices have their words already."""
KEYED: dict[str, tuple[str, ...]] = {"clocks": ("settings.clock_",), "reasons": ("settings.type_",), "span_by": ("settings.type_",), "then_by": ("settings.type_",), "sends": ("settings.type_",)}


def label(name: str, cls: str, lang: str) -> str:
    """What a field is called: its own word in this kind of row, the field's word, else its name."""
    found = wording.known(f"packs.f_{cls}_{name}", lang) or wording.known(f"packs.f_{name}", lang)
    return found or name.replace("_", " ").capitalize()


def said_in_another(shape: Shape, name: str, lang: str) -> bool:
    """Whether this field is a text in the other language and its twin in the reader's own stands beside it: example_zh for who reads English."""
    other = "_en" if lang == "zh" else "_zh"
    return name.endswith(other) and f"{name.removesuffix(other)}_{lang}" in shape.inside


def heading(shape: Shape, name: str, lang: str) -> str:
    """The label as a reader needs it: a text that is there in both languages is not told apart by its language, only who edits sees both."""
    said = label(name, shape.cls, lang)
    return said.partition("（" if lang == "zh" else " (")[0] if name.endswith(f"_{lang}") and said_in_another(shape, f"{name[:-3]}_{'en' if lang == 'zh' else 'zh'}", lang) else said


def hint(name: str, cls: str, lang: str) -> str:
    """A sentence beside a field; empty where the label says enough."""
    return wording.known(f"packs.h_{cls}_{name}", lang) or wording.known(f"packs.h_{name}", lang)


def key(table: str, name: str, lang: str) -> str:
    """What a row of a table is called: a clock, a type, a side, else the key itself."""
    for begin in (*KEYED.get(table, ()), f"packs.k_{table}_", "packs.k_"):
        if f"{begin}{name}" in catalogue.words():
            return say(lang, f"{begin}{name}")
    command = wording.command(name, lang)
    return command if command != name else name


def choice(name: str, code: str, lang: str, *, cls: str = "") -> str:
    """A code of a choice in words; the code itself where there are none."""
    if name == "state":
        return next((s for s in (wording.state(code, lang, kind) for kind in TABLES) if s != code), code)
    for begin in (*((FIXED[name],) if name in FIXED else ()), f"packs.v_{cls}_{name}_", f"packs.v_{name}_", "packs.v_"):
        if f"{begin}{code}" in catalogue.words():
            return say(lang, f"{begin}{code}")
    return code


def value(shape: Shape, held: Any, lang: str, row: Mapping[str, Any] | None = None) -> str:
    """Any value in words; `row` is what it stands in, for the currency of money and the unit of a figure."""
    if held is None or held in ("", [], {}):
        return say(lang, "packs.none")
    if shape.kind == "span" and isinstance(held, dict):
        return span(held, lang)
    if shape.kind == "flag":
        return say(lang, "packs.yes" if held else "packs.no")
    if shape.kind == "number" and type(held) is int:
        return figure(shape.unit or str((row or {}).get("unit") or ""), held, lang, row)
    if shape.kind == "choice":
        return str(held) if shape.unit == "source" else choice(shape.name, str(held), lang, cls=shape.cls)
    if shape.kind == "list" and isinstance(held, list):
        return ("、" if lang == "zh" else ", ").join(value(shape.item, one, lang, row) for one in held)
    if shape.kind == "table" and isinstance(held, dict):
        return ("；" if lang == "zh" else "; ").join(f"{key(shape.name, k, lang)} {value(shape.item, v, lang)}" for k, v in held.items())
    if shape.kind == "object" and isinstance(held, dict):
        return whole(shape, held, lang)
    return choice(shape.name, str(held), lang) if shape.name in ("tags", "ways", "categories", "category", "opens_with", "regime", "scenarios", "asks") else str(held)


def whole(shape: Shape, held: Mapping[str, Any], lang: str) -> str:
    """A row as one sentence: its name, and what it says."""
    named = title(shape, held, lang)
    said = [
        f"{label(name, shape.cls, lang)} {value(inner, held[name], lang, held)}" for name, inner in shape.inside.items()
        if name in held and name not in ("zh", "en", "code") and inner.unit != "source" and held[name] not in (None, "", [], {}, False) and inner.kind != "object"
        and not (inner.kind == "list" and inner.item.kind == "object")
    ]
    return "，".join([named, *said] if named else said) if lang == "zh" else ", ".join([named, *said] if named else said)


def title(shape: Shape, held: Any, lang: str) -> str:
    """What a row is called: its text in the reader's language, else what names it."""
    if not isinstance(held, dict):
        return ""
    if held.get(lang):
        return str(held[lang])
    if shape.cls == "Window":
        return f"{choice('type', str(held.get('type')), lang)} · {choice('kind', str(held.get('kind')), lang)}"
    if shape.cls == "Tier" and type(held.get("late_for")) is int:
        return f"{label('late_for', 'Tier', lang)} {seconds(held['late_for'], lang)}"
    if shape.cls == "Guarantee":
        where = str(held["region"]) if held.get("region") else say(lang, "packs.national")
        return f"{choice('category', str(held.get('category')), lang)} · {where}"
    return row_name(shape, held)


def span(held: Any, lang: str) -> str:
    """48 小时, 3 天, every day until 18:00."""
    if isinstance(held, Span):
        held = {"kind": held.kind, "amount": held.amount, "before": held.before, "by": held.by, "next_working": held.next_working}
    kind, amount = held.get("kind", ""), held.get("amount", 0)
    if kind == "cutoff":
        return say(lang, "packs.cutoff_working" if held.get("next_working") else "packs.cutoff", before=wall(held.get("before", 0)), by=wall(held.get("by", 0)))
    if type(amount) is not int or f"settings.span_{kind}" not in catalogue.words():
        return f"{amount} {kind}"
    return say(lang, f"settings.span_{kind}", span=seconds(amount, lang)) if kind in ("elapsed", "working_time") else say(lang, f"settings.span_{kind}", n=amount)


def wall(minutes: Any) -> str:
    """Minutes of the day as 18:00."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}" if type(minutes) is int else str(minutes)


def seconds(n: int, lang: str) -> str:
    """48 小时, 30 分钟, 15 天: the largest unit that says it whole; hours as rules write them up to three days."""
    n_of, unit = in_unit(n)
    return say(lang, {1: "packs.seconds", 60: "packs.minutes", 3600: "packs.hours", 86_400: "packs.days"}[unit], n=n_of)


def in_unit(n: int) -> tuple[int, int]:
    """A number of seconds as (how many, of so many seconds each)."""
    for unit, least in ((86_400, 86_400 * 4), (3600, 3600), (60, 60)):
        if n and n % unit == 0 and n >= least:
            return n // unit, unit
    return n, 1


def figure(unit: str, n: int, lang: str, row: Mapping[str, Any] | None = None) -> str:
    """A whole number with its unit."""
    if unit == "seconds":
        return seconds(n, lang)
    if unit == "minor":
        return money(n, currency_of(row))
    if unit == "basis_points":
        return f"{n / 100:g}%"
    if unit == "bytes":
        return f"{n / 1024:g} KB"
    if unit == "days":
        return say(lang, "packs.days", n=n)
    return f"{n} mg" if unit == "mg" else say(lang, "packs.times", n=n) if unit == "times" else str(n)


def currency_of(row: Mapping[str, Any] | None) -> str:
    """The currency of figures in a row; packs mean CNY where a row names none."""
    named = str((row or {}).get("currency") or "CNY")
    return named if len(named) == 3 and named.isalpha() and named.isupper() else "CNY"


def money(n: int, currency: str) -> str:
    """¥200.00."""
    return str(Money(n, currency))


def major(n: int, currency: str) -> str:
    """Minor units as a form holds them: 200.00, 400."""
    digits = exponent(currency)
    return f"{n // 10**digits}.{n % 10**digits:0{digits}d}" if digits else str(n)


def place(path: tuple[str, ...], lang: str) -> list[str]:
    """Where a difference lies, step by step in words: 时限 › 审核 › 时长."""
    said, here = [], pack_shape()
    for step in path:
        if here.kind == "object":
            said.append(label(step, here.cls, lang))
            here = here.inside[step]
        else:
            said.append(key(here.name, step, lang) if here.kind == "table" else choice("row", step, lang))
            here = here.item
    return said
