"""Files brought to a form that is not sent yet stay with its draft: through a reload and in another browser, drawn again as uploads are, and gone with the draft (UI-1a)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from amends.core.verbs import dispute as v
from amends.engine import buyers, drafts
from amends.engine.application import Item
from amends.engine.evidence_files import take_evidence
from amends.engine.ids import new_id
from amends.engine.photos import remove_unsent
from amends.engine.ringing import ring
from amends.web.buyer import wish as wishes
from tests.engine.test_evidence_files import paper
from tests.shop import Shop
from tests.web.case_cast import leaking_cup, photo, picture, stock_shop
from tests.web.conftest import enter
from tests.web.disputes_cast import refused_return, say
from tests.web.test_tickets import opened

WORDS = {"evidence": "inspection_report", "words": "检测报告在路上"}


@pytest.fixture(scope="module")
def goods(house: Any, shop: Any) -> Shop:
    made = stock_shop(house, shop)
    made.now = house.clock.now()
    return made


@pytest.fixture
def evidence(goods: Shop) -> str:
    """The address of the form in which the merchant files evidence."""
    made = refused_return(goods)
    say(goods, made.case_id, v.AskForJudgement(ground="no_defect", words="检测合格"))
    return f"/m/cases/{made.case_id}/do/add_evidence"


def body(answer: Any) -> str:
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def ids(page: str, name: str = "photos_kept") -> list[str]:
    return re.findall(rf'name="{name}" value="([0-9a-f-]{{36}})" checked', page)


def bring(client: Any, where: str, *files: bytes, **more: Any) -> Any:
    """What the script sends when files are chosen."""
    sent = [SimpleUploadedFile(f"{n}.bin", data) for n, data in enumerate(files)]
    return client.post(where, {"photos_here": "1", "draft_file": "photos", "command_id": new_id(), "photos": sent, **more}, headers={"X-Requested-With": "draft"})


def there(goods: Shop, file: str) -> list[tuple]:
    return goods.all("select case_id::text, media_type from files where id = %s", file)


def test_files_of_a_merchants_draft_stay_and_are_sent(house, client, goods, shop, evidence):
    enter(client, house, shop)
    first = ids(body(bring(client, f"{evidence}/draft", picture((1, 2, 3)), **WORDS)))
    both = ids(body(bring(client, f"{evidence}/draft", paper(), photos_kept=first, **WORDS)))
    assert both[:1] == first
    assert len(both) == 2
    assert there(goods, both[0])[0][1] == "image/jpeg"
    assert b"Exif" not in goods.all("select bytes from files where id = %s", both[0])[0][0]
    elsewhere = enter(Client(**client.defaults), house, shop)
    page = body(elsewhere.get(evidence))
    assert ids(page) == both
    assert "检测报告在路上" in page
    assert elsewhere.get(f"/files/{both[1]}").status_code == 200
    assert ids(body(elsewhere.get(f"{evidence}?evidence=goods_photo"))) == both, "another kind is asked for, the files stay"
    case = evidence.split("/")[3]
    sent = elsewhere.post(evidence, {**WORDS, "command_id": new_id(), "version": goods.row(case, "version")[0], "photos_kept": both})
    assert sent.status_code == 303, sent.content.decode()[:800]
    assert goods.all("select count(*)::int from evidence where case_id = %s and file_id = any(%s::uuid[])", case, both) == [(2,)]
    assert [there(goods, f)[0][0] for f in both] == [case, case], "what is sent stays when the draft goes"
    assert drafts.load(goods.pool, goods.merchant, shop.id, case) == {}


def test_what_is_taken_out_or_refused(house, client, goods, shop, evidence):
    enter(client, house, shop)
    no = bring(client, f"{evidence}/draft", b"MZ not a picture", **WORDS)
    assert (no.status_code, "只收图片" in no.content.decode()) == (422, True)
    assert "检测报告在路上" in body(client.get(evidence)), "the words are kept all the same"
    one, two = ids(body(bring(client, f"{evidence}/draft", picture((9, 9, 9)), paper(2), **WORDS)))
    assert client.post(f"{evidence}/draft", {"photos_here": "1", "photos_kept": [two], **WORDS}).status_code == 204
    assert ids(body(client.get(evidence))) == [two]
    assert client.post(f"{evidence}/draft", WORDS | {"words": "只有话"}).status_code == 204
    assert ids(body(client.get(evidence))) == [two], "a form that does not show files leaves them"
    case = evidence.split("/")[3]
    refused = client.post(evidence, {"evidence": "inspection_report", "words": "", "command_id": new_id(), "version": goods.row(case, "version")[0], "photos_kept": [two], "photos": SimpleUploadedFile("a.pdf", paper(3))})
    assert refused.status_code == 422
    assert len(ids(refused.content.decode())) == 2
    assert len(ids(body(client.get(evidence)))) == 2, "without a script they come with the form, and stay when it is refused"
    assert there(goods, one), "taken out, it waits for the cleaning of unsent files"


def test_a_draft_names_only_own_files_that_are_free(house, client, goods, shop, evidence):
    enter(client, house, shop)
    theirs, sent = take_evidence(goods.pool, goods.merchant, paper(4), "somebody", goods.now), photo(goods, by=shop.id)
    goods.all("update files set case_id = %s where id = %s returning 1", evidence.split("/")[3], sent)
    assert client.post(f"{evidence}/draft", {"photos_here": "1", "photos_kept": [theirs, sent, new_id()], **WORDS}).status_code == 204
    assert ids(body(client.get(evidence))) == []
    drafts.drop(goods.pool, goods.merchant, shop.id, evidence.split("/")[3])
    assert there(goods, str(theirs))
    assert there(goods, sent)


def test_files_go_with_their_draft_and_stay_as_long_as_it_does(house, client, goods, shop, evidence):
    enter(client, house, shop)
    case = evidence.split("/")[3]
    [file] = ids(body(bring(client, f"{evidence}/draft", paper(5), **WORDS)))
    now = house.clock.now()
    remove_unsent(goods.pool, now + timedelta(days=3))
    assert there(goods, file), "a draft's file is not unsent"
    assert client.post(f"{evidence}/draft", {"photos_here": "1", "evidence": "", "words": ""}).status_code == 204
    assert there(goods, file) == [], "emptied, the draft is dropped, and its file with it"
    [file] = ids(body(bring(client, f"{evidence}/draft", paper(6), **WORDS)))
    remove_unsent(goods.pool, now + timedelta(days=31))
    assert there(goods, file) == []
    kept = drafts.load(goods.pool, goods.merchant, shop.id, case)["add_evidence"]
    assert (kept.files, kept.body["words"]) == ([], WORDS["words"]), "what was typed stays"


def test_a_buyer_finds_the_evidence_brought_before(house, client, goods):
    made = refused_return(goods, demand="refund")
    number = goods.row(made.case_id, "number")[0]
    client.get(f"/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', house.clock.now())}")
    where = f"/b/cases/{number}/add_evidence"
    page = body(client.get(where))
    typed = re.search(r'data-typed="([^"]+)"', page).group(1)
    kept = ids(body(bring(client, typed, picture((4, 4, 4)), evidence="goods_photo", words="漏水的照片")), "photos_keep")
    page = body(client.get(where))
    assert "漏水的照片" in page
    assert ids(page, "photos_keep") == kept
    done = client.post(where, {"command_id": new_id(), "version": goods.row(made.case_id, "version")[0], "evidence": "goods_photo", "words": "漏水的照片", "photos_keep": kept})
    assert done.status_code == 302, done.content.decode()[:500]
    assert there(goods, kept[0])[0][0] == made.case_id


def test_a_buyer_opens_a_dispute_with_what_was_brought_before(house, client, goods):
    order = goods.order(("CUP", 1, 13_900))
    number = goods.all("select number from orders where id = %s", order)[0][0]
    client.get(f"/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', house.clock.now())}")
    chosen = {"case": order, "scenario": "goods_quality", "demand": "refund", "amount": "100"}
    kept = ids(body(bring(client, f"/b/orders/{number}/dispute/typed", picture((5, 5, 5)), words="裂了", **chosen)), "photos_keep")
    assert ids(body(client.get(f"/b/orders/{number}/dispute/why", chosen)), "photos_keep") == kept
    sent = client.post(f"/b/orders/{number}/dispute/why", {**chosen, "words": "裂了", "command_id": new_id(), "photos_keep": kept})
    assert sent.status_code == 302, sent.content.decode()[:500]
    assert there(goods, kept[0])[0][0] is not None


def test_the_platforms_ticket_keeps_its_documents(house, client, goods, operator):
    ticket = opened(goods, house, ago=25 * 60)
    for hours in (0, 4, 25):
        ring(house.pool, goods.merchant, goods.now + timedelta(hours=hours))
    goods.now = house.clock.now()
    enter(client, house, operator)
    where = f"/p/tickets/{goods.merchant}/{ticket.ticket_id}"
    draft = re.search(r'data-draft="([^"]+/draft/decide_ticket)"', body(client.get(where))).group(1)
    kept = ids(body(bring(client, draft, paper(7), words="先存着")))
    page = body(client.get(where))
    assert ids(page) == kept
    assert "先存着" in page
    new = "/p/tickets/new/draft"
    mine = ids(body(bring(client, new, paper(8), merchant=goods.merchant, origin="complaint", words="新工单")))
    assert ids(body(client.get(f"/p/tickets/new?merchant={goods.merchant}"))) == mine


def test_evidence_the_platform_files_for_a_side_waits_at_the_desk(house, client, goods, operator):
    made = refused_return(goods)
    say(goods, made.case_id, v.AskForJudgement(ground="no_defect", words="检测合格"))
    enter(client, house, operator)
    where = f"/p/disputes/{goods.merchant}/{made.case_id}"
    kept = ids(body(bring(client, f"{where}/draft/add_evidence", paper(9), evidence="carrier_statement", words="承运商回函")))
    page = body(client.get(f"{where}?do=add_evidence"))
    assert ids(page) == kept
    assert "承运商回函" in page
    sent = client.post(f"{where}/do/add_evidence", {"evidence": "carrier_statement", "words": "承运商回函", "command_id": new_id(), "version": goods.row(made.case_id, "version")[0], "photos_kept": kept})
    assert sent.status_code == 303
    assert there(goods, kept[0])[0][0] == made.case_id
    assert goods.all("select 1 from drafts where case_id = %s", made.case_id) == []


def test_a_changed_application_keeps_its_photos_beside_what_is_brought(house, client, goods):
    case = leaking_cup(goods, 1)
    number, [own] = goods.row(case, "number, facts -> 'photos'")
    client.get(f"/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', house.clock.now())}")
    where = f"/b/cases/{number}/change_application"
    assert ids(body(client.get(where)), "photos_keep") == [own]
    both = ids(body(bring(client, f"{where}/typed", picture((7, 7, 7)), photos_keep=[own], description="又裂了一点")), "photos_keep")
    assert both[0] == own
    assert ids(body(client.get(where)), "photos_keep") == both


def test_photos_of_an_application_that_is_not_sent_wait_with_it(house, client, goods):
    order, now = goods.order(("CUP", 1, 13_900)), house.clock.now()
    brought = photo(goods, (8, 8, 8))
    wish = wishes.Wish(items=[Item(goods.lines[order][0], 1, "return", "quality_fault", "裂了", [brought])])
    wishes.save(house.pool, goods.merchant, "buyer:buyer-lin", order, wish, now)
    remove_unsent(house.pool, now + timedelta(days=3))
    assert there(goods, brought)
    assert wishes.load(house.pool, goods.merchant, "buyer:buyer-lin", order).items[0].photos == [brought]
