-- An advance that the buyer paid back (SO-32): one more way for money to go back by, but nothing more that was paid for the goods; what was granted is less by it.
-- Received by hand (MO-5) while a provider was asked: the provider is told not to take it as well.
with r as (select * from json_to_recordset(%(rows)s) as x(id uuid, payment_id uuid, order_id uuid, line_id uuid, reference text, by_hand boolean, outbox_id uuid)), was as (
  select k.id, k.provider from charges k join r on k.merchant_id = %(merchant)s and k.id = r.id
), c as (
  update charges h set state = 'paid', paid_at = %(now)s, reference = nullif(r.reference, ''), next_look_at = null, provider = case when r.by_hand then 'manual' else h.provider end from r
  where h.merchant_id = %(merchant)s and h.id = r.id and h.state = 'asked'
  returning h.id, h.case_id, h.key, h.provider, h.amount_minor, h.currency, r.payment_id, r.order_id, r.line_id, r.reference, r.outbox_id
), p as (
  insert into payments (merchant_id, id, order_id, provider, provider_ref, method, currency, amount_minor, paid_at, charge_id, line_id)
  select %(merchant)s, c.payment_id, c.order_id, c.provider,
    case when c.reference = '' or exists (select 1 from payments q where q.merchant_id = %(merchant)s and q.provider = c.provider and q.provider_ref = c.reference) then c.key else c.reference end,
    'claim_back', c.currency, c.amount_minor, %(now)s, c.id, c.line_id from c
)
insert into outbox (merchant_id, id, case_id, effect, body, due_at)
select %(merchant)s, c.outbox_id, c.case_id, 'cancel_charge', jsonb_build_object('charge', c.id, 'provider', was.provider), %(now)s from c join was on was.id = c.id
where was.provider <> c.provider
