"""What is asked to be erased of somebody is all of it: however many mails there are, and also where they were only copied in (ST-10)."""

from __future__ import annotations

import pytest

from amends.engine import erasure
from amends.engine.erasure import Erased
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope
from tests.engine.test_erasure import house
from tests.mail_house import BY, box, letter, rows
from tests.mail_tickets import come, tickets
from tests.shop import open_shop

__all__ = ["house"]


@pytest.mark.parametrize(("many", "header"), [(3, "From"), (1, "Cc")], ids=["more-than-a-turn", "copied-in"])
def test_everything_of_an_address_goes(house, pool, monkeypatch, many, header):
    monkeypatch.setattr(erasure, "A_TURN", 2)
    shop, who = open_shop(pool, name=f"青禾 {new_id()[-6:]}"), f"w{new_id()[-8:]}@mail.example"
    house.clock.at = shop.now
    mailbox, address = box(house, merchant=shop.merchant)
    for n in range(many):
        come(house, mailbox, letter(address, f"第 {n} 封", subject=f"事 {n}", **({"sender": who} if header == "From" else {"Cc": who})))
    with scope(pool, PLATFORM) as conn:
        conn.execute("update cases set closed_at = %s where merchant_id = %s and id = any(%s::uuid[])", (house.clock.now(), shop.merchant, [t[0] for t in tickets(shop)]))
    house.clock.on(days=1200)
    done = erasure.erase_of(house.pool, BY, house.clock.now(), address=who)
    assert isinstance(done, Erased)
    assert (dict(done.gone), done.stays) == ({"mail": many}, [])
    assert rows(house.pool, "select count(*) from mails where mailbox_id = %s and erased_at is null", mailbox) == [(0,)]
