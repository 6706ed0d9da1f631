"""How money, times and deadlines are written, in both languages (ui.md)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from amends.web import language, show

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)  # 14:05 in Shanghai


@pytest.mark.parametrize(
    ("minor", "currency", "signed", "shown"),
    [(1, "CNY", False, "¥0.01"), (123456789, "CNY", False, "¥1,234,567.89"), (-12, "CNY", False, "−¥0.12"), (1000, "CNY", True, "+¥10.00"), (500, "JPY", False, "JP¥500")],
)
def test_money(minor, currency, signed, shown):
    assert show.money(minor, currency, signed=signed) == shown


def test_numbers_are_grouped_thinly_above_9999():
    assert [show.number(n) for n in (128, 9999, 10000, 1234567)] == ["128", "9999", "10\N{THIN SPACE}000", "1\N{THIN SPACE}234\N{THIN SPACE}567"]


@pytest.mark.parametrize(
    ("instant", "zh", "en"),
    [
        (datetime(2026, 11, 22, 6, 32, tzinfo=UTC), "14:32", "14:32"),
        (datetime(2026, 11, 24, 2, 32, tzinfo=UTC), "11月24日 10:32", "24 Nov 10:32"),
        (datetime(2026, 11, 21, 15, 59, tzinfo=UTC), "11月21日 23:59", "21 Nov 23:59"),
        (datetime(2026, 11, 21, 16, 0, tzinfo=UTC), "00:00", "00:00"),
        (datetime(2027, 1, 1, 2, 0, tzinfo=UTC), "2027年1月1日 10:00", "1 Jan 2027 10:00"),
    ],
)
def test_moments_are_the_merchants(instant, zh, en):
    assert show.moment(instant, NOW, SHANGHAI, "zh") == zh
    assert show.moment(instant, NOW, SHANGHAI, "en") == en


def test_full_moments_for_tooltips():
    assert show.full(NOW, SHANGHAI, "zh") == "2026年11月22日 14:05:00"
    assert show.full(NOW, SHANGHAI, "en") == "22 Nov 2026 14:05:00"
    assert show.day(date(2026, 3, 1), date(2026, 1, 1), "en") == "1 Mar"


@pytest.mark.parametrize(
    ("left", "level", "zh", "en"),
    [
        (timedelta(days=1, hours=7, minutes=59), "calm", "1 天 07 小时", "1d 07h"),
        (timedelta(hours=4), "calm", "4 小时 00 分", "4h 00m"),
        (timedelta(hours=3, minutes=40), "soon", "3 小时 40 分", "3h 40m"),
        (timedelta(hours=1), "soon", "1 小时 00 分", "1h 00m"),
        (timedelta(minutes=41, seconds=59), "urgent", "41 分", "41m"),
        (timedelta(seconds=52), "urgent", "52 秒", "52s"),
        (timedelta(0), "urgent", "0 秒", "0s"),
        (timedelta(minutes=-12), "late", "已超时 12 分", "12m late"),
        (timedelta(days=-2), "late", "已超时 2 天 00 小时", "2d 00h late"),
    ],
)
def test_countdowns(left, level, zh, en):
    shown = show.countdown(NOW + left, NOW, SHANGHAI, "zh")
    assert (shown.level, shown.words) == (level, zh)
    assert show.countdown(NOW + left, NOW, SHANGHAI, "en").words == en


def test_countdowns_paused_long_and_none():
    assert show.countdown(None, NOW, SHANGHAI, "zh") is None
    assert show.countdown(NOW, NOW, SHANGHAI, "zh", paused=True).level == "paused"
    assert show.countdown(NOW + timedelta(minutes=18), NOW, SHANGHAI, "zh", long=True).words == "还剩 18 分"


def test_people():
    assert [show.initials(n) for n in ("小满", "Zhixia Xu", "li", "")] == ["满", "ZX", "LI", "?"]
    assert show.tint("a") == show.tint("a")
    assert {show.tint(str(n)) for n in range(20)} == {1, 2, 3, 4}
    assert show.device("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/141.0") == "Edge · Windows"
    assert show.device("curl/8.5") == "curl/8.5"


@pytest.mark.parametrize(
    ("header", "lang"),
    [("", "zh"), ("en-GB,en;q=0.9", "en"), ("de,fr;q=0.8", "zh"), ("zh;q=0.4,en;q=0.6", "en"), ("en;q=x,zh", "zh"), ("zh-TW,en;q=0.8", "zh"), ("*", "zh")],
)
def test_the_browsers_language(header, lang):
    assert language.accepted(header) == lang
