"""Machinery of the sweep: every page of a furnished house looked at in both languages, wide and narrow, by a browser and by axe.

A module of the sweep imports `furnished` and `walk`, lists its pages by a stable id, and calls `walk(who, path)` for each. Names in braces in a path are filled from
`furnished.places`. Chinese, wide and light is one look; English, on a phone and dark the other, so that each page is judged in both languages, sizes and grounds with two visits.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any
from wsgiref.simple_server import make_server

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from amends.engine import people
from amends.engine.clock import DemoClock
from amends.engine.house import House
from amends.sim.demo import Furnished, furnish
from amends.sim.furniture.cast import PASSWORD
from amends.store.connect import Database, open_pool
from amends.web import catalogue
from amends.web.app import make_app
from tests.conftest import DEMO_SECRET, DEMO_SEED
from tests.web.conftest import _Quiet, _Threads

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
HAN = re.compile(r"[\u4e00-\u9fff]+")
KEY = re.compile(rf"(?<![\w./@-])(?:{'|'.join(map(re.escape, catalogue.words()))})(?![\w./@-])")
CHINESE = {zh for zh, en in catalogue.words().values() if zh != en and HAN.search(zh) and len(zh) > 2}
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
REFERENCE = ("packs", "pack_documents", "divisions", "schema_migrations")
"""Tables whose Chinese has an English twin, or is nobody's own words: a page in English does not repeat it."""

# What a reader meets in words: text and the attributes that are read out, without what is marked as being in another language and without fields people fill in.
READ = """() => {
  const own = e => !e.closest("[lang]:not(html), [translate=no], [data-user], script, style, template, noscript, textarea"), said = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) { const n = walk.currentNode; if (n.data.trim() && own(n.parentElement)) said.push(n.data.trim()); }
  for (const e of document.querySelectorAll("[title],[aria-label],[placeholder],[alt],[data-tip]"))
    if (own(e)) for (const a of ["title", "aria-label", "placeholder", "alt", "data-tip"]) if (e.getAttribute(a)) said.push(e.getAttribute(a));
  return said;
}"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
TWICE = "() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return [...new Set(ids.filter((id, n) => ids.indexOf(id) !== n))]; }"
JUDGE = """async () => {
  const told = await axe.run({ include: [["html"]], exclude: [["tbody > tr:nth-child(n+7)"]] }, { resultTypes: ["violations"], elementRef: false, ancestry: false, xpath: false });
  return told.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + " // " + ((n.any[0] || n.all[0] || n.none[0] || {}).message || "").slice(0, 160)).join("\\n    ")}`);
}"""


@dataclass(slots=True)
class Written:
    """Somebody's own words: a run of Chinese is `in` it when it is one of them whole, masked, shortened, or put together of several as an address is."""

    runs: set[str]

    def __contains__(self, run: str) -> bool:
        if run in self.runs or len(run) == 1 or any(run in known for known in self.runs):
            return True
        return any(run[:n] in self.runs and run[n:] in self for n in range(len(run) - 1, 1, -1))


@dataclass(slots=True)
class Seen:
    """A furnished house on a port: its address, what `amends demo` prints, places to go by name, and the Chinese that its people wrote themselves."""

    house: House
    site: str
    told: Furnished
    places: dict[str, str]
    written: Written
    rooms: dict[str, tuple[Page, Page]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def furnished(furnished_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """The house of `amends demo`, open for visits."""
    pool = open_pool(furnished_url)
    house = House(pool, DemoClock(pool), tmp_path_factory.mktemp("home"), True, DEMO_SECRET, Database(furnished_url))
    told = furnish(house, DEMO_SEED)
    server = make_server("127.0.0.1", 0, make_app(house), server_class=_Threads, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with psycopg.connect(furnished_url, autocommit=True) as conn:
        yield Seen(house, f"http://127.0.0.1:{server.server_port}", told, _places(conn), _written(conn))
    server.shutdown()
    server.server_close()
    pool.close()


@pytest.fixture(scope="module")
def walk(furnished: Seen, browser: Browser) -> Iterator[Callable[[str, str], None]]:
    """`walk(who, path)` looks at a page and fails with all that is wrong with it. `who`: an email, a link that lets a buyer in, or "" for a stranger."""

    def go(who: str, path: str) -> None:
        if who not in furnished.rooms:
            furnished.rooms[who] = (_room(browser, furnished, who, "zh"), _room(browser, furnished, who, "en"))
        wrong = faults(furnished, furnished.rooms[who], path.format_map(furnished.places))
        assert not wrong, f"{path}\n" + "\n".join(wrong)

    yield go
    for both in furnished.rooms.values():
        for page in both:
            page.context.close()


def faults(seen: Seen, both: tuple[Page, Page], path: str) -> list[str]:
    """What is wrong with one page, said in lines that begin with the language."""
    for page in both:  # both load at the same time
        page.heard.clear()  # type: ignore[attr-defined]
        page.goto(seen.site + path, wait_until="commit")
    return [f"{lang}: {wrong}" for page, lang in zip(both, ("zh", "en"), strict=True) for wrong in _look(seen, page, lang)]


def _look(seen: Seen, page: Page, lang: str) -> Iterator[str]:
    page.wait_for_load_state()
    status = page.evaluate("performance.getEntriesByType('navigation')[0].responseStatus")
    if status != 200:
        yield f"status {status}"
    if page.evaluate("document.documentElement.lang") != {"zh": "zh-CN", "en": "en"}[lang]:
        yield "the page is in another language"
    said = page.evaluate(READ)
    yield from (f"a key instead of words: {s[:120]}" for s in said if KEY.search(s))
    if lang == "en":
        yield from (f"Chinese on an English page: {s[:120]}" for s in said if s in CHINESE or any(run not in seen.written for run in HAN.findall(s)))
    yield from (f"an id twice: {i}" for i in page.evaluate(TWICE))
    page.evaluate(AXE)
    yield from (f"axe {v}" for v in page.evaluate(JUDGE))
    page.set_viewport_size(PHONE)
    if (over := page.evaluate(SIDEWAYS)) > 0:
        yield f"scrolls sideways by {over} px at 390"
    page.set_viewport_size(WIDE if lang == "zh" else PHONE)
    yield from (f"console: {h}" for h in page.heard)  # type: ignore[attr-defined]


def _room(browser: Browser, seen: Seen, who: str, lang: str) -> Page:
    """A page of somebody who is in, in one language: wide and light in Chinese, a phone and dark in English."""
    wide = lang == "zh"
    context = browser.new_context(
        viewport=WIDE if wide else PHONE, locale="zh-CN" if wide else "en-GB", color_scheme="light" if wide else "dark", reduced_motion="reduce"  # type: ignore[arg-type]
    )
    context.add_cookies([{"name": "amends_lang", "value": lang, "url": seen.site}])
    page = context.new_page()
    page.heard = []  # type: ignore[attr-defined]
    page.on("console", lambda m: page.heard.append(m.text) if m.type == "error" else None)  # type: ignore[attr-defined]
    page.on("pageerror", lambda e: page.heard.append(str(e)))  # type: ignore[attr-defined]
    if who.startswith("/"):
        page.goto(seen.site + who)
    elif who:
        _cookie(context, seen, who)
    return page


def _cookie(context: BrowserContext, seen: Seen, email: str) -> None:
    answer = people.sign_in(seen.house.pool, email, PASSWORD, "", "tests", datetime.now(UTC))
    assert isinstance(answer, people.SignedIn), (email, answer)
    context.add_cookies([{"name": "amends_session", "value": answer.token, "url": seen.site}])


def _places(conn: psycopg.Connection[Any]) -> dict[str, str]:
    """Ids to go to: `merchant` is the first merchant's, `service_order_to_review` … its case in that state with the nearest deadline, and a table's name its first row there."""
    [(merchant,)] = conn.execute("select id::text from merchants where settings ? 'demo'").fetchall()
    found = {"merchant": merchant}
    for table in _tables(conn):
        columns = {name for (name,) in conn.execute("select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped", (f'"{table}"',))}
        if "id" in columns:
            mine = "where merchant_id = %s" if "merchant_id" in columns else "where %s <> ''"
            row = conn.execute(f'select id::text from "{table}" {mine} order by id limit 1', (merchant,)).fetchone()  # type: ignore[call-overload]
            found |= {table: row[0]} if row else {}
    for kind, state, case in conn.execute("select kind, state, (array_agg(id::text order by due_at nulls last, id))[1] from cases where merchant_id = %s group by 1, 2", (merchant,)):
        found[f"{kind}_{state}"] = case
    return found


def _tables(conn: psycopg.Connection[Any]) -> list[str]:
    of = "select c.relname from pg_class c where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace order by 1"
    return [name for (name,) in conn.execute(of)]  # type: ignore[call-overload]


def _written(conn: psycopg.Connection[Any]) -> Written:
    """Every run of Chinese in what the people of the house wrote: names, titles, descriptions, addresses."""
    runs: set[str] = set()
    for table in _tables(conn):
        if table not in REFERENCE:
            for (row,) in conn.execute(f'select t::text from "{table}" t'):  # type: ignore[call-overload]
                runs.update(HAN.findall(row))
    return Written(runs)
