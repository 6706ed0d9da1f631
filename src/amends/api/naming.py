"""Refusals in words for people: states, commands and parties by their names, never by their codes alone (ui.md, "Words")."""

from __future__ import annotations

from typing import Any

from amends.api.collections import PLURALS
from amends.core.machine import Machine
from amends.core.permissions import BESIDES
from amends.core.refusal import Refusal

PARTIES = {
    "buyer": ("客户", "buyer"), "merchant": ("商家", "merchant"), "platform": ("平台", "platform"), "carrier": ("承运商", "carrier"), "system": ("系统", "system"),
}


def plain(refusal: Refusal, language: str, machine: Machine | None = None) -> str:
    """The refusal's sentence, with what can be named named."""
    at = 0 if language == "zh" else 1
    facts = {name: _named(name, value, at, machine) for name, value in refusal.facts.items()}
    return Refusal(refusal.code, facts, refusal.field).say(language)


def _named(name: str, value: Any, at: int, machine: Machine | None) -> Any:
    if name == "possible" and isinstance(value, list):
        return ("、" if at == 0 else ", ").join(command_label(machine, v, at) for v in value) or ("没有" if at == 0 else "nothing")
    if isinstance(value, list):
        return ("、" if at == 0 else ", ").join(map(str, value))
    if name == "collection" and value in PLURALS:
        return f"/api/v1/{PLURALS[value]}"
    if name == "permission":
        return permission_label(machine, str(value), at)
    if name == "command":
        return command_label(machine, str(value), at)
    if name == "state" and machine and value in machine.states:
        state = machine.states[value]
        return state.zh if at == 0 else state.en
    if name == "event" and machine:
        return next(((c.zh, c.en)[at] for c in machine.commands.values() if c.event == value), value)
    return value


def command_label(machine: Machine | None, verb: str, at: int) -> str:
    """`退款 refund` in Chinese, `Refund (refund)` in English: people read the name, programs the code."""
    command = machine.commands.get(verb) if machine else None
    if command is None:
        return verb
    return f"{command.zh} {verb}" if at == 0 else f"{command.en} ({verb})"


def permission_label(machine: Machine | None, permission: str, at: int) -> str:
    """A permission by its name and code."""
    if permission in BESIDES:
        words = BESIDES[permission][at]
        return f"{words} {permission}" if at == 0 else f"{words} ({permission})"
    verb = permission.partition(".")[2]
    command = machine.commands.get(verb) if machine else None
    if command is None:
        return permission
    return f"{command.zh} {permission}" if at == 0 else f"{command.en} ({permission})"
