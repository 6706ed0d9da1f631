"""The dossier of a case over HTTP (DI-10): as JSON, as PDF, as ZIP, for whoever the key speaks for."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import msgspec

from amends.api.collections import COLLECTIONS
from amends.api.door import Bytes, Call, Refused, Reply, View
from amends.api.pages import flag
from amends.core.refusal import Refusal
from amends.engine.audit import By
from amends.engine.dossier.copies import Copy
from amends.engine.dossier.making import LANGUAGES, make, zipped
from amends.store import dossiers
from amends.store.connect import scope
from amends.store.dossiers import Kept
from amends.store.screens import cases as screen


def teller(collection: str, form: str) -> View:
    """The dossier as the case stands now: a merchant's key gets the merchant's copy, the platform's its own (whole with `reveal=true`), one that speaks for the buyer the buyer's."""
    kind = COLLECTIONS[collection].kind

    def view(call: Call, id: UUID) -> Reply:
        call.needs("read")
        call.known_queries("reveal", *(("paper",) if form != "json" else ()))
        merchant, actor = call.merchant(), call.acting()
        if screen.buyer_of(call.house.pool, merchant, kind, str(id)) is None:
            raise Refused(Refusal("not_there"))
        side = actor.party.value if actor.party.value in ("merchant", "buyer", "platform") else "merchant"
        by = By(actor, str(call.request.META.get("REMOTE_ADDR", "")))
        kept = make(call.house, by, merchant, str(id), Copy(side, unmasked=side == "platform" and call.query("reveal", flag, False)), call.now, paper=form != "json", language=call.query("paper", _language, LANGUAGES[0]) if form != "json" else LANGUAGES[0])
        if isinstance(kept, Refusal):
            raise Refused(kept)
        return FORMS[form](call, kept)

    return view


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise ValueError(text)
    return text


def _document(call: Call, kept: Kept) -> Reply:
    return Reply(msgspec.Raw(_json(call, kept)))


def _json(call: Call, kept: Kept) -> bytes:
    with scope(call.house.pool, UUID(kept.merchant_id)) as conn:
        return dossiers.document(conn, kept.merchant_id, kept.id) or b""


def _paper(call: Call, kept: Kept) -> Reply:
    return Reply(Bytes("application/pdf", _pdf(call, kept)))


def _pdf(call: Call, kept: Kept) -> bytes:
    with scope(call.house.pool, UUID(kept.merchant_id)) as conn:
        found = dossiers.paper(conn, kept.merchant_id, kept.id)
    if found is None:
        raise Refused(Refusal("dossier_not_drawn"))
    return found


def _bundle(call: Call, kept: Kept) -> Reply:
    _pdf(call, kept)
    packed = zipped(call.house.pool, kept)
    assert packed is not None
    with packed as file:
        return Reply(Bytes("application/zip", file.read()))


FORMS: dict[str, Callable[[Call, Kept], Reply]] = {"json": _document, "pdf": _paper, "zip": _bundle}
