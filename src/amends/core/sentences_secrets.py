"""Refusals about keys that seal secrets at rest (OP-9), and about erasing personal data (ST-10)."""

SECRETS: dict[str, tuple[str, str]] = {
    "secret_key_missing": (
        "保存不了：加密用的密钥不在这台服务器上。请管理员把密钥文件放回数据目录，或运行 amends secrets rotate 生成新的，再填写一次",
        "It cannot be kept: the key that seals secrets is not on this server. Ask the operator to bring the key file back, or to run amends secrets rotate, and fill it in again",
    ),
    "erasure_held": (
        "现在不能清除：{number} 还没有结束，期间这些资料依法保留。它结束满 {days} 天后可以清除",
        "It cannot be erased now: {number} is still open and this is part of it. It may be erased {days} days after that has ended",
    ),
    "erasure_not_due": ("还在保存期内，{on} 起可以清除（结束后保存 {days} 天）", "It is still to be kept and may be erased from {on} on ({days} days after the end)"),
    "erasure_done": ("这些资料已经清除过，请刷新列表", "This was erased already; reload the list"),
    "erasure_unknown": ("找不到这封邮件或这份卷宗，请从列表里选择", "There is no such mail or dossier; choose one from the list"),
    "erasure_whose": ("几个商家都有编号为 {number} 的单据：{merchants}。请指明是哪个商家的", "Several merchants have a case {number}: {merchants}. Say whose it is"),
    "erasure_mail_open": ("这封邮件还在等待处理，请先归到工单或搁置，再清除", "This mail still waits; place it on a ticket or set it aside first"),
    "retention_days_wrong": ("保存天数应为 {least} 到 {most}：法律要求交易信息至少保存三年", "Enter {least} to {most} days: the law asks for three years of what a transaction left"),
}
