"""The world outside a chaos run: simulators of a payment provider and a carrier and workers as real processes, and a door for their messages (OP-6, MO-5, LO-4)."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from amends.engine.hooks import receive
from amends.engine.house import House
from amends.engine.ids import new_id
from amends.engine.ports import free_port
from amends.store import connections
from amends.store.connect import PLATFORM, scope

PROVIDER, CARRIER = "simpay", "顺丰"
SHARE = "0.2"
"""Of messages and answers that are lost, doubled, held back so that others overtake them, or come very late."""
HOST = "127.0.0.1"
STATUS = {"kept": 202, "known": 202, "unknown": 404, "unsigned": 401, "unreadable": 400}


class Door(ThreadingHTTPServer):
    """Takes in what the simulators tell (`/<connection id>`), as `/api/hooks/…` does, and says the house's time (`/clock`)."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, house: House) -> None:
        super().__init__((HOST, 0), _Visit)
        self.house, self.taken = house, 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, path: str) -> str:
        """The address of a path behind this door."""
        return f"http://{HOST}:{self.server_port}/{path}"


class _Visit(BaseHTTPRequestHandler):
    server: Door
    protocol_version = "HTTP/1.1"
    wbufsize = 65536

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._say(200, {"now": self.server.house.clock.now().isoformat()})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        house = self.server.house
        got = receive(house.pool, self.path.strip("/"), headers, body, house.clock.now(), datetime.now(UTC))
        self.server.taken += 1
        self._say(STATUS[got], {"received": got})

    def _say(self, status: int, said: dict[str, Any]) -> None:
        text = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


@dataclass
class World:
    """The processes around one house. `kills`: how many workers were killed while they worked."""

    house: House
    home: Path
    seed: int
    door: Door
    secrets: dict[str, str] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: int = 0

    def connect(self) -> None:
        """A payment provider and a carrier are connected, and the simulators that stand for them start. The provider's books know the payments made so far."""
        now, captures = self.house.clock.now(), self.home / "captures.jsonl"
        ids = {}
        for kind, name in (("payment", PROVIDER), ("carrier", "simcarrier")):
            ids[kind], self.secrets[kind], port = new_id(), "whsec_" + b64encode(secrets.token_bytes(32)).decode(), free_port(HOST, 8240 + 10 * (kind == "carrier"))
            row = {"id": ids[kind], "name": name, "kind": kind, "base_url": f"http://{HOST}:{port}", "secret": self.secrets[kind], "settings": {}}
            with scope(self.house.pool, PLATFORM) as conn:
                connections.add(conn, row, now)
                if kind == "carrier":
                    conn.execute("insert into carrier_names (name, connection_id) values (lower(%s), %s) on conflict do nothing", (CARRIER, ids[kind]))
                else:
                    _write_captures(conn, captures)
            common = ("--host", HOST, "--port", str(port), "--hook", self.door.url(ids[kind]), "--secret", self.secrets[kind], "--seed", str(self.seed))
            if kind == "payment":
                faults = [word for name in ("lose", "repeat", "late", "reorder") for word in (f"--{name}", SHARE)]
                self._start("payment", "simulate-payment", *common, "--captures", str(captures), "--delay", "0.1", "--refuse", "0.05", *faults)
            else:
                faults = [word for name in ("loss", "double", "reorder", "silent", "intercept-fails") for word in (f"--{name}", SHARE)]
                self._start("carrier", "simulate-carrier", *common, "--clock", self.door.url("clock"), "--speed", "2", "--delay", "1", *faults)
            _answers(f"http://{HOST}:{port}/", self.running[kind])

    def work(self, workers: int = 2) -> None:
        """Workers begin."""
        for n in range(workers):
            self._start(f"worker {n}", "worker", "--home", str(self.home))

    def kill_a_worker(self) -> None:
        """One worker dies where it stands, and another takes its place."""
        process = self.running["worker 0"]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.kills += 1
        self._start("worker 0", "worker", "--home", str(self.home))

    def dead(self) -> list[str]:
        """Names of processes that should run and do not."""
        return [name for name, process in self.running.items() if process.poll() is not None]

    def stop(self) -> None:
        """Everything that was started ends."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.door.shutdown()
        self.door.server_close()

    def _start(self, name: str, *arguments: str) -> None:
        env = {**os.environ, "AMENDS_HOME": str(self.home), "AMENDS_DEMO": "1", "DATABASE_URL": self.house.database.url}
        log = (self.home / f"{name}.log").open("ab")
        self.running[name] = subprocess.Popen([sys.executable, "-m", "amends.cli", *arguments], env=env, stdout=log, stderr=log, start_new_session=True)
        log.close()


def _write_captures(conn: Any, file: Path) -> None:
    rows = conn.execute("select merchant_id, provider_ref, amount_minor, currency, extract(epoch from paid_at)::float8 from payments where provider = %s order by paid_at, id", (PROVIDER,)).fetchall()
    lines = [json.dumps({"account": merchant.hex, "reference": ref, "amount": amount, "currency": currency, "at": at}) for merchant, ref, amount, currency, at in rows]
    file.write_text("\n".join(lines) + "\n", "utf-8")


def _answers(address: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Wait until somebody listens there, whatever they answer. Raises RuntimeError when the program ends or nobody does."""
    direct, until = urllib.request.build_opener(urllib.request.ProxyHandler({})), time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            direct.open(address, timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nobody answers at {address}")
