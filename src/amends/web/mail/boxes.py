"""Mailboxes of the platform and of merchants: the list with how each fares, the form, trying, on and off. Passwords go in and never come back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends.core.mail.boxes import PORTS, SECURITY, WAYS
from amends.core.refusal import Refusal
from amends.engine import mailboxes as engine
from amends.engine.mailboxes import PERMISSION, Given
from amends.store import mailboxes as store
from amends.store.connect import PLATFORM, scope
from amends.store.mailboxes import PLATFORMS_OWN
from amends.store.screens import mails as reads
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.mail.lists import shown
from amends.web.mail.telling import words_of
from amends.web.page import render


@dataclass(frozen=True, slots=True)
class Provider:
    """Servers of a mail provider that many use, so that nobody has to look them up."""

    zh: str
    en: str
    imap: str
    smtp: str
    smtp_security: str = "tls"
    plus: bool = False


PROVIDERS = {
    "exmail": Provider("腾讯企业邮", "Tencent Exmail", "imap.exmail.qq.com", "smtp.exmail.qq.com"), "aliyun": Provider("阿里企业邮", "Alibaba Mail", "imap.qiye.aliyun.com", "smtp.qiye.aliyun.com"),
    "feishu": Provider("飞书邮箱", "Feishu Mail", "imap.feishu.cn", "smtp.feishu.cn"), "qiye163": Provider("网易企业邮", "NetEase Enterprise", "imap.qiye.163.com", "smtp.qiye.163.com"),
    "qq": Provider("QQ 邮箱", "QQ Mail", "imap.qq.com", "smtp.qq.com"), "163": Provider("163 邮箱", "163 Mail", "imap.163.com", "smtp.163.com"),
    "gmail": Provider("Gmail", "Gmail", "imap.gmail.com", "smtp.gmail.com", plus=True), "outlook": Provider("Outlook", "Outlook", "outlook.office365.com", "smtp.office365.com", "starttls", True),
}


@platform(PERMISSION)
@require_safe
def listed(request: Any) -> HttpResponse:
    """Every mailbox, the platform's own first."""
    with scope(request.house.pool, PLATFORM) as conn:
        rows = store.listed(conn)
    return shown(request, "mail/boxes.html", {"here": "boxes", "rows": rows})


@platform(PERMISSION)
@require_http_methods(("GET", "HEAD", "POST"))
def new(request: Any) -> HttpResponse:
    """The form for another mailbox; `provider` fills in well-known servers."""
    if request.method != "POST":
        given = Given(way=request.GET.get("way", "imap") if request.GET.get("way") in WAYS else "imap")
        known = PROVIDERS.get(request.GET.get("provider", ""))
        if known:
            given.imap_host, given.smtp_host, given.smtp_security, given.plus = known.imap, known.smtp, known.smtp_security, known.plus
        return _form(request, given)
    given = _given(request)
    made = engine.add(request.house.pool, by(request), given, request.now)
    return _form(request, given, made) if isinstance(made, Refusal) else _to(made, "added")


@platform(PERMISSION)
@require_http_methods(("GET", "HEAD", "POST"))
def one(request: Any, mailbox_id: UUID) -> HttpResponse:
    """How it fares, its settings, trying it, on and off."""
    row = _row(request, mailbox_id)
    if request.method != "POST":
        return _form(request, _kept(row), row=row)
    given = _given(request)
    refusal = engine.change(request.house.pool, by(request), str(mailbox_id), given, request.now)
    return _form(request, given, refusal, row) if refusal else _to(str(mailbox_id), "changed")


@platform(PERMISSION)
@require_safe
def state(request: Any, mailbox_id: UUID) -> HttpResponse:
    """What came of trying it, for the page to ask until there is an answer."""
    return render(request, "mail/box_state.html", {"row": _row(request, mailbox_id), **words_of(request.lang)})


@platform(PERMISSION)
@require_POST
def try_it(request: Any, mailbox_id: UUID) -> HttpResponse:
    """Ask the worker to sign in."""
    refusal = engine.try_it(request.house.pool, by(request), str(mailbox_id), request.now)
    if refusal:
        row = _row(request, mailbox_id)
        return _form(request, _kept(row), refusal, row)
    return _to(str(mailbox_id), "trying")


@platform(PERMISSION)
@require_POST
def switch(request: Any, mailbox_id: UUID) -> HttpResponse:
    """In use, or out of use."""
    active = request.POST.get("active") == "1"
    refusal = engine.switch(request.house.pool, by(request), str(mailbox_id), active, request.now)
    if refusal:
        raise Http404
    return _to(str(mailbox_id), "on" if active else "off")


def _row(request: Any, mailbox_id: UUID) -> dict[str, Any]:
    with scope(request.house.pool, PLATFORM) as conn:
        found = next((row for row in store.listed(conn) if row["id"] == str(mailbox_id)), None)
    if found is None:
        raise Http404
    return found


def _given(request: Any) -> Given:
    texts = {name: request.POST.get(name, "") for name in asdict(Given()) if name not in ("plus", "take_old")}
    return Given(**texts, plus=request.POST.get("plus") == "1", take_old=request.POST.get("take_old") == "1")


def _kept(row: dict[str, Any]) -> Given:
    """The form as it was filled in last, without passwords."""
    texts = {name: str(row[name]) for name in asdict(Given()) if name in row and name not in ("merchant", "plus", "take_old")}
    return Given(**texts, merchant="" if row["merchant_id"] == PLATFORMS_OWN else row["merchant_id"], plus=row["plus"], take_old=row["take_old"])


def _form(request: Any, given: Given, refusal: Refusal | None = None, row: dict[str, Any] | None = None) -> HttpResponse:
    given.imap_password = given.smtp_password = ""
    with scope(request.house.pool, PLATFORM) as conn:
        merchants = reads.names(conn)
    context = {"here": "boxes", "given": asdict(given), "row": row, "merchants": merchants, "ways": WAYS, "securities": SECURITY, "ports": PORTS, "providers": PROVIDERS}
    return shown(request, "mail/box.html", context, refusal)


def _to(mailbox_id: str, done: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("platform-mailbox", kwargs={"mailbox_id": mailbox_id}) + f"?done={done}")
