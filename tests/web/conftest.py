"""A house per test module, people in it, Django's test client, the site on a port, and a page in the system's Chromium."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from amends.engine import people
from amends.engine.clock import DemoClock
from amends.engine.house import House
from amends.store.connect import Database, Pool
from amends.web import settings
from amends.web.app import make_app

PASSWORD = "Correct-Horse-7"


@pytest.fixture(scope="module")
def house(pool: Pool, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> House:
    """A demo house on this module's database."""
    made = House(pool, DemoClock(pool), tmp_path_factory.mktemp("home"), True, b"a secret of the tests, long enough", Database(database_url))
    settings.configure(made)
    return made


@pytest.fixture(scope="module")
def shop(house: House) -> people.Person:
    """A merchant's main account: xiaoman@chengwu.test."""
    made = people.make_merchant(house.pool, "澄物生活旗舰店", "jd", "SOP", people.Main("xiaoman@chengwu.test", "小满", PASSWORD), datetime.now(UTC))
    assert isinstance(made, people.Person), made
    return made


@pytest.fixture(scope="module")
def clerk(house: House, shop: people.Person) -> people.Person:
    """Somebody of the same merchant who holds nothing: zhixia@chengwu.test."""
    made = people.make_person(house.pool, people.By(shop.actor()), "zhixia@chengwu.test", "知夏", datetime.now(UTC), password=PASSWORD)
    assert isinstance(made, people.Person), made
    return made


@pytest.fixture(scope="module")
def operator(house: House) -> people.Person:
    """The platform's main account: ping@platform.test."""
    made = people.make_platform(house.pool, people.Main("ping@platform.test", "平平", PASSWORD), datetime.now(UTC))
    assert isinstance(made, people.Person), made
    return made


@pytest.fixture
def client(house: House) -> Any:
    """Django's test client in this house; `client.cookies` is its jar."""
    from django.test import Client

    return Client(**{"amends.house": house}, HTTP_ACCEPT_LANGUAGE="zh-CN")


def enter(client: Any, house: House, person: people.Person) -> Any:
    """The client, signed in as this person."""
    answer = people.sign_in(house.pool, person.email, PASSWORD, "", "tests", datetime.now(UTC))
    assert isinstance(answer, people.SignedIn), answer
    client.cookies["amends_session"] = answer.token
    return client


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@pytest.fixture(scope="module")
def site(house: House) -> Iterator[str]:
    """The address of this house's site, served from a thread."""
    server = make_server("127.0.0.1", 0, make_app(house), server_class=_Threads, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _chromium() -> str:
    for name in (os.environ.get("CHROMIUM", ""), "/usr/bin/chromium", shutil.which("chromium") or "", shutil.which("google-chrome") or ""):
        if name and Path(name).exists():
            return name
    pytest.fail("No Chromium was found. Install the package chromium, or name one in the environment variable CHROMIUM.")


_NOT_WANTED = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",  # each window makes two pages for an address bar nobody sees, and starts a process for them
    "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "PaintHolding", "MediaRouter", "OptimizationHints", "ThirdPartyStoragePartitioning", "DestroyProfileOnBrowserClose",
    "AvoidUnnecessaryBeforeUnloadCheckSync", "AvoidCorsURLLoaderRestartOnRedirect", "LensOverlay", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
)
"""Features of Chromium that tests do without. The later lines repeat what Playwright turns off: only the last such switch counts."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; without one the test fails and says so."""
    path = _chromium()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-quic", f"--disable-features={','.join(_NOT_WANTED)}"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page, 1440×900, Chinese. Anything on the console at level error, or thrown, fails the test at its end."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("console", lambda m: wrong.append(m.text) if m.type == "error" and "the server responded with a status of 4" not in m.text else None)
    opened.on("pageerror", lambda e: wrong.append(str(e)))
    yield opened
    context.close()
    assert not wrong, wrong


def walk_in(page: Page, site: str, email: str, target: str = "/") -> None:
    """Sign in by the form, as a person would, and go to `target`."""
    page.goto(f"{site}/sign-in?next={target}")
    page.get_by_label("邮箱").fill(email)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
