"""How each kind of case looks on the merchant's lists: columns, filters, tabs, the bulk bar. One description a kind; everything else reads it (UI-1)."""

from __future__ import annotations

from dataclasses import dataclass

from amends.core.cases import TABLES
from amends.core.machine import Machine
from amends.store.screens.queue_filter import QUEUES

Tabs = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
WHOLE: Tabs = (("whole", ()),)
NEAR: Tabs = (("soon", (("due", "soon"),)), ("late", (("due", "late"),)))
WHOSE: Tabs = (("nobody", (("person", "nobody"),)), ("mine", (("person", "me"),)))


@dataclass(frozen=True, slots=True)
class Desk:
    """One kind of case. By list: `usual` columns, `leads` (the primary verb of the bulk bar), `bulk` (verbs in their order, the primary last), `tabs`.

    `columns` can be chosen, `filters` stand in the form, `keys` press a verb, `danger` are drawn in outline; `home` are the lists of the first page;
    `switch`: these lists stand side by side over the table, with one entry in the navigation; `photos`: buyers are asked for some.
    """

    kind: str
    columns: tuple[str, ...]
    usual: dict[str, tuple[str, ...]]
    filters: tuple[str, ...]
    leads: dict[str, str]
    bulk: dict[str, tuple[str, ...]]
    tabs: dict[str, Tabs]
    keys: dict[str, str]
    danger: frozenset[str]
    home: tuple[str, ...]
    switch: bool = False
    photos: bool = False

    @property
    def table(self) -> Machine:
        """The kind's table."""
        return TABLES[self.kind]

    @property
    def lists(self) -> tuple[str, ...]:
        """The kind's lists, in their order."""
        return tuple(name for name, queue in QUEUES.items() if queue.kind == self.kind)

    def verbs(self, name: str) -> list[str]:
        """What can be said to many cases of a list, the primary last; nothing where the list is of no states of its own."""
        return [v for v in self.bulk.get(name, ()) if any(v in self.table.steps[s] for s in QUEUES[name].states)]


CLAIMS = ("release", "assign", "abandon", "claim")
PRESS = {"claim": "c", "assign": "e", "release": "u"}
SERVICE_ORDERS = Desk(
    "service_order",
    columns=("due", "goods", "type", "why", "buyer", "amount", "verdict", "state", "parcel", "granted", "opened", "closed", "order", "who"),
    usual={
        "review": ("due", "goods", "type", "why", "buyer", "amount", "verdict", "who"),
        "receipt": ("due", "goods", "type", "parcel", "why", "buyer", "amount", "who"),
        "processing": ("due", "goods", "type", "state", "why", "buyer", "amount", "who"),
        "waiting": ("due", "goods", "type", "state", "why", "buyer", "amount", "who"),
        "done": ("closed", "goods", "type", "state", "why", "buyer", "amount", "granted"),
        "all": ("due", "goods", "type", "state", "why", "buyer", "amount", "who"),
    },
    filters=("expectation", "type", "due", "person", "opened", "amount", "sku", "order", "buyer", "reason", "parcel", "state", "alert"),
    leads={"review": "approve_return", "receipt": "claim", "processing": "claim", "waiting": "claim"},
    bulk={"review": ("release", "assign", "claim", "ask_buyer", "abandon", "reject", "approve_return"), "receipt": CLAIMS, "processing": CLAIMS, "waiting": CLAIMS},
    tabs={
        "review": (*WHOLE, *NEAR, ("alert", (("alert", "1"),)), *WHOSE),
        "receipt": (*WHOLE, *NEAR, ("signed", (("parcel", "signed"),)), *WHOSE),
        "processing": (*WHOLE, *NEAR, *WHOSE),
    },
    keys={"approve_return": "a", "reject": "r", "ask_buyer": "w", "abandon": "b", **PRESS},
    danger=frozenset({"reject"}),
    home=("review", "receipt", "processing", "waiting"),
    photos=True,
)
_WAITING = ("due", "goods", "ship", "intercept", "why", "buyer", "amount", "who")
CANCELLATIONS = Desk(
    "cancellation",
    columns=("due", "goods", "ship", "why", "source", "buyer", "amount", "intercept", "state", "granted", "opened", "closed", "order", "who"),
    usual={
        "cancel-review": ("due", "goods", "ship", "why", "source", "buyer", "amount", "who"),
        "cancel-intercept": _WAITING, "cancel-follow": _WAITING,
        "cancel-refund": ("due", "goods", "ship", "why", "buyer", "amount", "granted", "who"),
        "cancel-all": ("due", "goods", "ship", "state", "why", "buyer", "amount", "who"),
    },
    filters=("source", "shipped", "carried", "mode", "due", "person", "opened", "amount", "order", "buyer", "reason", "state"),
    leads={"cancel-review": "approve_cancellation", "cancel-follow": "approve_and_intercept", "cancel-intercept": "claim", "cancel-refund": "claim"},
    bulk={
        "cancel-review": ("release", "assign", "claim", "follow_up_parcel", "reject_cancellation", "approve_and_intercept", "approve_cancellation"),
        "cancel-follow": ("release", "assign", "claim", "approve_and_intercept"), "cancel-intercept": CLAIMS, "cancel-refund": CLAIMS,
    },
    tabs={
        "cancel-review": (*WHOLE, ("urgent", (("due", "urgent"),)), ("unshipped", (("shipped", "no"),)), ("shipped", (("shipped", "yes"),)), *WHOSE),
        "cancel-follow": (*WHOLE, *NEAR, *WHOSE), "cancel-intercept": (*WHOLE, *NEAR, *WHOSE), "cancel-refund": (*WHOLE, ("late", (("due", "late"),))),
    },
    keys={"approve_cancellation": "a", "approve_and_intercept": "i", "reject_cancellation": "r", "follow_up_parcel": "w", **PRESS},
    danger=frozenset({"reject_cancellation"}),
    home=("cancel-review", "cancel-follow", "cancel-intercept", "cancel-refund"),
    switch=True,
)
_DISPUTE = ("due", "goods", "scenario", "demand", "plan", "amount", "who")
DISPUTES = Desk(
    "dispute",
    columns=("due", "goods", "scenario", "demand", "plan", "state", "said", "buyer", "amount", "granted", "opened", "closed", "order", "who"),
    usual={
        "dispute-answer": ("due", "goods", "scenario", "demand", "said", "amount", "who"), "dispute-evidence": _DISPUTE, "dispute-judged": _DISPUTE,
        "dispute-waiting": ("due", "goods", "scenario", "demand", "state", "plan", "who"), "dispute-all": ("due", "goods", "scenario", "demand", "state", "plan", "who"),
    },
    filters=("scenario", "plan", "due", "person", "opened", "amount", "order", "buyer", "state"),
    leads={"dispute-answer": "claim", "dispute-evidence": "claim", "dispute-judged": "claim", "dispute-waiting": "claim"},
    bulk=dict.fromkeys(("dispute-answer", "dispute-evidence", "dispute-judged", "dispute-waiting"), ("release", "assign", "claim")),
    tabs=dict.fromkeys(("dispute-answer", "dispute-evidence", "dispute-judged", "dispute-waiting"), (*WHOLE, *NEAR, *WHOSE)) | {"dispute-all": (*WHOLE, *WHOSE)},
    keys=dict(PRESS),
    danger=frozenset(),
    home=("dispute-answer", "dispute-evidence", "dispute-judged", "dispute-waiting"),
    switch=True,
)
_TICKET = ("due", "goods", "origin", "why", "buyer", "order", "who")
TICKETS = Desk(
    "ticket",
    columns=("due", "goods", "origin", "why", "state", "buyer", "order", "opened", "closed", "who"),
    usual={
        "ticket-answer": _TICKET, "ticket-platform": ("due", "goods", "origin", "state", "why", "order", "who"),
        "ticket-waiting": _TICKET, "ticket-all": ("due", "goods", "origin", "state", "why", "order", "who"),
    },
    filters=("origin", "due", "person", "opened", "order", "buyer", "state"),
    leads={"ticket-answer": "claim", "ticket-platform": "claim", "ticket-waiting": "claim"},
    bulk=dict.fromkeys(("ticket-answer", "ticket-platform", "ticket-waiting"), ("release", "assign", "claim")),
    tabs={
        "ticket-answer": (*WHOLE, ("red", (("due", "red"),)), ("late", (("due", "late"),)), *WHOSE), "ticket-platform": (*WHOLE, *WHOSE), "ticket-waiting": (*WHOLE, *WHOSE),
        "ticket-all": (*WHOLE, *WHOSE),
    },
    keys=dict(PRESS),
    danger=frozenset(),
    home=("ticket-answer", "ticket-platform", "ticket-waiting"),
    switch=True,
)
DESKS: dict[str, Desk] = {desk.kind: desk for desk in (SERVICE_ORDERS, CANCELLATIONS, DISPUTES, TICKETS)}
HOME = tuple(name for desk in DESKS.values() for name in desk.home)
"""The lists of the first page."""
STANDING = ("review", "receipt", "processing", "waiting", "cancel-review", "dispute-answer", "ticket-answer")
"""The lists whose counts stand in the navigation of every page."""


def desk_of(name: str) -> Desk:
    """The description for a list. KeyError for an unknown one."""
    return DESKS[QUEUES[name].kind]
