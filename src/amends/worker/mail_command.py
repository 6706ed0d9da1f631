"""`amends mail pipe`: a mail server hands over one message on standard input; `amends mail fetch`: look into the mailboxes once, now (TI-4).

The pipe answers as sysexits.h has it, which Postfix and Exim understand: 0 the message is kept, durably; 75 (EX_TEMPFAIL) try again later, nothing was kept;
67 (EX_NOUSER) the address is no mailbox here, so the sender is told; 65 (EX_DATAERR) there was no message. It needs nothing but the database: what the message means is worked
out by the worker afterwards.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import BinaryIO

import psycopg

from amends.engine.house import House, open_house
from amends.engine.mail_keeping import LARGEST, keep, mailbox_for
from amends.store import mailboxes
from amends.worker.log import log
from amends.worker.mail_placing import place_kept
from amends.worker.mail_reading import check, look

EX_OK, EX_DATAERR, EX_NOUSER, EX_TEMPFAIL = 0, 65, 67, 75


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    mail = verbs.add_parser("mail", help="take a mail from a pipe, or look into the mailboxes once").add_subparsers(dest="mail", required=True)
    pipe = mail.add_parser("pipe", help="keep one message of RFC 5322 from standard input; exits as sysexits.h says (0 kept, 75 try later)")
    pipe.add_argument("--home", type=Path, help="the data directory (default: AMENDS_HOME or var/amends)")
    pipe.add_argument("--to", default="", metavar="ADDRESS", help="the address it was delivered to (Postfix: ${original_recipient}); default: the message's own")
    pipe.set_defaults(run=lambda given: take(given, sys.stdin.buffer))
    fetch = mail.add_parser("fetch", help="look into every mailbox once, now, and place what came")
    fetch.add_argument("--home", type=Path, help="the data directory (default: AMENDS_HOME or var/amends)")
    fetch.set_defaults(run=_fetch)


def take(given: argparse.Namespace, source: BinaryIO) -> int:
    """Keep what comes from `source`; answers the exit status. Whatever is wrong on our side is a 75, so that the mail server keeps the message and comes again."""
    try:
        raw = source.read(LARGEST + 1)
        if not raw.strip():
            return EX_DATAERR
        if len(raw) > LARGEST:
            _say(f"the message is larger than {LARGEST} bytes")
            return EX_DATAERR
        if url := os.environ.get("DATABASE_URL"):
            psycopg.connect(url, connect_timeout=10).close()  # at once, instead of after the pool's patience: the mail server waits
        house = open_house(given.home, connections=2, migrated=True)
        try:
            return _keep(house, raw, given.to)
        finally:
            house.close()
    except Exception as error:
        log.error("pipe_failed", error=type(error).__name__)  # no more: mail servers put what we say into their logs and into bounces
        _say("not now; try again later")
        return EX_TEMPFAIL


def _keep(house: House, raw: bytes, to: str) -> int:
    box = mailbox_for(house.pool, raw, to.strip().lower())
    if box is None:
        _say(f"no mailbox here has the address {to}" if to else "no address of the message is a mailbox here; name it with --to")
        return EX_NOUSER
    keep(house.pool, box.id, raw, house.clock.now())
    return EX_OK


def _fetch(given: argparse.Namespace) -> int:
    house = open_house(given.home)
    try:
        for mailbox in mailboxes.checks_waiting(house.pool):
            check(house, mailbox)
        failed = [box["address"] for box in mailboxes.reading_now(house.pool) if not _looked(house, box["id"])]
        while place_kept(house):
            pass
        for address in failed:
            print(f"{address}: could not be read; the reason stands beside it on the platform's mail page")
        return 1 if failed else 0
    finally:
        house.close()


def _looked(house: House, mailbox_id: str) -> bool:
    look(house, mailbox_id)
    return not mailboxes.trouble_of(house.pool, mailbox_id)


def _say(words: str) -> None:
    print(words, file=sys.stderr)
