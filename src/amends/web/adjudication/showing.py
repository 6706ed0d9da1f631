"""The page of the desk: everything read, worded and laid out (UI-5; the picture adjudicate)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse

from amends.core.refusal import Refusal
from amends.core.verbs.dispute import ConfirmJudgement
from amends.core.windows import window_of
from amends.engine import desk as assignments
from amends.engine import presence
from amends.engine.reveal import Revealed
from amends.web import page, wording
from amends.web.adjudication import asked as trail
from amends.web.adjudication import form as forms
from amends.web.adjudication import others
from amends.web.adjudication.form import JUDGES
from amends.web.adjudication.judgements import card_of
from amends.web.adjudication.looking import Look, look
from amends.web.adjudication.milestones import milestones
from amends.web.adjudication.others import Tried
from amends.web.adjudication.reading import Desk
from amends.web.adjudication.said import said
from amends.web.adjudication.sides import of_platform, sides
from amends.web.case import effect_line
from amends.web.case.story import pack_name
from amends.web.rights import may


def show(
    request: Any, desk: Desk, *, typed: Mapping[str, str] | None = None, wrong: Sequence[Refusal] = (), command_id: str = "", tried: Tried | None = None, handing: Refusal | None = None,
    revealed: Revealed | None = None, status: int = 200,
) -> HttpResponse:
    """The whole page; `typed` and `wrong` are the judgement's form as it was sent, `tried` another command's."""
    standing = page.standing(request)
    say, lang, case = standing["t"], request.lang, desk.seen.case
    form = forms.form_of(request, desk, typed, wrong, command_id)
    place = presence.place_of(f"desk:{case.id}")
    acts = others.acts_of(request, desk)
    context = {
        "desk": desk, "case": case, "facts": desk.facts, "order": desk.seen.order, "parent": desk.beside.parent, "mode": desk.mode, "merchant_id": desk.merchant_id,
        "sides": sides(desk, say, lang, request.now, revealed.receiver if revealed else None), "ours": of_platform(desk, lang), "milestones": milestones(desk, say, lang, request.now), "revealed": revealed,
        "form": form, "look": _look(request, desk, form), "acts": acts, "open": others.open_form(request, desk, tried) if tried else None, "precedents": _precedents(desk), "room": desk.room,
        "comp_most": desk.section.compensation_most(int(desk.sight.facts.get("paid", 0))), "pending": card_of(desk, desk.facts.get("pending"), lang),
        "judged": [card for j in reversed(desk.facts.get("judgements") or ()) if (card := card_of(desk, j, lang))], "holder": desk.beside.holder,
        "people": presence.who(request.house.pool, desk.merchant_id, [place], request.now, but=request.person.id).get(place, []), "colleagues": assignments.colleagues(request.house.pool),
        "may_assign": may(request.person, assignments.ASSIGN), "handing": handing.say(lang) if handing else "", "said": said(request), "trail": trail.carried(request), "back": trail.back(request),
        "link": trail.address, "state": wording.state(case.state, lang, "dispute"), "zero": effect_line.at_zero(desk.seen, say), "pack_name": _pack(desk, lang), "story": _story(desk, lang),
        "evidence_until": _instant(window_of(desk.facts, "evidence_until")), "appeal_until": _instant(window_of(desk.facts, "appeal_until")), "word": lambda name, code: wording.choice(name, code, lang),
        "command_word": wording.command, "can_judge": may(request.person, "dispute.adjudicate"),
    }
    return page.render(request, "adjudication/desk.html", context, status)


def _look(request: Any, desk: Desk, form: forms.JudgeForm | None) -> Look | None:
    """What the judgement as it stands in the form, or as it waits for its second person, would do."""
    if form is not None and not form.off:
        return look(request, desk, forms.sketched(JUDGES[form.verb], desk, form.typed, request.zone))
    if desk.mode == "second" and (move := desk.move("confirm_judgement")) is not None and move.blocked is None:
        return look(request, desk, ConfirmJudgement())
    return None


def _precedents(desk: Desk) -> dict[str, Any]:
    found = {row["fault"]: row["n"] for row in desk.beside.precedents}
    return {"n": sum(found.values()), "by": list(found.items())[:2]}


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _pack(desk: Desk, lang: str) -> str:
    return pack_name(desk.beside.figures.pack, desk.sight.deadlines.pack, lang)


def _story(desk: Desk, lang: str) -> list[dict[str, Any]]:
    """What was done, newest first, each with who and the words said."""
    out = []
    for e in desk.seen.events:
        given = e.body.get("input") or {}
        words = "\n".join(str(given[name]) for name in ("words", "words_buyer") if given.get(name))
        out.append({"who": e.actor_name, "kind": e.actor_kind, "what": wording.event(e.name, lang, "dispute") if e.name != "dispute_opened" else "", "at": e.at, "words": words})
    return out
