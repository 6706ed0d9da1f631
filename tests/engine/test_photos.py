"""Photos: the size sentence, the content that counts, what is taken away, and the form sent twice."""

import io
import os
import uuid
from datetime import UTC, datetime

import pytest
from PIL import Image

from amends.engine.ids import new_id
from amends.engine.photos import reencode, take_photo
from amends.store import files
from amends.store.connect import scope

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def picture(kind: str, size: tuple[int, int] = (60, 40), **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (40, 90, 160)).save(out, kind, **more)
    return out.getvalue()


def noise(kind: str, side: int) -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(out, kind, quality=40)
    return out.getvalue()


@pytest.fixture(scope="module")
def merchant(pool):
    return new_id()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_of_each_type_is_kept_and_can_be_read_again(pool, merchant, kind):
    file_id = take_photo(pool, merchant, picture(kind), "buyer-lin", NOW)
    with scope(pool, uuid.UUID(merchant)) as conn:
        kept = files.read(conn, merchant, file_id)
    assert kept.media_type == f"image/{kind.lower()}"
    assert kept.uploaded_by == "buyer-lin"
    with Image.open(io.BytesIO(kept.bytes)) as image:
        assert image.size == (60, 40)


def test_what_the_camera_wrote_is_gone_and_the_picture_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Camera of somebody"
    data = picture("JPEG", exif=exif, comment=b"at home")
    assert b"Camera of somebody" in data
    _, clean = reencode(data)
    assert b"Camera of somebody" not in clean
    assert b"at home" not in clean
    with Image.open(io.BytesIO(clean)) as image:
        assert image.size == (40, 60)
        assert not image.getexif()


def test_too_big_says_both_sizes_in_both_languages(pool, merchant):
    refusal = take_photo(pool, merchant, bytes(1_363_149), "x", NOW)
    assert refusal.code == "photo_too_big"
    assert refusal.field == "photos"
    assert "800 KB" in refusal.say("zh")
    assert "1.3 MB" in refusal.say("zh")
    assert "1.3 MB" in refusal.say("en")


@pytest.mark.parametrize("data", [b"", b"GIF89a" + bytes(64), b"<svg onload=alert(1)>", picture("PNG")[:60], picture("GIF"), picture("BMP")])
def test_what_is_not_one_of_the_three_types_is_refused(pool, merchant, data):
    assert take_photo(pool, merchant, data, "x", NOW).code == "photo_not_picture"


def test_a_small_file_of_very_many_pixels_is_refused_before_it_is_drawn(pool, merchant):
    out = io.BytesIO()
    Image.new("1", (8000, 6000)).save(out, "PNG")
    assert take_photo(pool, merchant, out.getvalue(), "x", NOW).code == "photo_too_many_pixels"


def test_drawing_again_never_makes_a_file_larger_than_the_limit():
    data = noise("JPEG", 900)
    limit = len(data) + 1
    media_type, clean = reencode(data, limit)
    assert media_type == "image/jpeg"
    assert len(clean) < limit


def test_the_same_form_with_the_same_picture_is_one_file(pool, merchant):
    once, data = new_id(), picture("PNG")
    first = take_photo(pool, merchant, data, "staff", NOW, once=once)
    assert take_photo(pool, merchant, data, "staff", NOW, once=once) == first
    assert take_photo(pool, merchant, data, "staff", NOW, once=new_id()) != first


def test_another_merchant_does_not_find_it(pool, merchant):
    file_id = take_photo(pool, merchant, picture("PNG"), "x", NOW)
    other = new_id()
    with scope(pool, uuid.UUID(other)) as conn:
        assert files.read(conn, other, file_id) is None
