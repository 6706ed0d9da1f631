"""Signing in and out, by the test client."""

from tests.web.conftest import PASSWORD, enter


def test_the_right_password_opens_and_leads_back(client, shop):
    answer = client.post("/sign-in", {"email": shop.email, "password": PASSWORD, "next": "/me?done=password"})
    assert answer.status_code == 302
    assert answer["Location"] == "/me?done=password"
    cookie = answer.cookies["amends_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert shop.email in client.get("/me").content.decode()


def test_a_wrong_password_keeps_what_was_typed(client, shop):
    answer = client.post("/sign-in", {"email": shop.email, "password": "not this one", "next": "/me"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f'value="{shop.email}"' in text
    assert "not this one" not in text
    assert 'name="next" value="/me"' in text
    assert 'role="alert"' in text
    assert text.count("autofocus") == 1


def test_many_wrong_passwords_lock_out_with_a_sentence(client, house, shop, clerk):
    for _ in range(10):
        last = client.post("/sign-in", {"email": clerk.email, "password": "wrong again"})
    locked = client.post("/sign-in", {"email": clerk.email, "password": PASSWORD})
    assert last.status_code == 422
    assert locked.status_code == 409
    assert "分钟" in locked.content.decode()
    assert "amends_session" not in locked.cookies


def test_signing_out_ends_the_session_in_the_database_too(client, house, shop):
    enter(client, house, shop)
    token = client.cookies["amends_session"].value
    assert client.get("/me").status_code == 200
    client.post("/sign-out")
    client.cookies["amends_session"] = token
    assert client.get("/me")["Location"].startswith("/sign-in")


def test_a_stranger_is_led_to_the_door_and_back(client):
    assert client.get("/me?done=sessions")["Location"] == "/sign-in?next=/me%3Fdone%3Dsessions"


def test_next_never_leads_to_another_site(client, shop):
    for target in ("https://evil.test/", "//evil.test/", "/\\evil.test", "javascript:alert(1)"):
        answer = client.post("/sign-in", {"email": shop.email, "password": PASSWORD, "next": target})
        assert answer["Location"] == "/", target
