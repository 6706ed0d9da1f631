"""One statement of every clock of a pack (PO-16): each state's time by expectation, fulfilment mode, way back and goods, what happens then, and where it comes from."""
from __future__ import annotations

from amends.core.cases import TABLES
from amends.core.clock_beside import beside
from amends.core.clock_line import Line
from amends.core.pack import Clock, Pack

FAST_REVIEW = "fast_review"
"""The rule of the line that goes for merchants who take part in fast review (SO-31)."""


def statement(pack: Pack, *, mode: str | None = None, fast: bool = False) -> list[Line]:
    """Every line, clock by clock in the order in which a case meets them, service orders first; what runs beside the states of a kind after them, then orders and compensation.

    `mode`: only what goes for this fulfilment mode, empty for a merchant who does everything itself (None: for every one). `fast`: the merchant takes part in fast review.
    """
    order = {(kind, state): n for kind, table in TABLES.items() for n, state in enumerate(table.states)}
    clocks = sorted(pack.clocks.items(), key=lambda item: (item[1].kind != "service_order", order.get((item[1].kind, item[1].state), 99)))
    lines = [line for name, clock in clocks for line in _of_clock(pack, name, clock, mode, fast)] + beside(pack)
    kinds = list(dict.fromkeys(line.kind for line in lines))
    return sorted(lines, key=lambda line: kinds.index(line.kind))


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
