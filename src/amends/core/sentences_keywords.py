"""Sentences of refusals about keyword sets and alerts, Chinese and English (KW-1 … KW-3)."""

KEYWORDS: dict[str, tuple[str, str]] = {
    "alert_is_open": ("这张单已有未确认的告警，请先处理它，再发出新的", "This case has an open alert already; answer it before raising another"),
    "keyword_there": ("“{word}”已在「{zh}」里，不用再加", "“{word}” is in “{en}” already and need not be added"),
    "keyword_too_long": ("“{word}…”有 {now} 字，关键词最多 {most} 字；请缩短，或拆成几个词", "“{word}…” has {now} characters, a keyword at most {most}; shorten or split it"),
    "keyword_too_short": ("“{word}”太短，会误伤很多描述；请写成至少两个字母的词", "“{word}” is too short and would warn everywhere; write a word of at least two letters"),
    "keyword_unreadable": ("有一个词是空的或含有看不见的字符，请重新填写", "A word is empty or has characters that cannot be seen; enter it again"),
    "keywords_many": ("关键词一共最多 {most} 个，现在是 {now} 个；请先移除用不到的", "There can be {most} keywords in all, these are {now}; remove some that are not needed first"),
    "keyword_sets_many": ("词组最多 {most} 个，请先合并或删除用不到的", "There can be {most} sets; merge or remove some first"),
    "keyword_set_name": ("词组名称应为 1 到 {most} 字，请改正", "A set's name has 1 to {most} characters; correct it"),
    "keyword_kind_wrong": ("词组应对应 {choices} 中的一项，请改正", "A set is for one of {choices}; correct it"),
    "keyword_set_code": ("词组代码“{code}”只能用小写字母、数字和下划线，以字母开头；请改正", "A set's code “{code}” has lower-case letters, digits and underscores and begins with a letter; correct it"),
    "keyword_set_twice": ("有两个词组用了同一个代码，请改名或合并", "Two sets have the same code; rename or merge them"),
    "keyword_set_unknown": ("没有这个词组，可能已被删除；请刷新页面", "There is no such set, it may have been removed; reload the page"),
    "keyword_set_builtin": ("「{zh}」是产品自带的词组，不能删除；不需要时请关闭它", "“{en}” comes with the product and cannot be removed; switch it off instead"),
    "keywords_changed": ("{name} 刚改过关键词（现在是第 {now} 版）；请看过最新的内容再保存", "{name} has just changed the keywords (version {now} now); look at them and save again"),
    "keywords_file_wrong": ("读不懂这个文件：需要 CSV（词组,关键词）或本页导出的 JSON，请检查第 {line} 行", "This file cannot be read: it takes CSV (set,keyword) or JSON as exported here; look at line {line}"),
    "keywords_none": ("没有可以添加的词：一行一个，或用逗号隔开", "There is no word to add: one a line, or separated by commas"),
}
