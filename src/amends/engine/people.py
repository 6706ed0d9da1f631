"""People in one place: re-exports of persons, sessions, accounts, roles and keys."""

from amends.engine.accounts import Main, change_password, change_person, choose_language, make_merchant, make_person, make_platform, set_password
from amends.engine.audit import By
from amends.engine.keys import Shown, key_holder, make_key, revoke_key, rotate_key
from amends.engine.person import Person
from amends.engine.roles import change_role, grant, make_role, remove_role, revoke
from amends.engine.sessions import SignedIn, end_session, sessions_of, sign_in, sign_out, sign_out_everywhere, whose

__all__ = [
    "By",
    "Main",
    "Person",
    "Shown",
    "SignedIn",
    "change_password",
    "change_person",
    "change_role",
    "choose_language",
    "end_session",
    "grant",
    "key_holder",
    "make_key",
    "make_merchant",
    "make_person",
    "make_platform",
    "make_role",
    "remove_role",
    "revoke",
    "revoke_key",
    "rotate_key",
    "sessions_of",
    "set_password",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "whose",
]
