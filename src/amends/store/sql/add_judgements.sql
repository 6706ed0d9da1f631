-- A judgement stands (DI-6); the one before it, replaced on appeal, stands no more (DI-8).
with r as (
  select * from json_to_recordset(%(rows)s) as x(case_id uuid, n int, liability text, outcome text, scenario text, given_minor bigint, currency text, on_appeal boolean)
), u as (
  update judgements j set replaced_at = %(now)s from r where j.merchant_id = %(merchant)s and j.case_id = r.case_id and j.n < r.n and j.replaced_at is null
)
insert into judgements (merchant_id, case_id, n, at, liability, outcome, scenario, given_minor, currency, on_appeal)
select %(merchant)s, r.case_id, r.n, %(now)s, r.liability, r.outcome, r.scenario, r.given_minor, r.currency, r.on_appeal from r
on conflict (merchant_id, case_id, n) do nothing
