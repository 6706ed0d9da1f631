-- Differences between a provider and us, each kept once by its mark; a new one on a case is told to the merchant's people. A run that finds an open one again owns it.
with r as (
  select * from json_to_recordset(%(rows)s) as x(id uuid, mark text, kind text, about text, subject_id uuid, case_id uuid, order_id uuid, key text, reference text, ours jsonb, theirs jsonb)
), d as (
  insert into reconciliation_differences as k (merchant_id, id, reconciliation_id, provider, mark, kind, about, subject_id, case_id, order_id, key, reference, ours, theirs, found_at)
  select distinct on (r.mark) %(merchant)s, r.id, %(run)s::uuid, %(provider)s, r.mark, r.kind, r.about, r.subject_id, r.case_id, r.order_id, r.key, r.reference, r.ours, r.theirs, %(now)s from r
  on conflict (merchant_id, provider, mark) do update set reconciliation_id = coalesce(excluded.reconciliation_id, k.reconciliation_id) where k.closed_at is null
  returning k.id, k.case_id, k.kind, k.found_at = %(now)s and xmax = 0 as fresh
), n as (
  insert into notices (merchant_id, id, case_id, reader, event, body, at)
  select %(merchant)s, md5(d.id || 'difference')::uuid, d.case_id, 'merchant', 'payment_difference', jsonb_build_object('difference', d.id, 'kind', d.kind), %(now)s from d
  where d.fresh and d.case_id is not null on conflict do nothing
)
select count(*) filter (where fresh) from d
