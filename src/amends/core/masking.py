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
