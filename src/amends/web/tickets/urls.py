"""Addresses of the platform's tickets, under its console, and their entry of the navigation."""

from __future__ import annotations

from django.urls import URLPattern, path

from amends.web.navigation import Item
from amends.web.tickets import desk, opening, opinions, ticket

_ONE = "tickets/<uuid:merchant_id>/<uuid:case_id>"
urlpatterns: list[URLPattern] = [
    path("tickets", desk.desk, name="tickets"),
    path("tickets/hand-out", desk.hand_out, name="tickets-hand-out"),
    path("tickets/new", opening.new, name="ticket-new"),
    path("tickets/new/draft", opening.draft, name="ticket-new-draft"),
    path("tickets/opinions", opinions.table, name="ticket-opinions"),
    path("tickets/opinions.csv", opinions.as_csv, name="ticket-opinions-csv"),
    path(_ONE, ticket.show, name="ticket-desk"),
    path(f"{_ONE}/take", ticket.take, name="ticket-take"),
    path(f"{_ONE}/do/<slug:verb>", ticket.do, name="ticket-do"),
    path(f"{_ONE}/draft/<slug:verb>", ticket.draft, name="ticket-draft"),
    path(f"{_ONE}/files/<uuid:file_id>", ticket.file, name="ticket-file"),
]

NAVIGATION: list[Item] = [Item("tickets.desk", "platform", "ti-ticket", "tickets", permission="read", party="platform", order=5)]
counts = desk.counts
"""What waits for the platform, for the navigation."""
