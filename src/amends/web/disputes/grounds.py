"""Grounds of the no-fault path with the evidence each asks for, and what of it a side has filed (DI-5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from amends.core.pack_disputes import Disputes
from amends.store.screens.disputes import Piece
from amends.web import wording


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of evidence that a ground asks for: code, words, and whether some was filed."""

    kind: str
    words: str
    there: bool


@dataclass(frozen=True, slots=True)
class GroundShown:
    """A ground in words, with an example of what holds and the evidence it asks for."""

    code: str
    words: str
    example: str
    asks: tuple[Asked, ...]

    @property
    def missing(self) -> list[Asked]:
        """What is still to be filed."""
        return [a for a in self.asks if not a.there]


def filed_kinds(evidence: Iterable[Piece], side: str = "merchant") -> frozenset[str]:
    """The kinds of evidence a side has filed."""
    return frozenset(p.kind for p in evidence if p.side == side)


def grounds_of(section: Disputes, scenario: str, filed: frozenset[str], lang: str) -> list[GroundShown]:
    """The grounds of a scenario, in the pack's order."""
    zh = lang == "zh"
    return [
        GroundShown(g.code, g.zh if zh else g.en, g.example_zh if zh else g.example_en, tuple(Asked(kind, wording.choice("evidence", kind, lang), kind in filed) for kind in g.asks))
        for g in section.grounds_for(scenario)
    ]
