"""The merchant's desk: addresses and entries of the navigation."""

from __future__ import annotations

from django.urls import URLPattern

from amends.web.navigation import Item

urlpatterns: list[URLPattern] = []
NAVIGATION: list[Item] = []
