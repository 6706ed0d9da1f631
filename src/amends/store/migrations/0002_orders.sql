-- Orders and what belongs to them: lines, payments, parcels, goods, stock and holds.

create table orders (
  merchant_id uuid not null,
  id uuid not null,
  number text not null,
  state text not null check (state in ('pending_payment', 'preparing', 'awaiting_pickup', 'on_hold', 'locked',
                                       'shipped', 'delivered', 'received', 'completed', 'cancelled')),
  sub_state text,
  version int not null default 1,
  buyer_id text not null,
  buyer_level int not null default 0,
  channel text not null default '',
  fulfilment_mode text not null check (fulfilment_mode in ('FBP', 'LBP', 'SOPL', 'SOP')),
  platform_delivery boolean not null default false,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  freight_minor bigint not null default 0 check (freight_minor >= 0),
  paid_minor bigint not null default 0 check (paid_minor >= 0),
  refunded_minor bigint not null default 0 check (refunded_minor >= 0),
  receiver text,
  phone text,
  province text,
  city text,
  district text,
  detail text,
  placed_at timestamptz not null,
  paid_at timestamptz,
  promised_ship_by timestamptz,
  shipped_at timestamptz,
  delivered_at timestamptz,
  receipt_confirmed_at timestamptz,
  completed_at timestamptz,
  remarks text not null default '',
  facts jsonb not null default '{}',
  primary key (merchant_id, id),
  unique (merchant_id, number),
  check (refunded_minor <= paid_minor)
);
create index orders_buyer on orders (merchant_id, buyer_id, placed_at desc, id);
create index orders_placed on orders (merchant_id, placed_at desc, id);
create index orders_phone on orders (merchant_id, phone) where phone is not null;
select amends_wall('orders');

create table order_lines (
  merchant_id uuid not null,
  order_id uuid not null,
  id uuid not null,
  position int not null,
  sku text not null,
  title text not null,
  category text not null default '',
  quantity int not null check (quantity > 0),
  unit_price_minor bigint not null check (unit_price_minor >= 0),
  paid_minor bigint not null check (paid_minor >= 0),
  coupon_minor bigint not null default 0 check (coupon_minor >= 0),
  points_used bigint not null default 0 check (points_used >= 0),
  points_granted bigint not null default 0 check (points_granted >= 0),
  refunded_minor bigint not null default 0 check (refunded_minor >= 0 and refunded_minor <= paid_minor),
  tags text[] not null default '{}',
  gift boolean not null default false,
  gift_of uuid,
  facts jsonb not null default '{}',
  primary key (merchant_id, order_id, id),
  unique (merchant_id, order_id, position),
  foreign key (merchant_id, order_id) references orders (merchant_id, id) on delete cascade
);
create index order_lines_sku on order_lines (merchant_id, sku);
select amends_wall('order_lines');

create table payments (
  merchant_id uuid not null,
  id uuid not null,
  order_id uuid not null,
  provider text not null,
  provider_ref text not null,
  method text not null default '',
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint not null check (amount_minor >= 0),
  refunded_minor bigint not null default 0 check (refunded_minor >= 0 and refunded_minor <= amount_minor),
  paid_at timestamptz not null,
  primary key (merchant_id, id),
  unique (merchant_id, provider, provider_ref),
  foreign key (merchant_id, order_id) references orders (merchant_id, id) on delete cascade
);
create index payments_order on payments (merchant_id, order_id);
select amends_wall('payments');

-- Parcels in every direction, each with its waybill.
create table parcels (
  merchant_id uuid not null,
  id uuid not null,
  order_id uuid,
  case_id uuid,
  direction text not null check (direction in ('out', 'back', 'replacement', 'original')),
  carrier text not null,
  waybill text not null,
  state text not null default 'sent',
  sent_at timestamptz,
  signed_at timestamptz,
  registered_at timestamptz,
  trace jsonb not null default '[]',
  primary key (merchant_id, id),
  unique (merchant_id, carrier, waybill, direction)
);
create index parcels_waybill on parcels (merchant_id, waybill);
create index parcels_order on parcels (merchant_id, order_id);
create index parcels_case on parcels (merchant_id, case_id);
select amends_wall('parcels');

create table skus (
  merchant_id uuid not null,
  sku text not null,
  title text not null,
  category text not null default '',
  price_minor bigint not null default 0 check (price_minor >= 0),
  currency text not null default 'CNY' check (currency ~ '^[A-Z]{3}$'),
  product text not null default '',
  attributes jsonb not null default '{}',
  active boolean not null default true,
  primary key (merchant_id, sku)
);
create index skus_product on skus (merchant_id, product);
select amends_wall('skus');

create table stock (
  merchant_id uuid not null,
  sku text not null,
  warehouse text not null default '',
  on_hand int not null default 0 check (on_hand >= 0),
  held int not null default 0 check (held >= 0),
  quarantine int not null default 0 check (quarantine >= 0),
  scrapped int not null default 0 check (scrapped >= 0),
  primary key (merchant_id, sku, warehouse),
  constraint stock_over_held check (held <= on_hand)
);
select amends_wall('stock');

create table holds (
  merchant_id uuid not null,
  id uuid not null,
  case_id uuid not null,
  sku text not null,
  warehouse text not null default '',
  quantity int not null check (quantity > 0),
  held_at timestamptz not null,
  ended_at timestamptz,
  outcome text check (outcome in ('taken', 'released')),
  primary key (merchant_id, id),
  check ((ended_at is null) = (outcome is null))
);
create unique index holds_live on holds (merchant_id, case_id, sku, warehouse) where ended_at is null;
select amends_wall('holds');
