"""`amends dossier verify FILE`: whether a dossier is as it was made (DI-10)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from amends.engine.dossier.signature import id_of, public_of
from amends.engine.dossier.verify import Verified, verify
from amends.engine.house import open_house
from amends.store import dossiers, signing_keys
from amends.store.connect import PLATFORM, scope
from amends.store.trouble import OperatorError


def register(verbs: Any) -> None:
    """Add `amends dossier verify` to the command line."""
    group = verbs.add_parser("dossier", help="dossiers of cases (docs/guides/dossier.md)").add_subparsers(dest="what", required=True)
    one = group.add_parser("verify", help="recompute every digest and signature of a dossier; exit 0 as made, 1 not as made, 2 cannot be read")
    one.add_argument("file", type=Path, metavar="FILE", help="dossier.json, dossier.pdf or dossier.zip")
    one.add_argument("--kept", action="store_true", help="also ask this house whether it made and keeps exactly this dossier")
    one.add_argument("--key", type=Path, metavar="PEM", help="the house's public keys (from /.well-known/amends-dossier-keys.pem): only what they signed counts")
    one.add_argument("--home", type=Path, help="the house's directory (default: AMENDS_HOME or var/amends)")
    one.set_defaults(run=_verify)


def _verify(given: argparse.Namespace) -> int:
    try:
        found = verify(given.file)
    except OSError as error:
        raise OperatorError(f"读不出文件 {given.file}：{error.strerror}", f"The file {given.file} cannot be read: {error.strerror}") from error
    if given.key:
        found.held_against(_published(given.key))
    _tell(found)
    unknown = given.kept and not _kept(given.home, found)
    return 1 if found.findings or unknown else 0


def _tell(found: Verified) -> None:
    for name, sha256 in found.digests.items():
        print(f"{sha256}  {name}")
    if found.document is not None:
        case, seal = found.document["case"], found.document["seal"]
        print(f"{case.get('number')} · {seal.get('events')} 个事件 events · 事件链封印 seal of the history {seal.get('history')}")
    for wrong in found.findings:
        print(f"✗ {wrong.file}：{wrong.zh} / {wrong.en}")
    for key in sorted(found.keys):
        signed = ", ".join(sorted(name for name, public in found.signatures.items() if id_of(public) == key))
        print(f"✓ 签名有效 signed: {signed} · Ed25519 {key}")
    if not found.signatures:
        print("○ 未签名 / unsigned")
    if not found.findings:
        print("✓ 与制作时一致 / As it was made")


def _published(file: Path) -> set[bytes]:
    try:
        text = file.read_text("ascii", "replace")
    except OSError as error:
        raise OperatorError(f"读不出公钥文件 {file}：{error.strerror}", f"The file of keys {file} cannot be read: {error.strerror}") from error
    found = {key for part in text.split("-----END PUBLIC KEY-----") if "BEGIN" in part and (key := public_of((part.strip() + "\n-----END PUBLIC KEY-----\n").encode()))}
    if not found:
        raise OperatorError(f"{file} 里没有 Ed25519 公钥（PEM）", f"There is no Ed25519 public key (PEM) in {file}")
    return found


def _kept(home: Path | None, found: Verified) -> bool:
    """Whether the house keeps the document, and the paper where there is one; said on a line. A true document beside a paper that is not ours, or among other files, proves nothing."""
    house = open_house(home, migrated=True)
    try:
        with scope(house.pool, PLATFORM) as conn:
            ours = {key.public for key in signing_keys.every(conn)}
            known = [dossiers.by_digest(conn, bytes.fromhex(sha256)) for sha256 in found.made]
    finally:
        house.close()
    strange = found.keys - {id_of(public) for public in ours}
    if strange:
        print(f"✗ 签名的密钥不是本系统的 / signed with a key that is not this house's: {', '.join(sorted(strange))}")
        return False
    kept = known[-1] if None not in known and known else None
    if kept is None:
        print("✗ 本系统没有留存这份卷宗 / This house keeps no such dossier")
        return False
    print(f"✓ 本系统留存同一份卷宗：{kept.id}，{kept.requested_at:%Y-%m-%d %H:%M:%S} UTC / Kept by this house")
    return True
