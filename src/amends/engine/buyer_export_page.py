"""The page to read in a buyer's copy: plain HTML with its style inside, in one language, opened from a folder without a network (ST-10)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from amends.core.dossier import Words
from amends.engine.dossier.words import known, money

WORDS = Path(__file__).parent / "buyer_export.toml"
_STYLE = """body{font:15px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1f2937}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #d1d5db}
h3{font-size:1rem;margin:1.2rem 0 .3rem}table{border-collapse:collapse;width:100%;margin:.4rem 0}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #e5e7eb}th{font-weight:500;color:#6b7280;white-space:nowrap}
.q{color:#6b7280}.f th{width:8rem}img{max-width:10rem;max-height:8rem;border:1px solid #e5e7eb;margin:.2rem}ul{padding-left:1.2rem}@media(prefers-color-scheme:dark){body{background:#111827;color:#e5e7eb}th,.q{color:#9ca3af}h2,td,th{border-color:#374151}}"""
_TABLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("payments", ("order_number", "method", "amount_minor", "paid_at", "provider_ref")), ("refunds", ("case_number", "amount_minor", "state", "requested_at", "moved_at", "reference")),
    ("charges", ("amount_minor", "state", "asked_at", "paid_at")), ("compensations", ("number", "kind", "amount_minor", "state", "words", "answer", "asked_at")),
    ("coupons", ("code", "title", "amount_minor", "valid_until", "used_at")), ("pickups", ("case_number", "carrier", "address", "starts_at", "state")), ("urges", ("order_number", "words", "at", "answer")),
    ("ratings", ("case_number", "score", "text", "at", "answer")), ("mails", ("case_number", "sender", "recipient", "subject", "body", "at")), ("order_changes", ("order_number", "what", "at")),
)


@cache
def _words() -> dict[str, list[str]]:
    return tomllib.loads(WORDS.read_text("utf-8"))


def page(whole: Mapping[str, Any], language: str) -> str:
    """The page of one copy, as `buyer_export.gathered` found it."""
    at = 0 if language.startswith("zh") else 1

    def say(key: str, **facts: object) -> str:
        pair = _words().get(key)
        return pair[at].format_map(facts) if pair else key

    body = [f"<h1>{say('title')}</h1>", f'<p class="q">{say("made", time=_time(whole["made_at"]), buyer=escape(whole["buyer_id"]))}</p>', f"<p>{say('about')}</p>"]
    body.append(_orders(whole, say, at))
    body.append(_cases(whole, say, at))
    for name, columns in _TABLES:
        if whole[name]:
            body += [f"<h2>{say(name)}</h2>", _table([say(f"col_{c}") for c in columns], ([_cell(name, row, c, at) for c in columns] for row in whole[name]))]
    uploads = [path for path in whole["files"].values() if path.startswith("files/uploads/")]
    if uploads:
        body += [f"<h2>{say('uploads')}</h2>", _pictures(uploads)]
    return f'<!doctype html><html lang="{"zh-CN" if at == 0 else "en"}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{say("title")}</title><style>{_STYLE}</style></head><body>{"".join(body)}</body></html>'


def _orders(whole: Mapping[str, Any], say: Any, at: int) -> str:
    out = [f"<h2>{say('orders')}</h2>"]
    for order in whole["orders"]:
        address = "".join(order[name] or "" for name in ("province", "city", "district", "detail"))
        facts = [("receiver", order["receiver"]), ("phone", order["phone"]), ("address", address), ("paid", _money(order["paid_minor"], order["currency"], at)), ("refunded", _money(order["refunded_minor"], order["currency"], at)),
                 ("placed", _time(order["placed_at"])), ("received", _time(order["receipt_confirmed_at"])), ("remark", order["buyer_remark"])]
        goods = [f"{row['title']} × {row['quantity']}" for row in whole["lines"] if row["order_number"] == order["number"]]
        sent = [f"{row['carrier']} {row['waybill']}" for row in whole["parcels"] if row["order_number"] == order["number"]]
        traces = [f"{_time(e['at'])} {e['place']} {e['words']}" for row in whole["parcels"] if row["order_number"] == order["number"] for e in row["trace"]]
        facts += [("goods", "；".join(goods)), ("parcels", "；".join(sent)), ("trace", "；".join(traces))]
        out += [f"<h3>{escape(order['number'])}</h3>", _facts([(say(name), value) for name, value in facts if value])]
    return "".join(out) if whole["orders"] else f"{out[0]}<p>{say('none')}</p>"


def _cases(whole: Mapping[str, Any], say: Any, at: int) -> str:
    out = [f"<h2>{say('cases')}</h2>"]
    for document in whole["cases"]:
        case = document["case"]
        facts = [(say("kind"), _said(case["kind_words"], at)), (say("state"), _said(case["state_words"], at)), (say("opened"), _time(case["opened_at"])), (say("closed"), _time(case["closed_at"])), (say("description"), case["description"])]
        out += [f"<h3>{escape(case['number'])}</h3>", _facts([(name, value) for name, value in facts if value])]
        talk = [f"<li>{escape(_time(m['at']))} {escape(_said(m['by']['words'], at))}: {escape(m['words'])}</li>" for m in document["messages"]]
        out += [f"<p class='q'>{say('talk')}</p><ul>{''.join(talk)}</ul>" if talk else ""]
        told = [f"<li>{escape(_time(e['at']))} {escape(_said(e['title'], at))}{escape(': ' + _said(e['said'], at) if e['said'] else '')}</li>" for e in document["events"]]
        out += [f"<p class='q'>{say('history')}</p><ul>{''.join(told)}</ul>" if told else "", _pictures([path for path in whole["files"].values() if path.startswith(f"files/{case['number']}/")])]
    return "".join(out) if whole["cases"] else f"{out[0]}<p>{say('none')}</p>"


def _facts(pairs: Iterable[tuple[str, Any]]) -> str:
    return "<table class=\"f\">" + "".join(f"<tr><th>{name}</th><td>{escape(str(value))}</td></tr>" for name, value in pairs) + "</table>"


def _table(heads: list[str], rows: Iterable[list[str]]) -> str:
    return f"<table><tr>{''.join(f'<th>{h}</th>' for h in heads)}</tr>{''.join('<tr>' + ''.join(f'<td>{escape(v)}</td>' for v in row) + '</tr>' for row in rows)}</table>"


def _pictures(paths: Iterable[str]) -> str:
    shown = [f'<a href="{escape(p)}"><img src="{escape(p)}" alt="{escape(p)}"></a>' if p.rpartition(".")[2] in ("jpg", "png", "webp") else f'<a href="{escape(p)}">{escape(p.rpartition("/")[2])}</a>' for p in paths]
    return f"<p>{' '.join(shown)}</p>" if shown else ""


def _cell(part: str, row: Mapping[str, Any], column: str, at: int) -> str:
    value = row[column]
    if column.endswith("_minor"):
        return _money(value, row["currency"], at)
    if column in ("kind", "state", "method", "what") and value:
        return _plain(known(f"{'compensation' if part == 'compensations' else 'finance'}.{column}_{value}", value), at)
    return _time(value) if isinstance(value, datetime) else "" if value is None else str(value)


def _money(minor: int, currency: str, at: int) -> str:
    return _plain(money(minor, currency), at) if minor else ""


def _plain(words: Words, at: int) -> str:
    return words.zh if at == 0 else words.en


def _time(value: datetime | str | None) -> str:
    return "" if not value else value[:16].replace("T", " ") if isinstance(value, str) else f"{value:%Y-%m-%d %H:%M}"


def _said(words: Any, at: int) -> str:
    return str(words.get("zh" if at == 0 else "en", "")) if isinstance(words, dict) else str(words)
