"""Facts as pictures and reply templates (DI-12): Chinese signs really drawn, everything filled, nothing half filled."""

from __future__ import annotations

import io
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from PIL import Image, ImageDraw, ImageFont

from amends.core import replies as core
from amends.core.actor import Actor, Party
from amends.core.dossier import Words
from amends.engine import faces, fact_pictures, replies
from amends.engine.audit import By
from amends.store.connect import Pool
from amends.store.screens.case import read_case
from tests.engine.dossier_case import TRACE, told_case

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def told(pool: Pool) -> SimpleNamespace:
    shop, case = told_case(pool)
    seen = read_case(pool, shop.merchant, case, shop.now)
    assert seen is not None
    return SimpleNamespace(shop=shop, case=case, seen=seen)


def _opened(data: bytes | None) -> Image.Image:
    assert data is not None
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.width) == ("PNG", 1080)
    return image.convert("L")


def _holds(image: Image.Image, text: str, size: int, bold: bool) -> bool:
    """Whether this text, drawn in the face, stands somewhere in the picture: its ink is looked for along the line it is drawn on."""
    font = ImageFont.truetype(str(faces.bold() if bold else faces.regular()), size)
    left, top, right, bottom = font.getbbox(text)
    mask = Image.new("L", (int(right - left), int(bottom - top)), 255)
    ImageDraw.Draw(mask).text((-left, -top), text, font=font, fill=0)
    wanted = [x > 128 for x in mask.convert("L").resize((mask.width // 2, mask.height // 2)).tobytes()]
    half = image.resize((image.width // 2, image.height // 2))
    w, h = mask.width // 2, mask.height // 2
    ink = sum(not x for x in wanted)
    for y in range(half.height - h):
        for x in ([178, 28, 42] if half.width > 200 else [0]):
            part = half.crop((x, y, x + w, y + h)).tobytes()
            if sum(not a and b < 170 for a, b in zip(wanted, part, strict=True)) > 0.8 * ink:
                return True
    return False


def test_a_trace_is_drawn_in_chinese(told):
    image = _opened(fact_pictures.trace(told.seen, "青禾家居", "zh", ZONE))
    assert image.height > 700
    assert all(ord(c) in faces.signs() for _, words, place in TRACE for c in words + place)
    assert _holds(image, "快件交给王师傅", 32, False)
    assert _holds(image, "已签收，签收人：本人", 32, True)
    assert not _holds(image, "退款记录已经撤销", 32, False)
    lo, hi = image.getextrema()
    assert (lo < 60, hi) == (True, 255)


def test_a_picture_holds_no_personal_data_in_full(told, monkeypatch):
    order, drawn = told.seen.order, []
    leaky = f"已签收，签收人：张三丰，放在{order.receiver}家门口（{order.detail}），电话{order.phone}，派件员：王小二 13911112222"
    said = SimpleNamespace(at=told.shop.now, words=leaky, place=order.detail, code="signed")
    parcel = next(p for p in told.seen.parcels if p.waybill)
    monkeypatch.setattr(fact_pictures, "parcel_of", lambda _: SimpleNamespace(standing=parcel.standing, carrier=parcel.carrier, waybill=parcel.waybill, sent_at=parcel.sent_at, scans=[said]))
    monkeypatch.setattr(fact_pictures, "_write", lambda _pen, _at, text, *_, **__: drawn.append(text))
    fact_pictures.trace(told.seen, "青禾家居", "zh", ZONE)
    failed = SimpleNamespace(provider="alipay", method="", requested_at=told.shop.now, amount=100, state="failed", reference="", failure=f"账户 {order.receiver} {order.phone} 已注销", moved_at=None)
    monkeypatch.setattr(told.seen, "requests", [failed])
    fact_pictures.refund(told.seen, "青禾家居", "zh", ZONE)
    text = "".join(drawn)
    assert "签收人：张**" in text
    assert "已注销" in text
    for whole in (order.receiver, order.phone, order.detail, "张三丰", "王小二", "13911112222"):
        assert whole not in text, whole


def test_a_refund_is_told_as_far_as_it_went(told):
    under_way = _opened(fact_pictures.refund(told.seen, "青禾家居", "zh", ZONE))
    assert _holds(under_way, "商家同意退款 ¥199.00", 32, True)
    assert _opened(fact_pictures.refund(told.seen, "Aohe", "en", ZONE)).size[1] == under_way.size[1]


def test_what_the_face_cannot_write_is_told_by_its_number():
    assert faces.writable("好👍\u200d！") == "好〔U+1F44D〕！"
    assert faces.writable("a\tb") == "a b"


def test_every_template_that_comes_with_the_product_is_right():
    assert {t.scenario for t in core.shipped()} == set(core.SCENARIOS)
    for template in core.shipped():
        assert core.check(template) == []
        assert set(core.wants(template.words.zh)) == set(core.wants(template.words.en)), template.id


def test_scenarios_are_those_of_disputes():
    from amends.core.pack_disputes import SCENARIOS

    assert set(core.SCENARIOS) == set(SCENARIOS)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_template_is_filled_whole_or_not_at_all(told, lang):
    found = replies.for_case(told.shop.pool, told.shop.merchant, told.seen, "青禾家居", lang, ZONE)
    assert found[0].scenario == "goods_quality"
    assert {f.id for f in found} == {t.id for t in core.shipped()} - {"cancel_not_shipped", "cancel_on_the_way", "cancel_wait_intercept", "late_in_transit", "late_shipment", "lost_claim", "no_movement"}, "only what is true of it"
    for one in found:
        assert bool(one.text) != bool(one.lacks), one
        assert "{" not in one.text
    by_id = {f.id: f for f in found}
    assert by_id["refund_arrived"].text == ""
    assert "SF1380000012345" in by_id["lost_signed"].text


def test_a_merchants_own_words_stand_in_place_and_are_put_back(told):
    shop = told.shop
    by = By(shop.hai)
    changed = core.Template("quality_photos", "goods_quality", Words("要照片", "Photos"), Words("{buyer}，请补充照片", "{buyer}, photos please"))
    assert replies.save(shop.pool, by, changed, shop.now) == []
    assert replies.save(shop.pool, by, core.Template("", "promise", Words("新的", "New"), Words("您好", "Hello")), shop.now) == []
    found = {f.name: f for f in replies.for_case(shop.pool, shop.merchant, told.seen, "青禾家居", "zh", ZONE)}
    assert found["要照片"].text == "林**，请补充照片"
    assert "新的" in found
    wrong = replies.save(shop.pool, by, core.Template("", "nonsense", Words("", "x"), Words("{phone}", "y" * 501)), shop.now)
    assert sorted((r.field, r.code) for r in wrong) == [
        ("name_zh", "template_name_missing"), ("scenario", "template_scenario_wrong"), ("words_en", "template_words_missing"), ("words_zh", "template_unknown_word"),
    ]
    assert replies.drop(shop.pool, by, "quality_photos", shop.now) is None
    gone = replies.drop(shop.pool, by, "quality_photos", shop.now)
    assert gone is not None
    assert gone.code == "template_gone"
    hand = By(Actor(Party.MERCHANT, "x", "新人", shop.merchant))
    assert [r.code for r in replies.save(shop.pool, hand, changed, shop.now)] == ["permission_missing"]


