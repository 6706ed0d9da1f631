"""The ledger's pages of a merchant: its accounts, and the statement of one with its running balance; both to be taken along as CSV (MO-4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from amends.core.ledger import ACCOUNTS, KINDS, account_of
from amends.engine.ids import is_id
from amends.store.screens import finance as requests
from amends.store.screens import ledger
from amends.web.finance import ground, lines, table
from amends.web.gate import staff

PERMISSION = "read_ledger"


@dataclass(slots=True)
class Asked:
    """The filters of a statement as typed, and what they ask of the store; `unknown`: no case or order has this number."""

    want: ledger.Wanted
    typed: dict[str, str]
    unknown: bool = False


@staff(PERMISSION)
@require_safe
def accounts(request: Any) -> HttpResponse:
    """Every account with its balance and what that means."""
    rows = lines.sorted_balances(ledger.balances(request.house.pool, request.person.merchant_id))
    known = {r["account"] for r in rows}
    rest = [code for code in ACCOUNTS if code not in known]
    return ground.show(request, "finance/accounts.html", "accounts", {"rows": rows, "rest": rest, **words(request), "link": lambda r: ground.query(reverse("ledger-statement"), account=r["account"], currency=r["currency"])})


@staff(PERMISSION)
@require_safe
def statement(request: Any) -> HttpResponse:
    """One account, or the whole journal, newest first."""
    context = of_merchant(request, request.person.merchant_id, request.person.currency, reverse("ledger-statement"), reverse("ledger-csv"))
    return ground.show(request, "finance/statement.html", "statement", context)


@staff(PERMISSION)
@require_safe
def as_csv(request: Any) -> HttpResponseBase:
    """The same entries, oldest first, as a file that grows while it is read."""
    return csv_of(request, request.person.merchant_id, request.person.currency)


def words(request: Any) -> dict[str, Any]:
    """What the ledger's templates say."""
    lang = request.lang
    return {"account_name": lambda code: lines.account(code, lang), "meaning": lambda code: lines.meaning(code, lang), "kind_name": lambda code: lines.kind(code, lang)}


def asked(request: Any, merchant_id: str, currency: str) -> Asked:
    """The filters out of the address; what is no account, kind or day is left out."""
    given = request.GET
    account, kind, number = given.get("account", ""), given.get("kind", ""), given.get("number", "").strip()[:64]
    account = account if account_of(account) else ""
    typed = {
        "account": account, "currency": given.get("currency", "")[:3].upper() or currency, "kind": kind if kind in KINDS else "", "number": number,
        "since": ground.typed_day(request, "since"), "until": ground.typed_day(request, "until"),
    }
    what, found = requests.found(request.house.pool, merchant_id, number) if number else ("", "")
    at = ground.place(given.get("after", ""))
    after = (at[0], at[1][0], int(at[1][1])) if at and len(at[1]) == 2 and is_id(at[1][0]) and at[1][1].isdecimal() else None
    want = ledger.Wanted(
        account, typed["currency"] if account else "", typed["kind"], found if what == "case_id" else "", found if what == "order_id" else "",
        ground.begins(request, typed["since"]), ground.begins(request, typed["until"], after=1), after,
    )
    return Asked(want, typed, bool(number and not what))


def of_merchant(request: Any, merchant_id: str, currency: str, here: str, file: str, *, links: bool = True) -> dict[str, Any]:
    """What the statement's template says about one merchant; `here` and `file` are the addresses of the page and of its file."""
    pool, lang = request.house.pool, request.lang
    held = lines.sorted_balances(ledger.balances(pool, merchant_id))
    given = asked(request, merchant_id, currency)
    want, typed = given.want, given.typed
    rows = [] if given.unknown else ledger.page(pool, merchant_id, want)
    shown, last = rows[: want.limit], rows[want.limit - 1] if len(rows) > want.limit else None
    more = f"{last['at'].isoformat()}~{last['movement_id']}~{last['line']}" if last else ""
    names = list(dict.fromkeys([*ACCOUNTS, *(r["account"] for r in held)]))
    return {
        **words(request), "rows": [lines.line(row, lang) for row in shown], "typed": typed, "period": ledger.period(pool, merchant_id, want) if want.whole else None, "whole": want.whole, "links": links,
        "more": ground.query(here, **typed, after=more) if more else "", "first": ground.query(here, **typed) if want.after else "", "file": ground.query(file, **typed), "here": here,
        "accounts": names, "kinds": list(KINDS), "currencies": sorted({r["currency"] for r in held} | {typed["currency"]}), "filtered": any(v for k, v in typed.items() if k not in ("account", "currency")),
    }


def csv_of(request: Any, merchant_id: str, currency: str) -> StreamingHttpResponse:
    """Entries as CSV: UTF-8 with a mark for spreadsheets, times in the reader's zone, amounts as plain decimals."""
    given = asked(request, merchant_id, currency)
    rows = iter(()) if given.unknown else ledger.stream(request.house.pool, merchant_id, given.want)
    name = f"ledger-{given.typed['account'].replace(':', '-') or 'all'}.csv"
    return table.download(name, table.written(HEAD, (_cells(request, row) for row in rows), request.lang))


def _cells(request: Any, row: ledger.Row) -> list[str]:
    said = lines.line(row, request.lang)
    balance = "" if row["balance_minor"] is None else table.decimal(row["balance_minor"], row["currency"])
    return [
        table.instant(row["at"], request.zone), said.kind, said.account, said.part, table.decimal(row["amount_minor"], row["currency"]), row["currency"], balance,
        table.harmless(said.case[1] if said.case else ""), table.harmless(said.order[1] if said.order else ""), table.harmless("; ".join(said.notes)), row["movement_id"],
    ]


HEAD = (
    ("时间", "Time"), ("事项", "What happened"), ("账户", "Account"), ("部分", "Part"), ("金额", "Amount"), ("币种", "Currency"), ("余额", "Balance"), ("单号", "Case"), ("订单", "Order"),
    ("说明", "Notes"), ("记账编号", "Movement"),
)
