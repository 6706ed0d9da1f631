"""Sentences about rows of strategies that can never act, Chinese and English (SA-4, SA-6)."""

NEVER: dict[str, tuple[str, str]] = {
    "strategy_days_over": ("生效日期到 {until} 为止，已经过了：改日期，或关掉这一行", "It was in force until {until}, which is over: change the days, or switch the row off"),
    "strategy_excludes_itself": ("对“{zh}”的几个条件不可能同时成立：改掉其中一个", "Its conditions on “{en}” can never hold together: change one of them"),
}
