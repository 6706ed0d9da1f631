"""One line of a list of cases, and the statement that reads such lines by their ids: each value is said once, beside its name (UI-1, SO-9)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class QueueRow:
    """One line of a list. Money in minor units of `currency`; `amount` is what was paid for the goods of this case; `receiver` is not yet masked.

    `clock` says what happens at zero (`then`) and by which pack and version; `verdict` what the buyer was told on applying. `lines` is how many
    lines of its order it is about, `source` where it came from (CA-6), `intercept` how far the carrier was asked to stop the parcel, `region` the province that suspensions look at.
    Of a dispute: the `plan` chosen (DI-2), what the buyer demands in minor units, and the number of what is in dispute. `red_at`: from when it is red whatever its clock says (TI-2).
    """

    rank: int
    id: str
    number: str
    state: str
    version: int
    type: str | None
    expectation: str | None
    reason: str | None
    sku: str | None
    quantity: int | None
    parcel_state: str | None
    assignee: str | None
    assignee_name: str | None
    waits_on: str | None
    due_at: datetime | None
    alert: str | None
    alert_open: bool
    alert_words: dict[str, Any] | None
    late: bool
    currency: str | None
    amount: int | None
    granted: int
    moved: int
    opened_at: datetime
    closed_at: datetime | None
    updated_at: datetime
    title: str
    photos: int
    verdict: dict[str, Any] | None
    clock: dict[str, Any] | None
    reason_zh: str
    reason_en: str
    fault: str | None
    description: str
    attributes: dict[str, Any]
    buyer_id: str | None
    receiver: str | None
    buyer_cases: int
    order_number: str | None
    kind: str
    lines: int
    source: str | None
    intercept: str | None
    shipped_at: datetime | None
    mode: str | None
    platform_delivery: bool
    region: str
    priority: str
    plan: str
    demand_amount: int | None
    parent_number: str
    red_at: datetime | None


_SOURCES = {
    "rank": "k.rank", "id": "c.id::text", "assignee": "c.assignee::text", "amount": "c.amount_minor", "granted": "c.granted_minor", "moved": "c.moved_minor",
    "assignee_name": "coalesce(p.name, c.facts ->> 'assignee_name')",
    "alert_open": "coalesce((c.facts ->> 'alert_open')::boolean, false)",
    "alert_words": "case when c.alert is not null and jsonb_typeof(c.facts -> 'alert') = 'object' then c.facts -> 'alert' end",
    "late": "coalesce((c.facts ->> 'late')::boolean, false)",
    "title": "coalesce(l.title, c.facts ->> 'title', c.sku, '')",
    "photos": "case when jsonb_typeof(c.facts -> 'photos') = 'array' then jsonb_array_length(c.facts -> 'photos') else 0 end",
    "verdict": "case when jsonb_typeof(c.facts -> 'verdict') = 'object' then c.facts -> 'verdict' end",
    "clock": "case when jsonb_typeof(c.facts -> 'clock') = 'object' then c.facts -> 'clock' end",
    "reason_zh": "coalesce(c.facts ->> 'reason_zh', c.reason, '')", "reason_en": "coalesce(c.facts ->> 'reason_en', c.reason, '')",
    "description": "left(coalesce(c.facts ->> 'description', ''), 80)",
    "attributes": "coalesce(s.attributes, '{}')",
    "receiver": "o.receiver", "order_number": "o.number", "shipped_at": "o.shipped_at", "mode": "o.fulfilment_mode", "platform_delivery": "coalesce(o.platform_delivery, false)",
    "buyer_cases": """(select count(*) from (select 1 from cases b where b.merchant_id = c.merchant_id and b.buyer_id = c.buyer_id
      and b.opened_at > c.opened_at - interval '30 days' and b.opened_at < c.opened_at limit 99) n)""",
    "lines": "coalesce((c.facts ->> 'kinds')::int, 1)", "intercept": "c.facts ->> 'intercept'", "region": "coalesce(c.facts ->> 'region', '')",
    "priority": "coalesce(c.facts ->> 'priority', '')", "plan": "coalesce(c.facts ->> 'plan', '')", "demand_amount": "(c.facts ->> 'asked_amount')::bigint",
    "parent_number": "coalesce(c.facts ->> 'parent_number', '')",
    "red_at": "(c.facts ->> 'red_at')::timestamptz + coalesce(c.due_at - (c.facts -> 'clock' ->> 'plain_due_at')::timestamptz, interval '0')",
}
"""Where a value comes from; what is not here is the column of the same name."""
ROWS = (
    "select " + ", ".join(f"{_SOURCES.get(f.name, 'c.' + f.name)} as {f.name}" for f in fields(QueueRow)) + """, k.key::text as key
from ({keys}) k
join cases c on c.merchant_id = %(merchant)s and c.id = k.id
left join orders o on o.merchant_id = %(merchant)s and o.id = c.order_id
left join order_lines l on l.merchant_id = %(merchant)s and l.order_id = c.order_id and l.id = c.line_id
left join skus s on s.merchant_id = %(merchant)s and s.sku = c.sku
left join people p on p.merchant_id = %(merchant)s and p.id = c.assignee
order by k.rank, k.key{way}, k.id{way}
"""
)
"""The values of a `QueueRow` in their order, and the key it was sorted by. `{keys}` gives (rank, key, id), `{way}` the direction."""


def row_of(values: tuple[Any, ...]) -> QueueRow:
    """What `ROWS` answers as a line."""
    return QueueRow(*values[:-1])
