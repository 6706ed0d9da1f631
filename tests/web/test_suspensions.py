"""The platform's page of suspensions: who sees it, the look before saving, refusals beside their fields with what was typed, ending and taking back (PO-15)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from amends.core.pauses import Suspension
from amends.store import suspensions as store
from amends.web import show
from amends.web.pauses import Stop, find
from tests.web.conftest import enter

PAGE = "/p/suspensions"
NOW = datetime(2026, 2, 15, 4, 0, tzinfo=UTC)


def body(answer: Any) -> str:
    return answer.content.decode()


def form(**changes: Any) -> dict[str, Any]:
    soon = datetime.now(UTC) + timedelta(days=3)
    return {
        "zh": "春节期间暂停", "en": "Paused for Spring Festival", "starts_at": soon.strftime("%Y-%m-%dT00:00"), "ends_at": (soon + timedelta(days=10)).strftime("%Y-%m-%dT00:00"),
        "all_clocks": "1", "all_regions": "1", "act": "look", **changes,
    }


def newest(house: Any) -> store.Row:
    return max(store.listed(house.pool), key=lambda row: row.made_at)


def test_only_the_platforms_people_with_the_permission_see_it(client: Any, house: Any, shop: Any, operator: Any) -> None:
    assert enter(client, house, shop).get(PAGE).status_code == 403
    assert enter(client, house, operator).get(PAGE).status_code == 200
    assert "暂停时限" in body(client.get("/p/merchants"))


def test_a_look_saves_nothing_and_saving_is_on_the_list(client: Any, house: Any, operator: Any) -> None:
    enter(client, house, operator)
    before = len(store.listed(house.pool))
    looked = body(client.post(f"{PAGE}/new", form()))
    assert "保存后的影响" in looked
    assert 'value="save"' in looked
    assert len(store.listed(house.pool)) == before
    saved = client.post(f"{PAGE}/new", form(act="save", all_clocks="0", clocks=["review", "ship_back"], all_regions="0", regions=["广东省"]))
    assert saved.status_code == 302
    row = newest(house)
    assert (row.clocks, row.regions, row.state(datetime.now(UTC))) == (["review", "ship_back"], ["广东省"], "coming")
    listed = body(client.get(PAGE))
    assert "审核、客户寄回" in listed
    assert "未开始" in listed
    kept = body(client.get(f"{PAGE}/{row.id}"))
    assert re.search(r'value="广东省" checked', kept)


def test_refused_beside_its_field_with_what_was_typed(client: Any, house: Any, operator: Any) -> None:
    enter(client, house, operator)
    answer = client.post(f"{PAGE}/new", form(act="save", en="", all_regions="0"))
    assert answer.status_code == 422
    text = body(answer)
    assert "请填写中文和英文名称" in text or "请选择至少一个省份" in text
    assert 'value="春节期间暂停"' in text
    wrong = body(client.post(f"{PAGE}/new", form(act="look", ends_at="2020-01-01T00:00")))
    assert "结束时间应晚于开始时间" in wrong
    assert 'aria-invalid="true"' in wrong


def test_withdrawn_after_a_look_and_the_record_stays(client: Any, house: Any, operator: Any) -> None:
    enter(client, house, operator)
    client.post(f"{PAGE}/new", form(act="save"))
    row = newest(house)
    assert "当作从来没有暂停过" in body(client.get(f"{PAGE}/{row.id}/withdraw"))
    assert client.post(f"{PAGE}/{row.id}/withdraw").status_code == 302
    assert newest(house).state(datetime.now(UTC)) == "withdrawn"
    again = client.post(f"{PAGE}/{row.id}/withdraw")
    assert again.status_code == 409
    assert "已经撤回" in body(again)
    assert "撤回" in body(client.get(f"{PAGE}/{row.id}"))


def test_a_countdown_that_stands_still_says_why_until_when_and_what_is_left() -> None:
    stop = Stop("春节期间暂停", NOW - timedelta(days=1), datetime(2026, 2, 23, 16, tzinfo=UTC), timedelta(hours=27, minutes=5), True)
    zone = show.ZoneInfo("Asia/Shanghai")
    made = show.countdown(datetime(2026, 2, 24, 19, 5, tzinfo=UTC), NOW, zone, "zh", long=True, hurries=True, stop=stop)
    assert made is not None
    assert (made.level, made.words, made.hurries) == ("paused", "春节期间暂停 · 2月24日 00:00 起继续，还剩 1 天 03 小时", False)
    coming = show.countdown(NOW + timedelta(days=12), NOW, zone, "en", stop=Stop("Spring Festival", NOW + timedelta(days=1), NOW + timedelta(days=11), timedelta(days=1), False))
    assert coming is not None
    assert (coming.level, coming.stops, coming.still) == ("calm", NOW + timedelta(days=1), "Paused · 1d 00h")


def test_of_suspensions_that_overlap_the_last_to_end_says_why() -> None:
    one = Suspension(NOW - timedelta(days=1), NOW + timedelta(days=2), name="甲")
    other = Suspension(NOW + timedelta(days=1), NOW + timedelta(days=4), name="乙")
    found = find([one, other], "review", None, NOW + timedelta(days=4, hours=3), NOW)
    assert found == Stop("乙", NOW - timedelta(days=1), NOW + timedelta(days=4), timedelta(hours=3), True)
    assert find([one], "review", None, NOW, NOW - timedelta(days=3)) is not None
    assert find([one], "review", None, NOW - timedelta(days=2), NOW - timedelta(days=3)) is None
