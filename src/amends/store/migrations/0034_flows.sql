-- What the flows of the packs (PO-8, PO-11, PO-12) need of a case stays in its facts: way back, flow of its fulfilment mode, refusals before, who reviews. Platforms find what waits for them quickly.
create index cases_wait_for_platform on cases (due_at) where waits_on = 'platform' and closed_at is null;
