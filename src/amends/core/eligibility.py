"""What a buyer may ask for, until when, and on whose freight (PO-1…PO-7, SO-2). Pure: the pack, the goods and `now` in, a verdict out."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from amends.core.calendar import Calendar
from amends.core.pack import DEFAULT_CATEGORY, TYPES, Pack, ServiceType
from amends.core.pack_tables import Rule, tables
from amends.core.verdicts import NOTHING, FreightBy, Pair, Stamp, Verdict

NONE: frozenset[str] = frozenset()
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Goods:
    """One order line as eligibility sees it (OR-2, OR-4a). Instants are aware; `received` counts pieces, `held` those on open and completed service orders (SO-3).

    `fitness`: findings against resale (PO-2). `not_handled`: findings of PO-6. `region`: of the local guarantee (PO-5).
    `weight_short_mg`: what a certified weighing found missing, None when nothing was weighed.
    """

    received: int
    receipt_confirmed_at: datetime | None = None
    platform_signed_at: datetime | None = None
    trace_delivered_at: datetime | None = None
    staff_dated_at: datetime | None = None
    category: str = DEFAULT_CATEGORY
    tags: frozenset[str] = NONE
    fitness: frozenset[str] = NONE
    not_handled: frozenset[str] = NONE
    region: str | None = None
    freight_insured: bool = False
    gift: bool = False
    weight_short_mg: int | None = None
    held: int = 0


def receipt(goods: Goods, now: datetime) -> tuple[Stamp, datetime] | None:
    """The stamp that windows count from (OR-4a): platform carrier's signature, carrier's trace, staff's date, else the confirmation.

    A stamp later than `now` has not happened and does not count.
    """
    at = goods.platform_signed_at
    if at is not None and at <= now:
        return "platform_signature", at
    at = goods.trace_delivered_at
    if at is not None and at <= now:
        return "carrier_trace", at
    at = goods.staff_dated_at
    if at is not None and at <= now:
        return "staff_date", at
    at = goods.receipt_confirmed_at
    return ("receipt_confirmed", at) if at is not None and at <= now else None


@lru_cache(maxsize=20_000)
def _end(tz: str, day: date, days: int) -> datetime:
    """24:00 of the Nth day after `day` on the wall clock, in UTC (ST-041, SL-082)."""
    return Calendar(tz).midnight(date.fromordinal(day.toordinal() + days + 1))


def window_end(at: datetime, days: int, calendar: Calendar) -> datetime:
    """When a window of N days ends that was opened by a receipt at `at`: 24:00 of the Nth day after it, in UTC, exclusive."""
    return _end(calendar.tz, at.astimezone(calendar.zone).date(), days)


def verdict(pack: Pack, goods: Goods, type_: ServiceType, reason: str, now: datetime, calendar: Calendar) -> Verdict:
    """May this be asked for? (PO-1). Never raises for what goods, type or reason hold; TypeError for naive instants."""
    t = tables(pack)
    tz = calendar.tz
    rule = t.rules.get((type_, reason))
    if rule is None:
        group = t.groups.get((type_, reason))
        code = "reason_unknown" if group is None else "reason_is_group"
        return Verdict(type_, reason, False, code, "SO-27", "", tz, would_take=("other_reason",), about=group or NOTHING)
    confirmed = goods.receipt_confirmed_at
    if confirmed is None or confirmed > now:
        return Verdict(type_, reason, False, "not_received", "OR-5", "", tz, would_take=("cancellation", "receipt"))
    if goods.received <= 0:
        return Verdict(type_, reason, False, "nothing_received", "SO-3", "", tz, would_take=("person",))
    if goods.held >= goods.received:
        return Verdict(type_, reason, False, "nothing_left", "SO-3", "", tz, would_take=("open_case",))
    if rule.categories and goods.category not in rule.categories:
        return Verdict(type_, reason, False, "reason_not_for_goods", "SO-27", "", tz, would_take=("other_reason",), about=rule.words)
    stamp, counted_at = receipt(goods, now) or ("receipt_confirmed", confirmed)
    return _judge(pack, rule, goods, now, calendar, stamp, counted_at)


def _judge(pack: Pack, rule: Rule, goods: Goods, now: datetime, calendar: Calendar, stamp: Stamp, counted_at: datetime) -> Verdict:
    """The window, then what closes it; a closed one tells the window too."""
    t = tables(pack)
    days, number, source = t.window(rule, goods.category, goods.region)
    if days <= 0:
        code, take = ("not_without_fault", "fault_reason") if rule.kind == "no_reason" else ("not_offered", "other_type")
        return Verdict(rule.type, rule.reason, False, code, "PO-2" if rule.kind == "no_reason" else "PO-5", source, calendar.tz, would_take=(take,))
    until = window_end(counted_at, days, calendar)
    closed = _closed(pack, rule, goods)
    if closed is not None:
        code, number, source, about, take_all = closed
        return Verdict(
            rule.type, rule.reason, False, code, number, source, calendar.tz, until, days, stamp, counted_at,
            None, code == "person_decides", take_all, about,
        )
    if now >= until:
        code, take = ("over_no_reason", "fault_reason") if rule.kind == "no_reason" else ("over_fault", "other_type")
        return Verdict(rule.type, rule.reason, False, code, number, source, calendar.tz, until, days, stamp, counted_at, would_take=(take, "person"))
    return Verdict(
        rule.type, rule.reason, True, _open_code(rule, number, goods.gift), number, source, calendar.tz, until, days, stamp, counted_at,
        rule.freight_insured if goods.freight_insured else rule.freight, False, (), rule.words,
    )


def _open_code(rule: Rule, number: str, gift: bool) -> str:
    if rule.kind == "no_reason":
        return "open_gift" if gift else "open_no_reason"
    if rule.kind == "service":
        return "open_service"
    return "open_guarantee" if number == "PO-5" else "open_fault"


Closed = tuple[str, str, str, Pair, tuple[str, ...]]


def _closed(pack: Pack, rule: Rule, goods: Goods) -> Closed | None:
    """What closes it, hardest first: not handled (PO-6), excluded (PO-3), unfit (PO-2), a person's judgement."""
    t = tables(pack)
    judged: Closed | None = None
    if goods.not_handled:
        for f, n in t.not_handled.items():
            if f not in goods.not_handled or (n.unless_fault and rule.kind == "fault"):
                continue
            if n.manual:
                judged = judged or ("person_decides", "PO-6", n.source, (n.zh, n.en), ("person", "proof"))
            elif n.unless_fault:
                return "not_handled_unless_fault", "PO-6", n.source, (n.zh, n.en), ("fault_reason", "proof")
            else:
                return "not_handled", "PO-6", n.source, (n.zh, n.en), ("proof",)
    if rule.needs_resale:
        if goods.tags:
            for tag, x in t.excluded.items():
                if tag in goods.tags and rule.kind not in x.opens_with:
                    return "excluded", x.rule, x.source, (x.zh, x.en), ("fault_reason",)
        if goods.fitness:
            for f, found in t.fitness.items():
                if f in goods.fitness and (DEFAULT_CATEGORY in found.categories or goods.category in found.categories):
                    return "unfit", "PO-2", found.source, (found.zh, found.en), ("fault_reason", "proof")
    if rule.measured and goods.weight_short_mg is not None and goods.weight_short_mg <= pack.gold_tolerance_mg:
        return "within_tolerance", "PO-5", "", rule.words, ("measurement", "other_reason")
    return judged


def verdicts(pack: Pack, goods: Goods, type_: ServiceType, now: datetime, calendar: Calendar) -> list[Verdict]:
    """One verdict for each reason of the type that goes with these goods, in the pack's order: what the form offers."""
    return [verdict(pack, goods, type_, r.reason, now, calendar) for r in tables(pack).by_type[type_] if not r.categories or goods.category in r.categories]


def options(pack: Pack, goods: Goods, now: datetime, calendar: Calendar) -> dict[ServiceType, Verdict]:
    """For each of the four types the best verdict over its reasons (SO-2).

    Allowed before a person's judgement before closed; then the one that ends last; then the pack's order. A type without a reason for these
    goods is told as not offered.
    """
    best: dict[ServiceType, Verdict] = {}
    for type_ in TYPES:
        found = [verdict(pack, goods, type_, r.reason, now, calendar) for r in tables(pack).distinct[type_] if not r.categories or goods.category in r.categories]
        best[type_] = max(found, key=_rank) if found else Verdict(type_, "", False, "not_offered", "SO-27", "", calendar.tz, would_take=("other_type",))
    return best


def _rank(v: Verdict) -> tuple[bool, bool, datetime]:
    return v.allowed, v.manual, v.until or NEVER


__all__ = ["FreightBy", "Goods", "Stamp", "Verdict", "options", "receipt", "verdict", "verdicts", "window_end"]
