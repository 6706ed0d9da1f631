"""`amends secrets`: how the secrets to the outside world lie in the database, another key for them, old keys forgotten (OP-9)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from amends.engine import sealed_secrets
from amends.engine.house import open_house
from amends.store.sealed import Held
from amends.store.sealing import fresh_key


def register(verbs: Any) -> None:
    """Add the sub-commands."""
    group = verbs.add_parser("secrets", help="the keys under which passwords and connection secrets are sealed (docs/guides/secrets.md)").add_subparsers(dest="what", required=True)
    for name, run, about in (
        ("status", _status, "which keys there are, how many secrets lie under each, which do not open; exit 1 if one does not"),
        ("rotate", _rotate, "seal every secret under a new key; old keys are kept until `forget`. Exit 1 if one could not be opened"),
        ("forget", _forget, "take keys out of the file that no secret needs any more; older backups can then not be read"),
    ):
        one = group.add_parser(name, help=about)
        one.add_argument("--home", type=Path, help="the data directory (default: AMENDS_HOME or var/amends)")
        one.set_defaults(run=run)
    new = group.add_parser("new-key", help="print a new key for AMENDS_SECRET_KEY; nothing is changed")
    new.set_defaults(run=_new_key)


def _status(given: argparse.Namespace) -> int:
    house = open_house(given.home, connections=2)
    try:
        found = sealed_secrets.state(house.pool)
    finally:
        house.close()
    for n, key in enumerate(found.keys):
        print(f"{key}  {found.under[key]} 项 secrets{'  （新密文用它 seals）' if n == 0 else ''}")
    for key in sorted(found.under.keys() - set(found.keys)):
        print(f"{key or '（明文 plain）'}  {found.under[key]} 项 secrets")
    _tell(found.locked)
    if not found.keys:
        print("✗ 没有密钥 / There is no key")
    return 1 if found.locked or not found.keys else 0


def _rotate(given: argparse.Namespace) -> int:
    house = open_house(given.home, connections=2)
    try:
        key, done, left = sealed_secrets.rotate(house.pool)
    finally:
        house.close()
    print(f"✓ {done} 项已用新密钥 {key} 加密；旧密钥仍保留，确认无误后运行 amends secrets forget\n✓ {done} sealed under the new key {key}; old keys are kept, run amends secrets forget once all is well")
    _tell(left)
    return 1 if left else 0


def _forget(given: argparse.Namespace) -> int:
    house = open_house(given.home, connections=2)
    try:
        gone = sealed_secrets.forget(house.pool)
    finally:
        house.close()
    print(f"✓ 已去除 forgotten: {', '.join(gone)}" if gone else "✓ 没有多余的密钥 / There is no key to forget")
    return 0


def _new_key(_given: argparse.Namespace) -> int:
    print(fresh_key())
    return 0


def _tell(locked: list[Held]) -> None:
    """Those that do not open: where they are, never what they are."""
    for one in locked:
        print(f"✗ 打不开 does not open: {one.table}.{one.column} · {one.name}")
    if locked:
        print("把原来的密钥放回密钥文件或 AMENDS_SECRET_KEY，或在页面上重填这些密码和密钥\nBring back the key they were sealed under, or fill these secrets in again on their pages")
