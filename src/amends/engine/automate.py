"""What decides by itself (SA-4, SO-31): a case that entered a node is looked at once; the deciders are asked in order and the first act is given on the one road."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from amends.core.actor import Actor
from amends.core.case import Case
from amends.core.commands import Command
from amends.store.batch import Found
from amends.store.connect import Pool


@dataclass(slots=True)
class Considered:
    """A case at a node as the deciders see it. `entered`: when it came here; `order` the row of its order (`engine.facts`), None without one."""

    case: Case
    node: str
    version: int


@dataclass(slots=True)
class Act:
    """What a decider wants done: the command, in whose name (Party.SYSTEM with the permission of just this verb; its id must be a UUID), and why (SO-25)."""

    command: Command
    actor: Actor
    why: dict[str, Any]


Decider: TypeAlias = Callable[[Pool, str, list[Considered], Found, datetime], dict[str, Act]]
"""Asked with the pool, the merchant, the cases nobody has decided yet, what was read of merchant and orders, and the time; answers acts by case id."""
