-- Parcels as their carriers tell of them (LO-1 … LO-3): traces, looking after silent ones, interception, pick-ups.

-- As people write a carrier on a parcel, in lower case, and which connection that is; a connection's own name needs no row.
create table carrier_names (
  name text primary key check (name = lower(name) and name <> ''),
  connection_id uuid not null references connections (id)
);
grant select on carrier_names to amends_app, amends_platform;
grant insert, update, delete on carrier_names to amends_platform;

-- The connection that speaks for a carrier as it is written on a parcel; null: by hand.
create function carrier_connection(carrier text) returns uuid language sql stable as $$
  select coalesce(
    (select c.id from connections c where c.kind = 'carrier' and c.active and c.name = lower(carrier)),
    (select c.id from carrier_names n join connections c on c.id = n.connection_id where c.kind = 'carrier' and c.active and n.name = lower(carrier)))
$$;

-- expected_at: the day the carrier means to deliver. followed_at: since when it reports to us. last_event_at: its newest event, by its own time.
-- untold: its cases have not heard the newest (`news` counts it) yet.
-- heard_at: when we last heard something new. next_look_at: when we ask, if it stays silent; null: we never do. trouble: why the carrier cannot help, in its words.
alter table parcels
  add column expected_at timestamptz,
  add column followed_at timestamptz,
  add column accepted_at timestamptz,
  add column returned_at timestamptz,
  add column last_event_at timestamptz,
  add column heard_at timestamptz,
  add column next_look_at timestamptz,
  add column looks int not null default 0 check (looks >= 0),
  add column trouble text not null default '',
  add column intercept text check (intercept in ('asked', 'succeeded', 'failed')),
  add column intercept_asked_at timestamptz,
  add column intercept_answered_at timestamptz,
  add column intercept_answer text not null default '',
  add column untold boolean not null default false,
  add column news int not null default 0,
  add constraint parcels_intercepted check ((intercept is null) = (intercept_asked_at is null)),
  drop column trace;
create index parcels_everywhere on parcels (waybill);
create index parcels_untold on parcels (merchant_id, id) where untold;
create index parcels_look on parcels (next_look_at) where next_look_at is not null;

-- One scan of a parcel. `key` is the carrier's own, so that what is heard twice is kept once.
create table parcel_events (
  merchant_id uuid not null,
  parcel_id uuid not null,
  key text not null check (length(key) between 1 and 128),
  code text not null check (code in ('accepted', 'in_transit', 'out_for_delivery', 'abnormal', 'intercepted', 'lost', 'returned', 'signed')),
  words text not null default '',
  place text not null default '',
  at timestamptz not null,
  heard_at timestamptz not null,
  heard_by text not null check (heard_by in ('message', 'look', 'hand')),
  primary key (merchant_id, parcel_id, key)
);
alter table parcel_events alter column merchant_id set statistics 0;
select amends_wall('parcel_events', verbs => 'select, insert, delete');

-- A courier who comes for the goods (上门取件). The id is the key under which the carrier knows it.
create table pickups (
  merchant_id uuid not null,
  id uuid not null,
  case_id uuid not null,
  carrier text not null,
  address text not null,
  starts_at timestamptz not null,
  ends_at timestamptz,
  state text not null check (state in ('asked', 'booked', 'refused', 'cancelled', 'by_hand')),
  booking text not null default '',
  waybill text not null default '',
  answer text not null default '',
  asked_at timestamptz not null,
  answered_at timestamptz,
  primary key (merchant_id, id)
);
create index pickups_case on pickups (merchant_id, case_id, asked_at desc);
create index pickups_everywhere on pickups (id);
select amends_wall('pickups');

-- When a carrier would come, as it last said, and when it was last asked: again before that is old.
create table pickup_offers (
  connection_id uuid primary key references connections (id),
  asked_at timestamptz not null
);
create table pickup_slots (
  connection_id uuid not null references connections (id),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  primary key (connection_id, starts_at),
  check (starts_at < ends_at)
);
grant select on pickup_offers, pickup_slots to amends_app, amends_platform;
grant insert, update, delete on pickup_offers, pickup_slots to amends_platform;
