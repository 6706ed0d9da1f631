"""Taking applications in: what is open, all refusals at once, the same goods once, staff for a buyer (SO-1 … SO-4)."""

from datetime import timedelta

import pytest

from amends.core.actor import Actor, Party
from amends.core.refusal import Refusal
from amends.core.verbs import review as v
from amends.engine.application import Application, Item
from amends.engine.ids import new_id
from amends.engine.intake import apply_for, open_options
from tests.shop import LIN, open_shop


@pytest.fixture
def shop(pool):
    return open_shop(pool)


def ask(shop, order, *items, actor=LIN, command_id=None, **more):
    return apply_for(shop.pool, shop.merchant, Application(order, list(items), **more), actor, shop.now, command_id or new_id())


def item(shop, order, line=0, quantity=1, type_="return", reason="no_reason", **more):
    return Item(shop.lines[order][line], quantity, type_, reason, **more)


def codes(answer):
    assert isinstance(answer, list), answer
    assert all(isinstance(r, Refusal) and "{" not in r.say("zh") + r.say("en") for r in answer)
    return sorted((r.code, r.field) for r in answer)


def test_several_lines_make_one_application_with_a_service_order_each(shop):
    order = shop.order(("CUP", 2, 19900), ("MUG", 1, 5900))
    applied = ask(shop, order, item(shop, order, 0, 2), item(shop, order, 1))
    assert [c.state for c in applied.cases] == ["reviewing", "reviewing"]
    assert applied.number == "A-2026-000001"
    assert sorted(c.number for c in applied.cases) == ["S-2026-000001", "S-2026-000002"]
    rows = shop.all("select count(distinct application_id), sum(quantity), min(waits_on) from cases where order_id = %s", order)
    assert rows == [(1, 3, "merchant")]
    assert shop.all("select count(*) from clocks k join cases c on c.id = k.case_id where c.order_id = %s and k.name = 'review' and k.due_at = c.due_at", order) == [(2,)]


def test_the_same_command_id_answers_what_it_answered_first(shop):
    order, once = shop.order(("CUP", 2, 19900)), new_id()
    first = ask(shop, order, item(shop, order), command_id=once)
    again = ask(shop, order, item(shop, order), command_id=once)
    assert (again.application_id, again.cases, again.replayed) == (first.application_id, first.cases, True)
    assert codes(ask(shop, order, item(shop, order, quantity=2), command_id=once)) == [("command_id_reused", "command_id")]


def test_goods_that_are_on_an_open_service_order_answer_that_one(shop):
    order = shop.order(("CUP", 1, 19900))
    first = ask(shop, order, item(shop, order))
    second = ask(shop, order, item(shop, order))
    assert (second.cases[0].case_id, second.cases[0].existing) == (first.cases[0].case_id, True)
    assert shop.all("select count(*) from cases where order_id = %s", order) == [(1,)]


def test_after_a_rejection_the_goods_can_be_asked_for_again(shop):
    order = shop.order(("CUP", 1, 19900))
    case = ask(shop, order, item(shop, order)).cases[0].case_id
    shop.say(case, v.Reject("other", "已使用"))
    assert not ask(shop, order, item(shop, order)).cases[0].existing


def test_everything_wrong_is_told_at_once_with_the_path_of_its_field(shop):
    order = shop.order(("CUP", 1, 19900), ("MUG", 1, 100))
    answer = ask(shop, order, item(shop, order, quantity=3), item(shop, order, 1, reason="quality_fault"), return_way="pigeon")
    assert codes(answer) == [
        ("description_missing", "items[1].description"), ("photos_missing", "items[1].photos"), ("quantity_too_many", "items[0].quantity"),
        ("return_way_unknown", "return_way"),
    ]


@pytest.mark.parametrize(("change", "code"), [
    ({"line_id": new_id()}, "line_unknown"), ({"type": "gift"}, "type_unknown"), ({"reason": "because"}, "not_open"), ({"quantity": 0}, "quantity_too_many"),
    ({"photos": [new_id()]}, "photo_unknown"), ({"description": "字" * 501}, "description_too_long"),
])
def test_one_wrong_field_is_refused_by_name(shop, change, code):
    order = shop.order(("CUP", 1, 19900))
    one = item(shop, order)
    for name, value in change.items():
        setattr(one, name, value)
    assert code in [c for c, _ in codes(ask(shop, order, one))]


def test_before_receipt_the_buyer_is_sent_to_cancellation(shop):
    order = shop.order(("CUP", 1, 19900), received=False)
    answer = ask(shop, order, item(shop, order))
    assert codes(answer) == [("after_sales_before_receipt", None)]
    assert "取消订单" in answer[0].say("zh")
    assert answer[0].facts == {"instead": "cancellation", "order": order}


def test_a_window_that_has_ended_is_open_to_staff_who_say_why(shop):
    order = shop.order(("CUP", 1, 19900))
    shop.now += timedelta(days=30)
    assert codes(ask(shop, order, item(shop, order))) == [("not_open", "items[0].reason")]
    assert codes(ask(shop, order, item(shop, order), actor=shop.new, override_reason="老客户"))[0][0] == "permission_missing"
    applied = ask(shop, order, item(shop, order), actor=shop.hai, override_reason="老客户")
    [(facts,)] = shop.all("select facts from cases where id = %s", applied.cases[0].case_id)
    assert (facts["override_reason"], facts["by_staff"], facts["verdict"]["allowed"]) == ("老客户", "阿海", False)


def test_a_foreign_buyer_does_not_see_the_order(shop):
    order = shop.order(("CUP", 1, 19900))
    stranger = Actor(Party.BUYER, "somebody", "路人")
    assert codes(ask(shop, order, item(shop, order), actor=stranger)) == [("order_unknown", "order_id")]
    assert open_options(shop.pool, shop.merchant, order, shop.now, "somebody") is None


def test_options_say_until_when_and_why_not(shop):
    order = shop.order(("CUP", 2, 19900))
    ask(shop, order, item(shop, order))
    [line] = open_options(shop.pool, shop.merchant, order, shop.now, LIN.id).lines
    assert line.left == 1
    assert line.types["return"].allowed
    assert line.types["return"].until > shop.now
    assert {v.reason for v in line.reasons["return"]} >= {"no_reason", "quality_fault"}
