"""One line of the statement of every clock (PO-16)."""
from __future__ import annotations

from dataclasses import dataclass

from amends.core.cases import TABLES
from amends.core.machine import State
from amends.core.spans import Span


@dataclass(frozen=True, slots=True)
class Line:
    """One time of one clock. `type`, `modes`, `ways`, `tags`: for which cases only; empty goes for all others. `rule`: for whom only (`FAST_REVIEW`).

    `kind`: the kind of case, or `order` and `compensation`; `state`: empty where it runs beside the tables. `remind_before`: seconds before the end, None for none.
    `source` is a key of the pack's sources. `beside`: it follows no state; what a suspension does to it stands in `core.clock_kinds`.
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
    beside: bool = False

    @property
    def of_state(self) -> State | None:
        """The state of the table it belongs to; None for what runs beside the tables."""
        return TABLES[self.kind].states.get(self.state) if self.kind in TABLES else None
