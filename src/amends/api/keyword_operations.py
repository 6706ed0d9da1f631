"""The operations of keyword sets, for the one list (KW-1 … KW-4)."""

from typing import Any

WHOSE = ("merchant_id",)
TAG, NEEDS = "keywords", "manage_keywords"


def operations(made: Any) -> tuple[Any, ...]:
    """Every one, made by `operations.Operation`, which is handed in because that list holds these too."""
    return (
        made("get_keywords", "get", "/keywords", "关键词词组", "Keyword sets", TAG, "KeywordSets", takes=(*WHOSE, "If-None-Match"), fails=(304, 404, 422), tagged=True),
        made("put_keywords", "put", "/keywords", "替换关键词词组", "Replace the keyword sets", TAG, "KeywordSets", NEEDS, "KeywordSetsGiven", (*WHOSE, "If-Match"), (404, 409, 413, 415, 422), tagged=True,
             about="整体替换，成为下一个版本；没有写到的自带词组会关闭，自建词组会删除。带 `If-Match` 时，别人先改过就回答 409。 · Puts these in place of all there are, as the next version; built-in sets left "
                   "out are switched off, own ones go. With `If-Match`, 409 if somebody changed them meanwhile."),
        made("list_keyword_suggestions", "get", "/keywords/suggestions", "从历史里找词", "Words from history", TAG, "KeywordSuggestions", NEEDS, takes=(*WHOSE, "days"), fails=(404, 422),
             about="客户写过、能区分类型而词组里还没有的词，附上加上后会提示对多少、误报多少；什么都不改。要用的词，连同原有的用 `PUT /keywords` 加进去。 · Words your buyers wrote that tell types apart and no set has yet, "
                   "with how often each would have warned rightly and wrongly; nothing changes. Take one by putting it into its set with `PUT /keywords` (KW-4)."),
        made("try_keywords", "post", "/keywords/test", "试一段话", "Try a text", TAG, "KeywordsTried", NEEDS, "KeywordText", (*WHOSE, "Idempotency-Key"), (404, 413, 415, 422),
             about="会标出哪些词，选每个类型时会不会提示；什么都不保存。 · Which words would be marked and what each type would warn of; nothing is kept (KW-2)."),
    )
