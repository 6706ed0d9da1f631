"""The mails of a ticket as its pages show them beside it: merchant and platform see which arrived, and why one did not (TI-4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from amends.engine.mailboxes import PERMISSION
from amends.store.connect import scope
from amends.store.screens import mails as reads
from amends.web.mail.telling import TONES, note, undelivered
from amends.web.rights import may


@dataclass(slots=True)
class Mails:
    """Rows of the card; `open`: the reader may look at each on the platform's mail pages."""

    rows: list[dict[str, Any]]
    open: bool


def mails_of(request: Any, merchant: str, case_id: str) -> Mails:
    """The mails of this ticket, oldest first, with what became of each in words."""
    with scope(request.house.pool, UUID(merchant)) as conn:
        rows = reads.of_ticket(conn, merchant, case_id)
    for row in rows:
        undone = row["direction"] == "out" and row["status"] in ("bounced", "refused", "queued")
        row["other"] = (row["sender_name"] or row["sender"]) if row["direction"] == "in" else row["recipient"]
        row["tone"] = TONES[row["status"]]
        row["why"] = undelivered(row, request.lang) if undone else note(row | {"by_name": ""}, request.lang) if row["kind"] != "mail" or row["status"] != "placed" else ""
    return Mails(rows, request.person.merchant_id is None and may(request.person, PERMISSION))
