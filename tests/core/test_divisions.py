"""Three levels of places, found by full and short names; unknown ones are not found (ME-2)."""

import csv
import os
from pathlib import Path

import pytest

from amends.core.divisions import Place, cities, districts, find, province_named, provinces, tree

DATA = Path(os.environ.get("AMENDS_DATA", Path(__file__).parents[2].parent / "shared" / "data")) / "cn_divisions"


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        (("河北省", "廊坊市", "广阳区"), Place("河北省", "廊坊市", "广阳区")),
        (("河北", "廊坊", "广阳区"), Place("河北省", "廊坊市", "广阳区")),
        (("内蒙古", "呼和浩特", "新城区"), Place("内蒙古自治区", "呼和浩特市", "新城区")),
        (("新疆", "乌鲁木齐市", "天山区"), Place("新疆维吾尔自治区", "乌鲁木齐市", "天山区")),
        (("北京市", "北京市", "朝阳区"), Place("北京市", "市辖区", "朝阳区")),
        (("上海", "", "浦东新区"), Place("上海市", "市辖区", "浦东新区")),
        (("重庆市", "", "城口县"), Place("重庆市", "县", "城口县")),
        (("湖北省", "", "仙桃市"), Place("湖北省", "省直辖县级行政区划", "仙桃市")),
        (("广东省", "东莞市", "东城街道"), Place("广东省", "东莞市", "东城街道")),
        (("广东省", "东莞市", "东莞市"), Place("广东省", "东莞市", "东莞市")),
        (("香港", "九龙", "观塘区"), Place("香港特别行政区", "九龙", "观塘区")),
    ],
)
def test_a_place_is_found_by_full_and_short_names(asked, place):
    assert find(*asked) == place


@pytest.mark.parametrize(
    "asked",
    [("", "", ""), ("河北省", "廊坊市", ""), ("河北省", "廊坊市", "朝阳区"), ("河北省", "苏州市", "广阳区"), ("大河省", "廊坊市", "广阳区"), ("河北省", "", "广阳区"),
     ("河", "廊坊市", "广阳区"), ("河北省", "廊坊市", "廊坊市")],
)
def test_what_is_no_place_is_not_found(asked):
    assert find(*asked) is None


def test_a_place_as_it_stands_on_a_parcel():
    assert find("北京", "", "朝阳区").line() == "北京市朝阳区"
    assert find("河北", "廊坊", "广阳区").line() == "河北省廊坊市广阳区"
    assert find("广东", "东莞市", "东莞市").line() == "广东省东莞市"


def test_every_level_has_something_below_it():
    assert len(provinces()) == 34
    assert all(cities(p) and all(districts(p, c) for c in cities(p)) for p in provinces())
    assert cities("大河省") == districts("河北省", "苏州市") == []


@pytest.mark.parametrize("file", [p for p in [DATA / "areas.csv"] if p.exists()])
def test_every_district_of_the_published_table_is_found(file):
    names = {n: dict(csv.reader((DATA / f"{n}.csv").open(encoding="utf-8"))) if n == "provinces" else
             {r["code"]: r["name"] for r in csv.DictReader((DATA / f"{n}.csv").open(encoding="utf-8"))} for n in ("provinces", "cities")}
    rows = list(csv.DictReader(file.open(encoding="utf-8")))
    missing = [r["name"] for r in rows if find(names["provinces"][r["provinceCode"]], names["cities"][r["cityCode"]], r["name"]) is None]
    assert len(rows) > 2900
    assert missing == []


def test_every_name_in_the_tree_finds_itself():
    for province, below in tree().items():
        for city, thirds in below.items():
            for district in thirds:
                assert find(province, city, district) == Place(province, city, district)


@pytest.mark.parametrize(("given", "named"), [("河北", "河北省"), ("河北省", "河北省"), ("内蒙古", "内蒙古自治区"), ("北京", "北京市"), ("", ""), ("Ontario", "Ontario")])
def test_a_province_by_its_full_name(given: str, named: str) -> None:
    assert province_named(given) == named
