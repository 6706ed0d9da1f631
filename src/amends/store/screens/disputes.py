"""What pages show of a dispute beside the case itself: each side's evidence as it was filed (DI-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import class_row


@dataclass(slots=True)
class Piece:
    """One file of the evidence: number within the dispute, whose, what it is said to show, its digest in hexadecimal; `version` is the event it came with."""

    id: str
    n: int
    side: str
    kind: str
    words: str
    file_id: str
    sha256: str
    media_type: str
    size: int
    actor_name: str
    version: int
    at: datetime

    @property
    def video(self) -> bool:
        """Whether it plays."""
        return self.media_type.startswith("video/")

    @property
    def picture(self) -> bool:
        """Whether it can be shown as a picture."""
        return self.media_type.startswith("image/")


LABELS: dict[str, tuple[str, str]] = {
    "chat_record": ("聊天记录", "Chat record"), "proof_of_delivery": ("签收证明", "Proof of delivery"), "carrier_statement": ("承运商说明", "Carrier's statement"), "waybill_trace": ("物流轨迹", "Waybill trace"),
    "weight_ticket": ("称重单", "Weight ticket"), "inspection_report": ("检测报告", "Inspection report"), "unboxing_video": ("开箱视频", "Unboxing video"), "goods_photo": ("商品照片", "Photo of the goods"),
    "order_log": ("订单记录", "Order record"), "stock_record": ("库存记录", "Stock record"), "qualification": ("资质、授权", "Licence or authorisation"), "invoice": ("发票、进货凭证", "Invoice"), "other": ("其他材料", "Something else"),
}
"""What kinds of evidence are called, Chinese and English."""
_COLUMNS = "id::text, n, side, kind, words, file_id::text, encode(sha256, 'hex') as sha256, media_type, size, actor_name, version, at"
EVIDENCE = f"""
select {_COLUMNS} from evidence
where merchant_id = %(m)s and case_id = %(c)s order by n limit 500"""


def evidence(conn: psycopg.Connection, merchant_id: str, case_id: str) -> list[Piece]:
    """The evidence of one case in the order it was filed; merchant's scope."""
    with conn.cursor(row_factory=class_row(Piece)) as cursor:
        return cursor.execute(EVIDENCE, {"m": UUID(merchant_id), "c": UUID(case_id)}).fetchall()


def one(conn: psycopg.Connection, merchant_id: str, piece: str) -> Piece | None:
    """One piece by its id; merchant's scope."""
    with conn.cursor(row_factory=class_row(Piece)) as cursor:
        return cursor.execute(f"select {_COLUMNS} from evidence where merchant_id = %s and id = %s", (UUID(merchant_id), UUID(piece))).fetchone()
