"""Whether a dossier document is as it was made (DI-10): its form, every part, every event and the chain. Pure: bytes in, findings out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from amends.core import dossier as d


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was made: in which file, what, in both languages."""

    file: str
    zh: str
    en: str


def read(data: bytes) -> dict[str, Any] | None:
    """The document, or None for what is no dossier of a version known here, and for what has no canonical form: half a character, NaN, an endless depth."""
    try:
        found = json.loads(data)
        d.canonical(found)
    except (ValueError, RecursionError):
        return None
    known = isinstance(found, dict) and found.get("schema") == d.SCHEMA and found.get("version") in d.KNOWN and isinstance(found.get("seal"), dict) and isinstance(found.get("case"), dict)
    return found if known else None


def check(data: bytes, file: str = "dossier.json") -> list[Finding]:
    """Everything wrong with the document; empty when it is as it was made. Recomputes every digest."""
    document = read(data)
    if document is None:
        return [Finding(file, "读不出卷宗：不是 JSON，或不是本版本的卷宗格式", "no dossier can be read: not JSON, or not this version of the format")]
    found = [Finding(file, zh, en) for zh, en in _wrong(document)]
    if not found and d.written(document) != data:
        found.append(Finding(file, "内容相同，但不是规范写法（键的顺序、空格或换行被改过）", "the same content, but not in the canonical form (order of keys, spaces or line feeds were changed)"))
    return found


def _wrong(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    seal = document["seal"]
    parts = {name: d.digest(d.canonical(value)) for name, value in document.items() if name != "seal"}
    sealed_parts = seal.get("parts") if isinstance(seal.get("parts"), dict) else {}
    for name in sorted(parts.keys() | sealed_parts.keys()):
        if name not in parts:
            yield f"缺少部分 {name}", f"the part {name} is missing"
        elif name not in sealed_parts:
            yield f"多出部分 {name}", f"the part {name} was added"
        elif parts[name] != sealed_parts[name]:
            yield f"部分 {name} 被改过", f"the part {name} was changed"
    if d.seal_digest(seal) != seal.get("digest"):
        yield "封印本身被改过", "the seal itself was changed"
    try:
        yield from _history(document, seal)
    except (KeyError, TypeError, AttributeError):
        yield "事件记录残缺", "the record of events is damaged"


def _history(document: dict[str, Any], seal: dict[str, Any]) -> Iterator[tuple[str, str]]:
    before, expected = d.genesis(document["case"]["id"]), 1
    for event in document["events"]:
        n = event["n"]
        if n != expected:
            yield f"第 {expected} 号事件不在了", f"event {expected} is gone"
        if event["record"] is not None:
            if d.event_digest(event["salt"], event["record"]) != event["digest"]:
                yield f"第 {n} 号事件被改过", f"event {n} was changed"
            if event["record"].get("version") != n or event["record"].get("name") != event["name"] or event["record"].get("at") != event["at"]:
                yield f"第 {n} 号事件与其原始记录不符", f"event {n} does not say what its record says"
        before = d.link(before, n, event["digest"])
        if before != event["link"]:
            yield f"从第 {n} 号事件起，事件链断开", f"the chain of events is broken from event {n} on"
            before = event["link"]
        expected = n + 1
    if len(document["events"]) != seal.get("events") or before != seal.get("history"):
        yield "事件链与封印不符：末尾有事件被删去或添加", "the chain does not end where the seal says: events at its end were removed or added"
