"""Keys that somebody wrote beside each other in the file stay on the ring through another key and forgetting (OP-9)."""

from __future__ import annotations

import os

import pytest

from amends.engine import sealed_secrets
from amends.store import connections, sealing
from tests.engine.test_sealed_secrets import connection, house

__all__ = ["house"]


@pytest.mark.parametrize("between", [",", " ", "\n# the one before\n"], ids=["comma", "space", "remark"])
def test_no_key_is_lost_with_another_one(house, between):
    file = house.home / sealing.FILE
    first = file.read_text().splitlines()[-1]
    made = connection(house)
    file.write_text(f"{sealing.fresh_key()}{between}{first}\n")
    os.utime(file, ns=(1, 1))
    before = sealed_secrets.state(house.pool).keys
    key, done, left = sealed_secrets.rotate(house.pool)
    assert (done, left) == (1, [])
    assert sealed_secrets.state(house.pool).keys == [key, *before]
    assert sealed_secrets.forget(house.pool) == before
    assert connections.find(house.pool, made.id).secret == made.secret
