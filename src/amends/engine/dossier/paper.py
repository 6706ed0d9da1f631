"""A sealed dossier drawn as one PDF, in Chinese or in English, with the document attached: the paper is made of the document alone, and of the pictures it names (DI-10)."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image

from amends.core.dossier import Words, digest
from amends.engine.dossier import sheet as s
from amends.engine.dossier import words
from amends.engine.dossier.rail import rail
from amends.engine.dossier.sheet import Sheet
from amends.engine.dossier.signature import Signer, said

Doc = Mapping[str, Any]
DRAWN_AT_MOST = 1400
"""The longer side of a picture on paper, in pixels; the original lies in the ZIP."""
NUMERALS = "一二三四五六七八九十"


def draw(document: Doc, data: bytes, read: Callable[[str], bytes | None], told: Callable[[int], None] = lambda _n: None, language: str = "zh-CN", signer: Signer | None = None) -> bytes:
    """The PDF. `read`: the bytes of a file by its id, None for one that is gone; `told`: how many pictures are drawn so far; `language`: zh-CN or en, of the same facts.

    Whatever stands after the last `%%EOF` is a comment for readers of PDF: the SHA-256 of everything before it, and the house's signature.
    """
    paper = _Paper(document, data, language)
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
    return sealed_pdf(bytes(paper.sheet.output()), signer)


def sealed_pdf(body: bytes, signer: Signer | None = None) -> bytes:
    """The PDF with its own digest behind it, and below that the public key and what it signed."""
    found = digest(body)
    signed = f"%amends-dossier Ed25519 {b64(signer.public)} {b64(signer.sign(said('pdf', found)))}\n" if signer else ""
    return body + f"%amends-dossier SHA-256 {found}\n{signed}".encode()


def b64(data: bytes) -> str:
    """Base64 as text."""
    return base64.b64encode(data).decode()


class _Paper:
    """What is being drawn. Each method is one section of the paper; one without content is left out."""

    def __init__(self, document: Doc, data: bytes, language: str) -> None:
        self.lang = "en" if language == "en" else "zh"
        self.d, self.zone = document, ZoneInfo(document["zone"])
        self.made_at = datetime.fromisoformat(document["made_at"])
        self.currency, self.n = document["case"]["currency"], 0
        case = document["case"]
        head = f"{self.t('paper_title')} · {case['kind_words'][self.lang]} {case['number']}"
        foot = f"{self.t('made_at', at=self.at(document['made_at']), zone=document['zone'])}    dossier.json SHA-256 {digest(data)}"
        self.sheet, self.digest = Sheet((head, document["merchant"]), foot, self.made_at, self.t("page_of"), language), digest(data)
        self.sheet.set_title(head)
        self.sheet.add_page()

    def t(self, name: str, **facts: object) -> str:
        """A word of the paper."""
        return of(words.label(name, **facts), self.lang)

    def at(self, text: str | None, seconds: bool = False) -> str:
        """An instant on the dossier's wall clock; a dash for none."""
        return "—" if not text else f"{datetime.fromisoformat(text).astimezone(self.zone):{'%Y-%m-%d %H:%M:%S' if seconds else '%Y-%m-%d %H:%M'}}"

    def money_(self, minor: int, currency: str = "") -> str:
        """A sum."""
        return words.money(minor, currency or self.currency).zh

    def heading(self, name: str, note: str = "", keep: float = 22) -> None:
        """The next numbered heading."""
        self.n += 1
        self.sheet.heading(f"{numeral(self.n)}、{self.t(name)}" if self.lang == "zh" else f"{self.n}. {self.t(name)}", note, keep)

    def cover(self) -> None:
        """What the case is, where it stands, whose copy this is."""
        d, sheet, case = self.d, self.sheet, self.d["case"]
        sheet.put(s.LEFT, 25, [self.t("paper_title")], s.Style(9, bold=True, colour=s.ACCENT))
        sheet.put(s.LEFT, 30, [f"{case['kind_words'][self.lang]} {case['number']}"], s.Style(21, bold=True))
        state = case["state_words"][self.lang]
        chip = sheet.wide(state, s.STRONG) + 8
        sheet.set_fill_color(*s.ACCENT_SOFT)
        sheet.rect(210 - s.RIGHT - chip, 32.2, chip, 7.6, style="F", round_corners=True, corner_radius=3.8)
        sheet.put(210 - s.RIGHT - chip, 33.4, [state], s.Style(9, bold=True, colour=s.ACCENT), chip, "C")
        sheet.put(s.LEFT, 42.5, [d["made_for"]["words"][self.lang]], s.QUIET)
        sheet.set_y(50)
        rows = [
            (self.t("l_merchant"), d["merchant"]), (self.t("l_buyer"), d["buyer"] or "—"), (self.t("l_opened"), self.at(case["opened_at"])), (self.t("l_closed"), self.at(case["closed_at"]) if case["closed_at"] else self.t("still_open")),
            *((f["label"][self.lang], f["value"][self.lang]) for f in case["facts"]),
            *(((self.t("l_order"), d["order"]["number"]),) if d["order"] else ()), (self.t("l_granted"), self.money_(case["granted"])), (self.t("l_moved"), self.money_(case["moved"])),
            (self.t("l_events"), self.t("n_events", n=len(d["events"]))), (self.t("l_evidence"), self.t("n_files", n=len(d["evidence"]))),
        ]
        sheet.pairs(rows)
        if case["description"]:
            sheet.gap(2)
            sheet.put(s.LEFT, sheet.get_y(), [self.t("l_description")], s.LABEL)
            sheet.set_y(sheet.get_y() + 5)
            sheet.paragraph(case["description"])
        sheet.gap(3)
        seal = d["seal"]
        hidden = sum(1 for e in d["events"] if e["withheld"])
        lines = [
            (self.t("l_history"), seal["history"]), (self.t("l_json"), self.digest),
            (self.t("l_signed_by"), f"Ed25519 {seal['signature']['key']}" if seal.get("signature") else self.t("not_signed")),
        ]
        def card() -> None:
            y = sheet.get_y() + 3
            for name, value in lines:
                sheet.put(s.LEFT + 4, y, [name], s.LABEL)
                sheet.put(s.LEFT + 34, y + 0.3, [value], s.Style(7.6, colour=s.INK_2))
                y += 5.4
            sheet.put(s.LEFT + 4, y + 0.4, [self.t("hidden", n=hidden) if hidden else self.t("nothing_hidden")], s.SMALL)
            sheet.set_y(y + 7)
        sheet.box(26.4, card)

    def sections(self) -> None:
        """Judgement, plan, questions, appeals, receipts: what the kind has of its own."""
        if not self.d["sections"]:
            return
        self.heading("h_sections")
        for part in self.d["sections"]:
            title, who = part["title"][self.lang], self.who(part["by"])
            self.sheet.room(16)
            y = self.sheet.get_y()
            self.sheet.put(s.LEFT, y, [title], s.Style(9.5, bold=True))
            self.sheet.put(s.LEFT, y + 0.4, ["  ".join(x for x in (who, self.at(part["at"]) if part["at"] else "") if x)], s.SMALL, s.WIDE, "R")
            self.sheet.set_y(y + 6)
            self.sheet.pairs([(f["label"][self.lang], f["value"][self.lang]) for f in part["facts"]])
            if text := self.both(part["text"]):
                self.sheet.paragraph(text, s.QUIET)
            self.sheet.gap(3.5)

    def both(self, value: Any) -> str:
        """A text in this paper's language; plain text of an older document as it is."""
        return str(value[self.lang]) if isinstance(value, Mapping) else str(value)

    def who(self, by: Doc | None) -> str:
        """客户 林**."""
        return "" if not by or not by["party"] else " ".join(x for x in (by["words"][self.lang], by["name"]) if x)

    def evidence(self, read: Callable[[str], bytes | None], told: Callable[[int], None]) -> None:
        """Every file: pictures scaled into the page, others by name, each with who filed it, when, and its SHA-256."""
        if not self.d["evidence"]:
            return
        self.heading("h_evidence", self.t("evidence_note"), keep=70)
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
            sheet.put(x, y + 3.6, [self.t("not_drawn", kind=e["media_type"])], s.SMALL, width, "C")
        y = sheet.put(x, y + frame + 1, [f"{n:02d}  {e['about'][self.lang]}"], s.Style(8.2, bold=True), width)
        y = sheet.put(x, y - 0.2, [" · ".join(v for v in (self.who(e["by"]), self.at(e["at"], True), e["case"], f"{max(1, round(e['size'] / 1024))} KB") if v)], s.SMALL, width)
        y = sheet.put(x, y, note, s.Style(7.5, colour=s.INK_2), width)
        sheet.put(x, y + 0.2, [e["sha256"]], s.HASH, width)

    def history(self) -> None:
        """The timeline: every event on a rail."""
        self.heading("h_history", self.t("n_events", n=len(self.d["events"])))
        rail(self.sheet, self.d["events"], self.at, self.who, {e["path"]: n for n, e in enumerate(self.d["evidence"], 1)}, self.lang)

    def talk(self) -> None:
        """Messages between the sides."""
        if self.d["messages"]:
            self.heading("h_talk")
            numbers = {e["path"]: n for n, e in enumerate(self.d["evidence"], 1)}
            rows = [
                (self.at(m["at"]), self.who(m["by"]), m["words"] + (self.t("with_files", which=(self.t("comma")).join(f"{numbers[f]:02d}" for f in m["files"])) if m["files"] else ""), self.at(m["read_at"]))
                for m in self.d["messages"]
            ]
            self.sheet.grid([self.t("t_at"), self.t("t_who"), self.t("t_words"), self.t("t_read")], [29, 25, 91, 29], rows)

    def order(self) -> None:
        """The order, its receiver and its goods."""
        o = self.d["order"]
        if o is None:
            return
        self.heading("h_order", o["number"])
        times = [("l_placed", "placed_at"), ("l_paid_at", "paid_at"), ("l_shipped", "shipped_at"), ("l_delivered", "delivered_at"), ("l_received", "received_at")]
        rows = [(self.t("l_state"), o["state"][self.lang]), *((self.t(name), self.at(o[key])) for name, key in times if o[key])]
        rows += [(self.t("l_receiver"), " ".join(v for v in (o["receiver"], o["phone"]) if v) or "—"), (self.t("l_address"), o["address"] or "—"), (self.t("l_paid"), self.money_(o["paid"])), (self.t("l_freight"), self.money_(o["freight"]))]
        self.sheet.pairs(rows)
        self.sheet.gap(2)
        goods = [(g["title"], g["sku"], str(g["quantity"]), str(g["pieces"]) if g["pieces"] else "—", self.money_(g["paid"]), self.money_(g["refunded"])) for g in o["goods"]]
        self.sheet.grid([self.t("t_goods"), "SKU", self.t("t_pieces"), self.t("t_of_case"), self.t("t_paid"), self.t("t_refunded")], [64, 36, 14, 16, 22, 22], goods, frozenset({2, 3, 4, 5}))

    def parcels(self) -> None:
        """Parcels, each with its trace."""
        if not self.d["parcels"]:
            return
        self.heading("h_parcels")
        for p in self.d["parcels"]:
            self.sheet.room(18)
            y = self.sheet.get_y()
            self.sheet.put(s.LEFT, y, [f"{p['direction'][self.lang]}  {p['carrier']} {p['waybill']}"], s.STRONG)
            self.sheet.put(s.LEFT, y, [p["state"][self.lang]], s.QUIET, s.WIDE, "R")
            self.sheet.set_y(y + 6)
            if p["trace"]:
                self.sheet.grid([self.t("t_at"), self.t("t_place"), self.t("t_trace")], [33, 38, 103], [(self.at(e["at"], True), e["place"] or "—", e["words"]) for e in p["trace"]])
            else:
                self.sheet.paragraph("  ".join(v for v in (f"{self.t('l_sent')} {self.at(p['sent_at'])}" if p["sent_at"] else "", f"{self.t('l_signed')} {self.at(p['signed_at'])}" if p["signed_at"] else "", self.t("no_trace")) if v), s.SMALL)
            self.sheet.gap(3)

    def money(self) -> None:
        """Payments, refunds and compensation; then the ledger's movements."""
        if self.d["money"]:
            self.heading("h_money")
            rows = [(m["what"][self.lang], m["way"][self.lang], self.money_(m["amount"], m["currency"]), m["state"][self.lang], self.at(m["at"]), self.at(m["moved_at"]), m["reference"] or "—") for m in self.d["money"]]
            self.sheet.grid([self.t("t_what"), self.t("t_way"), self.t("t_amount"), self.t("t_state"), self.t("t_asked"), self.t("t_moved"), self.t("t_reference")], [18, 22, 22, 18, 28, 28, 38], rows, frozenset({2}), {6: s.Style(7, colour=s.INK_2)})
        if self.d["ledger"]:
            self.heading("h_ledger", self.t("ledger_note"))
            entries = [(self.at(m["at"]), m["what"][self.lang], account[self.lang], self.money_(amount, currency)) for m in self.d["ledger"] for account, amount, currency in m["entries"]]
            self.sheet.grid([self.t("t_at"), self.t("t_what"), self.t("t_account"), self.t("t_amount")], [33, 45, 68, 28], entries, frozenset({3}))

    def rules(self) -> None:
        """Rules and figures with their sources."""
        if self.d["rules"]:
            self.heading("h_rules")
            rows = [(f"{r['what'][self.lang]} {r['name'] if r['name'].isascii() and any(c.isdigit() for c in r['name']) else ''}".strip(), r["value"][self.lang], r["pack"], " · ".join(v for v in (r["level"][self.lang] if r["level"] else "", r["source_words"] or r["source"]) if v)) for r in self.d["rules"]]
            self.sheet.grid([self.t("t_rule"), self.t("t_says"), self.t("t_pack"), self.t("t_source")], [34, 68, 16, 56], rows, styles={3: s.Style(7, colour=s.INK_2)})

    def others(self) -> None:
        """Other cases of the order, and the history of the one this is about."""
        if not self.d["cases"]:
            return
        self.heading("h_others")
        rows = [(f"{o['kind'][self.lang]} {o['number']}", self.t("under") if o["under"] else "", o["state"][self.lang], self.at(o["opened_at"]), self.at(o["closed_at"]), self.money_(o["granted"])) for o in self.d["cases"]]
        self.sheet.grid([self.t("t_case"), "", self.t("t_state"), self.t("l_opened"), self.t("l_closed"), self.t("t_granted")], [48, 22, 26, 28, 28, 22], rows, frozenset({5}))
        for o in self.d["cases"]:
            if o["events"]:
                self.sheet.gap(4)
                self.sheet.put(s.LEFT, self.sheet.get_y(), [self.t("history_of", number=o["number"])], s.STRONG)
                self.sheet.set_y(self.sheet.get_y() + 5.5)
                self.sheet.grid(["#", self.t("t_at"), self.t("t_who"), self.t("t_what")], [10, 33, 30, 101], [(str(n), self.at(at), who[self.lang], what[self.lang]) for n, at, what, who in o["events"]])

    def seal(self) -> None:
        """The chain: each event's digest and link, and how to check them."""
        self.heading("h_seal")
        self.sheet.paragraph(self.t("seal_how"), s.QUIET)
        if signed := self.d["seal"].get("signature"):
            self.sheet.gap(1.5)
            self.sheet.paragraph(self.t("signed_how", ident=signed["key"]), s.QUIET)
            self.sheet.pairs([(self.t("l_public_key"), signed["public_key"]), (self.t("l_signature"), signed["value"])], columns=1)
        self.sheet.gap(2)
        rows = [(str(e["n"]), e["digest"], e["link"]) for e in self.d["events"]]
        self.sheet.grid(["#", self.t("t_digest"), self.t("t_link")], [10, 82, 82], rows, styles={1: s.HASH, 2: s.HASH})


def of(both: Words, lang: str) -> str:
    """One of the two texts."""
    return both.zh if lang == "zh" else both.en


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
