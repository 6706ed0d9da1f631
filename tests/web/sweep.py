"""The house of the sweeps: `amends demo` furnished once a run and copied, on a port; where to go in it, what its people wrote themselves, and what a browser asks of a page.

A module of the sweep imports `furnished`, lists its pages by a stable id (names in braces are filled from `furnished.places`), and reads them with `sweep_words`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from wsgiref.simple_server import make_server

import psycopg
import pytest

from amends.engine.clock import DemoClock
from amends.engine.house import House
from amends.sim.demo import Furnished, furnish
from amends.store.connect import Database, open_pool
from amends.web import catalogue
from amends.web.app import make_app
from tests.conftest import DEMO_SECRET, DEMO_SEED
from tests.web.conftest import _Quiet, _Threads

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
HAN = re.compile(r"[\u4e00-\u9fff]+")
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
REFERENCE = ("packs", "pack_documents", "divisions", "schema_migrations")
"""Tables whose Chinese has an English twin, or is nobody's own words: a page in English does not repeat it."""

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
TWICE = "() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return [...new Set(ids.filter((id, n) => ids.indexOf(id) !== n))]; }"
JUDGE = """async () => {
  const told = await axe.run({ include: [["html"]], exclude: [["tbody > tr:nth-child(n+7)"]] }, { resultTypes: ["violations"], elementRef: false, ancestry: false, xpath: false });
  return told.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + " // " + ((n.any[0] || n.all[0] || n.none[0] || {}).message || "").slice(0, 160)).join("\\n    ")}`);
}"""


class Keys:
    """Keys of the catalogue that stand where words should."""

    like = re.compile(r"(?<![\w./@-])[a-z_]+\.[a-z0-9_]+(?![\w./@-])")

    def search(self, text: str) -> bool:
        """Whether a key stands in this text."""
        return any(key in catalogue.words() for key in self.like.findall(text))


KEY = Keys()


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


@pytest.fixture(scope="module")
def furnished(furnished_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """The house of `amends demo`, open for visits."""
    pool = open_pool(furnished_url)
    house = House(pool, DemoClock(pool), tmp_path_factory.mktemp("home"), True, DEMO_SECRET, Database(furnished_url))
    told = furnish(house, DEMO_SEED)
    server = make_server("127.0.0.1", 0, make_app(house), server_class=_Threads, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    with psycopg.connect(furnished_url, autocommit=True) as conn:
        yield Seen(house, f"http://127.0.0.1:{server.server_port}", told, _places(conn), _written(conn))
    server.shutdown()
    server.server_close()
    pool.close()


def _places(conn: psycopg.Connection[Any]) -> dict[str, str]:
    """Ids to go to: `merchant` is the first merchant's, `service_order_reviewing` … its case in that state with the nearest deadline, and a table's name its first row there."""
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
