"""A house with mailboxes for the tests of mail, and mails as people write them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any
from uuid import uuid4

from amends.core.actor import ALL, Actor, Party
from amends.engine import mailboxes
from amends.engine.audit import By
from amends.engine.house import House
from amends.engine.mailboxes import Given
from amends.store.connect import PLATFORM, Database, Pool, scope
from tests.mail_servers import PASSWORD, USER

BY = By(Actor(Party.PLATFORM, str(uuid4()), "平台", None, ALL))
SECRET = b"a secret of the tests, long enough"


@dataclass
class Hand:
    """A clock that is set by hand."""

    at: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 4, 0, tzinfo=UTC))

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.at

    def on(self, **by: float) -> datetime:
        """Forward."""
        self.at += timedelta(**by)
        return self.at


def a_house(pool: Pool, url: str, home: Path) -> House:
    """A house whose clock is set by hand."""
    return House(pool, Hand(), home, False, SECRET, Database(url))


def box(house: House, *, merchant: str = "", imap: int = 0, smtp: int = 0, folder: str = "INBOX", password: str = PASSWORD, **more: Any) -> tuple[str, str]:
    """A mailbox with an address of its own; answers (id, address)."""
    address = more.pop("address", f"b{uuid4().hex[:12]}@shop.test")
    reads = {"way": "imap", "imap_host": "127.0.0.1", "imap_port": str(imap), "imap_security": "plain", "imap_user": USER, "imap_password": password, "folder": folder} if imap else {"way": "pipe"}
    sends = {"smtp_host": "127.0.0.1", "smtp_port": str(smtp), "smtp_security": "plain", "smtp_user": USER, "smtp_password": password} if smtp else {}
    made = mailboxes.add(house.pool, BY, Given(address=address, merchant=merchant, **(reads | sends | {"take_old": True} | more)), house.clock.now())
    assert isinstance(made, str), made
    return made, address


def letter(to: str, text: str = "商品漏水，请尽快处理", *, sender: str = "kf@platform.test", subject: str = "投诉：瓷杯漏水", dated: datetime | None = None, attach: tuple[tuple[str, str, bytes], ...] = (), **headers: str) -> bytes:
    """A mail as somebody's program writes it. Headers with underscores for hyphens; attachments: (name, type, bytes)."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = f"平台客服 <{sender}>", to, subject
    made["Date"] = dated or datetime(2026, 3, 2, 3, 59, tzinfo=UTC)
    given = {"Message_ID": f"<{uuid4().hex}@platform.test>"} | headers
    for name, value in given.items():
        made[name.replace("_", "-")] = value
    made.set_content(text, charset="utf-8")
    for name, kind, data in attach:
        main, sub = kind.split("/")
        made.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return made.as_bytes()


def rows(pool: Pool, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Any read, in the platform's scope."""
    with scope(pool, PLATFORM) as conn:
        return conn.execute(query, values).fetchall()
