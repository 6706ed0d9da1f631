"""What a permission is called in both languages."""

from __future__ import annotations

from typing import Any

from amends.core import cases
from amends.core.machine import Machine
from amends.core.permissions import BESIDES, NODES

_TABLES: dict[str, Machine] = {m.kind: m for m in (cases.MACHINES.values() if isinstance(cases.MACHINES, dict) else cases.MACHINES)}


def name_of(permission: str, lang: str) -> str:
    """`service_order.refund` → 处理-退款; a permission beside the tables by its own name; an unknown one as it stands."""
    at = 0 if lang == "zh" else 1
    if permission in BESIDES:
        return BESIDES[permission][at]
    kind, _, verb = permission.partition(".")
    command = _TABLES[kind].commands.get(verb) if kind in _TABLES else None
    if command is None:
        return permission
    return f"{NODES[command.node][at]}-{(command.zh, command.en)[at]}"


def may(who: Any, permission: str) -> bool:
    """Whether this person holds a permission; nobody holds none (ST-1: the main account holds all of its merchant)."""
    return who is not None and bool(who.main_account or who.actor().holds(permission))
