"""The dossier over HTTP (DI-10): each key its side's copy, the bytes as they were made."""

from __future__ import annotations

import hashlib
import json

from amends.core.dossier_check import check
from amends.engine.ids import new_id


def test_each_key_gets_the_copy_of_whom_it_speaks_for(api):
    case = api.shop.apply(api.shop.order(("CUP", 1, 12900)))
    path = f"/api/v1/service-orders/{case}/dossier"
    got = api.call("GET", path)
    assert (got.status, got.headers["content-type"]) == (200, "application/json")
    assert check(got.raw) == []
    assert (got.json["made_for"]["side"], got.json["order"]["receiver"]) == ("merchant", "林**")
    assert api.call("GET", path).raw == got.raw, "kept and answered unaltered"
    mine = api.call("GET", path, as_="buyer/buyer-lin").json
    assert (mine["made_for"]["side"], mine["order"]["receiver"], mine["seal"]["history"]) == ("buyer", "林小满", got.json["seal"]["history"])
    assert api.call("GET", path, as_="buyer/buyer-other").status == 404
    assert api.call("GET", f"/api/v1/service-orders/{new_id()}/dossier").status == 404
    assert api.call("GET", f"/api/v1/cancellations/{case}/dossier").status == 404


def test_paper_and_bundle_come_as_files(api):
    case = api.shop.apply(api.shop.order(("CUP", 1, 12900)))
    pdf = api.call("GET", f"/api/v1/service-orders/{case}/dossier.pdf")
    assert (pdf.status, pdf.headers["content-type"], pdf.raw[:5]) == (200, "application/pdf", b"%PDF-")
    bundle = api.call("GET", f"/api/v1/service-orders/{case}/dossier.zip")
    assert (bundle.status, bundle.headers["content-type"]) == (200, "application/zip")
    assert hashlib.sha256(pdf.raw).hexdigest().encode() in bundle.raw
    audited = api.shop.all("select after from audit where action = 'dossier_made' and subject_id = %s", case)
    assert [json.loads(a) if isinstance(a, str) else a["copy"] for (a,) in audited] == ["merchant"]
