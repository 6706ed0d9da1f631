"""A case with everything a dossier tells of: pictures, talk, a note, two parcels with a trace, a receipt and a refund."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import UUID

from PIL import Image, ImageDraw

from amends.core.verbs import buyer as b
from amends.core.verbs import desk as d
from amends.core.verbs import processing as p
from amends.core.verbs import review as r
from amends.engine.ids import new_id
from amends.engine.photos import take_photo
from amends.store.connect import Pool, scope
from tests.shop import LIN, Shop, open_shop

TRACE = (
    ("accepted", "已收取快件", "廊坊市广阳区"), ("in_transit", "快件到达北京顺义集散中心，正在发往下一站", "北京市顺义区"),
    ("out_for_delivery", "快件交给王师傅，正在派送途中", "苏州市吴中区"), ("signed", "已签收，签收人：本人", "苏州市吴中区"),
)
DESCRIPTION = "收到的杯子杯口有一道约 2 厘米的裂纹，第一次倒热水就开始渗水。"


def picture(shop: Shop, colour: str, size: tuple[int, int] = (640, 480)) -> str:
    """A photo kept as the pages keep it; answers its id."""
    out, image = io.BytesIO(), Image.new("RGB", size, colour)
    ImageDraw.Draw(image).ellipse((60, 60, 300, 300), fill="white")
    image.save(out, "JPEG")
    kept = take_photo(shop.pool, shop.merchant, out.getvalue(), LIN.id, shop.now)
    assert isinstance(kept, str)
    return kept


def told_case(pool: Pool) -> tuple[Shop, str]:
    """The shop and the id of its service order, refunded."""
    shop = open_shop(pool)
    order = shop.order(("CUP", 2, 39800), ("MUG", 1, 12900), freight=1000, shipped_at=shop.now - timedelta(days=3))
    parcel_of(shop, order)
    photos = [picture(shop, "#b5651d"), picture(shop, "#345678", (480, 900)), picture(shop, "#887766", (1200, 500))]
    case = shop.apply(order, photos=photos, reason="quality_fault", description=DESCRIPTION)
    steps = (
        (timedelta(minutes=18), d.Say(words="您好，已收到您的申请，请问裂纹是开箱时就有吗？", photos=[picture(shop, "#556b2f")]), shop.hai),
        (timedelta(hours=2), d.Say(words="开箱就有，倒水才发现。"), LIN), (timedelta(), d.Note(words="老客户，尽快处理"), shop.hai),
        (timedelta(minutes=5), r.ApproveReturn(words="同意退货，运费由我们承担。"), shop.hai), (timedelta(hours=5), b.ShipBack(carrier="中通快递", waybill="ZT7788990011"), LIN),
        (timedelta(days=2), p.RegisterReceipt(received=1, condition="damaged", packaging="intact", appearance="damaged", function="faulty", accessories="complete", disposition="scrap", note="杯口裂纹属实"), shop.hai),
        (timedelta(hours=1), p.Refund(), shop.hai),
    )
    for after, command, actor in steps:
        shop.now += after
        answer = shop.say(case, command, actor)
        assert answer.refusal is None, answer.refusal
    return shop, case


def parcel_of(shop: Shop, order: str, waybill: str = "SF1380000012345") -> str:
    """The parcel the order went out in, with its trace."""
    parcel = new_id()
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        conn.execute(
            "insert into parcels (merchant_id, id, order_id, direction, carrier, waybill, state, sent_at, signed_at) values (%s, %s, %s, 'out', '顺丰速运', %s, 'signed', %s, %s)",
            (shop.merchant, parcel, order, waybill, shop.now - timedelta(days=3), shop.now - timedelta(days=1)),
        )
        for n, (code, words, place) in enumerate(TRACE):
            conn.execute(
                "insert into parcel_events (merchant_id, parcel_id, key, code, words, place, at, heard_at, heard_by) values (%s, %s, %s, %s, %s, %s, %s, %s, 'look')",
                (shop.merchant, parcel, str(n), code, words, place, shop.now - timedelta(hours=60 - n * 10), shop.now),
            )
    return parcel
