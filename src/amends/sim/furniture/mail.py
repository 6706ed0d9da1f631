"""The demo's mailboxes: the platform's and the first shop's, read and sent by the simulated post office (TI-4)."""

from __future__ import annotations

from datetime import datetime

from amends.core.refusal import Refusal
from amends.engine.mailboxes import Given
from amends.engine.mailboxes import add as add_mailbox
from amends.engine.mailboxes import change as change_mailbox
from amends.engine.people import By
from amends.engine.person import person_of
from amends.sim.furniture import cast
from amends.store import mailboxes, people
from amends.store.connect import PLATFORM, Pool, scope

SHOP, OURS = f"kefu@{cast.PLANS[0].domain}", f"aftersales@{cast.OPERATOR[0].rpartition('@')[2]}"
"""The first shop's address and the platform's."""
HERE = "127.0.0.1"


def password_of(pool: Pool) -> str:
    """What the post office lets them in with, from an earlier start; empty for a new demo."""
    with scope(pool, PLATFORM) as conn:
        found = mailboxes.at_address(conn, [OURS])
    return found.imap_password if found else ""


def connect_mail(pool: Pool, password: str, imap: int, smtp: int, now: datetime) -> None:
    """Both mailboxes, made once; after a restart the post office listens elsewhere."""
    with scope(pool, PLATFORM) as conn:
        who = people.by_email(conn, cast.OPERATOR[0])
        shop = people.by_email(conn, f"{cast.PLANS[0].main[0]}@{cast.PLANS[0].domain}")
        known = {address: mailboxes.at_address(conn, [address]) for address in (OURS, SHOP)}
    if who is None or shop is None:
        return
    by = By(person_of(who).actor())
    for address, name, merchant in ((OURS, "善后集市 · 平台售后", ""), (SHOP, f"{cast.PLANS[0].name} · 售后", shop["merchant_id"])):
        given = Given(
            address, merchant, name, imap_host=HERE, imap_port=str(imap), imap_security="plain", imap_user=address, imap_password=password,
            smtp_host=HERE, smtp_port=str(smtp), smtp_security="plain", smtp_user=address, smtp_password=password, plus=True, take_old=True,
        )
        before = known[address]
        done = add_mailbox(pool, by, given, now) if before is None else change_mailbox(pool, by, before.id, given, now)
        assert not isinstance(done, Refusal), done
