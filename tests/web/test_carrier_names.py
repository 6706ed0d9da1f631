"""The platform's page of carriers' names: who sees it, what it refuses, and parcels on their way that are followed from then on (LO-1)."""

import pytest
from django.test import Client

from amends.store.connect import PLATFORM, scope
from tests.engine.parcel_cast import connect, number, sent_back
from tests.shop import open_shop
from tests.web.conftest import enter

PAGE = "/p/carriers"


@pytest.fixture(scope="module")
def links(house):
    return connect(house.pool, "swift"), connect(house.pool, "slow")


@pytest.fixture
def desk(client, house, operator):
    return enter(client, house, operator)


def names(house):
    with scope(house.pool, PLATFORM) as conn:
        return conn.execute("select n.name, c.name from carrier_names n join connections c on c.id = n.connection_id order by 1").fetchall()


def save(desk, connection, *lines):
    return desk.post(f"{PAGE}/{connection}/names", {"names": "\r\n".join(lines)})


def test_names_are_kept_as_they_are_and_parcels_on_their_way_are_followed(desk, house, links):
    shop = open_shop(house.pool)
    shop.now = house.clock.now()
    waybill = number()
    sent_back(shop, carrier="飞快速运", waybill=waybill)
    assert shop.all("select 1 from outbox where merchant_id = %s and effect = 'follow_parcel'", shop.merchant) == []
    assert save(desk, links[0], "飞快速运", " FK ", "fk", "").status_code == 302
    assert names(house) == [("fk", "swift"), ("飞快速运", "swift")]
    assert shop.all("select count(*) from outbox where merchant_id = %s and effect = 'follow_parcel'", shop.merchant) == [(1,)]
    assert "名称已保存" in desk.get(PAGE + "?done=named").content.decode()
    assert save(desk, links[0], "飞快速运").status_code == 302
    assert names(house) == [("飞快速运", "swift")]
    with scope(house.pool, PLATFORM) as conn:
        assert conn.execute("select count(*) from audit where action = 'carrier_named'").fetchone() == (2,)


def test_a_name_stands_for_one_carrier(desk, house, links):
    save(desk, links[0], "飞快速运")
    for taken in ("飞快速运", "Swift"):
        refused = save(desk, links[1], "慢慢", taken)
        assert refused.status_code == 422
        assert "慢慢" in refused.content.decode(), "what was typed is kept"
        assert "已用于连接“swift”" in refused.content.decode()
    assert ("慢慢", "slow") not in names(house)
    assert save(desk, links[1], "x" * 65).status_code == 422


def test_who_may(desk, house, shop, links):
    merchants = enter(Client(**{"amends.house": house}), house, shop)
    assert merchants.get(PAGE).status_code in (403, 404)
    assert merchants.post(f"{PAGE}/{links[0]}/names", {"names": "x"}).status_code in (403, 404)
    assert save(desk, "01a2032a-0000-7000-8000-000000000000", "x").status_code in (404, 409)
