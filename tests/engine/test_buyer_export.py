"""A buyer's copy holds what is kept of them and nobody else's words about them; it is on record and goes after a week (ST-10)."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest

from amends.core.actor import Actor, Party
from amends.core.refusal import Refusal
from amends.engine import buyer_export
from amends.engine.audit import By
from amends.engine.house import House
from amends.engine.ids import new_id
from amends.store.connect import Database
from tests.api.caller import StillClock
from tests.engine.marked_buyer import BUYER, MARK, lived
from tests.shop import open_shop

BY = By(Actor(Party.PLATFORM, new_id(), "贺兰", None, frozenset({"export_personal_data"})))


@pytest.fixture(scope="module")
def house(pool, database_url, tmp_path_factory) -> House:
    return House(pool, StillClock(), tmp_path_factory.mktemp("home"), False, b"secret", Database(database_url))


@pytest.mark.parametrize(("language", "title"), [("zh-CN", "我的个人信息副本"), ("en", "A copy of my personal data")])
def test_a_copy_holds_the_buyers_things_and_goes_after_a_week(house, language, title):
    shop = open_shop(house.pool)
    lived(shop)
    ident = buyer_export.make(house, BY, shop.merchant, BUYER, "buyer_asked", "T-5", shop.now, language=language)
    assert isinstance(ident, str)
    taken = buyer_export.take(house.pool, BY, ident, shop.now + timedelta(days=6))
    assert not isinstance(taken, Refusal)
    with zipfile.ZipFile(io.BytesIO(taken[1])) as archive:
        names = archive.namelist()
        data, page = json.loads(archive.read("data.json")), archive.read("index.html").decode()
    assert {"index.html", "data.json", "SHA256SUMS"} < set(names)
    assert [name for name in names if name.endswith(".png")], "the photo"
    assert title in page
    for word in (f"钱{MARK}", f"1380000{MARK}", f"银河大街 {MARK} 号", f"坏了 {MARK}", f"您好 {MARK}", f"SF{MARK}1"):
        assert word in page, word
    assert (data["orders"][0]["phone"], data["cases"][0]["case"]["description"]) == (f"1380000{MARK}", f"坏了 {MARK}")
    whole = page + json.dumps(data, ensure_ascii=False)
    for secret in (f"这位是 {MARK}", "阿海"):
        assert secret not in whole, "notes and names of staff are not the buyer's"
    told = shop.all("select action, actor_name, after ->> 'why', after ->> 'reference' from audit where merchant_id = %s and subject_id = %s order by action", shop.merchant, ident)
    assert told == [("buyer_copy_made", "贺兰", "buyer_asked", "T-5"), ("buyer_copy_taken", "贺兰", None, None)]
    assert buyer_export.remove_over(house.pool, shop.now + timedelta(days=8)) == 1
    over = buyer_export.take(house.pool, BY, ident, shop.now + timedelta(days=8))
    assert isinstance(over, Refusal)
    assert over.code == "buyer_export_gone"
    assert shop.all("select length(bytes), buyer_id, reference from buyer_exports where id = %s", ident) == [(0, "", "")]


def test_nobody_else_and_nobody_unknown(house):
    shop = open_shop(house.pool)
    for by, buyer, code in ((By(shop.hai), BUYER, "permission_missing"), (BY, "nobody", "buyer_unknown")):
        refused = buyer_export.make(house, by, shop.merchant, buyer, "buyer_asked", "", shop.now)
        assert isinstance(refused, Refusal)
        assert refused.code == code
