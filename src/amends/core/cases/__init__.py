"""One table per kind of case, listed here; nothing is discovered."""

from amends.core.cases.cancellation import CANCELLATION
from amends.core.cases.dispute import DISPUTE
from amends.core.cases.service_order import SERVICE_ORDER
from amends.core.cases.ticket import TICKET
from amends.core.machine import Machine

MACHINES: tuple[Machine, ...] = (SERVICE_ORDER, CANCELLATION, DISPUTE, TICKET)
TABLES: dict[str, Machine] = {machine.kind: machine for machine in MACHINES}
"""The same tables by kind of case."""
