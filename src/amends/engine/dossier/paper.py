"""A sealed dossier drawn as one PDF, in Chinese, with the document attached: the paper is made of the document alone, and of the pictures it names (DI-10)."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image

from amends.core.dossier import digest
from amends.engine.dossier import sheet as s
from amends.engine.dossier import words
from amends.engine.dossier.rail import rail
from amends.engine.dossier.sheet import Sheet

Doc = Mapping[str, Any]
DRAWN_AT_MOST = 1400
"""The longer side of a picture on paper, in pixels; the original lies in the ZIP."""
NUMERALS = "一二三四五六七八九十"


def draw(document: Doc, data: bytes, read: Callable[[str], bytes | None], told: Callable[[int], None] = lambda _n: None) -> bytes:
    """The PDF. `read`: the bytes of a file by its id, None for one that is gone; `told`: how many pictures are drawn so far.

    Whatever stands after the last `%%EOF` is a comment for readers of PDF: the SHA-256 of everything before it.
    """
    paper = _Paper(document, data)
    paper.cover()
    paper.sections()
    paper.evidence(read, told)
    paper.history()
    paper.talk()
    paper.order()
    paper.parcels()
    paper.money()
    paper.rules()
    paper.others()
    paper.seal()
    paper.sheet.attach("dossier.json", data, paper.made_at, "dossier.json")
    return sealed_pdf(bytes(paper.sheet.output()))


def sealed_pdf(body: bytes) -> bytes:
    """The PDF with its own digest behind it."""
    return body + f"%amends-dossier SHA-256 {digest(body)}\n".encode()


class _Paper:
    """What is being drawn. Each method is one section of the paper; one without content is left out."""

    def __init__(self, document: Doc, data: bytes) -> None:
        self.d, self.zone = document, ZoneInfo(document["zone"])
        self.made_at = datetime.fromisoformat(document["made_at"])
        self.currency, self.n = document["case"]["currency"], 0
        case = document["case"]
        head = f"{zh('paper_title')} · {case['kind_words']['zh']} {case['number']}"
        foot = f"{zh('made_at', at=self.at(document['made_at']), zone=document['zone'])}    dossier.json SHA-256 {digest(data)}"
        self.sheet, self.digest = Sheet((head, document["merchant"]), foot, self.made_at, zh("page_of")), digest(data)
        self.sheet.set_title(head)
        self.sheet.add_page()

    def at(self, text: str | None, seconds: bool = False) -> str:
        """An instant on the dossier's wall clock; a dash for none."""
        return "—" if not text else f"{datetime.fromisoformat(text).astimezone(self.zone):{'%Y-%m-%d %H:%M:%S' if seconds else '%Y-%m-%d %H:%M'}}"

    def money_(self, minor: int, currency: str = "") -> str:
        """A sum."""
        return words.money(minor, currency or self.currency).zh

    def heading(self, name: str, note: str = "", keep: float = 22) -> None:
        """The next numbered heading."""
        self.n += 1
        self.sheet.heading(f"{numeral(self.n)}、{zh(name)}", note, keep)

    def cover(self) -> None:
        """What the case is, where it stands, whose copy this is."""
        d, sheet, case = self.d, self.sheet, self.d["case"]
        sheet.put(s.LEFT, 25, [zh("paper_title")], s.Style(9, bold=True, colour=s.ACCENT))
        sheet.put(s.LEFT, 30, [f"{case['kind_words']['zh']} {case['number']}"], s.Style(21, bold=True))
        state = case["state_words"]["zh"]
        chip = sheet.wide(state, s.STRONG) + 8
        sheet.set_fill_color(*s.ACCENT_SOFT)
        sheet.rect(210 - s.RIGHT - chip, 32.2, chip, 7.6, style="F", round_corners=True, corner_radius=3.8)
        sheet.put(210 - s.RIGHT - chip, 33.4, [state], s.Style(9, bold=True, colour=s.ACCENT), chip, "C")
        sheet.put(s.LEFT, 42.5, [d["made_for"]["words"]["zh"]], s.QUIET)
        sheet.set_y(50)
        rows = [
            (zh("l_merchant"), d["merchant"]), (zh("l_buyer"), d["buyer"] or "—"), (zh("l_opened"), self.at(case["opened_at"])), (zh("l_closed"), self.at(case["closed_at"]) if case["closed_at"] else zh("still_open")),
            *((f["label"]["zh"], f["value"]["zh"]) for f in case["facts"]),
            *(((zh("l_order"), d["order"]["number"]),) if d["order"] else ()), (zh("l_granted"), self.money_(case["granted"])), (zh("l_moved"), self.money_(case["moved"])),
            (zh("l_events"), zh("n_events", n=len(d["events"]))), (zh("l_evidence"), zh("n_files", n=len(d["evidence"]))),
        ]
        sheet.pairs(rows)
        if case["description"]:
            sheet.gap(2)
            sheet.put(s.LEFT, sheet.get_y(), [zh("l_description")], s.LABEL)
            sheet.set_y(sheet.get_y() + 5)
            sheet.paragraph(case["description"])
        sheet.gap(3)
        seal = d["seal"]
        hidden = sum(1 for e in d["events"] if e["withheld"])
        lines = [
            (zh("l_history"), seal["history"]), (zh("l_json"), self.digest),
        ]
        def card() -> None:
            y = sheet.get_y() + 3
            for name, value in lines:
                sheet.put(s.LEFT + 4, y, [name], s.LABEL)
                sheet.put(s.LEFT + 34, y + 0.3, [value], s.Style(7.6, colour=s.INK_2))
                y += 5.4
            sheet.put(s.LEFT + 4, y + 0.4, [zh("hidden", n=hidden) if hidden else zh("nothing_hidden")], s.SMALL)
            sheet.set_y(y + 7)
        sheet.box(21, card)

    def sections(self) -> None:
        """Judgement, plan, questions, appeals, receipts: what the kind has of its own."""
        if not self.d["sections"]:
            return
        self.heading("h_sections")
        for part in self.d["sections"]:
            title, who = part["title"]["zh"], self.who(part["by"])
            self.sheet.room(16)
            y = self.sheet.get_y()
            self.sheet.put(s.LEFT, y, [title], s.Style(9.5, bold=True))
            self.sheet.put(s.LEFT, y + 0.4, ["  ".join(x for x in (who, self.at(part["at"]) if part["at"] else "") if x)], s.SMALL, s.WIDE, "R")
            self.sheet.set_y(y + 6)
            self.sheet.pairs([(f["label"]["zh"], f["value"]["zh"]) for f in part["facts"]])
            if part["text"]:
                self.sheet.paragraph(part["text"], s.QUIET)
            self.sheet.gap(3.5)

    def who(self, by: Doc | None) -> str:
        """客户 林**."""
        return "" if not by or not by["party"] else " ".join(x for x in (by["words"]["zh"], by["name"]) if x)

    def evidence(self, read: Callable[[str], bytes | None], told: Callable[[int], None]) -> None:
        """Every file: pictures scaled into the page, others by name, each with who filed it, when, and its SHA-256."""
        if not self.d["evidence"]:
            return
        self.heading("h_evidence", zh("evidence_note"), keep=70)
        each, column = (s.WIDE - 6) / 2, 0
        top = self.sheet.get_y()
        lowest = top
        for n, e in enumerate(self.d["evidence"], 1):
            picture = picture_of(read(e["id"])) if e["media_type"].startswith("image/") else None
            note = self.sheet.lines(e["note"], s.SMALL, each)[:4] if e["note"] else []
            height = (66 if picture else 14) + 13.4 + len(note) * s.SMALL.height
            if column == 0:
                top = lowest
                self.sheet.set_y(top)
                self.sheet.room(height)
                top = lowest = self.sheet.get_y()
            elif top + height > 297 - s.BOTTOM:
                self.sheet.add_page()
                top = lowest = self.sheet.get_y()
                column = 0
            self._exhibit(n, e, picture, note, s.LEFT + column * (each + 6), top, each)
            lowest = max(lowest, top + height)
            column = 1 - column
            told(n)
        self.sheet.set_y(lowest)

    def _exhibit(self, n: int, e: Doc, picture: bytes | None, note: list[str], x: float, y: float, width: float) -> None:
        sheet, frame = self.sheet, 64.0 if picture else 12.0
        sheet.set_fill_color(*s.SUNKEN)
        sheet.rect(x, y, width, frame, style="F", round_corners=True, corner_radius=1.5)
        if picture:
            sheet.image(io.BytesIO(picture), x + 1, y + 1, width - 2, frame - 2, keep_aspect_ratio=True, alt_text=e["path"])
        else:
            sheet.put(x, y + 3.6, [zh("not_drawn", kind=e["media_type"])], s.SMALL, width, "C")
        y = sheet.put(x, y + frame + 1, [f"{n:02d}  {e['about']['zh']}"], s.Style(8.2, bold=True), width)
        y = sheet.put(x, y - 0.2, [" · ".join(v for v in (self.who(e["by"]), self.at(e["at"], True), e["case"], f"{max(1, round(e['size'] / 1024))} KB") if v)], s.SMALL, width)
        y = sheet.put(x, y, note, s.Style(7.5, colour=s.INK_2), width)
        sheet.put(x, y + 0.2, [e["sha256"]], s.HASH, width)

    def history(self) -> None:
        """The timeline: every event on a rail."""
        self.heading("h_history", zh("n_events", n=len(self.d["events"])))
        rail(self.sheet, self.d["events"], self.at, self.who, {e["path"]: n for n, e in enumerate(self.d["evidence"], 1)})

    def talk(self) -> None:
        """Messages between the sides."""
        if self.d["messages"]:
            self.heading("h_talk")
            numbers = {e["path"]: n for n, e in enumerate(self.d["evidence"], 1)}
            rows = [
                (self.at(m["at"]), self.who(m["by"]), m["words"] + (zh("with_files", which="、".join(f"{numbers[f]:02d}" for f in m["files"])) if m["files"] else ""), self.at(m["read_at"]))
                for m in self.d["messages"]
            ]
            self.sheet.grid([zh("t_at"), zh("t_who"), zh("t_words"), zh("t_read")], [29, 25, 91, 29], rows)

    def order(self) -> None:
        """The order, its receiver and its goods."""
        o = self.d["order"]
        if o is None:
            return
        self.heading("h_order", o["number"])
        times = [("l_placed", "placed_at"), ("l_paid_at", "paid_at"), ("l_shipped", "shipped_at"), ("l_delivered", "delivered_at"), ("l_received", "received_at")]
        rows = [(zh("l_state"), o["state"]["zh"]), *((zh(name), self.at(o[key])) for name, key in times if o[key])]
        rows += [(zh("l_receiver"), " ".join(v for v in (o["receiver"], o["phone"]) if v) or "—"), (zh("l_address"), o["address"] or "—"), (zh("l_paid"), self.money_(o["paid"])), (zh("l_freight"), self.money_(o["freight"]))]
        self.sheet.pairs(rows)
        self.sheet.gap(2)
        goods = [(g["title"], g["sku"], str(g["quantity"]), str(g["pieces"]) if g["pieces"] else "—", self.money_(g["paid"]), self.money_(g["refunded"])) for g in o["goods"]]
        self.sheet.grid([zh("t_goods"), "SKU", zh("t_pieces"), zh("t_of_case"), zh("t_paid"), zh("t_refunded")], [64, 36, 14, 16, 22, 22], goods, frozenset({2, 3, 4, 5}))

    def parcels(self) -> None:
        """Parcels, each with its trace."""
        if not self.d["parcels"]:
            return
        self.heading("h_parcels")
        for p in self.d["parcels"]:
            self.sheet.room(18)
            y = self.sheet.get_y()
            self.sheet.put(s.LEFT, y, [f"{p['direction']['zh']}  {p['carrier']} {p['waybill']}"], s.STRONG)
            self.sheet.put(s.LEFT, y, [p["state"]["zh"]], s.QUIET, s.WIDE, "R")
            self.sheet.set_y(y + 6)
            if p["trace"]:
                self.sheet.grid([zh("t_at"), zh("t_place"), zh("t_trace")], [33, 38, 103], [(self.at(e["at"], True), e["place"] or "—", e["words"]) for e in p["trace"]])
            else:
                self.sheet.paragraph("  ".join(v for v in (f"{zh('l_sent')} {self.at(p['sent_at'])}" if p["sent_at"] else "", f"{zh('l_signed')} {self.at(p['signed_at'])}" if p["signed_at"] else "", zh("no_trace")) if v), s.SMALL)
            self.sheet.gap(3)

    def money(self) -> None:
        """Payments, refunds and compensation; then the ledger's movements."""
        if self.d["money"]:
            self.heading("h_money")
            rows = [(m["what"]["zh"], m["way"]["zh"], self.money_(m["amount"], m["currency"]), m["state"]["zh"], self.at(m["at"]), self.at(m["moved_at"]), m["reference"] or "—") for m in self.d["money"]]
            self.sheet.grid([zh("t_what"), zh("t_way"), zh("t_amount"), zh("t_state"), zh("t_asked"), zh("t_moved"), zh("t_reference")], [18, 22, 22, 18, 28, 28, 38], rows, frozenset({2}), {6: s.Style(7, colour=s.INK_2)})
        if self.d["ledger"]:
            self.heading("h_ledger", zh("ledger_note"))
            entries = [(self.at(m["at"]), m["what"]["zh"], account["zh"], self.money_(amount, currency)) for m in self.d["ledger"] for account, amount, currency in m["entries"]]
            self.sheet.grid([zh("t_at"), zh("t_what"), zh("t_account"), zh("t_amount")], [33, 45, 68, 28], entries, frozenset({3}))

    def rules(self) -> None:
        """Rules and figures with their sources."""
        if self.d["rules"]:
            self.heading("h_rules")
            rows = [(f"{r['what']['zh']} {r['name'] if r['name'].isascii() and any(c.isdigit() for c in r['name']) else ''}".strip(), r["value"]["zh"], r["pack"], " · ".join(v for v in (r["level"]["zh"] if r["level"] else "", r["source_words"] or r["source"]) if v)) for r in self.d["rules"]]
            self.sheet.grid([zh("t_rule"), zh("t_says"), zh("t_pack"), zh("t_source")], [34, 68, 16, 56], rows, styles={3: s.Style(7, colour=s.INK_2)})

    def others(self) -> None:
        """Other cases of the order, and the history of the one this is about."""
        if not self.d["cases"]:
            return
        self.heading("h_others")
        rows = [(f"{o['kind']['zh']} {o['number']}", zh("under") if o["under"] else "", o["state"]["zh"], self.at(o["opened_at"]), self.at(o["closed_at"]), self.money_(o["granted"])) for o in self.d["cases"]]
        self.sheet.grid([zh("t_case"), "", zh("t_state"), zh("l_opened"), zh("l_closed"), zh("t_granted")], [48, 22, 26, 28, 28, 22], rows, frozenset({5}))
        for o in self.d["cases"]:
            if o["events"]:
                self.sheet.gap(4)
                self.sheet.put(s.LEFT, self.sheet.get_y(), [zh("history_of", number=o["number"])], s.STRONG)
                self.sheet.set_y(self.sheet.get_y() + 5.5)
                self.sheet.grid(["#", zh("t_at"), zh("t_who"), zh("t_what")], [10, 33, 30, 101], [(str(n), self.at(at), who["zh"], what["zh"]) for n, at, what, who in o["events"]])

    def seal(self) -> None:
        """The chain: each event's digest and link, and how to check them."""
        self.heading("h_seal")
        self.sheet.paragraph(zh("seal_how"), s.QUIET)
        self.sheet.gap(2)
        rows = [(str(e["n"]), e["digest"], e["link"]) for e in self.d["events"]]
        self.sheet.grid(["#", zh("t_digest"), zh("t_link")], [10, 82, 82], rows, styles={1: s.HASH, 2: s.HASH})


def zh(name: str, **facts: object) -> str:
    """A word of the paper."""
    return words.label(name, **facts).zh


def numeral(n: int) -> str:
    """一, 二 … 十, 十一."""
    return NUMERALS[n - 1] if n <= 10 else f"十{NUMERALS[n - 11]}"


def picture_of(data: bytes | None) -> bytes | None:
    """A picture small enough for paper, on white; None for bytes that are no picture any more."""
    if data is None:
        return None
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            drawn = image.convert("RGBA")
    except (OSError, ValueError, SyntaxError):
        return None
    flat = Image.new("RGB", drawn.size, "white")
    flat.paste(drawn, mask=drawn.getchannel("A"))
    flat.thumbnail((DRAWN_AT_MOST, DRAWN_AT_MOST))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=82)
    return out.getvalue()
