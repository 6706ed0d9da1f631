-- What is done to an order before the buyer has it: changes by the buyer, the desk's work, urges, balances of pre-sale orders, coupons (OR-7 … OR-10, DE-5).

-- lock_*: a change under way holds the order; lock_state is the state it goes back to. An order that its shop says is locked has state `locked` and no lock_id.
-- lines_mark, receiver_mark: what the shop said of lines and receiver before they were changed here, so that a record that knows nothing of the change
-- does not undo it.
alter table orders
  add column lock_id uuid,
  add column lock_state text,
  add column lock_by text,
  add column locked_at timestamptz,
  add column locked_until timestamptz,
  add column lines_mark text,
  add column receiver_mark text,
  add column modified_at timestamptz,
  add column flag text check (flag in ('red', 'yellow', 'green', 'blue', 'purple')),
  add column parcel_count int check (parcel_count between 1 and 999),
  add column buyer_remark text not null default '',
  add column delivery_wish text not null default 'any' check (delivery_wish in ('any', 'workdays', 'restdays')),
  add column invoice jsonb not null default '{}',
  add column balance_due_at timestamptz,
  add column balance_reminded_at timestamptz,
  add constraint orders_lock_whole check ((lock_id is null) = (locked_until is null) and (lock_id is null) = (lock_state is null));

-- Whoever takes an order out of `locked` (a cancellation, a shop that says it is shipped) ends the change that held it; nobody has to think of it.
create function amends_lock_ends() returns trigger language plpgsql as $$
begin
  new.lock_id := null; new.lock_state := null; new.lock_by := null; new.locked_at := null; new.locked_until := null;
  return new;
end $$;
create trigger lock_ends before update on orders for each row when (old.lock_id is not null and new.state <> 'locked') execute function amends_lock_ends();

create index orders_locks on orders (locked_until) where locked_until is not null;
create index orders_unshipped on orders (merchant_id, paid_at) include (promised_ship_by, id) where state in ('preparing', 'locked') and paid_at is not null;
create index parcels_unscanned on parcels (merchant_id, order_id)
  where direction = 'out' and followed_at is not null and accepted_at is null and last_event_at is null and signed_at is null;
create index orders_balances on orders (merchant_id, balance_due_at, id) where balance_due_at is not null and state in ('pending_payment', 'locked');
create index orders_flagged on orders (merchant_id, flag, placed_at desc, id) where flag is not null;

-- What a shop's record says of an order's lines, and of its receiver, in short.
create function amends_lines_mark(sku text[], quantity int[], paid bigint[]) returns text language sql immutable as $$
  select md5(coalesce(string_agg(s || '*' || q || '@' || p, ',' order by s, q, p), '')) from unnest(sku, quantity, paid) as x(s, q, p)
$$;
create function amends_receiver_mark(variadic parts text[]) returns text language sql immutable as $$ select md5(array_to_string(parts, '|', '')) $$;

-- Everything done to an order here, in the order it was done; before and after hold what changed, names and phones masked.
create table order_changes (
  merchant_id uuid not null,
  id uuid not null,
  order_id uuid not null,
  at timestamptz not null,
  what text not null,
  actor_kind text not null,
  actor_id text,
  actor_name text,
  before jsonb not null default '{}',
  after jsonb not null default '{}',
  primary key (merchant_id, id)
);
create index order_changes_order on order_changes (merchant_id, order_id, at, id);
select amends_wall('order_changes', 'merchant_id', 'select, insert');
create trigger added_to before update or delete on order_changes for each row execute function amends_append_only();

-- A buyer who asks where the goods are (催单), and what the merchant says.
create table urges (
  merchant_id uuid not null,
  id uuid not null,
  order_id uuid not null,
  buyer_id text not null,
  words text not null default '',
  at timestamptz not null,
  answered_at timestamptz,
  answer text,
  answered_by text,
  answered_name text,
  primary key (merchant_id, id),
  check ((answered_at is null) = (answer is null))
);
create index urges_order on urges (merchant_id, order_id, at);
create index urges_waiting on urges (merchant_id, at, id) where answered_at is null;
select amends_wall('urges');

-- A parcel something is wrong with, until it is settled.
create table parcel_troubles (
  merchant_id uuid not null,
  id uuid not null,
  order_id uuid not null,
  parcel_id uuid not null,
  kind text not null check (kind in ('lost', 'damaged', 'stalled', 'misrouted', 'unreachable', 'refused', 'other')),
  words text not null default '',
  at timestamptz not null,
  by_id text,
  by_name text,
  settled_at timestamptz,
  settled_words text,
  settled_name text,
  primary key (merchant_id, id),
  check ((settled_at is null) = (settled_words is null))
);
create index parcel_troubles_open on parcel_troubles (merchant_id, at, id) where settled_at is null;
create unique index parcel_troubles_one on parcel_troubles (merchant_id, parcel_id) where settled_at is null;
create index parcel_troubles_order on parcel_troubles (merchant_id, order_id);
select amends_wall('parcel_troubles');

-- A buyer's coupons (DE-5): `open` has no minimum and any number go together; `minimum` needs goods of that worth and goes alone. order_id: where it is used.
create table coupons (
  merchant_id uuid not null,
  id uuid not null,
  buyer_id text not null,
  code text not null,
  title text not null default '',
  kind text not null check (kind in ('open', 'minimum')),
  amount_minor bigint not null check (amount_minor > 0),
  minimum_minor bigint not null default 0 check (minimum_minor >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  valid_from timestamptz,
  valid_until timestamptz,
  order_id uuid,
  used_at timestamptz,
  primary key (merchant_id, id),
  unique (merchant_id, code),
  check ((kind = 'minimum') = (minimum_minor > 0)),
  check ((order_id is null) = (used_at is null))
);
create index coupons_buyer on coupons (merchant_id, buyer_id, valid_until);
create index coupons_order on coupons (merchant_id, order_id) where order_id is not null;
select amends_wall('coupons');

-- Messages about an order that has no case: a balance that is due.
alter table notices
  alter column case_id drop not null,
  add column order_id uuid,
  add constraint notices_about check (case_id is not null or order_id is not null);
create index notices_order on notices (merchant_id, order_id, at) where order_id is not null;

-- Money that goes back because an order became cheaper belongs to that change.
alter table refund_requests
  add column change_id uuid,
  drop constraint refund_requests_whose,
  add constraint refund_requests_whose check (case_id is not null or compensation_id is not null or change_id is not null);
create index refund_requests_change on refund_requests (merchant_id, change_id) where change_id is not null;
