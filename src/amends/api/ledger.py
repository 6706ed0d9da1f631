"""The ledger and refund requests (MO-3, MO-4): balances, entries by account, kind, case, order and time, and what was asked of providers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from amends.api.cases import choices
from amends.api.door import Call, Refused, Reply
from amends.api.ledger_shapes import Balance, Balances, LedgerEntry, LedgerPage, RefundFailure, RefundRequest, RefundRequestPage
from amends.api.operations import PAGING
from amends.api.pages import DEFAULT_LIMIT, cursor, instant, limit, read_cursor, word
from amends.api.shapes import Money
from amends.core.ledger import KINDS, account_of
from amends.core.refusal import Refusal
from amends.store.screens import finance, ledger

PERMISSION = "read_ledger"
ENTRY_FILTERS = ("account", "currency", "entry_kind", "case_id", "order_id", "since", "until")
REQUEST_FILTERS = ("request_state", "provider", "case_id", "order_id", "since", "until")
STATES = ("requested", "moved", "failed", "cancelled")


def balances(call: Call) -> Reply:
    """GET every account's balance."""
    call.needs(PERMISSION)
    call.known_queries()
    rows = ledger.balances(call.house.pool, call.merchant())
    return Reply(Balances([_balance(row, call) for row in rows], None))


def entries(call: Call) -> Reply:
    """GET entries, newest first; of one account with the running balance."""
    call.needs(PERMISSION)
    call.known_queries(*ENTRY_FILTERS, *PAGING)
    merchant = call.merchant()
    account = call.query("account", _account, "")
    after = call.query("cursor", read_cursor(tuple[datetime, UUID, Annotated[int, Meta(ge=0, le=9999)]]))
    want = ledger.Wanted(
        account, call.query("currency", _currency, _own(call, merchant) if account else ""), call.query("entry_kind", _kind, ""), _id(call, "case_id"), _id(call, "order_id"),
        call.query("since", instant), call.query("until", instant), (after[0], str(after[1]), after[2]) if after else None, call.query("limit", limit, DEFAULT_LIMIT),
    )
    rows = ledger.page(call.house.pool, merchant, want)
    more = cursor(*ledger.key_of(rows[want.limit - 1])) if len(rows) > want.limit else None
    return Reply(LedgerPage([_entry(row, call) for row in rows[: want.limit]], more))


def requests(call: Call) -> Reply:
    """GET refund requests and payouts, newest first."""
    call.needs(PERMISSION)
    call.known_queries(*REQUEST_FILTERS, *PAGING)
    after = call.query("cursor", read_cursor(tuple[datetime, UUID]))
    states = call.query("request_state", choices(*STATES), [])
    if len(states) > 1:
        raise Refused(Refusal("parameter_wrong", {"name": "request_state"}, "request_state"))
    want = finance.Wanted(
        "", states[0] if states else "", call.query("provider", word, ""), _id(call, "case_id"), _id(call, "order_id"), "",
        call.query("since", instant), call.query("until", instant), (after[0], str(after[1])) if after else None, call.query("limit", limit, DEFAULT_LIMIT),
    )
    rows = finance.page(call.house.pool, call.merchant(), want)
    last = rows[want.limit - 1] if len(rows) > want.limit else None
    return Reply(RefundRequestPage([_request(row) for row in rows[: want.limit]], cursor(last["requested_at"], last["id"]) if last else None))


def _id(call: Call, name: str) -> str:
    return str(call.query(name, UUID, ""))


def _own(call: Call, merchant: str) -> str:
    """The currency of the merchant's accounts: the one most entries are in, when none is named."""
    held = ledger.balances(call.house.pool, merchant)
    return max(held, key=lambda row: row["entries"])["currency"] if held else "CNY"


def _account(text: str) -> str:
    if account_of(text) is None or len(text) > 90 or not text.isprintable():
        raise ValueError(text)
    return text


def _currency(text: str) -> str:
    if len(text) != 3 or not text.isascii() or not text.isupper():
        raise ValueError(text)
    return text


def _kind(text: str) -> str:
    if text not in KINDS:
        raise ValueError(text)
    return text


def _balance(row: ledger.Row, call: Call) -> Balance:
    account = account_of(row["account"])
    name, means = ("", "") if account is None else ((account.zh, account.holds_zh), (account.en, account.holds_en))[call.at]
    return Balance(row["account"], name, means, Money(row["balance_minor"], row["currency"]), row["entries"])


def _entry(row: ledger.Row, call: Call) -> LedgerEntry:
    kind, facts = KINDS.get(row["kind"]), row["facts"] or {}
    balance = None if row["balance_minor"] is None else Money(row["balance_minor"], row["currency"])
    return LedgerEntry(
        row["movement_id"], row["line"], row["at"], row["kind"], (kind.zh, kind.en)[call.at] if kind else row["kind"], row["account"], Money(row["amount_minor"], row["currency"]), row["part"], balance,
        row["case_id"], row["case_number"], row["order_id"], row["order_number"], row["request_id"], row["compensation_id"], row["actor_name"], row["reason"], facts.get("reference") or row["reference"],
    )


def _request(row: finance.Row) -> RefundRequest:
    named: dict[str, Any] = {name: row[name] for name in RefundRequest.__struct_fields__ if name in row}
    failure = RefundFailure(row["failure_code"], row["failure_words"]) if row["state"] == "failed" else None
    return RefundRequest(**named, amount=Money(row["amount_minor"], row["currency"]), payment_ref=row["provider_ref"], failure=failure)
