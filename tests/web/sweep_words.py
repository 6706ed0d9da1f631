"""What a page says, read without a browser: every page of an area in both languages within milliseconds; and one visit with a browser that looks at the rest.

`words` asks for a page as its reader does and fails with every key that stands instead of words and all Chinese on an English page that nobody wrote. `glance` is one visit on a phone,
English and dark: nothing scrolls sideways, axe finds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from playwright.sync_api import Page

from amends.web import catalogue
from tests.web.sweep import AXE, HAN, JUDGE, KEY, SIDEWAYS, TWICE, Seen

QUIET = {"script", "style", "textarea", "template", "noscript", "title"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
TEXT = re.compile(r">([^<]*\.[^<]*)<")
READ_OUT = ("title", "aria-label", "placeholder", "alt")


class _Reader(HTMLParser):
    """Collects text and what is read out, without what is marked as somebody's own words or as being in another language."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._within: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        shut = bool(self._within and self._within[-1][1]) or tag in QUIET or "data-user" in held or (tag != "html" and "lang" in held)
        if not shut:
            self.said += [str(held[name]) for name in READ_OUT if held.get(name)]
        if tag not in VOID:
            self._within.append((tag, shut))

    def handle_endtag(self, tag: str) -> None:
        while self._within and self._within.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not (self._within and self._within[-1][1]):
            self.said.append(data.strip())


def said(html: str) -> list[str]:
    """Every piece of text of a page, and every attribute that is read out."""
    reader = _Reader()
    reader.feed(html)
    return reader.said


def words(seen: Seen, client: Client, path: str) -> list[str]:
    """What is wrong with the words of one page in either language; each line begins with the language."""
    return [f"{lang}: {wrong}" for lang in ("zh", "en") for wrong in _wrong(seen, client, path, lang)]


def _wrong(seen: Seen, client: Client, path: str, lang: str) -> Iterator[str]:
    client.cookies["amends_lang"] = lang
    answer: Any = client.get(path)
    if answer.status_code != 200:
        yield f"status {answer.status_code} {answer.headers.get('Location', '')}"
        return
    html = answer.content.decode()
    if f'<html lang="{ {"zh": "zh-CN", "en": "en"}[lang] }"' not in html:
        yield "the page is in another language"
    text = said(html) if lang == "en" else TEXT.findall(html)  # both are one template: what is read out need be looked at once
    yield from (f"a key instead of words: {s[:120]}" for s in text if KEY.search(s))
    if lang == "en":
        yield from (f"Chinese on an English page: {s[:120]}" for s in text if any(run not in seen.written for run in HAN.findall(s)) or s in _ours())


def _ours() -> frozenset[str]:
    """The house's own Chinese, whole: nobody of the demo's people writes just that where English has its word."""
    if not _OURS:
        _OURS.append(frozenset(both[0] for both in catalogue.words().values() if len(both[0]) > 3 and HAN.fullmatch(both[0])))
    return _OURS[0]


_OURS: list[frozenset[str]] = []


def glance(page: Page, address: str) -> list[str]:
    """What is wrong with a page as it stands in this browser window."""
    page.goto(address)
    wrong = [f"scrolls sideways by {over} px"] if (over := page.evaluate(SIDEWAYS)) > 0 else []
    page.evaluate(AXE)
    return wrong + [f"an id twice: {i}" for i in page.evaluate(TWICE)] + [f"axe {v}" for v in page.evaluate(JUDGE)]
