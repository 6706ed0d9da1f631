"""What the API answers, as structs: encoding and the OpenAPI schemas are read off the same classes. Needs no web framework.

Money is integer minor units with its currency; instants are RFC 3339 in UTC; a null is written, never left out.
"""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

Minor = Annotated[int, Meta(description="货币最小单位，人民币为分：1299 是 ¥12.99 · Whole minor units of the currency: 分 for CNY. 1299 is ¥12.99.", examples=[1299])]
Code = Annotated[str, Meta(description="ISO 4217 币种 · ISO 4217 currency code.", pattern="^[A-Z]{3}$", examples=["CNY"])]
Language = Annotated[str, Meta(description="按 Accept-Language 用中文或英文 · In the language asked for by Accept-Language.")]


class Money(Struct):
    """一笔金额。 · An amount of money."""

    amount: Minor
    currency: Code


class Deadline(Struct):
    """一个期限：什么时候到，暂停时还剩多少。 · An armed clock: when it runs out, or how much is left while it is paused."""

    name: str
    due_at: datetime | None
    paused_seconds_left: int | None


class Why(Struct):
    """为什么现在不行：给程序的代码和给人的句子。 · Why a command is not possible yet: a code for machines and a sentence for people."""

    code: str
    detail: Language


class AvailableCommand(Struct):
    """调用方此刻可以做的操作；`blocked` 写明还差什么。 · A command that the caller may give in the present state; `blocked` says what still stands in its way."""

    command: str
    label: Language
    href: str
    blocked: Why | None


class CaseRow(Struct):
    """列表里的一张单。`granted` 是已决定的钱，`moved` 是已到账的钱。 · One case as lists show it. `granted` is money decided, `moved` is money paid by the provider (SO-35)."""

    id: str
    number: Annotated[str, Meta(examples=["S-2026-000123"])]
    kind: str
    merchant_id: str
    state: str
    state_label: Language
    version: Annotated[int, Meta(description="每办一次操作加一；也是 ETag · Grows by one with each accepted command; the ETag.")]
    type: str | None
    expectation: Annotated[str | None, Meta(description="客户最初的期望；改类型后仍保留 · What the buyer asked for at first; kept when the type is changed (SO-26).")]
    reason: str | None
    order_id: str | None
    line_id: str | None
    application_id: str | None
    buyer_id: str | None
    sku: str | None
    category: str | None
    quantity: int | None
    quantity_received: int | None
    waits_on: Annotated[str | None, Meta(description="等待谁；已结束为 null · Who must act next; null when the case has ended.")]
    source: Annotated[str | None, Meta(description="取消从哪里来：buyer、staff 或纠纷方案；服务单为 null · Where a cancellation came from (CA-6); null for service orders.")]
    due_at: Annotated[datetime | None, Meta(description="下一个会自动发生什么的时刻 · The next instant at which something happens by itself.")]
    assignee: str | None
    granted: Money
    granted_at: datetime | None
    moved: Money
    moved_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    updated_at: datetime


class Case(CaseRow):
    """一张单、它的期限，以及调用方此刻能做什么。 · One case with its clocks and what the caller may do with it now."""

    facts: Annotated[dict[str, Any], Meta(description="这类单的其他内容：收货、包裹、评价等 · What else is known about this kind of case: receipt, parcel, rating and so on.")]
    deadlines: list[Deadline]
    available_commands: list[AvailableCommand]


class CasePage(Struct):
    """一页单；`next` 是下一页的游标，最后一页为 null。 · A page of cases; `next` is the cursor of the following one, null at the end."""

    items: list[CaseRow]
    next: str | None


class Who(Struct):
    """谁做的：`party` 是 buyer、merchant、platform、carrier 或 system。 · Who acted: `party` is buyer, merchant, platform, carrier or system."""

    party: str
    id: str | None
    name: str | None


class Event(Struct):
    """一张单上发生的一件事。`explanation` 写明系统为什么自己办了。 · Something that happened to a case. `explanation` says why the house acted by itself (SO-25)."""

    version: int
    name: str
    at: datetime
    by: Who
    body: dict[str, Any]
    explanation: dict[str, Any] | None


class EventPage(Struct):
    """一张单的一页事件，先发生的在前。 · A page of a case's events, oldest first."""

    items: list[Event]
    next: str | None


class Done(Struct):
    """操作已办：这张单现在的状态。 · A command that was accepted: where the case stands now."""

    id: str
    number: str
    state: str
    version: int
    event: str


class Foreseen(Struct):
    """操作会带来什么（dry_run）：什么都没有写入。 · What a command would do (dry_run): nothing has been written (SO-33)."""

    dry_run: bool
    id: str
    number: str
    state: str
    version: int
    event: str
    plan: Annotated[dict[str, Any], Meta(description="随之而来的状态、金额（谁付多少）、库存、期限和消息 · State, money (who pays what), stock, clocks and messages that would follow.")]


class FieldError(Struct):
    """某一项哪里不对；`field` 为 null 时说的是整份内容。 · What is wrong with one field; `field` is null when it is about the whole body."""

    field: str | None
    code: str
    detail: Language


class LastAct(Struct):
    """谁先了一步，做了什么，什么时候。 · Who was quicker, with what and when (SO-22)."""

    event: str
    name: str
    at: datetime


class Instead(Struct):
    """应改用的地址：收货前走取消订单，收货后走服务单。 · The address to use instead: cancellations before receipt, service orders after it (OR-5)."""

    collection: Annotated[str, Meta(examples=["cancellations"])]
    href: Annotated[str, Meta(examples=["/api/v1/cancellations"])]


class Problem(Struct, omit_defaults=True):
    """RFC 9457。`type` 和 `code` 不变；`detail` 给人看，说明该怎么做。 · RFC 9457. `type` and `code` are stable; `detail` is for people and says what to do instead."""

    type: Annotated[str, Meta(examples=["/api/problems/not_now"])]
    title: Language
    status: int
    detail: Language
    code: str
    errors: list[FieldError] = []
    state: str | None = None
    version: int | None = None
    possible: Annotated[list[str] | None, Meta(description="这位调用方此刻可用的操作 · The commands possible now, for this caller (SO-21).")] = None
    last: LastAct | None = None
    instead: Instead | None = None


class ItemResult(Struct):
    """批量中的一单：`status` 与单独发送时相同；`done`、`foreseen`、`problem` 三者有其一。 · One case of a batch: `status` as if it had been sent alone; either `done`, or `plan` for a dry run, or `problem`."""

    id: str
    status: int
    done: Done | None
    foreseen: Foreseen | None
    problem: Problem | None


class BatchResult(Struct):
    """每单各有结果，按发送的顺序；一单被拒不影响其他单。 · Every case with its own result, in the order asked; one refusal never spoils the rest (SO-7)."""

    done: int
    refused: int
    dry_run: bool
    results: list[ItemResult]
