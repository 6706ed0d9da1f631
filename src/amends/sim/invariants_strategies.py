"""What holds of strategies in the database at any moment: decided once, within limits, never with an alert open, by a version that says so (SA-4, SA-5, SO-25)."""

from uuid import UUID

from amends.store.connect import PLATFORM, Pool, scope

_M = "%(m)s"
_ROWS = f"""(select v.kind, v.node, v.version, r ->> 'id' as id, r ->> 'mode' as mode, r -> 'limits' as limits, r -> 'action' ->> 'command' as command
  from strategy_versions v, jsonb_array_elements(v.rows) r where v.merchant_id = {_M})"""
_FIRED = f"(select * from strategy_decisions where merchant_id = {_M} and outcome = 'fired')"
STRATEGIES: dict[str, str] = {
    "decided_once": f"""
      select c.number || ' v' || e.version || ': acted upon by itself, and ' || count(d.*) || ' decisions say so' from events e join cases c on c.merchant_id = {_M} and c.id = e.case_id
      left join {_FIRED} d on d.case_id = e.case_id and d.case_version = e.version - 1 and d.row_id::text = e.explanation ->> 'row' and d.command = e.body ->> 'command'
      where e.merchant_id = {_M} and e.explanation ->> 'by' = 'strategy' group by c.number, e.version having count(d.*) <> 1""",
    "decision_without_event": f"""
      select c.number || ' v' || d.case_version || ': ' || d.command || ' was decided and nothing happened' from {_FIRED} d join cases c on c.merchant_id = {_M} and c.id = d.case_id
      left join events e on e.merchant_id = {_M} and e.case_id = d.case_id and e.version = d.case_version + 1 and e.explanation ->> 'by' = 'strategy' where e.case_id is null""",
    "names_its_version": f"""
      select c.number || ': acted upon by version ' || coalesce(e.explanation ->> 'version', '–') || ', which has no such row that acts' from events e
      join cases c on c.merchant_id = {_M} and c.id = e.case_id
      left join {_ROWS} r on r.kind = c.kind and r.node = e.explanation ->> 'node' and r.version::text = e.explanation ->> 'version' and r.id = e.explanation ->> 'row' and r.mode = 'on'
        and r.command = e.body ->> 'command' where e.merchant_id = {_M} and e.explanation ->> 'by' = 'strategy' and r.id is null""",
    "alert_open": f"""
      select c.number || ' v' || e.version || ': acted upon with an alert open' from events e join cases c on c.merchant_id = {_M} and c.id = e.case_id
      join lateral (select x.body -> 'changes' ->> 'alert_open' as open from events x where x.merchant_id = {_M} and x.case_id = e.case_id and x.version < e.version
        and x.body -> 'changes' ? 'alert_open' order by x.version desc limit 1) a on a.open = 'true' where e.merchant_id = {_M} and e.explanation ->> 'by' = 'strategy'""",
    "claimed": f"""
      select c.number || ' v' || e.version || ': acted upon though somebody had claimed it' from events e join cases c on c.merchant_id = {_M} and c.id = e.case_id
      join lateral (select x.body -> 'changes' ->> 'assignee' as who from events x where x.merchant_id = {_M} and x.case_id = e.case_id and x.version < e.version
        and x.body -> 'changes' ? 'assignee' order by x.version desc limit 1) a on a.who is not null where e.merchant_id = {_M} and e.explanation ->> 'by' = 'strategy'""",
    "limit_of_a_day": f"""
      select 'row ' || d.row_id || ' on ' || d.day || ': ' || count(*) || ' acts, ' || sum(d.amount_minor) || ' minor units, above its limit' from {_FIRED} d
      join {_ROWS} r on r.kind = d.kind and r.node = d.node and r.version = d.table_version and r.id = d.row_id::text group by d.row_id, d.day
      having count(*) > max((r.limits ->> 'per_day')::bigint) or sum(d.amount_minor) > max((r.limits ->> 'amount_per_day')::bigint)""",
    "limit_of_a_case": f"""
      select 'row ' || d.row_id || ': ' || d.amount_minor || ' for one case, above its limit' from {_FIRED} d
      join {_ROWS} r on r.kind = d.kind and r.node = d.node and r.version = d.table_version and r.id = d.row_id::text where d.amount_minor > (r.limits ->> 'amount')::bigint""",
    "limit_of_a_buyer": f"""
      select 'row ' || d.row_id || ': more than its limit for ' || d.buyer_id from {_FIRED} d
      join {_ROWS} r on r.kind = d.kind and r.node = d.node and r.version = d.table_version and r.id = d.row_id::text
      where (select count(*) from {_FIRED} x where x.row_id = d.row_id and x.buyer_id = d.buyer_id and x.day <= d.day and x.day > d.day - 30) > (r.limits ->> 'per_buyer')::bigint""",
    "money_of_a_buyer": f"""
      select 'row ' || d.row_id || ': more money than its limit for ' || d.buyer_id from {_FIRED} d
      join {_ROWS} r on r.kind = d.kind and r.node = d.node and r.version = d.table_version and r.id = d.row_id::text
      where (select sum(x.amount_minor) from {_FIRED} x where x.row_id = d.row_id and x.buyer_id = d.buyer_id and x.day <= d.day and x.day > d.day - 30) > (r.limits ->> 'amount_per_buyer')::bigint""",
    "counted": f"""
      select 'row ' || t.row_id || ' on ' || t.day || ': counted ' || t.n || ' acts of ' || t.amount_minor || ', decisions say ' || count(d.*) || ' of ' || coalesce(sum(d.amount_minor), 0)
      from strategy_counts t left join {_FIRED} d on d.row_id = t.row_id and d.day = t.day and (t.buyer_id = '' or d.buyer_id = t.buyer_id) where t.merchant_id = {_M}
      group by t.row_id, t.day, t.buyer_id, t.n, t.amount_minor having count(d.*) <> t.n or coalesce(sum(d.amount_minor), 0) <> t.amount_minor""",
    "put_off": f"select 'a case could not be considered: ' || last_error from considerations where merchant_id = {_M} and last_error is not null",
}
"""Each finds what must not be, one text each."""


def broken_strategies(pool: Pool, merchant: str) -> list[str]:
    """Everything that does not hold of a merchant's strategies."""
    with scope(pool, PLATFORM) as conn:
        return [row[0] for query in STRATEGIES.values() for row in conn.execute(query, {"m": UUID(merchant)}).fetchall()]
