-- Payouts of many compensations in one statement: each by the provider that last took money for its order and can be reached, else by hand; asked for before, nothing.
with r as (
  select * from json_to_recordset(%(rows)s) as x(compensation_id uuid, request uuid, key text, send uuid, order_id uuid, buyer_id text, amount_minor bigint, currency text, purpose text)
), w as (
  select r.*, coalesce((select p.provider from payments p where p.merchant_id = %(merchant)s and p.order_id = r.order_id and p.provider = any(%(reached)s)
    order by p.paid_at desc, p.id desc limit 1), %(manual)s) as provider from r
), q as (
  insert into refund_requests (merchant_id, id, kind, order_id, compensation_id, purpose, buyer_id, provider, key, amount_minor, currency, state, requested_at)
  select %(merchant)s, w.request, 'payout', w.order_id, w.compensation_id, w.purpose, w.buyer_id, w.provider, w.key, w.amount_minor, w.currency, 'requested', %(now)s from w
  on conflict do nothing returning id, provider
)
insert into outbox (merchant_id, id, effect, body, due_at)
select %(merchant)s, r.send, 'send_payout', jsonb_build_object('request', q.id::text, 'attempt', 1), %(now)s from q join r on r.request = q.id where q.provider <> %(manual)s
