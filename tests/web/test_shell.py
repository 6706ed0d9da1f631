"""What holds on every page: deny by default, CSRF, headers, languages, errors, health."""

import json

import pytest
from django.test import Client
from django.urls import get_resolver, path

from amends.web.gate import staff
from amends.web.page import render
from tests.web.conftest import PASSWORD, enter


def every_view(patterns=None):
    for entry in patterns or get_resolver("amends.web.urls").url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from every_view(entry.url_patterns) if entry.url_patterns else ()
        else:
            yield entry


def test_every_view_says_who_may_see_it(house):
    undeclared = [str(entry.pattern) for entry in every_view() if not hasattr(entry.callback, "gate") and "amends.web" in entry.callback.__module__]
    assert undeclared == []


@pytest.fixture
def extra(client, settings_urls):
    return client


@pytest.fixture
def settings_urls(house, monkeypatch):
    """Two more addresses for one test: a view that declares nothing, and one that needs a permission."""
    from django.urls import clear_url_caches

    from amends.web import urls

    def silent(request):
        raise AssertionError("never reached")

    @staff("service_order.approve_return")
    def guarded(request):
        return render(request, "door/trouble.html", {"status": 404, "sentence": "reached"})

    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, path("silent", silent), path("guarded", guarded)])
    clear_url_caches()
    yield
    monkeypatch.undo()
    clear_url_caches()


def test_a_view_that_declares_nothing_is_closed_to_everybody(extra, house, shop):
    assert extra.get("/silent").status_code == 403
    assert enter(extra, house, shop).get("/silent").status_code == 403


def test_a_missing_permission_is_named(extra, house, shop, clerk, operator):
    refused = enter(extra, house, clerk).get("/guarded")
    assert refused.status_code == 403
    assert "需要“审核-" in refused.content.decode()
    assert "请联系主账号" in refused.content.decode()
    assert enter(extra, house, operator).get("/guarded").status_code == 403
    assert b"reached" in enter(extra, house, shop).get("/guarded").content


def test_a_form_without_its_token_is_refused(house, shop):
    strict = Client(enforce_csrf_checks=True, **{"amends.house": house}, HTTP_ACCEPT_LANGUAGE="zh-CN")
    refused = strict.post("/sign-in", {"email": shop.email, "password": PASSWORD})
    assert refused.status_code == 403
    assert "安全校验" in refused.content.decode()
    form = strict.get("/sign-in").content.decode()
    token = form.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert strict.post("/sign-in", {"email": shop.email, "password": PASSWORD, "csrfmiddlewaretoken": token}).status_code == 302


def test_headers_of_every_page(client):
    answer = client.get("/sign-in")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert len(answer["X-Request-Id"]) == 32


def test_a_callers_correlation_id_is_kept_when_it_is_harmless(client):
    assert client.get("/health", HTTP_X_REQUEST_ID="trace-2026.11_22")["X-Request-Id"] == "trace-2026.11_22"
    assert client.get("/health", HTTP_X_REQUEST_ID="a\nb" * 9)["X-Request-Id"] != "a\nb" * 9


def test_languages(client, house, shop):
    assert '<html lang="zh-CN"' in client.get("/sign-in").content.decode()
    assert '<html lang="en"' in client.get("/sign-in", HTTP_ACCEPT_LANGUAGE="de,en;q=0.8,zh;q=0.5").content.decode()
    assert '<html lang="en"' in client.get("/sign-in?lang=en").content.decode()
    assert '<html lang="en"' in client.get("/sign-in").content.decode(), "the choice is remembered"
    back = client.post("/preferences", {"language": "zh", "next": "/sign-in?lang=en&next=/me"})
    assert back["Location"] == "/sign-in?next=%2Fme"
    assert '<html lang="zh-CN"' in client.get("/sign-in").content.decode()


def test_the_language_of_somebody_signed_in_is_kept_with_the_account(client, house, shop):
    enter(client, house, shop).post("/preferences", {"language": "en", "next": "/me"})
    client.cookies.pop("amends_lang")
    assert '<html lang="en"' in client.get("/me").content.decode()
    client.post("/preferences", {"language": "zh"})
    client.cookies.pop("amends_lang")
    assert '<html lang="zh-CN"' in client.get("/me").content.decode()


def test_themes(client):
    assert 'data-theme="auto"' in client.get("/sign-in").content.decode()
    client.post("/preferences", {"theme": "dark"})
    assert 'data-theme="dark" data-bs-theme="dark"' in client.get("/sign-in").content.decode()
    client.post("/preferences", {"theme": "pink"})
    assert 'data-theme="dark"' in client.get("/sign-in").content.decode()


def test_pages_for_what_is_not_there_in_both_languages(client, house, shop):
    assert "没有这个页面" in client.get("/nowhere").content.decode()
    assert "There is no such page" in client.get("/nowhere?lang=en").content.decode()
    wrong_way = client.get("/sign-out?lang=zh")
    assert wrong_way.status_code == 405
    assert wrong_way["Allow"] == "POST"
    assert "不能这样打开" in wrong_way.content.decode()


def test_health_and_readiness(client):
    assert json.loads(client.get("/health").content)["status"] == "ok"
    assert json.loads(client.get("/ready").content) == {"status": "ready"}


def test_the_demo_clock_moves_forward_only_and_only_in_a_demo(client, house):
    before = house.clock.now()
    assert client.post("/demo/clock", {"step": "48h", "next": "/sign-in"})["Location"] == "/sign-in"
    assert 47.9 * 3600 < (house.clock.now() - before).total_seconds() < 48.1 * 3600
    assert client.post("/demo/clock", {"step": "-1h"}).status_code == 400
    house.demo = False
    try:
        assert client.post("/demo/clock", {"step": "1h"}).status_code == 404
    finally:
        house.demo = True
