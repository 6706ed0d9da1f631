"""Entries of the ledger in the reader's words: what happened, to which purse, for whom, under which number (MO-4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.core.ledger import ACCOUNTS, KINDS, PARTS, PROVIDER, account_of
from amends.store.screens.ledger import Row
from amends.web import catalogue, show, wording

TELLING = ("goods", "freight_out", "freight_kept")
"""Parts that say more than what happened says already."""
ORDER = {code: n for n, code in enumerate(ACCOUNTS)}


@dataclass(slots=True)
class Line:
    """One entry as it is shown: amounts as written, `notes` each a short phrase; what it is about by number and id."""

    at: datetime
    kind: str
    words: str
    account: str
    account_code: str
    part: str
    amount: str
    minor: int
    balance: str
    movement: str
    notes: list[str] = field(default_factory=list)
    case: tuple[str, str] | None = None
    order: tuple[str, str] | None = None
    request: str = ""


def account(code: str, lang: str) -> str:
    """商家货款 / Merchant settlement; a provider by its name."""
    found = account_of(code)
    if found is None:
        return code
    name = (found.zh, found.en)[wording.at(lang)]
    if not code.startswith(PROVIDER):
        return name
    provider = code.removeprefix(PROVIDER)
    return f"{name} · {catalogue.say(lang, 'finance.by_hand') if provider == 'manual' else wording.way(provider, lang)}"


def meaning(code: str, lang: str) -> str:
    """What a balance above and below zero means."""
    found = account_of(code)
    return (found.holds_zh, found.holds_en)[wording.at(lang)] if found else ""


def kind(code: str, lang: str) -> str:
    """What happened."""
    found = KINDS.get(code)
    return (found.zh, found.en)[wording.at(lang)] if found else code


def sorted_balances(rows: list[Row]) -> list[Row]:
    """Balances in the order of the accounts, providers last."""
    return sorted(rows, key=lambda r: (ORDER.get(r["account"], len(ORDER)), r["account"], r["currency"]))


def line(row: Row, lang: str) -> Line:
    """One row of `store.screens.ledger` in words."""
    said, currency = KINDS.get(row["kind"]), row["currency"]
    words = (said.words_zh, said.words_en)[wording.at(lang)] if said else ""
    part = PARTS[row["part"]][wording.at(lang)] if row["part"] in TELLING else ""
    balance = "" if row["balance_minor"] is None else show.money(row["balance_minor"], currency)
    return Line(
        row["at"], kind(row["kind"], lang), words, account(row["account"], lang), row["account"], part, show.money(row["amount_minor"], currency, signed=True), row["amount_minor"], balance,
        row["movement_id"], notes(row, lang), (row["case_id"], row["case_number"] or "") if row["case_id"] else None,
        (row["order_id"], row["order_number"] or "") if row["order_id"] else None, row["request_id"] or "",
    )


def notes(row: Row, lang: str) -> list[str]:
    """Who, under which reference, why, and what went back besides money."""
    facts: dict[str, Any] = row["facts"] or {}
    out = [row["actor_name"]] if row["actor_name"] and row["actor_kind"] in ("merchant", "platform") else []
    if reference := facts.get("reference") or row["reference"]:
        out.append(catalogue.say(lang, "finance.under", reference=reference))
    for medium, worth in (facts.get("in_kind") or {}).items():
        out.append(catalogue.say(lang, f"finance.in_kind_{medium}", amount=show.money(worth, row["currency"])))
    if row["reason"]:
        key = f"choice.adjust_reason_{row['reason']}"
        out.append(catalogue.say(lang, "finance.before") if row["reason"] == "before the ledger" else catalogue.say(lang, key) if key in catalogue.words() else row["reason"])
    return out
