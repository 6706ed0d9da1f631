"""Addresses of mail on the platform's side, and its entry in the navigation."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from amends.engine.mailboxes import PERMISSION
from amends.store.connect import PLATFORM, scope
from amends.store.screens import mails as reads
from amends.web.mail import boxes, lists
from amends.web.navigation import Count, Item
from amends.web.rights import may

urlpatterns: list[URLPattern] = [
    path("mail", lists.listed, name="platform-mails"),
    path("mail/open", lists.waiting, name="platform-mail-open"),
    path("mail/boxes", boxes.listed, name="platform-mailboxes"),
    path("mail/boxes/new", boxes.new, name="platform-mailbox-new"),
    path("mail/boxes/<uuid:mailbox_id>", boxes.one, name="platform-mailbox"),
    path("mail/boxes/<uuid:mailbox_id>/state", boxes.state, name="platform-mailbox-state"),
    path("mail/boxes/<uuid:mailbox_id>/try", boxes.try_it, name="platform-mailbox-try"),
    path("mail/boxes/<uuid:mailbox_id>/switch", boxes.switch, name="platform-mailbox-switch"),
    path("mail/<uuid:mail_id>", lists.one, name="platform-mail"),
    path("mail/<uuid:mail_id>/place", lists.place, name="platform-mail-place"),
    path("mail/<uuid:mail_id>/aside", lists.aside, name="platform-mail-aside"),
    path("mail/<uuid:mail_id>/again", lists.again, name="platform-mail-again"),
    path("mail/<uuid:mail_id>/original", lists.original, name="platform-mail-original"),
    path("mail/<uuid:mail_id>/files/<uuid:file_id>", lists.file, name="platform-mail-file"),
]
NAVIGATION: list[Item] = [Item("mail.nav", "platform", "ti-mail", "platform-mails", permission=PERMISSION, party="platform", order=54)]


def counts(request: Any) -> dict[str, Count]:
    """Mails that found no place, for the navigation."""
    if request.person.merchant_id is not None or not may(request.person, PERMISSION):
        return {}
    with scope(request.house.pool, PLATFORM) as conn:
        waiting = reads.open_count(conn)
    return {"mail.nav": Count(waiting)} if waiting else {}
