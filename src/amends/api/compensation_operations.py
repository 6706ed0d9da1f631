"""The operations of compensation and coupons, for the one list (CO-1, CO-3 … CO-5)."""

from typing import Any

WHOSE, POSTED, ACTING = ("merchant_id",), ("Idempotency-Key",), ("merchant_id", "Acting-As", "Idempotency-Key")
PAGING = ("limit", "cursor")
FAILS = (404, 409, 413, 415, 422)
TAG = "compensations"


def operations(made: Any) -> tuple[Any, ...]:
    """Every one, made by `operations.Operation`, which is handed in because that list holds these too."""
    return (
        made("list_compensations", "get", "/compensations", "赔付与补偿列表", "List compensation", TAG, "CompensationPage",
             takes=(*WHOSE, "compensation_kind", "compensation_state", "order_id", "case_id", "buyer_id", "since", "until", *PAGING), fails=(404, 422)),
        made("get_compensation", "get", "/compensations/{id}", "查看赔付", "One compensation", TAG, "Compensation", takes=WHOSE, fails=(404, 422)),
        made("give_goodwill", "post", "/compensations", "给补偿", "Give goodwill", TAG, "Compensation", "give_goodwill", "Goodwill", (*WHOSE, *POSTED), FAILS,
             about="在额度内马上付款或发券；超过时拒绝并写明谁可以批准，`ask: true` 提交审批。 · Paid or given at once within the limits; above them it is refused and says who may "
                   "decide, or put before them with `ask: true` (CO-3)."),
        made("decide_compensation", "post", "/compensations/{id}/decide", "审批", "Decide", TAG, "Compensation", "decide_compensation", "CompensationDecision", (*WHOSE, *POSTED), FAILS,
             about="按现在的情况重新计算，不超过可给的。 · Reckoned anew as things stand now, never above what can be given."),
        made("get_price_protection", "get", "/orders/{id}/price-protection", "可价保的差价", "What price protection comes to", TAG, "PriceOffer", takes=(*WHOSE, "Acting-As"), fails=(404, 422)),
        made("ask_price_protection", "post", "/orders/{id}/price-protection", "申请价保", "Ask for price protection", TAG, "CompensationsAsked", "speak_for_buyer", "PriceProtectionAsked", ACTING, FAILS,
             about="每行一笔。商家开启自动同意时马上退差价，否则等审批。 · One for each line; given back at once where the merchant says so, otherwise a person decides (CO-4)."),
        made("claim_return_freight", "post", "/compensations/return-freight", "申请退货运费", "Claim the way back", TAG, "Compensation", "speak_for_buyer", "ReturnFreightClaim", ACTING, FAILS,
             about="不是客户原因、客户自己付了运费的服务单，附运费单照片。 · For a service order that is not the buyer's fault, with photos of the carrier's receipt (CO-5)."),
        made("list_coupons", "get", "/coupons", "补偿优惠券列表", "List coupons of goodwill", TAG, "CouponPage", takes=(*WHOSE, "buyer_id", *PAGING), fails=(404, 422)),
        made("get_coupon", "get", "/coupons/{code}", "查看优惠券", "One coupon", TAG, "Coupon", takes=WHOSE, fails=(404, 422)),
        made("use_coupon", "post", "/coupons/{code}/use", "登记优惠券已使用", "A coupon was used", TAG, "Coupon", "import_orders", "CouponUse", (*WHOSE, *POSTED), FAILS,
             about="店铺系统在客户下单用券后登记；同一单再登记一次没有变化。 · For the shop's system, once the buyer has ordered with it; the same order again changes nothing."),
    )
