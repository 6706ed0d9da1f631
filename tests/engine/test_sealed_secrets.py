"""Secrets at rest on a real database: nothing plain in a dump, conversion, another key, a lost one (OP-9)."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from amends import cli
from amends.adapters.link import Unreachable
from amends.adapters.mail.protocol import MailTrouble
from amends.core.refusal import Refusal
from amends.engine import connections as engine
from amends.engine import hooks, sealed_secrets
from amends.engine.ids import new_id
from amends.engine.mailboxes import Given, add, change
from amends.store import connections, mailboxes, sealed, sealing
from amends.store.connect import PLATFORM, scope
from amends.store.sealing import sealed_under
from amends.store.trouble import OperatorError
from amends.worker.mail_reading import look, reading
from amends.worker.providers import provider_of
from tests.mail_house import BY, a_house

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PASSWORD, OTHER = "qq-授权码-Zx81jq", "smtp-Wort-77vv"


@pytest.fixture
def house(pool, database_url, tmp_path, monkeypatch):
    """A house whose keys are in its own directory, as they are where nobody sets AMENDS_SECRET_KEY; the database has no secret yet."""
    monkeypatch.delenv("AMENDS_SECRET_KEY")
    monkeypatch.setattr(sealing, "_ring", None)
    with scope(pool, PLATFORM) as conn:
        conn.execute("update connections set secret = '', old_secret = null")
        conn.execute("update mailbox_secrets set imap_password = '', smtp_password = ''")
    sealed_secrets.begin(pool, tmp_path, convert=True)
    return a_house(pool, database_url, tmp_path)


def mailbox(house) -> str:
    given = Given(f"b{new_id()[-12:]}@shop.test", imap_host="127.0.0.1", imap_port="1", imap_security="plain", imap_user="u", imap_password=PASSWORD,
                  smtp_host="127.0.0.1", smtp_security="plain", smtp_user="u", smtp_password=OTHER)
    made = add(house.pool, BY, given, NOW)
    assert isinstance(made, str), made
    return made


def connection(house, kind: str = "payment") -> engine.Shown:
    made = engine.add(house.pool, BY, f"c{new_id()[-8:]}", kind, "https://pay.example", NOW)
    assert isinstance(made, engine.Shown), made
    return made


def test_no_secret_stands_in_a_dump_of_the_database(house, admin):
    box, first = mailbox(house), connection(house)
    second = engine.rotate(house.pool, BY, first.id, NOW, NOW)
    tables = [row[0] for row in admin.execute("select format('%I', relname) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace").fetchall()]
    dump = b""
    for table in tables:
        with admin.cursor().copy(f"copy {table} to stdout") as out:
            dump += b"".join(bytes(piece) for piece in out)
    assert box.encode() in dump
    for secret in (PASSWORD, OTHER, first.secret, second.secret):
        assert secret.encode() not in dump
    with scope(house.pool, PLATFORM) as conn:
        assert mailboxes.find(conn, box).imap_password == PASSWORD
        assert mailboxes.find(conn, box).smtp_password == OTHER
    found = connections.find(house.pool, first.id)
    assert (found.secret, found.old_secret) == (second.secret, first.secret)
    assert first.secret not in repr(found)


def test_every_column_that_may_hold_a_secret_is_known(admin):
    rows = admin.execute(
        "select table_name || '.' || column_name from information_schema.columns where table_schema = 'public' and column_name ~ '(secret|password|api_key|private|credential)' and data_type in ('text', 'bytea', 'jsonb')"
    ).fetchall()
    ours = {"people.password_hash", "people.totp_secret"}  # our own people's: a hash, and a column nothing writes
    assert {row[0] for row in rows} - ours == {"connections.secret", "connections.old_secret", "mailbox_secrets.imap_password", "mailbox_secrets.smtp_password"}


def test_the_key_is_made_at_the_first_start_and_only_its_owner_reads_it(house):
    file = house.home / sealing.FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_text()
    sealed_secrets.begin(house.pool, house.home, convert=True)
    assert file.read_text() == before


def test_what_an_older_release_left_plain_is_sealed_at_the_next_start(house):
    box, made = mailbox(house), connection(house)
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("update connections set secret = 'whsec_plain', old_secret = 'whsec_older' where id = %s", (made.id,))
        conn.execute("update mailbox_secrets set imap_password = %s where mailbox_id = %s", (PASSWORD, box))
    assert sealed_secrets.state(house.pool).under[""] == 3
    sealed_secrets.begin(house.pool, house.home, convert=True)
    assert sealed_secrets.state(house.pool).under[""] == 0
    found = connections.find(house.pool, made.id)
    assert (found.secret, found.old_secret) == ("whsec_plain", "whsec_older")


def test_another_key_and_the_old_one_forgotten(house):
    made = connection(house)
    old = sealed_secrets.state(house.pool).keys
    key, done, left = sealed_secrets.rotate(house.pool)
    assert (done, left) == (1, [])
    assert sealed_secrets.state(house.pool).keys == [key, *old]
    assert sealed_secrets.forget(house.pool) == old
    assert sealed_secrets.state(house.pool).keys == [key]
    assert connections.find(house.pool, made.id).secret == made.secret


def test_a_key_that_is_needed_is_not_forgotten(house):
    connection(house)
    file = house.home / sealing.FILE
    file.write_text("33" * 32 + "\n" + file.read_text())
    with pytest.raises(OperatorError, match="rotate"):
        sealed_secrets.forget(house.pool)


def test_keys_from_the_environment_are_changed_there(house, monkeypatch):
    monkeypatch.setenv("AMENDS_SECRET_KEY", "44" * 32)
    sealed_secrets.begin(house.pool, house.home, convert=False)
    made = connection(house)
    with pytest.raises(OperatorError, match="in front"):
        sealed_secrets.rotate(house.pool)
    monkeypatch.setenv("AMENDS_SECRET_KEY", "55" * 32 + " " + "44" * 32)
    sealed_secrets.begin(house.pool, house.home, convert=False)
    key, done, _ = sealed_secrets.rotate(house.pool)
    assert done == 1
    with scope(house.pool, PLATFORM) as conn:
        assert {sealed_under(h.text) for h in sealed.every(conn) if h.id == made.id} == {key}


def test_a_lost_key_takes_with_it_only_what_needs_it(house, caplog):
    box, made = mailbox(house), connection(house)
    (house.home / sealing.FILE).unlink()
    sealed_secrets.begin(house.pool, house.home, convert=True)
    assert not (house.home / sealing.FILE).exists(), "a new key in its place would hide that the old one is gone"
    assert {h.id for h in sealed_secrets.state(house.pool).locked} == {box, made.id}
    with pytest.raises(Unreachable, match="does not open here"):
        provider_of(house, made.name)
    assert hooks.receive(house.pool, made.id, {}, b"{}", NOW, NOW) == "locked"
    with scope(house.pool, PLATFORM) as conn:
        found = mailboxes.find(conn, box)
    with pytest.raises(MailTrouble) as trouble:
        reading(found)
    assert trouble.value.why == "locked"
    assert look(house, box) == 0
    assert mailboxes.trouble_of(house.pool, box).startswith("locked: ")
    assert [row["locked"] for row in connections.listed(house.pool) if row["id"] == made.id] == [True]
    assert PASSWORD not in caplog.text
    refused = engine.rotate(house.pool, BY, made.id, NOW, NOW)
    assert isinstance(refused, Refusal)
    assert refused.code == "secret_key_missing"


def test_a_secret_filled_in_again_works_under_the_new_key(house):
    box = mailbox(house)
    (house.home / sealing.FILE).unlink()
    sealed_secrets.begin(house.pool, house.home, convert=True)
    _, _, left = sealed_secrets.rotate(house.pool)
    assert {h.id for h in left} == {box}
    with scope(house.pool, PLATFORM) as conn:
        kept = mailboxes.find(conn, box)
    again = Given(kept.address, imap_host="127.0.0.1", imap_security="plain", imap_user="u", imap_password="neu", smtp_host="127.0.0.1", smtp_security="plain", smtp_user="u", smtp_password="neu2")
    assert change(house.pool, BY, box, again, NOW) is None
    with scope(house.pool, PLATFORM) as conn:
        assert mailboxes.find(conn, box).imap_password == "neu"
    assert sealed_secrets.state(house.pool).locked == []


def test_the_audit_has_no_secret(house):
    box = mailbox(house)
    with scope(house.pool, PLATFORM) as conn:
        rows = conn.execute("select before, after from audit where subject_id = %s", (box,)).fetchall()
    assert rows
    assert PASSWORD not in json.dumps([list(row) for row in rows], ensure_ascii=False)


def test_the_command_tells_how_secrets_lie(house, monkeypatch, capsys):
    made = connection(house)
    monkeypatch.setattr("amends.engine.secrets_command.open_house", lambda *_, **__: SimpleNamespace(pool=house.pool, close=lambda: None))
    assert cli.main(["secrets", "status"]) == 0
    assert "1 项" in capsys.readouterr().out
    assert cli.main(["secrets", "rotate"]) == 0
    assert cli.main(["secrets", "forget"]) == 0
    (house.home / sealing.FILE).write_text("66" * 32 + "\n")
    sealed_secrets.begin(house.pool, house.home, convert=True)
    capsys.readouterr()
    assert cli.main(["secrets", "status"]) == 1
    said = capsys.readouterr().out
    assert f"connections.secret · {made.name}" in said
    assert made.secret not in said
    assert cli.main(["secrets", "new-key"]) == 0
    assert sealing.key_of(capsys.readouterr().out) is not None
