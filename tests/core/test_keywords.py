"""Keywords, pure: folding keeps every offset, hits are exact, denial, what warns, what a merchant made of the sets, alerts told (KW-1 … KW-3)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core import keyword_choice as choice
from amends.core.alerts import alert_of, new_hits
from amends.core.keywords import Hit, KeywordSet, Starter, mismatch, starter_of, warns
from amends.engine.keyword_scan import compile, fold

SETS = (
    KeywordSet("return", "type", "return", "退货", "Return", ("退货", "想退", "退", "return", "return it")),
    KeywordSet("exchange", "type", "exchange", "换货", "Exchange", ("换货", "换一个", "换", "exchange", "exchange it")),
    KeywordSet("illness", "free", "", "食品安全", "Illness", ("拉肚子", "發霉")),
)
SCANNER = compile(SETS)
WORDS = sorted({fold(w) for s in SETS for w in s.words})
TEXTS = st.lists(st.sampled_from(["不想", "要", "換", "换", "一个", "退", "貨", "货", "，", "Ｒｅｔｕｒｎ", " it", "exchange", " ", "don't want to ", "发霉", "ß", "İ", "😀", "\ud800", "x"]), max_size=14).map("".join)


def found(text):
    return [(h.set, text[h.start:h.end]) for h in SCANNER.scan(text)]


@given(st.text(max_size=60) | TEXTS)
def test_folding_keeps_every_character_in_its_place(text):
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded
    assert all(fold(a) == b for a, b in zip(text, folded, strict=True))


@given(TEXTS)
def test_a_hit_is_a_word_where_it_says_and_hits_do_not_overlap(text):
    hits, end = SCANNER.scan(text), 0
    for hit in hits:
        assert fold(text[hit.start:hit.end]) == fold(hit.word)
        assert hit.start >= end
        end = hit.end


@given(TEXTS)
def test_what_is_found_is_what_a_plain_search_finds_or_denied(text):
    folded = fold(text)
    plain = {m.start() for w in WORDS if not w.isascii() for m in re.finditer(f"(?={re.escape(w)})", folded)}
    assert {h.start for h in SCANNER.scan(text) if not h.word.isascii()} <= plain
    if not any(mark in folded for mark in ("不", "don't")):
        covered = {n for h in SCANNER.scan(text) for n in range(h.start, h.end)}
        assert plain <= covered


@pytest.mark.parametrize(("text", "hits"), [
    ("我想換一個新的", [("exchange", "換一個")]), ("ＥＸＣＨＡＮＧＥ please", [("exchange", "ＥＸＣＨＡＮＧＥ")]), ("exchanges and prefixreturn", []), ("exchange item", [("exchange", "exchange")]),
    ("不想换", []), ("不要退", []), ("不用退了", []), ("退货就不用了", []), ("不用给我换了", []), ("I don’t want to return it", []), ("without returning… no exchange", []),
    ("不想换，要退货", [("return", "退货")]), ("要不要换一个", [("exchange", "换一个")]), ("能不能换货", [("exchange", "换货")]), ("为什么不换", [("exchange", "换")]), ("要不换一个", [("exchange", "换一个")]),
    ("does not work. exchange it", [("exchange", "exchange it")]), ("发霉了，拉肚子", [("illness", "发霉"), ("illness", "拉肚子")]), ("", []),
], ids=lambda x: x if isinstance(x, str) else "")
def test_denial_and_longest_words(text, hits):
    assert found(text) == hits


def test_a_word_of_two_sets_is_found_for_both():
    two = compile([KeywordSet("a", "free", "", "a", "a", ("换",)), KeywordSet("b", "free", "", "b", "b", ("換",))])
    assert [(h.set, h.word) for h in two.scan("换")] == [("a", "换"), ("b", "換")]
    assert compile([]).scan("换") == []


def test_what_warns_is_of_another_type_or_free():
    hits = SCANNER.scan("退货，换货，拉肚子")
    assert [h.set for h in mismatch(hits, "return")] == ["exchange"]
    assert [h.set for h in warns(hits, "return")] == ["exchange", "illness"]
    assert [h.set for h in warns(hits, "")] == ["illness"]


@pytest.mark.parametrize(("state", "facts", "sets"), [
    ("reviewing", {}, ["exchange", "illness"]), ("fulfilling", {}, ["illness"]), ("reviewing", {"alert_seen": ["exchange"]}, ["illness"]),
    ("reviewing", {"alert_open": True, "alert": {"sets": ["illness"]}}, ["exchange"]), ("reviewing", {"alert_open": False, "alert": {"sets": ["illness"]}}, ["exchange", "illness"]),
], ids=["new", "decided already", "acknowledged", "open", "answered, but not seen"])
def test_words_of_the_same_kind_warn_once(state, facts, sets):
    assert [h.set for h in new_hits(SCANNER.scan("换货，拉肚子"), "service_order", state, "return", facts)] == sets


def test_an_alert_tells_its_words_and_goes_on_from_an_open_one():
    by_code = {s.code: s for s in SETS}
    said, more = "想换货，换一个", "发霉了"
    first = alert_of(SCANNER.scan(said), said, "description", 1, by_code, "return", {"keywords": 3})
    assert (first["suggest"], first["free"], first["keywords"]) == ("exchange", False, 3)
    assert first["zh"] == "客户选择退货，描述里出现换货的词 2 处：换货、换一个"
    both = alert_of(SCANNER.scan(more), more, "message", 4, by_code, "return", {}, first)
    assert (both["sets"], both["free"], len(both["hits"])) == (["exchange", "illness"], True, 3)
    assert both["en"] == "The buyer chose a return, the description speaks of an exchange: 换货, 换一个; the message has words of “Illness”: 发霉"


STARTER = Starter(1, SETS)


def test_a_merchants_sets_are_kept_as_what_differs():
    sets = choice.chosen_of(STARTER, {})
    assert [s.code for s in choice.in_force(sets)] == ["return", "exchange", "illness"]
    sets, wrong = choice.with_words(sets, "exchange", ["調換", "換貨", "x", "长" * 41], fold)
    assert [w.refusal.code for w in wrong] == ["keyword_there", "keyword_too_short", "keyword_too_long"]
    sets = choice.switched(choice.without_word(sets, "return", "退"), "illness", False)
    sets, own = choice.with_set(sets, "直播间", "", "")
    kept = choice.document_of(STARTER, sets)
    assert kept["off"] == ["illness"]
    assert kept["changes"] == {"return": {"added": [], "removed": ["退"]}, "exchange": {"added": ["調換"], "removed": []}}
    assert [o["code"] for o in kept["own"]] == [own.set.code] == ["own_1"]
    again = choice.chosen_of(STARTER, kept)
    assert choice.document_of(STARTER, again) == kept
    assert [s.code for s in choice.in_force(again)] == ["return", "exchange"]
    assert choice.problems(again) == []


def test_new_starter_words_reach_who_changed_something_else():
    kept = {"changes": {"exchange": {"added": ["调换"], "removed": ["换"]}}}
    later = Starter(2, tuple(KeywordSet(s.code, s.kind, s.type, s.zh, s.en, (*s.words, "新词")) for s in SETS))
    words = {c.set.code: c.set.words for c in choice.chosen_of(later, kept)}
    assert words["exchange"] == ("换货", "换一个", "exchange", "exchange it", "新词", "调换")


def test_pasted_words_are_split_as_people_write_them():
    assert choice.split("换货，换新、换一个\n换货; replace it\t调换\r\n") == ["换货", "换新", "换一个", "replace it", "调换"]


def test_hits_are_plain_values():
    assert SCANNER.scan("换货")[0] == Hit("exchange", "换货", 0, 2, "exchange")


def test_a_part_of_the_signs_that_nobody_knows_is_told():
    with pytest.raises(ValueError, match="tolled"):
        starter_of({"version": 1, "sets": [{"code": "own", "kind": "free", "zh": "自", "en": "own", "words": ["着火"]}], "negations": {"tolled": ["x"]}})
