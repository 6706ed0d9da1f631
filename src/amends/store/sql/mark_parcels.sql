-- Signed for, delivered or registered: the parcels of a case in one direction; held in the order of their ids, as news of them does.
with held as materialized (
  select p.id, x.state from json_to_recordset(%(rows)s) as x(case_id uuid, direction text, state text)
  join parcels p on p.merchant_id = %(merchant)s and p.case_id = x.case_id and p.direction = any(string_to_array(x.direction, ' ')) order by p.id for update of p
)
update parcels p set state = held.state, signed_at = case when held.state in ('signed', 'delivered') then coalesce(p.signed_at, %(now)s) else p.signed_at end,
  registered_at = case when held.state = 'registered' then %(now)s else p.registered_at end, next_look_at = case when held.state = 'registered' then null else p.next_look_at end
from held where p.merchant_id = %(merchant)s and p.id = held.id
