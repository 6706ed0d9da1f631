"""Which facts of a case are columns of its row, and how the row looks after a decision."""

from datetime import datetime
from functools import cache
from typing import Any

from amends.core.actor import Party
from amends.core.case import Case
from amends.core.machine import Machine

COLUMNS = frozenset({"type", "reason", "quantity", "assignee", "assignee_name", "granted", "moved"})
"""Names in `Decision.changes` that are attributes of `Case`; all others go into its body."""

WAITS_FOR_ONE = frozenset({("dispute", "awaiting_evidence"), ("dispute", "adjudicated"), ("ticket", "awaiting_other_side"), ("ticket", "transferred")})
"""States of a kind in which the case itself says who is waited for."""
WAITS = {Party.CLOCK: "system"}


def column_row(case: Case, was: int, patch: dict[str, Any], machine: Machine, now: datetime) -> dict[str, Any]:
    """The row of `store/sql/write_cases.sql`: `was` is the version read, `patch` the facts that changed."""
    state = machine.states[case.state]
    waits = None if state.waits_on is None else elsewhere if (elsewhere := _waits_elsewhere(case, machine)) else case.body.get("reviewed_by") if _reviewed_elsewhere(case, machine) else _waits_on(state.waits_on)
    row: dict[str, Any] = {
        "id": case.id, "was": was, "version": case.version, "state": case.state, "type": case.type, "reason": case.reason, "quantity": case.quantity, "assigned_at": now,
        "granted_minor": case.granted, "moved_minor": case.moved, "facts": patch,
    }
    # A key that is left out reads as null, and a storm has millions of them.
    body = case.body
    for name, value in (
        ("fault", body.get("fault")), ("quantity_received", patch.get("received")), ("parcel_state", patch.get("parcel_state")), ("assignee", case.assignee), ("waits_on", waits),
        ("due_at", case.due_at), ("alert", "open" if body.get("alert_open") else None), ("granted_at", now if "refund_lines" in patch else None),
        ("moved_at", now if "last_transfer" in patch else None), ("closed_at", case.closed_at),
    ):
        if value is not None:
            row[name] = value
    return row


@cache
def _waits_on(party: Party) -> str:
    return WAITS.get(party, party.value)


def _waits_elsewhere(case: Case, machine: Machine) -> str:
    """Who is waited for where the state alone does not say: a side that was asked, or nobody but the clock once a judgement is carried out (DI-4a, DI-6a)."""
    return str(case.body.get("waits_for") or "") if (machine.kind, case.state) in WAITS_FOR_ONE else ""


def _reviewed_elsewhere(case: Case, machine: Machine) -> bool:
    """A cancellation that the platform reviews waits for the platform, as long as it is reviewed (PO-11)."""
    return machine.kind == "cancellation" and case.state == "reviewing" and case.body.get("reviewed_by") == "platform"
