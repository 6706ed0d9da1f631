"""Ready-made strategies are tables that may be published as they come (SA-9)."""

import pytest

from amends.core.refusal import Refusal
from amends.core.strategies_ready import Made, make, ready_made
from amends.core.strategy import Context, Table
from amends.core.strategy_check import check
from amends.core.strategy_json import decode_rows
from amends.engine.strategy_known import reasons_of


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("code", [r.code for r in ready_made()])
def test_each_makes_rows_that_pass_the_check(code, lang):
    for made in make(code, {}, lang):
        assert isinstance(made, Made)
        rows, wrong = decode_rows([{"id": "00000000-0000-4000-8000-000000000001", **made.row}])
        known = Context({"reasons": frozenset(c[0] for c in reasons_of("jd@0", made.kind))})
        assert wrong + check(Table(made.node, made.kind, 0, rows), known) == []


def test_there_are_the_five():
    assert [r.code for r in ready_made()] == ["unopened_no_reason", "signed_low_value", "unshipped_cancellation", "parcel_lost", "quality_with_photos"]


def test_figures_are_the_persons_and_stay_in_bounds():
    made = make("quality_with_photos", {"amount": "3000"}, "zh", frozenset({"quality_fault"}))
    assert isinstance(made[0], Made)
    values = {c["fact"]: c["value"] for c in made[0].row["conditions"]}
    assert (values["amount"], values["reason"]) == (3000, ["quality_fault"])
    refused = make("quality_with_photos", {"photos": 9, "amount": True}, "zh")
    assert [r.field for r in refused if isinstance(r, Refusal)] == ["amount", "photos"]
