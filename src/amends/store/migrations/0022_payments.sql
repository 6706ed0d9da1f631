-- Payment providers that are reached over the network: connections, what they tell us, refunds and payouts under way, charges, reconciliation.

-- Effects that need the network are leased and performed without a transaction; the others never have to step over them.
alter table outbox add column outside boolean not null generated always as (effect in (
  'send_refund', 'send_payout', 'send_charge', 'cancel_charge', 'reconcile', 'intercept_parcel', 'follow_parcel', 'book_pickup', 'cancel_pickup', 'tell_cancellation'
)) stored;
drop index outbox_due;
drop index outbox_merchant_due;
create index outbox_due on outbox (due_at) where done_at is null and dead_at is null and not outside;
create index outbox_merchant_due on outbox (merchant_id, due_at) where done_at is null and dead_at is null and not outside;
create index outbox_outside_due on outbox (due_at) where done_at is null and dead_at is null and outside;
create index outbox_outside_merchant_due on outbox (merchant_id, due_at) where done_at is null and dead_at is null and outside;

-- The other side's address and the secret both sign with. The platform's people keep them; merchants' scopes see which there are, never the secret.
create table connections (
  id uuid primary key,
  name text not null unique check (name ~ '^[^[:space:][:cntrl:]/?#:]{1,40}$' and name <> 'manual'),
  kind text not null check (kind in ('payment', 'carrier', 'stock')),
  base_url text not null check (base_url ~ '^https?://'),
  secret text not null,
  old_secret text,
  old_secret_until timestamptz,
  settings jsonb not null default '{}',
  active boolean not null default true,
  created_at timestamptz not null,
  changed_at timestamptz not null
);
alter table connections enable row level security;
alter table connections force row level security;
create policy whole on connections to amends_platform using (current_setting('amends.scope', true) = 'platform') with check (current_setting('amends.scope', true) = 'platform');
create policy known on connections for select to amends_app using (true);
grant select, insert, update on connections to amends_platform;
grant select (id, name, kind, active) on connections to amends_app;

-- What connections tell us, kept before it is understood; a message that comes again is the same row.
create table inbox (
  connection_id uuid not null references connections (id),
  message_id text not null check (length(message_id) between 1 and 200),
  received_at timestamptz not null,
  sent_at timestamptz not null,
  body text not null,
  headers jsonb not null default '{}',
  due_at timestamptz not null,
  attempts int not null default 0 check (attempts >= 0),
  done_at timestamptz,
  dead_at timestamptz,
  last_error text,
  primary key (connection_id, message_id),
  check (done_at is null or dead_at is null)
) with (fillfactor = 85);
create index inbox_due on inbox (due_at, message_id) where done_at is null and dead_at is null;
create index inbox_done on inbox (done_at) where done_at is not null;
create index inbox_dead on inbox (dead_at) where dead_at is not null;
create index inbox_heard on inbox (connection_id, received_at);
alter table inbox enable row level security;
alter table inbox force row level security;
create policy whole on inbox to amends_platform using (current_setting('amends.scope', true) = 'platform') with check (current_setting('amends.scope', true) = 'platform');
grant select, insert, update, delete on inbox to amends_platform;

-- Refunds go back by a payment; payouts (compensation) go to the buyer without one. Neither needs a case.
-- provider: the connection's name, or manual. purpose: what a compensation is for, as the ledger names it.
-- sent_at: first handed to the provider under this attempt's key; asked_at: last asked or looked for; answered_at: the answer that counted.
alter table refund_requests
  alter column case_id drop not null,
  alter column order_id drop not null,
  add column kind text not null default 'refund' check (kind in ('refund', 'payout')),
  add column compensation_id uuid,
  add column buyer_id text,
  add column purpose text not null default '',
  add column attempt int not null default 1 check (attempt > 0),
  add column sent_at timestamptz,
  add column asked_at timestamptz,
  add column answered_at timestamptz,
  add column failure_code text,
  add column failure_words text,
  add column next_look_at timestamptz,
  add column looks int not null default 0 check (looks >= 0),
  add constraint refund_requests_whose check ((case_id is null) <> (compensation_id is null)),
  add constraint refund_requests_way check (kind = 'payout' or payment_id is not null),
  add constraint refund_requests_look check (next_look_at is null or state = 'requested');
create index refund_requests_look on refund_requests (next_look_at) where next_look_at is not null;
create index refund_requests_failed on refund_requests (merchant_id, answered_at, id) where state = 'failed';
create index refund_requests_compensation on refund_requests (merchant_id, compensation_id) where compensation_id is not null;
create index refund_requests_moved on refund_requests (merchant_id, provider, moved_at) where state = 'moved';
create index refund_requests_reference on refund_requests (merchant_id, provider, reference) where reference is not null;

-- Money asked of a buyer: the difference to a dearer SKU.
create table charges (
  merchant_id uuid not null,
  id uuid not null,
  case_id uuid not null,
  order_id uuid not null,
  buyer_id text not null,
  provider text not null,
  key text not null,
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  words text not null default '',
  state text not null check (state in ('asked', 'paid', 'cancelled')),
  pay_url text,
  reference text,
  asked_at timestamptz not null,
  sent_at timestamptz,
  paid_at timestamptz,
  cancelled_at timestamptz,
  next_look_at timestamptz,
  looks int not null default 0 check (looks >= 0),
  primary key (merchant_id, id),
  unique (merchant_id, key),
  constraint charges_paid check ((state = 'paid') = (paid_at is not null)),
  constraint charges_cancelled check ((state = 'cancelled') = (cancelled_at is not null)),
  constraint charges_look check (next_look_at is null or state = 'asked')
);
create index charges_case on charges (merchant_id, case_id);
create index charges_order on charges (merchant_id, order_id);
create index charges_waiting on charges (merchant_id, asked_at, id) where state = 'asked';
create index charges_paid_at on charges (merchant_id, provider, paid_at) where state = 'paid';
create index charges_look on charges (next_look_at) where next_look_at is not null;
select amends_wall('charges');

-- One comparison of a provider's statement with what we know. The merchant of zeros stands for accounts that no merchant here has: the platform's to look at.
create table reconciliations (
  merchant_id uuid not null,
  id uuid not null,
  provider text not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  state text not null check (state in ('asked', 'done', 'failed')),
  asked_by text not null default '',
  asked_at timestamptz not null,
  done_at timestamptz,
  lines int not null default 0,
  matched int not null default 0,
  differences int not null default 0,
  sums jsonb not null default '[]',
  error text not null default '',
  primary key (merchant_id, id),
  check (from_at < to_at),
  check ((state = 'asked') = (done_at is null))
);
create index reconciliations_list on reconciliations (merchant_id, asked_at desc, id);
select amends_wall('reconciliations');

-- What does not agree, once: the same difference found again is the same row. reconciliation_id null: an answer that contradicted an earlier one.
create table reconciliation_differences (
  merchant_id uuid not null,
  id uuid not null,
  reconciliation_id uuid,
  provider text not null,
  mark text not null,
  kind text not null check (kind in ('missing_here', 'missing_there', 'amount', 'currency', 'state', 'twice', 'contradiction')),
  about text not null check (about in ('refund', 'payout', 'charge', 'payment', 'unknown')),
  subject_id uuid,
  case_id uuid,
  order_id uuid,
  key text not null default '',
  reference text not null default '',
  ours jsonb not null default '{}',
  theirs jsonb not null default '{}',
  found_at timestamptz not null,
  closed_at timestamptz,
  closed_by uuid,
  closed_name text,
  note text,
  primary key (merchant_id, id),
  unique (merchant_id, provider, mark),
  check ((closed_at is null) = (note is null))
);
create index reconciliation_differences_open on reconciliation_differences (merchant_id, found_at, id) where closed_at is null;
create index reconciliation_differences_run on reconciliation_differences (merchant_id, reconciliation_id, found_at, id);
create index reconciliation_differences_subject on reconciliation_differences (merchant_id, subject_id);
select amends_wall('reconciliation_differences');
