"""Sentences of refusals about grounds that need photos, Chinese and English (SO-27, SA-6)."""

GROUNDS: dict[str, tuple[str, str]] = {
    "ground_needs_photos": (
        "以“{zh}”为由拒绝须附照片：请上传照片，或勾选本单已有的照片；没有照片请改选其他原因",
        "Refusing because of “{en}” needs photos: upload some or tick those the case has; without photos choose another reason",
    ),
    "strategy_ground_unknown": ("规则包没有“{value}”这个原因，这条策略每次都会被退回；请重新选择原因", "The pack has no reason “{value}”, so this strategy would be refused every time; choose another reason"),
    "strategy_ground_photos": (
        "“{zh}”须附照片，策略附不了照片，每次都会被退回；请改选不需要照片的原因，或改为交给人工",
        "“{en}” needs photos, which a strategy cannot attach, so it would be refused every time; choose a reason without photos or leave these cases to people",
    ),
}
