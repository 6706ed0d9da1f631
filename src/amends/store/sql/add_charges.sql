-- The difference to a dearer SKU, asked of the buyer through the provider the order was first paid by; one that cannot be reached is asked for by hand (MO-5).
with r as (
  select * from json_to_recordset(%(rows)s) as x(id uuid, outbox_id uuid, case_id uuid, order_id uuid, buyer_id text, amount_minor bigint, currency text, words text)
), c as (
  insert into charges (merchant_id, id, case_id, order_id, buyer_id, provider, key, amount_minor, currency, words, state, asked_at)
  select %(merchant)s, r.id, r.case_id, r.order_id, r.buyer_id, coalesce(k.name, 'manual'),
    replace(%(merchant)s::text, '-', '') || '.' || replace(r.id::text, '-', '') || '.1', r.amount_minor, r.currency, coalesce(r.words, ''), 'asked', %(now)s
  from r left join lateral (
    select provider from payments where merchant_id = %(merchant)s and order_id = r.order_id order by paid_at, id limit 1
  ) p on true left join connections k on k.name = p.provider and k.kind = 'payment' and k.active
  returning id, case_id, provider
)
insert into outbox (merchant_id, id, case_id, effect, body, due_at)
select %(merchant)s, r.outbox_id, c.case_id, 'send_charge', jsonb_build_object('charge', c.id), %(now)s from c join r on r.id = c.id where c.provider <> 'manual'
