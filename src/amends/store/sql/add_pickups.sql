-- A courier is wanted (SO-12). Without a carrier somebody of the merchant sees to it.
insert into pickups (merchant_id, id, case_id, carrier, address, starts_at, state, asked_at)
select %(merchant)s, x.pickup, x.case_id, coalesce(x.carrier, ''), coalesce(x.address, ''), coalesce(x.starts, %(now)s), 'asked', %(now)s
from json_to_recordset(%(rows)s) as x(case_id uuid, pickup uuid, carrier text, address text, starts timestamptz)
on conflict do nothing
