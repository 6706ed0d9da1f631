"""What past cases would have become under another pack (PO-14). Pure: a case as it was, two packs and a calendar in, differences out.

Both packs are asked the same questions about the same facts, those of the moment of application; so whatever differs, differs because of the pack.
How many pieces were open on other cases then is the same under both and is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.core import what_if_demands, what_if_flows
from amends.core.calendar import Calendar
from amends.core.cases import TABLES
from amends.core.eligibility import Goods, verdict
from amends.core.pack import Leaf, Pack, ServiceType
from amends.core.pack_flows import NO_TRAITS, Traits
from amends.core.pauses import Suspension, applying
from amends.core.spans import due
from amends.core.what_if_demands import Shown
from amends.core.what_if_flows import Course, traits_under

KINDS = (
    "refused", "allowed", "to_person", "keep_out", "keep_in", "way", "propose_first", "called_in", "goods_to", "sender", "freight", "until", "liable", "photos_lacking", "photos_too_many", "words_lacking", "photos", "words", "reason_gone", "ground_gone", "ground_photos_lacking", "ground_photos",
    "pays_late_shipment", "pays_return_freight", "pays_goodwill", "pays_price_protection", "at_once_in", "at_once_out", "reviewer", "agree_in", "agree_out", "fast_in", "fast_out", "lightning_in", "lightning_out", "clock_rings", "clock_spares", "clock_then", "clock_shorter", "clock_longer", "clock_gone", "urgent",
)
"""Every kind of difference, gravest first within its theme: application, what it costs, what decides by itself, clocks."""


LACKING = frozenset({"photos_lacking", "photos_too_many", "words_lacking"})
"""Differences by which an application would not have been taken in as it was."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A clock that was armed: its name, when, and when it was over (the next thing that ended it); None: it still runs."""

    clock: str
    at: datetime
    over: datetime | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """A case as it was. `amount`: minor units paid for its pieces; `stars`: the buyer's level; `type` is what the buyer asked for."""

    merchant_id: str
    id: str
    number: str
    kind: str
    type: ServiceType
    reason: str
    opened_at: datetime
    goods: Goods
    quantity: int = 1
    amount: int = 0
    currency: str = "CNY"
    stars: int = 0
    region: str = ""
    clocks: tuple[Entered, ...] = ()
    traits: Traits = NO_TRAITS
    course: Course = Course()
    shown: Shown = Shown()


@dataclass(frozen=True, slots=True)
class Different:
    """One difference: `about` is the clock's name where it is about one; `was` and `would_be` plain data; `amount` minor units where money can be said."""

    kind: str
    was: dict[str, Any]
    would_be: dict[str, Any]
    about: str = ""
    amount: int | None = None


def compare(past: Past, old: Pack, new: Pack, calendar: Calendar, suspensions: Iterable[Suspension] = ()) -> list[Different]:
    """Everything that would differ for one case, in the order of KINDS. Never raises for what a case holds."""
    held = tuple(suspensions)
    found = [d for entered in past.clocks for d in _clock(past, entered, old, new, calendar, held)]
    if past.kind == "service_order":
        found += _application(past, old, new, calendar) + _by_itself(past, old, new, calendar) + [Different(*told) for told in what_if_demands.grounds(past.shown, old, new)]
        found += _told_of(what_if_flows.service_order(past.course, past.type, (_leaf(old, past), _leaf(new, past)), past.amount, old, new))
        return sorted(found, key=lambda d: (KINDS.index(d.kind), d.about))
    found += _told_of(what_if_flows.cancellation(past.course, past.opened_at, old, new))
    if old.cancellation.urgent_after != new.cancellation.urgent_after:
        found.append(Different("urgent", {"seconds": old.cancellation.urgent_after}, {"seconds": new.cancellation.urgent_after}))
    return sorted(found, key=lambda d: (KINDS.index(d.kind), d.about))


def _told_of(rows: Iterable[what_if_flows.Told]) -> list[Different]:
    return [Different(kind, _plain(was), _plain(would), amount=amount) for kind, was, would, amount in rows]


def _plain(side: Any) -> dict[str, Any]:
    return side if isinstance(side, dict) else {"value": side}


def entered(kind: str, events: Iterable[tuple[str, str, datetime]]) -> tuple[Entered, ...]:
    """Which clocks ran, from a case's events (command, state it led to, instant), oldest first: entering a state arms its clock, leaving it or another clock ends it."""
    machine, out = TABLES[kind], []
    state, clock, since = "", "", None
    for command, to, at in events:
        step = machine.steps.get(state, {}).get(command)
        stays = to == state
        arm = step.clock if step is not None and step.clock is not None else None if stays else getattr(machine.states.get(to), "clock", None)
        ends = not stays or bool(step is not None and step.clock) or (step is not None and step.command is machine.run_out)
        if ends and clock and since is not None:
            out.append(Entered(clock, since, at))
            clock = ""
        if arm:
            clock, since = arm, at
        state = to
    if clock and since is not None:
        out.append(Entered(clock, since))
    return tuple(out)


def _application(past: Past, old: Pack, new: Pack, calendar: Calendar) -> list[Different]:
    before = verdict(old, past.goods, past.type, past.reason, past.opened_at, calendar)
    after = verdict(new, past.goods, past.type, past.reason, past.opened_at, calendar)
    leaf, other = _leaf(old, past), _leaf(new, past)
    found: list[Different] = []
    if leaf is not None and other is None:
        return [Different("reason_gone", {"reason": past.reason, "zh": leaf.zh, "en": leaf.en}, {"code": after.code}, amount=past.amount)]
    stood, stands = before.standing(False, ""), after.standing(False, "")
    if stood != stands:
        kind = {"open": "allowed", "person": "to_person"}.get(stands, "refused")
        found.append(Different(kind, _said(before), _said(after), amount=past.amount))
    elif before.until != after.until:
        found.append(Different("until", _said(before), _said(after)))
    if before.freight != after.freight and before.freight and after.freight:
        found.append(Different("freight", _freight(before.freight), _freight(after.freight)))
    if leaf is not None and other is not None and leaf.responsibility != other.responsibility:
        found.append(Different("liable", {"value": leaf.responsibility}, {"value": other.responsibility}))
    special = tuple(pack.flows.special_of(past.goods.tags, past.goods.category) if past.type == "return" else None for pack in (old, new))
    for kind, was, would in what_if_demands.asked(past.shown, (leaf, other), (special[0], special[1]), (old, new)):
        found.append(Different(kind, was, would, amount=past.amount if kind in LACKING else None))
    return found


def _leaf(pack: Pack, past: Past) -> Leaf | None:
    return pack.leaves.get((past.type, past.reason), (None, frozenset()))[0]


def _said(v: Any) -> dict[str, Any]:
    return {"standing": v.standing(False, ""), "code": v.code, "rule": v.rule, "source": v.source, "until": v.until.isoformat() if v.until else None, "days": v.days, "zh": v.say("zh"), "en": v.say("en")}


def _freight(by: Any) -> dict[str, Any]:
    return {"back": by.back, "out": by.out, "insured": by.insured}


def _by_itself(past: Past, old: Pack, new: Pack, calendar: Calendar) -> list[Different]:
    """Fast review and lightning refund, for merchants that have them switched on or could not have (SO-31, SO-32). What is not open passes by nothing, and is told as that."""
    found: list[Different] = []
    if not all(verdict(pack, past.goods, past.type, past.reason, past.opened_at, calendar).allowed for pack in (old, new)):
        return found
    for name, key, test in (("fast", "fast_review", fast_review), ("lightning", "lightning", lightning)):
        before, after = test(past, old), test(past, new)
        offered = (old.fast_review if name == "fast" else old.lightning_refund) is not None
        if before != after and past.course.takes_part(key, offered):
            found.append(Different(f"{name}_{'in' if after else 'out'}", {"value": before}, {"value": after}, amount=past.amount))
    return found


def fast_review(past: Past, pack: Pack) -> bool:
    """Whether it would pass review at once where the merchant opted in: amount, pieces, and asked without a reason (SO-31)."""
    rule, leaf = pack.fast_review, _leaf(pack, past)
    return rule is not None and past.amount < rule.amount_below and past.quantity < rule.pieces_below and (not rule.no_reason_only or (leaf is not None and leaf.no_reason))


def lightning(past: Past, pack: Pack) -> bool:
    """Whether its refund could be advanced: a return, the amount, the buyer's level, and asked without a reason (SO-32)."""
    rule, leaf = pack.lightning_refund, _leaf(pack, past)
    paid = past.amount if past.course.order_paid is None else past.course.order_paid
    return (
        rule is not None and past.type == "return" and paid <= rule.amount_at_most and past.stars >= rule.buyer_stars_at_least and (not rule.no_reason_only or (leaf is not None and leaf.no_reason))
    )


def _clock(past: Past, ran: Entered, old: Pack, new: Pack, calendar: Calendar, held: tuple[Suspension, ...]) -> list[Different]:
    before, after = old.clocks.get(ran.clock), new.clocks.get(ran.clock)
    if before is None or after is None:
        return [Different("clock_gone", {"there": before is not None}, {"there": after is not None}, ran.clock)] if before is not after else []
    (span, then, _), (other_span, other_then, _) = before.for_case(past.type, past.traits), after.for_case(past.type, traits_under(past.course, past.traits, new))
    found: list[Different] = []
    due_at = other_due = None
    if span != other_span:
        stopped = applying(held, ran.clock, past.region or None)
        due_at, other_due = due(ran.at, span, calendar, stopped), due(ran.at, other_span, calendar, stopped)
    was, would = _told(ran, due_at, then), _told(ran, other_due, other_then)
    if due_at is not None and other_due is not None and due_at != other_due:
        rang, rings = ran.over is not None and ran.over >= due_at, ran.over is not None and ran.over >= other_due
        kind = "clock_rings" if rings and not rang else "clock_spares" if rang and not rings else "clock_shorter" if other_due < due_at else "clock_longer"
        found.append(Different(kind, was, would, ran.clock, past.amount if kind == "clock_rings" and "refund" in other_then else None))
    if then != other_then:
        found.append(Different("clock_then", was, would, ran.clock))
    return found


def _told(ran: Entered, due_at: datetime | None, then: str) -> dict[str, Any]:
    return {"at": ran.at.isoformat(), "due": due_at.isoformat() if due_at else None, "over": ran.over.isoformat() if ran.over else None, "then": then}
