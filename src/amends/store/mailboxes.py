"""Mailboxes: where mail is read and sent, how far each folder was taken, and what came of trying it (TI-4). The merchant of zeros stands for the platform's own.

Passwords are read in the platform's scope, by the workers that sign in; nothing that is listed has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from amends.store import sealing
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.merchant_seen import COLUMNS, MerchantSeen, merchant_of

PLATFORMS_OWN = "00000000-0000-0000-0000-000000000000"
LEASE = timedelta(minutes=5)
"""How long a worker has for one look into a folder; one that dies leaves it to the next after this time."""
EVERY = timedelta(seconds=30)
SLOWEST = timedelta(minutes=30)
Row = dict[str, Any]


@dataclass(slots=True)
class Mailbox:
    """One mailbox with what a worker needs to sign in. `looked_at` of its lease tells a worker whether the mailbox is still its own."""

    merchant_id: str
    id: str
    address: str
    name: str
    way: str
    imap_host: str
    imap_port: int
    imap_security: str
    imap_user: str
    folder: str
    smtp_host: str
    smtp_port: int
    smtp_security: str
    smtp_user: str
    plus: bool
    take_old: bool
    active: bool
    uid_validity: int | None
    last_uid: int
    seen_until: datetime | None
    failures: int
    imap_sealed: str
    smtp_sealed: str

    @property
    def imap_password(self) -> str:
        """The password for reading. Raises sealing.Locked when it does not open here."""
        return sealing.open_(self.imap_sealed, place("imap", self.id))

    @property
    def smtp_password(self) -> str:
        """The password for sending. Raises sealing.Locked when it does not open here."""
        return sealing.open_(self.smtp_sealed, place("smtp", self.id))

    @property
    def of_platform(self) -> bool:
        """Whether it is the platform's own."""
        return self.merchant_id == PLATFORMS_OWN

    def __repr__(self) -> str:
        return f"Mailbox({self.address})"


def place(kind: str, mailbox_id: str) -> str:
    """What a password is bound to (sealing): one of this mailbox opens in no other."""
    return f"mailbox.{kind}:{mailbox_id}"


_FIND = (
    "select m.merchant_id::text, m.id::text, m.address, m.name, m.way, m.imap_host, m.imap_port, m.imap_security, m.imap_user, m.folder, m.smtp_host, m.smtp_port, m.smtp_security,"
    " m.smtp_user, m.plus, m.take_old, m.active, m.uid_validity, m.last_uid, m.seen_until, m.failures, coalesce(s.imap_password, ''), coalesce(s.smtp_password, '')"
    " from mailboxes m left join mailbox_secrets s on s.mailbox_id = m.id"
)


def find(conn: psycopg.Connection, mailbox_id: str) -> Mailbox | None:
    """One mailbox; PLATFORM scope."""
    row = conn.execute(f"{_FIND} where m.id = %s", (mailbox_id,)).fetchone()
    return None if row is None else Mailbox(*row)


def at_address(conn: psycopg.Connection, addresses: list[str]) -> Mailbox | None:
    """The mailbox of the first of these addresses (lower case) that is one, in use; PLATFORM scope."""
    rows = conn.execute(f"{_FIND} where m.address = any(%s) and m.active order by array_position(%s, m.address) limit 1", (addresses, addresses)).fetchall()
    return Mailbox(*rows[0]) if rows else None


def sending_for(conn: psycopg.Connection, merchant: str) -> Mailbox | None:
    """From where a merchant's mail goes out: its own mailbox, else the platform's, the oldest that sends; PLATFORM scope."""
    rows = conn.execute(
        f"{_FIND} where m.active and m.smtp_host <> '' and m.merchant_id in (%s, %s) order by m.merchant_id = %s desc, m.created_at, m.id limit 1", (merchant, PLATFORMS_OWN, merchant)
    ).fetchall()
    return Mailbox(*rows[0]) if rows else None


def own_addresses(conn: psycopg.Connection) -> set[str]:
    """Every address that is a mailbox of this house, in use or not; PLATFORM scope."""
    return {row[0] for row in conn.execute("select address from mailboxes").fetchall()}


def listed(conn: psycopg.Connection, merchant: str | None = None) -> list[Row]:
    """For screens, without passwords; the platform's own first. `merchant`: only this one's. `secrets`: see `secrets_of`; nothing outside PLATFORM scope."""
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "select m.merchant_id::text as merchant_id, m.id::text as id, m.address, m.name, m.way, m.imap_host, m.imap_port, m.imap_security, m.imap_user, m.folder, m.smtp_host, m.smtp_port,"
            " m.smtp_security, m.smtp_user, m.plus, m.take_old, m.active, m.looked_at, m.next_look_at, m.failures, m.trouble, m.check_asked_at, m.checked_at, m.check_read, m.check_send,"
            " k.name as merchant, (select max(i.at) from mails i where i.mailbox_id = m.id and i.direction = 'in') as heard_at"
            " from mailboxes m left join merchants k on k.id = m.merchant_id where %(m)s::uuid is null or m.merchant_id = %(m)s"
            " order by m.active desc, m.merchant_id <> %(own)s, m.address", {"m": merchant, "own": PLATFORMS_OWN},
        ).fetchall()
    known = secrets_of(conn) if merchant is None else {}
    for row in rows:
        row["secrets"] = known.get(row["id"], {"imap": False, "smtp": False, "locked": False})
    return rows


_GIVEN = ("address", "name", "way", "imap_host", "imap_port", "imap_security", "imap_user", "folder", "smtp_host", "smtp_port", "smtp_security", "smtp_user", "plus", "take_old")


def add(conn: psycopg.Connection, merchant: str, mailbox_id: str, given: Row, now: datetime) -> bool:
    """A new one, in use; false if the address is a mailbox already. PLATFORM scope."""
    register = "insert into mailbox_secrets (mailbox_id, address, imap_password, smtp_password) values (%s, %s, %s, %s) on conflict (address) do nothing"
    if not conn.execute(register, (mailbox_id, given["address"], *(sealing.seal(str(given[f"{kind}_password"]), place(kind, mailbox_id)) for kind in ("imap", "smtp")))).rowcount:
        return False
    values = ", ".join(f"%({name})s" for name in _GIVEN)
    conn.execute(
        f"insert into mailboxes (merchant_id, id, {', '.join(_GIVEN)}, next_look_at, created_at, changed_at) values (%(merchant)s, %(id)s, {values}, %(now)s, %(now)s, %(now)s)",
        {**given, "merchant": merchant, "id": mailbox_id, "now": now},
    )
    return True


def change(conn: psycopg.Connection, mailbox_id: str, given: Row, now: datetime) -> bool:
    """Other servers, users or names; an empty password keeps the one there is. Another folder or server is another place: it is taken from its beginning as a new one is. PLATFORM scope."""
    register = "update mailbox_secrets set address = %(a)s where mailbox_id = %(id)s and not exists (select 1 from mailbox_secrets o where o.address = %(a)s and o.mailbox_id <> %(id)s)"
    if not conn.execute(register, {"a": given["address"], "id": mailbox_id}).rowcount:
        return False
    sets = ", ".join(f"{name} = %({name})s" for name in _GIVEN)
    changed = conn.execute(
        f"update mailboxes set {sets}, changed_at = %(now)s, next_look_at = %(now)s, failures = 0, trouble = '',"
        " uid_validity = case when (imap_host, imap_user, folder) = (%(imap_host)s, %(imap_user)s, %(folder)s) then uid_validity end,"
        " last_uid = case when (imap_host, imap_user, folder) = (%(imap_host)s, %(imap_user)s, %(folder)s) then last_uid else 0 end,"
        " seen_until = case when (imap_host, imap_user, folder) = (%(imap_host)s, %(imap_user)s, %(folder)s) then seen_until end"
        " where id = %(id)s", {**given, "id": mailbox_id, "now": now},
    ).rowcount
    if changed:
        for kind in ("imap", "smtp"):
            if secret := str(given[f"{kind}_password"]):
                conn.execute(f"update mailbox_secrets set {kind}_password = %s where mailbox_id = %s", (sealing.seal(secret, place(kind, mailbox_id)), mailbox_id))
    return bool(changed)


def secrets_of(conn: psycopg.Connection) -> dict[str, dict[str, bool]]:
    """For each mailbox whether it has a password for reading (`imap`) and for sending (`smtp`), and whether one of them does not open here (`locked`). PLATFORM scope."""
    rows = conn.execute("select mailbox_id::text, imap_password, smtp_password from mailbox_secrets").fetchall()
    return {box: {"imap": bool(imap), "smtp": bool(smtp), "locked": sealing.locked(imap, place("imap", box)) or sealing.locked(smtp, place("smtp", box))} for box, imap, smtp in rows}


def switch(conn: psycopg.Connection, mailbox_id: str, active: bool, now: datetime) -> str | None:
    """In use or out of use; answers the address, None if there is no such mailbox. PLATFORM scope."""
    row = conn.execute("update mailboxes set active = %s, changed_at = %s, next_look_at = %s where id = %s returning address", (active, now, now, mailbox_id)).fetchone()
    return None if row is None else row[0]


def ask_check(conn: psycopg.Connection, mailbox_id: str, now: datetime) -> bool:
    """Somebody wants to know whether it works; PLATFORM scope."""
    return conn.execute("update mailboxes set check_asked_at = %s, checked_at = null where id = %s", (now, mailbox_id)).rowcount == 1


def checks_waiting(pool: Pool) -> list[str]:
    """Mailboxes that somebody wants tried."""
    with scope(pool, PLATFORM) as conn:
        return [row[0] for row in conn.execute("select id::text from mailboxes where check_asked_at is not null and checked_at is null order by check_asked_at limit 20").fetchall()]


def checked(pool: Pool, mailbox_id: str, read: str, send: str, now: datetime) -> None:
    """What came of trying; each is `ok`, `none` (not used) or `why: words`."""
    with scope(pool, PLATFORM) as conn:
        conn.execute("update mailboxes set checked_at = %s, check_read = %s, check_send = %s where id = %s and check_asked_at is not null", (now, read[:400], send[:400], mailbox_id))


def any_due(pool: Pool, now: datetime) -> bool:
    """Whether a mailbox is to be looked into, or tried."""
    with scope(pool, PLATFORM) as conn:
        row = conn.execute(
            "select exists (select 1 from mailboxes where way = 'imap' and active and next_look_at <= %(now)s and (leased_until is null or leased_until <= %(now)s))"
            " or exists (select 1 from mailboxes where check_asked_at is not null and checked_at is null)", {"now": now},
        ).fetchone()
    return bool(row and row[0])


def lease_due(pool: Pool, now: datetime, most: int) -> list[str]:
    """Take mailboxes that are due for a look, nobody else's for LEASE."""
    with scope(pool, PLATFORM) as conn:
        rows = conn.execute(
            "update mailboxes set leased_until = %(until)s where id in (select id from mailboxes where way = 'imap' and active and next_look_at <= %(now)s"
            " and (leased_until is null or leased_until <= %(now)s) order by next_look_at limit %(most)s for update skip locked) returning id::text",
            {"now": now, "until": now + LEASE, "most": most},
        ).fetchall()
    return [row[0] for row in rows]


def reading_now(pool: Pool) -> list[Row]:
    """Mailboxes that are read by IMAP, in use: id and address."""
    with scope(pool, PLATFORM) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute("select id::text as id, address from mailboxes where way = 'imap' and active order by address").fetchall()


def trouble_of(pool: Pool, mailbox_id: str) -> str:
    """What went wrong at the last look; empty if nothing did."""
    with scope(pool, PLATFORM) as conn:
        row = conn.execute("select trouble from mailboxes where id = %s", (mailbox_id,)).fetchone()
    return row[0] if row else ""


def taken(conn: psycopg.Connection, mailbox_id: str, validity: int, uid: int, arrived: datetime | None) -> None:
    """The folder is taken up to here; in the transaction that keeps the mail. PLATFORM scope."""
    conn.execute(
        "update mailboxes set last_uid = case when uid_validity = %(v)s then greatest(last_uid, %(uid)s) else %(uid)s end, uid_validity = %(v)s, seen_until = greatest(seen_until, %(at)s::timestamptz) where id = %(id)s",
        {"v": validity, "uid": uid, "at": arrived, "id": mailbox_id},
    )


def looked(pool: Pool, mailbox_id: str, now: datetime, trouble: str = "", at_once: bool = False) -> None:
    """A look is over: the next one soon, or at once when there was more; after trouble later each time."""
    with scope(pool, PLATFORM) as conn:
        conn.execute(
            "update mailboxes set leased_until = null, looked_at = case when %(t)s = '' then %(now)s else looked_at end, trouble = %(t)s, failures = case when %(t)s = '' then 0 else failures + 1 end,"
            " next_look_at = %(now)s::timestamptz + case when %(once)s then interval '0' when %(t)s = '' then %(every)s::interval"
            " else least(%(every)s::interval * power(2, least(failures, 10)), %(slow)s::interval) end where id = %(id)s",
            {"now": now, "t": trouble[:400], "once": at_once, "every": EVERY, "slow": SLOWEST, "id": mailbox_id},
        )


def contact(conn: psycopg.Connection, merchant: str) -> str:
    """Where the platform writes to a merchant; empty if it has not said."""
    row = conn.execute("select contact from merchant_mail where merchant_id = %s", (merchant,)).fetchone()
    return row[0] if row else ""


def set_contact(conn: psycopg.Connection, merchant: str, address: str, now: datetime) -> None:
    """Another contact address; empty: none."""
    if address:
        conn.execute(
            "insert into merchant_mail (merchant_id, contact, changed_at) values (%s, %s, %s) on conflict (merchant_id) do update set contact = excluded.contact, changed_at = excluded.changed_at",
            (merchant, address, now),
        )
    else:
        conn.execute("delete from merchant_mail where merchant_id = %s", (merchant,))


def merchants_at(conn: psycopg.Connection, address: str) -> set[str]:
    """Merchants whose side writes from this address: its contact, its mailboxes, its people; PLATFORM scope."""
    rows = conn.execute(
        "select merchant_id::text from merchant_mail where contact = %(a)s union select merchant_id::text from mailboxes where address = %(a)s and merchant_id <> %(own)s"
        " union select merchant_id::text from people where lower(email) = %(a)s and merchant_id is not null and active", {"a": address, "own": PLATFORMS_OWN},
    ).fetchall()
    return {row[0] for row in rows}


def rules_of(conn: psycopg.Connection, merchant: str) -> MerchantSeen:
    """The merchant as its clocks look at it; its own scope."""
    return merchant_of(conn.execute(f"select {COLUMNS} from merchants where id = %s", (merchant,)).fetchone())
