"""When personal data may be erased (ST-10): so many days after the end, never while something about it is open."""

from datetime import UTC, datetime, timedelta

import pytest

from amends.core.retention import Matter, refusal

CAME = datetime(2026, 1, 1, tzinfo=UTC)
ENDED = CAME + timedelta(days=30)
OWN, OPEN = Matter("T-1", "ticket", ENDED), Matter("T-1", "ticket", None)


@pytest.mark.parametrize(("own", "others", "after", "code", "fact"), [
    pytest.param(OWN, (), ENDED + timedelta(days=1096), None, None, id="over"),
    pytest.param(OWN, (), ENDED + timedelta(days=1096, seconds=-1), "erasure_not_due", "2029-01-31", id="a_second_early"),
    pytest.param(OPEN, (), ENDED + timedelta(days=9999), "erasure_held", "T-1", id="its_case_is_open"),
    pytest.param(OWN, (Matter("D-9", "dispute", None),), ENDED + timedelta(days=9999), "erasure_held", "D-9", id="a_dispute_about_it_is_open"),
    pytest.param(OWN, (Matter("D-9", "dispute", ENDED + timedelta(days=100)),), ENDED + timedelta(days=1100), "erasure_not_due", "2029-05-11", id="the_last_end_counts"),
    pytest.param(None, (), CAME + timedelta(days=1096), None, None, id="of_no_case"),
    pytest.param(None, (), CAME + timedelta(days=1095), "erasure_not_due", "2029-01-01", id="of_no_case_early"),
])
def test_when_it_may_go(own, others, after, code, fact):
    found = refusal(own, others, CAME, 1096, after)
    assert (found.code if found else None) == code
    if found:
        assert fact in found.say("zh")
        assert fact in found.say("en")
