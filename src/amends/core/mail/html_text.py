"""HTML of mails as plain text: nothing is fetched, run or kept; quoted history is marked with > as plain mails mark it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

LONGEST = 400_000
_DEEPEST = 300
"""Elements within each other that are told apart; nobody writes deeper, except to keep us busy."""
CUT = "\u2063"
"""Stands where a mail program began the message that is being answered and did not close it in a quotation."""
_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "object", "iframe", "form", "button", "select"})
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "col", "wbr", "area", "base", "embed", "source", "track"})
_BLOCKS = frozenset({"p", "div", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "header", "footer", "pre", "blockquote", "dl", "dt", "dd"})
_QUOTES = ("gmail_quote", "yahoo_quoted", "moz-cite-prefix", "netease_mail_quote", "isreplycontent", "ntes_quote", "qmbox_quote", "protonmail_quote")
_ENDS = ("divrplyfwdmsg", "appendonsend", "mailoriginalsplit", "outlookmessageheader")
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.open: list[tuple[str, bool, bool]] = []  # tag, silent, quoted
        self.silent = self.quoted = self.pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line for blocks, a depth for quotations, silence for what is not text."""
        given = {name: value or "" for name, value in attrs}
        marks = f"{given.get('id', '')} {given.get('class', '')} {given.get('name', '')}".lower()
        if any(end in marks for end in _ENDS) and not self.silent:
            self._line()
            self.out.append(CUT)
            self._line()
        if tag == "br":
            self._line()
        elif tag == "hr" or tag in _BLOCKS:
            self._line(soft=True)
        elif tag == "li":
            self._line(soft=True)
            self._say("· ")
        elif tag in ("td", "th"):
            self._say("  ")
        if tag in _VOID or len(self.open) >= _DEEPEST:
            return
        silent = tag in _SILENT or bool(_HIDDEN.search(given.get("style", "")))
        quoted = tag == "blockquote" or (any(q in marks for q in _QUOTES) and "moz-cite-prefix" not in marks)
        self.open.append((tag, silent, quoted))
        self.silent += silent
        self.quoted += quoted
        self.pre += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened; what was never opened says nothing."""
        if not any(name == tag for name, _, _ in self.open):
            return
        while self.open:
            name, silent, quoted = self.open.pop()
            if quoted:
                self._line(soft=True)
            self.silent -= silent
            self.quoted -= quoted
            self.pre -= name == "pre"
            if name == tag:
                break
        if tag in _BLOCKS or tag == "li":
            self._line(soft=True)

    def handle_data(self, data: str) -> None:
        """Words, with runs of blanks as one."""
        self._say(data if self.pre else re.sub(r"[ \t\r\n\f]+", " ", data))

    def _say(self, text: str) -> None:
        if self.silent or not text:
            return
        at_line = not self.out or self.out[-1] == "\n"
        if at_line:
            text = text if self.pre else text.lstrip(" ")
            if not text:
                return
            self.out.append("> " * min(self.quoted, 3))
        self.out.append(text.replace("\n", "\n" + "> " * min(self.quoted, 3)))

    def _line(self, soft: bool = False) -> None:
        if self.silent or (soft and (not self.out or self.out[-1] == "\n")):
            return
        self.out.append("\n")


def html_to_text(html: str) -> str:
    """The words of an HTML mail. Markup that does not close is read as far as it goes."""
    reader = _Text()
    reader.feed(html[:LONGEST])
    reader.close()
    text = "".join(reader.out)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip()
