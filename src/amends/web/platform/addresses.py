"""Where the platform's console shows a case."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from amends.core.cases import TABLES

DESKS = {"dispute": "dispute-desk", "ticket": "ticket-desk"}
"""Kinds with a desk of their own."""


def case_address(row: dict[str, Any]) -> str:
    """The page of a case; for kinds without a table yet the list with that number."""
    if row["kind"] in DESKS:
        return str(reverse(DESKS[row["kind"]], args=[row["merchant_id"], row["id"]]))
    if row["kind"] in TABLES:
        return str(reverse("platform-case", kwargs={"merchant_id": row["merchant_id"], "case_id": row["id"]}))
    return f"{reverse('platform-cases')}?{urlencode({'f': '1', 'number': row['number'], 'merchant': row['merchant_id']})}"
