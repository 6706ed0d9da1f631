"""What is found about goods changes how their application is judged, for this case's pieces only (PO-2, PO-5, PO-6)."""

from __future__ import annotations

import pytest

from amends.core.verbs.buyer import ChangeApplication, ShipBack
from amends.core.verbs.findings import RecordFindings
from amends.core.verbs.processing import RegisterReceipt
from amends.core.verbs.review import ApproveReturn
from amends.engine.photos import take_photo
from amends.store.connect import PLATFORM, scope
from tests.engine.strategy_shop import consider, publish, row, state
from tests.engine.test_photos import picture
from tests.shop import LIN, Shop, open_shop

WORDS = "序列号与出库记录不符"


@pytest.fixture
def shop(pool) -> Shop:
    return open_shop(pool)


def asked(shop: Shop, category: str = "phones", reason: str = "no_reason", pieces: int = 1) -> str:
    """A return of goods of a category."""
    order = shop.order(("CUP", pieces, 9900 * pieces))
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update order_lines set category = %s where order_id = %s", (category, order))
    photos = [] if reason == "no_reason" else [take_photo(shop.pool, shop.merchant, picture("PNG"), LIN.id, shop.now)]
    return shop.apply(order, reason=reason, photos=photos)


def verdict(shop: Shop, case: str) -> tuple[bool, str, str]:
    return shop.row(case, "(facts -> 'verdict' ->> 'allowed')::boolean, facts -> 'verdict' ->> 'code', facts -> 'verdict' ->> 'rule'")


def found(shop: Shop, case: str, *codes: str, **more):
    return shop.say(case, RecordFindings(findings=list(codes), words=WORDS, **more)).refusal


@pytest.mark.parametrize(("category", "reason", "code", "said"), [
    ("phones", "no_reason", "activated", (False, "unfit", "PO-2")),
    ("clothing", "no_reason", "label_removed", (False, "unfit", "PO-2")),
    ("food", "no_reason", "seal_broken", (False, "unfit", "PO-2")),
    ("phones", "quality_fault", "activated", (True, "open_fault", "PO-4")),
    ("phones", "quality_fault", "not_sold_here", (False, "not_handled", "PO-6")),
    ("phones", "no_reason", "used", (False, "not_handled_unless_fault", "PO-6")),
    ("phones", "quality_fault", "used", (True, "open_fault", "PO-4")),
    ("phones", "quality_fault", "misuse", (False, "person_decides", "PO-6")),
], ids=["phone-activated", "label-cut", "seal-broken", "a-fault-opens-again", "serial-differs", "used", "used-but-faulty", "misuse-is-for-a-person"])
def test_a_finding_judges_the_application_anew(shop, category, reason, code, said):
    case = asked(shop, category, reason)
    assert verdict(shop, case)[0] is True
    assert found(shop, case, code) is None
    assert verdict(shop, case) == said
    assert shop.row(case, "facts -> 'findings' -> 'codes', facts -> 'findings' ->> 'words', facts -> 'findings' ->> 'by'") == ([code], WORDS, "阿海")


def test_findings_are_taken_back_by_recording_none(shop):
    case = asked(shop)
    found(shop, case, "activated")
    assert found(shop, case) is None
    assert verdict(shop, case) == (True, "open_no_reason", "PO-2")
    assert shop.row(case, "facts -> 'findings' -> 'codes'") == ([],)


@pytest.mark.parametrize(("category", "code"), [("home", "activated"), ("phones", "flooded")], ids=["not-for-these-goods", "not-in-the-pack"])
def test_what_the_pack_has_no_rule_for_is_refused(shop, category, code):
    case = asked(shop, category)
    refusal = found(shop, case, code)
    assert (refusal.code, refusal.field) == ("finding_unknown", "findings")
    assert "非本店售出" in refusal.say("zh")
    assert verdict(shop, case)[0] is True


def test_weight_is_refused_where_the_reason_is_not_about_weight(shop):
    refusal = found(shop, asked(shop), weight_short_mg=20)
    assert (refusal.code, refusal.field) == ("weight_not_asked", "weight_short_mg")


def test_another_reason_is_judged_with_what_was_found(shop):
    case = asked(shop, "phones", "quality_fault")
    found(shop, case, "activated")
    refusal = shop.say(case, ChangeApplication(reason="no_reason"), LIN).refusal
    assert (refusal.code, refusal.field) == ("not_open", "reason")


def test_a_strategy_sees_the_verdict_with_the_finding(shop):
    publish(shop, row("无理由放行", "approve_return", ("policy_verdict", "is", "allowed")))
    held, passed = asked(shop), asked(shop)
    found(shop, held, "activated")
    consider(shop)
    assert (state(shop, held), state(shop, passed)) == ("reviewing", "awaiting_return")


def test_findings_are_of_these_pieces_and_not_of_the_line(shop):
    order = shop.order(("CUP", 2, 19800))
    first = shop.apply(order)
    found(shop, first, "used")
    second = shop.apply(order)
    assert verdict(shop, second) == (True, "open_no_reason", "PO-2")


def test_an_inspection_adds_to_what_was_found_and_says_what_it_sees(shop):
    case = asked(shop, "clothing")
    found(shop, case, "label_removed")
    assert shop.say(case, ApproveReturn()).refusal is None
    assert shop.say(case, ShipBack("顺丰", "SF1002"), LIN).refusal is None
    receipt = RegisterReceipt(1, "good", "opened", "slight", "normal", "missing", "", "quarantine", findings=["soiled_or_damaged"])
    assert shop.say(case, receipt).refusal is None
    assert shop.row(case, "facts -> 'findings' -> 'codes'") == (["label_removed", "soiled_or_damaged", "accessories_missing"],)
    assert verdict(shop, case)[1] == "unfit"


def test_a_receipt_that_finds_nothing_leaves_the_verdict_alone(shop):
    case = asked(shop)
    before = shop.row(case, "facts -> 'verdict'")
    shop.say(case, ApproveReturn())
    shop.say(case, ShipBack("顺丰", "SF1003"), LIN)
    assert shop.say(case, RegisterReceipt(1, "good", "intact", "intact", "normal", "complete", "", "sale")).refusal is None
    assert shop.row(case, "facts -> 'verdict', facts ? 'findings'") == (*before, False)


def test_who_may_not_review_may_not_record(shop):
    answer = shop.say(asked(shop), RecordFindings(findings=["activated"], words=WORDS), shop.new)
    assert answer.refusal.code == "permission_missing"
