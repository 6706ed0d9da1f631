"""What is left of a record once the person in it is erased (ST-10): numbers, ids, instants and the house's own codes stay, everything somebody may have typed goes.

Told by what a text is, not by where it stands: a text stays if it is a word of the tables and packs, an id, an instant, or under a key that only the house fills. What nobody has thought of goes.
Keys and lengths stay, so a history keeps its structure; only where keys are waybills the whole object is emptied.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from amends.core.cases import TABLES
from amends.core.commands import inputs, verb
from amends.core.permissions import BESIDES

EMPTIED = frozenset({"intercepts", "waybills"})
"""Objects whose keys are waybills: a waybill leads to the carrier's record of the person."""

HOUSE = frozenset({
    "about.en", "about.zh", "action", "amount", "appeal_until", "asked", "asks", "assignee_name", "bound_kind", "bound_number", "bounds_source",
    "cancelled_from", "carried", "carrier", "code", "command", "counted_from", "currency", "event", "fact", "failed", "field", "finding", "findings.en",
    "findings.zh", "flag", "freight_number", "freight_way", "fulfilment_mode", "goods_state", "intercept", "keywords", "label", "medium", "names.en", "names.zh", "node", "number", "op",
    "order", "order_number", "outcome", "pack", "parcel_state", "parent_kind", "parent_number", "parent_state", "plan", "reason_en", "reason_zh",
    "region", "rule", "rules", "set", "sets", "sku", "source", "sources", "state", "strategy", "tick", "type", "unit", "verdict.en", "verdict.zh",
    "was_sku",
})
"""Keys under which only the house or its data ever writes: codes, numbers of cases and orders, goods, carriers' names, rules and where they come from, provinces, the name of whose turn it is among the staff.
With a point: in such an object."""

_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_ID = re.compile(r"(mail:)?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}(:\d+)?|[0-9a-f]{32,64}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?")


def veiled(value: Any, names: Mapping[str, str] | None = None, key: str = "", *, title: bool = False) -> Any:
    """The same without what a person may have typed. `names`: buyers' ids and what stands for each from now on; `title`: the goods' title stays (a ticket's is typed); `key`: the one it stands under."""
    if isinstance(value, dict):
        return {} if key in EMPTIED else {k: veiled(v, names, f"{key}.{k}" if k in ("zh", "en") else k, title=title) for k, v in value.items()}
    if isinstance(value, list):
        return [] if key in EMPTIED else [veiled(v, names, key, title=title) for v in value]
    if not isinstance(value, str):
        return value
    if names and value in names:
        return names[value]
    return value if stays(value, key) or (title and key == "title") or value.startswith("erased:") else ""


def stays(text: str, key: str = "") -> bool:
    """Whether a text under this key is the house's own."""
    return not text or text in words() or key in HOUSE or bool(_INSTANT.fullmatch(text) or _ID.fullmatch(text))


@cache
def words() -> frozenset[str]:
    """Every code of the tables and of the packs that come with the product."""
    out = set(BESIDES)
    for table in TABLES.values():
        out |= {table.kind, *table.states}
        for name, command in table.commands.items():
            out |= {name, command.event, command.node, *(f.name for f in inputs(command)), *(c for f in inputs(command) for c in f.metadata["choices"])}
            out.add(verb(command))
    packs = resources.files("amends.core") / "packs"
    for file in packs.iterdir():
        if file.name.endswith(".json"):
            out |= set(_codes(json.loads(file.read_text(encoding="utf-8"))))
    return frozenset(w for w in out | set(_ALSO.split()) if w)


def _codes(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for k, v in value.items():
            yield from _codes(k)
            yield from _codes(v)
    elif isinstance(value, list):
        for v in value:
            yield from _codes(v)
    elif isinstance(value, str) and _CODE.fullmatch(value):
        yield value


_ALSO = """
buyer merchant platform warehouse carrier provider system clock both staff strategy keyword order_news unopened opened worn silence lightning goodwill_case
"""
