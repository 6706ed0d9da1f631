"""`amends erase`: what personal data is due for erasure, erasing it, and giving a buyer a copy (ST-10). Orders with their cases, mails and dossiers; each on record."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from amends.core.refusal import Refusal
from amends.engine import buyer_erasure, buyer_erasure_command, erasure
from amends.engine.erasure import ITSELF, Erased
from amends.engine.house import House, open_house
from amends.store import buyer_matters
from amends.store import erasure as store
from amends.store.connect import PLATFORM, scope

MOST_COUNTED = 1000
NAMES = {"mail": "邮件 mails", "dossier": "卷宗 dossiers"}


def register(verbs: Any) -> None:
    """Add the sub-commands."""
    group = verbs.add_parser("erase", help="erase personal data whose time of retention is over, or of a buyer; export a buyer's data (docs/guides/personal-data.md)").add_subparsers(dest="what", required=True)
    status = group.add_parser("status", help="how much is kept, due and erased; nothing is changed")
    due = group.add_parser("due", help="erase everything that is due")
    of = group.add_parser("of", help="erase what is kept of an address or of a case; exit 1 if something must still stay")
    which = of.add_mutually_exclusive_group(required=True)
    which.add_argument("--address", default="", metavar="MAIL", help="mails from or to this address, and the dossiers of their tickets")
    which.add_argument("--case", default="", metavar="NUMBER", help="mails and dossiers of the case of this number")
    of.add_argument("--merchant", default="", metavar="NAME", help="whose case it is, where several merchants have one of this number")
    for one, run in ((status, _status), (due, _due), (of, _of)):
        one.add_argument("--home", type=Path, help="the data directory (default: AMENDS_HOME or var/amends)")
        if one is not status:
            one.add_argument("--dry-run", action="store_true", help="only say what would go and what must stay")
        one.set_defaults(run=lambda given, run=run: _in_house(given, run))
    buyer_erasure_command.register(group, _in_house)


def _in_house(given: argparse.Namespace, run: Any) -> int:
    house = open_house(given.home, connections=2)
    try:
        return int(run(house, given))
    finally:
        house.close()


def _status(house: House, _given: argparse.Namespace) -> int:
    now = house.clock.now()
    with scope(house.pool, PLATFORM) as conn:
        kept = store.retention(conn)
        counts, gone = store.counts(conn, kept.days, now), buyer_matters.erased(conn)
    print(f"结束后保存 {kept.days} 天，到期{'自动' if kept.by_itself else '手动'}清除 / kept for {kept.days} days after the end, erased {'by itself' if kept.by_itself else 'by hand'}")
    for what, (left, due, erased) in counts.items():
        print(f"{NAMES[what]}: {left} 保存中 kept, {due} 到期 due, {erased} 已清除 erased")
    waiting = buyer_erasure.erase_due(house.pool, ITSELF, now, MOST_COUNTED, dry=True)
    print(f"订单 orders: {waiting}{'+' if waiting == MOST_COUNTED else ''} 到期 due, {gone} 已清除 erased")
    return 0


def _due(house: House, given: argparse.Namespace) -> int:
    gone: Counter[str] = Counter()
    while not isinstance(done := erasure.erase_due(house.pool, ITSELF, house.clock.now(), dry=given.dry_run), Refusal) and done.gone:
        gone += done.gone
        if given.dry_run:
            break
    _tell(Erased(gone), given.dry_run)
    orders = 0
    while (n := buyer_erasure.erase_due(house.pool, ITSELF, house.clock.now(), dry=given.dry_run)) and not isinstance(n, Refusal):
        orders += n
        if given.dry_run:
            break
    print(f"{'○' if given.dry_run else '✓'} 订单 orders: {orders} {'可清除 would go' if given.dry_run else '已清除 erased'}")
    return 0


def _of(house: House, given: argparse.Namespace) -> int:
    done = erasure.erase_of(house.pool, ITSELF, house.clock.now(), address=given.address, number=given.case, merchant=given.merchant, dry=given.dry_run)
    if isinstance(done, Refusal):
        print(f"✗ {done.say('zh')} / {done.say('en')}")
        return 1
    _tell(done, given.dry_run)
    return 1 if done.stays else 0


def _tell(done: Erased, dry: bool) -> None:
    for what, name in NAMES.items():
        print(f"{'○' if dry else '✓'} {name}: {done.gone[what]} {'可清除 would go' if dry else '已清除 erased'}")
    for found, why in done.stays:
        print(f"✗ {NAMES[found.what]} {found.merchant} {found.number or found.id} · {why.say('zh')} / {why.say('en')}")
