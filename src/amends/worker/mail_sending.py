"""Mails go out by SMTP (TI-4), leased as every call outside is (worker/outside.py).

What the server cannot take now is tried again with growing pauses; what it will not take is a dead letter at once (`refused`, with its words), and so is what was tried too often.
The message is written before the first try and never again, so every try sends the same bytes under the same Message-ID. SMTP itself delivers at least once: if the line breaks
between our last byte and the server's answer, or we fall over before the answer is written down, it is sent a second time; nobody can prevent that, and the Message-ID tells.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from amends.adapters.mail.protocol import MailTrouble
from amends.adapters.mail.smtp import send
from amends.engine.house import House
from amends.engine.mail_writing import envelope_sender, prepare
from amends.store import mailboxes, mails
from amends.store.connect import PLATFORM, scope
from amends.store.outbox import TRIES, Waiting
from amends.worker.mail_reading import sending


def mail(house: House, merchant: str, effect: Waiting, now: datetime) -> None:
    """Write the mail if it is not written yet, and send it if it was not sent yet. Raises when it is to be tried again."""
    mail_id = prepare(house.pool, house.secret, merchant, effect.id, effect.body, now)
    if mail_id is None:
        return
    with scope(house.pool, UUID(merchant)) as conn:
        row = mails.out(conn, merchant, mail_id)
        found = mails.original(conn, merchant, mail_id)
    if row is None or found is None or row["status"] != "queued":
        return
    with scope(house.pool, PLATFORM) as conn:
        box = mailboxes.find(conn, row["mailbox_id"])
    try:
        if box is None or not box.active or not box.smtp_host:
            raise MailTrouble("unreachable", "the mailbox is switched off")
        said = send(sending(box), envelope_sender(house.secret, box, mail_id), row["recipient"], found[0])
    except MailTrouble as trouble:
        for_good = trouble.why == "never" or effect.attempts >= TRIES
        mails.tried(house.pool, merchant, mail_id, "refused" if for_good else "queued", str(trouble), house.clock.now())
        if not for_good:
            raise
    else:
        mails.tried(house.pool, merchant, mail_id, "sent", said, house.clock.now())
