-- Pieces that went out or came back, summed by SKU before they get here; below zero the table itself refuses.
with r as (select * from json_to_recordset(%(rows)s) as x(sku text, on_hand int, quarantine int, scrapped int)),
known as (
  update stock s set on_hand = s.on_hand + r.on_hand, quarantine = s.quarantine + r.quarantine, scrapped = s.scrapped + r.scrapped
  from r where s.merchant_id = %(merchant)s and s.warehouse = '' and s.sku = r.sku returning s.sku
)
insert into stock (merchant_id, sku, on_hand, quarantine, scrapped)
select %(merchant)s, r.sku, r.on_hand, r.quarantine, r.scrapped from r where r.sku not in (select sku from known) and %(now)s::timestamptz is not null
