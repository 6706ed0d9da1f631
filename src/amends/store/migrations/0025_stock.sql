-- Stock in several warehouses: until when pieces are held and why a hold ended, counts with versions, and a line for every piece that moved.

alter table holds
  add column expires_at timestamptz,
  add column reason text;
create index holds_due on holds (expires_at) where ended_at is null and expires_at is not null;
create index holds_waiting on holds (merchant_id, sku, warehouse) where ended_at is null;
create index holds_case on holds (merchant_id, case_id, held_at);

-- version: of the last count that was taken in; low_at: at this many free pieces or fewer the SKU is on the low list.
alter table stock
  add column version bigint not null default 0 check (version >= 0),
  add column low_at int check (low_at >= 0),
  add column changed_at timestamptz;
create index stock_quarantine on stock (merchant_id, sku) where quarantine > 0;
create index stock_low on stock (merchant_id, sku) where low_at is not null and on_hand - held <= low_at;

-- Messages about stock that were taken in: each counts once, however often it comes. version and change are kept of differences, because a count
-- that was taken before them and comes after them must not undo them.
create table stock_messages (
  merchant_id uuid not null,
  source text not null,
  message_id text not null,
  sku text not null,
  warehouse text not null,
  version bigint,
  change int,
  at timestamptz not null,
  primary key (merchant_id, source, message_id)
);
create index stock_messages_later on stock_messages (merchant_id, sku, warehouse, version) where version is not null and change is not null;
select amends_wall('stock_messages');

-- Every piece that moved, with the counts after it; before is after less the change. seq orders what happened in one place.
create table stock_moves (
  merchant_id uuid not null,
  id uuid not null,
  seq bigint generated always as identity,
  sku text not null,
  warehouse text not null,
  at timestamptz not null,
  kind text not null check (kind in ('held', 'released', 'taken', 'arrived', 'counted', 'changed', 'disposed', 'began')),
  case_id uuid,
  actor_kind text not null,
  actor_id text,
  actor_name text,
  note text not null default '',
  on_hand int not null,
  held int not null,
  quarantine int not null,
  scrapped int not null,
  on_hand_after int not null check (on_hand_after >= 0),
  held_after int not null check (held_after >= 0),
  quarantine_after int not null check (quarantine_after >= 0),
  scrapped_after int not null check (scrapped_after >= 0),
  primary key (merchant_id, id)
);
create index stock_moves_place on stock_moves (merchant_id, sku, warehouse, seq desc);
create index stock_moves_case on stock_moves (merchant_id, case_id) where case_id is not null;
select amends_wall('stock_moves', 'merchant_id', 'select, insert');
create trigger added_to before update or delete on stock_moves for each row execute function amends_append_only();

-- What was there before movements were written down is the first line of each place, so that the lines add up to the counts.
set local role amends_platform;
select set_config('amends.scope', 'platform', true);
insert into stock_moves (merchant_id, id, sku, warehouse, at, kind, actor_kind, on_hand, held, quarantine, scrapped, on_hand_after, held_after, quarantine_after, scrapped_after)
select merchant_id, md5(merchant_id::text || sku || '/' || warehouse)::uuid, sku, warehouse, now(), 'began', 'system', on_hand, held, quarantine, scrapped, on_hand, held, quarantine, scrapped
from stock where on_hand + held + quarantine + scrapped > 0;
reset role;
select set_config('amends.scope', '', true);

-- A difference that a buyer paid for a dearer SKU is a payment of the order for one of its lines; imports of the order know nothing of it.
alter table payments
  add column charge_id uuid,
  add column line_id uuid,
  add constraint payments_charge check ((charge_id is null) = (line_id is null));
create index payments_charge on payments (merchant_id, order_id) where charge_id is not null;
