"""Turn decoded JSON into dataclasses, telling what is wrong and where instead of raising."""
from __future__ import annotations

import types
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a file. `path` leads to the field: `windows[2].days`; empty for the whole file."""

    path: str
    message: str


@lru_cache(maxsize=256)
def _shape(cls: type) -> tuple[dict[str, Any], frozenset[str]]:
    hints = get_type_hints(cls)
    known = {f.name: hints[f.name] for f in fields(cls)}
    needed = frozenset(f.name for f in fields(cls) if f.default is MISSING and f.default_factory is MISSING)
    return known, needed


def decode(kind: Any, value: object, path: str, problems: list[Problem]) -> Any:
    """`value` as `kind`, or None with at least one problem added. Understands what packs are made of, nothing more."""
    origin = get_origin(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        return _object(kind, value, path, problems)
    if origin is tuple:
        return _list(get_args(kind)[0], value, path, problems)
    if origin is dict:
        return _table(get_args(kind), value, path, problems)
    if origin is Literal:
        if value not in get_args(kind) or not isinstance(value, str):
            problems.append(Problem(path, f"must be one of {', '.join(map(str, get_args(kind)))}"))
        return value
    if origin in (Union, types.UnionType):
        inner = [a for a in get_args(kind) if a is not type(None)]
        return None if value is None else decode(inner[0], value, path, problems)
    return _plain(kind, value, path, problems)


def _plain(kind: type, value: object, path: str, problems: list[Problem]) -> object:
    """A bool is not a number here, and an empty text is no text."""
    if type(value) is not kind:
        problems.append(Problem(path, f"must be {kind.__name__}, is {type(value).__name__}"))
    elif value == "":
        problems.append(Problem(path, "must not be empty"))
    return value


def _object(cls: type, value: object, path: str, problems: list[Problem]) -> Any:
    if not isinstance(value, dict):
        problems.append(Problem(path, f"must be an object, is {type(value).__name__}"))
        return None
    known, needed = _shape(cls)
    before, dot = len(problems), f"{path}." if path else ""
    problems += [Problem(f"{dot}{k}", "missing") for k in sorted(needed - value.keys())]
    problems += [Problem(f"{dot}{k}", "unknown field") for k in value if k not in known]
    got = {k: decode(known[k], v, f"{dot}{k}", problems) for k, v in value.items() if k in known}
    return cls(**got) if len(problems) == before else None


def _list(kind: Any, value: object, path: str, problems: list[Problem]) -> tuple[Any, ...]:
    if not isinstance(value, list):
        problems.append(Problem(path, f"must be a list, is {type(value).__name__}"))
        return ()
    return tuple(decode(kind, v, f"{path}[{i}]", problems) for i, v in enumerate(value))


def _table(kinds: tuple[Any, ...], value: object, path: str, problems: list[Problem]) -> dict[Any, Any]:
    if not isinstance(value, dict):
        problems.append(Problem(path, f"must be an object, is {type(value).__name__}"))
        return {}
    for k in value:
        decode(kinds[0], k, f"{path}.{k}", problems)
    return {k: decode(kinds[1], v, f"{path}.{k}", problems) for k, v in value.items()}
