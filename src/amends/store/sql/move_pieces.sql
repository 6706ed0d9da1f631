-- Pieces that were held, let go, went out, came back or were counted: the counts by place, and a line for each with the counts after it.
-- Below zero, or more held than on hand, the table itself refuses. `n` is the order in which it happened.
with r as (
  select * from json_to_recordset(%(rows)s) as x(id uuid, n int, sku text, warehouse text, kind text, case_id uuid, actor_kind text, actor_id text, actor_name text, note text,
    on_hand int, held int, quarantine int, scrapped int)
), s as (
  select sku, warehouse, sum(on_hand)::int as on_hand, sum(held)::int as held, sum(quarantine)::int as quarantine, sum(scrapped)::int as scrapped from r group by sku, warehouse
), u as (
  update stock k set on_hand = k.on_hand + s.on_hand, held = k.held + s.held, quarantine = k.quarantine + s.quarantine, scrapped = k.scrapped + s.scrapped, changed_at = %(now)s
  from s where k.merchant_id = %(merchant)s and k.sku = s.sku and k.warehouse = s.warehouse
  returning k.sku, k.warehouse, k.on_hand - s.on_hand as on_hand, k.held - s.held as held, k.quarantine - s.quarantine as quarantine, k.scrapped - s.scrapped as scrapped
)
insert into stock_moves (merchant_id, id, sku, warehouse, at, kind, case_id, actor_kind, actor_id, actor_name, note, on_hand, held, quarantine, scrapped,
  on_hand_after, held_after, quarantine_after, scrapped_after)
select %(merchant)s, r.id, r.sku, r.warehouse, %(now)s, r.kind, r.case_id, r.actor_kind, r.actor_id, r.actor_name, coalesce(r.note, ''), r.on_hand, r.held, r.quarantine, r.scrapped,
  u.on_hand + sum(r.on_hand) over w, u.held + sum(r.held) over w, u.quarantine + sum(r.quarantine) over w, u.scrapped + sum(r.scrapped) over w
from r join u on u.sku = r.sku and u.warehouse = r.warehouse
window w as (partition by r.sku, r.warehouse order by r.n)
order by r.n
