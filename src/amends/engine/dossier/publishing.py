"""The public half of the key that signs dossiers, put where everybody can read it before anything is signed with it (DI-10)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from amends.engine.dossier.signature import Signer, signer
from amends.store import signing_keys
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.signing_keys import PublicKey


def publish(pool: Pool, home: Path, now: datetime) -> Signer:
    """The key of this house, made at the first start; its public half is in the database from then on. Raises OperatorError for a file that is no key."""
    key = signer(home)
    with scope(pool, PLATFORM) as conn:
        signing_keys.keep(conn, PublicKey(key.id, key.public, now))
    return key
