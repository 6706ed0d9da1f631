"""`amends demo`: the whole product on this machine, furnished with believable data; prints addresses and sign-ins, and stops cleanly on Ctrl-C."""

import argparse
import base64
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from amends.engine.carriers import follow_all
from amends.engine.house import DEFAULT_HOME, House, open_house
from amends.engine.ports import free_port
from amends.sim.demo import Furnished, furnish
from amends.sim.furniture.counterparts import connect, moved, write_captures
from amends.sim.furniture.mail import OURS, SHOP, connect_mail, password_of

SEED = 20260302
SPEED = "0.05"
"""Virtual hours a second of the demo's carriers: a parcel takes about a quarter of an hour, and comes along when the clock is moved."""


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    demo = verbs.add_parser("demo", help="start everything with believable data and print addresses and sign-ins")
    demo.add_argument("--home", type=Path, default=DEFAULT_HOME.parent / "demo", help="the data directory (default: var/demo)")
    demo.add_argument("--host", default="127.0.0.1")
    demo.add_argument("--port", type=int, default=8000, help="the first port to try (default: 8000)")
    demo.set_defaults(run=_demo)


def _demo(given: argparse.Namespace) -> int:
    home = given.home.absolute()
    os.environ.update(AMENDS_HOME=str(home), AMENDS_DEMO="1")
    house = open_house(home, demo=True, connections=4)
    running: list[subprocess.Popen[bytes]] = []
    try:
        port = free_port(given.host, given.port)
        base = f"http://{given.host}:{port}"
        # The pages come up while the house is furnished: each takes a core for some seconds.
        running = [_start("serve", "--home", str(home), "--host", given.host, "--port", str(port))]
        furnished = furnish(house, SEED)
        running += _counterparts(house, home, given.host, port + 1, base)
        running.append(_post_office(house, given.host, port + 20, base))
        running.append(_start("worker", "--home", str(home)))
        if not _answers(f"{base}/ready", running):
            print("页面没有启动，请看上面的日志 / The pages did not come up; see the log above", file=sys.stderr)
            return 1
        _welcome(base, furnished)
        return _wait(running)
    finally:
        _stop(running)
        house.close()


def _counterparts(house: House, home: Path, host: str, port: int, base: str) -> list[subprocess.Popen[bytes]]:
    """The payment provider and the carriers, each a program of its own that speaks as real ones do (LO-4, MO-5). Their books outlive a restart."""
    now, running = house.clock.now(), []
    captures = home / "captures.jsonl"
    for counterpart in connect(house.pool, now, lambda: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()):
        port = free_port(host, port)
        common = ("--host", host, "--port", str(port), "--hook", f"{base}/api/hooks/{counterpart.id}", "--secret", counterpart.secret)
        if counterpart.kind == "payment":
            if not captures.exists():
                write_captures(house.pool, captures)
            running.append(_start("simulate-payment", *common, "--delay", "4", "--state", str(home / "payment.sqlite"), "--captures", str(captures)))
        else:
            state = home / f"carrier-{counterpart.id}.sqlite"
            running.append(_start("simulate-carrier", *common, "--clock", f"{base}/health", "--speed", SPEED, "--state", str(state), quiet=True))
            follow_all(house.pool, counterpart.id, now)
        moved(house.pool, counterpart, f"http://{host}:{port}", now)
        port += 1
    return running


def _post_office(house: House, host: str, port: int, base: str) -> subprocess.Popen[bytes]:
    """The mail server and the people who write: complaints come to the first shop's mailbox, and what it answers is answered (TI-4)."""
    imap = free_port(host, port)
    smtp = free_port(host, imap + 1)
    password = password_of(house.pool) or secrets.token_urlsafe(18)
    started = _start("simulate-mail", "--host", host, "--imap", str(imap), "--smtp", str(smtp), "--shop", SHOP, "--platform", OURS, "--password", password, "--clock", f"{base}/health", quiet=True)
    connect_mail(house.pool, password, imap, smtp, house.clock.now())
    return started


def _start(*arguments: str, quiet: bool = False) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "amends.cli", *arguments], start_new_session=True, stdout=subprocess.DEVNULL if quiet else None)


def _answers(address: str, running: Sequence[subprocess.Popen[bytes]], seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until and all(p.poll() is None for p in running):
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return True
        except OSError:
            time.sleep(0.1)
    return False


def _welcome(base: str, furnished: Furnished) -> None:
    print(f"\n善后 Amends  {base}\n")
    for sign_in in furnished.sign_ins:
        print(f"  {sign_in.who:<28} {sign_in.email:<28} {sign_in.password}")
    print(f"\n  买家链接 buyer's link (phone):  {base}{furnished.buyer_path}")
    print(f"  接口文档 API:                   {base}/api/docs")
    print("\n  演示时钟在每页顶部，可以前进 48 小时 · the demo clock at the top of each page moves on by 48 hours")
    print("  Ctrl-C 停止，数据保留 · Ctrl-C stops it and keeps the data\n", flush=True)


def _wait(running: Sequence[subprocess.Popen[bytes]]) -> int:
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    while not stopping and all(p.poll() is None for p in running):
        time.sleep(0.2)
    return 0 if stopping else 1


def _stop(running: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
