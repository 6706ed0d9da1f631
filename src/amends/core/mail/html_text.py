"""HTML of mails as plain text: nothing is fetched, run or kept; quoted history is marked with > as plain mails mark it."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

LONGEST = 50_000
"""Signs of markup that are read, after styles, programs and comments were left out: the parser goes back for every tag that does not close, so what it is given has an end."""
UNCLOSED = 500
"""So many more < than > are a slip of the pen; more are there to keep us busy, and are read without the parser."""
_DEEPEST = 300
"""Elements within each other that are told apart; nobody writes deeper, except to keep us busy."""
CUT = "\u2063"
"""Stands where a mail program began the message that is being answered and did not close it in a quotation."""
_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "object", "iframe", "form", "button", "select"})
_ASIDE = re.compile(r"<!--|<(style|script)\b", re.IGNORECASE)
_CLOSES = {"": re.compile("-->"), "style": re.compile("</style[^<>]{0,20}>", re.IGNORECASE), "script": re.compile("</script[^<>]{0,20}>", re.IGNORECASE)}
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
    html = _closed(_without_asides(html)[:LONGEST])
    text = _stripped(html) if html.count("<") - html.count(">") > UNCLOSED else _parsed(html)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip(" \t") for line in text.split("\n"))).strip()


def _closed(html: str) -> str:
    """Up to the last tag that closes, and the words behind it: a tag that is cut off is no text."""
    end = html.rfind(">") + 1
    return html[:end] + html[end:].partition("<")[0]


def _parsed(html: str) -> str:
    reader = _Text()
    reader.feed(html)
    reader.close()
    return "".join(reader.out)


def _stripped(html: str) -> str:
    """What stands outside of < and >, in one pass."""
    first, *rest = html.split("<")
    return unescape(first + " ".join(piece.partition(">")[2] for piece in rest))


def _without_asides(html: str) -> str:
    """Without styles, programs and comments, which are most of what some programs send; one that does not close goes to the end, as in a browser. One pass."""
    out, at = [], 0
    while (found := _ASIDE.search(html, at)) is not None:
        out.append(html[at:found.start()])
        close = _CLOSES[(found[1] or "").lower()].search(html, found.end())
        if close is None:
            return "".join(out)
        at = close.end()
    return "".join([*out, html[at:]])
