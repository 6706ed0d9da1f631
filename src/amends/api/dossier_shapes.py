"""The dossier as the API answers it (DI-10). Its inner parts are told in docs/guides/dossier.md; the file is canonical JSON."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

Part = dict[str, Any]


class DossierSignature(Struct):
    """本系统对封印的 Ed25519 签名，Base64；公钥公布在 `/.well-known/amends-dossier-keys.json`。 · The house's signature over the seal; its public keys are published there."""

    algorithm: str
    key: str
    public_key: str
    value: str


class DossierSeal(Struct):
    """封印：各部分的摘要、事件链的最后一环，以及对它们的摘要。 · The seal: a digest for each part, the last link of the history, and one digest over these."""

    algorithm: str
    parts: dict[str, str]
    events: int
    history: str
    digest: str
    signature: DossierSignature | None = None


class Dossier(Struct):
    """一张单的卷宗，规范 JSON。 · The dossier of a case as canonical JSON; the SHA-256 of the body is the document's own."""

    schema: Annotated[str, Meta(examples=["amends.dossier"])]
    version: int
    id: str
    made_at: datetime
    made_for: Part
    zone: str
    merchant: str
    buyer: str
    case: Part
    sections: list[Part]
    order: Part | None
    money: list[Part]
    parcels: list[Part]
    evidence: list[Part]
    messages: list[Part]
    events: list[Part]
    rules: list[Part]
    ledger: list[Part]
    cases: list[Part]
    seal: DossierSeal


SHAPES: tuple[type, ...] = (Dossier,)
