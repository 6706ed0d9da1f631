"""Sentences of refusals about grounds that need photos, Chinese and English (SO-27, SA-6)."""

GROUNDS: dict[str, tuple[str, str]] = {
    "ground_needs_photos": (
        "以“{zh}”为由拒绝须附照片：请上传照片，或勾选本单已有的照片；没有照片请改选其他原因",
        "Refusing because of “{en}” needs photos: upload some or tick those the case has; without photos choose another reason",
    ),
    "ground_needs_explanation": ("“{zh}”须向客户说明具体情况", "“{en}” needs an explanation to the buyer"),
    "ground_needs_words": ("“{zh}”须写明说明：何时、怎么说的", "“{en}” needs words: when it was said, and how"),
    "strategy_ground_words": ("“{zh}”须写明说明，没有说明这条策略每次都会被退回；请填写说明", "“{en}” needs words, without which this strategy would be refused every time; write them"),
    "strategy_no_proposals": ("规则包不提供协商，这条策略每次都会被退回；请换一个动作", "The pack offers no proposals, so this strategy would be refused every time; choose another action"),
    "strategy_limit_below": ("这个金额高于策略自己的上限，永远不会执行；请调低金额或调高上限", "This amount is above the row's own limit, so it would never act; lower the amount or raise the limit"),
    "strategy_ground_unknown": ("规则包没有“{value}”这个原因，这条策略每次都会被退回；请重新选择原因", "The pack has no reason “{value}”, so this strategy would be refused every time; choose another reason"),
    "strategy_ground_photos": (
        "“{zh}”须附照片，策略附不了照片，每次都会被退回；请改选不需要照片的原因，或改为交给人工",
        "“{en}” needs photos, which a strategy cannot attach, so it would be refused every time; choose a reason without photos or leave these cases to people",
    ),
}
