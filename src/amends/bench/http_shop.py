"""A running web server of the product and a merchant with an API key, for load over HTTP."""

import contextlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from amends.core.actor import ALL, Actor, Party
from amends.core.cases import MACHINES
from amends.core.permissions import all_permissions
from amends.core.refusal import Refusal
from amends.engine.audit import By
from amends.engine.house import House
from amends.engine.ids import new_id
from amends.engine.keys import make_key
from amends.engine.person import known
from amends.engine.ports import free_port
from amends.sim import crowd

HOST = "127.0.0.1"


@dataclass(slots=True)
class Shop:
    """A merchant and the bearer key that may do everything there."""

    merchant: str
    bearer: str


def open_shop(house: House, name: str) -> Shop:
    """A fresh merchant with a key. Raises RuntimeError when the key is refused."""
    merchant = crowd.merchant(house.pool, name)
    by = By(Actor(Party.MERCHANT, new_id(), "bench", merchant, ALL))
    shown = make_key(house.pool, by, "bench", known(sorted(all_permissions(MACHINES)), merchant), datetime.now(UTC))
    if isinstance(shown, Refusal):
        raise RuntimeError(shown.say("en"))
    return Shop(merchant, shown.key)


@contextlib.contextmanager
def serving(house: House, workers: int = 2, threads: int = 4) -> Iterator[int]:
    """The product's web server on a free port, as `amends serve` runs it; answers the port."""
    port = free_port(HOST, 8290)
    process = subprocess.Popen(
        [sys.executable, "-m", "amends.cli", "serve", "--home", str(house.home), "--port", str(port), "--workers", str(workers), "--threads", str(threads)],
        env={**os.environ, "AMENDS_API_REQUESTS_A_MINUTE": "100000000"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )
    try:
        _wait(f"http://{HOST}:{port}/ready", process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait(address: str, process: "subprocess.Popen[bytes]", seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2):
            return
        time.sleep(0.1)
    raise RuntimeError("the web server did not come up")
