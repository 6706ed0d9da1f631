"""What a past case would have met under another pack beside its verdict and clocks: ways back, flows by mode, negotiation, who steps in, compensation (PO-14). Pure.

Told is only what the case shows: a limit that nothing came near, or a flow its merchant takes no part in, is no difference of this case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from amends.core.calendar import Calendar
from amends.core.compensation import Shipping, ship_by
from amends.core.eligibility import window_end
from amends.core.money import round_half_up
from amends.core.pack import Leaf, Pack
from amends.core.pack_compensation import row_of
from amends.core.pack_flows import KEEP, Traits
from amends.core.ways_back import refused, way_of

Told = tuple[str, Any, Any, int | None]
"""Kind, value before, value after, money in minor units where it can be said."""


@dataclass(frozen=True, slots=True)
class Gave:
    """A compensation that was granted with the case: `facts` is its explanation (`core/compensation.py`), `amount` minor units."""

    kind: str
    amount: int
    currency: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Course:
    """How a case went. `asked_way`: how the goods were to come back; `mode`: the order's fulfilment mode, empty where the merchant does everything itself (PO-8).

    `refusals`: how often its goods had been refused when it was, 0 when it was not; `proposed`: something was proposed before. `fast_chosen`: the merchant's switch for fast
    refunds, None untouched; `unshipped`: a cancellation of what had not left. `promise`: until when its order was to be shipped, None where that is not asked; `order_paid`: minor units paid
    for the whole order, None for what the pieces were; `switched`: what acts by itself and the merchant had on (None: not looked at).
    """

    asked_way: str = "ship_back"
    mode: str = ""
    category: str = "*"
    tags: frozenset[str] = frozenset()
    refusals: int = 0
    proposed: bool = False
    fast_chosen: bool | None = None
    unshipped: bool = False
    gave: tuple[Gave, ...] = ()
    promise: Shipping | None = None
    order_paid: int | None = None
    switched: frozenset[str] | None = None

    def takes_part(self, name: str, offered: bool) -> bool:
        """Whether the merchant had this switched on (`fast_review`, `lightning`, `auto_agree`), or could not have, since its pack did not offer it."""
        return self.switched is None or name in self.switched or not offered


def traits_under(course: Course, traits: Traits, pack: Pack) -> Traits:
    """What clocks of this pack look at: the mode counts only where the pack says something of it."""
    return replace(traits, mode=course.mode if pack.flows.of_mode(course.mode) is not None else "")


def service_order(course: Course, type_: str, leaves: tuple[Leaf | None, Leaf | None], amount: int, old: Pack, new: Pack) -> Iterator[Told]:
    """Differences of a service order; `leaves`: its reason under either pack; `amount`: what its pieces were paid with."""
    yield from _ways(course, type_, leaves, amount, old, new)
    yield from _who(course, type_, old, new)
    agreed = [_agrees(course, type_, leaf, pack) for leaf, pack in zip(leaves, (old, new), strict=True)]
    if agreed[0] != agreed[1] and course.takes_part("auto_agree", old.flows.auto_agree is not None):
        yield f"agree_{'in' if agreed[1] else 'out'}", agreed[0], agreed[1], None
    if course.refusals:
        called = [p.flows.called_in is not None and course.refusals >= p.flows.called_in.refusals for p in (old, new)]
        if called[0] != called[1]:
            yield "called_in", called[0], called[1], None
        first = [p.negotiation.required and not course.proposed for p in (old, new)]
        if first[0] != first[1]:
            yield "propose_first", first[0], first[1], None
    yield from compensations(course, old, new)


def cancellation(course: Course, opened_at: datetime, old: Pack, new: Pack) -> Iterator[Told]:
    """Differences of a cancellation: refunded at once, who reviews it, and what its order was compensated with."""
    if course.unshipped:
        fast = [p.cancellation.fast_refund == "demanded" or bool(course.fast_chosen) or (p.cancellation.fast_refund == "preset" and course.fast_chosen is None) for p in (old, new)]
        if fast[0] != fast[1]:
            yield f"at_once_{'in' if fast[1] else 'out'}", fast[0], fast[1], None
        by = [_reviewer(course, opened_at, p) for p in (old, new)]
        if not any(fast) and by[0] != by[1]:
            yield "reviewer", by[0], by[1], None
    yield from compensations(course, old, new)


def _reviewer(course: Course, opened_at: datetime, pack: Pack) -> str:
    """Who reviews what has not left (PO-11): the platform while the promised time runs, where the pack says so."""
    by = ship_by(course.promise, pack.compensation.late_shipment) if course.promise is not None else None
    return "platform" if pack.cancellation.in_time_reviewed_by == "platform" and by is not None and opened_at < by else "merchant"


def _ways(course: Course, type_: str, leaves: tuple[Leaf | None, Leaf | None], amount: int, old: Pack, new: Pack) -> Iterator[Told]:
    """Goods that may be kept, must be kept, or must come back (PO-11)."""
    if type_ != "return" or None in leaves:
        return
    ways = [way_of(p.flows, course.asked_way, type_, course.tags, course.category) for p in (old, new)]
    if ways[0] != ways[1]:
        yield "way", ways[0], ways[1], None
    open_ = [refused(p.flows, KEEP, type_, leaf.responsibility) is None for p, leaf in zip((old, new), leaves, strict=True) if leaf is not None]
    if open_[0] != open_[1]:
        # Who asked to keep the goods would be refused; who sent them back could have asked.
        yield f"keep_{'in' if open_[1] else 'out'}", open_[0], open_[1], amount if course.asked_way == KEEP and not open_[1] else None


def _who(course: Course, type_: str, old: Pack, new: Pack) -> Iterator[Told]:
    """Where goods come back and who sends what replaces them (PO-8)."""
    flows = [p.flows.of_mode(course.mode) for p in (old, new)]
    to = [f.goods_to if f else "merchant" for f in flows]
    if to[0] != to[1] and type_ != "reissue" and course.asked_way != KEEP:
        yield "goods_to", to[0], to[1], None
    sends: list[str] = [{str(t): d for t, d in f.sends.items()}.get(type_, "merchant") if f else "merchant" for f in flows]
    if sends[0] != sends[1] and type_ != "return":
        yield "sender", sends[0], sends[1], None


def _agrees(course: Course, type_: str, leaf: Leaf | None, pack: Pack) -> bool:
    return pack.flows.auto_agree is not None and type_ == "return" and leaf is not None and leaf.no_reason and course.asked_way != KEEP


def compensations(course: Course, old: Pack, new: Pack) -> Iterator[Told]:
    """What was granted with the case, reckoned under either pack; `amount` is what it would be more or less."""
    for gave in course.gave:
        for kind, reckon in (("late_shipment", _late), ("return_freight", _freight), ("goodwill", _goodwill), ("price_protection", _price)):
            if gave.kind != kind:
                continue
            was, would = reckon(gave, old, old), reckon(gave, new, old)
            if was != would:
                yield f"pays_{kind}", {"minor": was}, {"minor": would}, (would or 0) - (was or 0) if was is not None or would is not None else None


def _late(gave: Gave, pack: Pack, paid_under: Pack) -> int | None:
    """CO-1 on the lateness it was paid for; a pack with another time to ship moves it, unless the order had a promise of its own. None: nothing."""
    regime, facts = pack.compensation.late_shipment.in_force, gave.facts
    base, late = int(facts.get("base", 0)), int(facts.get("late_by", 0))
    if not facts.get("promised"):
        late += paid_under.compensation.late_shipment.in_force.ship_within - regime.ship_within
    owed = [
        max(bounds.least or 0, min(bounds.most, round_half_up(base * tier.basis_points, 10_000)))
        for tier in regime.tiers if late > 0 and tier.late_for <= late and (bounds := row_of(tier.bounds, gave.currency)) is not None
    ]
    return max(owed, default=None)


def _freight(gave: Gave, pack: Pack, _paid_under: Pack) -> int | None:
    limit, facts = row_of(pack.compensation.return_freight.limits, gave.currency), gave.facts
    return None if limit is None else max(0, min(int(facts.get("receipt", gave.amount)), limit.most - int(facts.get("given", 0))))


def _goodwill(gave: Gave, pack: Pack, _paid_under: Pack) -> int | None:
    """Of what was given, so much is within what an agent may give for one order."""
    limit = row_of(pack.compensation.goodwill.limits, gave.currency)
    return gave.amount if limit is None else min(gave.amount, limit.case)


def _price(gave: Gave, pack: Pack, _paid_under: Pack) -> int | None:
    """CO-4: the difference, where it was asked for within the pack's days after receipt. None: nothing; what was asked for before receipt is open under any."""
    received, asked = gave.facts.get("received_at"), gave.facts.get("asked_at")
    if not received or not asked:
        return gave.amount
    until = window_end(datetime.fromisoformat(received), pack.compensation.price_protection.days, Calendar(pack.timezone))
    return gave.amount if datetime.fromisoformat(asked) < until else None
