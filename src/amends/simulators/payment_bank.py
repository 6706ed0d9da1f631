"""The simulated provider's books: captured payments, transfers asked for under their keys, messages to be sent. SQLite, in memory or in a file.

What was promised is kept: a refund is done once however often it is asked for, and never more goes back than was captured.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from datetime import UTC, datetime
from typing import Any

from amends.simulators.payment_faults import Faults

Row = dict[str, Any]
SCHEMA = """
create table if not exists captures (account text, reference text, amount integer, currency text, at real, primary key (account, reference));
create table if not exists transfers (key text primary key, kind text, account text, payment text, payee text, amount integer, currency text, words text, state text, reference text,
  code text, failure text, due real, at real);
create index if not exists transfers_due on transfers (due) where state = 'accepted' and due is not null;
create index if not exists transfers_payment on transfers (account, payment);
create index if not exists transfers_charge on transfers (account, reference) where kind = 'charge';
create index if not exists transfers_moved on transfers (at) where state = 'moved';
create index if not exists captures_at on captures (at);
create table if not exists messages (id text primary key, key text, body text, due real, tries integer default 0, sent integer default 0);
create index if not exists messages_due on messages (due) where sent = 0;
"""


class Refused(Exception):
    """The request itself is wrong: HTTP status and code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


class Bank:
    """All methods are safe from many threads; `now` is Unix time in seconds."""

    def __init__(self, file: str, faults: Faults, page: str = "") -> None:
        self.faults, self.page = faults, page
        self._lock = threading.RLock()
        self._db = sqlite3.connect(file or ":memory:", check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.executescript("pragma journal_mode = wal; pragma synchronous = normal;" + SCHEMA)

    def close(self) -> None:
        """Put the books away."""
        with self._lock:
            self._db.close()

    def capture(self, given: Row, now: float) -> Row:
        """A payment made at the shop's checkout: account, reference, amount, currency. The same again is the same."""
        row = {"account": _text(given, "account"), "reference": _text(given, "reference"), "amount": _amount(given), "currency": _text(given, "currency"), "at": now}
        with self._lock:
            self._db.execute("insert or ignore into captures values (:account, :reference, :amount, :currency, :at)", row)
            found = self._one("select * from captures where account = ? and reference = ?", row["account"], row["reference"])
        if found is None or (found["amount"], found["currency"]) != (row["amount"], row["currency"]):
            raise Refused(409, "reference_reused")
        return _line(found)

    def ask(self, kind: str, given: Row, now: float) -> Row:
        """A refund, a payout or a charge; asked again under its key it is the same, whose state is told again."""
        key = _text(given, "key")
        row: Row = {
            "key": key, "kind": kind, "account": _text(given, "account"), "payment": _text(given, "payment") if kind == "refund" else "",
            "payee": str(given.get("payee") or given.get("payer") or ""), "amount": _amount(given), "currency": _text(given, "currency"), "words": str(given.get("words", ""))[:200],
        }
        with self._lock:
            before = self.find(key)
            if before is not None:
                if any(before[name] != row[name] for name in ("kind", "account", "payment", "amount", "currency")):
                    raise Refused(409, "key_reused")
                self.end_due(now)
                return self.told(key)
            refusal = self._refusal(row)
            takes = None if kind == "charge" else self.faults.takes(key)
            row |= {"state": "accepted", "code": refusal[0], "failure": refusal[1], "due": None if takes is None else now + takes, "at": now}
            self._db.execute(
                "insert into transfers (key, kind, account, payment, payee, amount, currency, words, state, reference, code, failure, due, at)"
                " values (:key, :kind, :account, :payment, :payee, :amount, :currency, :words, :state, '', :code, :failure, :due, :at)", row,
            )
            self.end_due(now)
            return self.told(key)

    def cancel(self, key: str, now: float) -> Row:
        """A charge that is not to be paid any more; one that is paid stays paid."""
        with self._lock:
            found = self.find(key)
            if found is None or found["kind"] != "charge":
                raise Refused(404, "unknown_key")
            self._db.execute("update transfers set state = 'cancelled', at = ? where key = ? and state = 'accepted'", (now, key))
            return self.told(key)

    def pay(self, key: str, now: float) -> Row:
        """The buyer pays a charge on its page: captured, and told."""
        with self._lock:
            found = self.find(key)
            if found is None or found["kind"] != "charge":
                raise Refused(404, "unknown_key")
            if found["state"] == "accepted":
                self._end(found, now)
            return self.told(key)

    def find(self, key: str) -> Row | None:
        """The transfer of a key, as it is in the books."""
        return self._one("select rowid as number, * from transfers where key = ?", key)

    def told(self, key: str) -> Row:
        """A transfer as it is told to whoever asks."""
        with self._lock:
            found = self.find(key)
        if found is None:
            raise Refused(404, "unknown_key")
        return self._told(found)

    def statement(self, since: float, until: float, account: str, after: str, most: int) -> tuple[list[Row], str]:
        """What moved from `since` up to `until`, in the order of time, and where to go on."""
        at, _, mark = after.partition(" ")
        query = """select * from (
            select at, 'T' || key as mark, key, kind, account, payment, amount, currency, reference from transfers where state = 'moved'
            union all select at, 'P' || account || ' ' || reference, '', 'payment', account, reference, amount, currency, reference from captures c
            where not exists (select 1 from transfers t where t.kind = 'charge' and t.account = c.account and t.reference = c.reference)
          ) where at >= ? and at < ? and (? = '' or account = ?) and (? = '' or (at, mark) > (?, ?)) order by at, mark limit ?"""
        with self._lock:
            rows = [dict(r) for r in self._db.execute(query, (since, until, account, account, after, float(at or 0), mark, most + 1))]
        following = f"{rows[most - 1]['at']!r} {rows[most - 1]['mark']}" if len(rows) > most else ""
        return [_line(r) for r in rows[:most]], following

    def end_due(self, now: float) -> int:
        """Let transfers end whose time has come; answers how many."""
        with self._lock:
            due = [dict(r) for r in self._db.execute("select rowid as number, * from transfers where state = 'accepted' and due <= ? order by due limit 500", (now,))]
            for row in due:
                self._end(row, now)
        return len(due)

    def messages_due(self, now: float, most: int = 100) -> list[Row]:
        """Messages to be sent now."""
        with self._lock:
            return [dict(r) for r in self._db.execute("select * from messages where sent = 0 and due <= ? order by due limit ?", (now, most))]

    def message_sent(self, ident: str, now: float, *, arrived: bool) -> None:
        """It arrived; or it is tried again, at first after a second, at most every minute."""
        with self._lock:
            if arrived:
                self._db.execute("update messages set sent = 1, tries = tries + 1 where id = ?", (ident,))
            else:
                self._db.execute("update messages set tries = tries + 1, due = ? + min(60, 1 << min(tries, 6)) where id = ?", (now, ident))

    def count(self) -> dict[str, int]:
        """Transfers by state, and messages that wait."""
        with self._lock:
            found = {r[0]: r[1] for r in self._db.execute("select kind || ' ' || state, count(*) from transfers group by 1")}
            return found | {"messages waiting": self._db.execute("select count(*) from messages where sent = 0").fetchone()[0]}

    def _refusal(self, row: Row) -> tuple[str, str]:
        """Why it will be refused: what is wrong with it, or chance. Empty where it will move."""
        if row["kind"] == "refund":
            paid = self._one("select * from captures where account = ? and reference = ?", row["account"], row["payment"])
            if paid is None:
                return "payment_unknown", "There is no such payment in this account"
            if paid["currency"] != row["currency"]:
                return "currency", f"The payment is in {paid['currency']}"
            gone = self._one("select coalesce(sum(amount), 0) as sum from transfers where account = ? and payment = ? and kind = 'refund' and code = ''", row["account"], row["payment"])
            if gone is not None and gone["sum"] + row["amount"] > paid["amount"]:
                return "more_than_paid", f"Of {paid['amount']} {paid['amount'] - gone['sum']} are left"
        return (self.faults.refusal(row["key"]) if row["kind"] != "charge" else None) or ("", "")

    def _end(self, row: Row, now: float) -> None:
        state = "failed" if row["code"] else "moved"
        reference = f"{row['kind'][0].upper()}{row['number']:09d}"
        self._db.execute("update transfers set state = ?, reference = ?, at = ?, due = null where key = ?", (state, reference, now, row["key"]))
        if row["kind"] == "charge":
            self._db.execute("insert or ignore into captures values (?, ?, ?, ?, ?)", (row["account"], reference, row["amount"], row["currency"], now))
        self._tell(self._told(self.find(row["key"]) or row), now)

    def _tell(self, told: Row, now: float) -> None:
        """Write the messages about an end: the truth, perhaps twice, late or never; and perhaps a lie before or after it."""
        key, faults = told["key"], self.faults
        lie = faults.lies_about(key) if told["state"] == "moved" else ""
        if lie == "other_amount":
            self._put(key, "0", {**told, "amount": told["amount"] + 1}, now)
        if lie == "failed_but_moved":
            self._put(key, "0", {**told, "state": "failed", "code": "unclear", "reference": ""}, now)
        elif not faults.happens("lose", f"message {key}"):
            self._put(key, "1", told, now + faults.held_back(key))
            if faults.happens("repeat", key):
                self._put(key, "2", told, now + faults.held_back(f"2 {key}") + 0.05)
        if lie == "moved_then_failed":
            self._put(key, "3", {**told, "state": "failed", "code": "unclear"}, now + 0.5)

    def _put(self, key: str, which: str, told: Row, due: float) -> None:
        body = json.dumps({"type": "transfer", "transfer": told}, ensure_ascii=False, separators=(",", ":"))
        self._db.execute("insert or ignore into messages (id, key, body, due) values (?, ?, ?, ?)", (f"{key}.{which}.{told['state']}", key, body, due))

    def _told(self, row: Row) -> Row:
        ended = row["state"] in ("moved", "failed")
        return {
            "kind": row["kind"], "key": row["key"], "account": row["account"], "payment": row["payment"], "amount": row["amount"], "currency": row["currency"], "state": row["state"],
            "reference": row["reference"] if row["state"] == "moved" else "", "code": row["code"] if ended else "", "words": row["failure"] if ended else "",
            "pay_url": f"{self.page}/pay/{row['key']}" if row["kind"] == "charge" else "", "at": _instant(row["at"]),
        }

    def _one(self, query: str, *values: Any) -> Row | None:
        with self._lock:
            found = self._db.execute(query, values).fetchone()
        return None if found is None else dict(found)


def _line(row: Row) -> Row:
    return {
        "kind": row.get("kind", "payment"), "key": row.get("key", ""), "account": row["account"], "payment": row.get("payment", row["reference"]), "amount": row["amount"],
        "currency": row["currency"], "state": "moved", "reference": row["reference"], "at": _instant(row["at"]),
    }


def _instant(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def _text(given: Row, name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise Refused(422, f"{name}_wrong")
    return value


def _amount(given: Row) -> int:
    value = given.get("amount")
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**53:
        raise Refused(422, "amount_wrong")
    return value
