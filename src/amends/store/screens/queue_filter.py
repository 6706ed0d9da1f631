"""A filter of a queue as data: the same thing is a link, a saved view, the range of a batch and the `where` of a read (UI-1, SO-7)."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from amends.core.cases import TABLES


@dataclass(frozen=True, slots=True)
class Queue:
    """A list of one kind of case: those in `states`; without states everything, or with `ended` whatever has ended.

    `hurries`: what waits here longer than the pack says is urgent, whatever its clock says (CA-5); `reddens`: each case says itself from when it is red (`red_at`, TI-2).
    """

    kind: str
    states: tuple[str, ...] = ()
    ended: bool = False
    hurries: bool = False
    reddens: bool = False

    def final(self) -> tuple[str, ...]:
        """The states in which a case of this kind has ended."""
        return tuple(s.name for s in TABLES[self.kind].states.values() if s.final)


QUEUES: dict[str, Queue] = {
    "review": Queue("service_order", ("reviewing",)),
    "receipt": Queue("service_order", ("in_transit", "awaiting_return")),
    "processing": Queue("service_order", ("processing", "fulfilling")),
    "waiting": Queue("service_order", ("awaiting_buyer", "negotiating", "awaiting_delivery", "confirming", "collecting")),
    "done": Queue("service_order", ended=True),
    "all": Queue("service_order"),
    "cancel-review": Queue("cancellation", ("reviewing",), hurries=True),
    "cancel-intercept": Queue("cancellation", ("intercepting",)),
    "cancel-follow": Queue("cancellation", ("logistics_follow_up",)),
    "cancel-refund": Queue("cancellation", ("refunding",)),
    "cancel-all": Queue("cancellation"),
    "dispute-answer": Queue("dispute", ("awaiting_merchant",)),
    "dispute-evidence": Queue("dispute", ("awaiting_evidence",)),
    "dispute-judged": Queue("dispute", ("adjudicated",)),
    "dispute-waiting": Queue("dispute", ("awaiting_buyer_confirmation", "awaiting_adjudication", "appealing")),
    "dispute-all": Queue("dispute"),
    "ticket-answer": Queue("ticket", ("awaiting_merchant",), reddens=True),
    "ticket-platform": Queue("ticket", ("transferred",)),
    "ticket-waiting": Queue("ticket", ("awaiting_other_side",)),
    "ticket-all": Queue("ticket"),
}
"""Every list by the name in its address."""

WHOLE = tuple(name for name, queue in QUEUES.items() if not queue.states)
"""Lists that go through all states of their kind."""

SORTS = ("due", "opened", "amount", "number")
DUE_WITHIN = {"urgent": timedelta(hours=1), "soon": timedelta(hours=4), "day": timedelta(days=1)}
"""What `due` may say besides `late`: within this time and not late yet (SO-9)."""


@dataclass(slots=True)
class QueueFilter:
    """What a list shows. Empty means "any". Amounts are minor units; instants aware; `person` is a uuid as text, "me" is replaced before it gets here.

    `sources` are where a cancellation came from (CA-6), `modes` fulfilment modes of its order, `plans` the plans of a dispute (DI-2, `none`: not chosen yet), `shipped` is yes or no, `carried` platform or other (京配 or not);
    `waits`: seconds after which what was opened is urgent too (0: only its clock counts); `open` leaves out what has ended; `on` is who is waited for; `reddens`: cases here say from when they are red.
    """

    states: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    expectations: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    person: str = ""
    nobody: bool = False
    alert: bool = False
    open: bool = False
    on: str = ""
    reddens: bool = False
    due: str = ""
    parcel: str = ""
    shipped: str = ""
    carried: str = ""
    amount_from: int | None = None
    amount_to: int | None = None
    opened_from: datetime | None = None
    opened_to: datetime | None = None
    sku: str = ""
    buyer: str = ""
    order: str = ""
    text: str = ""
    waits: int = 0
    sort: str = "due"
    down: bool = field(default=False)

    def to_json(self) -> dict[str, Any]:
        """Only what is set, for a jsonb column."""
        out = {name: value for name, empty in _EMPTY.items() if (value := getattr(self, name)) != empty}
        return {k: v.isoformat() if isinstance(v, datetime) else list(v) if isinstance(v, tuple) else v for k, v in out.items()}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> QueueFilter:
        """The filter that `to_json` wrote; unknown names are left out, so an old view still opens."""
        known = {f.name for f in fields(cls)}
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in body.items() if k in known}
        for name in ("opened_from", "opened_to"):
            if name in values:
                values[name] = datetime.fromisoformat(values[name])
        return cls(**values)


_EMPTY = asdict(QueueFilter())
_NUMBER = re.compile(r"[A-Z]-\d{4}-\d+")


_OF_ORDER = "exists (select 1 from orders o where o.merchant_id = c.merchant_id and o.id = c.order_id and {})"


_IN_FORCE = "from suspensions s where s.withdrawn_at is null and s.starts_at <= %(now)s and s.ends_at > %(now)s"
RUNS = f"""(not exists (select {_IN_FORCE}) or not coalesce((select true {_IN_FORCE}
  and (s.clocks = '{{}}' or c.facts -> 'clock' ->> 'clock' = any(s.clocks)) and (s.regions = '{{}}' or c.facts ->> 'region' = any(s.regions)) limit 1), false))"""
"""What does not stand still now: a suspended clock hurries nobody (PO-15). Whether anything is suspended at all is asked once, not of each case."""


def moments(now: datetime, waits: int = 0) -> dict[str, Any]:
    """What the conditions of this page reckon with: `now`, `hour` from now, and `waited`: what was opened by then has waited for `waits` seconds."""
    return {"now": now, "hour": now + DUE_WITHIN["urgent"], "waited": now - timedelta(seconds=waits)}


_MOVED_BY = "coalesce(c.due_at - (c.facts -> 'clock' ->> 'plain_due_at')::timestamptz, interval '0')"
_FELT = "exists (select from suspensions s where s.withdrawn_at is null and s.ends_at > %(now)s::timestamptz - interval '45 days')"


def opened_by(instant: str) -> str:
    """Opened by an instant, later by what suspensions have moved its clock (CA-5, PO-15); where none was lately, nothing but the row's own column is read."""
    return f"(c.opened_at <= {instant} and (not {_FELT} or c.opened_at + {_MOVED_BY} <= {instant}))"


def urgent(waits: int = 0) -> str:
    """What is urgent: due within the hour, and what was opened more than `waits` seconds ago, where that counts (CA-5); nothing that stands still. Its values: `moments`."""
    within = f"(c.due_at <= %(hour)s or {opened_by('%(waited)s')})" if waits else "c.due_at <= %(hour)s"
    return f"c.due_at > %(now)s and {within} and {RUNS}"


RED_AT = f"((c.facts ->> 'red_at')::timestamptz + {_MOVED_BY})"
"""From when a case is red by itself (TI-2): as it was reckoned, later by what suspensions have moved its clock (PO-15)."""


def red(waits: int = 0, reddens: bool = False) -> str:
    """What is red now: its time is over, it has waited for `waits` seconds where that counts (CA-5), or its own red moment is here (TI-2); what stands still has not. Its values: `moments`."""
    early = _early(waits, reddens, "<=")
    return f"(c.due_at <= %(now)s or (c.due_at > %(now)s and {early} and {RUNS}))" if early else "c.due_at <= %(now)s"


def within_the_hour(waits: int = 0, reddens: bool = False) -> str:
    """What will run out, or turn red by itself, within the hour and is not red yet: every case is in one of the two at most. Its values: `moments`."""
    ends, early = "c.due_at <= %(hour)s", _early(waits, reddens, ">")
    if reddens:
        ends = f"({ends} or {RED_AT} <= %(hour)s)"
    return " and ".join(["c.due_at > %(now)s", ends, RUNS, *([early] if early else [])])


def _early(waits: int, reddens: bool, sign: Literal["<=", ">"]) -> str:
    """Red before its clock has run out (sign <=), or not yet (sign >); empty where only the clock counts."""
    if reddens:
        return f"coalesce({RED_AT} {sign} %(now)s, {'true' if sign == '>' else 'false'})"
    return ("" if sign == "<=" else "not ") + opened_by("%(waited)s") if waits else ""


RED = {"red": red, "hour": within_the_hour}
"""What `due` may say besides: what the home page counts, in two parts that share nothing."""


def conditions(want: QueueFilter, now: datetime) -> tuple[list[str], dict[str, Any]]:
    """The `where` pieces over `cases c`, without merchant, kind and state, and their values; what is asked for stands in the values alone. Only leakproof comparisons may use an index behind the wall."""
    out: list[str] = []
    values = moments(now, want.waits)

    def add(piece: str, /, **bound: Any) -> None:
        out.append(piece)
        values.update(bound)

    for name, column in (("types", "type"), ("sources", "source"), ("expectations", "expectation"), ("reasons", "reason")):
        if chosen := getattr(want, name):
            add(f"c.{column} = any(%({name})s)", **{name: list(chosen)})
    if want.plans:
        add("coalesce(c.facts ->> 'plan', 'none') = any(%(plans)s)", plans=list(want.plans))
    if want.person:
        add("c.assignee = %(person)s", person=UUID(want.person))
    if want.nobody:
        add("c.assignee is null")
    if want.alert:
        add("c.alert is not null")
    if want.open:
        add("c.closed_at is null")
    if want.on:
        add("c.waits_on = %(on)s", on=want.on)
    if want.due == "late":
        add("c.due_at <= %(now)s")
    elif want.due == "urgent":
        out.append(urgent(want.waits))
    elif want.due in RED:
        out.append(RED[want.due](want.waits, want.reddens))
    elif want.due in DUE_WITHIN:
        add("c.due_at > %(now)s and c.due_at <= %(due_to)s", due_to=now + DUE_WITHIN[want.due])
        out.append(RUNS)
    if want.parcel:
        add("c.parcel_state = %(parcel)s", parcel=want.parcel)
    if want.modes:
        add(_OF_ORDER.format("o.fulfilment_mode = any(%(modes)s)"), modes=list(want.modes))
    if want.shipped:
        add(_OF_ORDER.format("o.shipped_at is not null" if want.shipped == "yes" else "o.shipped_at is null"))
    if want.carried:
        add(_OF_ORDER.format("o.platform_delivery" if want.carried == "platform" else "not o.platform_delivery"))
    for name, test in (("amount_from", "c.amount_minor >="), ("amount_to", "c.amount_minor <="), ("opened_from", "c.opened_at >="), ("opened_to", "c.opened_at <")):
        if getattr(want, name) is not None:
            add(f"{test} %({name})s", **{name: getattr(want, name)})
    for name, column in (("sku", "sku"), ("buyer", "buyer_id")):
        if chosen := getattr(want, name):
            add(f"c.{column} = %({name})s", **{name: chosen})
    if want.order:
        add("c.order_id = (select o.id from orders o where o.merchant_id = %(merchant)s and o.number = %(order)s)", order=want.order)
    if want.text and _NUMBER.fullmatch(want.text.upper()):
        add("c.number = %(text)s", text=want.text.upper())
    elif want.text:
        add("(c.facts ->> 'title' ilike %(like)s or c.facts ->> 'description' ilike %(like)s)", like=_like(want.text))
    return out, values


def _like(text: str) -> str:
    """The text anywhere, its own wildcards taken literally."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"
