"""Cancellations on the merchant's desk through plain HTTP: lists, the case page, answers, batches, opening as staff (CA-1 … CA-9, SO-7)."""

import re
from datetime import timedelta

import pytest

from amends.core.verbs import cancel as c
from amends.core.verbs import outside as o
from amends.store.connect import PLATFORM, scope
from tests.engine.cancel_desk import CARRIER_ACTOR, on_the_way, opened, unshipped
from tests.web.case_cast import grant, stock_shop
from tests.web.conftest import enter

LISTS = ["cancel-review", "cancel-intercept", "cancel-follow", "cancel-refund", "cancel-all"]


@pytest.fixture(scope="module")
def desk(house, shop):
    return stock_shop(house, shop)


@pytest.fixture
def clean(desk):
    """No open case is left of other tests."""
    with scope(desk.pool, PLATFORM) as conn:
        conn.execute("update cases set state = 'closed', closed_at = now(), due_at = null where merchant_id = %s and closed_at is null", (desk.merchant,))
    desk.now = desk.now + timedelta(seconds=1)
    return desk


@pytest.fixture
def main(client, house, shop):
    return enter(client, house, shop)


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def ticked(page):
    return re.findall(r'name="case" value="([^"]+)"', page)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_list_opens_empty_and_full_in_both_languages(main, clean, name, lang):
    assert main.get(f"/m/q/{name}?lang={lang}").status_code == 200
    case = opened(clean, on_the_way(clean))
    clean.say(case, {"cancel-intercept": c.ApproveAndIntercept(), "cancel-follow": c.FollowUpParcel(), "cancel-refund": c.ForceRefund("客户急用")}.get(name, c.FollowUpParcel()))
    answer = main.get(f"/m/q/{name}?lang={lang}")
    assert answer.status_code == 200
    assert text(answer).count("<h1>") == 1
    assert (clean.row(case, "number")[0] in text(answer)) == (name != "cancel-review")
    assert main.get(f"/m/cases/{case}?lang={lang}").status_code == 200
