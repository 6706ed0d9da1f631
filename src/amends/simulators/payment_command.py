"""`amends simulate-payment`: a payment provider to try things with, as a program of its own."""

from __future__ import annotations

import argparse
import json
import os
import signal
import threading
from pathlib import Path

from amends.simulators.payment_bank import Bank
from amends.simulators.payment_faults import Faults
from amends.simulators.payment_server import Messenger, Server

SHARES = {
    "refuse": "refunds and payouts refused", "lose": "answers and messages lost", "repeat": "messages sent twice", "late": "transfers that take fifty times as long",
    "reorder": "messages held back, so that later ones overtake them", "lie": "transfers about which something untrue is told besides the truth",
}


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    one = verbs.add_parser("simulate-payment", help="a payment provider that delays, repeats, refuses, loses, answers late and lies")
    one.add_argument("--host", default="127.0.0.1")
    one.add_argument("--port", type=int, default=8090)
    one.add_argument("--public-url", default="", help="what pay pages are linked under (default: http://host:port)")
    one.add_argument("--hook", default="", help="where messages go: …/api/hooks/<connection id>; none are sent without it")
    one.add_argument("--secret", default=os.environ.get("AMENDS_SIMULATOR_SECRET", ""), help="the connection's secret (or AMENDS_SIMULATOR_SECRET)")
    one.add_argument("--state", default="", help="a file that keeps the books over a restart (default: memory)")
    one.add_argument("--captures", default="", help="payments made earlier: a line of JSON each, with account, reference, amount, currency, at (seconds since 1970)")
    one.add_argument("--delay", type=float, default=0.0, help="mean seconds until a transfer ends; 0: in the answer")
    one.add_argument("--speed", type=float, default=1.0, help="how many times faster its time runs")
    one.add_argument("--seed", type=int, default=0)
    for name, words in SHARES.items():
        one.add_argument(f"--{name}", type=float, default=0.0, metavar="SHARE", help=f"{words} (0 to 1)")
    one.set_defaults(run=_run)


def remember(bank: Bank, file: Path) -> int:
    """Take payments made before the books were opened; known ones stay as they are. Answers how many lines there were."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    for row in rows:
        bank.capture(row, float(row["at"]))
    return len(rows)


def _run(given: argparse.Namespace) -> int:
    if not given.secret:
        print("请用 --secret 或 AMENDS_SIMULATOR_SECRET 给出连接密钥\nGive the connection's secret with --secret or AMENDS_SIMULATOR_SECRET")
        return 2
    faults = Faults(given.delay, given.speed, seed=given.seed, **{name: getattr(given, name) for name in SHARES})
    bank = Bank(given.state, faults, (given.public_url or f"http://{given.host}:{given.port}").rstrip("/"))
    if given.captures:
        remember(bank, Path(given.captures))
    server, messenger, stop = Server((given.host, given.port), bank, given.secret), Messenger(bank, given.hook, given.secret), threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    messenger.start()
    threading.Thread(target=server.serve_forever, name="server", daemon=True).start()
    print(f"模拟支付 · simulated payment provider: http://{given.host}:{server.server_port}", flush=True)
    stop.wait()
    server.shutdown()
    messenger.stop.set()
    messenger.join(6)
    bank.close()
    return 0
