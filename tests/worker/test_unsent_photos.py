"""Pictures nobody sent go after a day; those on a case, on an unclaimed parcel or still fresh stay."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.engine.photos import remove_unsent
from amends.engine.receipts import Unclaimed, register_unclaimed
from amends.store.connect import PLATFORM, scope
from amends.worker import unsent_photos
from amends.worker.command import ALSO
from amends.worker.unsent_photos import UnsentPhotos
from tests.shop import open_shop


@pytest.fixture
def shop(pool):
    return open_shop(pool)


def picture(shop, days):
    made = new_id()
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute(
            "insert into files (merchant_id, id, sha256, media_type, size, bytes, uploaded_by, at) values (%s, %s, %s, 'image/png', 1, 'x', 'buyer-lin', %s)",
            (shop.merchant, made, b"0" * 32, shop.now - timedelta(days=days)),
        )
    return made


def kept(shop):
    return {row[0] for row in shop.all("select id::text from files where merchant_id = %s", shop.merchant)}


def test_only_what_was_never_sent_goes_and_only_after_a_day(shop):
    other = open_shop(shop.pool, name="隔壁")
    fresh, old, sent, found, theirs = picture(shop, 0.9), picture(shop, 1.1), picture(shop, 9), picture(shop, 9), picture(other, 9)
    shop.apply(shop.order(("CUP", 1, 100)), "return", "quality_fault", photos=[sent])
    assert isinstance(register_unclaimed(shop.pool, By(shop.hai), Unclaimed(description="没有面单", photos=[found]), shop.now), str)
    assert remove_unsent(shop.pool, shop.now) == 2
    assert kept(shop) == {fresh, sent, found}
    assert old not in kept(shop)
    assert theirs not in kept(other)
    assert remove_unsent(shop.pool, shop.now) == 0


def test_many_go_in_pieces(shop, monkeypatch):
    monkeypatch.setattr("amends.engine.photos.AT_ONCE", 2)
    for _ in range(5):
        picture(shop, 3)
    assert remove_unsent(shop.pool, shop.now) == 5


def test_the_worker_looks_once_an_hour(shop, monkeypatch):
    assert any(isinstance(work, UnsentPhotos) for work in ALSO)
    at = [1000.0]
    monkeypatch.setattr(unsent_photos.time, "monotonic", lambda: at[0])
    house, work = SimpleNamespace(pool=shop.pool, clock=SimpleNamespace(now=lambda: shop.now)), UnsentPhotos()
    picture(shop, 3)
    assert work(house) == 1
    picture(shop, 3)
    at[0] += 3599
    assert work(house) == 0
    at[0] += 1
    assert work(house) == 1
