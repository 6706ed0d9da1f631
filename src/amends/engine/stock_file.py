"""Stock out of a file: CSV, XLSX or JSON Lines with a header, read as orders are; first tried, then taken in (ST-K4)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from amends.core.refusal import Refusal
from amends.engine.audit import By
from amends.engine.importing.source import Source, Unreadable
from amends.engine.importing.tables import rows_of
from amends.engine.stocktaking import MOST, Said, Told, say, wrong
from amends.store.connect import Pool

MOST_BYTES = 8 * 2**20
COLUMNS: dict[str, tuple[str, ...]] = {
    "sku": ("sku", "SKU", "商品编码", "货号"), "warehouse": ("warehouse", "仓库"), "on_hand": ("on_hand", "现有数量", "库存", "数量"), "change": ("change", "增减数量", "增减"),
    "version": ("version", "版本"), "message_id": ("message_id", "消息编号"),
}
"""What columns may be called."""


@dataclass(slots=True)
class Line:
    """One row of the file: its number, what it says, and what was or would become of it."""

    line: int
    said: Said
    told: Told | None = None
    refusal: Refusal | None = None


@dataclass(slots=True)
class Read:
    """A file as it was read. `mark`: what its differences are known by, so that the same file counts once."""

    name: str
    lines: list[Line] = field(default_factory=list)
    mark: str = ""

    def counts(self) -> dict[str, int]:
        """How many rows came to which end."""
        found: dict[str, int] = {}
        for line in self.lines:
            result = "refused" if line.refusal else line.told.result if line.told else "waiting"
            found[result] = found.get(result, 0) + 1
        return found

    def kept(self) -> str:
        """The rows as text, to be sent back with the second step."""
        return json.dumps([self.name, self.mark, [[x.line, x.said.sku, x.said.warehouse, x.said.on_hand, x.said.change, x.said.version, x.said.message] for x in self.lines]])


def read(name: str, content: bytes) -> Read | Refusal:
    """The rows of a file; refused when it cannot be read, lacks a column or is too long."""
    try:
        header, rows = rows_of(Source(name, content=content))
        places = {field_: next((header.index(word) for word in words if word in header), None) for field_, words in COLUMNS.items()}
        if places["sku"] is None or (places["on_hand"] is None and places["change"] is None):
            return Refusal("stock_file_columns", {"columns": "SKU" if places["sku"] is None else "on_hand / 现有数量"}, "file")
        found = Read(name, mark=hashlib.sha256(content).hexdigest()[:24])
        for row in rows:
            if len(found.lines) >= MOST:
                return Refusal("stock_file_long", {"most": MOST}, "file")
            cells = {field_: row.cells[at] if at is not None and at < len(row.cells) else "" for field_, at in places.items()}
            found.lines.append(_line(row.line, cells, found.mark, row.damage))
    except Unreadable as trouble:
        return trouble.refusal
    except Exception:  # a file can be broken in more ways than can be named; whatever its reader says, it is not a file of stock
        return Refusal("stock_file_unreadable", field="file")
    return found if found.lines else Refusal("stock_file_unreadable", field="file")


def again(text: str) -> Read | None:
    """Rows that `kept` wrote; None for anything else."""
    try:
        name, mark, rows = json.loads(text)
        lines = [Line(int(n), Said(str(sku), str(warehouse), on_hand, change, version, str(message))) for n, sku, warehouse, on_hand, change, version, message in rows]
    except (ValueError, TypeError):
        return None
    numbers = [v for x in lines for v in (x.said.on_hand, x.said.change, x.said.version) if v is not None]
    if len(lines) > MOST or not all(isinstance(v, int) and not isinstance(v, bool) for v in numbers):
        return None
    return Read(str(name)[:200], lines, str(mark)[:64])


def take(pool: Pool, by: By, merchant_id: str, found: Read, now: datetime, *, dry_run: bool) -> Refusal | None:
    """Take the rows in, or say what would become of them; each row keeps its own answer."""
    good = [line for line in found.lines if line.refusal is None]
    if not good:
        return None
    told = say(pool, by, merchant_id, [line.said for line in good], now, source="file", dry_run=dry_run)
    if isinstance(told, Refusal):
        return told
    for line, answer in zip(good, told, strict=True):
        line.told, line.refusal = answer, answer.refusal
    return None


def refused(found: Read) -> Iterator[Line]:
    """Rows that were not taken in."""
    return (line for line in found.lines if line.refusal is not None)


def _line(number: int, cells: dict[str, str], mark: str, damage: Refusal | None) -> Line:
    numbers: dict[str, int | None] = {}
    refusal = damage
    for name, least in (("on_hand", 0), ("change", -(10**9)), ("version", 1)):
        text = cells[name].replace(",", "").replace("\N{MINUS SIGN}", "-").removeprefix("+")
        numbers[name] = int(text) if text.removeprefix("-").isdecimal() and len(text) < 16 else None
        if text and numbers[name] is None:
            refusal = refusal or Refusal("stock_number_wrong", {"name": f"{COLUMNS[name][1]} / {name}", "least": least, "most": 10**9}, name)
    message = cells["message_id"] or (f"{mark}:{number}" if numbers["change"] is not None else "")
    said = Said(cells["sku"], cells["warehouse"], numbers["on_hand"], numbers["change"], numbers["version"], message[:120])
    return Line(number, said, refusal=refusal or wrong(said))


def template() -> Sequence[Sequence[str]]:
    """A file to begin with: header and two rows."""
    return (("SKU", "仓库", "现有数量", "增减数量", "版本", "消息编号"), ("CUP-BLUE-400", "", "24", "", "", ""), ("CUP-RED-400", "", "", "-2", "", "2026-03-02-001"))
