"""One statement of every clock of a pack (PO-16): each state's time by expectation, fulfilment mode, way back and goods, what happens then, and where it comes from."""
from __future__ import annotations

from dataclasses import dataclass

from amends.core.cases import TABLES
from amends.core.machine import State
from amends.core.pack import Clock, Pack
from amends.core.spans import Span

FAST_REVIEW = "fast_review"
"""The rule of the line that goes for merchants who take part in fast review (SO-31)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One time of one clock. `type`, `modes`, `ways`, `tags`: for which cases only; empty goes for all others. `rule`: for whom only (`FAST_REVIEW`).

    `remind_before`: seconds before the end, None for none. `source` is a key of the pack's sources.
    """

    clock: str
    kind: str
    state: str
    span: Span
    then: str
    source: str
    remind_before: int | None
    type: str = ""
    modes: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    rule: str = ""

    @property
    def of_state(self) -> State | None:
        """The state of the table it belongs to; None for what runs beside the table."""
        return TABLES[self.kind].states.get(self.state)


def statement(pack: Pack, *, mode: str | None = None, fast: bool = False) -> list[Line]:
    """Every line, clock by clock in the order in which a case meets them, service orders first.

    `mode`: only what goes for this fulfilment mode, empty for a merchant who does everything itself (None: for every one). `fast`: the merchant takes part in fast review.
    """
    order = {(kind, state): n for kind, table in TABLES.items() for n, state in enumerate(table.states)}
    clocks = sorted(pack.clocks.items(), key=lambda item: (item[1].kind != "service_order", order.get((item[1].kind, item[1].state), 99)))
    return [line for name, clock in clocks for line in _of_clock(pack, name, clock, mode, fast)]


def _of_clock(pack: Pack, name: str, clock: Clock, mode: str | None, fast: bool) -> list[Line]:
    lines = []
    if fast and name == "review" and (rule := pack.fast_review) is not None:
        lines.append(Line(name, clock.kind, clock.state, rule.else_span, clock.then, rule.source, clock.remind_before, rule=FAST_REVIEW))
    lines.append(Line(name, clock.kind, clock.state, clock.span, clock.then, clock.source, clock.remind_before))
    for named in sorted({*clock.span_by, *clock.then_by}):
        span, then = clock.for_type(named)
        if (span, then) != (clock.span, clock.then):
            lines.append(Line(name, clock.kind, clock.state, span, then, clock.source, clock.remind_before, named))
    for row in clock.where:
        if mode is not None and row.modes and mode not in row.modes:
            continue
        types: tuple[str, ...] = row.types or ("",)
        for type_ in types:
            span, then = clock.for_type(type_) if type_ else (clock.span, clock.then)  # type: ignore[arg-type]
            lines.append(Line(
                name, clock.kind, clock.state, row.span or span, row.then or then, row.source, clock.remind_before, type_, tuple(row.modes), tuple(row.ways), tuple(row.tags),
            ))
    return lines


__all__ = ["FAST_REVIEW", "Line", "statement"]
