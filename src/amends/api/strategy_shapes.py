"""What strategies look like in answers, and the bodies that change them (SA-1 … SA-9, IN-2)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from amends.api.records import record_schema
from amends.api.shapes import FieldError, Language, Money
from amends.core import strategy_json
from amends.core.order_fields import OrderField
from amends.core.strategy import MODES, MOST_ROWS

Rows = Annotated[list[dict[str, Any]], Meta(description="策略，结构见 `GET /strategies/schema` · Rows as the published schema has them.")]
Key = Annotated[str, Meta(examples=["review"])]
_WAITING = OrderField("也用于已在等的单", "Also for what waits already (SA-8)", "flag")
NOTE: dict[str, OrderField] = {"note": OrderField("说明", "Why", most=500), "apply_to_waiting": _WAITING}
SWITCH: dict[str, OrderField] = {
    "row": OrderField("策略编号", "The row", "uuid", required=True), "mode": OrderField("开关", "Its switch", "choice", required=True, choices=tuple(MODES)), "apply_to_waiting": _WAITING,
}
BACK: dict[str, OrderField] = {"version": OrderField("版本", "The version", "count", required=True, most=2**31 - 1), "apply_to_waiting": _WAITING}
TRIAL: dict[str, OrderField] = {"days": OrderField("最近几天", "How many days back", "count", required=True, most=180)}
BODIES = {"StrategyPublish": NOTE, "StrategySwitch": SWITCH, "StrategyRollBack": BACK, "StrategyTrial": TRIAL}
_ROW_ID = "0197f2a0-0000-7000-8000-000000000021"
_ROW = {
    "id": _ROW_ID, "name": "七天无理由、未拆封、100 元以内",
    "conditions": [{"fact": "case_type", "op": "is", "value": "return"}, {"fact": "goods_state", "op": "is", "value": "unopened"}, {"fact": "amount", "op": "lt", "value": 10000}],
    "action": {"command": "approve_return", "fields": {}}, "limits": {"per_buyer": 3}, "mode": "shadow",
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "StrategyRows": {"zh": {"rows": [_ROW]}}, "StrategyPublish": {"zh": {"note": "先影子运行 7 天"}, "en": {"note": "7 days in shadow first"}},
    "StrategySwitch": {"zh": {"row": _ROW_ID, "mode": "on", "apply_to_waiting": True}}, "StrategyRollBack": {"zh": {"version": 14}}, "StrategyTrial": {"zh": {"days": 30}},
}


def schemas() -> dict[str, dict[str, Any]]:
    """The schemas of the bodies, by the names that operations use."""
    row = strategy_json.schema()["properties"]["rows"]["items"]
    rows = {
        "type": "object", "additionalProperties": False, "required": ["rows"],
        "properties": {"rows": {"type": "array", "maxItems": MOST_ROWS, "items": {"$ref": "#/components/schemas/StrategyRow"}}},
    }
    return {"StrategyRow": row, "StrategyRows": rows, **{name: record_schema(table) for name, table in BODIES.items()}}


class RowCounts(Struct):
    """一条策略近 30 天：办了几单、影子里会办几单、被挡住几单。 · What a row did in 30 days: decided, would have in shadow, kept from it."""

    row: str
    fired: int
    shadow: int
    refused: int


class RowNever(Struct):
    """一行不会执行的策略。`field` 是行里的位置。 · A row that can never act; `field` is the place in the row."""

    row: str
    reasons: list[FieldError]


class StrategyTable(Struct):
    """一个环节现行的策略，从上到下第一条全部符合的生效。 · The rows in force at one stage; the first that fits wins."""

    table: Key
    kind: str
    node: str
    label: Language
    version: int
    rows: Rows
    waiting: int
    left_to_people: int
    counts: list[RowCounts]
    never: Annotated[list[RowNever], Meta(description="按现在的规则包和店铺，不会执行的行和原因。 · Rows in force that can never act as pack and shop stand now, and why.")]


class StrategyTableRow(Struct):
    """一个环节的概要。 · A stage in short."""

    table: Key
    kind: str
    node: str
    label: Language
    version: int
    rows: int
    in_use: int
    draft: bool


class StrategyTables(Struct):
    """全部环节。 · Every stage."""

    items: list[StrategyTableRow]


class StrategyDraft(Struct):
    """草稿。`revision` 也是 ETag；`problems` 是发布前要改的。 · The draft. `revision` is the ETag too; `problems` keep it from being published."""

    table: Key
    revision: int
    base: int
    changed: bool
    changed_by: str
    changed_at: datetime | None
    rows: Rows
    problems: list[FieldError]


class StrategyPublished(Struct):
    """新版本；`run` 是用于已在等的单的运行。 · The new version; `run` is the one over what waits, if asked for."""

    table: Key
    version: int
    run: str | None


class StrategyVersionRow(Struct):
    """一个版本：谁、什么时候、怎么来的。 · A version: who, when and how."""

    version: int
    how: Annotated[str, Meta(description="`published`、`switched` 或 `rolled_back` · One of these three.")]
    note: str
    by: str
    at: datetime
    rows: int


class StrategyVersionPage(Struct):
    """版本，新的在前。 · Versions, newest first."""

    items: list[StrategyVersionRow]
    next: str | None


class StrategyDocument(Struct):
    """可导出导入的整张表。 · A whole table, as it is exported and imported."""

    format: str
    kind: str
    node: str
    version: int
    rows: Rows


class StrategyRun(Struct):
    """一次试跑，或一次用于已在等的单。`report` 是试跑的结果，还没完成时为空。
    · A trial, or a table given to what waits. `report` is what a trial found; empty until it is done."""

    id: str
    sort: Annotated[str, Meta(description="`trial` 试跑，`waiting` 用于已在等的单 · A trial, or a run over what waits.")]
    table: Key
    version: int
    days: int
    total: int
    done: int
    decided: int
    running: bool
    stopped: bool
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    report: dict[str, Any]


class StrategyRuns(Struct):
    """最近的运行。 · The latest runs."""

    items: list[StrategyRun]


class StrategyRunCase(Struct):
    """试跑里的一张单：客服怎么办的、说了什么，策略会怎么办；`strategy` 为空是留给人，`refused_<代码>` 是规则会挡下、留给人，`people` 为 `run_out` 是到期。
    · A case of a trial: what people did and said, what the rows would have done; an empty `strategy` is left to people, `refused_<code>` was fitted and the rules would have refused it with that code;
    `run_out` is what a clock did."""

    case_id: str
    number: str
    people: str
    people_name: str
    people_words: str
    strategy: str
    row: str | None
    amount: Money
    decided_at: datetime


class StrategyRunCases(Struct):
    """试跑里的单。 · Cases of a trial."""

    items: list[StrategyRunCase]
    next: str | None


class StrategyShadow(Struct):
    """一行在影子里 30 天：符合几单、其中已有结果几单、和客服一致与相反各几单、两边各付多少。`agreement[客服的决定][策略的决定]` 是单数，`run_out` 是到期，`by_itself` 是自动处理，空是留给人。
    · A row in shadow for 30 days: cases it fitted, those decided since, how many as people did and against them, what either paid. `agreement[what people decided][what the row would]` counts cases;
    `run_out` is what a clock did, `by_itself` what something else did, empty is left to people."""

    row: str
    mode: Annotated[str, Meta(description="现在的开关：`off`、`shadow`、`on` · The row's switch now.")]
    fitted: int
    decided: int
    agree: int
    differ: int
    limited: int
    refused: int
    agreement: dict[str, dict[str, int]]
    paid_by_people: Money
    paid_by_row: Money
    disagreements: list[StrategyRunCase]


class FactChoice(Struct):
    """一个选项。 · A choice."""

    value: str
    label: Language


class StrategyFact(Struct):
    """可用的条件：类型、单位、能怎么比、有哪些选项。 · A fact to compare: type, unit, operators, choices."""

    code: str
    label: Language
    type: str
    group: Language
    unit: Language
    operators: list[str]
    choices: list[FactChoice]
    tables: list[str]
    in_trials: bool


class StrategyFacts(Struct):
    """全部条件。 · The catalogue of facts."""

    items: list[StrategyFact]


class ReadyStrategy(Struct):
    """一条现成的策略，放进草稿用。 · A ready-made row, to be put into a draft."""

    name: str
    table: Key
    label: Language
    about: Language
    row: dict[str, Any]


class ReadyStrategies(Struct):
    """现成的策略。 · Ready-made rows."""

    items: list[ReadyStrategy]


class StrategySchema(Struct):
    """策略文件的 JSON Schema（2020-12）。 · The JSON Schema of an exported table."""

    schema: dict[str, Any]


class ConditionFit(Struct):
    """一个条件对一张单：实际的值，符合没有。 · One condition against one case: the actual value, and whether it holds."""

    what: str
    op: str
    wanted: Any
    actual: Any
    fits: bool


class RowFit(Struct):
    """一条策略对一张单，一个条件一行。 · A row against one case, condition by condition."""

    row: str
    name: str
    mode: str
    fits: bool
    conditions: list[ConditionFit]
    refusal: Annotated[str | None, Meta(description="第一条符合、但规则或上限会挡下的：代码；这单留给人。 · Of the first row that fits, if the rules or its limits would refuse it: the code; the case is left to people.")] = None
    detail: Language | None = None


class StrategyFits(Struct):
    """这张单现在会怎样：`decides` 是会生效的那一条。 · What would become of a case now; `decides` is the row that would act."""

    case_id: str
    table: Key | None
    version: int
    decides: str | None
    rows: list[RowFit]


SHAPES: tuple[type, ...] = (
    StrategyTables, StrategyTable, StrategyDraft, StrategyPublished, StrategyVersionPage, StrategyDocument, StrategyRun, StrategyRuns, StrategyRunCases, StrategyShadow, StrategyFacts, ReadyStrategies, StrategySchema, StrategyFits,
)
