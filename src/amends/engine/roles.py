"""Roles and direct grants (ST-2). Nobody gives what they do not hold themselves; the main account holds everything, always."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.ids import is_id, new_id
from amends.engine.person import known
from amends.store import audit, people, roles
from amends.store.connect import Pool, scope


def make_role(pool: Pool, by: By, name: str, permissions: Iterable[str], now: datetime) -> str | Refusal:
    """A new role of the asker's merchant; answers its id."""
    wanted = frozenset(permissions)
    refusal = by.lacks("manage_staff") or _name_refused(name) or givable(by, wanted)
    if refusal:
        return refusal
    role_id = new_id(now)
    with scope(pool, by.scope) as conn:
        if not roles.add(conn, role_id, by.merchant_id, name.strip(), sorted(wanted)):
            return Refusal("role_taken", {"name": name.strip()}, "name")
        record(conn, by, now, "role_made", ("role", role_id), after={"name": name.strip(), "permissions": sorted(wanted)})
    return role_id


def change_role(pool: Pool, by: By, role_id: str, name: str, permissions: Iterable[str], now: datetime) -> Refusal | None:
    """Rename a role and set its permissions; what is added must be held by who adds it."""
    wanted = frozenset(permissions)
    refusal = by.lacks("manage_staff") or _name_refused(name)
    if refusal:
        return refusal
    with scope(pool, by.scope) as conn:
        old = _role(conn, by, role_id)
        if old is None:
            return Refusal("role_unknown")
        refusal = givable(by, wanted - frozenset(old["permissions"]))
        if refusal:
            return refusal
        if not roles.change(conn, role_id, by.merchant_id, name.strip(), sorted(wanted)):
            return Refusal("role_taken", {"name": name.strip()}, "name")
        before, after = {"name": old["name"], "permissions": sorted(old["permissions"])}, {"name": name.strip(), "permissions": sorted(wanted)}
        if before != after:
            record(conn, by, now, "role_changed", ("role", role_id), before=before, after=after)
    return None


def remove_role(pool: Pool, by: By, role_id: str, now: datetime) -> Refusal | None:
    """Delete a role; whoever held permissions only through it loses them."""
    refusal = by.lacks("manage_staff")
    if refusal:
        return refusal
    with scope(pool, by.scope) as conn:
        old = _role(conn, by, role_id)
        if old is None:
            return Refusal("role_unknown")
        roles.remove(conn, role_id, by.merchant_id)
        record(conn, by, now, "role_removed", ("role", role_id), before={"name": old["name"], "permissions": sorted(old["permissions"])})
    return None


def grant(pool: Pool, by: By, person_id: str, now: datetime, *, role: str = "", permission: str = "") -> Refusal | None:
    """Give a person a role, or one permission directly (补充权限). Given twice is no error."""
    refusal = by.lacks("manage_staff")
    if refusal:
        return refusal
    with scope(pool, by.scope) as conn:
        found = _person(conn, by, person_id)
        if isinstance(found, Refusal):
            return found
        given = _role(conn, by, role) if role else None
        if role and given is None:
            return Refusal("role_unknown", field="role")
        refusal = givable(by, frozenset(given["permissions"]) if given else frozenset({permission}))
        if refusal:
            return refusal
        row = {
            "id": new_id(now), "merchant_id": by.merchant_id, "person_id": person_id, "role_id": role or None,
            "permission": None if role else permission, "granted_by": by.actor.id if is_id(by.actor.id) else None, "now": now,
        }
        if roles.give(conn, row):
            record(conn, by, now, "granted", ("person", person_id), after={"role": given["name"]} if given else {"permission": permission})
    return None


def revoke(pool: Pool, by: By, person_id: str, now: datetime, *, role: str = "", permission: str = "") -> Refusal | None:
    """Take a role or a directly granted permission away. What was not held is no error."""
    refusal = by.lacks("manage_staff")
    if refusal:
        return refusal
    with scope(pool, by.scope) as conn:
        found = _person(conn, by, person_id)
        if isinstance(found, Refusal):
            return found
        taken = _role(conn, by, role) if role else None
        if role and taken is None:
            return Refusal("role_unknown", field="role")
        if roles.take(conn, by.merchant_id, person_id, role or None, None if role else permission):
            record(conn, by, now, "revoked", ("person", person_id), before={"role": taken["name"]} if taken else {"permission": permission})
    return None


def givable(by: By, permissions: frozenset[str]) -> Refusal | None:
    """Whether all these exist on the asker's side and are held by the asker."""
    unknown = sorted(permissions - known(sorted(permissions), by.merchant_id))
    if unknown:
        return Refusal("permission_unknown", {"permission": unknown}, "permissions")
    beyond = sorted(p for p in permissions if not by.actor.holds(p))
    return Refusal("grant_beyond_own", {"permission": beyond}, "permissions") if beyond else None


def _name_refused(name: str) -> Refusal | None:
    if not name.strip():
        return Refusal("required", {"zh": "角色名称", "en": "Role's name"}, "name")
    return Refusal("too_long", {"zh": "角色名称", "en": "Role's name", "most": 40, "now": len(name.strip())}, "name") if len(name.strip()) > 40 else None


def _role(conn: audit.Connection, by: By, role_id: str) -> people.Row | None:
    return roles.one(conn, by.merchant_id, role_id) if is_id(role_id) else None


def _person(conn: audit.Connection, by: By, person_id: str) -> people.Row | Refusal:
    row = people.by_id(conn, by.merchant_id, person_id) if is_id(person_id) else None
    if row is None:
        return Refusal("person_unknown")
    return Refusal("main_account_fixed") if row["main_account"] else row
