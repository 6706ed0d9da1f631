"""Personal data in what the API answers: masked, unless a key that may asks for one case or order in full, which is put on record (ST-10)."""

from __future__ import annotations

from typing import Any

from amends.api.door import Call, Refused
from amends.api.pages import flag
from amends.core.masking import mask_address, mask_name, mask_phone
from amends.engine import callers
from amends.engine.audit import By

MASKS = {"address": mask_address, "replacement_address": mask_address, "detail": mask_address, "phone": mask_phone, "receiver": mask_name}


def in_full(call: Call, merchant: str, kind: str, subject: str) -> bool:
    """Whether `reveal=true` was asked, by a key that may; the reveal is on record. Raises Refused."""
    if not call.query("reveal", flag, False):
        return False
    refusal = callers.show_in_full(call.house.pool, By(call.caller, str(call.request.META.get("REMOTE_ADDR", ""))), merchant, (kind, subject), call.now)
    if refusal:
        raise Refused(refusal)
    return True


def veiled(value: Any, shown: bool = False) -> Any:
    """The same data with names, phones and addresses masked, wherever they stand in it, unless it is `shown`."""
    return value if shown else _veil(value)


def _veil(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: MASKS[k](v) if k in MASKS and isinstance(v, str) and v else _veil(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_veil(v) for v in value]
    return value
