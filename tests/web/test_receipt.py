"""The warehouse: a scan leads to the receipt, one after another; what matches nothing is kept and matched; both hands of the phone (UI-3, SO-13 … SO-15)."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from amends.core.verbs import buyer as b
from amends.core.verbs import desk as d
from amends.core.verbs import review as v
from amends.engine.application import Application, Item
from amends.engine.ids import new_id
from amends.engine.intake import apply_for
from tests.shop import CARRIER, LIN
from tests.web.case_cast import grant, leaking_cup, picture, say, stock_shop
from tests.web.conftest import enter, walk_in

GOOD = {"received": "1", "condition": "good", "packaging": "intact", "appearance": "intact", "function": "normal", "accessories": "complete", "disposition": "sale"}


@pytest.fixture(scope="module")
def goods(house, shop):
    return stock_shop(house, shop)


@pytest.fixture
def hands(client, house, shop, clerk):
    """A warehouse hand: may register receipts and raise discrepancies, and nothing else."""
    grant(house, shop, clerk, "read", "service_order.register_receipt", "service_order.raise_discrepancy")
    return enter(client, house, clerk)


def on_the_way(goods, waybill, *, signed=True):
    case = leaking_cup(goods, photos=1)
    say(goods, case, v.ApproveReturn())
    say(goods, case, b.ShipBack("顺丰", waybill), LIN)
    if signed:
        say(goods, case, d.ParcelSigned(waybill), CARRIER)
    return case


def hidden(text, name):
    return re.search(rf'name="{name}" value="([^"]*)"', text)[1]


def register(client, case, **changed):
    """The form as it stands, sent with what was changed."""
    text = client.get(f"/w/{case}").content.decode()
    body = {**GOOD, "command_id": hidden(text, "command_id"), "version": hidden(text, "version"), **changed}
    return client.post(f"/w/{case}", body)


@pytest.mark.parametrize("what", ["waybill", "number", "order", "phone_end", "phone"])
def test_a_scan_of_anything_written_on_the_parcel_finds_the_case(hands, goods, what):
    waybill = f"SF{uuid.uuid4().int % 10**10}"
    case = on_the_way(goods, waybill)
    number, order = goods.all("select c.number, o.number from cases c join orders o on o.id = c.order_id where c.id = %s", case)[0]
    scanned = {"waybill": waybill, "number": number.lower(), "order": order, "phone_end": "0071", "phone": "13812340071"}[what]
    answer = hands.get("/w/", {"s": scanned})
    if answer.status_code == 302:
        assert answer["Location"].startswith(f"/w/{case}")
    else:
        assert f"/w/{case}" in answer.content.decode()


def test_a_receipt_is_registered_and_the_scanner_is_ready_again(hands, goods):
    case = on_the_way(goods, "SF90001")
    answer = register(hands, case, note="外箱湿")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (303, "/w/")
    assert goods.row(case, "state, quantity_received, parcel_state") == ("processing", 1, "registered")
    assert goods.all("select outcome, note, inspector_name from receipts where case_id = %s", case) == [("good", "外箱湿", "知夏")]
    assert "已登记收货" in hands.get(answer["Location"]).content.decode()
    assert 'autofocus' in hands.get("/w/").content.decode()


def test_a_double_click_with_a_photo_registers_once(hands, goods):
    case = on_the_way(goods, "SF90002")
    text = hands.get(f"/w/{case}").content.decode()
    body = {**GOOD, "command_id": hidden(text, "command_id"), "version": hidden(text, "version")}
    answers = [hands.post(f"/w/{case}", {**body, "photos": SimpleUploadedFile("a.jpg", picture(), "image/jpeg")}) for _ in range(2)]
    assert [a.status_code for a in answers] == [303, 303]
    assert len(goods.all("select 1 from receipts where case_id = %s", case)) == 1
    assert goods.all("select count(*) from files where case_id = %s and uploaded_by <> 'buyer-lin'", case) == [(1,)]


def test_too_many_pieces_are_refused_beside_the_field_and_the_photo_is_kept(hands, goods):
    case = on_the_way(goods, "SF90003")
    answer = register(hands, case, received="3", note="三件", photos=SimpleUploadedFile("a.png", picture(kind="PNG"), "image/png"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "多出的请登记为无主件" in text
    assert "三件" in text
    kept = re.findall(r'name="photos_kept" value="([^"]+)"', text)
    assert len(kept) == 1
    again = hands.post(f"/w/{case}", {**GOOD, "command_id": hidden(text, "command_id"), "version": hidden(text, "version"), "photos_kept": kept})
    assert again.status_code == 303
    assert goods.all("select file_ids::text[] from receipts where case_id = %s", case) == [(kept,)]


def test_a_file_that_is_no_picture_and_one_too_large_are_told_in_words(hands, goods):
    case = on_the_way(goods, "SF90004")
    assert "只能上传 JPEG、PNG 或 WebP" in register(hands, case, photos=SimpleUploadedFile("a.jpg", b"%PDF-1.7", "image/jpeg")).content.decode()
    answer = register(hands, case, photos=SimpleUploadedFile("a.jpg", bytes(1_400_000), "image/jpeg"))
    assert "图片需小于 800 KB，这张 1.3 MB，可压缩后重传" in answer.content.decode()
    assert goods.row(case, "state") == ("in_transit",)


def test_short_goods_lead_to_telling_the_buyer(hands, goods):
    case = on_the_way(goods, "SF90005")
    answer = register(hands, case, condition="wrong_item", disposition="quarantine")
    assert answer["Location"].startswith(f"/w/{case}/differs")
    text = hands.get(answer["Location"]).content.decode()
    assert "只按收到的退款" in text
    told = hands.post(f"/w/{case}/differs", {"difference": "wrong_item", "words": "寄回的是玻璃杯，见照片", "command_id": hidden(text, "command_id"), "version": hidden(text, "version")})
    assert told.status_code == 303
    assert goods.row(case, "state") == ("awaiting_buyer",)


def test_damage_that_the_buyer_complained_of_is_no_difference(hands, goods):
    case = on_the_way(goods, "SF90015")
    assert register(hands, case, condition="damaged", appearance="damaged", disposition="quarantine")["Location"].startswith("/w/?done=")
    assert "收到的与申请不符" not in hands.get(f"/m/cases/{case}").content.decode()


def test_two_cases_of_one_parcel_come_one_after_another(hands, goods):
    order = goods.order(("CUP", 1, 13900), ("CUP-BLACK", 1, 13900))
    items = [Item(line, 1, "return", "no_reason", "不合适") for line in goods.lines[order]]
    first, second = [c.case_id for c in apply_for(goods.pool, goods.merchant, Application(order, items), LIN, goods.now, new_id()).cases]
    for case in (first, second):
        say(goods, case, v.ApproveReturn())
        say(goods, case, b.ShipBack("顺丰", "SF90006"), LIN)
    listed = hands.get("/w/", {"s": "SF90006"}).content.decode()
    assert f"/w/{first}" in listed
    assert f"/w/{second}" in listed
    assert "继续同包裹的下一单" in hands.get(f"/w/{first}").content.decode()
    assert register(hands, first)["Location"].startswith(f"/w/{second}")
    assert register(hands, second)["Location"].startswith("/w/?")


def test_what_matches_nothing_is_kept_then_matched_and_registered(hands, goods):
    assert "没有服务单对得上" in hands.get("/w/", {"s": "YT404"}).content.decode()
    form = hands.get("/w/unclaimed/new", {"s": "YT404"}).content.decode()
    assert 'value="YT404"' in form
    body = {"once": hidden(form, "once"), "waybill": "YT404", "carrier": "圆通", "phone": "13800000071", "description": "手写“周”"}
    answers = [hands.post("/w/unclaimed/new", {**body, "photos": SimpleUploadedFile("a.jpg", picture(), "image/jpeg")}) for _ in range(2)]
    assert [a.status_code for a in answers] == [303, 303]
    kept = goods.all("select id::text from unclaimed_parcels where waybill = 'YT404'")
    assert len(kept) == 1
    case = leaking_cup(goods, photos=1)
    say(goods, case, v.ApproveReturn())
    number = goods.row(case, "number")[0]
    assert "YT404" in hands.get("/w/unclaimed").content.decode()
    page = hands.get(f"/w/unclaimed/{kept[0][0]}", {"s": number}).content.decode()
    assert number in page
    assert "13800000071" not in page, "a sender's phone is masked"
    answer = hands.post(f"/w/unclaimed/{kept[0][0]}", {"case": case, "s": number})
    assert answer["Location"].startswith(f"/w/{case}")
    assert goods.all("select matched_case_id::text from unclaimed_parcels where id = %s", kept[0][0]) == [(case,)]
    assert goods.all("select waybill, direction from parcels where case_id = %s", case) == [("YT404", "back")]
    assert hands.get(f"/w/unclaimed/{kept[0][0]}").status_code == 404, "it no longer waits"
    assert register(hands, case).status_code == 303


def test_an_unclaimed_parcel_says_something_and_never_goes_to_a_case_that_does_not_wait(hands, goods):
    empty = hands.post("/w/unclaimed/new", {"once": new_id(), "carrier": "圆通"})
    assert empty.status_code == 422
    assert "请至少填写" in empty.content.decode()
    assert hands.post("/w/unclaimed/new", {"once": new_id(), "description": "没有面单"}).status_code == 303
    parcel = goods.all("select id::text from unclaimed_parcels where description = '没有面单'")[0][0]
    reviewing = leaking_cup(goods, photos=1)
    assert hands.post(f"/w/unclaimed/{parcel}", {"case": reviewing}).status_code == 422
    assert hands.post(f"/w/unclaimed/{parcel}", {"case": "nonsense"}).status_code == 422


def test_who_lacks_the_permission_is_told_which(client, house, operator, shop, goods):
    from amends.engine import people

    other = people.make_person(house.pool, people.By(shop.actor()), f"no-{uuid.uuid4().hex[:6]}@chengwu.test", "新人", house.clock.now(), password="Correct-Horse-7")
    answer = enter(client, house, other).get("/w/")
    assert answer.status_code == 403
    assert "收货-收货登记" in answer.content.decode()


def test_signed_and_not_registered_is_warned_about(hands, goods):
    on_the_way(goods, "SF90007")
    text = hands.get("/w/").content.decode()
    assert "已签收未登记" in text
    assert "已签收" in text


def test_a_scanner_and_one_hand_on_a_phone(page, site, goods, house, shop, clerk):
    grant(house, shop, clerk, "read", "service_order.register_receipt", "service_order.raise_discrepancy")
    case = on_the_way(goods, "JD555001")
    page.set_viewport_size({"width": 390, "height": 844})
    walk_in(page, site, clerk.email, "/w/")
    page.keyboard.type("JD555001\n", delay=5)
    page.wait_for_url(f"**/w/{case}**")
    small = page.evaluate(
        "[...document.querySelectorAll('.ph-in :is(button, .seg label, select, input:not([type=hidden]):not([type=radio]):not(.visually-hidden)), .ph-f button')]"
        ".filter(e => !e.closest('.prefs') && e.checkVisibility()).map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height]).filter(([, h]) => h < 44)"
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"
    page.get_by_text("故障", exact=True).click()
    assert page.locator("select[name=condition]").input_value() == "damaged", "the finding follows"
    assert page.locator("input[name=disposition]:checked").input_value() == "quarantine"
    page.get_by_text("隔离").wait_for()
    page.locator("#effect", has_text="隔离").wait_for()
    page.get_by_role("button", name="登记并扫下一件").click()
    page.wait_for_url(lambda url: url.split("?")[0].endswith("/w/"))
    page.get_by_text("已登记收货").wait_for()
    assert goods.row(case, "state") == ("processing",)


def test_registering_works_without_scripts(browser, site, goods, house, shop, clerk):
    case = on_the_way(goods, "JD555002")
    context = browser.new_context(java_script_enabled=False, locale="zh-CN", viewport={"width": 390, "height": 844})
    page = context.new_page()
    walk_in(page, site, shop.email, "/w/")
    page.locator("#s").fill("JD555002")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/w/{case}**")
    page.get_by_role("button", name="登记并扫下一件").click()
    page.wait_for_url("**/w/?done=**")
    assert goods.row(case, "state") == ("processing",)
    context.close()
