-- Lists of disputes over all merchants (UI-5): one small index a tab, in the order of its list, so that a page is read in its order however many wait. The conditions stand word for word in
-- store/screens/dispute_queue.py: row-level security lets a condition on facts choose an index only where the index itself is made for it.
create index cases_desk_judge on cases (coalesce(due_at, 'infinity'::timestamptz), id) where kind = 'dispute' and closed_at is null and state = 'awaiting_adjudication' and coalesce(jsonb_typeof(facts -> 'pending'), 'null') <> 'object';
create index cases_desk_second on cases (coalesce(due_at, 'infinity'::timestamptz), id) where kind = 'dispute' and closed_at is null and state in ('awaiting_adjudication', 'appealing') and coalesce(jsonb_typeof(facts -> 'pending'), 'null') = 'object';
create index cases_desk_appeal on cases (coalesce(due_at, 'infinity'::timestamptz), id) where kind = 'dispute' and closed_at is null and state = 'appealing' and coalesce(jsonb_typeof(facts -> 'pending'), 'null') <> 'object';
create index cases_desk_evidence on cases (coalesce(due_at, 'infinity'::timestamptz), id) where kind = 'dispute' and closed_at is null and state = 'awaiting_evidence';
create index cases_desk_merchant on cases (coalesce(due_at, 'infinity'::timestamptz), id) where kind = 'dispute' and closed_at is null and (state = 'awaiting_merchant' or state = 'adjudicated' and waits_on = 'merchant');
create index cases_desk_buyer on cases (coalesce(due_at, 'infinity'::timestamptz), id) where kind = 'dispute' and closed_at is null and state = 'awaiting_buyer_confirmation';
-- One dispute by its number, whoever's it is.
create index cases_desk_number on cases (number) where kind = 'dispute' and closed_at is null;
-- What the rate of disputes a merchant is liable for is shared out on (PO-12): refunds that ended, granted or closed.
create index cases_refunds_ended on cases (merchant_id, closed_at) where closed_at is not null and (kind = 'cancellation' or kind = 'service_order' and type = 'return');
-- The newest judged disputes of every kind: what the precedents begin with.
create index cases_precedents_new on cases (opened_at desc, id) where kind = 'dispute' and fault is not null;
