"""What is on hand, as people, files, the API and ERPs say: counts and differences, each once and late ones without harm (ST-K4).

A count says how many there are; one with a version older than the last one known is stale. A difference says how many more or fewer; it is
counted once by its message id. A difference with a version is part of every count of a later version and stands beside every earlier one, so
that messages may come in any order and the end is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from amends.core.actor import Actor
from amends.core.refusal import Refusal
from amends.core.stock import judge
from amends.engine.audit import By, record
from amends.engine.shelves import Shelves
from amends.store import stocktaking
from amends.store.connect import Pool, scope

MOST = 5000
"""Lines of one message; longer ones are sent in parts."""
MOST_PIECES = 10**9
MOST_VERSION = 2**62


@dataclass(frozen=True, slots=True)
class Said:
    """One line about one place: `on_hand` or `change`, never both. `message`: what it is known by when it is sent again ("" for a person's count)."""

    sku: str
    warehouse: str = ""
    on_hand: int | None = None
    change: int | None = None
    version: int | None = None
    message: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """SKU and warehouse."""
        return self.sku, self.warehouse


@dataclass(slots=True)
class Told:
    """What became of a line: `result` is counted, changed, stale, again or refused; counts of the place after it."""

    sku: str
    warehouse: str
    result: str
    on_hand: int = 0
    held: int = 0
    version: int = 0
    refusal: Refusal | None = None


def set_on_hand(pool: Pool, by: By, merchant_id: str, sku: str, warehouse: str, on_hand: int, now: datetime, version: int | None = None) -> Told | Refusal:
    """A person's or a key's count of one place; refused when more is held for cases, or without the permission `manage_stock`."""
    told = say(pool, by, merchant_id, [Said(sku, warehouse, on_hand, version=version)], now)
    if isinstance(told, Refusal):
        return told
    return told[0].refusal or told[0]


def say(pool: Pool, by: By, merchant_id: str, lines: Sequence[Said], now: datetime, *, source: str = "", dry_run: bool = False) -> list[Told] | Refusal:
    """Take lines in on behalf of somebody with the permission `manage_stock`; answers each in its order, good ones whatever the others are."""
    if refusal := by.lacks("manage_stock"):
        return refusal
    if not 1 <= len(lines) <= MOST:
        return Refusal("stock_count_wrong", {"most": MOST}, "items")
    with scope(pool, UUID(merchant_id)) as conn:
        return take_in(conn, by, merchant_id, lines, now, source or f"key:{by.actor.id}", dry_run=dry_run)


def take_in(conn: Any, by: By, merchant_id: str, lines: Sequence[Said], now: datetime, source: str, *, dry_run: bool = False) -> list[Told]:
    """The same inside a transaction, for whoever has asked for the right to already. `source` names whose message ids these are."""
    taking = _Taking(conn, merchant_id, lines, now, source, dry_run)
    told = [taking.one(line, by.actor) for line in lines]
    if not dry_run:
        taking.write(by)
    return told


class _Taking:
    """Lines of one message while they are taken in, folded so that later ones see earlier ones."""

    def __init__(self, conn: Any, merchant_id: str, lines: Sequence[Said], now: datetime, source: str, dry_run: bool) -> None:
        self.conn, self.merchant_id, self.now, self.source = conn, merchant_id, now, source
        places = sorted({line.place for line in lines if not wrong(line)})
        self.counts = stocktaking.counts(conn, merchant_id, places, now, lock=not dry_run)
        self.later = stocktaking.later(conn, merchant_id, places) if any(line.version is not None for line in lines) else {}
        self.seen = stocktaking.seen(conn, merchant_id, source, [line.message for line in lines if line.message])
        self.shelves = Shelves([])
        self.messages: list[dict[str, Any]] = []
        self.versions: dict[tuple[str, str], int] = {}
        self.before: dict[tuple[str, str], int] = {}

    def one(self, line: Said, actor: Actor) -> Told:
        """Judge one line and count it if it counts."""
        if refusal := wrong(line):
            return Told(line.sku, line.warehouse, "refused", refusal=refusal)
        on_hand, held, quarantine, known = self.counts.get(line.place, (0, 0, 0, 0))
        verdict = judge(line.version, known, bool(line.message) and line.message in self.seen)
        if verdict != "new":
            return Told(line.sku, line.warehouse, verdict, on_hand, held, known)
        is_count = line.on_hand is not None
        becomes = (line.on_hand or 0) + self._since(line) if is_count else on_hand + (line.change or 0)
        if refusal := _too_few(line, becomes, on_hand, held):
            return Told(line.sku, line.warehouse, "refused", on_hand, held, known, refusal)
        if is_count and line.version is not None:
            known = self.versions[line.place] = line.version
        if not is_count and line.version is not None:
            self.later.setdefault(line.place, []).append((line.version, line.change or 0))
        self.before.setdefault(line.place, on_hand)
        self.counts[line.place] = (becomes, held, quarantine, known)
        self.shelves.count(line.sku, line.warehouse, becomes - on_hand, actor, "counted" if is_count else "changed", self.source if line.message else "")
        self._remember(line, is_count)
        return Told(line.sku, line.warehouse, "counted" if is_count else "changed", becomes, held, known)

    def write(self, by: By) -> None:
        """Everything that counted, with one line in the log for all of it."""
        stocktaking.run(self.conn, self.merchant_id, self.shelves.rows(), self.now)
        versions = [{"sku": sku, "warehouse": warehouse, "version": version} for (sku, warehouse), version in self.versions.items()]
        stocktaking.keep(self.conn, self.merchant_id, self.source, self.messages, versions, self.now)
        changed = {place: was for place, was in self.before.items() if self.counts[place][0] != was}
        if len(changed) == 1:
            ((sku, warehouse), was), = changed.items()
            subject = ("stock", f"{sku}@{warehouse}" if warehouse else sku)
            after = {"on_hand": self.counts[sku, warehouse][0]}
            record(self.conn, by, self.now, "stock_counted", subject, before={"on_hand": was}, after=after, merchant_id=self.merchant_id)
        elif changed:
            record(self.conn, by, self.now, "stock_counted", ("stock", ""), after={"places": len(changed), "source": self.source}, merchant_id=self.merchant_id)

    def _since(self, line: Said) -> int:
        """Differences of a later version than this count: they happened after it."""
        version = line.version
        return 0 if version is None else sum(change for later, change in self.later.get(line.place, ()) if later > version)

    def _remember(self, line: Said, is_count: bool) -> None:
        if line.message:
            self.seen.add(line.message)
            change = None if is_count else line.change
            self.messages.append({"message": line.message, "sku": line.sku, "warehouse": line.warehouse, "version": line.version, "change": change})


def wrong(line: Said) -> Refusal | None:
    """What is wrong with a line by itself."""
    if not 1 <= len(line.sku) <= 64 or not line.sku.isprintable() or line.sku != line.sku.strip():
        return Refusal("sku_wrong", field="sku")
    if len(line.warehouse) > 64 or not line.warehouse.isprintable() or line.warehouse != line.warehouse.strip():
        return Refusal("warehouse_wrong", field="warehouse")
    if (line.on_hand is None) == (line.change is None):
        return Refusal("stock_either", field="on_hand")
    for name, value, least, most in (("on_hand", line.on_hand, 0, MOST_PIECES), ("change", line.change, -MOST_PIECES, MOST_PIECES), ("version", line.version, 1, MOST_VERSION)):
        if value is not None and not least <= value <= most:
            return Refusal("stock_number_wrong", {"name": name, "least": least, "most": most}, name)
    if line.change is not None and not line.message:
        return Refusal("stock_message_missing", field="message_id")
    return None


def _too_few(line: Said, becomes: int, on_hand: int, held: int) -> Refusal | None:
    if becomes >= held and becomes <= MOST_PIECES:
        return None
    if becomes > MOST_PIECES:
        return Refusal("stock_number_wrong", {"name": "on_hand", "least": 0, "most": MOST_PIECES}, "on_hand")
    if line.on_hand is not None:
        return Refusal("stock_held", {"sku": line.sku, "held": held, "asked": becomes}, "on_hand")
    return Refusal("stock_below_zero", {"sku": line.sku, "free": on_hand - held, "asked": -(line.change or 0)}, "change")
