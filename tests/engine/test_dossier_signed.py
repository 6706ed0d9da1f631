"""The house's signature on a dossier, and the dossier in English (DI-10): checked by our command and by openssl alone; what was made before there were signatures still verifies."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import subprocess
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pypdf import PdfReader

from amends import cli
from amends.core import dossier as core
from amends.core.refusal import Refusal
from amends.engine.audit import By
from amends.engine.clock import DemoClock
from amends.engine.dossier.bundle import SEALED, bundle
from amends.engine.dossier.copies import Copy
from amends.engine.dossier.making import make, reader, signed, zipped
from amends.engine.dossier.paper import draw
from amends.engine.dossier.signature import FILE, Signer, id_of, pem, signer
from amends.engine.dossier.verify import verify
from amends.engine.house import House
from amends.store import dossiers, signing_keys
from amends.store.connect import PLATFORM, Database, Pool, scope
from amends.store.dossiers import Kept
from amends.store.trouble import OperatorError
from tests.engine.dossier_case import told_case


class Told:
    """A case, its house, and its merchant's dossier in both languages."""

    def __init__(self, pool: Pool, url: str, folder: Path) -> None:
        self.shop, self.case = told_case(pool)
        self.house = House(pool, DemoClock(pool), folder, True, b"a secret of the tests, long enough", Database(url))
        self.zh, self.en = self.made("zh-CN"), self.made("en")
        self.json, self.pdf, self.zip = self.files(self.zh)

    def made(self, language: str) -> Kept:
        found = make(self.house, By(self.shop.hai), self.shop.merchant, self.case, Copy("merchant"), self.shop.now, language=language)
        assert not isinstance(found, Refusal)
        return found

    def files(self, kept: Kept) -> tuple[bytes, bytes, bytes]:
        with scope(self.house.pool, PLATFORM) as conn:
            data, pdf = dossiers.document(conn, self.shop.merchant, kept.id) or b"", dossiers.paper(conn, self.shop.merchant, kept.id) or b""
        packed = zipped(self.house.pool, kept)
        assert packed is not None
        with packed as file:
            return data, pdf, file.read()


@pytest.fixture(scope="module")
def told(pool: Pool, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Told:
    return Told(pool, database_url, tmp_path_factory.mktemp("house"))


def packed_anew(data: bytes, **changed: bytes | None) -> bytes:
    """The archive with files changed or left out, and its own seal written anew, as a forger without a key would."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = changed.get(entry.filename, old.read(entry))
            if content is not None:
                new.writestr(entry.filename, content)
        new.comment = old.comment
    made = bytearray(out.getvalue())
    made[-64:] = hashlib.sha256(bytes(made[:-SEALED])).hexdigest().encode()
    return bytes(made)


def findings(tmp_path: Path, name: str, data: bytes) -> list[str]:
    file = tmp_path / name
    file.write_bytes(data)
    return [f"{w.file} {w.zh}" for w in verify(file).findings]


def test_the_key_is_made_once_and_only_its_owner_reads_it(told: Told) -> None:
    file = told.house.home / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    key = signer(told.house.home)
    with scope(told.house.pool, PLATFORM) as conn:
        assert [k.id for k in signing_keys.every(conn)] == [key.id]
    assert told.zh.signing_key == key.id
    assert "PRIVATE" not in repr(key)


def test_each_file_says_who_signed_it(told: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = signer(told.house.home)
    published = tmp_path / "house.pem"
    published.write_text(pem(Ed25519PrivateKey.generate().public_key().public_bytes_raw()) + pem(key.public))
    for form, names in (("json", {"a.json"}), ("pdf", {"a.pdf", "a.pdf#dossier.json"}), ("zip", {"dossier.json", "dossier.pdf", "SHA256SUMS"})):
        file = tmp_path / f"a.{form}"
        file.write_bytes(getattr(told, form))
        found = verify(file)
        assert (found.findings, set(found.signatures), found.keys) == ([], names, {key.id})
        assert cli.main(["dossier", "verify", str(file), "--key", str(published)]) == 0
        assert f"Ed25519 {key.id}" in capsys.readouterr().out
    other = tmp_path / "other.pem"
    other.write_text(pem(Ed25519PrivateKey.generate().public_key().public_bytes_raw()))
    assert cli.main(["dossier", "verify", str(tmp_path / "a.zip"), "--key", str(other)]) == 1
    assert cli.main(["dossier", "verify", str(tmp_path / "a.zip"), "--key", str(tmp_path / "a.json")]) == 2


def test_a_third_party_needs_nothing_but_openssl(told: Told, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(told.zip)) as archive:
        archive.extractall(tmp_path)
    (tmp_path / "house.pem").write_text(pem(signer(told.house.home).public))
    check = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "house.pem", "-rawin", "-in", "SHA256SUMS", "-sigfile", "SHA256SUMS.sig"]
    said = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True)
    assert (said.returncode, "Verified Successfully" in said.stdout) == (0, True), said.stderr
    assert subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path, capture_output=True).returncode == 0
    sums = tmp_path / "SHA256SUMS"
    sums.write_bytes(sums.read_bytes().replace(b"dossier.json", b"dossier_json"))
    assert subprocess.run(check, cwd=tmp_path, capture_output=True).returncode == 1


def test_a_manifest_with_right_digests_and_another_signature_is_found(told: Told, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(told.zip)) as archive:
        sums = archive.read("SHA256SUMS")
    lines = sums.splitlines(keepends=True)
    assert findings(tmp_path, "a.zip", packed_anew(told.zip)) == []
    turned = b"".join([lines[1], lines[0], *lines[2:]])
    assert findings(tmp_path, "a.zip", packed_anew(told.zip, SHA256SUMS=turned)) == ["SHA256SUMS 签名与内容不符"]
    without = packed_anew(told.zip, **{"SHA256SUMS.sig": None, "signing-key.pem": None})
    assert findings(tmp_path, "a.zip", without) == ["SHA256SUMS.sig 本应有的签名不在了"]


def test_a_document_computed_anew_has_no_signature_that_fits(told: Told, tmp_path: Path) -> None:
    forged = json.loads(told.json)
    forged["case"]["description"] = "一切正常"
    seal = forged["seal"] | {"parts": {name: core.digest(core.canonical(value)) for name, value in forged.items() if name != "seal"}}
    forged["seal"] = seal | {"digest": core.seal_digest(seal)}
    assert findings(tmp_path, "a.json", core.written(forged)) == ["a.json 签名与内容不符"]
    del forged["seal"]["signature"]
    assert findings(tmp_path, "a.json", core.written(forged)) == ["a.json 本应有的签名不在了"]


def test_signed_with_a_key_of_ones_own_it_is_told_by_the_published_ones(told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    forged = json.loads(told.json)
    del forged["seal"]["signature"]
    data = signed(forged, Signer(id_of(public), public, private))
    file = tmp_path / "a.json"
    file.write_bytes(data)
    found = verify(file)
    assert (found.findings, found.keys) == ([], {id_of(public)})
    found.held_against({signer(told.house.home).public})
    assert [w.en for w in found.findings] == ["signed with a key that is not among those given"]


def test_one_made_before_there_were_signatures_still_verifies_and_says_so(told: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = json.loads(told.json) | {"version": 1}
    seal = {k: v for k, v in old["seal"].items() if k not in ("signature", "digest")} | {"parts": {name: core.digest(core.canonical(value)) for name, value in old.items() if name != "seal"}}
    old["seal"] = seal | {"digest": core.digest(core.canonical(seal))}
    for event in old["events"]:
        event["said"] = event["said"]["zh"] if event["said"] else ""
    old["seal"]["parts"]["events"] = core.digest(core.canonical(old["events"]))
    old["seal"]["digest"] = core.seal_digest(old["seal"])
    data = core.written(old)
    pdf = draw(old, data, reader(told.house.pool, told.shop.merchant))
    with bundle(data, pdf, reader(told.house.pool, told.shop.merchant)) as packed:
        archive = packed.read()
    for form, content in (("json", data), ("pdf", pdf), ("zip", archive)):
        file = tmp_path / f"old.{form}"
        file.write_bytes(content)
        assert cli.main(["dossier", "verify", str(file)]) == 0, capsys.readouterr().out
        assert "未签名 / unsigned" in capsys.readouterr().out
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        assert "SHA256SUMS.sig" not in found.namelist()


def test_the_english_paper_tells_the_same_facts_over_the_same_document(told: Told) -> None:
    data, pdf, archive = told.files(told.en)
    assert data == told.json
    assert (told.en.id != told.zh.id, told.en.json_sha256) == (True, told.zh.json_sha256)
    assert pdf != told.pdf
    paper = PdfReader(io.BytesIO(pdf))
    assert paper.attachments["dossier.json"][0] == told.json
    flat = "".join("".join(p.extract_text().split()) for p in paper.pages)
    for said in ("Dossier·", "Timeline", "Merchant'scopy", "Rulesapplied,withsources", "Chainofeventsandverification", f"Page{len(paper.pages)}of{len(paper.pages)}", signer(told.house.home).id):
        assert said in flat, said
    for same in (*(e["sha256"] for e in json.loads(told.json)["evidence"]), told.zh.json_sha256, json.loads(told.json)["seal"]["history"]):
        assert same in flat
    assert "时间线" not in flat
    assert "适用规则" not in flat
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        assert found.read("dossier.json") == told.json
    again = told.made("en")
    assert (again.id, again.pdf_sha256) == (told.en.id, told.en.pdf_sha256)


def test_a_file_that_is_no_key_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n")
    with pytest.raises(OperatorError, match="no Ed25519 private key"):
        signer(tmp_path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_second_file_of_the_same_name_is_found(told: Told, tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(told.zip)) as old, zipfile.ZipFile(out, "w") as new:
        new.writestr("dossier.pdf", b"%PDF-1.4 a forged paper, before the true one")
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry))
        new.comment = old.comment
    made = bytearray(out.getvalue())
    made[-64:] = hashlib.sha256(bytes(made[:-SEALED])).hexdigest().encode()
    assert findings(tmp_path, "a.zip", bytes(made)) == ["dossier.pdf 压缩包中同名文件不止一个，解开后看到的未必是核验的那个"]


NONSENSE = {
    "half-a-character": b'{"schema":"amends.dossier","version":2,"seal":{},"x":"\\ud800"}', "no-number": b'{"schema":"amends.dossier","version":2,"seal":{},"x":NaN}', "endless": b"[" * 200_000,
    "no-case": b'{"case":5,"schema":"amends.dossier","seal":{},"version":2}\n',
    "no-exhibits": b'{"case":{"id":"x"},"events":[],"evidence":[5],"schema":"amends.dossier","seal":{},"version":2}\n',
}


@pytest.mark.parametrize("form", ["json", "zip"])
@pytest.mark.parametrize("data", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_told_and_breaks_nothing(told: Told, tmp_path: Path, data: bytes, form: str) -> None:
    assert findings(tmp_path, f"a.{form}", data if form == "json" else packed_anew(told.zip, **{"dossier.json": data}))


def downgraded(told: Told) -> tuple[bytes, bytes]:
    """A forged document passed off as one from before there were signatures, and a ZIP of it with the true document among its files."""
    forged = json.loads(told.json) | {"version": 1}
    forged["case"]["description"] = "一切正常"
    for event in forged["events"]:
        event["said"] = event["said"]["zh"] if event["said"] else ""
    seal = {k: v for k, v in forged["seal"].items() if k not in ("signature", "digest")} | {"parts": {name: core.digest(core.canonical(value)) for name, value in forged.items() if name != "seal"}}
    forged["seal"] = seal | {"digest": core.seal_digest(seal)}
    data = core.written(forged)
    pdf = draw(forged, data, reader(told.house.pool, told.shop.merchant))
    with bundle(data, pdf, reader(told.house.pool, told.shop.merchant)) as packed:
        archive = packed.read()
    with zipfile.ZipFile(io.BytesIO(archive)) as plain:
        sums = plain.read("SHA256SUMS") + f"{hashlib.sha256(told.json).hexdigest()}  true.json\n".encode()
    out = io.BytesIO(packed_anew(archive, SHA256SUMS=sums))
    with zipfile.ZipFile(out, "a") as more:
        more.writestr("true.json", told.json)
    return pdf, packed_anew(out.getvalue())


def test_a_true_document_among_forged_files_is_not_taken_for_what_the_house_keeps(told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("amends.engine.dossier.command.open_house", lambda *_, **__: SimpleNamespace(pool=told.house.pool, close=lambda: None))
    file = tmp_path / "a"
    for true in (told.json, told.pdf, told.zip):
        file.write_bytes(true)
        assert cli.main(["dossier", "verify", "--kept", str(file)]) == 0
    for forged in downgraded(told):
        file.write_bytes(forged)
        assert cli.main(["dossier", "verify", str(file)]) == 0, "without a key, and passed off as old, it deceives the file alone"
        assert "unsigned" in capsys.readouterr().out
        assert cli.main(["dossier", "verify", "--kept", str(file)]) == 1
        assert "keeps no such dossier" in capsys.readouterr().out
