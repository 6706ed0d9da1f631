"""A replay over real cases tells flows, refusals and compensation that another pack would change (PO-14)."""

from __future__ import annotations

from datetime import timedelta

from amends.core.actor import ALL, Actor, Party
from amends.core.verbs.review import Reject
from amends.engine import pack_start, what_if
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.store import what_if as runs
from amends.store.connect import PLATFORM, scope
from tests.shop import NOON, open_shop

PING = By(Actor(Party.PLATFORM, new_id(), "平平", None, ALL))


def test_flows_refusals_and_compensation_are_read_off_the_cases(pool):
    pack_start.sync(pool, NOON)
    shop = open_shop(pool, settings='{"own_after_sales": false}')
    reissue = shop.apply(shop.order(("CUP", 1, 19900), fulfilment_mode="FBP"), "reissue", "lost_in_transit")
    order, refused = shop.order(("CUP", 1, 19900), fulfilment_mode="SOP"), []
    for _ in range(3):
        case = shop.apply(order)
        shop.now += timedelta(minutes=1)
        assert shop.say(case, Reject("past_window", "超期")).refusal is None
        refused.append(case)
    with scope(pool, PLATFORM) as conn:
        conn.execute(
            "insert into compensations (merchant_id, id, number, kind, state, order_id, buyer_id, asked_minor, amount_minor, currency, asked_kind, asked_at, decided_at, explanation)"
            " values (%s, %s, 'K-1', 'late_shipment', 'granted', %s, 'buyer-lin', 5970, 5970, 'CNY', 'system', %s, %s, '{\"base\": 19900, \"late_by\": 3600, \"promised\": true}')",
            (shop.merchant, new_id(), order, shop.now, shop.now),
        )
        # The same rules with a smaller share of what was paid; what else differs is PDD's.
        conn.execute(
            "insert into pack_versions (pack, version, state, document, valid_from, made_by, made_at) select 'pdd_less', 1, 'released',"
            " jsonb_set(document, '{compensation,late_shipment}', (select jsonb_set(document #> '{compensation,late_shipment}', '{regimes,document,tiers,0,basis_points}', '1000') from pack_versions"
            " where pack = 'jd' and version = 1)) || '{\"id\": \"pdd_less\"}', '2020-01-01', 'test', now() from pack_versions where pack = 'pdd' and version = 1",
        )
        document = conn.execute("select document -> 'sources' from pack_versions where pack = 'jd' and version = 1").fetchone()
        assert document is not None
        conn.execute("update pack_versions set document = jsonb_set(document, '{sources}', (select p.document -> 'sources' from pack_versions p where p.pack = 'jd' and p.version = 1) || (document -> 'sources')) where pack = 'pdd_less'")
        for place in ("{reasons,return,0,leaves,0,photos_required}", "{review_reasons,reject,0,leaves,0,photos_required}"):
            conn.execute("update pack_versions set document = jsonb_set(document, %s, 'true') where pack = 'pdd_less'", (place,))
    run = what_if.ask(pool, PING, ("pdd_less", 1), 30, [shop.merchant], new_id(), shop.now + timedelta(hours=1))
    assert isinstance(run, str), run
    while what_if.work(pool, shop.now, 2):
        pass
    with scope(pool, PLATFORM) as conn:
        found = [(d["case_id"], d["kind"], d["was"], d["would_be"], d["amount_minor"]) for d in runs.every(conn, run)]
    of = {(case, kind): (was, would, amount) for case, kind, was, would, amount in found}
    assert of[refused[0], "goods_to"][:2] == ({"value": "platform_store"}, {"value": "merchant"})
    assert (reissue, "goods_to") not in of
    assert of[reissue, "sender"][:2] == ({"value": "platform"}, {"value": "merchant"})
    assert [case for case, kind in of if kind == "called_in"] == [refused[2]]
    assert [(case, *told) for (case, kind), told in of.items() if kind == "pays_late_shipment"] == [(refused[0], {"minor": 5970}, {"minor": 1990}, -3980)]
    assert [of[case, "photos_lacking"][1]["asked"] for case in refused] == [True] * 3
    assert (reissue, "photos_lacking") not in of
    assert {of[case, "ground_photos_lacking"][1]["value"] for case in refused} == {True}
