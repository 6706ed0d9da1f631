"""`amends erase buyer` and `amends erase export`: erasing one buyer, and giving a copy of what is kept of them (ST-10). Whoever runs them holds the database; the log says that it was the system."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from amends.core.actor import SYSTEM
from amends.core.erasable import WHY
from amends.core.refusal import Refusal
from amends.engine import buyer_erasure, buyer_export
from amends.engine.audit import By
from amends.engine.erasure import ITSELF
from amends.engine.house import House
from amends.store.buyer_matters import Buyer

COPYING = By(replace(SYSTEM, permissions=frozenset({buyer_export.PERMISSION})))


def register(group: Any, in_house: Callable[[argparse.Namespace, Any], int]) -> None:
    """Add the two commands beside `amends erase due`."""
    buyer = group.add_parser("buyer", help="erase everything that is kept of a buyer and may go, the rest on its day; exit 1 if something must still stay")
    export = group.add_parser("export", help="a ZIP of everything that is kept of a buyer: a page to read, data and photos")
    for one, run in ((buyer, _buyer), (export, _export)):
        one.add_argument("who", metavar="BUYER", help="the buyer's id, the number of an order or a case, or the receiver's phone")
        one.add_argument("--merchant", default="", metavar="NAME", help="at which merchant, where several have this buyer")
        one.add_argument("--why", choices=WHY, default="buyer_asked", help="the reason, as it stands in the log")
        one.add_argument("--reference", default="", metavar="NUMBER", help="a ticket's or letter's number for the log; no name")
        one.add_argument("--home", type=Path, help="the data directory (default: AMENDS_HOME or var/amends)")
        one.set_defaults(run=lambda given, run=run: in_house(given, run))
    buyer.add_argument("--dry-run", action="store_true", help="only say what would go and what must stay")
    export.add_argument("--out", type=Path, required=True, metavar="ZIP", help="where to; readable by you alone")
    export.add_argument("--language", choices=("zh-CN", "en"), default="zh-CN")


def _buyer(house: House, given: argparse.Namespace) -> int:
    who = _who(house, given)
    if who is None:
        return 1
    now = house.clock.now()
    if given.dry_run:
        kept = buyer_erasure.look(house.pool, ITSELF, who.merchant_id, who.buyer_id, now)
        assert not isinstance(kept, Refusal)
        for one, why in kept:
            print(f"✗ {why.say('zh')} / {why.say('en')}" if why else f"○ {one.number} 可清除 would go")
        return 1 if any(why for _, why in kept) else 0
    ident = buyer_erasure.ask(house.pool, ITSELF, who.merchant_id, who.buyer_id, given.why, given.reference, now)
    if isinstance(ident, Refusal):
        print(f"✗ {ident.say('zh')} / {ident.say('en')}")
        return 1
    total = 0
    while not isinstance(done := buyer_erasure.turn(house.pool, ITSELF, ident, now), Refusal) and done.gone:
        total += done.gone
    assert not isinstance(done, Refusal)
    print(f"✓ {who.merchant}: {total} 已清除 erased")
    for _, why in done.stays:
        print(f"✗ {why.say('zh')} / {why.say('en')}")
    return 1 if done.stays else 0


def _export(house: House, given: argparse.Namespace) -> int:
    who = _who(house, given)
    if who is None:
        return 1
    data = buyer_export.write(house, COPYING, who.merchant_id, who.buyer_id, given.why, given.reference, house.clock.now(), language=given.language)
    if isinstance(data, Refusal):
        print(f"✗ {data.say('zh')} / {data.say('en')}")
        return 1
    with os.fdopen(os.open(given.out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(data)
    print(f"✓ {given.out} · {len(data)} bytes")
    return 0


def _who(house: House, given: argparse.Namespace) -> Buyer | None:
    found = buyer_erasure.find(house.pool, ITSELF, given.who)
    assert not isinstance(found, Refusal)
    mine = [one for one in found if given.merchant in ("", one.merchant, one.merchant_id)]
    if len(mine) == 1:
        return mine[0]
    if not mine:
        why = Refusal("buyer_unknown")
        print(f"✗ {why.say('zh')} / {why.say('en')}")
    for one in mine:
        print(f"✗ --merchant \"{one.merchant}\" {one.buyer_id}: {one.orders} 订单 orders, {one.cases} 单据 cases")
    return None
