"""How money, numbers, instants and deadlines are written for a reader (ui.md: Times, Countdown)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from amends.core.money import Money
from amends.web.catalogue import say
from amends.web.pauses import Stop

THIN = "\N{THIN SPACE}"
MINUS = "\N{MINUS SIGN}"
SOON, URGENT = timedelta(hours=4), timedelta(hours=1)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def money(minor: int, currency: str = "CNY", *, signed: bool = False) -> str:
    """¥1,234.50, with a true minus; `signed` writes the plus too."""
    text = str(Money(abs(minor), currency))
    return MINUS + text if minor < 0 else "+" + text if signed and minor > 0 else text


def number(n: int) -> str:
    """Grouped with thin spaces above 9 999."""
    return f"{n:,}".replace(",", THIN) if abs(n) > 9999 else str(n)


def day(on: date, today: date, lang: str) -> str:
    """11月24日, or with the year when it is another; 24 Nov in English."""
    if lang == "zh":
        return f"{on.month}月{on.day}日" if on.year == today.year else f"{on.year}年{on.month}月{on.day}日"
    short = f"{on.day} {_MONTHS[on.month - 1]}"
    return short if on.year == today.year else f"{short} {on.year}"


def moment(instant: datetime, now: datetime, zone: ZoneInfo, lang: str) -> str:
    """Today 14:32; this year 11月24日 10:32; else with the year; always in the given zone."""
    there, here = instant.astimezone(zone), now.astimezone(zone)
    clock = f"{there:%H:%M}"
    return clock if there.date() == here.date() else f"{day(there.date(), here.date(), lang)} {clock}"


def full(instant: datetime, zone: ZoneInfo, lang: str) -> str:
    """With year and seconds, for tooltips and print."""
    there = instant.astimezone(zone)
    return f"{day(there.date(), date(1, 1, 1), lang)} {there:%H:%M:%S}"


def span(length: timedelta, lang: str) -> str:
    """The two largest units: 3 小时 40 分, 41 分, 2 天 07 小时, 52 秒."""
    seconds = int(abs(length).total_seconds())
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return say(lang, "show.days", d=days, h=f"{hours:02d}")
    if hours:
        return say(lang, "show.hours", h=hours, m=f"{minutes:02d}")
    return say(lang, "show.minutes", m=minutes) if minutes else say(lang, "show.seconds", s=seconds)


@dataclass(slots=True)
class Countdown:
    """`level`: calm, soon, urgent, late or paused; it names the shape and the colour. `words` say the same. `due` is aware UTC.

    Where a suspension stops it before it is due (PO-15): from when until when, and in `still` its words meanwhile; `note` is the line below while it stands still.
    """

    level: str
    words: str
    due: datetime | None
    tip: str = ""
    hurries: bool = False
    note: str = ""
    stops: datetime | None = None
    goes_on: datetime | None = None
    still: str = ""


def countdown(due_at: datetime | None, now: datetime, zone: ZoneInfo, lang: str, *, paused: bool = False, long: bool = False, hurries: bool = False, stop: Stop | None = None) -> Countdown | None:
    """The badge of a deadline; None without one. `long` says 还剩 before the time, for headers and phones; `hurries`: urgent however long is left (CA-5).

    `stop`: the suspension that stops it now or next; while it stands still nothing about it is urgent.
    """
    if paused:
        return Countdown("paused", say(lang, "show.paused"), None)
    if due_at is None:
        return None
    left = due_at - now
    tip = full(due_at, zone, lang)
    if left < timedelta(0):
        return Countdown("late", say(lang, "show.late", span=span(left, lang)), due_at, tip)
    level = "urgent" if left < URGENT or hurries else "soon" if left < SOON else "calm"
    words = span(left, lang)
    words = say(lang, "show.left", span=words) if long else words
    if stop is None:
        return Countdown(level, words, due_at, tip, hurries)
    goes_on, kept = moment(stop.goes_on, now, zone, lang), span(stop.left, lang)
    still = say(lang, "suspensions.still_long" if long else "suspensions.still", name=stop.name, when=goes_on, span=kept)
    sentence = say(lang, "suspensions.still_tip", name=stop.name, since=moment(stop.stops, now, zone, lang), when=goes_on, span=kept, due=tip)
    if not stop.begun:
        return Countdown(level, words, due_at, f"{tip} · {sentence}", hurries, "", stop.stops, stop.goes_on, still)
    return Countdown("paused", still, due_at, sentence, False, say(lang, "suspensions.goes_on", when=goes_on), stop.stops, stop.goes_on, still)


def tint(of: str) -> int:
    """One of four colours for a person's disc, always the same for the same id."""
    return sum(map(ord, of)) % 4 + 1


def initials(name: str) -> str:
    """小满 → 满, Zhixia Xu → ZX: what stands in a person's disc."""
    name = name.strip() or "?"
    if not name.isascii():
        return name[-1]
    words = name.split()
    return (words[0][0] + words[1][0] if len(words) > 1 else name[:2]).upper()


_BROWSERS = (("Edg/", "Edge"), ("MicroMessenger", "微信"), ("Firefox/", "Firefox"), ("Chromium", "Chromium"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))


def device(agent: str) -> str:
    """Chrome · Windows: what a User-Agent says to people; the beginning of it when it says nothing known."""
    names = [next((name for mark, name in known if mark in agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, names)) or agent[:40]
