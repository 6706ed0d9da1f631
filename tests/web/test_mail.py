"""The platform's pages of mail, and the merchant's contact address (TI-4, UI-5)."""

from __future__ import annotations

import html
from typing import Any

import pytest

from amends.engine.house import House
from amends.engine.mail_keeping import keep
from amends.worker import mail_reading
from amends.worker.mail_placing import place_kept
from tests.mail_house import letter, rows
from tests.mail_servers import PASSWORD as MAIL_PASSWORD
from tests.mail_servers import USER, ImapBox, Post, imap, post
from tests.web.conftest import enter, walk_in

__all__ = ["imap", "post"]


def new(client: Any, **given: Any) -> Any:
    """Add a mailbox by its form."""
    fields = {"address": "help@shop.test", "way": "pipe", "imap_security": "tls", "smtp_security": "tls"} | given
    return client.post("/p/mail/boxes/new", fields)


def placed(house: House) -> None:
    while place_kept(house):
        pass


@pytest.fixture
def desk(client, house, operator):
    return enter(client, house, operator)


@pytest.mark.parametrize(("given", "sentence"), [
    pytest.param({"address": "not an address"}, "不是邮箱地址", id="address"),
    pytest.param({"way": "none"}, "既不收也不发", id="nothing"),
    pytest.param({"way": "imap", "imap_host": "https://imap.x"}, "请填写服务器名称", id="host"),
    pytest.param({"way": "imap", "imap_host": "imap.x", "imap_security": "plain"}, "不加密只允许连接本机", id="plain"),
    pytest.param({"way": "imap", "imap_host": "imap.x"}, "请填写登录用户名", id="user"),
    pytest.param({"way": "imap", "imap_host": "imap.x", "imap_user": "u"}, "请填写密码", id="password"),
    pytest.param({"smtp_host": "smtp.x", "smtp_port": "70000"}, "端口应为", id="port"),
    pytest.param({"merchant": "00000000-0000-0000-0000-00000000abcd"}, "属于平台还是哪个商家", id="whose"),
])
def test_a_mailbox_that_cannot_be_is_refused_beside_its_field(desk, given, sentence):
    answer = new(desk, name="青禾售后", **given)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert sentence in page.split('class="wrong"')[1]
    assert 'value="青禾售后"' in page


def test_a_mailbox_is_added_tried_changed_and_its_password_never_comes_back(desk, house, imap: ImapBox, post: Post):
    secret = "Zz-never-shown-9"
    given = {"way": "imap", "imap_host": "127.0.0.1", "imap_security": "plain", "imap_port": str(imap.port), "imap_user": USER, "imap_password": secret,
             "smtp_host": "localhost", "smtp_security": "plain", "smtp_port": str(post.port), "smtp_user": USER, "smtp_password": MAIL_PASSWORD}
    made = new(desk, address="one@shop.test", **given)
    assert made.status_code == 302
    where = made.headers["Location"].split("?")[0]
    assert "正在测试" in desk.get(where).content.decode()
    mail_reading.turn(house)
    page = desk.get(where + "/state").content.decode()
    assert ("登录被拒绝" in page, "连接正常" in page, "hx-get" in page) == (True, True, False)
    assert desk.post(where, {"address": "one@shop.test", **given, "imap_password": MAIL_PASSWORD, "smtp_password": ""}).status_code == 302
    mail_reading.turn(house)
    assert desk.get(where + "/state").content.decode().count("连接正常") == 2
    seen = "".join(desk.get(url).content.decode() for url in (where, "/p/mail/boxes", where + "/state"))
    assert secret not in seen
    assert MAIL_PASSWORD not in seen
    assert "one@shop.test 已经添加过" in html.unescape(new(desk, address="one@shop.test").content.decode())
    assert desk.post(where + "/switch", {"active": "0"}).status_code == 302
    assert "已停用" in desk.get("/p/mail/boxes").content.decode()


def test_mail_without_a_place_is_placed_or_set_aside_with_a_reason(desk, house, shop):
    new(desk, address="open@platform.test")
    [(box,)] = rows(house.pool, "select id::text from mailboxes where address = 'open@platform.test'")
    for n in (1, 2):
        keep(house.pool, box, letter("open@platform.test", f"第{n}封 <script>", subject=f"问询{n}"), house.clock.now())
    placed(house)
    page = desk.get("/p/mail/open").content.decode()
    assert ("问询1" in page, "&lt;script&gt;" in page, "<script>alert" in page, "对不上任何工单" in page) == (True, True, False, True)
    ids = [r[0] for r in rows(house.pool, "select id::text from mails where mailbox_id = %s order by subject", box)]
    refused = desk.post(f"/p/mail/{ids[0]}/place", {"merchant": shop.merchant_id, "number": "T-2026-000777", "side": "other_side"})
    assert (refused.status_code, "没有编号为 T-2026-000777 的工单" in refused.content.decode(), 'value="T-2026-000777"' in refused.content.decode()) == (422, True, True)
    assert desk.post(f"/p/mail/{ids[0]}/place", {"merchant": shop.merchant_id, "number": "", "side": "other_side"}).status_code == 302
    assert desk.post(f"/p/mail/{ids[1]}/aside", {"reason": ""}).status_code == 422
    assert desk.post(f"/p/mail/{ids[1]}/aside", {"reason": "广告"}).status_code == 302
    listed = desk.get("/p/mail").content.decode()
    assert ("T-20" in listed, "平平：广告" in listed) == (True, True)
    original = desk.get(f"/p/mail/{ids[0]}/original")
    assert (original.headers["Content-Disposition"].startswith("attachment"), b"Message-ID" in original.content) == (True, True)
    assert "没有待归位的邮件" in desk.get("/p/mail/open").content.decode()
    for query in ("direction=in&status=placed", "words=问询1", "merchant=" + shop.merchant_id, "after=nonsense", "status=x"):
        assert desk.get("/p/mail?" + query).status_code == 200


def test_a_mail_that_was_not_delivered_says_so_on_the_ticket_for_both_sides(client, house, shop, operator):
    enter(client, house, operator)
    new(client, address="kefu@chengwu.test", merchant=shop.merchant_id)
    [(box,)] = rows(house.pool, "select id::text from mailboxes where address = 'kefu@chengwu.test'")
    keep(house.pool, box, letter("kefu@chengwu.test", "商品漏水"), house.clock.now())
    placed(house)
    [(ticket,)] = rows(house.pool, "select case_id::text from mails where mailbox_id = %s", box)
    rows(
        house.pool, "insert into mails (merchant_id, id, direction, status, key, case_id, recipient, subject, told, at) values (%s, gen_random_uuid(), 'out', 'bounced', 'k', %s, 'kf@platform.test', '答复',"
        " '550 5.1.1 no such user', now()) returning 1", shop.merchant_id, ticket,
    )
    for person, address in ((operator, f"/p/tickets/{shop.merchant_id}/{ticket}"), (shop, f"/m/cases/{ticket}")):
        enter(client, house, person)
        page = client.get(address).content.decode()
        assert ("未送达" in page, "550 5.1.1 no such user" in page, "/p/mail/" in page) == (True, True, person is operator), address


def test_nobody_else_sees_mail(client, house, shop, clerk):
    for person in (shop, clerk):
        enter(client, house, person)
        assert {client.get(url).status_code for url in ("/p/mail", "/p/mail/open", "/p/mail/boxes")} == {403}


def test_a_merchant_says_where_it_is_written_to(client, house, shop):
    enter(client, house, shop)
    assert client.post("/m/settings/mail", {"contact": "nonsense"}).status_code == 422
    assert client.post("/m/settings/mail", {"contact": " Kefu@Chengwu.test "}).status_code == 302
    assert 'value="kefu@chengwu.test"' in client.get("/m/settings/mail?done=mail").content.decode()
    assert client.post("/m/settings/mail", {"contact": ""}).status_code == 302
    assert rows(house.pool, "select 1 from merchant_mail") == []


def test_trying_a_mailbox_is_shown_without_reloading(page, site, operator, house, imap: ImapBox):
    walk_in(page, site, operator.email, "/p/mail/boxes/new")
    page.get_by_label("邮箱地址").fill("live@shop.test")
    page.get_by_label("IMAP 服务器").fill("127.0.0.1")
    page.locator("#f-imap_security").select_option("plain")
    page.locator("#f-imap_port").fill(str(imap.port))
    page.locator("#f-imap_user").fill(USER)
    page.locator("#f-imap_password").fill(MAIL_PASSWORD)
    page.get_by_role("button", name="添加并测试").click()
    page.wait_for_url("**/p/mail/boxes/*-*")
    mail_reading.turn(house)
    page.locator("#mail-state").get_by_text("连接正常").wait_for()
