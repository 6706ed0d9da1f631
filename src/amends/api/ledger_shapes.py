"""What balances, entries of the ledger and refund requests look like in answers."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from amends.api.shapes import Money

Signed = Annotated[Money, Meta(description="放进账户为正，取出为负。 · Above zero into the account, below zero out of it (MO-4).")]


class Balance(Struct):
    """一个账户的余额；全部账户合计永远是零。 · One account's balance; all of them together are always zero."""

    account: str
    name: str
    means: str
    balance: Signed
    entries: int


class Balances(Struct):
    """用到过的账户。 · Every account that was ever used."""

    items: list[Balance]
    next: str | None


class LedgerEntry(Struct):
    """一条分录。同一 `movement_id` 的分录合计为零。 · One entry; those of one `movement_id` sum to zero."""

    movement_id: str
    line: int
    at: datetime
    kind: str
    what: Annotated[str, Meta(description="事项，按 `Accept-Language`。 · What happened, in the language asked for.")]
    account: str
    amount: Signed
    part: str
    balance: Annotated[Money | None, Meta(description="这条之后的账户余额；只在按一个账户列出、不按其他条件筛选时有。 · The account's balance after it; only for one account's own statement.")]
    case_id: str | None
    case_number: str | None
    order_id: str | None
    order_number: str | None
    request_id: str | None
    compensation_id: str | None
    by: str | None
    reason: str
    reference: str | None


class LedgerPage(Struct):
    """一页分录，新的在前。 · A page of entries, newest first."""

    items: list[LedgerEntry]
    next: str | None


class RefundFailure(Struct):
    """支付渠道为什么拒绝。 · Why the provider refused."""

    code: str | None
    words: str | None


class RefundRequest(Struct):
    """一笔退款或付款请求。 · One refund or payout as it was asked for (MO-3)."""

    id: str
    kind: Annotated[str, Meta(description="`refund` 按原支付退回；`payout` 付给客户。 · Back the way it came, or paid out to the buyer.")]
    state: Annotated[str, Meta(description="requested, moved, failed, cancelled")]
    provider: Annotated[str, Meta(description="支付渠道；`manual` 是财务人工转账。 · `manual`: transferred by hand.")]
    amount: Money
    attempt: int
    reference: str | None
    purpose: str
    case_id: str | None
    case_number: str | None
    order_id: str | None
    order_number: str | None
    compensation_id: str | None
    payment_ref: str | None
    requested_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    moved_at: datetime | None
    failure: RefundFailure | None


class RefundRequestPage(Struct):
    """一页请求，新的在前。 · A page of requests, newest first."""

    items: list[RefundRequest]
    next: str | None
