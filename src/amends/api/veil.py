"""Personal data in what the API answers: masked unless the key may see it in full (ST-10)."""

from __future__ import annotations

from typing import Any

from amends.core.actor import Actor
from amends.core.masking import mask_address, mask_name, mask_phone

MASKS = {"address": mask_address, "replacement_address": mask_address, "detail": mask_address, "phone": mask_phone, "receiver": mask_name}


def veiled(value: Any, caller: Actor) -> Any:
    """The same data with names, phones and addresses masked, wherever they stand in it."""
    return value if caller.holds("reveal_personal_data") else _veil(value)


def _veil(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: MASKS[k](v) if k in MASKS and isinstance(v, str) and v else _veil(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_veil(v) for v in value]
    return value
