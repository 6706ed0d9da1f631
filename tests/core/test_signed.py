"""Signed facts: good until their time, for one purpose, and not a bit may change."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from amends.core.signed import read, sign

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SECRET = b"of the tests"
TOKEN = sign(SECRET, "link", {"m": "1", "名": "周"}, NOW + timedelta(hours=1))


def test_what_was_signed_is_read_until_its_time():
    assert read(SECRET, "link", TOKEN, NOW) == {"m": "1", "名": "周"}
    assert read(SECRET, "link", TOKEN, NOW + timedelta(minutes=59, seconds=59)) == {"m": "1", "名": "周"}
    assert read(SECRET, "link", TOKEN, NOW + timedelta(hours=1)) is None


def test_another_purpose_or_secret_reads_nothing():
    assert read(SECRET, "pass", TOKEN, NOW) is None
    assert read(b"another", "link", TOKEN, NOW) is None


def test_the_token_is_safe_in_an_address():
    assert set(TOKEN) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@given(st.integers(0, len(TOKEN) - 1), st.characters(codec="utf-8"))
def test_no_character_may_change(at, other):
    changed = TOKEN[:at] + other + TOKEN[at + 1 :]
    facts = read(SECRET, "link", changed, NOW)
    # base64's last sign of a part has unused bits, so a few spellings mean the same bytes; no spelling means other facts
    assert facts is None or facts == {"m": "1", "名": "周"}


@given(st.text(max_size=60))
def test_nonsense_reads_nothing_and_raises_nothing(text):
    assert read(SECRET, "link", text, NOW) is None
