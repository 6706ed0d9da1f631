"""What else of an order has awarded compensation or paid a way back (DI-6, CO-5): other disputes, tickets, claims; read under the order's lock and folded as a batch goes on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from amends.core import order_awards
from amends.core.case import Case
from amends.core.order_awards import Back, Freight, Way
from amends.store.order_awards import Claim, Other, Return, Seen

GIVEN = ("granted", "paid", "failed")
"""Claims that are paid, or will be."""


class Awarded:
    """Disputes, claims and tickets of the orders of a batch."""

    def __init__(self, seen: Seen | None) -> None:
        self._others: dict[str, dict[str, Other]] = {}
        for other in seen.others if seen else ():
            self._others.setdefault(other.order_id, {})[other.id] = other
        self._claims: dict[str, list[Claim]] = {}
        for claim in seen.claims if seen else ():
            self._claims.setdefault(claim.order_id, []).append(claim)
        self._returns: dict[str, list[Return]] = {}
        for found in seen.returns if seen else ():
            self._returns.setdefault(found.order_id, []).append(found)

    def note(self, case: Case) -> None:
        """A dispute, or what a ticket has compensated, as it stands after a decision of this batch."""
        if case.kind == "ticket" and case.order_id and case.body.get("compensated"):
            self._others.setdefault(case.order_id, {})[case.id] = Other(case.order_id, case.id, "ticket", case.number, case.state, "", {}, int(case.body["compensated"]))
        if case.kind == "dispute" and case.order_id:
            self._others.setdefault(case.order_id, {})[case.id] = Other(case.order_id, case.id, "dispute", case.number, case.state, str(case.body.get("parent_id") or ""), case.body, 0)

    def of(self, case: Case, lines: Iterable[str] = ()) -> dict[str, Any]:
        """The facts of `core.rules_awards` for one dispute; `lines`: those of its order."""
        others = [o for i, o in self._others.get(case.order_id, {}).items() if i != case.id]
        given = {o.number: _compensation(o) for o in others}
        done = sum(order_awards.compensated(o.body) if o.kind == "dispute" else o.amount for o in others)
        return {
            "compensated_elsewhere": sum(given.values()), "compensated_by": [number for number, amount in given.items() if amount], "compensated_done": done,
            "freight_ways": self._ways(case, others, lines),
        }

    def _ways(self, case: Case, others: list[Other], lines: Iterable[str]) -> dict[str, Way]:
        """Ways back by name: of all goods in dispute (unnamed), of every service order, and of lines that have none."""
        returns = self._returns.get(case.order_id, ())
        named = {"": ("goods", "")} | {r.id: ("case", r.number) for r in returns} | {line: ("line", "") for line in lines if all(r.line_id != line for r in returns)}
        line_of, parent = {r.id: r.line_id for r in returns}, str(case.body.get("parent_id") or "")
        out = {}
        for way, (kind, name) in named.items():
            this = order_awards.back(case.body, parent, way, line_of)
            out[way] = Way(kind, name, self._freight(case, this, others, line_of, promised=True), self._freight(case, this, others, line_of, promised=False) is not None)
        return out

    def _freight(self, case: Case, this: Back, others: list[Other], line_of: dict[str, str], *, promised: bool) -> Freight | None:
        for claim in self._claims.get(case.order_id, ()):
            if (promised or claim.state in GIVEN) and this.same(Back(claim.case_id, frozenset((claim.line_id,)))):
                return Freight("claim" if claim.state in GIVEN else "asked", claim.number, claim.amount)
        for other in others:
            for way, paid in (order_awards.freights(other.state, other.body) if promised else order_awards.given_freights(other.body)).items():
                if this.same(order_awards.back(other.body, other.parent_id, way, line_of)):
                    return Freight("judgement", other.number, paid)
        return None


def _compensation(other: Other) -> int:
    return order_awards.compensation(other.state, other.body) if other.kind == "dispute" else other.amount
