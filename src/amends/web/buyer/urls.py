"""The buyer's pages: addresses and entries of the navigation."""

from __future__ import annotations

from django.urls import URLPattern, path

from amends.web.buyer import act, apply, cancel, case, change, compensation, dispute, dossier, entry, orders, rules, ticket, typed, uploads, urge
from amends.web.navigation import Item

urlpatterns: list[URLPattern] = [
    path("", orders.home, name="buyer"),
    path("in/<str:token>", entry.come_in, name="buyer-in"),
    path("find", entry.find, name="buyer-find"),
    path("rules", rules.rules, name="buyer-rules"),
    path("leave", entry.leave, name="buyer-leave"),
    path("orders/<str:number>", orders.order, name="buyer-order"),
    path("orders/<str:number>/received", orders.received, name="buyer-received"),
    path("orders/<str:number>/change", change.change, name="buyer-change"),
    path("orders/<str:number>/urge", urge.urge, name="buyer-urge"),
    path("orders/<str:number>/cancel", cancel.cancel_buyer, name="buyer-cancel"),
    path("orders/<str:number>/apply/<str:step>", apply.apply_buyer, name="buyer-apply"),
    path("orders/<str:number>/price", compensation.price, name="buyer-price"),
    path("orders/<str:number>/dispute", dispute.begin, name="buyer-dispute"),
    path("orders/<str:number>/dispute/want", dispute.want, name="buyer-dispute-want"),
    path("orders/<str:number>/dispute/why", dispute.why, name="buyer-dispute-why"),
    path("orders/<str:number>/dispute/typed", dispute.typed, name="buyer-dispute-typed"),
    path("orders/<str:number>/ticket", ticket.begin, name="buyer-ticket-new"),
    path("tickets/<str:number>", ticket.ticket, name="buyer-ticket"),
    path("cases/<str:number>/freight", compensation.freight, name="buyer-freight"),
    *dossier.urlpatterns,
    path("cases/<str:number>", case.page, name="buyer-case"),
    path("cases/<str:number>/<str:verb>", act.act, name="buyer-act"),
    path("cases/<str:number>/<str:verb>/typed", typed.keep, name="buyer-typed"),
    path("files/<str:file_id>", uploads.show, name="buyer-file"),
]
NAVIGATION: list[Item] = []
