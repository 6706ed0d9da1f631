"""Permissions as a matrix, grouped by case and node, in words (ST-3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from amends.core.cases import MACHINES
from amends.core.permissions import BESIDES, NODES, commands_of_staff, permissions_of
from amends.engine.person import Person, party_of


@dataclass(slots=True)
class Group:
    """`kind` of case (empty: beside the cases), the node's name, and pairs of permission and name."""

    kind: str
    node: str
    entries: list[tuple[str, str]]


def groups(merchant_id: str | None, lang: str) -> list[Group]:
    """The whole matrix for one side, in the order of the tables."""
    at = 0 if lang == "zh" else 1
    known, out = permissions_of(party_of(merchant_id), MACHINES), []
    for machine in MACHINES:
        nodes: dict[str, list[tuple[str, str]]] = {}
        for verb, (node, _) in commands_of_staff(machine).items():
            if f"{machine.kind}.{verb}" in known:
                command = machine.commands[verb]
                nodes.setdefault(node, []).append((f"{machine.kind}.{verb}", (command.zh, command.en)[at]))
        out += [Group(machine.kind, NODES[node][at], entries) for node, entries in sorted(nodes.items(), key=lambda n: list(NODES).index(n[0]))]
    beside = [(name, pair[at]) for name, pair in BESIDES.items() if name in known]
    return [Group("", "", beside), *out]


def givable_by(person: Person) -> frozenset[str]:
    """What this person can give to others: what they hold."""
    known = permissions_of(party_of(person.merchant_id), MACHINES)
    return known if "*" in person.permissions else known & person.permissions


def chosen(request: Any, field: str, old: list[str] | frozenset[str] = frozenset()) -> frozenset[str]:
    """What a form of the matrix asks for: the ticked ones, and of what this person cannot give, whatever was there before."""
    can = givable_by(request.person)
    return frozenset(old) - can | frozenset(request.POST.getlist(field)) & can
