-- Fewer indexes on cases, for each costs every command that writes one (docs/decisions/0006).

-- What filters of a list ask stands beside the key, so that a filter that fits few reads this index alone; amounts are sorted out of it.
drop index cases_queue;
create index cases_queue on cases (merchant_id, kind, state, due_at, id)
  include (opened_at, amount_minor, type, expectation, reason, source, sku, buyer_id, assignee, parcel_state, waits_on) where closed_at is null;
drop index cases_amount;
-- What is open of a kind is put together from the lists of its states.
drop index cases_kind_queue;
-- Nothing asks these, or a wider one answers as well: cases_platform, cases_queue, cases_reddening, cases_buyer.
drop index cases_wait_for_platform;
drop index cases_claiming_back;
drop index cases_tickets_red;
drop index cases_tickets_buyer;
