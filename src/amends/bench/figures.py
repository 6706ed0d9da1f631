"""A measured figure, its floor and what is to be reached; the table and the JSON of a run."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(slots=True)
class Figure:
    """`value` and `floor` in `unit` (a rate, or milliseconds where less is better). `reach` says in words what the architecture page asks.

    `reached` is None where a figure only informs. `note` says what limits it or how it was taken.
    """

    work: str
    value: float
    unit: str
    reach: str
    floor: float | None = None
    reached: bool | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """The value over its floor."""
        return None if not self.floor else self.value / self.floor


def table(figures: Iterable[Figure]) -> str:
    """The run as aligned text."""
    rows = [("work", "here", "floor", "ratio", "to reach", "", "note")]
    for f in figures:
        floor = "" if f.floor is None else f"{f.floor:,.0f}" if f.floor >= 100 else f"{f.floor:,.2f}"
        here = f"{f.value:,.0f} {f.unit}" if f.value >= 100 else f"{f.value:,.2f} {f.unit}"
        rows.append((f.work, here, floor, "" if f.ratio is None else f"{f.ratio:.2f}", f.reach, {True: "yes", False: "NO", None: ""}[f.reached], f.note))
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(r, widths, strict=True)).rstrip() for r in rows)


def write(figures: Iterable[Figure], path: Path) -> None:
    """The run as JSON, one object a figure."""
    path.write_text(json.dumps([{**asdict(f), "ratio": f.ratio} for f in figures], ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
