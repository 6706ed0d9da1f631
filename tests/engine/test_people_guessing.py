"""Guessing passwords from many places at once gets no more tries than one after the other (ST-5)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from amends.engine import passwords, sessions
from amends.engine.people import sign_in
from amends.store.connect import Pool
from tests.engine.people_cast import NOW, PASSWORD, open_shop


@pytest.mark.parametrize("known", [True, False])
def test_parallel_guesses_are_counted_before_they_are_looked_at(pool: Pool, known: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    email = open_shop(pool).main.email if known else "guessed-at@example.com"
    looked: list[str] = []
    real = passwords.fits
    monkeypatch.setattr(passwords, "fits", lambda password, kept: looked.append(password) or real(password, kept))
    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(lambda n: sign_in(pool, email, f"guess-number-{n}", f"198.51.100.{n}", "", NOW), range(40)))
    assert len(looked) == sessions.FREE_ATTEMPTS
    assert sorted(a.code for a in answers) == ["sign_in_wait"] * (40 - sessions.FREE_ATTEMPTS) + ["sign_in_wrong"] * sessions.FREE_ATTEMPTS
    assert sign_in(pool, email, PASSWORD, "", "", NOW).code == "sign_in_wait"
