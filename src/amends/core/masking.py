"""Personal data as lists show it (ST-10): enough to recognise, not enough to reach."""

from __future__ import annotations

import re

# Province (or region), prefecture and district; a city that is a province of its own has no first part.
_DISTRICT = re.compile(r"(?:.{2,7}?(?:省|自治区|特别行政区))?(?:.{1,7}?(?:市|州|盟|地区))?.{1,7}?[区县旗]")
_KEPT_OF_ADDRESS = 6


def mask_name(name: str) -> str:
    """周小满 → 周**, 何某 → 何*, Zhou Ming → Zh***; a name of one sign shows none of it."""
    name = name.strip()
    if len(name) <= 1:
        return "*" * len(name)
    if name.isascii():
        return name[:2].rstrip() + "***" if len(name) > 2 else name[0] + "*"
    return name[0] + "*" * min(len(name) - 1, 2)


def mask_phone(phone: str) -> str:
    """13812340071 → 138****0071; a short number keeps its last two digits at most."""
    digits = re.sub(r"[^\d+]", "", phone)
    if len(digits) >= 10:
        return digits[:-8] + "****" + digits[-4:]
    return "*" * max(len(digits) - 2, 0) + (digits[-2:] if len(digits) > 4 else "*" * min(len(digits), 2))


_PHONE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?(?:1[3-9]\d(?:[- ]?\d{4}){2}|0\d{2,3}[- ]?\d{7,8})(?!\d)")
_SAID = re.compile(r"((?:签收人|收件人|收货人|派件员|派送员|快递员|业务员|配送员|联系人)(?:是|为)?\s*[:：]?\s*[\[【(（]?)([\u4e00-\u9fff]{2,4}?)(?=[，。、；,.;\s)）\]】\d*]|$)")
NOBODY = frozenset({"本人", "家人", "同事", "朋友", "他人", "门卫", "保安", "前台", "物业", "邻居", "代收", "本人签收", "家门口", "快递柜", "丰巢", "驿站", "自提点", "信报箱"})
"""Who a carrier says signed without naming anybody."""


def mask_within(text: str, receiver: str = "", phone: str = "", detail: str = "") -> str:
    """A sentence of a carrier or a provider without personal data: the receiver's own name, phone and street wherever they stand, any telephone number, and whom a parcel was handed to by name."""
    for known, masked in ((receiver, mask_name), (phone, mask_phone), (detail, mask_address)):
        if len(known.strip()) > 1:
            text = text.replace(known.strip(), masked(known))
    text = _SAID.sub(lambda m: m[0] if m[2] in NOBODY else m[1] + mask_name(m[2]), text)
    return _PHONE.sub(lambda m: mask_phone(m[0]), text)


def mask_mail(address: str) -> str:
    """kefu@shop.example.com → k***@shop.example.com; what is no address shows its first sign."""
    local, at, domain = address.strip().partition("@")
    return f"{local[:1]}***{at}{domain}" if local else ""


def mask_address(address: str) -> str:
    """江苏省苏州市吴中区东方大道 8 号 → 江苏省苏州市吴中区***; without a district the first signs are kept, at most a third."""
    address = address.strip()
    found = _DISTRICT.match(address)
    if found and len(found[0]) <= len(address) - 2:
        return found[0] + "***"
    return address[: min(_KEPT_OF_ADDRESS, len(address) // 3)] + "***" if address else ""
