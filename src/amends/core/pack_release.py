"""Whom a released pack version reaches (PO-18): merchants named, and a share of those whose pack it is meant for. Pure: the same merchant always falls into the same hundredth."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256

Ref = tuple[str, int]
"""Pack and version."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A merchant and the version its new cases are opened under; version 0: the pack as it comes with the product."""

    id: str
    pack: str
    version: int

    @property
    def ref(self) -> Ref:
        """What it has."""
        return self.pack, self.version


@dataclass(frozen=True, slots=True)
class Audience:
    """`percent` of the merchants whose pack is among `of_packs` (100: all of them), and the merchants named."""

    of_packs: frozenset[str] = frozenset()
    percent: int = 0
    merchants: frozenset[str] = frozenset()

    def names(self, holder: Holder) -> bool:
        """Whether this merchant is named."""
        return holder.id in self.merchants

    def reaches(self, holder: Holder) -> bool:
        """Whether it is meant for this merchant."""
        return holder.id in self.merchants or (holder.pack in self.of_packs and bucket(holder.id) < self.percent)


@dataclass(frozen=True, slots=True)
class Release:
    """A version with its audience."""

    ref: Ref
    audience: Audience


def bucket(merchant_id: str) -> int:
    """The hundredth (0 … 99) a merchant falls into, for good and for every pack, so that widening a share only ever adds merchants."""
    return int.from_bytes(sha256(merchant_id.encode()).digest()[:4], "big") % 100


def given(release: Release, holders: Iterable[Holder], in_force: Collection[Release]) -> list[Holder]:
    """Who gets it now: reached, without it, and not kept by another release.

    A release that names a merchant keeps it from one that reaches it by share; within one pack a higher version keeps it from a lower one.
    """
    by_ref = {r.ref: r for r in in_force}
    return [h for h in holders if h.ref != release.ref and release.audience.reaches(h) and not _kept(release, h, by_ref.get(h.ref))]


def _kept(release: Release, holder: Holder, has: Release | None) -> bool:
    if has is None or not has.audience.reaches(holder):
        return False
    if has.audience.names(holder) != release.audience.names(holder):
        return has.audience.names(holder)
    return has.ref[0] == release.ref[0] and has.ref[1] > release.ref[1]


def taken(release: Release, holders: Iterable[Holder]) -> list[Holder]:
    """Who has it and is reached no longer."""
    return [h for h in holders if h.ref == release.ref and not release.audience.reaches(h)]
