-- Compensation beside refunds (CO-1, CO-3 … CO-5): what was asked, decided and paid, coupons, and what the sweeper of late shipment reads by.

-- decided_by null with a decision: the house itself. due_at: until when an answer is promised; it only tells who is late, it pays nothing.
create table compensations (
  merchant_id uuid not null,
  id uuid not null,
  number text not null,
  kind text not null check (kind in ('late_shipment', 'goodwill', 'price_protection', 'return_freight')),
  state text not null check (state in ('asked', 'granted', 'refused', 'paid', 'failed')),
  medium text not null default 'money' check (medium in ('money', 'coupon')),
  order_id uuid not null,
  case_id uuid,
  line_id uuid,
  buyer_id text not null,
  quantity int not null default 0 check (quantity >= 0),
  asked_minor bigint not null check (asked_minor >= 0),
  amount_minor bigint not null default 0 check (amount_minor >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  reason text not null default '',
  words text not null default '',
  answer text not null default '',
  file_ids uuid[] not null default '{}',
  asked_kind text not null check (asked_kind in ('buyer', 'merchant', 'platform', 'system')),
  asked_by text,
  asked_name text not null default '',
  asked_at timestamptz not null,
  due_at timestamptz,
  decided_kind text check (decided_kind in ('merchant', 'platform', 'system')),
  decided_by text,
  decided_name text not null default '',
  decided_at timestamptz,
  day date,
  paid_at timestamptz,
  explanation jsonb not null default '{}',
  primary key (merchant_id, id),
  unique (merchant_id, number),
  constraint compensations_decided check ((state = 'asked') = (decided_at is null)),
  constraint compensations_given check ((state in ('granted', 'paid', 'failed')) = (amount_minor > 0)),
  constraint compensations_paid check ((state = 'paid') = (paid_at is not null))
);
create unique index compensations_late_once on compensations (merchant_id, order_id) where kind = 'late_shipment';
create unique index compensations_asked_once on compensations (merchant_id, kind, order_id, coalesce(line_id, case_id, order_id)) where state = 'asked' and kind in ('price_protection', 'return_freight');
create index compensations_list on compensations (merchant_id, asked_at desc, id desc);
create index compensations_order on compensations (merchant_id, order_id);
create index compensations_case on compensations (merchant_id, case_id) where case_id is not null;
create index compensations_buyer on compensations (merchant_id, buyer_id, asked_at desc);
create index compensations_waiting on compensations (merchant_id, due_at, id) where state = 'asked';
create index compensations_day on compensations (merchant_id, day, decided_by) where kind = 'goodwill' and day is not null;
create index compensations_everywhere on compensations (asked_at desc, id desc);
select amends_wall('compensations', verbs => 'select, insert, update');

-- One row a merchant and day, locked by whoever gives goodwill, so that limits of a day hold among givers at the same moment.
create table compensation_days (
  merchant_id uuid not null,
  day date not null,
  primary key (merchant_id, day)
);
select amends_wall('compensation_days');

-- Goodwill may be a coupon (CO-3); coupons themselves came with 0026.
alter table coupons add column compensation_id uuid, add column issued_at timestamptz;
create index coupons_compensation on coupons (merchant_id, compensation_id) where compensation_id is not null;

-- Orders sent after the promise, or more than a day after payment, and not looked at yet: few among many. Those not sent yet stand in orders_unshipped.
alter table orders add column late_settled_at timestamptz;
create index orders_shipped_late on orders (merchant_id, paid_at)
  where shipped_at is not null and late_settled_at is null and (shipped_at > promised_ship_by or (promised_ship_by is null and shipped_at - paid_at > interval '24 hours'));

alter table notices add column compensation_id uuid;
create index notices_compensation on notices (merchant_id, compensation_id) where compensation_id is not null;
