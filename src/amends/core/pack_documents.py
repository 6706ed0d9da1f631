"""Pack files and what they extend: objects are merged, everything else (lists too) is replaced."""
from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

DEEPEST = 8
"""So many files may extend one another."""


class NotWhole(Exception):
    """A file is extended that is not there, or that extends itself; the message names it."""


def document(name: str) -> Any:
    """The file `name`.json as it stands, not yet with what it extends. Raises NotWhole for one that is not there, ValueError for text that is not JSON."""
    return json.loads(_text(name))


@lru_cache(maxsize=64)
def _text(name: str) -> str:
    file = files("amends.core.packs").joinpath(f"{name}.json")
    if not name.isidentifier() or not file.is_file():
        raise NotWhole(f"{name!r}")
    return file.read_text("utf-8")


def extended(data: Any, depth: int = 0) -> Any:
    """The document with everything it extends, without the word itself; other data as it is. Raises NotWhole."""
    if not isinstance(data, dict) or "extends" not in data:
        return data
    base = data["extends"]
    if not isinstance(base, str):
        raise NotWhole("must be the name of a file")
    if depth >= DEEPEST:
        raise NotWhole(f"{base!r} extends itself")
    return merged(extended(document(base), depth + 1), {k: v for k, v in data.items() if k != "extends"})


def merged(base: Any, over: Any) -> Any:
    """`over` laid upon `base`."""
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    out = dict(base)
    for key, value in over.items():
        out[key] = merged(base[key], value) if key in base else value
    return out
