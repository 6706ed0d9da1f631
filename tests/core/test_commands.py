"""A form or JSON body becomes a command, or everything that is wrong with it at once."""

import pytest

from amends.core.cases import MACHINES
from amends.core.commands import build, inputs, verb
from amends.core.verbs.buyer import BookPickup, ShipBack
from amends.core.verbs.desk import Assign, Claim
from amends.core.verbs.processing import Refund, RegisterReceipt


def test_a_good_body_becomes_the_command():
    command, wrong = build(ShipBack, {"carrier": " 顺丰 ", "waybill": "SF001"})
    assert not wrong
    assert command == ShipBack("顺丰", "SF001")


def test_all_missing_fields_are_named_at_once():
    command, wrong = build(RegisterReceipt, {})
    assert command is None
    assert {w.field for w in wrong} == {"received", "condition", "packaging", "appearance", "function", "accessories", "disposition"}
    assert {w.code for w in wrong} == {"required"}


@pytest.mark.parametrize(("cls", "body", "code"), [
    (Refund, {"amount": "12.5"}, "wrong_kind"), (Refund, {"amount": True}, "wrong_kind"), (Refund, {"amount": 1.5}, "wrong_kind"),
    (Refund, {"amount": -1}, "out_of_range"), (Refund, {"amount": 10**13}, "out_of_range"), (Refund, {"words": "好" * 501}, "too_long"),
    (Refund, {"words": ["x"]}, "wrong_kind"), (Claim, {"extra": 1}, "field_unknown"),
    (Refund, {"words": "a\0b"}, "wrong_kind"), (Assign, {"person": "阿海"}, "wrong_kind"),
    (BookPickup, {"address": "x", "starts": "2026-01-01T10:00:00"}, "wrong_kind"), (BookPickup, {"address": "x", "starts": "明天"}, "wrong_kind"),
])
def test_a_bad_field_is_refused_with_a_sentence(cls, body, code):
    command, wrong = build(cls, body)
    assert command is None
    assert [w.code for w in wrong] == [code]
    assert wrong[0].status == 422
    assert wrong[0].say("zh")
    assert wrong[0].say("en")


def test_every_verb_has_labels_an_event_a_node_and_a_sentence_about_itself():
    for machine in MACHINES:
        for name, command in machine.commands.items():
            assert all((command.zh, command.en, command.event, command.node, command.__doc__)), name
            assert verb(command) == name
            assert all(i.metadata["zh"] and i.metadata["en"] for i in inputs(command)), name
