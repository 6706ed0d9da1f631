"""Sentences of refusals about editing, releasing and replaying packs, Chinese and English (PO-14, PO-18)."""

PACK_DESK: dict[str, tuple[str, str]] = {
    "pack_version_unknown": ("没有规则包“{pack}”的第 {version} 版，请从列表里选择", "There is no version {version} of the pack “{pack}”; choose one from the list"),
    "pack_built_in": ("随产品提供的规则包不能直接修改，请先复制一份", "A pack that comes with the product is not edited; make a copy first"),
    "pack_not_draft": ("这一版已不是草稿，不能再改；请新建一版再修改", "This version is no draft any more and cannot be changed; make a new version and change that"),
    "pack_edited": ("{name} 刚刚改过这一部分；您填写的内容还在，请对照后再决定保存哪一个", "{name} has just changed this part; what you typed is still here. Compare the two and decide which to keep"),
    "pack_has_problems": ("还有 {n} 处填写有误，请先点“检查”逐项改正，再发布", "{n} things are still wrong; use “Check”, put them right, then release"),
    "pack_runs_already": (
        "这一版已经生效，给谁只能马上改，不能从 {day} 起；请把日期留空，到时再改，或做一个新版定在那天",
        "This version is in force; whom it is for changes at once and not from {day}. Leave the date empty and change it then, or make a next version for that day",
    ),
    "pack_names_nobody": ("还没有选商家；请勾选至少一个，或改选“一部分商家”或“全部商家”", "No merchant is chosen; tick at least one, or choose a share or everybody"),
    "pack_not_released": ("这一版还没有发布，无需撤回；不要的草稿可以删除", "This version was never released, so there is nothing to withdraw; a draft can be discarded"),
    "pack_last_version": ("{n} 个商家只用过这一版，撤回后无规则可用；请先把它们换到别的规则包或发布新版",
                          "{n} merchants have had nothing but this version; move them to another pack or release a new version first"),
    "pack_file_large": ("文件超过 {most} KB，不像是规则包；请核对后重新选择", "The file is over {most} KB and hardly a pack; check it and choose again"),
    "pack_file_not_json": ("文件第 {line} 行不是有效的 JSON，请用导出的文件修改后再导入", "Line {line} is not valid JSON; export a pack, change that file, and bring it in again"),
    "pack_key_taken": ("“{key}”已经有了，请换一个名称", "“{key}” is there already; choose another name"),
    "pack_key_wrong": ("名称只能用小写字母、数字和下划线，且以字母开头，请改正", "A name is of small letters, digits and underscores and begins with a letter; correct it"),
    "what_if_days": ("请选择 1 到 {most} 天", "Choose from 1 to {most} days"),
    "what_if_nothing": ("这段时间没有使用这个规则包的单据可以重演，请选更长的时间或别的商家", "No cases of this pack fall into that time; choose more days or other merchants"),
}
