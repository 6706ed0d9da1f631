"""Addresses of the desk of disputes, under the platform's console, and its entries of the navigation."""

from __future__ import annotations

from django.urls import URLPattern, path

from amends.web.adjudication import desk, files, marks, opening, precedents, queue
from amends.web.disputes import liability
from amends.web.navigation import Item

_ONE = "disputes/<uuid:merchant_id>/<uuid:case_id>"
urlpatterns: list[URLPattern] = [
    path("disputes", queue.queue, name="disputes"),
    path("disputes/live", queue.live, name="disputes-live"),
    path("disputes/hand-out", queue.hand_out, name="disputes-hand-out"),
    path("disputes/precedents", precedents.precedents, name="precedents"),
    path("disputes/liability/<uuid:merchant_id>", liability.of_merchant, name="platform-liability"),
    path("disputes/open", opening.find_order, name="dispute-find-order"),
    path("disputes/open/<uuid:merchant_id>/<uuid:order_id>", opening.open_, name="dispute-open"),
    path("disputes/open/<uuid:merchant_id>/<uuid:order_id>/draft", opening.draft, name="dispute-open-draft"),
    path(_ONE, desk.desk, name="dispute-desk"),
    path(f"{_ONE}/next", desk.following, name="dispute-next"),
    path(f"{_ONE}/here", desk.here, name="dispute-here"),
    path(f"{_ONE}/reveal", desk.reveal, name="dispute-reveal"),
    path(f"{_ONE}/hold/<slug:act>", desk.hold, name="dispute-hold"),
    path(f"{_ONE}/do/<slug:verb>", desk.do, name="dispute-do"),
    path(f"{_ONE}/look/<slug:verb>", desk.preview, name="dispute-look"),
    path(f"{_ONE}/draft/<slug:verb>", desk.draft, name="dispute-draft"),
    path(f"{_ONE}/files/<uuid:file_id>", files.file, name="dispute-file"),
    path("buyers/marks", marks.buyers, name="marked-buyers"),
    path("buyers/<uuid:merchant_id>/<str:buyer_id>/marks", marks.buyer, name="buyer-marks"),
    path("buyers/<uuid:merchant_id>/<str:buyer_id>/marks/<uuid:mark_id>/withdraw", marks.withdraw, name="mark-withdraw"),
]

NAVIGATION: list[Item] = [
    Item("adjudication.nav", "platform", "ti-gavel", "disputes", permission="read", party="platform", order=4),
    Item("adjudication.marks", "platform", "ti-flag-3", "marked-buyers", permission="read", party="platform", order=35),
]
counts = queue.counts
"""What waits, for the navigation."""
