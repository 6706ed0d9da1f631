-- Signed for, delivered or registered: the parcels of a case in one direction.
update parcels p set state = x.state, signed_at = case when x.state in ('signed', 'delivered') then coalesce(p.signed_at, %(now)s) else p.signed_at end,
  registered_at = case when x.state = 'registered' then %(now)s else p.registered_at end
from json_to_recordset(%(rows)s) as x(case_id uuid, direction text, state text)
where p.merchant_id = %(merchant)s and p.case_id = x.case_id and p.direction = any(string_to_array(x.direction, ' '))
