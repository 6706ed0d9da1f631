"""`amends worker`: clocks and effects until it is told to stop."""

import argparse
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from amends.engine.house import House, open_house
from amends.engine.orders import confirm_receipts
from amends.worker.automation import AUTOMATION, consider_all
from amends.worker.batches import run_waiting_batches
from amends.worker.dossiers import DOSSIERS
from amends.worker.erasing import ERASING
from amends.worker.holds import end_holds
from amends.worker.hourly import OLD_MESSAGES
from amends.worker.imports import ImportsAside
from amends.worker.inbox import INBOX
from amends.worker.late_shipment import LATE_SHIPMENT
from amends.worker.loop import clocks_only, run
from amends.worker.mail_placing import PLACING
from amends.worker.mail_reading import MAILBOXES
from amends.worker.memory import seldom
from amends.worker.orders import end_order_changes, remind_balances
from amends.worker.outside import AT_ONCE, LANES, lane
from amends.worker.pack_validity import carry_out_releases
from amends.worker.parcel_looks import PARCELS
from amends.worker.payments import LOOKS
from amends.worker.suspensions import retime_all
from amends.worker.unsent_photos import UnsentPhotos
from amends.worker.what_if import replay_cases


def confirm_due(house: House) -> int:
    """Receipts that confirm themselves (OR-4)."""
    return confirm_receipts(house.pool, house.clock.now())


ASIDES = (*(lane(name) for name in LANES), LOOKS, INBOX, PARCELS, MAILBOXES, PLACING, DOSSIERS, *AUTOMATION)
"""What waits for others: each in a thread of its own."""
ALSO: tuple[Callable[[House], int], ...] = (retime_all, confirm_due, end_order_changes, remind_balances, end_holds, run_waiting_batches, ImportsAside(), UnsentPhotos(), OLD_MESSAGES, ERASING, LATE_SHIPMENT, carry_out_releases, replay_cases, *ASIDES)
"""What else a round does besides clocks and effects."""


PATIENCE = 8.0
"""Seconds for which calls under way are waited for at the end, all together; what is cut off is done by the next worker."""


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    worker = verbs.add_parser("worker", help="ring clocks, perform effects, work off batches and imports; any number may run")
    worker.add_argument("--home", type=Path, help="the data directory (default: AMENDS_HOME or var/amends)")
    worker.add_argument("--clocks-only", action="store_true", help="ring clocks and leave effects to other workers")
    worker.add_argument("--strategies-only", action="store_true", help="let strategies decide what waits for them, and leave everything else to other workers")
    worker.set_defaults(run=_worker)


def _worker(given: argparse.Namespace) -> int:
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    house = open_house(given.home, connections=4 + 2 * AT_ONCE)
    try:
        seldom()
        if given.strategies_only:
            run(house, stop, work=consider_all)
        elif given.clocks_only:
            run(house, stop, work=clocks_only)
        else:
            run(house, stop, ALSO)
        until = time.monotonic() + PATIENCE
        for aside in ASIDES:
            aside.join(max(0.0, until - time.monotonic()))
    finally:
        house.close()
    return 0
