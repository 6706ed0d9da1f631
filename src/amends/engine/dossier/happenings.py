"""The history of a case for its dossier: every event with who, when, what was filled in and why, its digest and its place in the chain (DI-10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from amends.core.cases import TABLES
from amends.core.commands import inputs
from amends.core.dossier import Fact, Happening, Words, chained, event_digest, plain, salt_of, same
from amends.core.pack import Pack
from amends.engine.dossier import words
from amends.engine.dossier.copies import Copy
from amends.store.screens.dossier import Row

OPENED = ("applied", "cancel_applied", "dispute_opened", "ticket_opened", "opened")
TEXTS = ("words", "reason", "consent", "done", "note", "description")
"""What somebody said, told as the event's words."""
PLAIN = frozenset({"photos", "lines", "address", "person"})
"""Kinds of input that hold ids; what they name is told elsewhere in the document."""


def history(rows: list[Row], case: Row, copy: Copy, pack: Pack | None, secret: bytes, paths: Mapping[str, str]) -> list[Happening]:
    """Every event in its order, chained. `paths`: where each picture stands in the ZIP."""
    out = [_happening(row, case, copy, pack, secret, paths) for row in rows]
    chained(str(case["id"]), out)
    return out


def _happening(row: Row, case: Row, copy: Copy, pack: Pack | None, secret: bytes, paths: Mapping[str, str]) -> Happening:
    record: dict[str, Any] = plain(row)
    body = record["body"]
    withheld = copy.hides(record)
    salt = salt_of(secret, str(case["id"]), row["version"])
    event = Happening(row["version"], row["at"], record["name"], title(record, str(case["kind"])), copy.who(record["actor_kind"], record["actor_name"]), digest=event_digest(salt, record), withheld=withheld)
    if withheld == "internal":
        event.title = words.label("withheld_internal")
    if withheld:
        return event
    shown = copy.shown(record)
    given: dict[str, Any] = shown["body"].get("input") or {}
    event.said = _said(str(body.get("command", "")), given, pack, opened=record["name"] in OPENED)
    event.facts = facts(str(case["kind"]), str(body.get("command", "")), given, str(case["currency"]), pack)
    event.why = why(record["explanation"], pack, ZoneInfo(case["tz"]))
    pictures = given.get("photos") or (case["facts"].get("photos") if row["version"] == 1 else None) or ()
    event.pictures = [paths[p] for p in pictures if p in paths]
    if shown == record:
        event.record, event.salt = record, salt
    else:
        event.withheld = "masked"
    return event


def title(record: Mapping[str, Any], kind: str) -> Words:
    """What happened, in the words of the command that made it."""
    name, body = str(record["name"]), record["body"]
    if name in OPENED:
        return words.label("opened", kind=words.kind(kind))
    if name == "ran_out":
        then = str((record["explanation"] or {}).get("then", ""))
        return words.label("ran_out", then=words.then(then)) if then else words.label("ran_out_only")
    found = words.command(kind, str(body.get("command", "")))
    if found is None and kind in TABLES:
        found = next((Words(c.zh, c.en) for c in TABLES[kind].commands.values() if c.event == name), None)
    return found or same(name)


def _said(verb: str, given: Mapping[str, Any], pack: Pack | None, *, opened: bool) -> Words | None:
    told = [_reason(pack, verb, str(given[name])) if name == "reason" else same(given[name]) for name in TEXTS if given.get(name) and not (opened and name == "reason")]
    return words.lines(told) if told else None


def _reason(pack: Pack | None, verb: str, code: str) -> Words:
    groups = pack.review_reasons.get(verb, ()) if pack else ()  # type: ignore[call-overload]
    found = next((leaf for group in groups for leaf in group.leaves if leaf.code == code), None)
    return Words(found.zh, found.en) if found else words.choice("reason", code)


def facts(kind: str, verb: str, given: Mapping[str, Any], currency: str, pack: Pack | None) -> list[Fact]:
    """What else was filled in, each with its label."""
    found = TABLES[kind].commands.get(verb) if kind in TABLES else None
    if found is None:
        return []
    out = []
    for item in inputs(found):
        value, meta = given.get(item.name), item.metadata
        if item.name in TEXTS or meta["kind"] in PLAIN or value in (None, "", [], False):
            continue
        out.append(Fact(Words(meta["zh"], meta["en"]), ground(pack, str(value)) if meta["kind"] == "ground" else _value(item.name, value, meta["kind"], currency)))
    return out


def ground(pack: Pack | None, code: str) -> Words:
    """A ground of the no-fault path, in the pack's words."""
    found = next((g for g in pack.disputes.grounds if g.code == code), None) if pack else None
    return Words(found.zh, found.en) if found else same(code)


def _value(name: str, value: Any, kind: str, currency: str) -> Words:
    if kind == "money" and isinstance(value, int):
        return words.money(value, currency)
    if kind == "flag":
        return words.label("yes")
    return words.choice(name, value) if isinstance(value, str) else same(value)


def why(given: Mapping[str, Any] | None, pack: Pack | None, zone: ZoneInfo) -> Words | None:
    """Why something happened by itself: the deadline and where its figure comes from, the strategy's row, or the rule; None for what a person did."""
    if not given:
        return None
    if isinstance(given.get("zh"), str):
        return Words(str(given["zh"]), str(given.get("en") or given["zh"]))
    if "clock" in given:
        name, source = str(given["clock"]), str(given.get("source") or "")
        return words.label(
            "why_clock", clock=words.clock(name), pack=pack_name(pack, str(given.get("pack") or "")), version=given.get("version") or "—",
            when=_instant(given.get("due_at"), zone), source=source_words(pack, source) or "—",
        )
    by = str(given.get("by", ""))
    if by == "strategy":
        return words.label("why_strategy", name=given.get("strategy", ""), place=given.get("place", ""), version=given.get("version", ""))
    if rule := given.get("rule"):
        return words.label("why_rule", rule=rule, pack=pack_name(pack, str(given.get("pack") or "")), version=given.get("version") or "—", source=source_words(pack, str(given.get("source") or "")) or "—")
    return (words.own().get(f"why_{by}") or same(by)) if by else None


def pack_name(pack: Pack | None, ref: str) -> Words:
    """What a pack is called; its id where it cannot be read."""
    return Words(pack.name.zh, pack.name.en) if pack else same(ref or "—")


def source_words(pack: Pack | None, code: str) -> str:
    """What the source of a figure is; its code where the pack does not say."""
    found = pack.sources.get(code) if pack else None
    return found.text if found else code


def _instant(text: object, zone: ZoneInfo) -> str:
    try:
        return f"{datetime.fromisoformat(str(text)).astimezone(zone):%Y-%m-%d %H:%M}"
    except ValueError:
        return "—"
