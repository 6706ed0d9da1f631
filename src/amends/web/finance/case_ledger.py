"""One case's ledger for its page: every movement, from which purse to which, so that each cent of it is explained (MO-4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.store.screens import ledger
from amends.web import show
from amends.web.finance import lines


@dataclass(slots=True)
class Move:
    """One movement: what, when, its notes, and its entries as (account, part, amount)."""

    kind: str
    at: datetime
    notes: list[str]
    entries: list[tuple[str, str, str]] = field(default_factory=list)


def of_case(request: Any, case: Any) -> dict[str, Any]:
    """`explained`: the movements of a case, oldest first; `still_owed`: what its buyer is owed and has not got, as money. Nothing is read for a case without money."""
    if not (case.granted or case.moved or case.facts.get("ledger_cost") is not None or case.facts.get("difference")):
        return {"explained": [], "still_owed": ""}
    moves: dict[str, Move] = {}
    owed = 0
    for row in ledger.of_case(request.house.pool, request.person.merchant_id, case.id):
        said = lines.line(row, request.lang)
        moves.setdefault(said.movement, Move(said.kind, said.at, said.notes)).entries.append((said.account, said.part, said.amount))
        owed += said.minor if said.account_code == "buyer_refund" else 0
    return {"explained": list(moves.values()), "still_owed": show.money(owed, case.currency) if owed else ""}
