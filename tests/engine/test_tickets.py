"""Tickets on the real database: opened once, clocks, turns, silence, decisions, bindings, walls (05-tickets)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from amends.core.policy import parse_pack
from amends.core.verbs import ticket as v
from amends.engine import pack_releases, pack_start, packs, suspensions
from amends.engine.audit import By
from amends.engine.dossier.copies import Copy
from amends.engine.dossier.gather import gather
from amends.engine.ids import new_id
from amends.engine.retiming import retime
from amends.engine.ringing import ring
from amends.engine.ticket import NewTicket
from amends.engine.ticket_mail import TicketMail, find, number_in, open_from_mail, outgoing, reply_from_mail, subject_of
from amends.engine.tickets import open_ticket
from amends.store import packs as pack_rows
from amends.store.connect import PLATFORM, scope
from amends.store.outbox import add_notices
from amends.store.screens.dossier import of_buyer
from amends.store.screens.queue import read_page
from amends.store.screens.queue_filter import QueueFilter
from tests.shop import LIN, NOON, open_shop


@pytest.fixture(scope="module")
def shop(pool):
    return open_shop(pool)


@pytest.fixture(autouse=True)
def noon(shop):
    shop.now = NOON


def opened(shop, by=LIN, origin="complaint", subject="quality", command=None, **more):
    if by is LIN and "number" not in more:
        more["number"] = number_of(shop, shop.order(("CUP", 1, 19900)))
    answer = open_ticket(shop.pool, shop.merchant, NewTicket(origin, subject, "杯子有裂纹", **more), by, shop.now, command or new_id())
    assert not isinstance(answer, list), [r.say("zh") for r in answer]
    return answer


def number_of(shop, order):
    return shop.all("select number from orders where id = %s", order)[0][0]


def clock_of(shop, ticket):
    return shop.all("select name, due_at, remind_at from clocks where case_id = %s", ticket)


def test_a_buyers_complaint_waits_three_hours_and_turns_red_after_two(shop):
    ticket = opened(shop)
    state, waits, due, facts = shop.row(ticket.ticket_id, "state, waits_on, due_at, facts")
    assert (state, waits, due, facts["red_at"]) == ("awaiting_merchant", "merchant", NOON + timedelta(hours=3), (NOON + timedelta(hours=2)).isoformat())
    assert clock_of(shop, ticket.ticket_id) == [("ticket_answer", NOON + timedelta(hours=3), NOON + timedelta(hours=2))]
    assert ticket.number.startswith("T-2026-")


def test_the_same_ticket_is_opened_once_by_two_at_a_time(shop):
    number, command = number_of(shop, shop.order(("CUP", 1, 19900))), new_id()
    with ThreadPoolExecutor(2) as both:
        found = list(both.map(lambda _: opened(shop, command=command, number=number), range(2)))
    assert len({t.ticket_id for t in found}) == 1
    assert sorted(t.replayed for t in found) == [False, True]


@pytest.mark.parametrize(("wish", "code"), [
    pytest.param({"subject": "anti_counterfeit"}, "ticket_subject_unknown", id="subject-of-another-origin"), pytest.param({"number": "O404"}, "ticket_number_unknown", id="no-such-number"),
    pytest.param({"number": ""}, "ticket_buyer_needed", id="buyer-without-an-order"), pytest.param({"asks": "moon"}, "not_a_choice", id="asks"),
    pytest.param({"photos": (new_id(),)}, "photo_unknown", id="photo"), pytest.param({"words": " "}, "ticket_words_missing", id="words"),
    pytest.param({"origin": "regulator"}, "ticket_origin_wrong", id="a-buyer-is-no-regulator"),
])
def test_what_is_wrong_is_refused_in_words(shop, wish, code):
    given = {"origin": "complaint", "subject": "quality", "words": "有裂纹", **wish}
    answer = open_ticket(shop.pool, shop.merchant, NewTicket(**given), LIN, shop.now, new_id())
    assert code in [r.code for r in answer]
    assert all(r.say("zh") and r.say("en") for r in answer)


def test_one_answer_a_turn_and_a_double_click_is_one(shop):
    ticket, command = opened(shop).ticket_id, new_id()
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _: shop.say(ticket, v.Reply("approve", "给您换新"), command_id=command), range(2)))
    assert sorted(a.replayed for a in answers) == [False, True]
    assert shop.row(ticket, "state, waits_on, facts ->> 'red_at'") == ("awaiting_other_side", "buyer", None)
    assert shop.say(ticket, v.Reply("reject", "再说一句")).refusal.code == "ticket_turn_over"
    assert shop.say(ticket, v.FollowUp("换新要多久"), LIN).refusal is None
    assert shop.say(ticket, v.Reply("approve", "明天寄出")).refusal is None
    assert shop.all("select turn, outcome, result, in_time from ticket_turns where case_id = %s order by turn", ticket) == [(1, "answered", "approve", True), (2, "answered", "approve", True)]
    assert [m[0] for m in shop.all("select body from messages where case_id = %s order by id", ticket)] == ["杯子有裂纹", "给您换新", "换新要多久", "明天寄出"]


def test_silence_goes_to_the_platform_with_two_workers_ringing(shop):
    ticket = opened(shop).ticket_id
    for after, state, name in ((3, "awaiting_merchant", "ticket_transfer"), (24, "transferred", "ticket_decide")):
        shop.now = NOON + timedelta(hours=after)
        with ThreadPoolExecutor(2) as both:
            list(both.map(lambda _: ring(shop.pool, shop.merchant, shop.now), range(2)))
        assert shop.row(ticket, "state")[0] == state
        assert [c[0] for c in clock_of(shop, ticket)] == [name]
    assert shop.all("select outcome, in_time, took from ticket_turns where case_id = %s", ticket) == [("transferred", False, 86400)]
    assert shop.row(ticket, "waits_on, facts -> 'against_merchant'") == ("platform", 1)
    # What the merchant was still typing comes too late, and says so.
    assert shop.say(ticket, v.Reply("approve", "正要回复")).refusal.code == "ticket_transferred"
    assert shop.say(ticket, v.HandBack("请尽快答复"), shop.arbiter).refusal is None
    assert shop.row(ticket, "state, version, facts -> 'turns'")[0::2] == ("awaiting_merchant", 2)
    assert clock_of(shop, ticket)[0][:2] == ("ticket_answer", shop.now + timedelta(hours=3))


def transferred(shop, **more):
    ticket = opened(shop, **more).ticket_id
    silent(shop)
    return ticket


def test_the_platform_refunds_at_the_merchants_cost_after_three_days(shop):
    ticket = transferred(shop, asks="refund", amount=19900)
    assert shop.say(ticket, v.DecideTicket("refund", 19900, words="商家未回复，按客户诉求处理"), shop.arbiter).refusal is None
    assert shop.row(ticket, "state, waits_on") == ("transferred", "merchant")
    assert shop.say(ticket, v.RefundForMerchant(19900, "逾期"), shop.arbiter).refusal.code == "ticket_days_run"
    shop.now += timedelta(days=4)
    ring(shop.pool, shop.merchant, shop.now)
    assert shop.row(ticket, "state, waits_on, facts -> 'not_carried_out'") == ("transferred", "platform", True)
    assert shop.say(ticket, v.RefundForMerchant(19901, "逾期"), shop.arbiter).refusal.code == "refund_above_cap"
    assert shop.say(ticket, v.RefundForMerchant(19900, "逾期未执行"), shop.arbiter).refusal is None
    assert shop.row(ticket, "state, granted_minor") == ("resolved", 19900)
    assert shop.all("select sum(amount_minor) from granted_refunds where case_id = %s", ticket) == [(19900,)]
    entries = shop.all("select e.account, e.amount_minor from ledger_entries e join ledger_movements m on m.merchant_id = e.merchant_id and m.id = e.movement_id where m.case_id = %s order by 2", ticket)
    assert entries == [("merchant_settlement", -19900), ("buyer_refund", 19900)]


def test_a_ticket_without_an_order_is_bound_later(shop):
    ticket = opened(shop, shop.arbiter, "regulator", "authenticity").ticket_id
    assert shop.row(ticket, "order_id, buyer_id, facts ->> 'priority'") == (None, None, "high")
    number = number_of(shop, order := shop.order(("CUP", 1, 19900)))
    assert shop.say(ticket, v.BindTicket("O404"), shop.arbiter).refusal.code == "ticket_number_unknown"
    assert shop.say(ticket, v.BindTicket(number)).refusal is None
    assert shop.row(ticket, "order_id::text, buyer_id, facts ->> 'bound_number'") == (order, "buyer-lin", number)
    assert shop.say(ticket, v.BindTicket("")).refusal is None
    assert shop.row(ticket, "order_id, buyer_id, facts ->> 'bound_number'") == (None, "buyer-lin", "")
    assert shop.say(ticket, v.CloseTicket("已回复监管部门"), shop.arbiter).refusal.code == "ticket_document_missing"


def silent(shop):
    began = shop.now
    for after in (3, 24):
        shop.now = began + timedelta(hours=after)
        ring(shop.pool, shop.merchant, shop.now)


def mail(key="<1@market>", at=NOON, **more):
    return TicketMail(key, "service@market.example", "客户质疑真伪 [外部]", "请说明来源", at, **more)


@pytest.mark.parametrize(("sent", "due"), [
    pytest.param(datetime(2026, 3, 2, 7, 59, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC), id="before-four"),
    pytest.param(datetime(2026, 3, 2, 8, 0, tzinfo=UTC), datetime(2026, 3, 3, 10, tzinfo=UTC), id="at-four"),
])
def test_a_mail_is_a_ticket_once_and_its_clock_is_the_mails(shop, sent, due):
    shop.now = sent + timedelta(minutes=20)
    first = open_from_mail(shop.pool, shop.merchant, mail(f"<{sent}@m>", sent), shop.now, "authenticity", number="O404")
    again = open_from_mail(shop.pool, shop.merchant, mail(f"<{sent}@m>", sent), shop.now, "authenticity")
    assert (again.ticket_id, again.replayed, first.replayed) == (first.ticket_id, True, False)
    assert clock_of(shop, first.ticket_id)[0][:2] == ("ticket_mail", due)
    assert shop.row(first.ticket_id, "type, facts ->> 'turn_began'") == ("email", sent.isoformat())


def test_answers_by_mail_keep_the_turns_and_go_out_with_the_number(shop):
    ticket = open_from_mail(shop.pool, shop.merchant, mail("<2@m>"), shop.now)
    answer = reply_from_mail(shop.pool, shop.merchant, ticket.ticket_id, mail("<3@shop>", result="reject"), "merchant", shop.now)
    assert (answer.refusal, answer.state) == (None, "awaiting_other_side")
    assert reply_from_mail(shop.pool, shop.merchant, ticket.ticket_id, mail("<3@shop>", result="reject"), "merchant", shop.now).replayed
    assert reply_from_mail(shop.pool, shop.merchant, ticket.ticket_id, mail("<4@shop>"), "merchant", shop.now).refusal.code == "ticket_turn_over"
    (body,) = (row[0] for row in shop.all("select body from outbox where case_id = %s and effect = 'mail_ticket' and body ->> 'to' = 'other_side'", ticket.ticket_id))
    told = outgoing(shop.pool, shop.merchant, body)
    assert (told.number, told.address, told.words, told.result) == (ticket.number, "service@market.example", "请说明来源", "reject")
    assert number_in(f"Re: {subject_of(told.number, told.title)}") == ticket.number
    assert find(shop.pool, shop.merchant, ticket.number)[:2] == (ticket.ticket_id, "awaiting_other_side")
    shop.now += timedelta(hours=1)
    assert reply_from_mail(shop.pool, shop.merchant, ticket.ticket_id, mail("<5@m>", shop.now), "other_side", shop.now).state == "awaiting_merchant"
    assert clock_of(shop, ticket.ticket_id)[0][0] == "ticket_mail"


def test_an_answer_from_a_machine_whose_clock_is_behind_is_taken(shop):
    ticket = opened(shop)
    shop.now -= timedelta(seconds=5)
    answer = shop.say(ticket.ticket_id, v.Reply("approve", "给您换新"))
    shop.now += timedelta(seconds=5)
    assert (answer.refusal, answer.state) == (None, "awaiting_other_side")
    assert shop.all("select outcome, took from ticket_turns where case_id = %s", ticket.ticket_id) == [("answered", 0)]


def test_another_merchant_sees_nothing(shop, pool):
    ticket, other = opened(shop), open_shop(pool, name="别家")
    assert find(pool, other.merchant, ticket.number) is None
    assert other.say(ticket.ticket_id, v.Reply("approve", "?")).refusal.code == "case_unknown"
    assert other.say(ticket.ticket_id, v.FollowUp("?"), LIN).refusal.code == "case_unknown"
    with scope(pool, UUID(other.merchant)) as conn:
        assert conn.execute("select count(*) from cases where kind = 'ticket'").fetchone() == (0,)
        assert conn.execute("select count(*) from ticket_turns").fetchone() == (0,)


def test_a_pack_that_fines_a_transfer_charges_the_merchants_settlement(pool):
    shop = open_shop(pool, name="罚款店")
    by, now = By(shop.arbiter), NOON
    pack_start.sync(pool, now)
    ref = packs.copy(pool, by, "jd", 1, "转单有罚", "Fined", new_id(), now)
    with scope(pool, PLATFORM) as conn:
        was = pack_rows.one(conn, *ref)["document"]["tickets"]
    assert isinstance(packs.save_part(pool, by, ref, "tickets", {**was, "transfer_penalty": 5000}, packs.print_of(was), now), int)
    assert pack_releases.release(pool, by, ref, pack_releases.Meant(0, [shop.merchant]), "", "", now) is None
    ticket = transferred(shop)
    assert shop.row(ticket, "facts -> 'penalty'") == (5000,)
    entries = shop.all("select e.account, e.amount_minor from ledger_entries e join ledger_movements m on m.merchant_id = e.merchant_id and m.id = e.movement_id where m.case_id = %s order by 2", ticket)
    assert entries == [("merchant_settlement", -5000), ("penalty", 5000)]


@pytest.mark.parametrize(("section", "path"), [pytest.param({"red_after": -1}, "tickets.red_after", id="red"), pytest.param({"transfer_penalty": -5}, "tickets.transfer_penalty", id="penalty")])
def test_figures_that_cannot_be_are_not_released(pool, section, path):
    shop = open_shop(pool, name="编辑店")
    by = By(shop.arbiter)
    pack_start.sync(pool, NOON)
    ref = packs.copy(pool, by, "jd", 1, "坏数", "Bad figures", new_id(), NOON)
    with scope(pool, PLATFORM) as conn:
        was = pack_rows.one(conn, *ref)["document"]["tickets"]
    packs.save_part(pool, by, ref, "tickets", {**was, **section}, packs.print_of(was), NOON)
    refused = pack_releases.release(pool, by, ref, pack_releases.Meant(0, [shop.merchant]), "", "", NOON)
    assert refused is not None
    with scope(pool, PLATFORM) as conn:
        document = pack_rows.one(conn, *ref)["document"]
    assert path in [p.path for p in parse_pack(document).problems]


def test_red_comes_later_by_what_a_suspension_took(pool):
    shop = open_shop(pool, name="停表店")
    shop.now = NOON
    ticket = opened(shop).ticket_id
    by, until = By(shop.arbiter), NOON + timedelta(hours=11)
    shop.now = NOON + timedelta(hours=1)
    suspension = suspensions.make(pool, by, suspensions.Draft("停", "Stop", shop.now, until, ["ticket_answer"]), shop.now)
    assert isinstance(suspension, str)
    while not retime(pool, shop.merchant, shop.now).done:
        pass
    want = QueueFilter(due="red", reddens=True)
    red = {}
    for after in (3, 11, 12):
        with scope(pool, UUID(shop.merchant)) as conn:
            red[after] = [r.id for r in read_page(conn, shop.merchant, "ticket-answer", want, NOON + timedelta(hours=after)).rows]
    assert suspensions.withdraw(pool, by, suspension, shop.now) == []
    assert red == {3: [], 11: [], 12: [ticket]}


def test_what_is_between_platform_and_merchant_is_in_no_buyers_dossier(shop):
    number = number_of(shop, shop.order(("CUP", 1, 19900)))
    theirs, own = opened(shop, shop.arbiter, "regulator", "authenticity", number=number), opened(shop, number=number)
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        assert of_buyer(conn, shop.merchant, LIN.id, theirs.number) is None
        assert of_buyer(conn, shop.merchant, LIN.id, own.number) == (own.ticket_id, "ticket")
    buyers = {id_: gather(shop.pool, shop.merchant, id_, Copy("buyer"), b"secret of the tests", new_id(), shop.now) for id_ in (theirs.ticket_id, own.ticket_id)}
    assert [b.buyer_id for b in buyers.values()] == ["", LIN.id]
    assert theirs.number not in buyers[own.ticket_id].data.decode()
    merchants = gather(shop.pool, shop.merchant, own.ticket_id, Copy("merchant"), b"secret of the tests", new_id(), shop.now)
    assert theirs.number in merchants.data.decode()
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        add_notices(conn, shop.merchant, [{"outbox": new_id(), "case_id": c.ticket_id, "reader": "buyer", "event": "refund_moved", "body": {}} for c in (theirs, own)], shop.now)
    assert shop.all("select case_id::text from notices where reader = 'buyer' and case_id = any(%s::uuid[])", [theirs.ticket_id, own.ticket_id]) == [(own.ticket_id,)]
