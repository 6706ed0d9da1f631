"""Ready-made strategies to start from (SA-9): rows as data with a few figures to choose, in both languages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from amends.core.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Param:
    """One figure to choose. `type`: money (minor units), number or days; `value` is what stands there at first."""

    name: str
    zh: str
    en: str
    type: str
    value: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Ready:
    """One ready-made strategy: what it does, its figures, and the rows it makes, each for the table of (kind, node)."""

    code: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    params: tuple[Param, ...]
    rows: tuple[Mapping[str, Any], ...]

    @property
    def places(self) -> tuple[tuple[str, str], ...]:
        """The (kind, node) whose tables get a row."""
        return tuple((row["kind"], row["node"]) for row in self.rows)


@cache
def ready_made() -> tuple[Ready, ...]:
    """All of them, in the order they are offered."""
    found = json.loads(files("amends.core").joinpath("strategies_ready.json").read_text("utf-8"))
    return tuple(Ready(**{**one, "params": tuple(Param(**p) for p in one["params"]), "rows": tuple(one["rows"])}) for one in found)


@dataclass(slots=True)
class Made:
    """One row for the table of (kind, node), as JSON has it, switched off and without an id."""

    kind: str
    node: str
    row: dict[str, Any]


def make(code: str, values: Mapping[str, Any], lang: str, reasons: frozenset[str] | None = None) -> list[Made] | list[Refusal]:
    """The rows of a ready-made strategy with these figures, in one language. `reasons`: those the merchant's pack has; others are left out of lists."""
    ready = next((r for r in ready_made() if r.code == code), None)
    if ready is None:
        return [Refusal("strategy_row_unknown")]
    chosen: dict[str, int] = {}
    wrong: list[Refusal] = []
    for param in ready.params:
        given = values.get(param.name, param.value)
        number = int(given) if isinstance(given, int | str) and not isinstance(given, bool) and str(given).strip().isdecimal() else -1
        if not param.least <= number <= param.most:
            wrong.append(Refusal("out_of_range", {"zh": param.zh, "en": param.en, "least": param.least, "most": param.most}, param.name))
        chosen[param.name] = number
    if wrong:
        return wrong
    out = [Made(row["kind"], row["node"], {**_fill(row["row"], chosen, lang), "mode": "off"}) for row in ready.rows]
    for made in out:
        for condition in made.row["conditions"]:
            if reasons is not None and condition["fact"] == "reason" and isinstance(condition["value"], list):
                condition["value"] = [code for code in condition["value"] if code in reasons] or condition["value"]
    return out


def _fill(value: Any, chosen: Mapping[str, int], lang: str) -> Any:
    """A copy with figures in place of `{"$": name}` and one language of `{"zh": …, "en": …}`."""
    if isinstance(value, dict):
        if set(value) == {"$"}:
            return chosen[value["$"]]
        if set(value) == {"zh", "en"}:
            return value["zh" if lang.startswith("zh") else "en"]
        return {name: _fill(one, chosen, lang) for name, one in value.items()}
    return [_fill(one, chosen, lang) for one in value] if isinstance(value, list) else value
