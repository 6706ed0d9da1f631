"""Mailboxes kept by the platform's people: added, changed, tried, switched off; and the address at which a merchant is written to (TI-4).

Addresses of servers are typed by platform staff only; merchants cannot make this server call anything. Passwords go in and never come out again: not in
answers, not in the audit, not in logs. Trying is asked for here and done by the worker, which is the room that calls outside.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime

from amends.core.mail.boxes import PORTS, SECURITY, WAYS
from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.connections import LOOPBACK
from amends.engine.ids import is_id, new_id
from amends.engine.sealed_secrets import cannot_seal
from amends.store import mailboxes as store
from amends.store import merchants
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.mailboxes import PLATFORMS_OWN

PERMISSION = "manage_mail"
_ADDRESS = re.compile(r"[a-z0-9.!#$%&'*/=?^_`{|}~-]{1,64}@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){0,6}")
_HOST = re.compile(r"[a-z0-9.-]{1,253}|[0-9a-f:]{2,45}")


@dataclass(slots=True)
class Given:
    """What is typed about a mailbox. `merchant`: whose it is; empty for the platform's own. Ports as text; empty: the usual one. An empty password keeps the one there is."""

    address: str = ""
    merchant: str = ""
    name: str = ""
    way: str = "imap"
    imap_host: str = ""
    imap_port: str = ""
    imap_security: str = "tls"
    imap_user: str = ""
    imap_password: str = ""
    folder: str = "INBOX"
    smtp_host: str = ""
    smtp_port: str = ""
    smtp_security: str = "tls"
    smtp_user: str = ""
    smtp_password: str = ""
    plus: bool = False
    take_old: bool = False


def add(pool: Pool, by: By, given: Given, now: datetime, mailbox_id: str = "") -> str | Refusal:
    """A new mailbox, in use at once and tried at once; answers its id, which may be given so that the same request makes it once."""
    if refusal := lacks(by):
        return refusal
    row = _checked(given, fresh=True)
    if isinstance(row, Refusal):
        return row
    with scope(pool, PLATFORM) as conn:
        if given.merchant and (not is_id(given.merchant) or merchants.one(conn, given.merchant) is None):
            return Refusal("mail_of_whom", field="merchant")
        made = mailbox_id or new_id()
        if not store.add(conn, given.merchant or PLATFORMS_OWN, made, row, now):
            return Refusal("mail_address_taken", {"address": row["address"]}, "address")
        store.ask_check(conn, made, now)
        record(conn, by, now, "mailbox_added", ("mailbox", made), after=_shown(row), merchant_id=given.merchant or None)
    return made


def change(pool: Pool, by: By, mailbox_id: str, given: Given, now: datetime) -> Refusal | None:
    """Other servers, users, names or passwords; tried at once. Whose it is stays."""
    if refusal := lacks(by):
        return refusal
    row = _checked(given, fresh=False)
    if isinstance(row, Refusal):
        return row
    with scope(pool, PLATFORM) as conn:
        before = store.find(conn, mailbox_id) if is_id(mailbox_id) else None
        if before is None:
            return Refusal("mailbox_unknown")
        if not store.change(conn, mailbox_id, row, now):
            return Refusal("mail_address_taken", {"address": row["address"]}, "address")
        store.ask_check(conn, mailbox_id, now)
        record(conn, by, now, "mailbox_changed", ("mailbox", mailbox_id), before=_shown(asdict(before)), after=_shown(row), merchant_id=None if before.of_platform else before.merchant_id)
    return None


def switch(pool: Pool, by: By, mailbox_id: str, active: bool, now: datetime) -> Refusal | None:
    """In use or out of use. Out of use nothing is read from it or sent by it; its mails stay."""
    if refusal := lacks(by):
        return refusal
    with scope(pool, PLATFORM) as conn:
        address = store.switch(conn, mailbox_id, active, now) if is_id(mailbox_id) else None
        if address is None:
            return Refusal("mailbox_unknown")
        record(conn, by, now, "mailbox_switched", ("mailbox", mailbox_id), after={"address": address, "active": active})
    return None


def try_it(pool: Pool, by: By, mailbox_id: str, now: datetime) -> Refusal | None:
    """Ask the worker to sign in to both servers and to say what came of it."""
    if refusal := lacks(by):
        return refusal
    with scope(pool, PLATFORM) as conn:
        if not is_id(mailbox_id) or not store.ask_check(conn, mailbox_id, now):
            return Refusal("mailbox_unknown")
    return None


def set_contact(pool: Pool, by: By, address: str, now: datetime) -> Refusal | None:
    """Where the platform writes to this merchant; what comes from there is the merchant's word. Empty: nowhere."""
    if refusal := by.lacks("manage_settings"):
        return refusal
    plain = address.strip().lower()
    if plain and not is_address(plain):
        return Refusal("mail_address_wrong", {"address": address.strip()[:80]}, "contact")
    if by.merchant_id is None:
        return Refusal("mail_of_whom")
    with scope(pool, by.scope) as conn:
        before = store.contact(conn, by.merchant_id)
        if before != plain:
            store.set_contact(conn, by.merchant_id, plain, now)
            record(conn, by, now, "mail_contact_changed", after={"given": bool(plain)})
    return None


def is_address(text: str) -> bool:
    """An address as mailboxes have it: lower case, ASCII, one @, nothing behind a plus."""
    return len(text) <= 190 and bool(_ADDRESS.fullmatch(text)) and ".." not in text


def lacks(by: By) -> Refusal | None:
    """Why this person may not touch mail; None if they may."""
    return by.lacks(PERMISSION) or (Refusal("permission_missing", {"permission": PERMISSION}) if by.merchant_id else None)


def _checked(given: Given, fresh: bool) -> dict[str, object] | Refusal:
    """What was typed as columns, or what is wrong with it."""
    address = given.address.strip().lower()
    if not is_address(address):
        return Refusal("mail_address_wrong", {"address": given.address.strip()[:80]}, "address")
    if given.way not in WAYS:
        return Refusal("mail_way_wrong", field="way")
    if given.way == "none" and not given.smtp_host.strip():
        return Refusal("mail_nothing", field="way")
    odd = next((name for name in ("name", "folder", "imap_user", "smtp_user", "imap_password", "smtp_password") if not getattr(given, name).strip().isprintable()), "")
    if odd:
        return Refusal("mail_text_wrong", field=odd)
    row: dict[str, object] = {"address": address, "name": given.name.strip()[:80], "way": given.way, "folder": given.folder.strip()[:100] or "INBOX", "plus": given.plus, "take_old": given.take_old}
    for kind in ("imap", "smtp"):
        used = given.way == "imap" if kind == "imap" else bool(given.smtp_host.strip())
        found = _server(given, kind, fresh) if used else {f"{kind}_host": "", f"{kind}_port": PORTS[kind]["tls"], f"{kind}_security": "tls", f"{kind}_user": "", f"{kind}_password": ""}
        if isinstance(found, Refusal):
            return found
        row |= found
    return (cannot_seal() if row["imap_password"] or row["smtp_password"] else None) or row


def _server(given: Given, kind: str, fresh: bool) -> dict[str, object] | Refusal:
    host, port, security, user, password = (str(getattr(given, f"{kind}_{name}")).strip() for name in ("host", "port", "security", "user", "password"))
    host = host.lower()
    if not _HOST.fullmatch(host):
        return Refusal("mail_host_wrong", field=f"{kind}_host")
    if security not in SECURITY or (security == "plain" and host not in LOOPBACK):
        return Refusal("mail_plain_away", field=f"{kind}_security")
    if port and not (port.isdecimal() and 1 <= int(port) <= 65535):
        return Refusal("mail_port_wrong", field=f"{kind}_port")
    if kind == "imap" and not user:
        return Refusal("mail_user_missing", field="imap_user")
    if fresh and user and not password:
        return Refusal("mail_password_missing", field=f"{kind}_password")
    return {f"{kind}_host": host, f"{kind}_port": int(port) if port else PORTS[kind][security], f"{kind}_security": security, f"{kind}_user": user[:190], f"{kind}_password": password[:200]}


def _shown(row: dict[str, object]) -> dict[str, object]:
    """What the audit has of a mailbox: everything but passwords."""
    return {k: row[k] for k in ("address", "name", "way", "imap_host", "imap_port", "imap_security", "imap_user", "folder", "smtp_host", "smtp_port", "smtp_security", "smtp_user", "plus") if k in row}
