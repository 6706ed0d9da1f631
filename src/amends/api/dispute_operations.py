"""The operations of disputes besides those read off the table (04-disputes)."""

from __future__ import annotations

from typing import Any


def operations(made: Any) -> list[Any]:
    """Ways, opening, evidence."""
    return [
        made("open_dispute", "post", "/disputes", "发起纠纷", "Open a dispute", "disputes", "DisputeOpened", "speak_for_buyer | dispute.step_in", "DisputeBody",
             ("merchant_id", "Acting-As", "Idempotency-Key"), (404, 409, 413, 415, 422),
             about="由客户（代客户转达）或平台发起。同一单已有进行中的纠纷时，回答那一张（`existing`）。 · By the buyer, spoken for, or by the platform. What is in dispute already answers that dispute (`existing`, DI-1)."),
        made("get_dispute_ways", "get", "/orders/{id}/dispute-ways", "可以争议的途径", "What can be disputed", "disputes", "DisputeWays", takes=("merchant_id", "Acting-As"), fails=(404, 422),
             about="订单本身和它的每张单：从什么时候到什么时候，现在不行的写明原因。 · The order as such and each case of it: from when until when, and why not now (DI-6a, DI-9)."),
        made("get_dispute_liability", "get", "/dispute-liability", "纠纷商责率", "The rate of disputes a merchant is liable for", "disputes", "DisputeLiability", takes=("merchant_id",), fails=(403, 404, 422),
             about="判商家责任（含双方有责）且现在有效的纠纷 ÷ 完结的退款单，规则包的达标线，是否达标，以及计入的每一单。 · Disputes found against the merchant that stand, over refunds that ended; the line the rules draw, whether it is kept, and each dispute that counts (DI-7, PO-12)."),
        made("list_evidence", "get", "/disputes/{id}/evidence", "证据列表", "The evidence of a dispute", "disputes", "EvidencePieces", takes=("merchant_id", "Acting-As"), fails=(404, 422)),
        made("get_evidence_file", "get", "/evidence/{id}", "下载证据", "One piece of evidence as it was filed", "disputes", "@evidence", takes=("merchant_id",), fails=(404, 422)),
        made("add_evidence_file", "post", "/evidence-files", "上传证据文件", "Add a file for evidence", "disputes", "EvidenceFile", "dispute.add_evidence | speak_for_buyer", "@evidence",
             ("merchant_id", "Acting-As", "case_id", "Idempotency-Key"), (404, 409, 413, 422),
             about="请求内容就是文件：图片、PDF（10 MB 内，不含脚本和附件）或 MP4、WebM 视频（30 MB 内）。写上 `case_id` 时，只在这张单现在还能举证时收；没有在操作里用到的文件最多存 30 个、共 300 MB。 · The body is the file: a picture, a PDF up to 10 MB without scripts or files within, or MP4 and WebM video up to 30 MB. With `case_id` only while evidence may be filed on that case; at most 30 files or 300 MB wait to be named in a command (DI-5)."),
    ]
