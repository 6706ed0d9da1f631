"""Mailboxes read by IMAP, beside the worker's rounds (TI-4). A message is marked only after it was kept, and how far a folder was taken moves in the transaction that keeps it.

So a fall at any point neither loses a mail nor takes it twice: before the commit it is fetched again, after it its UID is behind us; and should UIDs change
(another UIDVALIDITY), what we have is known by its Message-ID.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from amends.adapters.mail.imap import Folder, folder, try_reading
from amends.adapters.mail.protocol import MailTrouble, Server
from amends.adapters.mail.smtp import try_sending
from amends.engine.house import House
from amends.engine.mail_keeping import LARGEST, Place, keep
from amends.store import mailboxes
from amends.store.connect import PLATFORM, scope
from amends.store.mailboxes import Mailbox
from amends.store.sealing import Locked
from amends.worker.aside import Aside
from amends.worker.log import log

A_LOOK = 50
"""Messages taken in one look; a full mailbox is looked into again at once, and the others are not kept waiting."""
AT_ONCE = 4


def due(house: House) -> bool:
    """Whether a mailbox is to be looked into, or to be tried for somebody who waits."""
    return mailboxes.any_due(house.pool, house.clock.now())


def turn(house: House) -> int:
    """Look into every mailbox that is due, several side by side, and try those somebody waits for; answers how many messages came in."""
    waiting = mailboxes.checks_waiting(house.pool)
    with ThreadPoolExecutor(AT_ONCE, "mail") as threads:
        list(threads.map(lambda mailbox: check(house, mailbox), waiting))
        leased = mailboxes.lease_due(house.pool, house.clock.now(), AT_ONCE * 4)
        return sum(threads.map(lambda mailbox: look(house, mailbox), leased))


def look(house: House, mailbox_id: str) -> int:
    """One look into one mailbox, leased before; answers how many messages were new. What goes wrong is kept beside the mailbox, and it is looked at again later each time."""
    with scope(house.pool, PLATFORM) as conn:
        box = mailboxes.find(conn, mailbox_id)
    if box is None or box.way != "imap" or not box.active:
        return 0
    try:
        came, more = _take(house, box)
    except MailTrouble as trouble:
        log.warning("mailbox_failed", mailbox=box.address, why=trouble.why)
        mailboxes.looked(house.pool, mailbox_id, house.clock.now(), str(trouble))
        return 0
    except Exception as error:  # one mailbox that cannot be read takes no other with it
        log.warning("mailbox_failed", mailbox=box.address, why=f"{type(error).__name__}: {error}"[:200])
        mailboxes.looked(house.pool, mailbox_id, house.clock.now(), f"broken: {type(error).__name__}")
        return 0
    mailboxes.looked(house.pool, mailbox_id, house.clock.now(), at_once=more)
    return came


def _take(house: House, box: Mailbox) -> tuple[int, bool]:
    """Take what is new; answers how many messages were kept, and whether there is more."""
    with folder(reading(box), box.folder) as opened:
        uids = _new(house, box, opened)
        came = 0
        for uid in uids[:A_LOOK]:
            found = opened.fetch(uid, LARGEST)
            if found is None:  # gone meanwhile: somebody deleted it
                continue
            place = Place(opened.validity, uid, found.arrived)
            came += keep(house.pool, box.id, found.raw if found.raw is not None else found.head, house.clock.now(), place=place, size=None if found.raw is not None else found.size)
            opened.seen([uid])
        return came, len(uids) > A_LOOK


def _new(house: House, box: Mailbox, opened: Folder) -> list[int]:
    """UIDs that were not taken yet."""
    if box.uid_validity == opened.validity:
        return opened.above(box.last_uid)
    if box.uid_validity is None and not box.take_old:
        last = (opened.next_uid - 1) if opened.next_uid else max(opened.above(0), default=0)
        with scope(house.pool, PLATFORM) as conn:
            mailboxes.taken(conn, box.id, opened.validity, last, None)
        return []
    if box.uid_validity is None or box.seen_until is None:
        return opened.above(0)
    log.warning("mailbox_renumbered", mailbox=box.address)
    return opened.since((box.seen_until - timedelta(days=2)).date())


def check(house: House, mailbox_id: str) -> None:
    """Sign in to both servers for somebody who wants to know whether it works."""
    with scope(house.pool, PLATFORM) as conn:
        box = mailboxes.find(conn, mailbox_id)
    if box is not None:
        read = _tried(lambda: try_reading(reading(box), box.folder)) if box.way == "imap" else "none"
        send = _tried(lambda: try_sending(sending(box))) if box.smtp_host else "none"
        mailboxes.checked(house.pool, mailbox_id, read, send, house.clock.now())


def _tried(attempt: Callable[[], None]) -> str:
    try:
        attempt()
    except MailTrouble as trouble:
        return str(trouble)
    return "ok"


def reading(box: Mailbox) -> Server:
    """Where and as whom it is read. Raises MailTrouble when the password does not open here."""
    try:
        return Server(box.imap_host, box.imap_port, box.imap_security, box.imap_user, box.imap_password)
    except Locked as locked:
        raise MailTrouble("locked", locked.key) from locked


def sending(box: Mailbox) -> Server:
    """Where and as whom mail leaves. Raises MailTrouble when the password does not open here."""
    try:
        return Server(box.smtp_host, box.smtp_port, box.smtp_security, box.smtp_user, box.smtp_password)
    except Locked as locked:
        raise MailTrouble("locked", locked.key) from locked


MAILBOXES = Aside("mailboxes", due, turn)
"""Reading mailboxes, beside the rounds: a server that hangs makes no clock late."""
