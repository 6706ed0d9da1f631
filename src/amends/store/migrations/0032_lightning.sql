-- Refunds advanced before the goods are back (SO-32): open claims, for the list of who owes what.
create index cases_claiming_back on cases (merchant_id, due_at) where state = 'claiming_back';
