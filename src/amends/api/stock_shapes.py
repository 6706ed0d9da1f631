"""What stock, holds and movements look like in answers."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from amends.api.shapes import FieldError


class Stock(Struct):
    """一个 SKU 在一个仓库的件数；`free` 是现有减去占用。`version` 是最近一次盘点消息的版本，`low_at` 是预警件数。
    · Pieces of a SKU in one warehouse; `free` is what is on hand and not held for a case. `version` is that of the last count, `low_at` where it counts as low."""

    sku: str
    title: str
    warehouse: str
    on_hand: int
    held: int
    free: int
    quarantine: int
    scrapped: int
    version: int
    low_at: int | None


class StockPage(Struct):
    """各 SKU 的库存。 · Stock by SKU."""

    items: list[Stock]
    next: str | None


class StockCounted(Stock):
    """修改后的库存；`result` 为 `stale` 时，已有更新的盘点，没有改动。 · The stock after it; with `result` `stale` a later count was known and nothing changed."""

    result: str


class StockResult(Struct):
    """一行的结果：`counted` 已盘点、`changed` 已增减、`stale` 已有更新的版本、`again` 已处理过、`refused` 未计入。
    · What became of a line: counted, changed, stale (a later version is known), again (said before), refused."""

    index: int
    sku: str
    warehouse: str
    result: str
    on_hand: int
    held: int
    free: int
    version: int
    errors: list[FieldError]


class StockTold(Struct):
    """每一行的结果，一行被拒不影响其他行。 · What became of each line; one refused never stops the others."""

    counted: int
    changed: int
    stale: int
    again: int
    refused: int
    results: list[StockResult]


class Hold(Struct):
    """为一张单占用的件数；`expires_at` 为空表示商品已确定要发出，占用到发出为止。
    · Pieces held for one case; without `expires_at` they are promised and held until they are sent."""

    id: str
    case_id: str
    case_number: str
    case_state: str
    sku: str
    title: str
    warehouse: str
    quantity: int
    held_at: datetime
    expires_at: datetime | None


class HoldPage(Struct):
    """占用中的库存，最早的在前。 · What is held, longest first."""

    items: list[Hold]
    next: str | None


class StockMove(Struct):
    """一次变动：谁、为什么、为哪张单，变动数和变动后的件数。 · One movement: who, why, for which case, the change and the counts after it."""

    id: str
    at: datetime
    kind: str
    case_id: str | None
    case_number: str | None
    actor: str
    note: str
    on_hand: int
    held: int
    quarantine: int
    scrapped: int
    on_hand_after: int
    held_after: int
    quarantine_after: int
    scrapped_after: int


class StockMovePage(Struct):
    """一个 SKU 在一个仓库的变动，最近的在前。 · Movements of a SKU in one warehouse, latest first."""

    items: list[StockMove]
    next: str | None


class Connector(Struct):
    """外部库存系统，以及它是否声明支持占库存。 · The system that keeps the stock elsewhere, and whether it has declared that it knows holds."""

    name: str
    holds: bool
