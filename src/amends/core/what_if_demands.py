"""What past cases were asked to show under one pack and would be under another: photos, proof, words, coded grounds (PO-14, SO-27, PO-11). Pure.

Only what is on record is judged: an application or a step that names no number of photos (they were erased) is left out.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from amends.core.pack import Leaf, Pack, StaffLeaf
from amends.core.pack_flows import SpecialGoods

GROUNDS: dict[str, str] = {"reject": "reason", "ask_buyer": "missing", "abandon": "said_how", "return_original": "reason", "call_platform": "cause"}
"""Steps of staff that name a coded ground, and the field that holds it."""
SHOWN = frozenset({"reject", "call_platform", "return_original"})
"""Of these, those that can bring photos."""


@dataclass(frozen=True, slots=True)
class Said:
    """A step of staff: its command, the ground's code, how many photos came with it, whether there were words."""

    command: str
    code: str
    photos: int = 0
    words: bool = True


@dataclass(frozen=True, slots=True)
class Shown:
    """What came with an application: how many photos (None: not on record), whether it was described, `excused`: staff applied against the rules and said why. `said`: steps of staff."""

    photos: int | None = None
    words: bool | None = None
    excused: bool = False
    said: tuple[Said, ...] = ()


Told = tuple[str, dict[str, Any], dict[str, Any]]
"""Kind of difference, and both sides in plain data."""


def asked(shown: Shown, leaves: tuple[Leaf | None, Leaf | None], special: tuple[SpecialGoods | None, SpecialGoods | None], packs: tuple[Pack, Pack]) -> Iterator[Told]:
    """What differs about an application's photos and words; `leaves` and `special` (goods that are refunded on proof) of the old pack and the new."""
    before, after = (_why_photos(leaf, some) for leaf, some in zip(leaves, special, strict=True))
    if shown.photos is not None:
        sent = {"sent": shown.photos}
        if after and not before and not shown.photos and not (shown.excused and after["by"] == "reason"):
            yield "photos_lacking", {**sent, "asked": False}, {**sent, "asked": True, **after}
        elif bool(before) != bool(after):
            yield "photos", {"value": bool(before)}, {"value": bool(after)}
        old, new = (pack.photos.at_most for pack in packs)
        if new < shown.photos <= old:
            yield "photos_too_many", {**sent, "most": old}, {**sent, "most": new}
    elif bool(before) != bool(after):
        yield "photos", {"value": bool(before)}, {"value": bool(after)}
    text = tuple(leaf is not None and leaf.text_required for leaf in leaves)
    if None not in leaves and text[0] != text[1]:
        yield "words_lacking" if text[1] and shown.words is False else "words", {"value": text[0]}, {"value": text[1]}


def _why_photos(leaf: Leaf | None, special: SpecialGoods | None) -> dict[str, Any]:
    """By what photos are demanded of an application; empty: they are not."""
    if leaf is not None and leaf.photos_required:
        return {"by": "reason", "zh": leaf.zh, "en": leaf.en}
    return {"by": "proof", "zh": special.zh, "en": special.en} if special is not None and special.proof else {}


def grounds(shown: Shown, old: Pack, new: Pack) -> Iterator[Told]:
    """What differs about the grounds that staff named: gone, or with photos or words that were not given."""
    for said in shown.said:
        was, would = _ground(old, said), _ground(new, said)
        if was is None:
            continue
        here = {"command": said.command, "zh": was.zh, "en": was.en}
        if would is None:
            yield "ground_gone", here, {"command": said.command, "zh": "", "en": ""}
        elif said.command in SHOWN and would.photos_required and not was.photos_required:
            yield "ground_photos_lacking" if not said.photos else "ground_photos", here | {"value": False}, here | {"value": True}
        elif said.command in SHOWN and was.photos_required and not would.photos_required:
            yield "ground_photos", here | {"value": True}, here | {"value": False}


def _ground(pack: Pack, said: Said) -> StaffLeaf | None:
    trees: Any = pack.platform_reasons.get("merchant", ()) if said.command == "call_platform" else pack.review_reasons.get(said.command, ())  # type: ignore[call-overload]
    return next((leaf for group in trees for leaf in group.leaves if leaf.code == said.code), None)


__all__ = ["GROUNDS", "Said", "Shown", "asked", "grounds"]
