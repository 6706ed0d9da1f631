-- Differences that are not asked for any more: the exchange does not take place. A provider that was asked is told.
with r as (select * from json_to_recordset(%(rows)s) as x(case_id uuid, outbox_id uuid)), c as (
  update charges h set state = 'cancelled', cancelled_at = %(now)s, next_look_at = null from r
  where h.merchant_id = %(merchant)s and h.case_id = r.case_id and h.state = 'asked' returning h.id, h.case_id, h.provider, r.outbox_id
)
insert into outbox (merchant_id, id, case_id, effect, body, due_at)
select %(merchant)s, c.outbox_id, c.case_id, 'cancel_charge', jsonb_build_object('charge', c.id), %(now)s from c where c.provider <> 'manual'
