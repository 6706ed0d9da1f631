"""What of a JSON record stays when the person in it is erased (ST-10): told by what a text is, and what nobody has thought of goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from amends.core.erasable import Standing, held
from amends.core.veiling import stays, veiled

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "key", "kept"),
    [
        ("refund_without_return", "command", True), ("approve_return", "anything", True), ("019f9be2-5a78-7493-b636-e3f7eeb72591", "line_id", True), ("2026-03-02T04:00:00+00:00", "at", True), ("", "words", True),
        ("S-2026-000123", "number", True), ("13800000000", "words", False), ("zhangsan", "words", False), ("zhangsan", "unheard_of", False), ("张三", "by_name", False), ("SF1234567890", "waybill", False),
        ("D01-00039", "buyer", False), ("检测未发现问题", "reason", False), ("no_reason", "reason", True),
    ],
    ids=lambda x: str(x)[:24],
)
def test_a_text_stays_if_the_house_wrote_it(text, key, kept):
    assert stays(text, key) is kept


def test_a_record_keeps_its_keys_numbers_and_places():
    was = {
        "to": "reviewing", "input": {"words": "我是李雷", "quantity": 2, "photos": ["019f9be2-5a78-7493-b636-e3f7eeb72591"]}, "buyer": "li-88", "waybills": {"SF123": "顺丰速运"}, "verdict": {"zh": "可以退货", "en": "Open"},
        "alert": {"zh": "描述里出现：冒烟", "hits": [{"text": "冒烟", "start": 3}]}, "late": False, "amount": None, "title": "李雷的保温杯",
    }
    assert veiled(was, {"li-88": "erased:1"}) == {
        "to": "reviewing", "input": {"words": "", "quantity": 2, "photos": ["019f9be2-5a78-7493-b636-e3f7eeb72591"]}, "buyer": "erased:1", "waybills": {}, "verdict": {"zh": "可以退货", "en": "Open"},
        "alert": {"zh": "", "hits": [{"text": "", "start": 3}]}, "late": False, "amount": None, "title": "",
    }
    assert veiled(was, {"li-88": "erased:1"}, title=True)["title"] == "李雷的保温杯"
    once = veiled(was, {"li-88": "erased:1"})
    assert veiled(once) == once, "again changes nothing"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"open_case": "S-1"}, "buyer_case_open"), ({"state": "shipped"}, "buyer_order_open"), ({"owed": True}, "buyer_owed"), ({"called": True}, "buyer_called"), ({"waits": True}, "buyer_message_waits"),
        ({"coupon_until": NOW + timedelta(days=1)}, "buyer_coupon"), ({"ended_at": NOW - timedelta(days=1000)}, "buyer_not_due"), ({"window_days": 3000}, "buyer_not_due"), ({}, None), ({"coupon_until": NOW}, None),
    ],
    ids=lambda x: str(x)[:32],
)
def test_what_holds_a_matter(more, code):
    why = held(Standing("O-1", **{"state": "completed", "at": NOW - timedelta(days=1200), **more}), 1096, NOW)
    assert (why.code if why else None) == code
    assert why is None or "O-1" in why.say("zh")
