"""What a permission is called in both languages."""

from __future__ import annotations

from typing import Any

from amends.core.cases import TABLES
from amends.core.permissions import BESIDES, NODES


def name_of(permission: str, lang: str) -> str:
    """`service_order.refund` → 处理-退款; a permission beside the tables by its own name; an unknown one as it stands."""
    at = 0 if lang == "zh" else 1
    if permission in BESIDES:
        return BESIDES[permission][at]
    kind, _, verb = permission.partition(".")
    command = TABLES[kind].commands.get(verb) if kind in TABLES else None
    if command is None:
        return permission
    return f"{NODES[command.node][at]}-{(command.zh, command.en)[at]}"


def may(who: Any, permission: str) -> bool:
    """Whether this person holds a permission; nobody holds none (ST-1: the main account holds all of its merchant)."""
    return who is not None and bool(who.main_account or who.actor().holds(permission))
