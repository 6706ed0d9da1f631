"""The carrier simulator as a process of its own, a hook and a clock for it over real HTTP, and a worker's turns, for tests."""

import json
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

from amends.engine.hooks import receive
from amends.engine.ids import new_id
from amends.engine.parcels import tell_all
from amends.store.connect import PLATFORM, scope
from amends.worker import inbox
from amends.worker.outside import LANES, perform_outside
from amends.worker.parcel_looks import turn

SECRET = "whsec_Y2Fycmllci1zaW11bGF0b3I="


class Clock:
    """The machine's clock and a lead that a test moves forward."""

    def __init__(self):
        self.lead = timedelta(0)

    def now(self):
        return datetime.now(UTC) + self.lead


class Gate(ThreadingHTTPServer):
    """Where the carrier's messages go (`/hook`), and the product's clock (`/clock`)."""

    daemon_threads = True

    def __init__(self, pool, clock):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pool, self.clock, self.connection, self.got = pool, clock, "", []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.server_port}{path}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self._say(200, {"now": self.server.clock.now().isoformat()})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {k.lower(): v for k, v in self.headers.items()}
        got = receive(self.server.pool, self.server.connection, headers, body, self.server.clock.now(), datetime.now(UTC))
        self.server.got.append((headers["webhook-id"], got))
        self._say(202 if got in ("kept", "known") else 401, {"received": got})

    def _say(self, status, said):
        text = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


class Simulator:
    """`amends simulate-carrier`, started, killed and started again on the same state."""

    def __init__(self, gate, state: Path, **options):
        self.gate, self.state, self.options, self.port, self.process = gate, state, options, 0, None
        self.start()

    def start(self):
        given = [f"--{name.replace('_', '-')}={value}" for name, value in self.options.items()]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "amends.simulators.carrier", "simulate-carrier", f"--port={self.port}", f"--hook={self.gate.url('/hook')}", f"--clock={self.gate.url('/clock')}",
             f"--secret={SECRET}", f"--state={self.state}", *given], stdout=subprocess.PIPE, text=True,
        )
        said = self.process.stdout.readline()
        self.port = int(said.rsplit(":", 1)[1])

    def kill(self):
        self.process.kill()
        self.process.wait()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"


def connected(pool, gate, simulator, name):
    """A connection to it."""
    gate.connection = new_id()
    with scope(pool, PLATFORM) as conn:
        conn.execute("update connections set active = false where kind = 'carrier'")
        conn.execute(
            "insert into connections (id, name, kind, base_url, secret, created_at, changed_at) values (%s, %s, 'carrier', %s, %s, now(), now())",
            (gate.connection, name, simulator.url, SECRET),
        )
    return gate.connection


def house_of(pool, clock):
    return SimpleNamespace(pool=pool, clock=clock)


def work(house):
    """One turn of a worker over everything about parcels; answers how much it did."""
    return perform_outside(house, LANES["parcels"]) + inbox.read_due(house) + turn(house) + tell_all(house.pool, house.clock.now())


def until(done, house, clock, step=timedelta(hours=3), most=120):
    """Turns until `done`, moving the clock forward; fails after `most`."""
    for _ in range(most):
        work(house)
        if done():
            return
        clock.lead += step
        time.sleep(0.1)
    raise AssertionError("it never came to an end")
