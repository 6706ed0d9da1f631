"""What else of an order has awarded compensation or paid a way back (DI-6, CO-5): other disputes, tickets, claims; read under the order's lock and folded as a batch goes on."""

from __future__ import annotations

from typing import Any

from amends.core import order_awards
from amends.core.case import Case
from amends.core.order_awards import Freight
from amends.store.order_awards import Claim, Other, Seen

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

    def note(self, case: Case) -> None:
        """A dispute, or what a ticket has compensated, as it stands after a decision of this batch."""
        if case.kind == "ticket" and case.order_id and case.body.get("compensated"):
            self._others.setdefault(case.order_id, {})[case.id] = Other(case.order_id, case.id, "ticket", case.number, case.state, "", {}, int(case.body["compensated"]))
        if case.kind == "dispute" and case.order_id:
            self._others.setdefault(case.order_id, {})[case.id] = Other(case.order_id, case.id, "dispute", case.number, case.state, str(case.body.get("parent_id") or ""), case.body, 0)

    def of(self, case: Case) -> dict[str, Any]:
        """The facts of `core.rules_awards` for one dispute."""
        others = [o for i, o in self._others.get(case.order_id, {}).items() if i != case.id]
        given = {o.number: _compensation(o) for o in others}
        done = sum(order_awards.given(o.body)[0] if o.kind == "dispute" else o.amount for o in others)
        return {
            "compensated_elsewhere": sum(given.values()), "compensated_by": [number for number, amount in given.items() if amount], "freight_elsewhere": self._freight(case, others, promised=True),
            "compensated_done": done, "freight_done": self._freight(case, others, promised=False) is not None,
        }

    def _freight(self, case: Case, others: list[Other], *, promised: bool) -> Freight | None:
        parent = str(case.body.get("parent_id") or "")
        for claim in self._claims.get(case.order_id, ()):
            if (promised or claim.state in GIVEN) and order_awards.same_way_back(case.body, parent, claim.case_id, claim.line_id):
                return Freight("claim" if claim.state in GIVEN else "asked", claim.number, claim.amount)
        for other in others:
            paid = order_awards.freight(other.state, other.body) if promised else order_awards.given(other.body)[1]
            if paid and order_awards.same_goods(case.body, parent, other.body, other.parent_id):
                return Freight("judgement", other.number, paid)
        return None


def _compensation(other: Other) -> int:
    return order_awards.compensation(other.state, other.body) if other.kind == "dispute" else other.amount
