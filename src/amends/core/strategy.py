"""A strategy: rows of conditions, one action, limits and active times; a table of them for one node (SA-1 … SA-4). Checked, written and read as JSON."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from amends.core.actor import Party
from amends.core.cases import TABLES
from amends.core.commands import Command
from amends.core.strategy_facts import STATES

Mode = Literal["off", "shadow", "on"]
MODES: tuple[Mode, ...] = ("off", "shadow", "on")
MOST_ROWS, MOST_CONDITIONS, MOST_VALUES, MOST_CEL, MOST_NAME = 200, 30, 500, 1000, 60
PAYS = frozenset({"refund_without_return", "refund", "approve_cancellation", "force_refund", "approve_and_intercept", "settle_advance"})
"""Commands that give money back, at once or when the carrier has stopped the parcel, or let money that was advanced stand."""
GIVES_GOODS = frozenset({"reissue_without_return", "reissue_offline", "reissue"})
"""Commands that send goods out for nothing; they count what was paid for the pieces of the case."""
OFFERS_MONEY = frozenset({"return", "refund_only", "reissue"})
"""What is proposed and binds the merchant to money, or to goods for nothing, as soon as the buyer accepts (SO-28)."""
BESIDE = ("note", "assign", "set_priority", "raise_alert", "call_platform")
"""What a strategy may do besides the commands of its node (SA-3), where the table has it."""
ONCE = frozenset({"propose", "ask_buyer", "note", "set_priority", "raise_alert", "call_platform"})
"""What a row does once for a case: whoever has answered is not asked the same again, and what is marked stays marked."""
NEVER = frozenset({"acknowledge_alert", "reverse_refund", "promise_stock", "record_findings"})
"""What only a person can answer for: an alert is for people (SA-5), a reversal, a promise and what was seen of the goods too."""
GROUND_FIELDS = {"reject": "reason", "call_platform": "cause", "abandon": "said_how", "return_original": "reason"}
"""Where a command names a coded reason of the pack's trees (SO-27)."""
OF_CASE: dict[str, dict[str, str]] = {"register_receipt": {"received": "quantity"}}
"""Fields that are taken from the case when the strategy leaves them empty."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. `value`: a text, a number, a flag, a list of texts, or [least, most] for `between` (times as "HH:MM")."""

    fact: str
    op: str
    value: Any


@dataclass(frozen=True, slots=True)
class Action:
    """What is done: a verb of the table and its fields as a form gives them (money in minor units)."""

    command: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limits:
    """Never past these (SA-4). Money in minor units of the merchant's currency; `per_buyer` acts and `amount_per_buyer` for one buyer in 30 days; `per_day` acts and
    `amount_per_day` on the merchant's day. None: no limit."""

    amount: int | None = None
    per_buyer: int | None = None
    per_day: int | None = None
    amount_per_day: int | None = None
    amount_per_buyer: int | None = None

    @property
    def of_money(self) -> bool:
        """Whether one of them is about money: then what an act is worth must be known before it is done."""
        return self.amount is not None or self.amount_per_day is not None or self.amount_per_buyer is not None


@dataclass(frozen=True, slots=True)
class Active:
    """When the row holds, on the merchant's clock: first and last day ("YYYY-MM-DD", included, "" open), weekdays (0 Monday … 6; empty: all), hours
    ("HH:MM" from, to without the end; "" both: all day; from > to: past midnight)."""

    since: str = ""
    until: str = ""
    weekdays: tuple[int, ...] = ()
    hours: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One strategy. `id` is a UUID that stays through all versions; every condition, and the CEL expression if there is one, must hold."""

    id: str
    name: str
    conditions: tuple[Condition, ...] = ()
    cel: str = ""
    action: Action = field(default_factory=lambda: Action(""))
    limits: Limits = field(default_factory=Limits)
    active: Active = field(default_factory=Active)
    mode: Mode = "off"


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one node in order; the first that fits wins. `version` 0: never published."""

    node: str
    kind: str
    version: int = 0
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """A coded reason of the pack in words, and whether it needs words, or photos, which a strategy cannot attach (SO-27)."""

    zh: str
    en: str
    photos: bool
    words: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What `check` compares with. `choices`: by source name of a fact, the codes there are (a source that is left out is not compared);
    `cel` answers what is wrong with an expression, None if nothing; `addresses` and `people` are ids the action may name (None: not compared).
    `grounds`: by command, the coded reasons it may give (a command that is left out is not compared). `proposals`: how many the pack offers for a case (None: not compared)."""

    choices: Mapping[str, frozenset[str]] = field(default_factory=dict)
    cel: Callable[[str], str | None] = lambda _: None
    addresses: frozenset[str] | None = None
    people: frozenset[str] | None = None
    grounds: Mapping[str, Mapping[str, Ground]] = field(default_factory=dict)
    proposals: int | None = None


def must_be_limited(action: Action) -> bool:
    """Whether a row with this action needs a limit of money: it pays, sends goods for nothing, or binds the merchant to either."""
    return action.command in PAYS | GIVES_GOODS or (action.command == "propose" and action.fields.get("offer") in OFFERS_MONEY)


@cache
def commands_at(kind: str, node: str) -> dict[str, type[Command]]:
    """The verbs a strategy may use at a node, in the table's order, read off the table (SA-3). Empty for a node the kind does not have."""
    out: dict[str, type[Command]] = {}
    steps = TABLES[kind].steps if kind in TABLES else {}
    for state in STATES.get((kind, node), ()):
        for name, step in steps[state].items():
            own = step.command.node in ("review", "receipt", "processing")
            if Party.MERCHANT in step.by and name not in NEVER and (own or name in BESIDE):
                out.setdefault(name, step.command)
    return out


def node_of(kind: str, state: str) -> str:
    """The node whose strategies are asked in this state; "" where none are."""
    return _NODE_OF.get((kind, state), "")


_NODE_OF = {(kind, state): node for (kind, node), states in STATES.items() for state in states}


def facts_used(rows: Iterable[Row], cel_variables: Callable[[str], Iterable[str]] = lambda _: ()) -> frozenset[str]:
    """The codes of all facts these rows look at."""
    return frozenset(c.fact for row in rows for c in row.conditions) | frozenset(name for row in rows if row.cel for name in cel_variables(row.cel))
