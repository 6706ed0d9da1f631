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
        conn.execute("delete from clocks where merchant_id = %s", (desk.merchant,))
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


def test_a_row_tells_source_shipment_ends_and_what_waits_too_long_is_urgent(main, clean):
    quick, slow = opened(clean, unshipped(clean, receiver="周小满")), opened(clean, on_the_way(clean, platform_delivery=True), actor=clean.hai)
    with scope(clean.pool, PLATFORM) as conn:
        conn.execute("update cases set opened_at = opened_at - interval '3 hours' where id = %s", (slow,))
    page = text(main.get("/m/q/cancel-review"))
    for words in ("待审核取消", "未发货", "SOP · 京配", "SOP · 非京配", "客服代客户", "周**", "系统同意并退款", "转物流待跟进", "不想要了"):
        assert words in page
    assert page.count("data-hurries") == 1
    assert f'href="/m/cases/{slow}' in text(main.get("/m/q/cancel-review?due=urgent"))
    assert f'href="/m/cases/{quick}' not in text(main.get("/m/q/cancel-review?due=urgent"))
    assert 'data-count="queue.kind_cancellation">2<' in page
    home = text(main.get("/m/home"))
    assert 'data-line="red-cancel-review"' in home
    assert f'href="/m/cases/{slow}' in text(main.get("/m/q/cancel-review?due=red"))
    assert f'href="/m/cases/{quick}' not in text(main.get("/m/q/cancel-review?due=red"))


@pytest.mark.parametrize(("query", "here"), [
    ("source=staff", "sent"), ("source=buyer,staff", "both"), ("shipped=no", "kept"), ("shipped=yes", "sent"), ("carried=platform", "sent"), ("carried=other", "kept"),
    ("mode=FBP", "kept"), ("mode=SOP", "sent"), ("amount_from=300", "kept"), ("reason=late_shipment", "kept"), ("text=C-", "none"),
])
def test_a_filter_keeps_what_fits_as_a_list_and_as_the_range_of_a_batch(main, clean, query, here):
    kept = opened(clean, unshipped(clean, ("CUP", 1, 50000), fulfilment_mode="FBP"), reason="late_shipment")
    sent = opened(clean, on_the_way(clean, platform_delivery=True), actor=clean.hai)
    expected = {"kept": {kept}, "sent": {sent}, "both": {kept, sent}, "none": set()}[here]
    page = text(main.get(f"/m/q/cancel-review?{query}"))
    assert set(ticked(page)) == expected
    if expected:
        assert f'data-found="{len(expected)}"' in page
        looked = main.post("/m/batch/look", {"queue": "cancel-review", "query": query, "whole": "1", "command": "claim"})
        assert f"{len(expected)} 单将由你领取" in text(looked)


def test_a_saved_view_of_cancellations_stays_with_their_list(main, clean):
    made = main.post("/m/q/cancel-review/views", {"do": "add", "name": "已发货的", "query": "shipped=yes"})
    assert made.status_code == 302
    assert "已发货的" in text(main.get("/m/q/cancel-review"))
    assert "已发货的" not in text(main.get("/m/q/review"))


def test_the_case_page_tells_what_each_answer_does_and_what_happens_at_zero(main, clean):
    sent = opened(clean, on_the_way(clean, platform_delivery=True), words="快递一直不动")
    page = text(main.get(f"/m/cases/{sent}"))
    for words in ("每个答复会怎样", "通过并拦截", "请 顺丰 拦截", "物流待跟进", "强制退款", "包裹已在途", "审核不通过", "转入“物流待跟进”", "快递一直不动", "整单取消", "取消信息"):
        assert words in page
    assert "同意取消" not in page.split("每个答复会怎样")[1].split("</section>")[0]
    clean.say(sent, c.FollowUpParcel())
    assert "自动通过并拦截，承运商报告成功后退款" in text(main.get(f"/m/cases/{sent}"))
    clean.say(sent, c.ApproveAndIntercept())
    assert "退回商家处理" in text(main.get(f"/m/cases/{sent}"))
    clean.say(sent, o.InterceptionFailed("", "包裹已派送"), CARRIER_ACTOR)
    page = text(main.get(f"/m/cases/{sent}"))
    assert "承运商答复：包裹已派送" in page
    assert "已经请承运商拦截过（拦截失败）" in page
    kept = opened(clean, unshipped(clean, ("CUP", 2, 20000), ("CUP-BLACK", 1, 9900), freight=600), (0, 1))
    page = text(main.get(f"/m/cases/{kept}"))
    for words in ("部分取消", "取消 1 / 2 件", "停止发货 1 件", "¥100.00", "系统同意取消，全额退款"):
        assert words in page
    assert "强制退款" not in page


def form(main, case, verb):
    page = main.get(f"/m/cases/{case}/do/{verb}").content.decode()
    return {name: hidden(page.split('id="do"')[1], name) for name in ("command_id", "version")}


def test_answers_are_given_by_their_forms_and_the_next_of_the_list_opens(main, clean):
    first, second = opened(clean, unshipped(clean)), opened(clean, unshipped(clean))
    done = main.post(f"/m/cases/{first}/do/approve_cancellation", {**form(main, first, "approve_cancellation"), "words": "已取消", "q": "cancel-review"})
    assert done.status_code == 303
    assert f"/m/cases/{second}?q=cancel-review" in done["Location"]
    assert clean.row(first, "state, granted_minor") == ("refunding", 19900)
    wrong = main.post(f"/m/cases/{second}/do/reject_cancellation", {**form(main, second, "reject_cancellation"), "reason": "", "words": "客户同意"})
    assert wrong.status_code == 422
    assert "请填写“不通过原因”" in text(wrong)
    assert "客户同意" in text(wrong)
    refused = main.post(f"/m/cases/{second}/do/approve_return", {"command_id": "01a20300-0000-7000-8000-000000000001", "version": "1"})
    assert refused.status_code in (409, 422)
    assert clean.row(second, "state")[0] == "reviewing"


@pytest.mark.parametrize(("verb", "fields", "state"), [
    ("approve_cancellation", {"words": "好的"}, "refunding"), ("reject_cancellation", {"reason": "buyer_agreed", "words": "客户同意签收"}, "rejected"),
    ("follow_up_parcel", {"words": ""}, "logistics_follow_up"), ("approve_and_intercept", {"words": ""}, "intercepting"),
])
def test_many_are_answered_at_once_and_what_does_not_fit_says_why(main, clean, verb, fields, state):
    kept, sent = opened(clean, unshipped(clean)), opened(clean, on_the_way(clean))
    page = main.post("/m/batch/look", {"queue": "cancel-review", "query": "", "case": [kept, sent], "command": verb}).content.decode()
    assert "跳过" in page or verb == "reject_cancellation"
    started = main.post("/m/batch/start", {
        "batch": hidden(page, "batch"), "command": verb, "queue": "cancel-review", "query": "", "cases": f"{kept},{sent}", **fields,
    })
    assert started.status_code == 302, started.content.decode()[:300]
    fits = {"approve_cancellation": [kept], "reject_cancellation": [kept, sent]}.get(verb, [sent])
    assert [case for case in (kept, sent) if clean.row(case, "state")[0] == state] == fits
    assert main.get(started["Location"]).status_code == 200
    results = main.get(f"/m/batch/{hidden(page, 'batch')}")
    assert clean.row(kept, "number")[0] in text(results)


def test_a_verb_of_service_orders_cannot_be_said_to_cancellations(main, clean):
    case = opened(clean, unshipped(clean))
    assert main.post("/m/batch/look", {"queue": "cancel-review", "query": "", "case": [case], "command": "approve_return"}).status_code == 422
    assert main.get("/m/q/review").content.decode().count(clean.row(case, "number")[0]) == 0


def test_claiming_ten_needs_the_right_for_this_kind(main, client, house, shop, clerk, clean):
    case = opened(clean, unshipped(clean))
    grant(house, shop, clerk, "read", "service_order.claim")
    page = enter(client, house, clerk).get("/m/q/cancel-review").content.decode()
    assert "领取 10 单" not in page
    refused = client.post("/m/batch/take", {"batch": "01a20300-0000-7000-8000-00000000000a", "queue": "cancel-review", "query": ""})
    assert refused.status_code == 403
    grant(house, shop, clerk, "cancellation.claim")
    taken = enter(client, house, clerk).post("/m/batch/take", {"batch": "01a20300-0000-7000-8000-00000000000b", "queue": "cancel-review", "query": ""})
    assert taken.status_code == 302
    assert clean.row(case, "assignee::text")[0] == clerk.id


def test_a_number_is_found_in_the_command_bar_and_leads_to_its_page(main, clean):
    case = opened(clean, unshipped(clean))
    number = clean.row(case, "number")[0]
    (found,) = main.get(f"/m/find?q={number}", headers={"Accept": "application/json"}).json()["items"]
    assert (found["href"], number in found["words"], "待审核" in found["words"]) == (f"/m/cases/{case}", True, True)


def number_of(desk, order):
    return desk.all("select number from orders where id = %s", order)[0][0]


def test_staff_cancel_for_a_buyer_on_the_phone_and_delete_a_cash_order(main, clean):
    order = unshipped(clean, ("CUP", 3, 30000), receiver="周小满")
    page = main.get(f"/m/orders/{order}").content.decode()
    assert f'href="/m/orders/{number_of(clean, order)}/cancel"' in page
    asked = main.get(f"/m/orders/{number_of(clean, order)}/cancel").content.decode()
    assert "代客户 周** 申请取消" in asked
    assert "删单申请" not in asked
    line = clean.lines[order][0]
    sent = main.post(f"/m/orders/{number_of(clean, order)}/cancel", {
        "command_id": hidden(asked, "command_id"), "what": "part", f"on-{line}": "1", f"n-{line}": "2", "reason": "changed_mind", "words": "电话里说的",
    })
    case = sent["Location"].split("/m/cases/")[1]
    assert clean.row(case, "source, type, quantity") == ("staff", "part", 2)
    cash = clean.order(("CUP", 1, 0), received=False, state="preparing", delivered_at=None)
    asked = main.get(f"/m/orders/{number_of(clean, cash)}/cancel").content.decode()
    assert "联系不上客户" in asked
    sent = main.post(f"/m/orders/{number_of(clean, cash)}/cancel", {"command_id": hidden(asked, "command_id"), "what": "deletion", "deletion_reason": "unreachable"})
    case = sent["Location"].split("/m/cases/")[1]
    assert clean.row(case, "source, type, reason") == ("staff", "deletion", "unreachable")
    page = text(main.get(f"/m/cases/{case}"))
    assert "删单申请" in page
    assert "系统同意删单" in page
    assert "强制退款" not in page
    after = clean.order(("CUP", 1, 9900))
    assert main.get(f"/m/orders/{number_of(clean, after)}/cancel").status_code == 409
    before = main.get(f"/m/orders/{number_of(clean, unshipped(clean))}/apply")
    assert before.status_code in (200, 409)


def test_the_history_of_a_cancellation_names_reasons_and_why_a_clock_acted(main, clean):
    from amends.engine.ringing import ring

    case = opened(clean, unshipped(clean), reason="wrong_order")
    clean.now = clean.row(case, "due_at")[0] + timedelta(seconds=1)
    assert ring(clean.pool, clean.merchant, clean.now)
    page = text(main.get(f"/m/cases/{case}"))
    assert "申请取消：整单取消 · 拍错、多拍 · 2 件" in page
    assert "系统同意取消并退款" in page
    assert "“审核取消”时限" in page
    assert "客户期望" not in page
