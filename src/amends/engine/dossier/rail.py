"""The timeline of a dossier on paper: a rail with a dot for each event, when on its left, what on its right (DI-10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from amends.engine.dossier import sheet as s
from amends.engine.dossier import words
from amends.engine.dossier.sheet import Sheet

Event = Mapping[str, Any]
WHEN, DOT, WHAT = s.LEFT, s.LEFT + 35.0, s.LEFT + 41.0
WIDTH = s.WIDE - 41.0
DOTS: dict[str, s.Colour] = {"buyer": (28, 107, 64), "merchant": s.ACCENT, "platform": (101, 56, 173)}
"""The dot's colour says whose step it was; all others are grey."""


def rail(sheet: Sheet, events: Sequence[Event], at: Callable[..., str], who: Callable[[Any], str], numbers: Mapping[str, int], lang: str = "zh") -> None:
    """Draw every event. One that is higher than what is left begins on the next page; longer than a page, it goes over."""
    for n, event in enumerate(events):
        blocks = _blocks(sheet, event, numbers, lang)
        height = 5.2 + sum(len(lines) * style.height for lines, style in blocks) + 2.6
        sheet.room(min(height, 120))
        y = sheet.get_y()
        _mark(sheet, y, event, last=n == len(events) - 1, height=height)
        sheet.put(WHEN, y, [at(event["at"], True)], s.Style(8, colour=s.INK_2), 33)
        named = who(event["by"])
        sheet.put(WHAT, y, [event["title"][lang]], s.STRONG, WIDTH)
        sheet.put(WHAT, y + 0.2, [f"{named}   #{event['n']}"], s.SMALL, WIDTH, "R")
        y += 5.2
        for lines, style in blocks:
            for line in lines:
                if y + style.height > 297 - s.BOTTOM:
                    sheet.add_page()
                    y = sheet.get_y()
                y = sheet.put(WHAT, y, [line], style, WIDTH)
        sheet.set_y(y + 2.6)


def _blocks(sheet: Sheet, event: Event, numbers: Mapping[str, int], lang: str) -> list[tuple[list[str], s.Style]]:
    out: list[tuple[list[str], s.Style]] = []
    small, quiet = s.Style(7.8, colour=s.INK_3), s.Style(8.4, colour=s.INK_2)
    if event["withheld"] == "note":
        out.append(([getattr(words.label("withheld_note"), lang)], small))
    if said := event["said"][lang] if isinstance(event["said"], Mapping) else event["said"]:
        out.append((sheet.lines(f"“{said}”", quiet, WIDTH), quiet))
    if event["facts"]:
        out.append((sheet.lines(("；" if lang == "zh" else "; ").join(f"{f['label'][lang]}{'：' if lang == 'zh' else ': '}{f['value'][lang]}" for f in event["facts"]), quiet, WIDTH), quiet))
    if event["why"]:
        out.append((sheet.lines(event["why"][lang], small, WIDTH), small))
    if named := [f"{numbers[p]:02d}" for p in event["pictures"] if p in numbers]:
        out.append((sheet.lines(getattr(words.label("see_files", which=("、" if lang == "zh" else ", ").join(named)), lang), small, WIDTH), small))
    return out


def _mark(sheet: Sheet, y: float, event: Event, *, last: bool, height: float) -> None:
    if not last:
        sheet.set_draw_color(*s.LINE)
        sheet.set_line_width(0.4)
        sheet.line(DOT, y + 3.6, DOT, min(y + height + 1.2, 297 - s.BOTTOM))
    sheet.set_fill_color(*DOTS.get(event["by"]["party"], (160, 168, 182)))
    sheet.ellipse(DOT - 1.1, y + 1.3, 2.2, 2.2, style="F")
