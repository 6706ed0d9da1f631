"""The operations of strategies, for the one list (SA-1 … SA-9, IN-2)."""

from typing import Any

WHOSE, POSTED = ("merchant_id",), ("Idempotency-Key",)
FAILS = (404, 409, 413, 415, 422)
TAG, NEEDS = "strategies", "manage_strategies"
AT = "/strategies/{table}"


def operations(made: Any) -> tuple[Any, ...]:
    """Every one, made by `operations.Operation`, which is handed in because that list holds these too."""
    return (
        made("list_strategies", "get", "/strategies", "策略概要", "Stages of strategies", TAG, "StrategyTables", takes=WHOSE, fails=(404, 422)),
        made("get_strategy_schema", "get", "/strategies/schema", "策略的 JSON Schema", "The schema of a table", TAG, "StrategySchema", takes=WHOSE, fails=(404, 422)),
        made("list_strategy_facts", "get", "/strategies/facts", "可用的条件", "Facts to compare", TAG, "StrategyFacts", takes=WHOSE, fails=(404, 422),
             about="每个条件的类型、单位、比较方式和选项，包括本店的原因、类目、地址。 · Each with type, unit, operators and choices, those of the merchant included (SA-2)."),
        made("list_ready_strategies", "get", "/strategies/ready", "现成的策略", "Ready-made rows", TAG, "ReadyStrategies", takes=WHOSE, fails=(404, 422)),
        made("get_strategy_table", "get", AT, "现行的策略", "The rows in force", TAG, "StrategyTable", takes=WHOSE, fails=(404, 422)),
        made("get_strategy_draft", "get", f"{AT}/draft", "草稿", "The draft", TAG, "StrategyDraft", takes=(*WHOSE, "If-None-Match"), fails=(304, 404, 422), tagged=True),
        made("put_strategy_draft", "put", f"{AT}/draft", "保存草稿", "Keep the draft", TAG, "StrategyDraft", NEEDS, "StrategyRows", (*WHOSE, "If-Match"), (404, 409, 412, 413, 415, 422), tagged=True,
             about="草稿可以没写完，`problems` 列出发布前要改的。带 `If-Match` 时，别人先改过就回答 412。 · It may be unfinished; `problems` say what keeps it from being published. With `If-Match`, "
                   "412 if somebody changed it meanwhile."),
        made("publish_strategies", "post", f"{AT}/publish", "发布草稿", "Publish the draft", TAG, "StrategyPublished", NEEDS, "StrategyPublish", (*WHOSE, "If-Match", *POSTED), (*FAILS, 412),
             about="草稿成为下一个版本，马上生效。 · The draft becomes the next version, in force at once."),
        made("switch_strategy", "post", f"{AT}/switch", "切换一条策略", "Switch a row", TAG, "StrategyPublished", NEEDS, "StrategySwitch", (*WHOSE, *POSTED), FAILS,
             about="`off` 关、`shadow` 只记录、`on` 开，马上生效，成为一个新版本。 · Off, looking on, or on: at once, as a new version (SA-7)."),
        made("list_strategy_versions", "get", f"{AT}/versions", "版本列表", "Versions", TAG, "StrategyVersionPage", takes=(*WHOSE, "limit", "cursor"), fails=(404, 422)),
        made("get_strategy_version", "get", AT + "/versions/{version}", "导出一个版本", "Export a version", TAG, "StrategyDocument", takes=WHOSE, fails=(404, 422)),
        made("roll_back_strategies", "post", f"{AT}/roll_back", "恢复到一个版本", "Roll back", TAG, "StrategyPublished", NEEDS, "StrategyRollBack", (*WHOSE, *POSTED), FAILS,
             about="以前的版本作为新版本生效，草稿作废。 · The earlier content is in force again as a new version; the draft is thrown away."),
        made("begin_strategy_trial", "post", f"{AT}/trials", "在历史上试草稿", "Try the draft on history", TAG, "StrategyRun", NEEDS, "StrategyTrial", (*WHOSE, *POSTED), FAILS,
             about="只看，不执行。用 `GET …/runs/{id}` 看进度和结果。 · Looks only. Follow it by `GET …/runs/{id}` (SA-7)."),
        made("list_strategy_runs", "get", f"{AT}/runs", "最近的运行", "The latest runs", TAG, "StrategyRuns", takes=WHOSE, fails=(404, 422)),
        made("get_strategy_run", "get", AT + "/runs/{id}", "查看一次运行", "One run", TAG, "StrategyRun", takes=WHOSE, fails=(404, 422)),
        made("list_strategy_run_cases", "get", AT + "/runs/{id}/cases", "试跑里的单", "Cases of a trial", TAG, "StrategyRunCases", takes=(*WHOSE, "people", "strategy", "limit", "cursor"),
             fails=(404, 422),
             about="不带 `people` 和 `strategy` 是与客服相反的；两个都带是对照表的一格。 · Without `people` and `strategy` those on which people and rows differ; with both, one cell of the "
                   "agreement table (SA-7)."),
        made("get_strategy_shadow", "get", AT + "/rows/{id}/shadow", "影子里的一行和客服对照", "A row in shadow beside people", TAG, "StrategyShadow", takes=WHOSE, fails=(404, 422),
             about="近 30 天影子里记录的，和这些单后来的结果对照；`disagreements` 最多 50 单，新的在前。 · What it wrote down in 30 days beside what became of those cases; at most 50 disagreements, "
                   "the latest first (SA-7)."),
        made("stop_strategy_run", "post", AT + "/runs/{id}/stop", "停止一次运行", "Stop a run", TAG, "StrategyRun", NEEDS, "", (*WHOSE, *POSTED), (404, 409, 413, 422)),
        made("fit_strategies", "get", AT + "/cases/{id}", "策略对一张单会怎么做", "What strategies would do with a case", TAG, "StrategyFits", takes=WHOSE, fails=(404, 422),
             about="每一行每个条件的实际值，符合没有；什么都不写入。 · Each row and condition with its actual value; writes nothing (SA-6)."),
    )
