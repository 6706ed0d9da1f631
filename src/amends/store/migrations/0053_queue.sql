-- Fewer indexes on cases, for each costs every command that writes one (docs/decisions/0006).

-- What filters of a list ask stands beside the key, so that a filter that fits few reads this index alone; amounts are sorted out of it.
drop index cases_queue;
create index cases_queue on cases (merchant_id, kind, state, due_at, id)
  include (opened_at, amount_minor, type, expectation, reason, source, sku, buyer_id, assignee, parcel_state, waits_on) where closed_at is null;
drop index cases_amount;
-- What is open of a kind is put together from the lists of its states.
drop index cases_kind_queue;
-- Disputes of one scenario over all merchants, listed in their order and counted by state without looking at the cases; by state alone nothing asks any more (0044).
drop index cases_disputes_state;
create index cases_disputes_type on cases (type, coalesce(due_at, 'infinity'::timestamptz), id) include (state, waits_on, due_at, merchant_id) where kind = 'dispute' and closed_at is null;
-- Nothing asks these, or another one answers as well: cases_platform, cases_queue, cases_reddening, cases_buyer, cases_precedents.
drop index cases_wait_for_platform;
drop index cases_claiming_back;
drop index cases_tickets_red;
drop index cases_tickets_buyer;
drop index cases_judged;
