"""The operations of policy packs, for the one list (PO-14, PO-18)."""

from typing import Any

POSTED = ("Idempotency-Key",)
FAILS = (404, 409, 413, 415, 422)
NEEDS = "manage_packs"
TAG = "packs"
ONE = "/packs/{pack}/versions/{version}"


def operations(made: Any) -> tuple[Any, ...]:
    """Every one, made by `operations.Operation`, which is handed in because that list holds these too."""
    return (
        made("list_packs", "get", "/packs", "规则包列表", "List policy packs", TAG, "PackPage", fails=(422,),
             about="商家密钥看到随产品提供的和自己使用的。 · A merchant's key sees those that come with the product, and its own."),
        made("get_pack", "get", "/packs/{pack}", "查看规则包", "One policy pack", TAG, "Pack", fails=(404, 422), about="最新一版已发布的规则。 · The latest version that is released."),
        made("list_pack_versions", "get", "/packs/{pack}/versions", "规则包的各版", "Versions of a pack", TAG, "PackVersionPage", fails=(404, 422)),
        made("draft_pack_version", "post", "/packs/{pack}/versions", "新建下一版草稿", "Draft the next version", TAG, "PackDocument", NEEDS, takes=POSTED, fails=(404, 409, 413, 422), tagged=True,
             about="在最新一版上修改；已有草稿时回答那一份。随产品提供的规则包先复制。 · Out of the latest version; the draft that is there already where there is one. A built-in pack is copied first."),
        made("get_pack_version", "get", ONE, "查看一版的文档", "One version with its document", TAG, "PackDocument", takes=("If-None-Match",), fails=(304, 404, 422), tagged=True,
             about="文档的 JSON Schema 在 `/api/packs/schema`。 · The JSON Schema of documents is at `/api/packs/schema`."),
        made("edit_pack_version", "put", ONE, "替换草稿的文档", "Replace the document of a draft", TAG, "PackDocument", NEEDS, "PackDocumentGiven", ("If-Match",), FAILS, tagged=True,
             about="有问题的文档也会保存，发布前须改正。 · A document with problems is kept too; they are put right before it is released."),
        made("get_pack_problems", "get", f"{ONE}/problems", "检查一版", "What is wrong with a version", TAG, "PackProblems", NEEDS, fails=(404, 422)),
        made("copy_pack", "post", f"{ONE}/copy", "复制成新的规则包", "Copy as a pack of its own", TAG, "PackDocument", NEEDS, "PackNames", POSTED, FAILS, tagged=True),
        made("release_pack", "post", f"{ONE}/release", "发布，或调整给谁", "Release, or change to whom", TAG, "PackDocument", NEEDS, "PackReleased", POSTED, FAILS, tagged=True,
             about="比例只会随放宽而增加商家，同一商家始终落在同一档。已有单据不变。 · A wider share only ever adds merchants. Cases keep what they were opened under (PO-18)."),
        made("withdraw_pack", "post", f"{ONE}/withdraw", "撤回", "Withdraw", TAG, "PackDocument", NEEDS, "", POSTED, (404, 409, 413, 422), tagged=True),
        made("ask_what_if", "post", f"{ONE}/what-if", "开始假设重演", "Replay past cases", TAG, "WhatIfRun", NEEDS, "PackReplay", POSTED, FAILS,
             about="在后台进行，不改动任何单据。 · Goes on by itself and changes no case (PO-14)."),
        made("get_what_if", "get", "/what-if-runs/{id}", "查看重演", "How far a replay is", TAG, "WhatIfRun", NEEDS, fails=(404, 422)),
        made("list_what_if_differences", "get", "/what-if-runs/{id}/differences", "重演的差异", "What would differ", TAG, "WhatIfPage", NEEDS, takes=("difference_kind", "limit", "cursor"), fails=(404, 422)),
    )
