"""Which pack a life is lived under, and what of its flows the life meets: goods that are kept, modes, refusals before, who reviews (PO-8, PO-11)."""

from __future__ import annotations

import random

from amends.core.case import Case
from amends.core.pack import Pack
from amends.core.pack_flows import KEEP, OWN
from amends.core.policy import load_pack
from amends.engine.flows import flow_kept, pays_at_zero
from amends.engine.packs import pack_ids

MODES = ("FBP", "FBP", "SOP", "LBP", "SOPL")


def pack_for(seed: int, name: str = "") -> Pack:
    """The pack named; otherwise each pack in turn, by the seed. Raises KeyError for a name that is none."""
    names = [pack for pack, _, _ in pack_ids()]
    found = load_pack(name or names[seed % len(names)]).pack
    if found is None:
        raise KeyError(name)
    return found


def dress(case: Case, pack: Pack, chance: random.Random, *, unshipped: bool = False) -> None:
    """Give a case that has just been born what its pack lets it meet, by chance."""
    if case.kind == "cancellation":
        if pack.cancellation.in_time_reviewed_by == "platform" and unshipped and chance.random() < 0.6:
            case.body["reviewed_by"] = "platform"
        return
    if pack.flows.refund_only is not None and case.type == "return" and case.state == "reviewing" and chance.random() < 0.5:
        case.body["return_way"] = KEEP
    if pack.flows.by_mode and chance.random() < 0.7:
        case.body |= flow_kept(pack, {OWN: False}, chance.choice(MODES))
    case.body["refused_before"] = chance.choice((0, 0, 1, 2, 3))


def pays_by_rule(pack: Pack | None, clock: str) -> bool:
    """Whether this pack has a rule of its own that the end of this clock pays (SO-29)."""
    return pack is not None and pays_at_zero(pack, clock)


PAYING = tuple(name for name, _, _ in pack_ids() if pack_for(0, name).flows.pays_at_zero is not None)
"""Packs with a rule of their own that silence pays."""
