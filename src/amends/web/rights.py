"""What a permission is called in both languages."""

from __future__ import annotations

from typing import Any

from amends.core.cases import TABLES
from amends.core.permissions import BESIDES, NODES
from amends.web.catalogue import say


def name_of(permission: str, lang: str) -> str:
    """`service_order.refund` → 处理-退款, with the kind of case where several have the same verb; a permission beside the tables by its own name; an unknown one as it stands."""
    at = 0 if lang == "zh" else 1
    if permission in BESIDES:
        return BESIDES[permission][at]
    kind, _, verb = permission.partition(".")
    command = TABLES[kind].commands.get(verb) if kind in TABLES else None
    if command is None:
        return permission
    name = f"{NODES[command.node][at]}-{(command.zh, command.en)[at]}"
    shared = sum(verb in table.commands for table in TABLES.values()) > 1
    return say(lang, "settings.permission_of", kind=say(lang, f"settings.kind_{kind}"), name=name) if shared else name


def may(who: Any, permission: str) -> bool:
    """Whether this person holds a permission; nobody holds none (ST-1: the main account holds all of its merchant)."""
    return who is not None and bool(who.main_account or who.actor().holds(permission))
