"""Erasing personal data whose time is over (ST-10): mails and dossiers, one at a time or all that is due, asked for on the platform's page, by the command, or by the worker. Each on record.

What belongs to an open matter is refused with the day, or the event, after which it may go. Nobody can erase early, for the law sets the least.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime

from amends.core.actor import SYSTEM
from amends.core.refusal import Refusal
from amends.core.retention import LEAST, MOST, Matter, refusal
from amends.engine.audit import By, record
from amends.engine.ids import is_id
from amends.store import audit
from amends.store import erasure as store
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.erasure import KINDS, Found, Retention
from amends.store.mailboxes import PLATFORMS_OWN

PERMISSION = "erase_personal_data"
A_TURN = 200
ITSELF = By(replace(SYSTEM, permissions=frozenset({PERMISSION})))
"""The worker and the command line: whoever runs them holds the database anyway; the audit says that it was the system."""


@dataclass(slots=True)
class Erased:
    """What came of it: how many of each kind went, and those that stay, each with why."""

    gone: Counter[str] = field(default_factory=Counter)
    stays: list[tuple[Found, Refusal]] = field(default_factory=list)


def retention(pool: Pool) -> Retention:
    """What is set."""
    with scope(pool, PLATFORM) as conn:
        return store.retention(conn)


def set_retention(pool: Pool, by: By, days: str, by_itself: bool, now: datetime, *, second_person: bool = True) -> Refusal | None:
    """Other days; whether the worker erases by itself what is due; and whether another person confirms that a buyer is to be erased."""
    if wrong := lacks(by):
        return wrong
    if not (days.isdecimal() and days.isascii() and len(days) < 6 and LEAST <= int(days) <= MOST):
        return Refusal("retention_days_wrong", {"least": LEAST, "most": MOST}, "days")
    with scope(pool, PLATFORM) as conn:
        old = store.retention(conn, lock=True)
        was, new = (old.days, old.by_itself, old.second_person), (int(days), by_itself, second_person)
        if was != new:
            store.set_retention(conn, *new, by.actor.name, now)
            names = ("days", "by_itself", "second_person")
            record(conn, by, now, "retention_changed", ("platform", "retention"), before=dict(zip(names, was, strict=True)), after=dict(zip(names, new, strict=True)))
    return None


def erase_one(pool: Pool, by: By, what: str, ident: str, now: datetime) -> Refusal | None:
    """One mail or dossier; refused with when it may go."""
    if wrong := lacks(by):
        return wrong
    if what not in KINDS or not is_id(ident):
        return Refusal("erasure_unknown")
    with scope(pool, PLATFORM) as conn:
        found = store.one(conn, what, ident)
        if found is None:
            return Refusal("erasure_unknown")
        return _erase(conn, by, found, store.retention(conn).days, now)


def erase_of(pool: Pool, by: By, now: datetime, *, address: str = "", number: str = "", merchant: str = "", dry: bool = False) -> Erased | Refusal:
    """Everything of an address, or of a case: what may go goes, the rest is answered with why it stays. `dry`: only say. `merchant`: its name, where several have a case of this number."""
    if wrong := lacks(by):
        return wrong
    with scope(pool, PLATFORM) as conn:
        found = store.of_case(conn, number.strip().upper()) if number else store.of_address(conn, address.strip().lower())
        found = [one for one in found if merchant in ("", one.merchant)]
        whose = sorted({one.merchant for one in found})
        if number and len(whose) > 1:
            return Refusal("erasure_whose", {"number": number, "merchants": whose}, "merchant")
        return _all(conn, by, found, now, dry=dry)


def erase_due(pool: Pool, by: By, now: datetime, *, most: int = A_TURN, dry: bool = False) -> Erased | Refusal:
    """Up to `most` mails and as many dossiers whose time is over; call again until nothing goes."""
    if wrong := lacks(by):
        return wrong
    with scope(pool, PLATFORM) as conn:
        return _all(conn, by, store.due(conn, store.retention(conn).days, now, most), now, dry=dry)


def why_kept(found: Found, days: int, now: datetime) -> Refusal | None:
    """Why something may not go now; None if it may."""
    if found.erased_at is not None:
        return Refusal("erasure_done")
    if found.what == "mail" and found.status in ("kept", "not_placed", "queued"):
        return Refusal("erasure_mail_open")
    own = Matter(found.number, found.kind, found.closed_at) if found.of_case else None
    others = [Matter(found.numbers[0], "", None if found.open else found.ended_at)] if found.numbers else []
    return refusal(own, others, found.at, days, now)


def lacks(by: By) -> Refusal | None:
    """Why this person may erase nothing; None if they may."""
    return by.lacks(PERMISSION) or (Refusal("permission_missing", {"permission": PERMISSION}) if by.merchant_id else None)


def _all(conn: audit.Connection, by: By, found: list[Found], now: datetime, *, dry: bool) -> Erased:
    out, days = Erased(), store.retention(conn).days
    for one in found:
        stays = why_kept(one, days, now) if dry else _erase(conn, by, one, days, now)
        if stays:
            out.stays.append((one, stays))
        else:
            out.gone[one.what] += 1
    return out


def _erase(conn: audit.Connection, by: By, found: Found, days: int, now: datetime) -> Refusal | None:
    if stays := why_kept(found, days, now):
        return stays
    done = (store.erase_mail if found.what == "mail" else store.erase_dossier)(conn, found.merchant_id, found.id, by.actor.name, now)
    if not done:
        return Refusal("erasure_done")
    whose = found.merchant_id if found.merchant_id != PLATFORMS_OWN else None
    record(conn, by, now, f"{found.what}_erased", (found.what, found.id), after={"number": found.number, "kept_days": days}, merchant_id=whose)
    return None
