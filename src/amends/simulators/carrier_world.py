"""The carrier itself: parcels, interceptions and pick-ups in a SQLite file, so that a carrier that is killed forgets nothing it has promised.

Two measures of time. *Hours* are the carrier's own: they pass at the speed asked for and leap when the house's clock leaps. *Instants* are the house's:
what happened between two ticks is dated between their instants.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from amends.simulators.carrier_journey import KNOWN, Scan, journey, share, way_back

_TABLES = """
create table if not exists clock (one integer primary key check (one = 1), hours real not null, instant text not null);
create table if not exists parcels (waybill text primary key, began real not null, followed integer not null, plan text not null, told integer not null, events text not null);
create table if not exists intercepts (waybill text primary key, key text not null, state text not null, words text not null, asked_at text not null, answer_after real, requests integer not null);
create table if not exists pickups (key text primary key, state text not null, booking text not null, waybill text not null, words text not null, requests integer not null);
"""
HERE = timezone(timedelta(hours=8))
SLOT_HOURS = (9, 11, 13, 15, 17, 19)
SLOT_DAYS = 4
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Manners:
    """What this carrier is like: the share of interceptions that fail, the share of parcels it never speaks of by itself, the seed of everything drawn."""

    seed: int = 0
    intercept_fails: float = 0.2
    silent: float = 0.0


class World:
    """Everything the carrier knows. Safe from many threads; each method is one transaction."""

    def __init__(self, file: str, manners: Manners, now: datetime) -> None:
        self.manners, self._lock = manners, threading.RLock()
        self._db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._db.executescript(f"pragma journal_mode = wal; pragma synchronous = full; {_TABLES}")
        self._db.execute("insert or ignore into clock values (1, 0, ?)", (now.isoformat(),))
        self.hours, text = self._db.execute("select hours, instant from clock").fetchone()
        self.instant = max(datetime.fromisoformat(text), now)
        self._untold: list[str] = []

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            self._db.close()

    def tick(self, hours: float, now: datetime) -> list[Record]:
        """Let time pass to `now`, worth so many of the carrier's hours; answers what it has to say about it, parcel by parcel."""
        with self._lock, self._db:
            self._db.execute("begin immediate")
            before, since, self.hours, self.instant = self.hours, self.instant, self.hours + max(0.0, hours), max(now, self.instant)
            self._db.execute("update clock set hours = ?, instant = ?", (self.hours, self.instant.isoformat()))
            self._answer_intercepts()
            out = []
            for waybill, began, followed, plan, told, events in self._db.execute("select * from parcels where told < json_array_length(plan)").fetchall():
                news = self._pass(waybill, began, [Scan(**s) for s in json.loads(plan)], told, json.loads(events), before, since)
                if news and followed and not self._silent(waybill):
                    out.append({"waybill": waybill, "events": news, **self._about(waybill)})
            return out

    def _pass(self, waybill: str, began: float, plan: list[Scan], told: int, events: list[Record], before: float, since: datetime) -> list[Record]:
        fresh = []
        for n, scan in enumerate(plan[told:], told):
            if began + scan.after > self.hours:
                break
            part = 1.0 if self.hours <= before else min(1.0, max(0.0, (began + scan.after - before) / (self.hours - before)))
            at = since + (self.instant - since) * part
            fresh.append({"id": f"{waybill}-{n}-{scan.code}", "code": scan.code, "at": at.isoformat(), "words": scan.words, "place": scan.place})
        if fresh:
            self._db.execute("update parcels set told = ?, events = ? where waybill = ?", (told + len(fresh), json.dumps(events + fresh), waybill))
        return fresh

    def _answer_intercepts(self) -> None:
        for waybill, after in self._db.execute("select waybill, answer_after from intercepts where state = 'asked' and answer_after <= ?", (self.hours,)).fetchall():
            began, plan, told = self._db.execute("select began, plan, told from parcels where waybill = ?", (waybill,)).fetchone()
            travelled = [Scan(**s) for s in json.loads(plan)][:told]
            delivered = bool(travelled) and travelled[-1].code in ("signed", "returned")
            if delivered or share(self.manners.seed, f"{waybill} fails", self.manners.intercept_fails):
                answer = ("failed", "包裹已签收" if delivered else "包裹已在派送途中，未能拦下")
            else:
                answer = ("succeeded", "已拦下，将退回发件方")
                plan = json.dumps([asdict(s) for s in [*travelled, *way_back(self.manners.seed, waybill, max(after, *(began + s.after for s in travelled), began) - began)]])
                self._db.execute("update parcels set plan = ? where waybill = ?", (plan, waybill))
            self._db.execute("update intercepts set state = ?, words = ? where waybill = ?", (*answer, waybill))
            if answer[0] == "failed":
                self._untold.append(waybill)

    def answers(self) -> list[Record]:
        """Interceptions that failed since the last asking: news that no scan carries."""
        with self._lock:
            some, self._untold = self._untold, []
            return [{"waybill": w, "events": [], **self._about(w)} for w in some if not self._silent(w)]

    def _silent(self, waybill: str) -> bool:
        return share(self.manners.seed, f"{waybill} silent", self.manners.silent)

    def _about(self, waybill: str) -> Record:
        began, plan, told = self._db.execute("select began, plan, told from parcels where waybill = ?", (waybill,)).fetchone()
        scans, about = json.loads(plan), {}
        if told < len(scans):
            about["expected_at"] = (self.instant + timedelta(hours=began + scans[-1]["after"] - self.hours)).isoformat()
        row = self._db.execute("select state, words, asked_at from intercepts where waybill = ?", (waybill,)).fetchone()
        return about | ({"interception": dict(zip(("state", "words", "at"), row, strict=True))} if row else {})

    def know(self, waybills: Iterable[str], follow: bool) -> list[Record]:
        """What is known of these; a number it could have is a parcel from now on. `follow`: it speaks of them by itself."""
        with self._lock, self._db:
            self._db.execute("begin immediate")
            return [self._one(w, follow) for w in waybills]

    def _one(self, waybill: str, follow: bool) -> Record:
        if not KNOWN.fullmatch(waybill):
            return {"waybill": waybill, "known": False, "words": "查无此单号", "events": []}
        self._begin(waybill, journey(self.manners.seed, waybill))
        if follow:
            self._db.execute("update parcels set followed = 1 where waybill = ?", (waybill,))
        (events,) = self._db.execute("select events from parcels where waybill = ?", (waybill,)).fetchone()
        return {"waybill": waybill, "known": True, "events": json.loads(events), **self._about(waybill)}

    def _begin(self, waybill: str, plan: list[Scan]) -> None:
        self._db.execute("insert or ignore into parcels values (?, ?, 0, ?, 0, '[]')", (waybill, self.hours, json.dumps([asdict(s) for s in plan])))

    def intercept(self, key: str, waybill: str) -> Record | None:
        """Asked to stop a parcel, under a key: the same key again is the same asking. None for a number it does not have."""
        with self._lock, self._db:
            self._db.execute("begin immediate")
            if not KNOWN.fullmatch(waybill):
                return None
            self._begin(waybill, journey(self.manners.seed, waybill))
            after = None if self._silent(waybill) else self.hours + 1 + 4 * (sum(key.encode()) % 100) / 100
            self._db.execute("insert or ignore into intercepts values (?, ?, 'asked', '', ?, ?, 0)", (waybill, key, self.instant.isoformat(), after))
            self._db.execute("update intercepts set requests = requests + 1 where waybill = ?", (waybill,))
            self._db.execute("update parcels set followed = 1 where waybill = ?", (waybill,))
            kept, state, words, at = self._db.execute("select key, state, words, asked_at from intercepts where waybill = ?", (waybill,)).fetchone()
            return {"key": kept, "state": state, "words": words, "at": at}

    def slots(self) -> list[Record]:
        """When a courier could come: two-hour slots of the next days, none that begins within two hours."""
        today = self.instant.astimezone(HERE).replace(hour=0, minute=0, second=0, microsecond=0)
        starts = [today + timedelta(days=d, hours=h) for d in range(SLOT_DAYS) for h in SLOT_HOURS]
        return [{"starts_at": s.isoformat(), "ends_at": (s + timedelta(hours=2)).isoformat()} for s in starts if s > self.instant + timedelta(hours=2)]

    def book(self, key: str, starts_at: datetime) -> Record:
        """A courier for this time; the same key again is the same courier. Refused for a time that is not offered."""
        with self._lock, self._db:
            self._db.execute("begin immediate")
            if self._db.execute("select 1 from pickups where key = ?", (key,)).fetchone() is None:
                offered = any(datetime.fromisoformat(s["starts_at"]) == starts_at for s in self.slots())
                waybill = "CX" + key.replace("-", "")[:14].upper() if offered else ""
                row = (key, "booked", f"Q{waybill[2:10]}", waybill, "") if offered else (key, "refused", "", "", "这个时段约满了，请另选时间")
                self._db.execute("insert into pickups values (?, ?, ?, ?, ?, 0)", row)
                if offered:
                    self._begin(waybill, journey(self.manners.seed, waybill, (starts_at.astimezone(UTC) - self.instant) / timedelta(hours=1)))
            self._db.execute("update pickups set requests = requests + 1 where key = ?", (key,))
            return self._pickup(key)

    def cancel(self, key: str) -> Record:
        """No courier, please: refused once the parcel is collected; a pick-up nobody booked is cancelled as well."""
        with self._lock, self._db:
            self._db.execute("begin immediate")
            self._db.execute("insert or ignore into pickups values (?, 'cancelled', '', '', '', 0)", (key,))
            state, waybill = self._db.execute("select state, waybill from pickups where key = ?", (key,)).fetchone()
            if state == "booked":
                (told,) = self._db.execute("select told from parcels where waybill = ?", (waybill,)).fetchone()
                if told:
                    return {**self._pickup(key), "state": "refused", "words": "快递员已取件"}
                self._db.execute("update pickups set state = 'cancelled' where key = ?", (key,))
                self._db.execute("delete from parcels where waybill = ?", (waybill,))
            return self._pickup(key)

    def _pickup(self, key: str) -> Record:
        row = self._db.execute("select key, state, booking, waybill, words from pickups where key = ?", (key,)).fetchone()
        return dict(zip(("key", "state", "booking", "waybill", "words"), row, strict=True))
