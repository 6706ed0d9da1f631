"""The first visit to a demo, as a visitor takes it (UI-8): sign in, review one return, let 48 hours pass, see why the system approved."""

import pytest

from amends.core.refusal import Refusal
from amends.engine import demo_entry
from amends.worker.loop import round_of
from tests.web.case_cast import stock_shop


@pytest.fixture(scope="module")
def desk(house, shop):
    return stock_shop(house, shop)


def test_the_four_steps(page, site, house, shop, desk):
    first, second = (desk.apply(desk.order(("CUP", 1, 12900)), reason="no_reason") for _ in range(2))
    page.goto(site)
    page.get_by_role("button", name="以小满登录").click()
    page.get_by_role("link", name="去工作台").click()
    page.wait_for_url("**/m/**")
    page.goto(f"{site}/m/cases/{first}")
    page.get_by_role("button", name="同意客户发货").last.click()
    page.wait_for_load_state()
    assert desk.row(first, "state") == ("awaiting_return",)
    page.goto(f"{site}/tour")
    assert page.locator("[aria-current=step]").get_by_role("heading").inner_text() == "让 48 小时过去"
    page.get_by_role("button", name="拨快 48 小时").click()
    page.wait_for_url("**/tour")
    assert page.locator("[aria-current=step]").get_by_role("heading").inner_text() == "看系统为什么同意"
    round_of(house)
    assert desk.row(second, "state") == ("awaiting_return",)
    link = page.get_by_role("link", name="看 S-")
    link.wait_for(timeout=15000)  # the page asks by itself until the worker has been there
    link.click()
    page.wait_for_url(f"**/m/cases/{second}")
    main = page.locator("main")
    assert "时钟到期：系统同意客户发货" in main.inner_text()
    main.get_by_text("看依据").first.click()
    main.get_by_text("京东规则包").last.wait_for()
    assert "京东规则包 v1 的“审核”时限" in main.locator("[open]").inner_text(), "the page names the pack, the clock and the source"


def test_a_real_house_has_no_such_door(client, house, shop):
    house.demo = False
    try:
        assert client.get("/tour").status_code == 404
        assert client.post("/tour/in", {"person": shop.id, "merchant": shop.merchant_id}).status_code == 404
        assert demo_entry.guests(house) == []
        refused = demo_entry.come_in(house, shop.merchant_id, shop.id, "", "", house.clock.now())
        assert isinstance(refused, Refusal)
        assert refused.code == "demo_only"
        assert client.get("/")["Location"] == "/sign-in"
        assert "演示时钟" not in client.get("/sign-in").content.decode()
    finally:
        house.demo = True


def test_only_a_guest_of_that_shop_comes_in(client, house, shop, operator):
    assert client.post("/tour/in", {"person": operator.id, "merchant": shop.merchant_id}).status_code == 409
    assert client.post("/tour/in", {"person": "not an id", "merchant": ""}).status_code == 409
    assert client.post("/tour/in", {"person": operator.id, "merchant": "", "next": "https://evil.test"})["Location"] == "/"
