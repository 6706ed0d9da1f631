"""Tables to take along: CSV that grows while it is read, harmless to spreadsheets, amounts as plain decimals."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import StreamingHttpResponse

from amends.core.money import exponent

Head = Sequence[tuple[str, str]]
"""The columns' names in both languages."""


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        """The row as text."""
        return text


def download(name: str, rows: Iterator[str]) -> StreamingHttpResponse:
    """An answer that a browser keeps as a file."""
    answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def written(head: Head, rows: Iterable[Sequence[str]], lang: str) -> Iterator[str]:
    """Rows as CSV, one text each; the first carries the mark by which spreadsheets know UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(pair[0 if lang == "zh" else 1] for pair in head)
    for row in rows:
        yield writer.writerow(row)


def instant(at: datetime | None, zone: ZoneInfo) -> str:
    """In the reader's zone, with its offset; empty for none."""
    return at.astimezone(zone).isoformat(timespec="seconds") if at else ""


def decimal(minor: int, currency: str) -> str:
    """-199.00: digits as the currency has them, for machines."""
    digits = exponent(currency)
    whole, fraction = divmod(abs(minor), 10**digits)
    return f"{'-' if minor < 0 else ''}{whole}" + (f".{fraction:0{digits}d}" if digits else "")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
