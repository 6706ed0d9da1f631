"""Facts drawn as pictures for a reply (DI-12): a parcel's trace and the record of a refund, as PNG in the Chinese face. Pure but for the face: rows in, bytes out."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw, ImageFont

from amends.core.dossier import Words
from amends.core.masking import mask_within
from amends.engine import faces
from amends.engine.dossier import words
from amends.engine.dossier.sheet import ACCENT, ACCENT_SOFT, INK, INK_2, INK_3, LINE, SUNKEN, Colour
from amends.store.screens.case import CaseSeen
from amends.store.screens.parcels import ParcelRow

WORDS = Path(__file__).parent / "fact_pictures.toml"
WIDE, EDGE = 1080, 56
EVENTS_MOST = 14


@dataclass(frozen=True, slots=True)
class Row:
    """One step: when, what, and a smaller line below; `strong` for the one that counts."""

    when: str
    what: str
    note: str = ""
    strong: bool = False


def trace(seen: CaseSeen, shop: str, lang: str, zone: ZoneInfo) -> bytes | None:
    """The trace of the case's parcel, newest first; None without a waybill."""
    parcel = parcel_of(seen)
    if parcel is None:
        return None
    state = words.known(f"parcels.state_{parcel.standing}", parcel.standing)
    rows = [Row(_at(s.at, zone), _masked(s.words, seen), _masked(s.place, seen), n == 0) for n, s in enumerate(parcel.scans[:EVENTS_MOST])]
    if len(parcel.scans) > EVENTS_MOST:
        rows.append(Row("", _say(lang, "earlier").format(n=len(parcel.scans) - EVENTS_MOST)))
    rows = rows or [Row(_at(parcel.sent_at, zone), _say(lang, "sent_only"), strong=True)]
    head = [(_say(lang, "carrier"), parcel.carrier or "—"), (_say(lang, "waybill"), parcel.waybill), (_say(lang, "order"), seen.order.number if seen.order else "—")]
    return _picture(_say(lang, "trace"), _in(state, lang), head, rows, shop)


def refund(seen: CaseSeen, shop: str, lang: str, zone: ZoneInfo) -> bytes | None:
    """Asked, granted, moved: amounts, ways, references and times; None for a case without a refund."""
    case = seen.case
    if not case.granted:
        return None
    rows = [Row(_at(case.opened_at, zone), _say(lang, "asked").format(number=case.number)), Row(_at(case.granted_at, zone), _say(lang, "granted").format(amount=_money(case.granted, case.currency)))]
    for q in seen.requests:
        way = _in(words.way(q.provider, q.method), lang)
        rows.append(Row(_at(q.requested_at, zone), _say(lang, "sent").format(amount=_money(q.amount, case.currency), way=way)))
        if q.state == "moved":
            note = _say(lang, "reference").format(reference=q.reference) if q.reference else ""
            rows.append(Row(_at(q.moved_at, zone), _say(lang, "moved").format(amount=_money(q.amount, case.currency), way=way), note, strong=True))
        elif q.state == "failed":
            rows.append(Row("", _say(lang, "failed").format(way=way), _masked(q.failure, seen)))
    whole = case.moved >= case.granted
    rows.reverse()
    if not whole:
        rows[0] = Row(rows[0].when, rows[0].what, rows[0].note, strong=True)
    head = [(_say(lang, "granted_sum"), _money(case.granted, case.currency)), (_say(lang, "moved_sum"), _money(case.moved, case.currency)), (_say(lang, "order"), seen.order.number if seen.order else "—")]
    return _picture(_say(lang, "refund"), _say(lang, "all_moved" if whole else "under_way"), head, rows, shop)


def _masked(text: str, seen: CaseSeen) -> str:
    """What others wrote, without personal data: a picture goes on to people whom the page would not show it (ST-10)."""
    order = seen.order
    return mask_within(text, order.receiver, order.phone, order.detail) if order else mask_within(text)


def parcel_of(seen: CaseSeen) -> ParcelRow | None:
    """The parcel a reply is about: the last that went out with a waybill, else any with one."""
    named = [p for p in seen.parcels if p.waybill]
    return next((p for p in reversed(named) if p.direction == "out"), named[-1] if named else None)


def _picture(title: str, state: str, head: Sequence[tuple[str, str]], rows: Sequence[Row], shop: str) -> bytes:
    """Title with its state, three facts, then the steps on a rail, then who made it."""
    pen = ImageDraw.Draw(Image.new("RGB", (8, 8)))
    inner = WIDE - 2 * EDGE
    left, width = EDGE + 300, inner - 300
    broken = [(row, _lines(pen, row.what, _font(32, row.strong), width), _lines(pen, row.note, _font(26), width) if row.note else []) for row in rows]
    heights = [len(what) * 46 + len(note) * 38 + 34 for _, what, note in broken]
    image = Image.new("RGB", (WIDE, 150 + 150 + 40 + sum(heights) + 96), "white")
    pen = ImageDraw.Draw(image)
    _write(pen, (EDGE, 52), title, 44, INK, bold=True)
    chip = pen.textlength(state, _font(28, True)) + 44
    pen.rounded_rectangle((WIDE - EDGE - chip, 52, WIDE - EDGE, 106), 27, fill=ACCENT_SOFT)
    _write(pen, (WIDE - EDGE - chip + 22, 58), state, 28, ACCENT, bold=True)
    pen.rounded_rectangle((EDGE, 140, WIDE - EDGE, 268), 18, fill=SUNKEN)
    column = (inner - 56) / 3
    for n, (name, value) in enumerate(head):
        x = EDGE + 28 + n * column
        _write(pen, (x, 160), name, 25, INK_3)
        _write(pen, (x, 200), _fitted(pen, value, column - 12), 29, INK, bold=True)
    y, rail = 316, EDGE + 262
    for n, (row, what, note) in enumerate(broken):
        if n < len(broken) - 1:
            pen.line((rail, y + 26, rail, y + heights[n] + 26), fill=LINE, width=4)
        radius, colour = (12, ACCENT) if row.strong else (8, (176, 183, 196))
        _dot(image, (rail, y + 26), radius, colour)
        _write(pen, (EDGE, y + 5), row.when, 27, INK_2 if row.strong else INK_3)
        below = y
        for line in what:
            _write(pen, (left, below), line, 32, INK if row.strong else INK_2, bold=row.strong)
            below += 46
        for line in note:
            _write(pen, (left, below + 2), line, 26, INK_3)
            below += 38
        y += heights[n]
    _write(pen, (EDGE, image.height - 62), shop, 25, INK_3)
    out = io.BytesIO()
    image.quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


@cache
def _font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(faces.bold() if bold else faces.regular()), size)


def _write(pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, colour: Colour, *, bold: bool = False) -> None:
    pen.text(at, faces.writable(text), font=_font(size, bold), fill=colour)


def _dot(image: Image.Image, at: tuple[int, int], radius: int, colour: Colour) -> None:
    """A round dot with smooth edges: drawn four times as large and made smaller."""
    mask = Image.new("L", (radius * 8, radius * 8))
    ImageDraw.Draw(mask).ellipse((0, 0, radius * 8 - 1, radius * 8 - 1), fill=255)
    image.paste(Image.new("RGB", (radius * 2, radius * 2), colour), (at[0] - radius, at[1] - radius), mask.resize((radius * 2, radius * 2), Image.Resampling.LANCZOS))


def _lines(pen: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    out = [""]
    for sign in faces.writable(text).replace("\n", " "):
        if out[-1] and pen.textlength(out[-1] + sign, font) > width and sign not in "，。、；：！？）":
            out.append("")
        out[-1] += sign
    return out


def _fitted(pen: ImageDraw.ImageDraw, text: str, width: float) -> str:
    while len(text) > 4 and pen.textlength(text, _font(29, True)) > width:
        text = text[:-2] + "…"
    return text


def _say(lang: str, name: str) -> str:
    found = words.own(WORDS)[name]
    return found.zh if lang == "zh" else found.en


def _in(both: Words, lang: str) -> str:
    return both.zh if lang == "zh" else both.en


def _money(minor: int, currency: str) -> str:
    return words.money(minor, currency).zh


def _at(instant: datetime | None, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}" if instant else ""
