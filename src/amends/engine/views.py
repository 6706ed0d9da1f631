"""Saved views of a list: one's own and the merchant's (UI-1). Shared ones are changed by those who manage staff."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from amends.core.refusal import Refusal
from amends.engine.ids import new_id
from amends.engine.person import Person
from amends.store import views as rows
from amends.store.connect import Pool, scope

LONGEST = 20


@dataclass(slots=True)
class View:
    """A named filter: `filters` is the query it stands for. `mine`: this person may rename and remove it."""

    id: str
    name: str
    shared: bool
    filters: dict[str, Any]
    mine: bool


def shares(person: Person) -> bool:
    """Whether this person may make and change the merchant's shared views."""
    return person.main_account or person.actor().holds("manage_staff")


def of(pool: Pool, person: Person, screen: str) -> list[View]:
    """One's own views and the shared ones, in their order."""
    with scope(pool, UUID(str(person.merchant_id))) as conn:
        found = rows.of(conn, str(person.merchant_id), person.id, screen)
    return [View(i, name, shared, filters, not shared or shares(person)) for i, name, shared, filters, _ in found]


def add(pool: Pool, person: Person, screen: str, name: str, filters: dict[str, Any], shared: bool) -> View | Refusal:
    """Keep a view; refuses an empty or long name, a name already there, and sharing without the right to."""
    if refusal := _named(name):
        return refusal
    if shared and not shares(person):
        return Refusal("permission_missing", {"permission": "manage_staff"})
    view = View(new_id(), name.strip(), shared, filters, True)
    with scope(pool, UUID(str(person.merchant_id))) as conn:
        done = rows.add(conn, str(person.merchant_id), view.id, None if shared else person.id, screen, view.name, filters)
    return view if done else Refusal("view_named", {"name": view.name}, "name")


def rename(pool: Pool, person: Person, view_id: str, name: str) -> Refusal | None:
    """Another name for a view; None when it was done."""
    if refusal := _named(name):
        return refusal
    with scope(pool, UUID(str(person.merchant_id))) as conn:
        done = rows.rename(conn, str(person.merchant_id), view_id, person.id, shares(person), name.strip())
    return None if done else Refusal("view_named", {"name": name.strip()}, "name")


def remove(pool: Pool, person: Person, view_id: str) -> bool:
    """The view goes; False when it is not this person's to remove."""
    with scope(pool, UUID(str(person.merchant_id))) as conn:
        return rows.remove(conn, str(person.merchant_id), view_id, person.id, shares(person))


def order(pool: Pool, person: Person, view_ids: list[str]) -> None:
    """The views in this order."""
    with scope(pool, UUID(str(person.merchant_id))) as conn:
        rows.order(conn, str(person.merchant_id), person.id, shares(person), view_ids)


def _named(name: str) -> Refusal | None:
    if not name.strip():
        return Refusal("required", {"zh": "视图名称", "en": "View name"}, "name")
    if len(name.strip()) > LONGEST:
        return Refusal("too_long", {"zh": "视图名称", "en": "View name", "most": LONGEST, "now": len(name.strip())}, "name")
    return None
