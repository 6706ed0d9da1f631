"""Many ids or numbers as one array in PostgreSQL's binary form, which it takes as it is; an array in text is read letter by letter, in every statement anew."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import psycopg
from psycopg import pq
from psycopg.adapt import Dumper

FEW = 20
"""So few are quicker said in text, and come from outside: then it is the database that looks at them."""
_UUID, _INT4 = 2950, 23


class Ids(bytes):
    """A `uuid[]`."""

    oid = 2951


class Numbers(bytes):
    """An `int[]`."""

    oid = 1007


def ids(values: Sequence[str]) -> Ids | str:
    """UUIDs as an array. ValueError if one of many is none."""
    if len(values) < FEW:
        return f"{{{','.join(values)}}}"
    # Each with its length, 16, before it: sixteen bytes are 36 letters with four dashes.
    body = bytes.fromhex(f"00000010{'00000010'.join(values)}".replace("-", ""))
    if len(body) != 20 * len(values):
        raise ValueError("an id is no UUID")
    return Ids(_head(_UUID, len(values)) + body)


def numbers(values: Sequence[int]) -> Numbers | str:
    """Whole numbers of at most 32 bits as an array. struct.error if one of many is larger."""
    if len(values) < FEW:
        return f"{{{','.join(map(str, values))}}}"
    flat = [4] * (2 * len(values))
    flat[1::2] = values
    return Numbers(_head(_INT4, len(values)) + struct.pack(f">{len(flat)}i", *flat))


def _head(of: int, many: int) -> bytes:
    """One dimension, no nulls, of this type, so many from 1."""
    return struct.pack(">iiiii", 1, 0, of, many, 1)


class _Packed(Dumper):
    format = pq.Format.BINARY

    def dump(self, obj: bytes) -> bytes:
        """As it is."""
        return bytes(obj)


for _packed in (Ids, Numbers):
    psycopg.adapters.register_dumper(_packed, type(f"_{_packed.__name__}", (_Packed,), {"oid": _packed.oid}))
