"""Opening a dispute on the phone, in three short steps: what about, what is wanted, what happened (DI-1, DI-6a). Plain links and forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends.core.money import Money
from amends.core.pack_disputes import CANCEL_ORDER, FAMILIES, SCENARIOS
from amends.core.refusal import Refusal
from amends.core.verbs.dispute import OUTCOMES
from amends.engine.dispute import Opening, Way
from amends.engine.disputes import open_dispute, ways
from amends.engine.ids import is_id, new_id
from amends.web import draft_files, page, wording
from amends.web.buyer import applicant as applicants
from amends.web.buyer import uploads
from amends.web.buyer import visit as visits
from amends.web.buyer.applicant import Applicant
from amends.web.case.fields import written
from amends.web.disputes import opening_draft
from amends.web.gate import buyer

FILES_AT_MOST = 9
DEMANDS = tuple(o for o in OUTCOMES if o != "nothing")
WITH_MONEY = ("refund", "return_and_refund", "compensation")
STEPS = ("what", "want", "why")


@dataclass(slots=True)
class Wish:
    """What has been chosen so far: the case (or the order, empty), what it is about, what is wanted and how much as typed; words and files of the last step."""

    case: str = ""
    scenario: str = ""
    demand: str = ""
    amount: str = ""
    words: str = ""
    files: list[str] = field(default_factory=list)
    command_id: str = ""

    def query(self, **more: str) -> str:
        """The same as the query of a step."""
        given = {"case": self.case, "scenario": self.scenario, "demand": self.demand, "amount": self.amount, **more}
        return urlencode({k: v for k, v in given.items() if v})


@buyer
@require_safe
def begin(request: Any, number: str) -> HttpResponse:
    """Step 1: which case, or the order as such, and what it is about."""
    who, found = _enter(request, number)
    if who is None:
        return visits.missing(request)
    wish = _wish(request.GET)
    way = _way(found, wish.case or (who.order.id if len(found) == 1 else ""), who)
    if way is not None and way.open_dispute:
        return HttpResponseRedirect(_to_case(request, who, way.open_dispute, "asked_before"))
    return _show(request, who, found, wish, "what", way)


@buyer
@require_safe
def want(request: Any, number: str) -> HttpResponse:
    """Step 2: what is asked for, and how much."""
    who, found = _enter(request, number)
    if who is None:
        return visits.missing(request)
    wish = _wish(request.GET)
    way = _way(found, wish.case or who.order.id, who)
    if way is None or way.refusal is not None or wish.scenario not in way.scenarios:
        return HttpResponseRedirect(f"{reverse('buyer-dispute', args=[number])}?{wish.query()}")
    return _show(request, who, found, _with_draft(request, who, way, wish), "want", way)


@buyer
@require_http_methods(["GET", "HEAD", "POST"])
def why(request: Any, number: str) -> HttpResponse:
    """Step 3: what happened, with evidence; sent from here, once."""
    who, found = _enter(request, number)
    if who is None:
        return visits.missing(request)
    wish = _wish(request.POST if request.method == "POST" else request.GET)
    way = _way(found, wish.case or who.order.id, who)
    if way is None or way.refusal is not None or wish.scenario not in way.scenarios:
        return HttpResponseRedirect(f"{reverse('buyer-dispute', args=[number])}?{wish.query()}")
    wrong = _wrong_amount(wish, way, who, request)
    if wrong or wish.demand not in demands(wish.scenario):
        return _show(request, who, found, wish, "want", way, wrong or [Refusal("dispute_demand_unknown", field="demand")])
    return _send(request, who, found, wish, way) if request.method == "POST" else _show(request, who, found, _with_draft(request, who, way, wish), "why", way)


@buyer
@require_POST
def typed(request: Any, number: str) -> HttpResponse:
    """Keep what stands in a step now."""
    who, found = _enter(request, number)
    wish = _wish(request.POST)
    way = _way(found, wish.case or who.order.id, who) if who is not None else None
    if who is None or way is None:
        return visits.missing(request)
    files, wrong = None, draft_files.full(request, who.merchant_id, who.key)
    if not wrong and (request.FILES or draft_files.shown(request)):
        taken = _files(request, who, wish)
        files, wrong = taken.ids, [w.refusal for w in taken.wrong]
    _keep(request, who, way, wish, files)
    return draft_files.answer(request, "phone-files", files or [], wrong, "photos_keep")


def _files(request: Any, who: Applicant, wish: Wish) -> uploads.Taken:
    """Files the form names, and those it brings."""
    buyer_id = request.buyer.buyer_id
    kept = uploads.own(request, who.merchant_id, buyer_id, request.POST.getlist("photos_keep"))
    return uploads.take(request, who.merchant_id, buyer_id, "photos", kept, FILES_AT_MOST, wish.command_id, evidence=True)


def _keep(request: Any, who: Applicant, way: Way, wish: Wish, files: list[str] | None = None) -> None:
    before = opening_draft.kept(request.house.pool, who.merchant_id, who.key, way.id)
    given = {"scenario": wish.scenario, "demand": wish.demand, "amount": wish.amount, "words": wish.words if "words" in request.POST else before.get("words", "")}
    opening_draft.keep(request.house.pool, who.merchant_id, who.key, way.id, given, request.now, files)


def _with_draft(request: Any, who: Applicant, way: Way, wish: Wish) -> Wish:
    """What the address does not say is as it was typed before, about the same thing."""
    before = opening_draft.kept(request.house.pool, who.merchant_id, who.key, way.id)
    if before.get("scenario") == wish.scenario and not wish.demand:
        wish.demand, wish.amount = before.get("demand", ""), before.get("amount", "")
    wish.words = wish.words or before.get("words", "")
    wish.files = wish.files or opening_draft.files(request.house.pool, who.merchant_id, who.key, way.id)
    return wish


def _send(request: Any, who: Applicant, found: list[Way], wish: Wish, way: Way) -> HttpResponse:
    taken = _files(request, who, wish)
    wish.files = taken.ids
    if taken.wrong:
        _keep(request, who, way, wish, wish.files)
        return _show(request, who, found, wish, "why", way, [w.refusal for w in taken.wrong])
    asked = Opening(who.order.id, wish.scenario, wish.demand, wish.words, "" if way.kind == "order" else way.id, _minor(wish, who), taken.ids)
    answer = open_dispute(request.house.pool, who.merchant_id, asked, who.actor, request.now, wish.command_id)
    if isinstance(answer, list):
        if any(r.code == "command_id_reused" for r in answer):
            wish.command_id = new_id()
        _keep(request, who, way, wish, wish.files)
        step = "want" if any(r.field in ("demand", "amount") for r in answer) else "why"
        return _show(request, who, found, wish, step, way, answer)
    opening_draft.forget(request.house.pool, who.merchant_id, who.key, way.id)
    return HttpResponseRedirect(f"{reverse('buyer-case', args=[answer.number])}?done={'asked_before' if answer.existing else 'asked'}")


def _enter(request: Any, number: str) -> tuple[Applicant | None, list[Way]]:
    who = applicants.buyer(request, number, "buyer-dispute")
    found = ways(request.house.pool, who.merchant_id, who.order.id, request.now, request.buyer.buyer_id) if who else None
    return (who, found) if who is not None and found is not None else (None, [])


def _wish(given: Any) -> Wish:
    once = given.get("command_id", "")
    texts = {name: given.get(name, "").replace("\0", "").strip()[:64] for name in ("case", "scenario", "demand", "amount")}
    return Wish(**texts, words=given.get("words", "").replace("\r\n", "\n").strip(), command_id=once if is_id(once) else new_id())


def _way(found: list[Way], chosen: str, who: Applicant) -> Way | None:
    return next((w for w in found if w.id == chosen), None)


def demands(scenario: str) -> tuple[str, ...]:
    """What can be asked for in a scenario: an order not yet received is refunded, not sent back."""
    return ("refund", "compensation") if scenario == CANCEL_ORDER else DEMANDS


def _minor(wish: Wish, who: Applicant) -> int | None:
    read = Money.parse(wish.amount.replace(",", "").lstrip("¥$€£"), who.order.currency) if wish.amount and wish.demand in WITH_MONEY else None
    return read.amount if read else None


def _wrong_amount(wish: Wish, way: Way, who: Applicant, request: Any) -> list[Refusal]:
    if not wish.amount or wish.demand not in WITH_MONEY:
        return []
    minor, most = _minor(wish, who), most_of(who, way, wish.demand)
    return [Refusal("dispute_amount_above", {"most": most, "asked": minor or 0}, "amount")] if minor is None or not 0 < minor <= most else []


def most_of(who: Applicant, way: Way, demand: str) -> int:
    """The most that can be asked for, in minor units."""
    return who.pack.disputes.compensation_most(way.most) if demand == "compensation" else way.most


def _to_case(request: Any, who: Applicant, case_id: str, done: str) -> str:
    return f"{reverse('buyer-case', args=[applicants.number_of(request, who.merchant_id, case_id)])}?done={done}"


def _show(request: Any, who: Applicant, found: list[Way], wish: Wish, step: str, way: Way | None, wrong: list[Refusal] | None = None) -> HttpResponse:
    errors: dict[str, str] = {}
    for refusal in wrong or ():
        told = wording.refusal(refusal, request.lang, request.zone, request.now, who.order.currency, "dispute")
        errors.setdefault(refusal.field or "", told)
    chosen = way.scenarios if way is not None and way.refusal is None else ()
    families = [(FAMILIES[family], [(code, zh, en) for code, (zh, en, of) in SCENARIOS.items() if of == family and code in chosen]) for family in FAMILIES]
    answer = who.pack.clocks.get("dispute_answer")
    context = {
        "resume": _resume(request, who, way) if step == "what" else "",
        "who": who, "order": who.order, "ways": found, "way": way, "wish": wish, "step": STEPS.index(step) + 1, "errors": errors, "families": [(names, rows) for names, rows in families if rows],
        "demands": demands(wish.scenario), "most": {d: written(most_of(who, way, d), who.order.currency) for d in DEMANDS} if way is not None else {}, "files_at_most": FILES_AT_MOST, "minor": _minor(wish, who),
        "hours": answer.span.amount // 3600 if answer is not None and answer.span.kind == "elapsed" else 24, "tell": lambda r: _tell(request, r),
        "word": lambda name, code: wording.choice(name, code, request.lang), "state_word": lambda way: state_of(way, request.lang),
    }
    return page.render(request, f"buyer/dispute_{step}.html", context, wrong[0].status if wrong else 200)


def _resume(request: Any, who: Applicant, way: Way | None) -> str:
    """The address of the step where somebody left off; empty where nothing was typed, or it cannot be opened now."""
    if way is None or way.refusal is not None:
        return ""
    before = opening_draft.kept(request.house.pool, who.merchant_id, who.key, way.id)
    if before.get("scenario") not in way.scenarios:
        return ""
    wish = Wish("" if way.kind == "order" else way.id, before["scenario"], before.get("demand", ""), before.get("amount", ""))
    return f"{reverse('buyer-dispute-why' if before.get('words') else 'buyer-dispute-want', args=[who.order.number])}?{wish.query()}"


def state_of(way: Way, lang: str) -> str:
    """Where a case stands, in the words of its own table."""
    return "" if way.kind == "order" else wording.state(way.state, lang, way.kind)


def _tell(request: Any, refusal: Refusal) -> str:
    """Why not now, with its instants on the merchant's clock."""
    from amends.web.buyer.act import told

    return told(refusal, request, "dispute")


def card(request: Any, visit: visits.Visit, order_id: str, order_number: str, case_id: str = "") -> dict[str, Any]:
    """What a page of an order or case says of disputing it: open, not yet, no more, or already open; nothing where disputes are not offered."""
    found = ways(request.house.pool, visit.merchant_id, order_id, request.now, visit.buyer_id) or []
    if case_id:
        found = [w for w in found if w.id == case_id]
    shown = [w for w in found if w.refusal is None or w.refusal.code not in ("dispute_not_offered", "dispute_not_paid")]
    way = next((w for w in shown if w.open_dispute), None) or next((w for w in shown if w.refusal is None), None) or next(iter(shown), None)
    if way is None:
        return {"disputing": None}
    number = applicants.number_of(request, visit.merchant_id, way.open_dispute) if way.open_dispute else ""
    why_not = _tell(request, way.refusal) if way.refusal is not None else ""
    query = f"?{urlencode({'case': way.id})}" if way.kind != "order" and (case_id or len(found) == 1) else ""
    until = visits.latest(way.ends, request) if way.ends is not None and way.refusal is None else ""
    return {"disputing": {"number": number, "why": why_not, "href": reverse("buyer-dispute", args=[order_number]) + query, "until": until}}
