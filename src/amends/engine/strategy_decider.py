"""The decider of strategies: facts of a batch read at once, each published table asked as one function (SA-4). Rows that only look on are written down without acting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from heapq import heapify, heapreplace
from typing import Any

from amends.core.actor import Actor, Party
from amends.core.commands import Command, build, verb
from amends.core.negotiation import stand_in
from amends.core.strategy import OF_CASE, Active, Row, Table, commands_at
from amends.core.strategy_check import fields_of
from amends.core.strategy_facts import FACTS, STATES
from amends.core.strategy_json import decode_rows
from amends.core.verbs.negotiation import Propose
from amends.engine.acting import Act, Asked, Considered, Decision
from amends.engine.strategy_compile import Compiled, compile_table, describe
from amends.engine.strategy_facts import Facts, Wall, read_now
from amends.engine.strategy_known import reasons_of
from amends.store import strategies as tables
from amends.store import strategy_decisions, strategy_groups
from amends.store.merchant_seen import MerchantSeen


def decide(asked: Asked, cases: list[Considered]) -> dict[str, Act]:
    """The acts of the first rows that fit, by case id; what rows that look on would have done is written in the transaction it is asked in."""
    acts: dict[str, Act] = {}
    looked: list[Decision] = []
    conn, merchant, pack, groups = asked.conn, asked.merchant, asked.seen.pack, Groups(asked.conn, asked.merchant)
    for (kind, node), version in tables.working(conn, merchant).items():
        mine = {case.case_id: case for case in cases if (case.kind, case.node) == (kind, node)}
        if not mine:
            continue
        compiled = compiled_version(conn, merchant, kind, node, version)
        for facts, looks, acts_at in evaluate(conn, merchant, compiled, list(mine), asked.seen, asked.now):
            case = mine[facts["_id"]]
            if facts["_version"] != case.version:
                continue  # it moved since it was seen; whatever moved it leaves it here again
            if looks >= 0:
                looked.append(decision_of(compiled.table, compiled.table.rows[looks], case, facts))
            if acts_at >= 0 and (act := acting_of(compiled, acts_at, merchant, pack).act(case, facts, groups)) is not None:
                acts[case.case_id] = act
    strategy_decisions.add(conn, merchant, [d.row("shadow") for d in looked], asked.now)
    return acts


def evaluate(conn: Any, merchant: str, compiled: Compiled, ids: list[str], seen: MerchantSeen, now: datetime) -> list[tuple[Facts, int, int]]:
    """Facts of these cases with the rows that fit: the first that only looks on, the first that acts; -1 for none.

    Dear facts are read only for the cases whose answer hangs on one.
    """
    first: Callable[[Facts], tuple[int, int]] = compiled.first
    out: list[tuple[Facts, int, int]] = []
    hanging: list[str] = []
    for facts in read_now(conn, merchant, ids, compiled.cheap, seen, now):
        try:
            out.append((facts, *first(facts)))
        except KeyError:
            hanging.append(facts["_id"])
    return out + [(facts, *first(facts)) for facts in read_now(conn, merchant, hanging, compiled.needs, seen, now)] if hanging else out


def compiled_version(conn: Any, merchant: str, kind: str, node: str, version: int) -> Compiled:
    """One published version, compiled once a process: a version never changes."""
    found = _COMPILED.get((merchant, kind, node, version))
    if found is None:
        rows = tables.version(conn, merchant, kind, node, version) or []
        found = compile_table(Table(node, kind, version, decode_rows(rows)[0]))
        if len(_COMPILED) >= MOST_COMPILED:
            _COMPILED.pop(next(iter(_COMPILED)), None)
        _COMPILED[(merchant, kind, node, version)] = found
    return found


MOST_COMPILED = 2000
_COMPILED: dict[tuple[str, str, str, int], Compiled] = {}


def decision_of(table: Table, row: Row, case: Considered, facts: Facts) -> Decision:
    """What a row decided about a case, as it is written down and counted."""
    return Decision(case.case_id, case.version, case.node, table.kind, row.id, row.name, table.version, row.action.command, facts["_buyer"], facts["_day"], row.limits)


class Acting:
    """A row of a table made ready to act: all that is the same for every case it fits, once (SO-25)."""

    def __init__(self, table: Table, place: int, merchant: str, pack: str) -> None:
        self.table, self.row = table, (row := table.rows[place])
        self.name = row.action.command
        self.command = commands_at(table.kind, table.node).get(self.name)
        self.of_case = self.name == "assign" or bool(OF_CASE.get(self.name))
        self.made = None if self.of_case or self.command is None else build(self.command, fields_of(self.name, row.action.fields))[0]
        self.actor = Actor(Party.SYSTEM, row.id, row.name, merchant, frozenset({f"{table.kind}.{self.name}", *_stands_for(table, self.made)}))
        self.compared = [(c.fact, {"fact": c.fact, "op": c.op, "value": _plain(c.value)}) for c in row.conditions]
        self.plainly = not row.cel and row.active == Active()
        self.head = {"by": "strategy", "strategy": row.name, "row": row.id, "place": place + 1, "node": table.node, "version": table.version}
        self.tail = _named(row, pack, table.kind)

    def act(self, case: Considered, facts: Facts, groups: Groups) -> Act | None:
        """The command with its explanation; None for a row whose command the table does not have any more."""
        made = self.made if not self.of_case else self._made(facts, groups)
        return None if made is None else Act(made, self.actor, self.why(facts), decision_of(self.table, self.row, case, facts))

    def _made(self, facts: Facts, groups: Groups) -> Command | None:
        fields = fields_of(self.name, self.row.action.fields, _Pieces(facts))
        if self.name == "assign":
            fields["person"] = groups.person(str(fields.get("person")))
        return build(self.command, fields)[0] if self.command is not None else None

    def why(self, facts: Facts) -> dict[str, Any]:
        """SO-25: which strategy in which version of its table, and the facts it compared, condition by condition."""
        compared: list[dict[str, Any]] = [{**said, "actual": _plain(facts.get(fact))} for fact, said in self.compared]
        if not self.plainly:
            more = (fit for fit in describe(self.row, facts) if fit.condition is None)
            compared += [{"expression": self.row.cel, "actual": _plain(fit.actual)} if fit.what == "cel" else {"active": _plain(fit.actual)} for fit in more]
        return {**self.head, "facts": compared, "currency": facts["_currency"], **self.tail}


def _stands_for(table: Table, made: Command | None) -> frozenset[str]:
    """The permission of what a proposal would be carried out as: whoever made the row might have decided it itself (SO-28)."""
    if not isinstance(made, Propose):
        return frozenset()
    would = (stand_in({}, made, state) for state in STATES[(table.kind, table.node)])
    return frozenset(f"{table.kind}.{verb(command)}" for command in would if command is not None)


def acting_of(compiled: Compiled, place: int, merchant: str, pack: str) -> Acting:
    """A row made ready to act, once for a table and the merchant's pack."""
    found: Acting | None = compiled.acting.get((place, pack))
    if found is None:
        found = compiled.acting[(place, pack)] = Acting(compiled.table, place, merchant, pack)
    return found


class Groups:
    """Whom cases given to a group go to: the least busy of it, counting what this batch gives out (SA-3)."""

    def __init__(self, conn: Any, merchant: str) -> None:
        self._conn, self._merchant = conn, merchant
        self._known: dict[str, list[tuple[int, str]] | None] = {}

    def person(self, chosen: str) -> str:
        """A person of the group that was chosen; whoever is no group is that person. Empty for a group nobody is in: it is left to people."""
        if chosen not in self._known:
            self._known[chosen] = strategy_groups.members(self._conn, self._merchant, chosen)
            heapify(self._known[chosen] or [])
        queue = self._known[chosen]
        if not queue:
            return chosen if queue is None else ""
        busy, person = queue[0]
        heapreplace(queue, (busy + 1, person))
        return person


class _Pieces:
    """What an action takes from the case (`core.strategy.OF_CASE`)."""

    def __init__(self, facts: Facts) -> None:
        self.quantity = facts["_quantity"]


@lru_cache(maxsize=1024)
def _reasons(pack: str, kind: str) -> dict[str, tuple[str, str]]:
    return {code: (zh, en) for code, zh, en in reasons_of(pack, kind)}


def _named(row: Row, pack: str, kind: str) -> dict[str, Any]:
    """What the reasons compared with are called under the pack of the day; they may be gone when the history is read."""
    known = _reasons(pack, kind)
    codes = {v for c in row.conditions if c.fact == "reason" for v in (c.value if isinstance(c.value, tuple) else (c.value,))}
    found = {code: list(known[code]) for code in sorted(codes) if code in known}
    return {"named": {"reasons": found}} if found else {}


def _plain(value: Any) -> Any:
    """As JSON keeps it."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return list(value) if isinstance(value, tuple) else value[:200] if isinstance(value, str) else value


__all__ = ["FACTS", "Acting", "MerchantSeen", "Wall", "acting_of", "compiled_version", "decide", "decision_of", "evaluate"]
