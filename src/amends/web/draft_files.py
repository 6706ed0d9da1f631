"""Files chosen in a form that keeps its draft: brought at once, drawn again as every upload is, and the draft's own until it is sent (UI-1a).

A form says by `photos_here` that it shows its draft's files; the script sends it with `draft_file` when files were chosen, and puts what comes back in their place. Without a script files come
with the form, and stay with its draft when it is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse

from amends.core.refusal import Refusal
from amends.engine import drafts
from amends.web import page

HERE, NOW = "photos_here", "draft_file"
LOOKS = ("photos", "files", "plain", "phone", "phone-files")
"""How the files of a form are listed; `kept.html` draws them."""


def shown(request: Any) -> bool:
    """Whether the form shows the files of its draft, so that those it does not name are taken out."""
    return HERE in request.POST


def full(request: Any, merchant: str, person: str) -> list[Refusal]:
    """Why this person may bring no more now; nothing where nothing is brought."""
    size = sum(f.size or 0 for sent in request.FILES.lists() for f in sent[1])
    refusal = drafts.brings_too_much(request.house.pool, merchant, person, size) if request.FILES else None
    return [refusal] if refusal else []


def answer(request: Any, look: str, files: Sequence[str], wrong: Sequence[Refusal], name: str = "photos_kept", *, kept: bool = True) -> HttpResponse:
    """What a draft's address answers: the list of its files where the form asked for it, or why one was not taken; else nothing."""
    if NOW not in request.POST:
        return HttpResponse(status=204 if kept else 413)
    if wrong:
        return HttpResponse(wrong[0].say(request.lang), status=422, content_type="text/plain; charset=utf-8")
    return page.render(request, "kept_again.html", {"look": look if look in LOOKS else "plain", "files": list(files), "name": name})
