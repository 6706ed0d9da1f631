-- Cases of all kinds and the engine's tables: events, clocks, outbox, commands already done.
-- Hot: no foreign keys between these; the one writing statement of batch.py keeps them together.

create table applications (
  merchant_id uuid not null,
  id uuid not null,
  order_id uuid not null,
  buyer_id text not null,
  number text not null,
  opened_at timestamptz not null,
  primary key (merchant_id, id),
  unique (merchant_id, number)
);
create index applications_order on applications (merchant_id, order_id);
select amends_wall('applications');

create table cases (
  merchant_id uuid not null,
  id uuid not null,
  kind text not null check (kind in ('service_order', 'cancellation', 'dispute', 'ticket', 'opening')),
  number text not null,
  state text not null,
  version int not null default 1 check (version > 0),
  application_id uuid,
  parent_id uuid,
  order_id uuid,
  line_id uuid,
  buyer_id text,
  type text,
  expectation text,
  reason text,
  fault text,
  sku text,
  category text,
  quantity int check (quantity > 0),
  quantity_received int check (quantity_received >= 0),
  parcel_state text,
  assignee uuid,
  assigned_at timestamptz,
  waits_on text check (waits_on in ('buyer', 'merchant', 'platform', 'warehouse', 'carrier', 'provider', 'system')),
  due_at timestamptz,
  alert text,
  granted_minor bigint not null default 0 check (granted_minor >= 0),
  moved_minor bigint not null default 0 check (moved_minor >= 0),
  currency text check (currency ~ '^[A-Z]{3}$'),
  granted_at timestamptz,
  moved_at timestamptz,
  opened_at timestamptz not null,
  closed_at timestamptz,
  updated_at timestamptz not null default now(),
  facts jsonb not null default '{}',
  primary key (merchant_id, id),
  unique (merchant_id, kind, number),
  constraint cases_moved check (moved_minor <= granted_minor),
  constraint cases_money check (granted_minor = 0 or currency is not null),
  constraint cases_not_forgotten check (closed_at is not null or due_at is not null or waits_on is not null)
) with (fillfactor = 85);
create index cases_queue on cases (merchant_id, state, due_at, id) where closed_at is null;
create index cases_kind_queue on cases (merchant_id, kind, due_at, id) where closed_at is null;
create index cases_mine on cases (merchant_id, assignee, due_at, id) where closed_at is null and assignee is not null;
create index cases_opened on cases (merchant_id, kind, opened_at desc, id);
create index cases_closed on cases (merchant_id, closed_at desc, id) where closed_at is not null;
create index cases_order on cases (merchant_id, order_id);
create index cases_buyer on cases (merchant_id, buyer_id, opened_at desc, id);
create index cases_platform on cases (kind, due_at, id) where closed_at is null and waits_on = 'platform';
select amends_wall('cases');

-- Append-only, numbered per case by the version the event made.
create table events (
  merchant_id uuid not null,
  case_id uuid not null,
  version int not null,
  name text not null,
  command_id uuid not null,
  actor_kind text not null check (actor_kind in ('buyer', 'merchant', 'platform', 'warehouse', 'carrier', 'provider', 'system')),
  actor_id text,
  actor_name text,
  at timestamptz not null,
  body jsonb not null default '{}',
  explanation jsonb,
  primary key (merchant_id, case_id, version)
);
create index events_at on events (merchant_id, at);
select amends_wall('events', verbs => 'select, insert');
create trigger append_only before update or delete on events for each row execute function amends_append_only();
create trigger kept before truncate on events for each statement execute function amends_append_only();

-- due_at null: the clock is paused and paused_left says what was left.
create table clocks (
  merchant_id uuid not null,
  case_id uuid not null,
  name text not null,
  due_at timestamptz,
  case_version int not null,
  paused_left interval,
  attempts int not null default 0 check (attempts >= 0),
  primary key (merchant_id, case_id, name),
  check ((due_at is null) = (paused_left is not null))
) with (fillfactor = 85);
create index clocks_due on clocks (due_at);
create index clocks_merchant_due on clocks (merchant_id, due_at);
select amends_wall('clocks');

-- What the world must still do. Waiting: neither done nor dead.
create table outbox (
  merchant_id uuid not null,
  id uuid not null,
  case_id uuid,
  effect text not null,
  body jsonb not null default '{}',
  due_at timestamptz not null,
  attempts int not null default 0 check (attempts >= 0),
  done_at timestamptz,
  dead_at timestamptz,
  last_error text,
  primary key (merchant_id, id),
  check (done_at is null or dead_at is null)
) with (fillfactor = 85);
create index outbox_due on outbox (due_at) where done_at is null and dead_at is null;
create index outbox_merchant_due on outbox (merchant_id, due_at) where done_at is null and dead_at is null;
create index outbox_dead on outbox (merchant_id, dead_at) where dead_at is not null;
create index outbox_case on outbox (merchant_id, case_id);
select amends_wall('outbox');

create table commands_done (
  merchant_id uuid not null,
  command_id uuid not null,
  case_id uuid,
  answer jsonb not null,
  at timestamptz not null default now(),
  primary key (merchant_id, command_id)
);
select amends_wall('commands_done');

-- The short numbers people see: S-2026-000123.
create table counters (
  merchant_id uuid not null,
  prefix text not null,
  year int not null,
  last bigint not null default 0 check (last >= 0),
  primary key (merchant_id, prefix, year)
);
select amends_wall('counters');
