"""The merchant's desk: addresses and entries of the navigation."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern

from amends.web.merchant import compensation_urls, notices, order_urls, queue_urls, stock_urls
from amends.web.navigation import Count, Item
from amends.web.strategies import urls as strategy_urls

urlpatterns: list[URLPattern] = [*queue_urls.urlpatterns, *order_urls.urlpatterns, *notices.urlpatterns, *compensation_urls.urlpatterns, *stock_urls.urlpatterns, *strategy_urls.urlpatterns]
NAVIGATION: list[Item] = [*queue_urls.NAVIGATION, *order_urls.NAVIGATION, *notices.NAVIGATION, *compensation_urls.NAVIGATION, *stock_urls.NAVIGATION, *strategy_urls.NAVIGATION]


def counts(request: Any) -> dict[str, Count]:
    """What stands beside the entries: cases of the queues, unread messages."""
    return queue_urls.counts(request) | notices.counts(request) | order_urls.counts(request) | compensation_urls.counts(request) | stock_urls.counts(request)
