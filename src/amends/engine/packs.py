"""The policy packs that come with the product."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from amends.core.policy import load_pack


@cache
def pack_ids() -> tuple[tuple[str, str, str], ...]:
    """Id and name (中文, English) of every pack that loads, by id."""
    names = sorted(f.name.removesuffix(".json") for f in files("amends.core.packs").iterdir() if f.name.endswith(".json"))
    loaded = ((name, load_pack(name).pack) for name in names)
    return tuple((name, pack.name.zh, pack.name.en) for name, pack in loaded if pack is not None)
