"""Words a merchant's own history offers for its sets: what leans to a type, what it would have done, and what is never offered (KW-4)."""

from datetime import timedelta
from itertools import count

import pytest
from psycopg.types.json import Jsonb

from amends.core.keywords import KeywordSet
from amends.engine.ids import new_id
from amends.engine.keyword_suggestions import found, suggest
from amends.store.connect import PLATFORM, scope
from amends.store.screens.keyword_history import Told
from tests.shop import NOON, open_shop

SETS = [KeywordSet(code, "type", code, code, code, (word,)) for code, word in (("return", "退货"), ("exchange", "换货"), ("repair", "维修"), ("reissue", "补发"))]
PLAIN = ("颜色和图片不一样", "用了两天就不亮", "没有想的好", "尺寸不对", "盖子松", "有点味道", "和描述不符", "做工粗糙")
NUMBER = count()


def case(chosen, settled, text, buyer=None, title="玻璃保温杯"):
    n = next(NUMBER)
    return Told(f"c{n}", f"S-{n}", chosen, settled, text, buyer or f"b{n}", title)


def history(word="调换尺码"):
    """Forty returns that say nothing of it, eight exchanges that say the word, three that chose return and were changed, one that stayed a return."""
    rows = [case("return", "return", PLAIN[n % len(PLAIN)]) for n in range(40)]
    rows += [case("exchange", "exchange", f"{PLAIN[n]}，{word}") for n in range(8)]
    rows += [case("return", "exchange", f"{PLAIN[n]}，麻烦{word}吧") for n in range(3)]
    return [*rows, case("return", "return", f"本来{word}，后来退货")]


def offered(rows, sets=SETS):
    return {s.word: s for s in found(rows, sets)}


def about(suggestions, part):
    return next((s for word, s in suggestions.items() if part in word), None)


def test_a_word_that_stands_with_one_type_is_offered_with_what_it_would_have_done():
    rows = history()
    one = about(offered(rows), "尺码")
    assert one is not None
    assert (one.set, one.fits, one.right) == ("exchange", 8, 3)
    assert one.wrong <= 1
    assert one.lean > 1.96
    assert [row.chosen for row in rows if row.id in one.examples[:3]] == ["return"] * 3


def test_a_denied_word_warns_nobody():
    denied = [case("return", "return", "不用调换尺码，要退货") for _ in range(2)]
    assert about(offered([*history(), *denied]), "尺码").wrong == about(offered(history()), "尺码").wrong


@pytest.mark.parametrize("text", ["给我换货", "要换货的"], ids=["known", "known inside"])
def test_what_the_sets_find_already_is_not_offered(text):
    rows = [case("return", "return", PLAIN[n % len(PLAIN)]) for n in range(30)] + [case("exchange", "exchange", text) for _ in range(10)]
    assert not [word for word in offered(rows) if "换货" in word]


@pytest.mark.parametrize("text", ["电话13800138000", "找王小明换", "寄到石家庄市", "保温杯坏掉换", "三千二百块"], ids=["phone", "person", "place", "title", "number"])
def test_nothing_that_could_name_somebody_or_something_is_offered(text):
    rows = [case("return", "return", PLAIN[n % len(PLAIN)]) for n in range(30)] + [case("exchange", "exchange", text) for _ in range(10)]
    for word in offered(rows):
        assert not any(char.isdigit() for char in word)
        assert not any(part in word for part in ("王小明", "石家庄", "保温杯", "三千", "二百"))


def test_what_only_two_buyers_wrote_is_not_offered():
    rows = [case("return", "return", PLAIN[n % len(PLAIN)]) for n in range(30)] + [case("exchange", "exchange", "调换尺码", buyer=f"b{n % 2}") for n in range(10)]
    assert about(offered(rows), "尺码") is None


def test_a_word_that_would_mostly_warn_wrongly_is_not_offered():
    rows = history() + [case("return", "return", "不会调换尺码，随便") for _ in range(12)]
    assert about(offered(rows), "尺码") is None


def test_english_is_offered_by_words():
    rows = [case("return", "return", "it does not work as shown") for _ in range(30)] + [case("exchange", "exchange", f"bigger size please {n}") for n in range(8)]
    assert about(offered(rows), "bigger") is not None


def test_without_history_there_is_nothing_to_say():
    assert found([], SETS) == []


def test_history_is_read_for_this_merchant_these_days_and_settled_cases(pool):
    shop, other = open_shop(pool), open_shop(pool)
    rows = history()
    write(pool, shop.merchant, rows)
    write(pool, shop.merchant, [case("return", "exchange", "打包太差") for _ in range(9)], state="reviewing")
    write(pool, shop.merchant, [case("return", "exchange", "打包太差") for _ in range(9)], alert_open=True)
    write(pool, shop.merchant, [case("return", "exchange", "打包太差") for _ in range(9)], at=NOON - timedelta(days=91))
    write(pool, other.merchant, [case("return", "exchange", "打包太差") for _ in range(9)])
    suggestions = {s.word: s for s in suggest(pool, shop.merchant, 90, NOON)}
    assert about(suggestions, "尺码").right == 3
    assert about(suggestions, "打包") is None
    assert suggest(pool, open_shop(pool).merchant, 90, NOON) == []


def write(pool, merchant, rows, state="closed", alert_open=False, at=NOON - timedelta(days=1)):
    with scope(pool, PLATFORM) as conn, conn.cursor() as cursor:
        cursor.executemany(
            "insert into cases (merchant_id, id, kind, number, state, buyer_id, type, expectation, opened_at, closed_at, waits_on, facts)"
            " values (%s, %s, 'service_order', %s, %s, %s, %s, %s, %s, %s, 'merchant', %s)",
            [(merchant, new_id(), f"K-{next(NUMBER)}", state, r.buyer_id, r.settled, r.chosen, at, at, Jsonb({"description": r.text, "title": r.title, "alert_open": alert_open})) for r in rows],
        )
