-- What judgements give beside refunds (DI-6): compensation with its number, its payout to whom last took money for the order, else by hand, and the buyer hears of it. One statement for a batch.
-- send_minor: what is still to be paid; what a judgement taken back has left with the buyer counts, and is not paid again.
with r as (
  select x.*, row_number() over (order by x.place) as n from rows from (json_to_recordset(%(rows)s) as (id uuid, request uuid, key text, send uuid, case_id uuid, order_id uuid, buyer_id text,
    amount_minor bigint, send_minor bigint, currency text, reason text, explanation jsonb, decided_by text, decided_name text, decided_kind text, year int))
    with ordinality as x(id, request, key, send, case_id, order_id, buyer_id, amount_minor, send_minor, currency, reason, explanation, decided_by, decided_name, decided_kind, year, place)
), c as (
  insert into counters as c (merchant_id, prefix, year, last) select %(merchant)s, 'K', max(r.year), count(*) from r
  on conflict (merchant_id, prefix, year) do update set last = c.last + excluded.last returning last
), k as (
  insert into compensations (merchant_id, id, number, kind, state, order_id, case_id, buyer_id, asked_minor, amount_minor, currency, reason, asked_kind, asked_by, asked_name, asked_at,
    decided_kind, decided_by, decided_name, decided_at, paid_at, explanation)
  select %(merchant)s, r.id, 'K-' || r.year || '-' || lpad((c.last - (select count(*) from r) + r.n)::text, 6, '0'), 'judgement', case when r.send_minor > 0 then 'granted' else 'paid' end, r.order_id,
    r.case_id, r.buyer_id, r.amount_minor, r.amount_minor, r.currency, r.reason, r.decided_kind, r.decided_by, r.decided_name, %(now)s, r.decided_kind, r.decided_by, r.decided_name, %(now)s,
    case when r.send_minor > 0 then null else %(now)s::timestamptz end, r.explanation
  from r cross join c returning id, number
), w as (
  select r.*, coalesce((select p.provider from payments p where p.merchant_id = %(merchant)s and p.order_id = r.order_id
      and p.provider in (select name from connections where kind = 'payment' and active) order by p.paid_at desc, p.id desc limit 1), 'manual') as provider from r where r.send_minor > 0
), q as (
  insert into refund_requests (merchant_id, id, kind, order_id, compensation_id, purpose, buyer_id, provider, key, amount_minor, currency, state, requested_at)
  select %(merchant)s, w.request, 'payout', w.order_id, w.id, 'judgement', w.buyer_id, w.provider, w.key, w.send_minor, w.currency, 'requested', %(now)s from w
), t as (
  insert into notices (merchant_id, id, case_id, order_id, compensation_id, reader, buyer_id, event, body, at)
  select %(merchant)s, md5(r.id::text || 'compensation_granted' || 'buyer')::uuid, r.case_id, r.order_id, r.id, 'buyer', r.buyer_id, 'compensation_granted',
    jsonb_build_object('number', k.number, 'kind', 'judgement', 'medium', 'money', 'amount', r.amount_minor, 'currency', r.currency), %(now)s from r join k on k.id = r.id
)
insert into outbox (merchant_id, id, effect, body, due_at)
select %(merchant)s, w.send, 'send_payout', jsonb_build_object('request', w.request::text, 'attempt', 1), %(now)s from w where w.provider <> 'manual'
