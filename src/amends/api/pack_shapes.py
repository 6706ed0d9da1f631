"""What packs, their versions, releases and what-if runs look like in answers, and the bodies that ask for them (PO-14, PO-18)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from amends.api.records import record_schema
from amends.api.shapes import Language
from amends.core.order_fields import OrderField

NAMES: dict[str, OrderField] = {
    "zh": OrderField("中文名称", "Chinese name", required=True, most=40), "en": OrderField("英文名称", "English name", required=True, most=40),
}
RELEASE: dict[str, OrderField] = {
    "percent": OrderField("给多少比例的商家，100 为全部", "The share of merchants, 100 for everybody", "count", most=100),
    "merchants": OrderField("指定的商家", "Merchants named", "uuids", most=1000),
    "valid_from": OrderField("生效日期，不填为马上", "From which day (YYYY-MM-DD); at once unless said", most=10),
    "note": OrderField("说明", "Note", most=500),
}
REPLAY: dict[str, OrderField] = {
    "days": OrderField("最近多少天", "Days back", "count", required=True, most=366), "merchants": OrderField("指定的商家，不填为全部适用的", "Merchants; all it is meant for unless said", "uuids", most=1000),
}
DOCUMENT: dict[str, Any] = {"type": "object", "description": "规则包文档，结构见 `/api/packs/schema` · The document; its JSON Schema is at `/api/packs/schema`"}
BODIES = {"PackNames": NAMES, "PackReleased": RELEASE, "PackReplay": REPLAY}
EXAMPLES: dict[str, Any] = {
    "PackNames": {"zh": {"zh": "春季规则", "en": "Spring rules"}},
    "PackReleased": {"zh": {"percent": 10, "merchants": [], "valid_from": "2026-05-01", "note": "先给一成商家"}},
    "PackReplay": {"zh": {"days": 30}},
}


def schemas() -> dict[str, dict[str, Any]]:
    """The schemas of these bodies by the names that operations use."""
    document = {"type": "object", "additionalProperties": False, "required": ["document"], "properties": {"document": DOCUMENT}}
    return {name: record_schema(table) for name, table in BODIES.items()} | {"PackDocumentGiven": document}


class PackRelease(Struct):
    """给谁：比例、指定的商家、何时生效、是否已执行。 · To whom: share, merchants named, since when, and whether it is carried out. Only for keys of the platform."""

    percent: int
    merchants: list[str]
    of_packs: list[str]
    starts_at: datetime
    carried_at: datetime | None
    withdrawn_at: datetime | None


class PackVersion(Struct):
    """规则包的一版；已发布的版本不再改变。 · One version; a released one never changes. `holders`: merchants whose new cases are opened under it."""

    pack: str
    version: int
    state: str
    name: Language
    valid_from: str
    copied_from: str | None
    note: str
    edit: int
    holders: int | None
    release: PackRelease | None


class PackVersionPage(Struct):
    """一个规则包的各版，新的在前。 · Every version of a pack, the latest first."""

    items: list[PackVersion]
    next: str | None


class PackDocument(PackVersion):
    """一版及其完整文档。 · A version with its whole document."""

    document: dict[str, Any]


class PackProblem(Struct):
    """文档的一处问题及其位置。 · One thing that is wrong with a document, and where."""

    path: str
    message: str


class PackProblems(Struct):
    """全部问题；没有就可以发布。 · Everything that is wrong; nothing: it can be released."""

    items: list[PackProblem]


class WhatIfRun(Struct):
    """一次假设重演。`counts` 按 `差异:时限` 计单数。 · A replay of past cases; `counts` by `difference:clock`."""

    id: str
    pack: str
    version: int
    since: datetime
    until: datetime
    merchants: list[str]
    total: int
    looked: int
    differing: int
    counts: dict[str, int]
    made_at: datetime
    finished_at: datetime | None


class WhatIfDifference(Struct):
    """一张单据的一处差异。 · One difference of one case."""

    merchant_id: str
    case_id: str
    number: str
    kind: str
    about: str
    was: dict[str, Any]
    would_be: dict[str, Any]
    amount: int | None
    currency: str | None


class WhatIfPage(Struct):
    """一页差异。 · A page of differences."""

    items: list[WhatIfDifference]
    next: str | None


SHAPES = (PackVersionPage, PackDocument, PackProblems, WhatIfRun, WhatIfPage)
