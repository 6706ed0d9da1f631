"""`amends reconcile`: compare the providers' statements of some days with our requests, charges and ledger (MO-5)."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from amends.engine.house import open_house
from amends.engine.reconcile import days
from amends.worker.reconcile import reconcile_all


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    one = verbs.add_parser("reconcile", help="compare payment providers' statements with our ledger; differences wait for finance")
    one.add_argument("--home", type=Path, help="the data directory (default: AMENDS_HOME or var/amends)")
    one.add_argument("--day", type=date.fromisoformat, required=True, metavar="2026-05-01", help="the day, or the first of them")
    one.add_argument("--to", type=date.fromisoformat, metavar="2026-05-31", help="the last day (default: the same)")
    one.add_argument("--zone", type=ZoneInfo, default=ZoneInfo("Asia/Shanghai"), help="the time zone of the days (default: Asia/Shanghai)")
    one.add_argument("--provider", help="one connection by name (default: every payment connection in use)")
    one.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    """0: everything agrees; 1: something differs or a statement could not be had."""
    house = open_house(given.home, connections=4)
    try:
        since, until = days(given.day, given.to or given.day, given.zone)
        made = reconcile_all(house, since, until, given.provider, "amends reconcile")
    finally:
        house.close()
    for one in made:
        found = one.error or f"{one.figures['lines']} lines, {one.figures['matched']} agree, {one.figures['differences']} differ"
        print(f"{one.provider}  {one.merchant or '-'}  {found}")
    return 1 if any(one.error or one.figures["differences"] for one in made) else 0
