"""Every page of the merchant and the warehouse, in both languages, wide and on a phone, light and dark: words, width, accessibility."""

import pytest

from tests.web.sweep import furnished, walk

__all__ = ["furnished", "walk"]

MAIN = "lin@qinghe.example"
PAGES = {
    "home": "/m/",
    "queue-review": "/m/q/review",
    "case-review": "/m/cases/{service_order_reviewing}",
    "settings": "/m/settings/",
}


@pytest.mark.parametrize("page", PAGES)
def test_page(walk, page):
    walk(MAIN, PAGES[page])
