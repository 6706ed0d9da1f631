"""The merchant's desk: addresses and entries of the navigation."""

from __future__ import annotations

from django.urls import URLPattern

from amends.web.merchant import order_urls, queue_urls
from amends.web.navigation import Item

urlpatterns: list[URLPattern] = [*queue_urls.urlpatterns, *order_urls.urlpatterns]
NAVIGATION: list[Item] = [*queue_urls.NAVIGATION, *order_urls.NAVIGATION]
counts = queue_urls.counts
