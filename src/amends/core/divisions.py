"""The administrative divisions of China in three levels (ME-2), as public facts; where they come from stands in divisions.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

Tree = dict[str, dict[str, list[str]]]
_SUFFIXES = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")
_WITHIN = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
"""Second levels that are no place of their own: the districts lie straight under the province."""


@dataclass(frozen=True, slots=True)
class Place:
    """One district by the names of its three levels."""

    province: str
    city: str
    district: str

    def line(self) -> str:
        """As written on a parcel: 河北省廊坊市广阳区; 北京市朝阳区 without the second level that is no place."""
        return self.province + ("" if self.city in _WITHIN else self.city) + ("" if self.district == self.city else self.district)


@lru_cache(maxsize=1)
def tree() -> Tree:
    """Province → city → districts. Raises FileNotFoundError or ValueError only for a broken installation."""
    table: Tree = json.loads(files("amends.core").joinpath("divisions.json").read_text("utf-8"))["provinces"]
    return table


def provinces() -> list[str]:
    """Names of the first level, in the order of their codes."""
    return list(tree())


@lru_cache(maxsize=1024)
def province_named(name: str) -> str:
    """A province by its full name, whether given full or short (河北 for 河北省); what is none stays as it is."""
    return _named(name, provinces()) or name


def cities(province: str) -> list[str]:
    """The second level of a province; none for an unknown one."""
    return list(tree().get(province, {}))


def districts(province: str, city: str) -> list[str]:
    """The third level of a city; none for an unknown one."""
    return list(tree().get(province, {}).get(city, []))


def find(province: str, city: str, district: str) -> Place | None:
    """The place by full or short names (河北 for 河北省; 北京市 or nothing for 市辖区); None when there is no such place."""
    first = _named(province, provinces())
    if first is None:
        return None
    if city.strip() in ("", province.strip(), first):
        for second in (c for c in cities(first) if c in _WITHIN):
            if (third := _named(district, districts(first, second))) is not None:
                return Place(first, second, third)
        return None
    here = _named(city, cities(first))
    if here is None:
        return None
    there = _named(district, districts(first, here))
    if there is None and district.strip() == here and any(d.endswith(("街道", "镇")) for d in districts(first, here)):
        there = here  # a city without districts, written twice
    return None if there is None else Place(first, here, there)


def _named(given: str, names: list[str]) -> str | None:
    given = given.strip()
    if given in names:
        return given
    short = [name for name in names if len(given) > 1 and _short(name) == _short(given)]
    return short[0] if len(short) == 1 else None


def _short(name: str) -> str:
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name.removesuffix(suffix)
    return name
