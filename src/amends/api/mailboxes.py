"""Mailboxes over HTTP, with the rights the screens have: the platform keeps them, a merchant sees its own and says where it is written to (TI-4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from amends.api.door import Call, Refused, Reply, refuse, uuid_text
from amends.api.mailbox_shapes import CONTACT, MAILBOX, SETTINGS, MailboxPage, MailboxShown, MailboxTried, MailContactShown
from amends.api.records import read_record
from amends.core.refusal import Refusal
from amends.engine import mailboxes as engine
from amends.engine.audit import By
from amends.engine.mailboxes import PERMISSION, Given
from amends.store import mailboxes as store
from amends.store.connect import PLATFORM, scope
from amends.store.mailboxes import PLATFORMS_OWN

SAME = (
    "id", "address", "name", "way", "imap_host", "imap_port", "imap_security", "imap_user", "folder", "smtp_host", "smtp_port", "smtp_security", "smtp_user", "plus", "take_old", "active",
    "looked_at", "heard_at", "trouble",
)


def listed(call: Call) -> Reply:
    """GET the mailboxes this key may see."""
    _may_see(call)
    call.known_queries()
    own = call.merchant() if call.caller.merchant_id is not None else call.query("merchant_id", uuid_text)
    return Reply(MailboxPage([_shown(call, row) for row in _rows(call, own)]))


def one(call: Call, id: UUID) -> Reply:
    """GET one of them."""
    _may_see(call)
    call.known_queries()
    return Reply(_one(call, str(id)))


def add(call: Call) -> Reply:
    """POST a new one, once under the Idempotency-Key."""
    _keeps(call)
    call.known_queries()
    given, made = _given(call, MAILBOX), str(call.command_id)
    if any(row["id"] == made for row in _rows(call, None)):
        return Reply(_one(call, made), replayed=True)
    answer = engine.add(call.house.pool, By(call.caller), given, call.now, made)
    if isinstance(answer, Refusal):
        raise Refused(answer)
    return Reply(_one(call, made))


def change(call: Call, id: UUID) -> Reply:
    """PUT other settings in place of those there are."""
    _keeps(call)
    call.known_queries()
    _refused(engine.change(call.house.pool, By(call.caller), str(id), _given(call, SETTINGS), call.now))
    return Reply(_one(call, str(id)))


def attempt(call: Call, id: UUID) -> Reply:
    """POST: sign in to both servers, by the worker."""
    _keeps(call)
    call.known_queries()
    _refused(engine.try_it(call.house.pool, By(call.caller), str(id), call.now))
    return Reply(_one(call, str(id)))


def switch(call: Call, id: UUID, *, active: bool) -> Reply:
    """POST: in use, or out of use."""
    _keeps(call)
    call.known_queries()
    if _one(call, str(id)).active != active:
        _refused(engine.switch(call.house.pool, By(call.caller), str(id), active, call.now))
    return Reply(_one(call, str(id)))


def enable(call: Call, id: UUID) -> Reply:
    """POST: in use."""
    return switch(call, id, active=True)


def disable(call: Call, id: UUID) -> Reply:
    """POST: out of use."""
    return switch(call, id, active=False)


def contact(call: Call) -> Reply:
    """GET where a merchant is written to."""
    call.needs("manage_settings")
    call.known_queries()
    merchant = call.merchant()
    with scope(call.house.pool, UUID(merchant)) as conn:
        return Reply(MailContactShown(store.contact(conn, merchant)))


def set_contact(call: Call) -> Reply:
    """PUT another address, or none."""
    call.needs("manage_settings")
    call.known_queries()
    if call.caller.merchant_id is None:
        raise Refused(Refusal("not_yours", {"command": "set_mail_contact", "party": call.caller.party.value}))
    wrong: list[Refusal] = []
    typed = read_record(call.json(), CONTACT, "", wrong)
    refuse(wrong)
    _refused(engine.set_contact(call.house.pool, By(call.caller), typed.get("contact", ""), call.now))
    return contact(call)


def _may_see(call: Call) -> None:
    call.needs(PERMISSION if call.caller.merchant_id is None else "manage_settings")


def _keeps(call: Call) -> None:
    """Servers are typed by the platform's people only: a merchant's key makes this house call nobody."""
    if call.caller.merchant_id is not None:
        raise Refused(Refusal("not_yours", {"command": PERMISSION, "party": call.caller.party.value}))
    call.needs(PERMISSION)


def _refused(answer: Refusal | None) -> None:
    if answer is not None:
        raise Refused(Refusal("not_there") if answer.code == "mailbox_unknown" else answer)


def _given(call: Call, table: Any) -> Given:
    wrong: list[Refusal] = []
    values = read_record(call.json(), table, "", wrong)
    refuse(wrong)
    for name in ("imap_port", "smtp_port"):
        if name in values:
            values[name] = str(values[name])
    if "merchant_id" in values:
        values["merchant"] = values.pop("merchant_id").lower()
    return Given(**values)


def _rows(call: Call, merchant: str | None) -> list[dict[str, Any]]:
    with scope(call.house.pool, PLATFORM if call.caller.merchant_id is None else UUID(call.caller.merchant_id)) as conn:
        return store.listed(conn, merchant)


def _one(call: Call, mailbox_id: str) -> MailboxShown:
    row = next((row for row in _rows(call, call.caller.merchant_id) if row["id"] == mailbox_id), None)
    if row is None:
        raise Refused(Refusal("not_there"))
    return _shown(call, row)


def _shown(call: Call, row: dict[str, Any]) -> MailboxShown:
    tried = MailboxTried(row["check_asked_at"], row["checked_at"], row["check_read"], row["check_send"]) if row["check_asked_at"] else None
    return MailboxShown(
        merchant_id=None if row["merchant_id"] == PLATFORMS_OWN else row["merchant_id"], tried=tried, secrets=row["secrets"] if call.caller.merchant_id is None else None, **{name: row[name] for name in SAME},
    )
