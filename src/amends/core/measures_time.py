"""How long a service order took (售后服务时长): from application to the first result, in four stages, without suspended time and without waiting for the buyer (PO-15, facts/rules.md 4.2)."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from amends.core.cases.service_order import SERVICE_ORDER
from amends.core.hours import ZERO, Calendar
from amends.core.pauses import Suspension, applying, running_time

STAGES = ("review", "way_back", "receipt", "processing")
"""审核, 逆向快递, 收货验收, 处理."""
BUYERS = frozenset({"awaiting_buyer", "awaiting_return", "collecting"})
"""States in which the buyer is waited for."""
_OF_STATE = {"reviewing": "review", "in_transit": "way_back", "processing": "processing"}
_GOES_ON = {"reviewing": frozenset({"reviewing", "awaiting_buyer", "awaiting_return"}), "processing": frozenset({"processing", "awaiting_buyer", "collecting"})}
_UTC = Calendar("UTC")


@dataclass(frozen=True, slots=True)
class Moment:
    """One event that matters: when, what (`parcel_signed` counts in itself), and the states before and after."""

    at: datetime
    name: str
    before: str
    after: str


@dataclass(slots=True)
class Taken:
    """How long one service order took. `stages` are what counts; `suspended` and `buyer` are left out; `result_at`: when the first result was there."""

    stages: dict[str, timedelta] = field(default_factory=lambda: dict.fromkeys(STAGES, ZERO))
    suspended: timedelta = ZERO
    buyer: timedelta = ZERO
    result_at: datetime | None = None

    @property
    def counted(self) -> timedelta:
        """What counts: the four stages together."""
        return sum(self.stages.values(), ZERO)

    @property
    def whole(self) -> timedelta:
        """All of it, as a clock on the wall would have it."""
        return self.counted + self.suspended + self.buyer


def taken(opened_at: datetime, moments: Iterable[Moment], suspensions: Sequence[Suspension], region: str = "") -> Taken:
    """From application to the first result; without one (`result_at` None) as far as the moments go.

    A refusal, a refund or goods sent without a return are results of the review; everything else has its first result when processing ends.
    """
    out, since, state, signed = Taken(), opened_at, "reviewing", False
    for moment in moments:
        _add(out, state, signed, since, moment.at, suspensions, region)
        since, signed = moment.at, moment.after == "in_transit" and (signed or moment.name == "parcel_signed")
        if _is_result(moment):
            out.result_at = moment.at
            return out
        state = moment.after
    return out


def _is_result(moment: Moment) -> bool:
    goes_on = _GOES_ON.get(moment.before)
    return moment.after not in goes_on if goes_on is not None else SERVICE_ORDER.states[moment.after].final


def _add(out: Taken, state: str, signed: bool, start: datetime, end: datetime, suspensions: Sequence[Suspension], region: str) -> None:
    if state in BUYERS:
        out.buyer += end - start
        return
    stage = "receipt" if signed else _OF_STATE.get(state)
    if stage is None:
        return
    clock = "receive" if signed else SERVICE_ORDER.states[state].clock or ""
    ran = running_time(start, end, _UTC, "all", applying(suspensions, clock, region or None))
    out.stages[stage] += ran
    out.suspended += end - start - ran


def middle(lengths: Iterable[timedelta]) -> timedelta:
    """The median; of an even number the mean of the two in the middle; nothing of nothing."""
    ordered = sorted(lengths)
    if not ordered:
        return ZERO
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


__all__ = ["BUYERS", "STAGES", "Moment", "Taken", "middle", "taken"]
