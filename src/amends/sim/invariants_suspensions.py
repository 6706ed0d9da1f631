"""What holds of suspended clocks in the database at any moment: none rings inside a suspension that covers it, and every row that has followed stands where it must (PO-15)."""

from collections.abc import Iterator
from uuid import UUID

from amends.engine.retiming import calendar_of, follow
from amends.store import retiming as store
from amends.store.connect import Pool, scope
from amends.store.suspensions import every

INSIDE = """
select c.number || ': its clock ' || (e.explanation ->> 'clock') || ' rang at ' || e.at || ', inside ' || s.zh || ' (' || s.starts_at || ' – ' || s.ends_at || ')' from events e
join cases c on c.merchant_id = e.merchant_id and c.id = e.case_id
join suspensions s on s.made_at < e.at and s.starts_at <= e.at and e.at < s.ends_at and (s.withdrawn_at is null or s.withdrawn_at > e.at)
  and (s.clocks = '{}' or e.explanation ->> 'clock' = any(s.clocks)) and (s.regions = '{}' or c.facts ->> 'region' = any(s.regions))
where e.merchant_id = %(m)s and s.id = any(%(known)s::uuid[]) and e.name = 'ran_out' and (e.explanation ->> 'due_at')::timestamptz > s.starts_at"""
"""What was due exactly when a suspension began, or before, is due; it may ring late. What rang at the very instant at which one was made, with a beginning in the past, rang before."""


def broken_suspensions(pool: Pool, merchant: str, known: list[str]) -> Iterator[str]:
    """Everything that does not hold for this merchant now; `known`: the suspensions of its days (others may have been taken back since)."""
    with scope(pool, UUID(merchant)) as conn:
        yield from (row[0] for row in conn.execute(INSIDE, {"m": UUID(merchant), "known": known}).fetchall())
        if store.behind(conn, merchant):
            return
        ids = [row[0] for row in conn.execute("select distinct case_id::text from clocks where merchant_id = %s", (UUID(merchant),))]
        clocks = {clock.case_id: clock for clock in store.armed(conn, merchant, ids)}
        for row in follow(list(clocks.values()), calendar_of(conn, merchant), every(conn)):
            clock = clocks[row["case_id"]]
            yield f"{clock.number}: its clock {clock.name} is due {clock.due_at} (reminds {clock.remind_at}), and the suspensions make it {row['due_at']} ({row['remind_at']}); kept {clock.kept}, began {clock.began}"
