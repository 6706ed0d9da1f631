-- What the queue's lists filter, sort and search by. Behind the wall only plain comparisons of columns use an index, so these are columns.

-- What the buyer paid for the pieces of a case: its share of the line, from the facts kept when it was opened.
alter table cases add column amount_minor bigint generated always as (
  (facts ->> 'line_paid')::bigint * coalesce(quantity, 1) / greatest((facts ->> 'line_quantity')::int, 1)
) stored;
create index cases_amount on cases (merchant_id, kind, state, amount_minor, id) where closed_at is null;
-- With the kind in it, a count of a queue reads this index alone.
drop index cases_queue;
create index cases_queue on cases (merchant_id, kind, state, due_at, id) where closed_at is null;
create index cases_signed on cases (merchant_id, due_at, id) where closed_at is null and parcel_state = 'signed';

-- The last four digits of the receiver's phone, which people read out and type.
alter table orders add column phone_end text generated always as (right(phone, 4)) stored;
create index orders_phone_end on orders (merchant_id, phone_end, placed_at desc, id) where phone_end is not null;
