"""Secrets to the outside world at rest: the key made at the first start, what is still plain sealed, another key, and which secrets do not open here (OP-9, docs/decisions/0012).

A lost or wrong key takes nothing with it but the calls that need it: they wait, each says so where it is looked at, and a secret that is filled in again is sealed under the key there is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from amends.core.refusal import Refusal
from amends.engine.key_files import keep_file, replace_file
from amends.store import sealed, sealing
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.sealed import Held
from amends.store.sealing import Keyring, Locked, fresh_key, sealed_under, written
from amends.store.trouble import OperatorError

REMARK = "# Keys to the secrets in the database; the first seals. Keep a copy apart from the database's backups.\n"


@dataclass(slots=True)
class State:
    """What `amends secrets` tells: ids of the keys here (the first seals), how many secrets lie under which key (empty: plain), and those that do not open."""

    keys: list[str] = field(default_factory=list)
    under: Counter[str] = field(default_factory=Counter)
    locked: list[Held] = field(default_factory=list)


def begin(pool: Pool, home: Path, *, convert: bool) -> None:
    """Where this process finds its keys. With `convert`: the first key is made if the database has nothing sealed yet, and what is plain is sealed. Raises OperatorError for a key that is none."""
    ring = sealing.look_in(home)
    if not convert:
        return
    with scope(pool, PLATFORM) as conn:
        held = sealed.every(conn)
    if not ring.known() and not ring.given and ring.file is not None and not any(sealed_under(h.text) for h in held):
        keep_file(ring.file, REMARK + fresh_key() + "\n")
    if ring.known():
        _seal_again(pool, [h for h in held if not sealed_under(h.text)], ring)


def state(pool: Pool) -> State:
    """How the secrets lie now."""
    ring = sealing.ring()
    with scope(pool, PLATFORM) as conn:
        held = sealed.every(conn)
    return State([k.id for k in ring.known()], Counter(sealed_under(h.text) for h in held), [h for h in held if sealing.locked(h.text, h.place)])


def rotate(pool: Pool) -> tuple[str, int, list[Held]]:
    """Every secret under a new key, which is made when keys are in a file; from AMENDS_SECRET_KEY the first is taken. Old keys stay until `forget`.

    Answers the key's id, how many were sealed again, and those that did not open and were left. Raises OperatorError when there is no new key to seal with.
    """
    ring = sealing.ring()
    if not ring.given:
        file = _file(ring)
        keep_file(file, REMARK)
        replace_file(file, REMARK + "\n".join([fresh_key(), *(written(key) for key in ring.known())]) + "\n")
    keys = ring.known()
    if not keys:
        raise OperatorError("没有密钥。请设置 AMENDS_SECRET_KEY，或不设它而用数据目录里的密钥文件。", "There is no key. Set AMENDS_SECRET_KEY, or leave it unset and use the file in the home directory.")
    with scope(pool, PLATFORM) as conn:
        held = [h for h in sealed.every(conn) if sealed_under(h.text) != keys[0].id]
    if ring.given and not held:
        raise OperatorError(
            "所有密钥都已用 AMENDS_SECRET_KEY 的第一个密钥加密。要更换，先把新密钥写在最前面（amends secrets new-key 生成），旧的留在后面。",
            "Everything is sealed under the first key of AMENDS_SECRET_KEY. To change it put a new one in front (amends secrets new-key makes one) and leave the old one behind it.",
        )
    return keys[0].id, *_seal_again(pool, held, ring)


def forget(pool: Pool) -> list[str]:
    """Take keys out of the file that no secret needs any more; answers their ids. Backups made under them can no longer be read. Raises OperatorError when keys are not in a file, or some are needed."""
    ring = sealing.ring()
    if ring.given:
        raise OperatorError("密钥在 AMENDS_SECRET_KEY 里，请在那里删去旧的。", "The keys are in AMENDS_SECRET_KEY; take the old ones out there.")
    now = state(pool)
    needed = [k for k in now.keys[1:] if now.under[k]]
    if needed:
        raise OperatorError(f"还有密钥在用旧的 {'、'.join(needed)}，请先运行 amends secrets rotate。", f"Some secrets still lie under {', '.join(needed)}; run amends secrets rotate first.")
    file = _file(ring)
    replace_file(file, REMARK + "\n".join(written(key) for key in ring.known() if key.id not in now.keys[1:]) + "\n")
    return now.keys[1:]


def cannot_seal() -> Refusal | None:
    """Why no secret can be kept now; None when it can."""
    return None if sealing.ring().known() else Refusal("secret_key_missing")


def _seal_again(pool: Pool, held: list[Held], ring: Keyring) -> tuple[int, list[Held]]:
    done, left = 0, []
    with scope(pool, PLATFORM) as conn:
        for one in held:
            try:
                done += sealed.put(conn, one, ring.seal(ring.open(one.text, one.place), one.place))
            except Locked:
                left.append(one)
    return done, left


def _file(ring: Keyring) -> Path:
    if ring.file is None:
        raise OperatorError("没有密钥文件的位置，请用 --home 指明数据目录。", "There is no place for a file of keys; name the home directory with --home.")
    return ring.file
