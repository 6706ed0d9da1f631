"""Which way the freight of a judgement is for, as the desk offers it: back of all goods in dispute, out, or back of one service order or line (DI-6, CO-5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from amends.core.judged import OUT
from amends.core.order_awards import Freight, Way
from amends.web import show
from amends.web.adjudication.reading import Desk
from amends.web.catalogue import say


@dataclass(frozen=True, slots=True)
class Option:
    """One way as it can be chosen; `off`: it is paid already, the words say by what."""

    value: str
    words: str
    off: bool = False


def options(desk: Desk, lang: str) -> list[Option]:
    """Every way of the order; none where there is only the way back in dispute."""
    ways: Mapping[str, Way] = desk.sight.facts.get("freight_ways") or {}
    room, own = int(desk.sight.facts.get("room_out", 0)), desk.beside.parent.id if desk.beside.parent else ""
    out = [Option(OUT, say(lang, "adjudication.way_out", amount=show.money(room, desk.seen.case.currency)))] if room else []
    out += [_back(desk, value, way, lang) for value, way in ways.items() if value and value != own]
    return [Option("", _with(say(lang, "adjudication.way_goods"), ways[""].paid if "" in ways else None, desk, lang)), *out] if out else []


def _back(desk: Desk, value: str, way: Way, lang: str) -> Option:
    line = next((x for x in desk.seen.lines if x.id == value), None)
    words = say(lang, "adjudication.way_line", title=line.title) if line is not None else say(lang, "adjudication.way_case", number=way.name)
    return Option(value, _with(words, way.paid, desk, lang), way.paid is not None)


def _with(words: str, paid: Freight | None, desk: Desk, lang: str) -> str:
    """With what pays it already."""
    return words + (say(lang, f"adjudication.way_{'asked' if paid.by == 'asked' else 'paid'}", number=paid.number, amount=show.money(paid.amount, desk.seen.case.currency)) if paid else "")
