"""Where staff apply on a buyer's behalf, under the merchant's prefix (SO-4)."""

from __future__ import annotations

from django.urls import URLPattern, path

from amends.web.buyer import apply, cancel

urlpatterns: list[URLPattern] = [
    path("orders/<str:number>/apply", apply.apply_staff, name="merchant-apply-start"),
    path("orders/<str:number>/cancel", cancel.cancel_staff, name="merchant-cancel"),
    path("orders/<str:number>/apply/<str:step>", apply.apply_staff, name="merchant-apply"),
]
