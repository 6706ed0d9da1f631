"""What may be filed as evidence: told by its content, kept unaltered, and nothing that acts by itself (DI-5)."""

import hashlib
import io

import pytest
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from amends.core.refusal import Refusal
from amends.engine.evidence_files import DOCUMENT_AT_MOST, judged, take_evidence
from amends.engine.ids import new_id
from amends.store import files
from amends.store.connect import scope
from tests.shop import open_shop
from tests.web.case_cast import picture


def paper(pages: int = 1) -> bytes:
    """A plain document."""
    made = FPDF()
    for n in range(pages):
        made.add_page()
        made.set_font("helvetica", size=14)
        made.cell(text=f"weight ticket {n + 1}: 0.43 kg")
    return bytes(made.output())


def changed(change) -> bytes:
    """The same with something added by `change(writer)`."""
    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(paper()))), io.BytesIO()
    change(writer)
    writer.write(out)
    return out.getvalue()


def launches(writer: PdfWriter) -> None:
    act = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("calc.exe")})
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(act)


def scripts(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): DictionaryObject()})


def hidden(writer: PdfWriter) -> None:
    """A script on a page, inside compressed object streams."""
    act = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")})
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): writer._add_object(act)})


def box(name: bytes, inside: bytes = b"") -> bytes:
    """A box of a video's container."""
    return (8 + len(inside)).to_bytes(4, "big") + name + inside


MP4 = box(b"ftyp", b"isom\x00\x00\x02\x00isomavc1mp41") + box(b"moov", b"\x00" * 40) + box(b"mdat", b"\x01" * 200)
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm\x42\x87\x81\x04\x18\x53\x80\x67\x01\x00" + b"\x00" * 100


@pytest.mark.parametrize(("data", "kind"), [
    pytest.param(picture(), "image/jpeg", id="picture"), pytest.param(paper(3), "application/pdf", id="document"), pytest.param(MP4, "video/mp4", id="mp4"), pytest.param(WEBM, "video/webm", id="webm"),
])
def test_what_a_file_is_its_content_tells(data, kind):
    found = judged(data)
    assert not isinstance(found, Refusal), found
    assert found[0] == kind
    assert kind.startswith("image/") or found[1] == data


@pytest.mark.parametrize(("data", "code"), [
    pytest.param(b"", "evidence_empty", id="empty"), pytest.param(b"MZ\x90\x00", "evidence_kind", id="program"), pytest.param(b"<svg onload=alert(1)>", "evidence_kind", id="svg"),
    pytest.param(b"%PDF-1.7\nnothing", "evidence_broken", id="half a document"), pytest.param(changed(scripts), "evidence_acts", id="script"),
    pytest.param(changed(lambda w: w.add_attachment("a.exe", b"MZ")), "evidence_acts", id="file within"), pytest.param(changed(launches), "evidence_acts", id="launch"),
    pytest.param(changed(hidden), "evidence_acts", id="script on a page"), pytest.param(changed(lambda w: w.encrypt("x")), "evidence_locked", id="password"),
    pytest.param(paper() + b" " * DOCUMENT_AT_MOST, "evidence_too_big", id="large document"), pytest.param(MP4[:-5], "evidence_video", id="cut video"),
    pytest.param(box(b"ftyp", b"isom\x00\x00\x02\x00isom") + box(b"mdat"), "evidence_video", id="video without a table"), pytest.param(b"\x1a\x45\xdf\xa3" + b"\x00" * 90, "evidence_video", id="not webm"),
    pytest.param(b"\xff\xd8\xff" + b"\x00" * 900_000, "photo_too_big", id="large picture"), pytest.param(b"\xff\xd8\xff\x00", "photo_not_picture", id="broken picture"),
])
def test_what_cannot_be_filed_is_refused_beside_its_field(data, code):
    found = judged(data)
    assert isinstance(found, Refusal)
    assert (found.code, found.field) == (code, "photos")
    assert found.say("zh")
    assert found.say("en")


def test_a_document_is_kept_as_it_came_once_for_each_form(pool):
    shop, once, data = open_shop(pool), new_id(), paper()
    first = take_evidence(pool, shop.merchant, data, "buyer-lin", shop.now, once=once)
    assert isinstance(first, str)
    assert take_evidence(pool, shop.merchant, data, "buyer-lin", shop.now, once=once) == first
    with scope(pool, shop.merchant) as conn:
        kept = files.read(conn, shop.merchant, first)
    assert kept is not None
    assert hashlib.sha256(kept.bytes).digest() == hashlib.sha256(data).digest()
