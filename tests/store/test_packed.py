"""Arrays in binary form say what the same in text says, over both ways to the database."""

import struct
from uuid import UUID

import pytest

from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.packed import FEW, Ids, Numbers, ids, numbers
from amends.store.wire import pipe


@pytest.mark.parametrize("many", [0, 1, FEW - 1, FEW, 1000])
def test_arrays_come_as_they_are(pool: Pool, many: int) -> None:
    some, counts = [new_id() for _ in range(many)], [(-1) ** n * n * 10_000 for n in range(many)]
    with scope(pool, PLATFORM) as conn:
        assert conn.execute("select %s::uuid[], %s::int[]", (ids(some), numbers(counts))).fetchone() == ([UUID(one) for one in some], counts)
        with pipe(conn) as gathered:
            rows = gathered.execute("select %(ids)s::uuid[], %(counts)s::int[], %(words)s::text", {"ids": ids(some), "counts": numbers(counts), "words": "字"})
            once = gathered.execute("select %(ids)s::uuid[]", {"ids": ids(some)}, keep=False)
        assert rows.fetchone() == ([UUID(one) for one in some], counts, "字")
        assert once.fetchone() == ([UUID(one) for one in some],)


def test_many_are_binary_and_what_is_none_is_refused() -> None:
    some = [new_id() for _ in range(FEW)]
    assert isinstance(ids(some), Ids)
    assert isinstance(numbers([1] * FEW), Numbers)
    for wrong in ("", "no id", some[0] + "00", some[0][:-2]):
        with pytest.raises(ValueError, match=r"."):
            ids([*some, wrong])
    with pytest.raises(struct.error):
        numbers([2**31] * FEW)
