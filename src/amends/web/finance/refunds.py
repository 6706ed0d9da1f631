"""Refunds, payouts and differences that wait for finance: transferred by hand, asked for again, received (MO-3, MO-5, SO-35)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.commands import Command, build
from amends.core.refusal import Refusal
from amends.core.verbs.desk import RecordTransfer
from amends.core.verbs.outside import RecordPayment, RetryRefund
from amends.engine import payout_answers
from amends.engine.handle import Asked, handle
from amends.engine.ids import is_id, new_id
from amends.store.screens import advances, ledger
from amends.store.screens import finance as reads
from amends.web import page
from amends.web.case import effect_line
from amends.web.door.account import by
from amends.web.finance import ground, table
from amends.web.finance.ground import TRANSFERS
from amends.web.rights import may

SHOWN = 200
OWED = ("buyer_refund", "compensation", "goodwill")


@ground.any_of(*TRANSFERS)
@require_safe
def refunds(request: Any) -> HttpResponse:
    """What failed, what is to be transferred or received by hand, what the providers have, and what moved lately."""
    return _page(request)


@ground.any_of(*TRANSFERS)
@require_POST
def record(request: Any) -> HttpResponse:
    """One transfer: the money of this request has gone, under this reference."""
    wanted = _request_or_404(request, ("requested", "failed"))
    command, wrong = build(RecordTransfer, {"request": wanted["id"], "reference": request.POST.get("reference", "")})
    if command is None:
        return _page(request, wrong[0], wanted["id"])
    if wanted["case_id"]:
        return _said(request, wanted, command, "recorded")
    refusal = payout_answers.record_transfer(request.house.pool, by(request), wanted["id"], request.POST.get("reference", ""), request.now)
    return _page(request, refusal, wanted["id"]) if refusal else HttpResponseRedirect(reverse("finance") + "?done=recorded")


@ground.any_of(*TRANSFERS)
@require_POST
def retry(request: Any) -> HttpResponse:
    """Ask the provider once more for what it refused."""
    wanted = _request_or_404(request, ("failed",))
    if wanted["case_id"]:
        return _said(request, wanted, RetryRefund(wanted["id"]), "retried")
    refusal = payout_answers.retry(request.house.pool, by(request), wanted["id"], request.now)
    return _page(request, refusal, wanted["id"]) if refusal else HttpResponseRedirect(reverse("finance") + "?done=retried")


@ground.any_of(*TRANSFERS)
@require_POST
def receive(request: Any) -> HttpResponse:
    """The difference of an exchange came in by hand, under this reference."""
    given, pool, merchant = request.POST, request.house.pool, request.person.merchant_id
    wanted = next((r for r in reads.charges(pool, merchant) if r["id"] == given.get("charge")), None)
    if wanted is None:
        raise Http404
    command, wrong = build(RecordPayment, {"charge": wanted["id"], "reference": given.get("reference", "")})
    return _page(request, wrong[0], wanted["id"]) if command is None else _said(request, wanted, command, "received")


def _wanted(request: Any) -> tuple[reads.Wanted, dict[str, str]] | None:
    """The filters of the address, and as they were typed; None when no case or order has the number."""
    given = request.GET
    waits = given.get("waits", "") if given.get("waits", "") in reads.WAITS else ""
    provider, number = given.get("provider", "")[:80], given.get("number", "").strip()[:64]
    what, found = reads.found(request.house.pool, request.person.merchant_id, number) if number else ("", "")
    after = ground.place(given.get("after", ""))
    place = (after[0], after[1][0]) if after and is_id(after[1][0]) else None
    want = reads.Wanted(waits, "", provider, found if what == "case_id" else "", found if what == "order_id" else "", after=place)
    return None if number and not what else (want, {"waits": waits, "provider": provider, "number": number})


@ground.any_of(*TRANSFERS, "read_ledger")
@require_safe
def requests_csv(request: Any) -> HttpResponseBase:
    """The same list, all of it, newest first, as a file that grows while it is read."""
    asked = _wanted(request)
    return table.download("refunds.csv", table.written(HEAD, _cells(request, asked[0]) if asked else (), request.lang))


HEAD = (
    ("提交时间", "Asked for"), ("单号", "Case"), ("订单", "Order"), ("赔付单", "Compensation"), ("金额", "Amount"), ("币种", "Currency"), ("渠道", "Provider"), ("状态", "State"),
    ("第几次", "Attempt"), ("流水号", "Reference"), ("到账时间", "Moved"), ("失败原因", "Why it failed"), ("请求编号", "Request"),
)


def _cells(request: Any, want: reads.Wanted) -> Iterator[list[str]]:
    want = replace(want, limit=1000, after=None)
    while True:
        rows = reads.page(request.house.pool, request.person.merchant_id, want)
        for row in rows[: want.limit]:
            failed = (row["failure_words"] or row["failure_code"] or "") if row["state"] == "failed" else ""
            yield [
                table.instant(row["requested_at"], request.zone), *(table.harmless(row[name] or "") for name in ("case_number", "order_number", "compensation_number")),
                table.decimal(row["amount_minor"], row["currency"]), row["currency"], row["provider"], row["state"], str(row["attempt"]), table.harmless(row["reference"] or ""),
                table.instant(row["moved_at"], request.zone), table.harmless(failed), row["id"],
            ]
        if len(rows) <= want.limit:
            return
        want = replace(want, after=(rows[want.limit - 1]["requested_at"], rows[want.limit - 1]["id"]))


@ground.any_of(*TRANSFERS, "read_ledger")
@require_safe
def requests(request: Any) -> HttpResponse:
    """Every refund and payout that was ever asked for, newest first, filtered."""
    pool, merchant = request.house.pool, request.person.merchant_id
    asked = _wanted(request)
    want, keep = asked or (reads.Wanted(), {"waits": "", "provider": "", "number": request.GET.get("number", "").strip()[:64]})
    rows = reads.page(pool, merchant, want) if asked else []
    more = f"{rows[want.limit - 1]['requested_at'].isoformat()}~{rows[want.limit - 1]['id']}" if len(rows) > want.limit else ""
    return ground.show(request, "finance/requests.html", "requests", {
        "rows": rows[: want.limit], "more": ground.query(reverse("finance-requests"), **keep, after=more) if more else "", "first": reverse("finance-requests") if want.after else "",
        "file": ground.query(reverse("finance-requests-csv"), **keep), "waits": keep["waits"], "provider": keep["provider"], "asked_number": keep["number"], "providers": reads.providers(pool, merchant), "all_waits": tuple(reads.WAITS), "link": lambda w: ground.query(reverse("finance-requests"), **keep | {"waits": w}),
    })


def waiting_for_finance(request: Any) -> int:
    """For the navigation: how many wait for a person."""
    return reads.waiting_for_someone(request.house.pool, request.person.merchant_id)


def _request_or_404(request: Any, states: tuple[str, ...]) -> reads.Row:
    wanted = request.POST.get("request", "")
    found = reads.one(request.house.pool, request.person.merchant_id, wanted) if is_id(wanted) else None
    if found is None or found["state"] not in states:
        raise Http404
    return found


def _said(request: Any, row: reads.Row, command: Command, done: str) -> HttpResponse:
    once = request.POST.get("command_id", "")
    asked = Asked(once if is_id(once) else new_id(), request.person.merchant_id, row["case_id"], command, request.person.actor())
    answer = handle(request.house.pool, [asked], request.now)[0]
    return _page(request, answer.refusal, row["id"]) if answer.refusal else HttpResponseRedirect(f"{reverse('finance')}?done={done}")


def _page(request: Any, refusal: Refusal | None = None, about: str = "") -> HttpResponse:
    pool, merchant = request.house.pool, request.person.merchant_id
    lists = {waits: _ready(reads.page(pool, merchant, reads.Wanted(waits, limit=SHOWN), oldest=True)[:SHOWN]) for waits in ("failed", "by_hand", "with_provider")}
    differences = _ready(reads.charges(pool, merchant))
    sums: dict[str, list[reads.Row]] = {}
    for row in reads.sums(pool, merchant):
        sums.setdefault(row["waits"], []).append(row)
    owed = [b for b in ledger.balances(pool, merchant) if b["account"] in OWED and b["balance_minor"]] if may(request.person, "read_ledger") else None
    return ground.show(request, "finance/refunds.html", "refunds", {
        **lists, "to_receive": [d for d in differences if d["provider"] == "manual"], "asked_of_buyers": [d for d in differences if d["provider"] != "manual"],
        "moved": reads.moved_lately(pool, merchant), "sums": sums, "owed": owed, "about_id": about, "typed_reference": request.POST.get("reference", ""), "shown": SHOWN,
        "advances": advances.undecided(pool, merchant), "case_links": True, "latest": lambda at: effect_line.latest(at, page.standing(request)["moment"]),
    }, refusal)


def _ready(rows: list[reads.Row]) -> list[reads.Row]:
    return [row | {"command_id": new_id()} for row in rows]
