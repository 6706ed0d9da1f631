-- Fewer indexes on cases, for each costs every command that writes one (docs/decisions/0006).

-- Amounts of a list are sorted out of its own index. Only what is small stands beside the key: everything that filters ask made each update of a case a third dearer.
drop index cases_queue;
create index cases_queue on cases (merchant_id, kind, state, due_at, id)
  include (opened_at, amount_minor) where closed_at is null;
drop index cases_amount;
-- What is open of a kind is put together from the lists of its states.
drop index cases_kind_queue;
-- Disputes over all merchants, of one state or of one scenario: listed in their order, and counted without looking at the cases. A tab that is one state's (0044) needs no index of its own.
drop index cases_disputes_state;
create index cases_disputes_state on cases (state, coalesce(due_at, 'infinity'::timestamptz), id) include (type, waits_on, due_at, merchant_id) where kind = 'dispute' and closed_at is null;
create index cases_disputes_type on cases (type, coalesce(due_at, 'infinity'::timestamptz), id) include (state, waits_on, due_at, merchant_id) where kind = 'dispute' and closed_at is null;
drop index cases_desk_judge;
drop index cases_desk_appeal;
drop index cases_desk_evidence;
drop index cases_desk_buyer;
-- Nothing asks these, or another one answers as well: cases_platform, cases_queue, cases_reddening, cases_buyer, cases_precedents.
drop index cases_wait_for_platform;
drop index cases_claiming_back;
drop index cases_tickets_red;
drop index cases_tickets_buyer;
drop index cases_judged;
