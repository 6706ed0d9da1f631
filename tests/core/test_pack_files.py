"""The pack that is carried loads without a problem, and a broken one says where it is broken."""

import json

from amends.core.policy import load_pack, parse_text, whole

TEXT = json.dumps(whole("jd"))


def test_the_carried_pack_has_no_problem():
    loaded = load_pack("jd")
    assert loaded.problems == ()
    assert loaded.pack.id == "jd"


def test_every_clock_of_the_pack_names_a_known_source():
    pack = load_pack("jd").pack
    raw = json.loads(TEXT)
    assert raw["clocks"]
    assert {"review", "ship_back"} <= set(raw["clocks"])
    assert pack.sources


def test_a_pack_with_a_field_missing_is_refused_with_its_path():
    raw = json.loads(TEXT)
    del raw["clocks"]["review"]
    broken = parse_text(json.dumps(raw))
    assert any("clocks" in str(p) for p in broken.problems)
