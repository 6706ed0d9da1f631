"""Telling or wishing: which signs deny a keyword, how far they reach, and what is stronger (KW-3)."""

import pytest

from amends.core.keyword_telling import Mark, Sign, Story

SIGNS = {"上次": Sign.TOLD, "让我": Sign.TOLD, "请": Sign.WISH, "让我请": Sign.TOLD, "要不是": Sign.UNREAL, "发票": Sign.OTHER}


def tells(text, type_="exchange", only=""):
    """Whether the first 换货 of the text is told; every sign is for the type `only`."""
    marks = [Mark(sign, at, at + len(phrase), only) for phrase, sign in SIGNS.items() for at in range(len(text)) if text.startswith(phrase, at)]
    start = text.index("换货")
    return Story(text, marks).tells(start, start + 2, type_)


@pytest.mark.parametrize(("text", "told"), [
    ("上次换货", True), ("换货上次", True), ("上次，换货", False), ("上次 换货", False), ("上次a换货", True), ("上次请换货", False), ("请，上次换货", True), ("让我请换货", True),
    ("要不是急，请换货", True), ("要不是急。请换货", False), ("换货，要不是急", False), ("发票请换货", True), ("发票，请换货", False), ("请换货", False), ("上次" + "啊" * 90 + "换货", False),
], ids=str)
def test_signs_count_in_their_clause_and_what_might_have_been_in_its_sentence(text, told):
    assert tells(text) is told


def test_a_space_between_latin_words_parts_no_clauses():
    text, sign = "they gave me a refund", Mark(Sign.TOLD, 5, 21)
    assert Story(text, [sign]).tells(15, 21, "return") is True
    assert Story(text.replace("me a", "me. a"), [Mark(Sign.TOLD, 5, 12)]).tells(16, 22, "return") is False


def test_a_sign_for_one_type_leaves_the_others_alone():
    assert tells("上次换货", "exchange", "exchange") is True
    assert tells("上次换货", "exchange", "return") is False


def test_what_stands_within_the_keyword_is_no_sign_against_it():
    text, mark = "退差价", Mark(Sign.OTHER, 1, 3)
    assert Story(text, [mark]).tells(0, 3, "return") is False
    assert Story(text, [mark]).tells(0, 1, "return") is True


LONG = "这个杯子买回来用了几天。颜色和图片差不多，包装也还算结实，物流也快，里面的盖子也严，"


@pytest.mark.parametrize(("clause", "unasked"), [
    ("他们家的售后处理换货挺利索", True), ("他们家的售后处理请尽快换货", False), ("他们家的售后可以处理换货？", False), ("换货", False), ("就换货吧", False),
], ids=str)
def test_a_bare_name_in_long_sentences_counts_where_its_clause_asks_or_says_little_else(clause, unasked):
    for text, expected in ((LONG + clause, unasked), (clause, False), (LONG.replace("。", "，") + clause, False)):
        start = text.index("换货")
        marks = [Mark(Sign.WISH, at, at + 1) for at in range(len(text)) if text[at] == "请"]
        assert Story(text, marks).unasked(start, start + 2, "exchange") is expected
