"""What is written on paper, in both languages: paper.toml for its own words; codes are called what tables, accounts and the catalogue of the screens call them.

The catalogue's files are read as data, so that a worker without the web room tells a dossier in the same words as the page.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from amends.core.cases import TABLES
from amends.core.clock_words import clock_name, outcome
from amends.core.dossier import Words, same
from amends.core.money import Money

PAPER = Path(__file__).parent / "paper.toml"
FOLDER = Path(__file__).parent.parent.parent / "web" / "words"
_WAY = re.compile(r"[\s.-]+")


@cache
def catalogue() -> dict[str, Words]:
    """Every key `file.name` of the catalogue with its two texts."""
    out: dict[str, Words] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for name, pair in tomllib.loads(path.read_text("utf-8")).items():
            out[f"{path.stem}.{name}"] = Words(pair[0], pair[1].split("|")[-1])
    return out


@cache
def own(path: Path = PAPER) -> dict[str, Words]:
    """The words of a file of the engine's own."""
    return {name: Words(pair[0], pair[1].split("|")[-1]) for name, pair in tomllib.loads(path.read_text("utf-8")).items()}


@cache
def _one() -> dict[str, Words]:
    """The paper's own words as they are said of one."""
    return {name: Words(pair[0], pair[1].split("|")[0]) for name, pair in tomllib.loads(PAPER.read_text("utf-8")).items()}


def label(key: str, **facts: object) -> Words:
    """A key of `paper.toml`; KeyError for one that is not there: a bug. A fact may be `Words`."""
    found = own()[key]
    if facts.get("n") == 1:
        found = _one()[key]
    if not facts:
        return found
    return Words(
        found.zh.format_map({k: v.zh if isinstance(v, Words) else v for k, v in facts.items()}),
        found.en.format_map({k: v.en if isinstance(v, Words) else v for k, v in facts.items()}),
    )


def known(key: str, fallback: object = "") -> Words:
    """A key of any file, or the fallback as it stands."""
    return catalogue().get(key) or same(fallback)


def choice(field: str, code: str) -> Words:
    """What a code that a field of a command offers is called."""
    return known(f"choice.{field}_{code}", code)


def state(kind: str, name: str) -> Words:
    """A state of a kind of case."""
    found = TABLES[kind].states.get(name) if kind in TABLES else None
    return same(name) if found is None else Words(found.zh, found.en)


def kind(code: str) -> Words:
    """A kind of case."""
    return known(f"settings.kind_{code}", code)


def party(code: str) -> Words:
    """Who acts: 客户, 商家, 平台 …"""
    return known(f"case.actor_{code}", code)


def way(provider: str, method: str) -> Words:
    """How money came or goes."""
    name = method or provider
    return known(f"choice.way_{_WAY.sub('_', name.strip().lower())}", name)


def command(kind_: str, verb: str) -> Words | None:
    """What a command is called."""
    found = TABLES[kind_].commands.get(verb) if kind_ in TABLES else None
    return None if found is None else Words(found.zh, found.en)


def clock(name: str) -> Words:
    """What a clock is called."""
    return catalogue().get(f"settings.clock_{name}") or Words(clock_name(name, 0), clock_name(name, 1))


def then(code: str) -> Words:
    """What happens when a clock runs out."""
    return catalogue().get(f"settings.then_{code}") or Words(outcome(code, 0), outcome(code, 1))


def lines(told: list[Words]) -> Words:
    """Several texts below each other."""
    return Words("\n".join(w.zh for w in told), "\n".join(w.en for w in told))


def money(minor: int, currency: str) -> Words:
    """¥1,234.50 with a true minus."""
    text = str(Money(abs(minor), currency))
    return same(f"−{text}" if minor < 0 else text)
