"""The four packs: each loads whole, every figure has its source, and they differ exactly where the pages of the platforms do (PO-8, PO-10 … PO-13, PO-17, SO-29)."""

import copy
import json
import re
from importlib.resources import files

import pytest

from amends.core.cases import TABLES
from amends.core.pack_documents import NotWhole, extended, merged
from amends.core.pack_flows import Traits
from amends.core.policy import load_pack, parse_pack, parse_text, whole
from amends.core.ways_back import open_ways, proof_missing, refused, way_of
from amends.engine.packs import pack_ids

NAMES = ("jd", "kuaishou", "pdd", "tmall")
PACKS = {name: load_pack(name).pack for name in NAMES}
DAY = 86_400
KEEP = Traits("keep")


def test_exactly_the_four_are_offered():
    assert tuple(name for name, _, _ in pack_ids()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_loads_whole_without_a_problem(name):
    loaded = load_pack(name)
    assert loaded.problems == ()
    assert loaded.pack.id == name
    document = whole(name)
    assert "extends" not in document
    assert parse_pack(document).pack == loaded.pack
    assert parse_text((files("amends.core.packs") / f"{name}.json").read_text("utf-8")).pack == loaded.pack
    assert json.loads(json.dumps(document)) == document


def figures(value, path=""):
    """Every object that holds a number, with its path."""
    if isinstance(value, list):
        for i, v in enumerate(value):
            yield from figures(v, f"{path}[{i}]")
    elif isinstance(value, dict):
        if any(isinstance(v, int) and not isinstance(v, bool) for v in value.values()):
            yield path, value
        for k, v in value.items():
            yield from figures(v, f"{path}.{k}")


WITHOUT = {".version", ".gold_tolerance_mg"}
"""The version of the document; the tolerance stands beside its reason, which has a source."""


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_stands_beside_its_source(name):
    document = whole(name)
    for path, holder in figures(document):
        sourced = "source" in holder or any(k.endswith("_source") for k in holder) or path == "" or path.endswith(("span", "answer")) or ".span_by." in path
        assert sourced, f"{name}{path} names no source: {holder}"
    assert all(s["level"] in ("document", "law", "web", "own") and s["text"] for s in document["sources"].values())


def named(value):
    if isinstance(value, list):
        return {s for v in value for s in named(v)}
    if isinstance(value, dict):
        return {s for k, v in value.items() for s in ({v} if k == "source" or k.endswith("_source") else named(v))}
    return set()


@pytest.mark.parametrize("name", NAMES)
def test_every_source_is_used(name):
    document = whole(name)
    assert named(document) | ({"S0"} if name == "jd" else set()) == set(document["sources"])


@pytest.mark.parametrize("name", NAMES)
def test_what_a_clock_announces_the_table_can_do(name):
    leads = {
        "approve_return": "awaiting_return", "reissue_without_return": "fulfilling", "refund_without_return": "confirming", "call_platform": "reviewing", "approve_cancellation": "refunding",
        "follow_up": "logistics_follow_up",
    }
    for clock_name in ("review", "cancel_review", "cancel_answer"):
        clock = PACKS[name].clocks[clock_name]
        targets = TABLES[clock.kind].steps[clock.state]["run_out"].targets()
        for then in clock.outcomes():
            assert leads[then] in targets, f"{name} {clock_name} {then}"


@pytest.mark.parametrize(("name", "type_", "traits", "seconds", "then"), [
    ("jd", "return", Traits(), 2 * DAY, "approve_return"),
    ("jd", "reissue", Traits(), 2 * DAY, "reissue_without_return"),
    ("pdd", "return", Traits(), 2 * DAY, "refund_without_return"),
    ("pdd", "return", KEEP, 2 * DAY, "refund_without_return"),
    ("pdd", "exchange", Traits(), 2 * DAY, "approve_return"),
    ("kuaishou", "return", Traits(), 2 * DAY, "approve_return"),
    ("kuaishou", "return", KEEP, 2 * DAY, "call_platform"),
    ("tmall", "return", Traits(), 5 * DAY, "approve_return"),
    ("tmall", "return", KEEP, 5 * DAY, "refund_without_return"),
    ("tmall", "return", Traits("keep", "", frozenset({"virtual"})), 3 * DAY, "refund_without_return"),
    ("tmall", "return", Traits("ship_back", "", frozenset({"virtual"})), 3 * DAY, "approve_return"),
])
def test_how_long_a_review_may_take_and_what_silence_means(name, type_, traits, seconds, then):
    span, what, source = PACKS[name].clocks["review"].for_case(type_, traits)
    assert (span.kind, span.amount, what) == ("elapsed", seconds, then)
    assert source in PACKS[name].sources


@pytest.mark.parametrize(("name", "unshipped", "shipped", "then"), [
    ("jd", 2 * DAY, DAY, "follow_up"), ("pdd", 2 * DAY, 2 * DAY, "approve_cancellation"), ("kuaishou", 2 * DAY, DAY, "follow_up"), ("tmall", 2 * DAY, 5 * DAY, "approve_cancellation"),
])
def test_cancellations_before_and_after_shipment(name, unshipped, shipped, then):
    clocks = PACKS[name].clocks
    assert (clocks["cancel_review"].span.amount, clocks["cancel_review"].then) == (unshipped, "approve_cancellation")
    assert (clocks["cancel_answer"].span.amount, clocks["cancel_answer"].then) == (shipped, then)


@pytest.mark.parametrize(("name", "offers"), [
    ("jd", {"by_mode", "store", "fast_review", "lightning_refund", "service_score", "standards"}),
    ("pdd", {"refund_only", "special", "called_in", "pays_at_zero", "in_time", "standards"}),
    ("kuaishou", {"refund_only", "auto_agree", "fast_preset", "caps"}),
    ("tmall", {"refund_only", "pays_at_zero", "conduct", "standards"}),
])
def test_what_only_some_packs_offer(name, offers):
    pack, flows = PACKS[name], PACKS[name].flows
    here = {key for key in ("by_mode", "store", "refund_only", "special", "called_in", "auto_agree", "pays_at_zero") if getattr(flows, key)}
    here |= {key for key in ("fast_review", "lightning_refund", "service_score", "standards", "caps", "conduct") if getattr(pack, key)}
    here |= {"in_time"} if pack.cancellation.in_time_reviewed_by == "platform" else set()
    here |= {"fast_preset"} if pack.cancellation.fast_refund == "preset" else set()
    assert here == offers


# Fulfilment modes (PO-8)


@pytest.mark.parametrize(("mode", "sends"), [
    ("FBP", {"exchange": "platform", "reissue": "platform", "repair": "merchant"}), ("SOP", dict.fromkeys(("exchange", "reissue", "repair"), "merchant")),
    ("SOPL", dict.fromkeys(("exchange", "reissue", "repair"), "merchant")), ("LBP", dict.fromkeys(("exchange", "reissue", "repair"), "merchant")),
])
def test_the_flow_of_each_mode(mode, sends):
    flow = PACKS["jd"].flows.of_mode(mode)
    assert (flow.goods_to, flow.sends, flow.source) == ("platform_store", sends, "S1")
    assert (flow.parts_first == ("reissue",)) == (mode == "FBP")


@pytest.mark.parametrize(("type_", "mode", "kind", "amount"), [
    ("reissue", "FBP", "calendar_days", 3), ("exchange", "SOP", "elapsed", DAY), ("reissue", "LBP", "elapsed", DAY), ("repair", "FBP", "calendar_days", 5), ("repair", "SOP", "calendar_days", 5),
    ("exchange", "", "calendar_days", 3), ("exchange", "FBP", "calendar_days", 3),
])
def test_how_long_sending_may_take_by_mode(type_, mode, kind, amount):
    span, then, _ = PACKS["jd"].clocks["fulfil"].for_case(type_, Traits("", mode))
    assert (span.kind, span.amount, then) == (kind, amount, "platform_refund")


# Ways back (PO-11)

FRUIT = frozenset({"fruit"})


@pytest.mark.parametrize(("name", "types", "keeps"), [
    ("jd", ["return"], False), ("pdd", ["return"], True), ("kuaishou", ["return"], True), ("pdd", ["return", "exchange"], False), ("pdd", ["reissue"], False), ("pdd", ["return", "reissue"], True),
])
def test_the_ways_a_form_offers(name, types, keeps):
    assert ("keep" in open_ways(PACKS[name].flows, types)) == keeps


@pytest.mark.parametrize(("name", "way", "type_", "whose", "code"), [
    ("jd", "keep", "return", "merchant", "keep_not_offered"), ("pdd", "keep", "exchange", "merchant", "keep_only_returns"), ("pdd", "keep", "return", "buyer", "keep_needs_fault"),
    ("pdd", "keep", "return", "carrier", ""), ("jd", "ship_back", "return", "buyer", ""),
])
def test_what_may_go_which_way(name, way, type_, whose, code):
    said = refused(PACKS[name].flows, way, type_, whose)
    assert (said.code if said else "") == code


def test_special_goods_are_kept_whatever_was_asked_and_need_proof():
    flows = PACKS["pdd"].flows
    assert way_of(flows, "ship_back", "return", FRUIT, "home") == "keep"
    assert way_of(flows, "ship_back", "return", frozenset(), "fresh") == "keep"
    assert way_of(flows, "ship_back", "exchange", FRUIT, "home") == "ship_back"
    assert way_of(flows, "keep", "reissue", frozenset(), "home") == "ship_back"
    assert way_of(PACKS["jd"].flows, "ship_back", "return", FRUIT, "fresh") == "ship_back"
    assert proof_missing(flows, "return", FRUIT, "home", 0).code == "proof_missing"
    assert proof_missing(flows, "return", FRUIT, "home", 1) is None
    assert proof_missing(flows, "return", frozenset(), "home", 0) is None


# What makes a document wrong


def problems(name, edit):
    raw = copy.deepcopy(whole(name))
    edit(raw)
    return {p.path for p in parse_pack(raw).problems}


@pytest.mark.parametrize(("name", "edit", "path"), [
    ("jd", lambda raw: raw["clocks"]["review"].update(then="refund_without_return"), "clocks.review"),
    ("pdd", lambda raw: raw["flows"].pop("pays_at_zero"), "clocks.review"),
    ("pdd", lambda raw: raw["flows"]["pays_at_zero"].update(clocks=["review", "process"]), "flows.pays_at_zero.clocks"),
    ("jd", lambda raw: raw["flows"].pop("store"), "flows.store"),
    ("jd", lambda raw: raw["flows"]["by_mode"][1].update(modes=["FBP"]), "flows.by_mode[1].modes"),
    ("pdd", lambda raw: raw["flows"].pop("refund_only"), "flows.refund_only"),
    ("pdd", lambda raw: raw["flows"]["called_in"].update(refusals=0), "flows.called_in.refusals"),
    ("pdd", lambda raw: raw["flows"]["special"][0].update(tags=[], categories=[]), "flows.special[0]"),
    ("tmall", lambda raw: raw["clocks"]["review"]["where"][0].update(then="shrug"), "clocks.review.where[0].then"),
    ("tmall", lambda raw: raw["clocks"]["review"]["where"][1].update(span={"kind": "elapsed", "amount": 0}), "clocks.review.where[1].span"),
    ("tmall", lambda raw: raw["clocks"]["review"]["where"][1].pop("span"), "clocks.review.where[1]"),
    ("pdd", lambda raw: raw["measures"][0].update(over=None), "measures[0]"),
    ("pdd", lambda raw: raw["measures"][1].update(code="intervention_rate"), "measures"),
    ("kuaishou", lambda raw: raw["caps"][0].update(when_failed="mood"), "caps[0]"),
    ("kuaishou", lambda raw: raw["measures"][2]["passes"].pop("source"), "measures[2].passes.source"),
    ("jd", lambda raw: raw["service_score"]["bands"].reverse(), "service_score"),
    ("tmall", lambda raw: raw["conduct"]["acts"][0].update(points=-1), "conduct.acts[0].points"),
    ("tmall", lambda raw: raw["conduct"]["thresholds"].reverse(), "conduct.thresholds"),
    ("tmall", lambda raw: raw["conduct"].update(source="hearsay"), "conduct.source"),
])
def test_a_document_that_makes_no_sense_is_refused(name, edit, path):
    assert path in problems(name, edit)


@pytest.mark.parametrize("text", ['{"extends": "nowhere"}', '{"extends": 7}', '{"extends": "../secret"}'])
def test_what_extends_something_that_is_not_there_is_a_problem(text):
    assert [p.path for p in parse_text(text).problems] == ["extends"]


def test_objects_are_merged_and_everything_else_is_replaced():
    assert merged({"a": {"b": 1, "c": [1, 2]}, "d": 1}, {"a": {"c": [3]}, "e": 2}) == {"a": {"b": 1, "c": [3]}, "d": 1, "e": 2}
    assert extended([1]) == [1]
    with pytest.raises(NotWhole):
        extended({"extends": "nowhere"})


def test_a_document_without_the_newer_sections_still_loads():
    raw = whole("jd")
    for name in ("flows", "measures", "caps", "service_score", "standards", "conduct", "fast_review", "lightning_refund"):
        raw.pop(name, None)
    for clock in raw["clocks"].values():
        clock.pop("where", None)
    for name in ("fast_refund", "fast_refund_source", "in_time_reviewed_by", "in_time_source"):
        raw["cancellation"].pop(name, None)
    pack = parse_pack(raw).pack
    assert pack is not None
    assert (pack.flows.refund_only, pack.conduct, pack.fast_review, pack.cancellation.fast_refund) == (None, None, None, "offered")


@pytest.mark.parametrize("name", NAMES)
def test_every_source_is_told_in_both_languages_and_older_documents_still_load(name):
    for key, source in PACKS[name].sources.items():
        assert re.search("[一-鿿]", source.said("zh-CN")), key
        assert not re.search("[一-鿿]", source.said("en")), key
    document = whole(name)
    for source in document["sources"].values():
        del source["zh"]
    older = parse_pack(document)
    assert older.problems == ()
    assert older.pack.sources["own"].said("zh") == older.pack.sources["own"].text
