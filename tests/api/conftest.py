"""A shop of this module's own, with its API."""

from pathlib import Path

import pytest

from amends.engine import callers
from amends.store.connect import Pool
from tests.api.caller import Api, open_api
from tests.shop import open_shop


@pytest.fixture(scope="module")
def api(pool: Pool, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Api:
    """One merchant with staff, stock, an address, and keys."""
    home: Path = tmp_path_factory.mktemp("house")
    return open_api(open_shop(pool, stock={"CUP": 100_000, "MUG": 2}), database_url, home)


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' clock stands still, so a minute never ends; the limit has a test of its own."""
    monkeypatch.setattr(callers, "most_a_minute", lambda: 1_000_000)
