"""What came of looking on, in words and figures: the same as a trial says, on live cases, for one row (SA-7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from amends.engine import strategies, strategy_trial
from amends.web import show
from amends.web.catalogue import say
from amends.web.strategies.ground import Ground
from amends.web.strategies.reports import Against, command, people_words

MOST_AGAINST = 50


@dataclass(slots=True)
class Beside:
    """One row that looks on, beside people. `fitted`: cases it fitted; `decided`: those that people, a clock or something else have decided since."""

    row: str
    live: bool
    action: str
    fitted: int
    decided: int = 0
    against: int = 0
    rate: str = "–"
    money: list[tuple[str, str]] = field(default_factory=list)
    difference: str = ""
    cases: list[Against] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def beside_people(request: Any, ground: Ground, row_id: str, days: int) -> Beside:
    """The figures of a row's looking on in the last `days` days, the cases on which it differs from people, and whether it can be switched on from here."""
    pool, merchant, lang = request.house.pool, request.person.merchant_id, request.lang
    counted = strategies.counts(pool, merchant, ground.kind, ground.node, request.now).rows.get(row_id, strategies.Counts())
    row = next((row for row in ground.desk.published.rows if row.id == row_id), None)
    out = Beside(row_id, row is not None and row.mode == "shadow", ground.names.action(row.action, ground.kind) if row else "", counted.shadow)
    found = strategy_trial.shadow(pool, merchant, ground.kind, ground.node, days, request.now, row_id=row_id)
    out.decided, out.against = found.looked_at, found.differ
    out.rate = "–" if found.share is None else f"{100 * found.share:.1f}%"
    currency = ground.shelf.currency
    out.money = [("strategies.paid_by_people", show.money(found.paid_by_people, currency)), ("strategies.paid_by_strategy", show.money(found.paid_by_rows, currency))]
    out.difference = show.money(found.paid_by_rows - found.paid_by_people, currency, signed=True)
    by_itself = sum(sum(found.agreement.get(line, {}).values()) for line in (strategy_trial.BY_CLOCK, strategy_trial.BY_ITSELF))
    out.notes = [say(lang, f"shadows.{key}", n=n) for key, n in (("waits", max(0, out.fitted - out.decided)), ("by_itself", by_itself), ("limited", found.limited), ("refused", found.refused)) if n]
    out.cases = [
        Against(d.case_id, d.number, say(lang, "strategies.both_said", people=people_words(d.people, "", d.people_words, ground.names), strategy=command(d.strategy, lang)),
                show.money(d.amount, d.currency))
        for d in found.disagreements[:MOST_AGAINST]
    ]
    return out
