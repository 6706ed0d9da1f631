"""Making and changing accounts: merchants with their main account, people, passwords (ST-1, ST-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.core.refusal import Refusal
from amends.engine import passwords
from amends.engine.audit import By, record
from amends.engine.ids import is_id, new_id
from amends.engine.pack_start import begin, offers
from amends.engine.person import Person, person_of
from amends.engine.sessions import token_hash
from amends.store import audit, people, sessions
from amends.store.connect import PLATFORM, Pool, scope

LANGUAGES = ("zh-CN", "en")
MODES = ("FBP", "LBP", "SOPL", "SOP")
_SOMEBODY: dict[str, Any] = {"main_account": False, "password_hash": None, "language": "zh-CN", "invited_at": None}


@dataclass(slots=True)
class Main:
    """The main account of a new merchant, or the first of the platform."""

    email: str
    name: str
    password: str
    language: str = "zh-CN"


def make_merchant(
    pool: Pool, name: str, pack: str, mode: str, main: Main, now: datetime, by: By | None = None, *,
    timezone: str = "Asia/Shanghai", currency: str = "CNY", settings: dict[str, Any] | None = None,
) -> Person | Refusal:
    """A tenant with its main account, which is answered. `by`: the platform's person, or nobody when the house itself sets up."""
    by = by or By()
    refusal = (by.lacks("manage_settings") if by.actor.party.value == "platform" else None) or _merchant_refused(name, mode) or _main_refused(main)
    if refusal:
        return refusal
    merchant_id = new_id(now)
    hashed = passwords.hashed(main.password)
    with scope(pool, PLATFORM) as conn:
        if not offers(conn, pack):
            return Refusal("pack_unknown", {"pack": pack}, "pack")
        people.add_merchant(
            conn,
            {"id": merchant_id, "name": name.strip(), "pack": pack, "mode": mode, "currency": currency, "timezone": timezone, "settings": settings or {}, "now": now},
        )
        begin(conn, merchant_id, pack, by.actor.name, now)
        made = _add_main(conn, merchant_id, main, hashed, now)
        if isinstance(made, Refusal):
            conn.rollback()
            return made
        after = {"name": name.strip(), "pack": pack, "fulfilment_mode": mode, "main_account": made.email}
        record(conn, by, now, "merchant_made", ("merchant", merchant_id), after=after, merchant_id=merchant_id)
    return made


def make_platform(pool: Pool, main: Main, now: datetime) -> Person | Refusal:
    """A main account of the platform, for setting up a house."""
    refusal = _main_refused(main)
    if refusal:
        return refusal
    hashed = passwords.hashed(main.password)
    with scope(pool, PLATFORM) as conn:
        made = _add_main(conn, None, main, hashed, now)
        if isinstance(made, Person):
            record(conn, By(), now, "person_made", ("person", made.id), after=_shown(made))
    return made


def make_person(pool: Pool, by: By, email: str, name: str, now: datetime, *, password: str | None = None, language: str = "zh-CN") -> Person | Refusal:
    """A sub-account of the asker's merchant; it holds nothing until granted (ST-1). Without a password it is invited."""
    refusal = by.lacks("manage_staff") or _person_refused(email, name, language) or (passwords.weakness(password, email) if password else None)
    if refusal:
        return refusal
    row = _SOMEBODY | {
        "id": new_id(now), "merchant_id": by.merchant_id, "email": email.strip(), "name": name.strip(), "language": language, "created_at": now,
        "password_hash": passwords.hashed(password) if password else None, "invited_at": None if password else now,
    }
    with scope(pool, by.scope) as conn:
        if not people.add(conn, row):
            return Refusal("email_taken", {"email": email.strip()}, "email")
        made = _get(conn, by.merchant_id, row["id"])
        assert made is not None
        record(conn, by, now, "person_made", ("person", made.id), after=_shown(made))
    return made


def change_person(pool: Pool, by: By, person_id: str, now: datetime, *, name: str, language: str, active: bool) -> Person | Refusal:
    """Change name, language, and whether the person may come in; who may not is signed out at once."""
    refusal = by.lacks("manage_staff") or _person_refused("x@x.x", name, language)
    if refusal:
        return refusal
    with scope(pool, by.scope) as conn:
        row = _row(conn, by, person_id)
        if row is None:
            return Refusal("person_unknown")
        if not active and row["main_account"]:
            return Refusal("main_account_fixed", field="active")
        if not active and person_id == by.actor.id:
            return Refusal("not_oneself", field="active")
        before = {"name": row["name"], "language": row["language"], "active": row["active"]}
        after = {"name": name.strip(), "language": language, "active": active}
        people.change(conn, person_id, name.strip(), language, active)
        if not active:
            sessions.end_all(conn, person_id)
        if before != after:
            record(conn, by, now, "person_changed", ("person", person_id), before=before, after=after)
        return person_of(row | after)


def choose_language(pool: Pool, by: By, language: str, now: datetime) -> Refusal | None:
    """One's own language, kept with the account: the language of messages, and of the pages on the next machine."""
    if language not in LANGUAGES:
        return Refusal("not_a_choice", {"zh": "语言", "en": "Language", "choices": list(LANGUAGES)}, "language")
    with scope(pool, by.scope) as conn:
        row = _row(conn, by, by.actor.id)
        if row is None:
            return Refusal("person_unknown")
        if row["language"] != language:
            people.change(conn, by.actor.id, row["name"], language, row["active"])
            record(conn, by, now, "person_changed", ("person", by.actor.id), before={"language": row["language"]}, after={"language": language})
    return None


def change_password(pool: Pool, by: By, old: str, new: str, now: datetime, keep: str = "") -> Refusal | None:
    """One's own password: the old one is asked for, and all other sessions end."""
    with scope(pool, by.scope) as conn:
        row = _row(conn, by, by.actor.id)
    if row is None:
        return Refusal("person_unknown")
    if not passwords.fits(old, row["password_hash"]):
        return Refusal("password_wrong", field="old_password")
    refusal = passwords.weakness(new, row["email"])
    if refusal:
        return refusal
    _set_password(pool, by, by.actor.id, new, now, "password_changed", keep)
    return None


def set_password(pool: Pool, by: By, person_id: str, new: str, now: datetime) -> Refusal | None:
    """Another's password, by who manages staff and holds all that they hold, so that no rights are gained this way."""
    refusal = by.lacks("manage_staff")
    if refusal:
        return refusal
    with scope(pool, by.scope) as conn:
        row = _row(conn, by, person_id)
    if row is None:
        return Refusal("person_unknown")
    refusal = beyond(by, person_of(row)) or passwords.weakness(new, row["email"])
    if refusal:
        return refusal
    _set_password(pool, by, person_id, new, now, "password_set")
    return None


def beyond(by: By, person: Person) -> Refusal | None:
    """Nobody acts upon the account of somebody who holds more than they do."""
    missing = sorted(p for p in person.permissions if not by.actor.holds(p))
    return Refusal("grant_beyond_own", {"permission": missing}) if missing else None


def _set_password(pool: Pool, by: By, person_id: str, new: str, now: datetime, action: str, keep: str = "") -> None:
    hashed = passwords.hashed(new)
    with scope(pool, by.scope) as conn:
        people.set_password(conn, person_id, hashed)
        sessions.end_all(conn, person_id, token_hash(keep) if keep else None)
        record(conn, by, now, action, ("person", person_id))


def _merchant_refused(name: str, mode: str) -> Refusal | None:
    if not name.strip():
        return Refusal("required", {"zh": "商家名称", "en": "Merchant's name"}, "name")
    return None if mode in MODES else Refusal("not_a_choice", {"zh": "履约模式", "en": "Fulfilment mode", "choices": list(MODES)}, "mode")


def _main_refused(main: Main) -> Refusal | None:
    return _person_refused(main.email, main.name, main.language) or passwords.weakness(main.password, main.email)


def _person_refused(email: str, name: str, language: str) -> Refusal | None:
    local, at, domain = email.strip().partition("@")
    if not (local and at and "." in domain and "@" not in domain and not any(c.isspace() for c in email.strip())) or len(email) > 254:
        return Refusal("wrong_kind", {"zh": "邮箱", "en": "E-mail"}, "email")
    if not name.strip():
        return Refusal("required", {"zh": "姓名", "en": "Name"}, "name")
    if len(name.strip()) > 60:
        return Refusal("too_long", {"zh": "姓名", "en": "Name", "most": 60, "now": len(name.strip())}, "name")
    return None if language in LANGUAGES else Refusal("not_a_choice", {"zh": "语言", "en": "Language", "choices": list(LANGUAGES)}, "language")


def _add_main(conn: audit.Connection, merchant_id: str | None, main: Main, hashed: str, now: datetime) -> Person | Refusal:
    row = _SOMEBODY | {
        "id": new_id(now), "merchant_id": merchant_id, "email": main.email.strip(), "name": main.name.strip(), "main_account": True,
        "password_hash": hashed, "language": main.language, "created_at": now,
    }
    if not people.add(conn, row):
        return Refusal("email_taken", {"email": main.email.strip()}, "email")
    made = _get(conn, merchant_id, row["id"])
    assert made is not None
    return made


def _row(conn: audit.Connection, by: By, person_id: str) -> people.Row | None:
    return people.by_id(conn, by.merchant_id, person_id) if is_id(person_id) else None


def _get(conn: audit.Connection, merchant_id: str | None, person_id: str) -> Person | None:
    row = people.by_id(conn, merchant_id, person_id)
    return None if row is None else person_of(row)


def _shown(person: Person) -> dict[str, Any]:
    return {"email": person.email, "name": person.name, "language": person.language, "main_account": person.main_account}
