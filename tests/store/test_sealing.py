"""Sealing a secret: what opens where, what does not, and how keys are written (OP-9)."""

import base64

import pytest

from amends.store.sealing import Keyring, Locked, fresh_key, key_of, sealed_under
from amends.store.trouble import OperatorError

FIRST, SECOND = "11" * 32, "22" * 32


def test_what_is_sealed_opens_in_its_place_only():
    ring = Keyring(FIRST, None)
    box = ring.seal("授权码 abc", "mailbox.imap:1")
    assert "abc" not in box
    assert ring.open(box, "mailbox.imap:1") == "授权码 abc"
    with pytest.raises(Locked):
        ring.open(box, "mailbox.imap:2")


def test_the_same_secret_never_looks_the_same():
    ring = Keyring(FIRST, None)
    assert ring.seal("x", "p") != ring.seal("x", "p")


@pytest.mark.parametrize("spoilt", [lambda b: b[:-2] + ("AA" if not b.endswith("AA") else "BB"), lambda b: b[:30], lambda b: b.rpartition(":")[0] + ":!!!"], ids=["altered", "cut", "nonsense"])
def test_an_altered_text_is_locked_and_says_no_secret(spoilt):
    ring = Keyring(FIRST, None)
    with pytest.raises(Locked) as caught:
        ring.open(spoilt(ring.seal("geheim-wort", "p")), "p")
    assert "geheim" not in str(caught.value)


def test_the_first_key_seals_and_all_open():
    old = Keyring(FIRST, None).seal("x", "p")
    both = Keyring(f"{SECOND},{FIRST}", None)
    assert both.open(old, "p") == "x"
    assert sealed_under(both.seal("x", "p")) == key_of(SECOND).id != sealed_under(old)
    with pytest.raises(Locked, match=key_of(FIRST).id):
        Keyring(SECOND, None).open(old, "p")


def test_without_a_key_nothing_is_sealed_and_nothing_is_kept_plain(tmp_path):
    with pytest.raises(Locked):
        Keyring("", tmp_path / "none").seal("x", "p")
    assert Keyring("", None).seal("", "p") == ""


def test_what_an_older_release_left_plain_is_read_as_it_is():
    assert Keyring(FIRST, None).open("whsec_abc", "p") == "whsec_abc"


def test_a_key_put_into_the_file_is_seen_without_a_restart(tmp_path):
    file = tmp_path / "secret_keys"
    ring = Keyring("", file)
    assert ring.known() == ()
    file.write_text(f"# a remark\n{FIRST}\n")
    assert [k.id for k in ring.known()] == [key_of(FIRST).id]
    file.unlink()
    assert ring.known() == ()


@pytest.mark.parametrize("written", [FIRST, base64.b64encode(bytes.fromhex(FIRST)).decode(), base64.urlsafe_b64encode(bytes.fromhex(FIRST)).decode().rstrip("=")], ids=["hex", "base64", "url"])
def test_a_key_may_be_written_in_several_ways(written):
    assert key_of(written).octets == bytes.fromhex(FIRST)


@pytest.mark.parametrize("written", ["", "passwort", "11" * 31, "ü" * 64], ids=["nothing", "word", "short", "not_ascii"])
def test_what_is_no_key_is_refused_with_what_to_do(written):
    assert key_of(written) is None
    if written:
        with pytest.raises(OperatorError, match="new-key"):
            Keyring(written, None)


def test_a_fresh_key_is_a_key():
    assert key_of(fresh_key()) is not None
