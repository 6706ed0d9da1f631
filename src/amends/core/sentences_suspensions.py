"""Sentences of refusals about suspended clocks and fast review, Chinese and English (PO-15, SO-31)."""

SUSPENSIONS: dict[str, tuple[str, str]] = {
    "suspension_unknown": ("找不到这次暂停，请返回列表重新选择", "This suspension is not known; go back to the list and choose again"),
    "suspension_name_missing": ("请填写中文和英文名称，商家和客户都会看到", "Give a Chinese and an English name; merchants and buyers will read it"),
    "suspension_name_long": ("名称最多 {most} 字，请缩短", "The name may have {most} characters; shorten it"),
    "suspension_time_wrong": ("请填写日期和时间，例如 2026-02-14 00:00", "Give a day and a time, such as 2026-02-14 00:00"),
    "suspension_empty": ("结束时间应晚于开始时间，请改正", "The end must be later than the start; correct it"),
    "suspension_past": ("结束时间已经过去，不会再有时限受影响；请改为以后的时间", "The end has passed already, so no clock would be affected; choose a later one"),
    "suspension_too_early": ("开始时间最早可填 {earliest}：更早到期的时限已经执行，无法追回；请改晚", "The start can lie at {earliest} at the earliest: what ran out before has been carried out and cannot be taken back; choose a later one"),
    "suspension_too_long": ("一次最多暂停 {days} 天，请缩短或分两次", "One suspension lasts {days} days at most; shorten it or make two"),
    "suspension_clock_unknown": ("没有“{clock}”这种时限，请从列表中选择", "There is no clock “{clock}”; choose from the list"),
    "suspension_clock_missing": ("请选择至少一种时限，或选择“全部时限”", "Choose at least one clock, or “all clocks”"),
    "suspension_region_unknown": ("没有“{region}”这个省份，请从列表中选择", "There is no province “{region}”; choose from the list"),
    "suspension_region_missing": ("请选择至少一个省份，或选择“全部地区”", "Choose at least one province, or “all regions”"),
    "suspension_over": ("这次暂停已经结束，记录不能再改；需要时请新建一次", "This suspension is over and stays on record as it was; make a new one if needed"),
    "suspension_withdrawn": ("这次暂停已经撤回，不能再改；需要时请新建一次", "This suspension has been withdrawn; make a new one if needed"),
    "suspension_not_begun": ("这次暂停还没有开始，请改用“撤回”", "This suspension has not begun; withdraw it instead"),
    "fast_review_not_offered": ("当前规则包没有极速审核，无需设置", "The present pack has no fast review; there is nothing to set"),
    "fast_review_joined": ("已经加入极速审核，无需重复加入", "Fast review is on already; nothing to do"),
    "fast_review_not_joined": ("还没有加入极速审核，无需退出", "Fast review is not on; there is nothing to leave"),
}
