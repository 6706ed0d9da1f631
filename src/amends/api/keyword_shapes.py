"""What keyword sets and a text that was tried look like, and the bodies that are taken (KW-1 … KW-3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from amends.core.keyword_choice import NAME_AT_MOST, SETS_AT_MOST, WORD_AT_MOST, WORDS_AT_MOST
from amends.core.keywords import TYPES

TEXT_AT_MOST = 2000


class KeywordSetShown(Struct):
    """一个词组。`type` 为 null 时是自由词组，出现就提示；否则在没选这个类型时提示。`builtin` 是产品自带的。
    · One set. With `type` null it warns wherever its words stand, otherwise where another type was chosen. `builtin` came with the product."""

    code: str
    type: str | None
    zh: str
    en: str
    on: bool
    builtin: bool
    words: list[str]


class KeywordSets(Struct):
    """生效中的词组和版本；第 0 版是产品自带的原样。 · The sets in force and their version; 0 is as they come with the product."""

    version: int
    starter: int
    made_by: str | None
    made_at: datetime | None
    sets: list[KeywordSetShown]


class KeywordHit(Struct):
    """找到的一个词，`start` 到 `end` 是原文里的字符位置（不含 `end`）。 · A word found; `start` up to `end` are characters of the text as sent, without `end`."""

    set: str
    type: str | None
    word: str
    text: str
    start: int
    end: int


class KeywordAnswer(Struct):
    """选这个类型时会不会提示，提示什么；`type` 为 null 是取消订单。 · Whether and of what the case would warn if this type were chosen; null stands for a cancellation."""

    type: str | None
    alert: bool
    sets: list[str]
    zh: str
    en: str


class KeywordLight(Struct):
    """找到但没有算的自带词：更像在讲述，不像在要求；`zh`、`en` 说明原因。 · Words of the product that stand there and do not count, because the text rather tells than asks; `zh` and `en` say why."""

    type: str
    words: list[str]
    zh: str
    en: str


class KeywordsTried(Struct):
    """一段话里找到的词，每个类型下的提示，和找到但没有算的词；什么都没有保存。 · The words of a text, what each type would warn of, and words that were found and do not count; nothing is kept."""

    hits: list[KeywordHit]
    answers: list[KeywordAnswer]
    light: list[KeywordLight]


class KeywordSuggestion(Struct):
    """一个可以加进词组的词。`fits`：选对类型的单里出现过几单；`right`、`wrong`：加上后会提示对、误报几单；`lean`：偏向这个类型多少个标准差。
    · A word for a set. `fits`: cases of that type, rightly chosen, that had it; `right`, `wrong`: on how many it would have warned rightly and wrongly; `lean`: by how many standard deviations it leans to its type."""

    word: str
    set: str
    type: str
    fits: int
    right: int
    wrong: int
    lean: float
    examples: list[str]


class KeywordSuggestions(Struct):
    """从最近 `days` 天的单里找到的词，最有用的在前；`examples` 是单的编号。 · Words of the last `days` days, the most useful first; `examples` are ids of cases."""

    days: int
    items: list[KeywordSuggestion]


SHAPES: tuple[type, ...] = (KeywordSets, KeywordsTried, KeywordSuggestions)
SET_FIELDS = ("code", "type", "zh", "en", "on", "builtin", "words")


def schemas() -> dict[str, dict[str, Any]]:
    """The schemas of the bodies by the names that operations use."""
    word = {"type": "string", "minLength": 1, "maxLength": WORD_AT_MOST}
    one = {
        "type": "object", "additionalProperties": False, "required": ["code", "zh", "words"],
        "properties": {
            "code": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$", "description": "自带词组用它的代码，自建的自己取名 · The code of a built-in set, or one of your own"},
            "type": {"type": ["string", "null"], "enum": [*TYPES, None]}, "zh": {"type": "string", "minLength": 1, "maxLength": NAME_AT_MOST},
            "en": {"type": "string", "maxLength": 2 * NAME_AT_MOST}, "on": {"type": "boolean", "default": True}, "builtin": {"type": "boolean", "description": "只读，可照原样发回 · Read only; may be sent back as it came"},
            "words": {"type": "array", "maxItems": WORDS_AT_MOST, "items": word},
        },
    }
    return {
        "KeywordSetsGiven": {"type": "object", "additionalProperties": False, "required": ["sets"], "properties": {"sets": {"type": "array", "maxItems": SETS_AT_MOST, "items": one}}},
        "KeywordText": {"type": "object", "additionalProperties": False, "required": ["text"], "properties": {"text": {"type": "string", "maxLength": TEXT_AT_MOST, "description": "一段话 · A text"}}},
    }


EXAMPLES: dict[str, dict[str, Any]] = {
    "KeywordSetsGiven": {
        "zh": {"sets": [{"code": "exchange", "type": "exchange", "zh": "换货", "en": "Exchange", "on": True, "words": ["换货", "换一个", "换新"]}, {"code": "live_room", "type": None, "zh": "直播间", "words": ["主播说的"]}]},
        "en": {"sets": [{"code": "exchange", "type": "exchange", "zh": "换货", "en": "Exchange", "on": True, "words": ["exchange", "replacement"]}]},
    },
    "KeywordText": {"zh": {"text": "杯盖漏水，想换一个新的"}, "en": {"text": "The lid leaks, I'd like a replacement"}},
}
