"""A4 sheets: Chinese text broken by its own rules, labelled values, tables, a rail of events, pictures; head and foot on every page. Millimetres and points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fpdf import FPDF

from amends.engine import faces

Colour = tuple[int, int, int]
INK: Colour = (27, 32, 48)
INK_2: Colour = (75, 84, 102)
INK_3: Colour = (97, 106, 123)
LINE: Colour = (228, 231, 237)
SUNKEN: Colour = (246, 247, 249)
ACCENT: Colour = (58, 85, 196)
ACCENT_SOFT: Colour = (237, 240, 252)
LEFT, RIGHT, TOP, BOTTOM = 18.0, 18.0, 24.0, 20.0
WIDE = 210.0 - LEFT - RIGHT
NOT_FIRST = frozenset("，。、；：？！）】》〉」』”’…%％·,.;:?!)]}")
"""Signs that do not begin a line (避头)."""
NOT_LAST = frozenset("（【《〈「『“‘([{¥$")
"""Signs that do not end one (避尾)."""


@dataclass(frozen=True, slots=True)
class Style:
    """A size in points, a weight, a colour, and the height of a line in millimetres."""

    size: float
    bold: bool = False
    colour: Colour = INK
    leading: float = 0.0

    @property
    def height(self) -> float:
        """Of one line, mm."""
        return self.leading or self.size * 0.3528 * 1.55


BODY = Style(9)
STRONG = Style(9, bold=True)
SMALL = Style(7.5, colour=INK_3)
QUIET = Style(9, colour=INK_2)
LABEL = Style(8, colour=INK_3)
CELL = Style(8.2)
HASH = Style(6.2, colour=INK_2, leading=3.4)
HEADING = Style(12, bold=True)


class Sheet(FPDF):
    """The paper. Text goes through `lines` and `put`; nothing is cut, what does not fit goes on the next page."""

    def __init__(self, head: tuple[str, str], foot: str, made_at: datetime, page_words: str, language: str = "zh-CN") -> None:
        super().__init__(format="A4")
        self.head, self.foot, self.page_words = head, foot, page_words
        self._widths: dict[tuple[bool, str], float] = {}
        self.set_creation_date(made_at)
        self.set_margins(LEFT, TOP, RIGHT)
        self.set_auto_page_break(False)
        self.c_margin = 0
        self.add_font("sc", "", faces.regular())
        self.add_font("sc", "B", faces.bold())
        self.set_lang(language)
        self.label_width = 22.0 if language == "zh-CN" else 30.0

    def header(self) -> None:
        """Number and shop above a thin line."""
        self.put(LEFT, 11, [self.head[0]], Style(8, bold=True, colour=INK_2))
        self.put(LEFT, 11, [self.head[1]], Style(8, colour=INK_3), WIDE, "R")
        self.rule(17)
        self.set_xy(LEFT, TOP)

    def footer(self) -> None:
        """What it is made of on the left, 第 n 页 共 m 页 on the right."""
        self.rule(297 - 15)
        self.put(LEFT, 297 - 13.2, [self.foot], Style(6.5, colour=INK_3))
        self.style(Style(7.5, colour=INK_3))
        before, between, after = self.page_words.split("#")
        text = f"{before}{self.page_no()}{between}{{nb}}{after}"
        width = self.get_string_width(text.replace("{nb}", "00"))
        self.set_xy(210 - RIGHT - width, 297 - 13.4)
        self.cell(width, 4, text)

    def style(self, style: Style) -> None:
        """Size, weight and colour for what comes."""
        self.set_font("sc", "B" if style.bold else "", style.size)
        self.set_text_color(*style.colour)

    def rule(self, y: float, x: float = LEFT, width: float = WIDE, colour: Colour = LINE) -> None:
        """A thin line."""
        self.set_draw_color(*colour)
        self.set_line_width(0.2)
        self.line(x, y, x + width, y)

    def wide(self, text: str, style: Style) -> float:
        """The width of a text, mm."""
        return sum(self._sign(c, style.bold) for c in text) * style.size

    def _sign(self, c: str, bold: bool) -> float:
        found = self._widths.get((bold, c))
        if found is None:
            self.set_font("sc", "B" if bold else "", 10)
            found = self._widths[bold, c] = self.get_string_width(c) / 10
        return found

    def lines(self, text: str, style: Style, width: float) -> list[str]:
        """A text broken into lines of at most `width` mm: between any two Chinese signs, between Latin words, and inside a word only when it is longer than a line."""
        out: list[str] = []
        for paragraph in faces.writable(text).split("\n"):
            line, used = "", 0.0
            for piece in _pieces(paragraph):
                need = self.wide(piece, style)
                if used + need > width and line and piece[0] not in NOT_FIRST:
                    line, carried = _tail(line)
                    out.append(line.rstrip())
                    line, used = carried, self.wide(carried, style)
                    piece, need = (piece.lstrip(), self.wide(piece.lstrip(), style)) if not carried else (piece, need)
                while need > width:
                    fits = max(1, next((n for n in range(len(piece)) if used + self.wide(piece[: n + 1], style) > width), len(piece)))
                    out.append(line + piece[:fits])
                    piece, line, used = piece[fits:], "", 0.0
                    need = self.wide(piece, style)
                line, used = line + piece, used + need
            out.append(line.rstrip())
        return out

    def put(self, x: float, y: float, lines: Sequence[str], style: Style, width: float = WIDE, align: str = "L") -> float:
        """Lines from (x, y) down; answers the y below them."""
        self.style(style)
        for line in lines:
            self.set_xy(x, y)
            if line:
                self.cell(width, style.height, line, align=align)
            y += style.height
        return y

    def text_at(self, x: float, y: float, text: str, style: Style, width: float) -> float:
        """A text broken to `width`; answers the y below it."""
        return self.put(x, y, self.lines(text, style, width), style, width)

    def room(self, height: float) -> None:
        """A new page unless `height` mm are left on this one; what is higher than a page begins on a new one."""
        if self.get_y() + height > 297 - BOTTOM and self.get_y() > TOP + 1:
            self.add_page()

    def gap(self, height: float) -> None:
        """White space, which never begins a page."""
        if self.get_y() > TOP + 0.5:
            self.set_y(self.get_y() + height)

    def heading(self, text: str, note: str = "", keep: float = 22) -> None:
        """A heading with a line below; it stays with what follows."""
        self.gap(6)
        self.room(12 + keep)
        y = self.get_y()
        self.put(LEFT, y, [text], HEADING)
        if note:
            self.put(LEFT, y + 1.4, [note], SMALL, WIDE, "R")
        self.rule(y + 7.6, colour=(210, 215, 224))
        self.set_xy(LEFT, y + 10)

    def paragraph(self, text: str, style: Style = BODY, x: float = LEFT, width: float = WIDE) -> None:
        """A text over as many pages as it needs."""
        for line in self.lines(text, style, width):
            self.room(style.height)
            self.set_y(self.put(x, self.get_y(), [line], style, width))

    def pairs(self, rows: Sequence[tuple[str, str]], columns: int = 2, x: float = LEFT, width: float = WIDE) -> None:
        """Labelled values in columns; a long value, or a long label, makes its row higher."""
        each, label = width / columns, self.label_width
        for start in range(0, len(rows), columns):
            cells = [(self.lines(name, LABEL, label - 2), self.lines(value, BODY, each - label - 4)) for name, value in rows[start : start + columns]]
            height = max(max(len(names), len(lines)) for names, lines in cells) * BODY.height + 1.2
            self.room(height)
            y = self.get_y()
            for n, (names, lines) in enumerate(cells):
                self.put(x + n * each, y + 0.35, names, LABEL, label)
                self.put(x + n * each + label, y, lines, BODY, each - label - 4)
            self.set_y(y + height)

    def grid(self, heads: Sequence[str], widths: Sequence[float], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset(), styles: dict[int, Style] | None = None) -> None:
        """Rows under heads that come again on every page; `widths` in mm, numbers at the `right`."""
        self._heads(heads, widths, right)
        for row in rows:
            chosen = [(styles or {}).get(n, CELL) for n in range(len(row))]
            cells = [self.lines(text, s, width - 3) for text, width, s in zip(row, widths, chosen, strict=True)]
            height = max(len(lines) * s.height for lines, s in zip(cells, chosen, strict=True)) + 2
            if self.get_y() + height > 297 - BOTTOM:
                self.add_page()
                self._heads(heads, widths, right)
            x, y = LEFT, self.get_y()
            for n, (lines, width, s) in enumerate(zip(cells, widths, chosen, strict=True)):
                self.put(x, y + 1, lines, s, width - 3, "R" if n in right else "L")
                x += width
            self.rule(y + height)
            self.set_y(y + height)

    def _heads(self, heads: Sequence[str], widths: Sequence[float], right: frozenset[int]) -> None:
        self.room(14)
        x, y = LEFT, self.get_y()
        for n, (head, width) in enumerate(zip(heads, widths, strict=True)):
            self.put(x, y + 0.6, [head], LABEL, width - 3, "R" if n in right else "L")
            x += width
        self.rule(y + 5.6, colour=(210, 215, 224))
        self.set_y(y + 5.6)

    def box(self, height: float, draw: Callable[[], None], colour: Colour = SUNKEN) -> None:
        """A quiet card of a known height, drawn first."""
        self.room(height)
        self.set_fill_color(*colour)
        self.rect(LEFT, self.get_y(), WIDE, height, style="F", round_corners=True, corner_radius=2)
        draw()

    def attach(self, name: str, data: bytes, when: datetime, words: str) -> None:
        """A file inside the PDF, as its source."""
        given: dict[str, Any] = {"desc": words, "compress": True}
        self.embed_file(basename=name, bytes=data, modification_date=when, mime_type="application/json", associated_file_relationship="Source", **given)


def _pieces(text: str) -> list[str]:
    """What a line is not broken inside: a Chinese sign, or a Latin word (which may break after a hyphen, a slash or a low line)."""
    out: list[str] = []
    for c in text:
        if out and c.isascii() and c != " " and out[-1][-1].isascii() and out[-1][-1] not in " -/_":
            out[-1] += c
        else:
            out.append(c)
    return out


def _tail(line: str) -> tuple[str, str]:
    """A line without the opening signs that may not end it, and those."""
    kept = line.rstrip("".join(NOT_LAST)) or line
    return kept, line[len(kept) :]
