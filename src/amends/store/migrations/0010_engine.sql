-- What the engine writes beside cases: refunds granted line by line, refund requests to providers, notices; reminders of clocks.

alter table clocks add column remind_at timestamptz;
drop index clocks_due;
drop index clocks_merchant_due;
create index clocks_wake on clocks ((least(remind_at, due_at)));
create index clocks_merchant_wake on clocks (merchant_id, (least(remind_at, due_at)));

-- Money decided (SO-35), one row for each line it counts on; line_id null: the freight.
create table granted_refunds (
  merchant_id uuid not null,
  id uuid not null,
  case_id uuid not null,
  order_id uuid not null,
  line_id uuid,
  quantity int not null default 0 check (quantity >= 0),
  amount_minor bigint not null check (amount_minor >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  at timestamptz not null,
  reversed_at timestamptz,
  primary key (merchant_id, id)
);
create index granted_refunds_order on granted_refunds (merchant_id, order_id, at);
create index granted_refunds_case on granted_refunds (merchant_id, case_id);
select amends_wall('granted_refunds');

-- One request for each payment the money goes back by (MO-3). `key` is the idempotency key given to the provider.
create table refund_requests (
  merchant_id uuid not null,
  id uuid not null,
  case_id uuid not null,
  order_id uuid not null,
  payment_id uuid,
  provider text not null,
  key text not null,
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  state text not null check (state in ('requested', 'moved', 'failed', 'cancelled')),
  reference text,
  requested_at timestamptz not null,
  moved_at timestamptz,
  primary key (merchant_id, id),
  unique (merchant_id, key),
  check ((state = 'moved') = (moved_at is not null))
);
create index refund_requests_waiting on refund_requests (merchant_id, requested_at, id) where state = 'requested';
create index refund_requests_case on refund_requests (merchant_id, case_id);
create index refund_requests_order on refund_requests (merchant_id, order_id);
select amends_wall('refund_requests');

-- A message to somebody about what happened, shown in the product; read_at when it was seen.
create table notices (
  merchant_id uuid not null,
  id uuid not null,
  case_id uuid not null,
  reader text not null check (reader in ('buyer', 'merchant', 'platform')),
  buyer_id text,
  event text not null,
  body jsonb not null default '{}',
  at timestamptz not null,
  read_at timestamptz,
  primary key (merchant_id, id)
);
create index notices_merchant on notices (merchant_id, reader, at desc, id) where read_at is null;
create index notices_buyer on notices (merchant_id, buyer_id, at desc, id) where reader = 'buyer';
create index notices_case on notices (merchant_id, case_id, at);
select amends_wall('notices');
