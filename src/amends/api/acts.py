"""Giving commands: one for one case, one for many; tried without acting when `dry_run` is asked (IN-2, SO-7, SO-33)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import msgspec

from amends.api import signed_in
from amends.api.bodies import UUID as UUID_TEXT
from amends.api.bodies import read_command
from amends.api.collections import COLLECTIONS
from amends.api.door import Call, Refused, Reply, View, refuse
from amends.api.operations import MOST_IN_BATCH
from amends.api.pages import flag
from amends.api.problems import of_answer, problem
from amends.api.shapes import BatchResult, Done, Foreseen, ItemResult
from amends.core.actor import Actor
from amends.core.commands import Command
from amends.core.machine import Machine
from amends.core.refusal import Refusal
from amends.engine.facts import needs_of
from amends.engine.handle import Ahead, Answer, Asked, handle
from amends.store.connect import Pool


def commander(collection: str) -> View:
    """POST of one command to one case."""
    machine = COLLECTIONS[collection]

    def view(call: Call, id: UUID, command: str) -> Reply:
        call.known_queries("dry_run")
        cls, merchant, actor, dry_run = _command(machine, command), call.merchant(), call.acting(), call.query("dry_run", flag, False)
        _may(machine, command, actor)
        made, wrong = read_command(cls, call.json())
        refuse(wrong, machine)
        assert made is not None
        asked = Asked(str(call.command_id), merchant, str(id), made, actor, call.seen_version(), machine.kind)
        answer = handle(call.house.pool, [asked], call.now, dry_run=dry_run, ahead=call.ahead)[0]
        if answer.refusal is not None:
            raise Refused(made=of_answer(answer, call.language, machine))
        return Reply(_foreseen(answer) if dry_run and not answer.replayed else _done(answer), version=answer.version, replayed=answer.replayed)

    def looks_ahead(pool: Pool, merchant: str, command_id: UUID, raw: bytes, id: UUID, command: str) -> Ahead | None:
        """What the command will read, if it is one of this collection and its body is whole; whether it may be given is asked afterwards."""
        cls = machine.commands.get(command)
        try:
            body = msgspec.json.decode(raw) if raw else {}
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        if cls is None or not isinstance(body, dict):
            return None
        made, _ = read_command(cls, body)
        return None if made is None else Ahead(pool, merchant, str(id), str(command_id), needs_of([made]))

    looking: Any = view
    looking.looks_ahead = looks_ahead
    return view


def _command(machine: Machine, name: str) -> type[Command]:
    command = machine.commands.get(name)
    if command is None:
        raise Refused(Refusal("unknown_command", {"command": name}), machine=machine)
    return command


def _may(machine: Machine, command: str, actor: Actor) -> None:
    """Told before the body is read: a command of another party, or a permission that is missing (ST-4)."""
    if not any(actor.party in row[command].by for row in machine.steps.values() if command in row):
        raise Refused(Refusal("not_yours", {"command": command, "party": actor.party.value}), machine=machine)
    if not actor.may(machine.kind, command):
        raise Refused(Refusal("permission_missing", {"permission": f"{machine.kind}.{command}"}), machine=machine)
    if refusal := signed_in.refused(machine.kind, command):
        raise Refused(refusal, machine=machine)


def _done(answer: Answer) -> Done:
    return Done(answer.case_id, answer.number, answer.state, answer.version, answer.event or "")


def _foreseen(answer: Answer) -> Foreseen:
    return Foreseen(True, answer.case_id, answer.number, answer.plan["state"], answer.version, answer.event or "", answer.plan)


@dataclass(slots=True)
class _Item:
    case_id: str
    version: int | None
    fields: dict[str, Any]


def batcher(collection: str) -> View:
    """POST of one command to many cases; every one has its own result."""
    machine = COLLECTIONS[collection]

    def view(call: Call, command: str) -> Reply:
        call.known_queries("dry_run")
        cls, merchant, actor, dry_run = _command(machine, command), call.merchant(), call.acting(), call.query("dry_run", flag, False)
        _may(machine, command, actor)
        items = _items(call.json())
        results: list[ItemResult | None] = [None] * len(items)
        asked: list[tuple[int, Asked]] = []
        for i, item in enumerate(items):
            made, wrong = read_command(cls, item.fields)
            if made is None:
                trouble = problem(wrong, call.language, machine)
                results[i] = ItemResult(item.case_id, trouble.status, None, None, trouble)
            else:
                asked.append((i, Asked(_command_id(call, i, item), merchant, item.case_id, made, actor, item.version, machine.kind)))
        answers = handle(call.house.pool, [a for _, a in asked], call.now, dry_run=dry_run)
        for (i, _), answer in zip(asked, answers, strict=True):
            results[i] = _result(answer, dry_run, call.language, machine)
        good = [r for r in results if r is not None and r.problem is None]
        replayed = any(a.replayed for a in answers) and all(a.replayed or a.refusal for a in answers)
        return Reply(BatchResult(len(good), len(results) - len(good), dry_run, [r for r in results if r is not None]), replayed=replayed)

    return view


def _command_id(call: Call, place: int, item: _Item) -> str:
    assert call.command_id is not None
    return str(uuid5(call.command_id, f"{place}:{item.case_id}"))


def _result(answer: Answer, dry_run: bool, language: str, machine: Machine) -> ItemResult:
    if answer.refusal is not None:
        trouble = of_answer(answer, language, machine)
        return ItemResult(answer.case_id, trouble.status, None, None, trouble)
    if dry_run and not answer.replayed:
        return ItemResult(answer.case_id, 200, None, _foreseen(answer), None)
    return ItemResult(answer.case_id, 200, _done(answer), None, None)


def _items(body: Mapping[str, Any]) -> list[_Item]:
    """The items of a batch, shared fields put under each one's own; everything wrong with the envelope at once."""
    wrong = [Refusal("field_unknown", {"name": name}, name) for name in body if name not in ("items", "fields")]
    shared, items = body.get("fields") or {}, body.get("items")
    if not isinstance(shared, dict):
        wrong.append(Refusal("wrong_kind", {"zh": "共用内容", "en": "Shared fields"}, "fields"))
        shared = {}
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_IN_BATCH:
        refuse([*wrong, Refusal("too_many_items", {"most": MOST_IN_BATCH}, "items")])
    assert isinstance(items, list)
    read = [_item(item, shared, f"items[{i}]", wrong) for i, item in enumerate(items)]
    refuse(wrong)
    return [item for item in read if item is not None]


def _item(item: Any, shared: dict[str, Any], path: str, wrong: list[Refusal]) -> _Item | None:
    if not isinstance(item, dict):
        wrong.append(Refusal("wrong_kind", {"zh": "单据", "en": "Case"}, path))
        return None
    wrong += [Refusal("field_unknown", {"name": name}, f"{path}.{name}") for name in item if name not in ("id", "version", "fields")]
    case_id, version, own = item.get("id"), item.get("version"), item.get("fields") or {}
    if not isinstance(case_id, str) or not UUID_TEXT.fullmatch(case_id):
        wrong.append(Refusal("wrong_kind", {"zh": "编号", "en": "Id"}, f"{path}.id"))
    if version is not None and (not isinstance(version, int) or isinstance(version, bool) or not 1 <= version < 2**31):
        wrong.append(Refusal("wrong_kind", {"zh": "版本", "en": "Version"}, f"{path}.version"))
    if not isinstance(own, dict):
        wrong.append(Refusal("wrong_kind", {"zh": "内容", "en": "Fields"}, f"{path}.fields"))
        return None
    return _Item(str(case_id).lower(), version, {**shared, **own})
