"""Refusals about keys: those that seal secrets at rest, and the one that signs (OP-9, DI-10)."""

SECRETS: dict[str, tuple[str, str]] = {
    "secret_key_missing": (
        "保存不了：加密用的密钥不在这台服务器上。请管理员把密钥文件放回数据目录，或运行 amends secrets rotate 生成新的，再填写一次",
        "It cannot be kept: the key that seals secrets is not on this server. Ask the operator to bring the key file back, or to run amends secrets rotate, and fill it in again",
    ),
}
