"""The collections of cases: one for each machine, so that a new table has its routes without a line here but its plural."""

from amends.core.actor import Party
from amends.core.cases import MACHINES
from amends.core.machine import Machine

PLURALS = {
    "service_order": "service-orders", "cancellation": "cancellations", "dispute": "disputes", "ticket": "tickets", "opening": "openings",
}
COLLECTIONS: dict[str, Machine] = {PLURALS[m.kind]: m for m in MACHINES}


def parties(machine: Machine, verb: str) -> tuple[Party, ...]:
    """Every party that may give this command somewhere in the table."""
    return tuple(sorted({p for row in machine.steps.values() if verb in row for p in row[verb].by}))


def commands(machine: Machine) -> list[str]:
    """The commands that somebody outside the house can give; what only a clock says, or a payment provider by its hook, has no route."""
    return [v for v in machine.commands if not set(parties(machine, v)) <= {Party.CLOCK, Party.PROVIDER}]
