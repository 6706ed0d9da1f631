"""The dossier of a real case (DI-10): complete, stable, masked for each side, drawn, and verified byte by byte."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pypdf import PdfReader

from amends import cli
from amends.core import dossier as core
from amends.core.actor import ALL, Actor, Party
from amends.core.dossier_check import check
from amends.core.refusal import Refusal
from amends.core.verbs.desk import Note
from amends.engine.audit import By
from amends.engine.clock import DemoClock
from amends.engine.dossier.copies import Copy
from amends.engine.dossier.gather import gather
from amends.engine.dossier.making import draw_waiting, make, zipped
from amends.engine.dossier.verify import verify
from amends.engine.house import House
from amends.engine.ids import new_id
from amends.store import dossiers
from amends.store.connect import PLATFORM, Database, Pool, scope
from amends.worker.dossiers import DOSSIERS
from tests.engine.dossier_case import DESCRIPTION, told_case
from tests.shop import LIN, Shop

SECRET = b"a secret of the tests, long enough"


class Told:
    """The case, its house, and its merchant's dossier as files."""

    def __init__(self, pool: Pool, url: str, folder: Path) -> None:
        self.shop, self.case = told_case(pool)
        self.house = House(pool, DemoClock(pool), folder, True, SECRET, Database(url))
        made = make(self.house, By(self.shop.hai), self.shop.merchant, self.case, Copy("merchant"), self.shop.now)
        assert not isinstance(made, Refusal)
        self.kept = made
        with scope(pool, PLATFORM) as conn:
            self.json, self.pdf = dossiers.document(conn, self.shop.merchant, made.id) or b"", dossiers.paper(conn, self.shop.merchant, made.id) or b""
        packed = zipped(pool, made)
        assert packed is not None
        with packed as file:
            self.zip = file.read()
        self.document: dict[str, Any] = json.loads(self.json)

    def gathered(self, copy: Copy) -> dict[str, Any]:
        found = gather(self.house.pool, self.shop.merchant, self.case, copy, SECRET, new_id(), self.shop.now)
        assert found is not None
        return found.document


@pytest.fixture(scope="module")
def told(pool: Pool, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Told:
    return Told(pool, database_url, tmp_path_factory.mktemp("house"))


def test_everything_of_the_case_is_in_the_document(told: Told) -> None:
    d = told.document
    assert (d["schema"], d["version"], d["case"]["kind"], d["case"]["description"]) == ("amends.dossier", 2, "service_order", DESCRIPTION)
    assert [e["name"] for e in d["events"]] == ["applied", "said", "said", "noted", "return_approved", "shipped_back", "goods_received", "refund_granted"]
    assert [e["n"] for e in d["events"]] == list(range(1, 9))
    assert [m["words"] for m in d["messages"]] == ["您好，已收到您的申请，请问裂纹是开箱时就有吗？", "开箱就有，倒水才发现。"]
    assert [(e["by"]["party"], e["about"]["zh"]) for e in d["evidence"]] == [("buyer", "申请附图")] * 3 + [("merchant", "发送消息")]
    with scope(told.shop.pool, PLATFORM) as conn:
        bytes_of = dict(conn.execute("select id::text, bytes from files where case_id = %s", (told.case,)).fetchall())
    assert {e["id"]: e["sha256"] for e in d["evidence"]} == {i: hashlib.sha256(b).hexdigest() for i, b in bytes_of.items()}
    assert {(p["carrier"], len(p["trace"])) for p in d["parcels"]} == {("顺丰速运", 4), ("中通快递", 0)}
    assert d["order"]["goods"][0]["pieces"] == 1
    assert d["order"]["goods"][1]["pieces"] == 0
    assert sum(amount for m in d["ledger"] for _, amount, _ in m["entries"]) == 0
    assert d["ledger"]
    assert [s["code"] for s in d["sections"]] == ["receipt", "refund"]
    ruled = {r["name"]: r for r in d["rules"]}
    assert ruled["review"]["value"]["zh"].startswith("48 小时")
    assert all(r["source"] and r["source_words"] and r["pack"].startswith("jd@") for r in d["rules"])


def test_the_same_case_makes_the_same_bytes_and_is_kept_once(told: Told) -> None:
    assert core.written(told.document) == told.json
    later = make(told.house, By(told.shop.xia), told.shop.merchant, told.case, Copy("merchant"), told.shop.now)
    assert not isinstance(later, Refusal)
    assert (later.id, later.json_sha256, later.pdf_sha256) == (told.kept.id, hashlib.sha256(told.json).hexdigest(), hashlib.sha256(told.pdf).hexdigest())
    packed = zipped(told.house.pool, later)
    assert packed is not None
    with packed as again:
        assert again.read() == told.zip
    rows = told.shop.all("select actor_name, after ->> 'sha256' from audit where action = 'dossier_made' and subject_id = %s", told.case)
    assert rows == [("阿海", told.kept.json_sha256)]


def test_a_kept_dossier_cannot_be_altered(told: Told, admin: Any) -> None:
    for change in ("update dossiers set json = 'x'", "update dossiers set trouble = 'x'", "delete from dossiers"):
        with pytest.raises(Exception, match=r"does not change|can only be added to"):
            admin.execute(change)


@pytest.mark.parametrize(("copy", "receiver", "phone", "staff", "buyer"), [
    pytest.param(Copy("merchant"), "林**", "138****0000", "阿海", "小*", id="merchant"), pytest.param(Copy("buyer"), "林小满", "13800000000", "阿*", "小林", id="buyer"),
    pytest.param(Copy("platform"), "林**", "138****0000", "阿*", "小*", id="platform"), pytest.param(Copy("platform", unmasked=True), "林小满", "13800000000", "阿海", "小林", id="whole"),
])
def test_each_side_sees_the_other_masked(told: Told, copy: Copy, receiver: str, phone: str, staff: str, buyer: str) -> None:
    d = told.gathered(copy)
    assert (d["order"]["receiver"], d["order"]["phone"]) == (receiver, phone)
    assert {e["by"]["name"] for e in d["events"] if e["by"]["party"] == "merchant"} == {staff}
    assert {e["by"]["name"] for e in d["events"] if e["by"]["party"] == "buyer"} == {buyer}
    text = json.dumps(d, ensure_ascii=False)
    assert "老客户" not in text, "notes among staff are in no copy"
    assert ("银河大街" in text) == (receiver == "林小满")
    assert d["seal"]["history"] == told.document["seal"]["history"], "one history, whoever's copy it is"
    assert check(core.written(d)) == []
    if copy.side == "buyer":
        assert {a["zh"] for m in d["ledger"] for a, _, _ in m["entries"]} <= {"应退客户"}
    assert all(e["record"] is None for e in d["events"] if e["withheld"])
    assert (sum(e["record"] is not None for e in d["events"]) == 7) == copy.unmasked, "a whole copy can be recomputed event by event, all but the note"


def test_the_paper_says_it_all(told: Told) -> None:
    paper = PdfReader(io.BytesIO(told.pdf))
    text = "\n".join(p.extract_text() for p in paper.pages)
    flat = "".join(text.split())
    for said in (DESCRIPTION, "您好，已收到您的申请，请问裂纹是开箱时就有吗？", "同意客户发货", "时间线", "适用规则与数据来源", "快件到达北京顺义集散中心", "S-2026-000001", "商家副本", "¥199.00", "杯口裂纹属实"):
        assert "".join(said.split()) in flat, said
    for wanted in (*(e["sha256"] for e in told.document["evidence"]), *(e["digest"] for e in told.document["events"]), told.document["seal"]["history"], told.kept.json_sha256):
        assert wanted in flat, wanted
    assert f"第{len(paper.pages)}页共{len(paper.pages)}页" in "".join(paper.pages[-1].extract_text().split())
    assert all("服务单S-2026-000001" in "".join(p.extract_text().split()) for p in paper.pages)
    assert paper.attachments["dossier.json"][0] == told.json
    assert sum(len(p.images) for p in paper.pages) == 4
    faces = {str(f.get_object()["/BaseFont"]) for p in paper.pages for f in p["/Resources"]["/Font"].values()}
    assert faces
    assert all("+" in f and "Noto" in f for f in faces), "embedded as subsets"


def _flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x01]) + data[at + 1 :]


def _verified(tmp_path: Path, name: str, data: bytes) -> tuple[int, str]:
    file = tmp_path / name
    file.write_bytes(data)
    said = "; ".join(f"{w.file} {w.zh}" for w in verify(file).findings)
    return int(bool(said)), said


@pytest.mark.parametrize("form", ["json", "pdf", "zip"])
def test_verify_is_content_with_what_was_made(told: Told, tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / f"a.{form}"
    file.write_bytes(getattr(told, form))
    assert cli.main(["dossier", "verify", str(file)]) == 0
    assert told.kept.json_sha256 in capsys.readouterr().out
    file.write_bytes(_flip(getattr(told, form), 700))
    assert cli.main(["dossier", "verify", str(file)]) == 1
    assert cli.main(["dossier", "verify", str(tmp_path / "none.pdf")]) == 2


@pytest.mark.parametrize("form", ["json", "pdf", "zip"])
@pytest.mark.parametrize("place", [0.03, 0.31, 0.5, 0.77, 0.999])
def test_one_flipped_byte_is_found_wherever_it_is(told: Told, tmp_path: Path, form: str, place: float) -> None:
    data = getattr(told, form)
    status, said = _verified(tmp_path, f"a.{form}", _flip(data, int(len(data) * place)))
    assert status == 1
    assert said


def test_a_removed_event_shows_even_when_the_parts_are_sealed_anew(told: Told, tmp_path: Path) -> None:
    d = json.loads(told.json)
    del d["events"][2]
    d["seal"]["parts"]["events"] = core.digest(core.canonical(d["events"]))
    d["seal"]["events"] = len(d["events"])
    d["seal"]["digest"] = core.seal_digest(d["seal"])
    status, said = _verified(tmp_path, "a.json", core.written(d))
    assert status == 1
    assert "第 3 号事件不在了" in said
    assert "从第 4 号事件起，事件链断开" in said


def test_a_changed_event_is_named(told: Told) -> None:
    d = told.gathered(Copy("platform", unmasked=True))
    d["events"][4]["record"]["body"]["to"] = "rejected"
    said = [w.zh for w in check(core.written(d))]
    assert "第 5 号事件被改过" in said
    assert "部分 events 被改过" in said


def test_a_swapped_picture_is_found_though_the_sums_were_written_anew(told: Told, tmp_path: Path) -> None:
    path = told.document["evidence"][0]["path"]
    other = zipfile.ZipFile(io.BytesIO(told.zip)).read(told.document["evidence"][1]["path"])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(told.zip)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = other if entry.filename == path else old.read(entry)
            if entry.filename == "SHA256SUMS":
                content = content.replace(told.document["evidence"][0]["sha256"].encode(), hashlib.sha256(other).hexdigest().encode())
            new.writestr(entry, content)
    status, said = _verified(tmp_path, "a.zip", out.getvalue())
    assert status == 1
    assert f"{path} 与卷宗所记的 SHA-256 不符" in said


def test_the_sums_are_checked_by_the_systems_own_command(told: Told, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(told.zip)) as archive:
        archive.extractall(tmp_path)
    assert subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=False, capture_output=True).returncode == 0
    file = tmp_path / told.document["evidence"][0]["path"]
    file.write_bytes(_flip(file.read_bytes(), 900))
    assert subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=False, capture_output=True).returncode == 1


def test_a_large_one_is_left_to_the_worker(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amends.engine.dossier.making.FILES_AT_ONCE", 0)
    shop: Shop = told.shop
    arbiter = replace(shop.arbiter)
    kept = make(told.house, By(arbiter), shop.merchant, told.case, Copy("platform"), shop.now)
    assert not isinstance(kept, Refusal)
    assert (kept.made_at, kept.to_draw) == (None, 4)
    DOSSIERS(told.house)
    DOSSIERS.join(60)
    assert draw_waiting(told.house) == 0
    with scope(told.house.pool, PLATFORM) as conn:
        done = dossiers.one(conn, shop.merchant, kept.id)
    assert done is not None
    assert (done.drawn, done.json_sha256) == (4, kept.json_sha256)
    assert done.made_at is not None


def test_whole_copies_need_leave_and_others_cases_are_not_there(told: Told) -> None:
    hand = Actor(Party.PLATFORM, new_id(), "新人", None)
    refused = make(told.house, By(hand), told.shop.merchant, told.case, Copy("platform", unmasked=True), told.shop.now)
    assert isinstance(refused, Refusal)
    assert refused.code == "permission_missing"
    stranger = Actor(Party.BUYER, "buyer-other", "别人", told.shop.merchant, ALL)
    gone = make(told.house, By(stranger), told.shop.merchant, told.case, Copy("buyer"), told.shop.now)
    assert isinstance(gone, Refusal)
    mine = make(told.house, By(replace(LIN, merchant_id=told.shop.merchant)), told.shop.merchant, told.case, Copy("buyer"), told.shop.now)
    assert not isinstance(mine, Refusal)
    assert mine.side == "buyer"


def test_the_document_alone_needs_no_paper_and_what_was_given_up_is_tried_again(told: Told) -> None:
    shop, by = told.shop, By(told.shop.arbiter)
    shop.say(told.case, Note(words="再看一眼"))
    kept = make(told.house, by, shop.merchant, told.case, Copy("platform"), shop.now, paper=False)
    assert not isinstance(kept, Refusal)
    assert kept.made_at is None
    with scope(told.house.pool, PLATFORM) as conn:
        conn.execute("update dossiers set attempts = 3, trouble = 'broken' where id = %s", (kept.id,))
    assert draw_waiting(told.house) == 0
    again = make(told.house, by, shop.merchant, told.case, Copy("platform"), shop.now)
    assert not isinstance(again, Refusal)
    assert again.id == kept.id
    assert again.made_at is not None


def test_the_house_says_whether_it_keeps_exactly_this_one(told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("amends.engine.dossier.command.open_house", lambda *_, **__: SimpleNamespace(pool=told.house.pool, close=lambda: None))
    file = tmp_path / "a.pdf"
    file.write_bytes(told.pdf)
    assert cli.main(["dossier", "verify", "--kept", str(file)]) == 0
    assert told.kept.id in capsys.readouterr().out
    forged = json.loads(told.json)
    forged["case"]["description"] = "一切正常"
    parts = {name: core.digest(core.canonical(value)) for name, value in forged.items() if name != "seal"}
    seal = {**forged["seal"], "parts": parts}
    forged["seal"] = seal | {"digest": core.seal_digest(seal)}
    other = tmp_path / "b.json"
    other.write_bytes(core.written(forged))
    assert cli.main(["dossier", "verify", str(other)]) == 1
    assert "签名与内容不符" in capsys.readouterr().out, "whoever computes everything anew has no key to sign it with"
    forged["version"] = 1
    del forged["seal"]["signature"]
    parts = {name: core.digest(core.canonical(value)) for name, value in forged.items() if name != "seal"}
    forged["seal"] = (forged["seal"] | {"parts": parts})
    forged["seal"]["digest"] = core.seal_digest(forged["seal"])
    other.write_bytes(core.written(forged))
    assert cli.main(["dossier", "verify", str(other)]) == 0, "passed off as one from before there were signatures it deceives the file alone"
    assert "unsigned" in capsys.readouterr().out
    assert cli.main(["dossier", "verify", "--kept", str(other)]) == 1
