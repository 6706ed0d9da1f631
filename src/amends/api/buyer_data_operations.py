"""The operations of buyers' personal data, for the one list (ST-10)."""

from typing import Any

TAG, ERASE, COPY = "buyer-data", "erase_personal_data", "export_personal_data"


def operations(made: Any) -> tuple[Any, ...]:
    """Every one, made by `operations.Operation`, which is handed in because that list holds these too. With a key of the platform only."""
    posted = ("Idempotency-Key",)
    return (
        made("list_buyer_matters", "get", "/buyer-matters", "某位客户的资料与清除日期", "What is kept of a buyer, and until when", TAG, "BuyerMatterPage", ERASE, takes=("merchant_id", "buyer_id"), fails=(409, 422),
             about="每个订单（连同它的单据）一项；`stays` 写明为什么还不能清除、哪一天起可以，为空则现在就可以。 · One item an order with its cases; `stays` says why it may not go yet and when it may; null: it may go now."),
        made("list_buyer_erasures", "get", "/buyer-erasures", "清除申请列表", "Requests to erase buyers", TAG, "BuyerErasurePage", ERASE, fails=(422,)),
        made("ask_buyer_erasure", "post", "/buyer-erasures", "申请清除客户", "Ask that a buyer be erased", TAG, "BuyerErasureShown", ERASE, "BuyerAsked", posted, (409, 413, 415, 422),
             about="由另一位平台人员登录确认后开始，密钥不能确认；到期的立即清除，其余到期自动清除。 · Begins when another person of the platform has confirmed it signed in, never a key; what is due goes at once, the rest on its day."),
        made("get_buyer_erasure", "get", "/buyer-erasures/{id}", "查看清除申请", "One request", TAG, "BuyerErasureShown", ERASE, fails=(404, 422)),
        made("withdraw_buyer_erasure", "post", "/buyer-erasures/{id}/withdraw", "撤回清除申请", "Take a request back", TAG, "BuyerErasureShown", ERASE, takes=posted, fails=(404, 409, 413, 422)),
        made("list_buyer_copies", "get", "/buyer-copies", "个人信息副本列表", "Copies made for buyers", TAG, "BuyerCopyPage", COPY, fails=(422,)),
        made("make_buyer_copy", "post", "/buyer-copies", "制作个人信息副本", "Make a copy for a buyer", TAG, "BuyerCopyShown", COPY, "BuyerCopyAsked", posted, (409, 413, 415, 422),
             about="一个 ZIP：index.html、data.json、照片和 SHA256SUMS；保留 7 天。 · A ZIP with index.html, data.json, the photos and SHA256SUMS; kept for 7 days."),
        made("get_buyer_copy", "get", "/buyer-copies/{id}", "查看副本", "One copy", TAG, "BuyerCopyShown", COPY, fails=(404, 422)),
        made("download_buyer_copy", "get", "/buyer-copies/{id}/file", "下载副本", "Fetch a copy", TAG, "@zip", COPY, fails=(404, 409, 422), about="每次下载都有记录。 · On record each time."),
    )
