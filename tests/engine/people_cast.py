"""Two merchants with their main accounts, and the platform, for the tests of people."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from amends.engine.people import By, Main, Person, make_merchant, make_person, make_platform
from amends.store.connect import PLATFORM, Pool, scope

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PASSWORD = "green-Tea-at-noon"
ADDRESS = "203.0.113.7"


@dataclass
class Shop:
    """One merchant: its main account, and a sub-account that holds nothing yet."""

    main: Person
    sub: Person

    @property
    def by_main(self) -> By:
        return By(self.main.actor(), ADDRESS)


def open_shop(pool: Pool, name: str = "青禾家居") -> Shop:
    """A fresh merchant with e-mails of its own."""
    mark = uuid4().hex[:8]
    main = made(make_merchant(pool, name, "jd", "SOP", Main(f"hai-{mark}@example.com", "老海", PASSWORD), NOW))
    sub = made(make_person(pool, By(main.actor()), f"xia-{mark}@example.com", "小夏", NOW, password=PASSWORD))
    return Shop(main, sub)


def open_platform(pool: Pool) -> Person:
    """A main account of the platform."""
    return made(make_platform(pool, Main(f"bao-{uuid4().hex[:8]}@example.com", "阿保", PASSWORD), NOW))


def made(answer: Any) -> Any:
    """What was made; a refusal fails the test with its sentence."""
    assert not hasattr(answer, "code"), answer
    return answer


def trail(pool: Pool, merchant_id: str | None) -> list[dict[str, Any]]:
    """The audit rows of a merchant, oldest first."""
    with scope(pool, PLATFORM) as conn:
        rows = conn.execute(
            "select action, actor_id, host(address), subject_kind, subject_id, before, after from audit where merchant_id = %s order by at, id",
            (merchant_id or "00000000-0000-0000-0000-000000000000",),
        ).fetchall()
    return [dict(zip(("action", "actor", "address", "kind", "subject", "before", "after"), r, strict=True)) for r in rows]
