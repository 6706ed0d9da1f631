"""Example bodies for the OpenAPI document and its page, in both languages where people's words stand in them."""

from dataclasses import Field
from typing import Any

from amends.core.commands import Command, inputs
from amends.core.verbs.desk import CallPlatform
from amends.core.verbs.dispute import Adjudicate, UpholdAppeal
from amends.core.verbs.findings import RecordFindings
from amends.core.verbs.negotiation import Propose
from amends.core.verbs.processing import ReturnOriginal
from amends.core.verbs.review import Reject

WORDS: dict[str, tuple[str, str]] = {
    "words": ("已收到，会尽快处理", "Received; we will take care of it"),
    "reason": ("与描述不符", "Not as described"),
    "description": ("杯口有一道裂纹", "There is a crack at the rim"),
    "note": ("外箱有压痕，商品完好", "The box is dented, the goods are fine"),
    "done": ("更换杯盖密封圈", "Replaced the seal of the lid"),
    "consent": ("客户在聊天中同意", "The buyer agreed in the chat"),
    "address": ("河北省廊坊市广阳区和平路 18 号", "18 Heping Road, Guangyang, Langfang, Hebei"),
    "point": ("和平路代收点", "Collection point Heping Road"),
    "person_name": ("知夏", "Zhixia"),
    "adjust_reason": ("agreed_with_buyer", "agreed_with_buyer"),
}
PLAIN = {"carrier": "JD", "waybill": "JDX0012345678", "sku": "CUP-BLUE-400", "serial": "SN-20260001", "person": "0197f2a0-0000-7000-8000-000000000001"}
_JUDGED = {"rules": ["DI-G3"], "outcome": "nothing", "liability": "none", "freight_by": None, "freight_way": None, "advance": False}
INSTEAD: dict[type[Command], dict[str, Any]] = {Propose: {"offer": "reissue", "freight_by": None}, Adjudicate: _JUDGED, UpholdAppeal: _JUDGED, CallPlatform: {"cause": None}, Reject: {"reason": "past_window"}, ReturnOriginal: {"reason": "buyer_keeps"}, RecordFindings: {"findings": ["accessories_missing"], "weight_short_mg": None}}
"""What fits together where each input alone would fit anything; None leaves it out."""
AN_ID = "0197f2a0-0000-7000-8000-000000000002"


def command_example(command: type[Command], language: str) -> dict[str, Any]:
    """A body that passes the command's own checks; optional photos and amounts are left out."""
    other = INSTEAD.get(command, {})
    found = {i.name: other.get(i.name, _value(i, language)) for i in inputs(command) if i.metadata["kind"] not in ("photos", "lines", "codes", "money", "address") or (i.metadata["kind"] == "money" and i.metadata["required"]) or i.name in other}
    return {name: value for name, value in found.items() if value is not None or name not in other}


def has_words(command: type[Command]) -> bool:
    """Whether the two languages' examples differ."""
    return command_example(command, "zh") != command_example(command, "en")


def _value(item: Field[Any], language: str) -> Any:
    meta = item.metadata
    if meta["kind"] == "count":
        return max(meta["least"], 1)
    if meta["kind"] == "money":
        return 12900
    if meta["kind"] == "flag":
        return True
    if meta["kind"] == "choice":
        return meta["choices"][0]
    if meta["kind"] == "instant":
        return "2026-03-02T09:00:00+08:00"
    if item.name in PLAIN:
        return PLAIN[item.name]
    zh, en = WORDS.get(item.name, (meta["zh"], meta["en"]))
    return zh if language == "zh" else en
