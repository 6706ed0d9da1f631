"""`amends simulate-carrier`: a carrier that speaks docs/guides/carrier.md and moves the parcels it is told to follow (LO-4)."""

from __future__ import annotations

import argparse
import os
import random
import signal
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

from amends.simulators.carrier_world import Manners, Record, World
from amends.simulators.house_clock import HouseClock
from amends.simulators.posting import Faults, Poster
from amends.simulators.serving import Refused, Route, Server

TICK = 0.2
MOST = 100


def routes_of(world: World) -> dict[str, Route]:
    """What can be asked of the carrier."""

    def know(body: Record, follow: bool) -> Record:
        waybills = body.get("waybills")
        if not isinstance(waybills, list) or len(waybills) > MOST or not all(isinstance(w, str) for w in waybills):
            raise Refused(422, "waybills")
        return {"parcels": world.know(waybills, follow)}

    def intercept(body: Record) -> Record:
        stopped = world.intercept(_text(body, "key"), _text(body, "waybill"))
        if stopped is None:
            raise Refused(422, "unknown_waybill")
        return stopped

    def book(body: Record) -> Record:
        _text(body, "address")
        try:
            starts_at = datetime.fromisoformat(_text(body, "starts_at"))
        except ValueError as error:
            raise Refused(422, "starts_at") from error
        if starts_at.tzinfo is None:
            raise Refused(422, "starts_at")
        return world.book(_text(body, "key"), starts_at)

    return {
        "POST /v1/parcels/follow": lambda body: know(body, True), "POST /v1/parcels/look": lambda body: know(body, False),
        "GET /v1/pickups/slots": lambda body: {"slots": world.slots()}, "POST /v1/pickups": book,
        "POST /v1/pickups/cancel": lambda body: world.cancel(_text(body, "key")), "POST /v1/intercepts": intercept,
    }


def _text(body: Record, name: str) -> str:
    text = body.get(name)
    if not isinstance(text, str) or not 0 < len(text) <= 500:
        raise Refused(422, name)
    return text


def live(world: World, poster: Poster, clock: HouseClock, speed: float, stop: threading.Event, ask_every: float = 1.0) -> None:
    """Let time pass until `stop`: `speed` virtual hours a second, and what the house's clock leaps."""
    last, asked = time.monotonic(), 0.0
    while not stop.wait(TICK):
        here = time.monotonic()
        moved = timedelta(0)
        if here - asked >= ask_every:
            moved, asked = clock.ask(), here
        hours, last = (here - last) * speed + moved / timedelta(hours=1), here
        for news in [*world.tick(hours, clock.now()), *world.answers()]:
            poster.say("parcel.news", news)


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    p = verbs.add_parser("simulate-carrier", help="a carrier to try things with: moves parcels, stops them, sends couriers; slow, doubled, lost or silent as asked")
    p.add_argument("--host", default="127.0.0.1")
    p.add_argument("--port", type=int, required=True)
    p.add_argument("--hook", default="", metavar="URL", help="where its messages go: …/api/hooks/<connection>; without it, it only answers")
    p.add_argument("--secret", default=os.environ.get("AMENDS_SIMULATOR_SECRET", ""), help="the connection's secret (or AMENDS_SIMULATOR_SECRET)")
    p.add_argument("--speed", type=float, default=1.0, metavar="HOURS", help="virtual hours a second (default 1: a parcel takes about a minute)")
    p.add_argument("--clock", default="", metavar="URL", help="the product's clock, an object with `now`: when it is moved forward, parcels move too")
    for name, words in (("loss", "messages and answers lost"), ("reorder", "messages overtaken by later ones"), ("double", "messages sent twice"), ("intercept-fails", "interceptions that fail"), ("silent", "parcels it never speaks of by itself, and never stops")):
        p.add_argument(f"--{name}", type=float, default=0.2 if name == "intercept-fails" else 0.0, metavar="SHARE", help=f"share of {words}, 0 to 1")
    p.add_argument("--delay", type=float, default=0.0, metavar="SECONDS", help="longest delay of a message")
    p.add_argument("--seed", type=int, default=0, help="the same seed moves the same parcels the same way")
    p.add_argument("--state", type=Path, metavar="FILE", help="what it knows, kept over its death (SQLite)")
    p.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    if not given.secret:
        print("请用 --secret 或 AMENDS_SIMULATOR_SECRET 给出连接密钥\nGive the connection's secret with --secret or AMENDS_SIMULATOR_SECRET")
        return 2
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    clock = HouseClock(given.clock)
    clock.ask()
    world = World(str(given.state or ":memory:"), Manners(given.seed, given.intercept_fails, given.silent), clock.now())
    poster = Poster(given.hook, given.secret, Faults(given.loss, given.delay, given.reorder, given.double), random.Random(given.seed))
    server = Server((given.host, given.port), given.secret, routes_of(world), given.loss, random.Random(given.seed + 1))
    threading.Thread(target=server.serve_forever, name="serve", daemon=True).start()
    print(f"模拟承运商 · simulated carrier: http://{given.host}:{server.server_port}", flush=True)
    try:
        live(world, poster, clock, given.speed, stop)
    finally:
        server.shutdown()
        poster.close()
        world.close()
    return 0


def main(arguments: list[str] | None = None) -> int:
    """The same without the rest of the product: `python -m amends.simulators.carrier simulate-carrier …`."""
    parser = argparse.ArgumentParser(prog="carrier", description="模拟承运商 · a simulated carrier")
    register(parser.add_subparsers(dest="verb", required=True))
    given = parser.parse_args(arguments)
    return int(given.run(given))


if __name__ == "__main__":
    raise SystemExit(main())
