"""`amends simulate-mail`: a post office on the loopback that speaks SMTP and IMAP, with people at its other end who write and answer (TI-4)."""

from __future__ import annotations

import argparse
import os
import random
import signal
import threading

from amends.simulators.house_clock import HouseClock
from amends.simulators.mail_imap import ImapServer
from amends.simulators.mail_office import Office
from amends.simulators.mail_people import People, Places
from amends.simulators.mail_smtp import SmtpServer


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    p = verbs.add_parser("simulate-mail", help="a mail server to try things with: SMTP and IMAP on this machine, and people who write and answer")
    p.add_argument("--host", default="127.0.0.1")
    p.add_argument("--imap", type=int, required=True, metavar="PORT")
    p.add_argument("--smtp", type=int, required=True, metavar="PORT")
    p.add_argument("--shop", default="kefu@shop.test", metavar="ADDRESS", help="a merchant's mailbox")
    p.add_argument("--platform", default="aftersales@platform.test", metavar="ADDRESS", help="the platform's mailbox")
    p.add_argument("--password", default=os.environ.get("AMENDS_SIMULATOR_SECRET", ""), help="of both mailboxes (or AMENDS_SIMULATOR_SECRET)")
    p.add_argument("--clock", default="", metavar="URL", help="the product's clock, an object with `now`")
    p.add_argument("--pause", type=float, default=20.0, metavar="SECONDS", help="between a letter and its answer (default 20)")
    p.add_argument("--every", type=float, default=45.0, metavar="SECONDS", help="between the first letters (default 45)")
    p.add_argument("--silent", action="store_true", help="nobody writes first, they only answer")
    p.add_argument("--grey", type=float, default=0.0, metavar="SHARE", help="share of first tries that are put off, 0 to 1")
    p.add_argument("--seed", type=int, default=0)
    p.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    if not given.password:
        print("请用 --password 或 AMENDS_SIMULATOR_SECRET 给出邮箱密码\nGive the mailboxes' password with --password or AMENDS_SIMULATOR_SECRET")
        return 2
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    clock = HouseClock(given.clock)
    clock.ask()
    office = Office([given.shop, given.platform], given.password)
    people = People(office, Places(given.shop, given.platform), clock, random.Random(given.seed), stop, given.pause)
    imap = ImapServer((given.host, given.imap), office)
    smtp = SmtpServer((given.host, given.smtp), office, people.taken, given.grey, random.Random(given.seed + 1))
    for server in (imap, smtp):
        threading.Thread(target=server.serve_forever, name="serve", daemon=True).start()
    print(f"模拟邮局 · simulated post office: IMAP {given.host}:{imap.server_address[1]}, SMTP {given.host}:{smtp.server_address[1]}", flush=True)
    if not given.silent:
        threading.Thread(target=people.begin, args=(given.every,), name="write", daemon=True).start()
    while not stop.wait(1.0):
        clock.ask()
    imap.shutdown()
    smtp.shutdown()
    return 0


def main(arguments: list[str] | None = None) -> int:
    """The same without the rest of the product: `python -m amends.simulators.mail simulate-mail …`."""
    parser = argparse.ArgumentParser(prog="mail", description="模拟邮局 · a simulated post office")
    register(parser.add_subparsers(dest="verb", required=True))
    given = parser.parse_args(arguments)
    return int(given.run(given))


if __name__ == "__main__":
    raise SystemExit(main())
