"""The words on paper and on pictures: every one that is named is there, in both languages with the same facts, and none lies unused (DI-10, DI-12)."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path

import pytest

from amends.core.ledger import KINDS
from amends.core.pack_disputes import SCENARIOS
from amends.engine import fact_pictures
from amends.engine.dossier import words

HERE = Path(words.__file__).parent
PAPER = "\n".join(p.read_text("utf-8") for p in HERE.glob("*.py"))
PICTURES = Path(fact_pictures.__file__).read_text("utf-8")
BUILT = ("f_", "why_", "plan_", "settled_by_", "copy_", "level_", "reply_", "judgement", "payout")
"""Beginnings of keys that are built of codes."""


def _named(source: str, ways: str) -> set[str]:
    return set(re.findall(rf"""(?:{ways})\(\s*(?:lang, )?["']([a-z0-9_]+)["']""", source))


@pytest.mark.parametrize(("path", "named"), [
    pytest.param(words.PAPER, _named(PAPER, r"label|zh|heading|_fact") | set(re.findall(r'\("(l_[a-z_]+)"', PAPER)), id="paper"),
    pytest.param(fact_pictures.WORDS, _named(PICTURES, "_say") | {"all_moved", "under_way"}, id="pictures"),
])
def test_words_and_their_uses_fit(path: Path, named: set[str]) -> None:
    there = tomllib.loads(path.read_text("utf-8"))
    plain = {n for n in named if n in there or f"f_{n}" not in there}
    assert plain <= there.keys(), plain - there.keys()
    quoted = re.findall(r"""["']([a-z0-9_]+)["']""", PAPER + PICTURES)
    unused = [key for key in there if key not in quoted and not key.startswith(BUILT)]
    assert unused == []
    for key, (zh, en) in there.items():
        facts = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (zh, *en.split("|"))]
        assert all(f == facts[0] for f in facts), key


def test_codes_that_paper_tells_have_words() -> None:
    catalogue = words.catalogue()
    for kind in ("service_order", "cancellation", "dispute", "ticket"):
        assert f"settings.kind_{kind}" in catalogue
    for party in ("buyer", "merchant", "platform", "system", "carrier", "provider", "warehouse"):
        assert words.party(party).zh != party
    assert all(words.known(f"replies.scenario_{code}").zh for code in SCENARIOS)
    assert KINDS
