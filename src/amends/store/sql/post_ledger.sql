-- Movements of the ledger with their entries and the day's sums, in one statement; one that was posted before (its kind, about the same) is left alone.
-- Movements and days are written in the order of their keys, so that two batches never wait for each other in a circle.
with r as (
  select * from json_to_recordset(%(rows)s) as x(id uuid, kind text, about text, currency text, case_id uuid, case_version int, order_id uuid, request_id uuid, compensation_id uuid,
    actor_kind text, actor_id text, actor_name text, reason text, facts jsonb, lines json)
), m as (
  insert into ledger_movements (merchant_id, id, kind, about, at, case_id, case_version, order_id, request_id, compensation_id, actor_kind, actor_id, actor_name, reason, facts)
  select %(merchant)s, r.id, r.kind, r.about, %(now)s, r.case_id, r.case_version, r.order_id, r.request_id, r.compensation_id, r.actor_kind, r.actor_id, r.actor_name,
    coalesce(r.reason, ''), coalesce(r.facts, '{}') from r order by r.kind, r.about
  on conflict on constraint ledger_once do nothing returning id
), l as (
  select r.id, r.currency, x.line, x.account, x.amount_minor, x.part from r join m on m.id = r.id
  cross join lateral json_to_recordset(r.lines) as x(line smallint, account text, amount_minor bigint, part text)
), e as (
  insert into ledger_entries (merchant_id, movement_id, line, account, currency, amount_minor, at, part)
  select %(merchant)s, l.id, l.line, l.account, l.currency, l.amount_minor, %(now)s, coalesce(l.part, '') from l
)
insert into ledger_days (merchant_id, account, currency, day, stripe, in_minor, out_minor, entries)
select %(merchant)s, l.account, l.currency, (%(now)s::timestamptz at time zone 'UTC')::date, pg_backend_pid() %% 8, sum(greatest(l.amount_minor, 0)), sum(least(l.amount_minor, 0)), count(*) from l
group by l.account, l.currency order by l.account, l.currency
on conflict (merchant_id, account, currency, day, stripe) do update set
  in_minor = ledger_days.in_minor + excluded.in_minor, out_minor = ledger_days.out_minor + excluded.out_minor, entries = ledger_days.entries + excluded.entries
