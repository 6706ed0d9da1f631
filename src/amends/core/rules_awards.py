"""What judgements may give beside refunds, held over everything that is about one order (DI-6, CO-5): compensation under one cap for all its disputes, and a way back that is paid once.

Facts looked at: `disputes` (the pack's section), `paid` and `order_paid` (minor units paid for what is in dispute, and for the whole order), `compensated_elsewhere` (minor units that other disputes and tickets of
the order have awarded or promised), `compensated_by` (their numbers), `compensated_done` (the same without promises), `freight_most` (the most a way back is paid for under the pack), `freight_ways` (ways back by what a
judgement names: `core.order_awards.Way`, with what pays each already), `room_out` (minor units of the way out that were paid and not given back). A missing fact means "none".
"""

from collections.abc import Mapping
from typing import Any

from amends.core.judged import OUT, freight_of
from amends.core.machine import Look
from amends.core.order_awards import Way, way_of
from amends.core.pack_disputes import NOT_OFFERED, Disputes
from amends.core.refusal import Refusal


def section(look: Look) -> Disputes:
    """What the pack says of disputes."""
    found: Disputes = look.facts.get("disputes") or NOT_OFFERED
    return found


def order_cap(look: Look) -> int:
    """What all disputes of the order together may award as compensation, in minor units."""
    return section(look).compensation_most(int(look.facts.get("order_paid", look.facts.get("paid", 0))))


def compensation_room(look: Look) -> int:
    """The most this dispute may award now, in minor units: its own cap, and what the others of the order have left of theirs."""
    own = section(look).compensation_most(int(look.facts.get("paid", 0)))
    return max(0, min(own, order_cap(look) - int(look.facts.get("compensated_elsewhere", 0))))


def as_left(look: Look, remedy: Mapping[str, Any]) -> dict[str, Any]:
    """A remedy as it is carried out: what was judged before others took the order's cap, or paid the way back, gives no more than is left, as a refund does (MO-1)."""
    left = max(0, order_cap(look) - int(look.facts.get("compensated_done", 0)))
    out = {**remedy, "compensation": min(int(remedy.get("compensation") or 0), left)}
    way: Way | None = look.facts.get("freight_ways", {}).get(way_of(remedy))
    return {**out, "freight": 0} if way is not None and way.done else out


def compensation_fits(look: Look, amount: int, field: str | None) -> Refusal | None:
    """The cap holds over all disputes of an order, whoever judges them at the same moment."""
    room, given = compensation_room(look), int(look.facts.get("compensated_elsewhere", 0))
    if amount <= room:
        return None
    own = section(look).compensation_most(int(look.facts.get("paid", 0)))
    if not given or room == own:
        return Refusal("judge_compensation_above", {"most": room, "asked": amount}, field)
    facts = {"most": room, "asked": amount, "cap": order_cap(look), "given": given, "numbers": list(look.facts.get("compensated_by", ()))}
    return Refusal("judge_compensation_order" if room else "judge_compensation_none_left", facts, field)


def freight_fits(look: Look, judged: Mapping[str, Any], field: str | None, way_field: str | None) -> Refusal | None:
    """CO-5: within the pack's amount, and nobody is paid the same way back twice; another way of the order may be named. The way out: no more than was paid for it and is left (MO-1)."""
    amount, named = freight_of(judged), way_of(judged)
    if not amount:
        return None
    if named == OUT:
        room = int(look.facts.get("room_out", 0))
        return None if amount <= room else Refusal("judge_freight_out_above", {"most": room, "asked": amount}, field)
    most = look.facts.get("freight_most")
    if most is not None and amount > most:
        return Refusal("judge_freight_above", {"most": most, "asked": amount}, field)
    ways: Mapping[str, Way] = look.facts.get("freight_ways", {})
    if named and named not in ways:
        return Refusal("judge_freight_way_unknown", field=way_field)
    there = ways[named].paid if named in ways else None
    if there is None:
        return None
    facts = {"number": there.number, "given": there.amount}
    if there.by == "asked":
        return Refusal("judge_freight_asked", facts, field)
    return Refusal("judge_freight_claimed" if there.by == "claim" else "judge_freight_judged", facts, field)
