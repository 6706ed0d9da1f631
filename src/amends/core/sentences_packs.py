"""Refusals that follow from a pack's flows (PO-8, PO-11), in both languages; each says what to do instead."""

PACKS: dict[str, tuple[str, str]] = {
    "goods_are_kept": ("客户申请的是仅退款，商品不寄回；请选择仅退款、拒绝或改类型", "The buyer keeps the goods and asks for a refund only; refund, reject or change the type instead"),
    "not_the_sender": ("按本单的履约模式，这一步由{zh}办理", "Under this order's fulfilment mode {en} does this"),
    "not_the_reviewer": ("这张取消单由{zh}审核", "This cancellation is reviewed by {en}"),
    "mode_has_no_flow": ("这个规则包没有{mode}模式的流程，售后由商家自己办理；请选“商家自己办理”", "This pack says nothing of {mode}, so the merchant does everything itself; choose “by the merchant”"),
    "store_place_missing": ("商品要退到平台备件库，但还没有填它的地址；请先填写备件库地址再更换", "Goods would come back to the platform's store, whose address is not known; enter it first, then change this"),
    "parts_not_delivered": ("商家还没有把商品送到平台仓库，送达后再寄出", "The merchant has not delivered the goods to the platform's warehouse yet; send them on afterwards"),
    "parts_not_asked": ("本单由商家直接寄给客户，不需要送平台仓库；请直接填写寄出的运单", "These goods go straight to the buyer, not to the platform's warehouse; enter the waybill they are sent under"),
    "parts_delivered_already": ("已登记送达平台仓库，等平台寄出", "They are registered as delivered; the platform sends them now"),
    "goods_go_to_merchant": ("商品退到商家，由商家登记收货", "The goods go back to the merchant, who registers the receipt"),
    "keep_not_offered": ("本店规则没有开放仅退款，请选择商品的寄回方式", "A refund without sending the goods back is not offered here; choose how they come back"),
    "keep_only_returns": ("仅退款只适用于退货类型；换货、维修请选择寄回方式", "A refund only goes with the type return; for an exchange or repair choose how the goods come back"),
    "keep_needs_fault": ("无理由退货须寄回商品；商品有问题时请选择相应原因再申请仅退款", "Without a fault the goods go back; for a refund only choose the reason that names the fault"),
    "proof_missing": ("{zh}申请退款需上传检测报告、合格证明或照片", "For {en} a photo of a report, certificate or of the goods is needed"),
}
