-- What lies beside a case: talk, notes, files, receipts, ratings, money's ledger.

create table messages (
  merchant_id uuid not null,
  id uuid not null,
  case_id uuid not null,
  actor_kind text not null,
  actor_id text,
  actor_name text,
  body text not null,
  file_ids uuid[] not null default '{}',
  at timestamptz not null,
  read_at timestamptz,
  primary key (merchant_id, id)
);
create index messages_case on messages (merchant_id, case_id, at);
select amends_wall('messages');

-- Staff notes, never shown to buyers.
create table notes (
  merchant_id uuid not null,
  id uuid not null,
  case_id uuid not null,
  person_id uuid not null,
  person_name text not null,
  side text not null check (side in ('merchant', 'platform')),
  body text not null,
  at timestamptz not null,
  primary key (merchant_id, id)
);
create index notes_case on notes (merchant_id, case_id, at);
select amends_wall('notes');

create table files (
  merchant_id uuid not null,
  id uuid not null,
  case_id uuid,
  sha256 bytea not null check (length(sha256) = 32),
  media_type text not null,
  size int not null check (size >= 0),
  bytes bytea not null,
  uploaded_by text,
  at timestamptz not null,
  primary key (merchant_id, id),
  check (size = length(bytes))
);
create index files_sha on files (merchant_id, sha256);
create index files_case on files (merchant_id, case_id);
select amends_wall('files');

-- Receipt registration 收货登记.
create table receipts (
  merchant_id uuid not null,
  id uuid not null,
  case_id uuid not null,
  parcel_id uuid,
  quantity int not null check (quantity >= 0),
  outcome text not null check (outcome in ('good', 'damaged', 'wrong_item', 'missing', 'short', 'lost', 'refused', 'kept')),
  packaging text not null check (packaging in ('intact', 'opened', 'damaged', 'missing')),
  appearance text not null default '',
  function text not null default '',
  accessories_complete boolean,
  gifts_complete boolean,
  serial_matches boolean,
  disposition text check (disposition in ('sale', 'quarantine', 'scrap', 'back_to_buyer')),
  inspector uuid,
  inspector_name text,
  file_ids uuid[] not null default '{}',
  note text not null default '',
  at timestamptz not null,
  primary key (merchant_id, id)
);
create index receipts_case on receipts (merchant_id, case_id);
select amends_wall('receipts');

create table unclaimed_parcels (
  merchant_id uuid not null,
  id uuid not null,
  carrier text not null default '',
  waybill text not null,
  sender text,
  phone text,
  description text not null default '',
  file_ids uuid[] not null default '{}',
  registered_by uuid,
  at timestamptz not null,
  matched_case_id uuid,
  matched_at timestamptz,
  primary key (merchant_id, id),
  check ((matched_case_id is null) = (matched_at is null))
);
create index unclaimed_waybill on unclaimed_parcels (merchant_id, waybill);
create index unclaimed_waiting on unclaimed_parcels (merchant_id, at, id) where matched_at is null;
select amends_wall('unclaimed_parcels');

create table ratings (
  merchant_id uuid not null,
  case_id uuid not null,
  buyer_id text not null,
  score smallint not null check (score between 1 and 5),
  text text not null default '',
  at timestamptz not null,
  first_score smallint check (first_score between 1 and 5),
  improved_at timestamptz,
  answer text,
  answered_by uuid,
  answered_at timestamptz,
  primary key (merchant_id, case_id)
);
create index ratings_at on ratings (merchant_id, at);
select amends_wall('ratings');

-- Double entry: the entries of one movement sum to zero in each currency, checked at commit.
create table ledger_entries (
  merchant_id uuid not null,
  movement_id uuid not null,
  line smallint not null,
  account text not null,
  amount_minor bigint not null check (amount_minor <> 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  case_id uuid,
  order_id uuid,
  outbox_id uuid,
  note text not null default '',
  at timestamptz not null,
  primary key (merchant_id, movement_id, line)
);
create index ledger_case on ledger_entries (merchant_id, case_id);
create index ledger_order on ledger_entries (merchant_id, order_id);
create index ledger_account on ledger_entries (merchant_id, account, at);
select amends_wall('ledger_entries', verbs => 'select, insert');
create trigger append_only before update or delete on ledger_entries for each row execute function amends_append_only();
create trigger kept before truncate on ledger_entries for each statement execute function amends_append_only();
create function amends_balanced() returns trigger language plpgsql as $$
begin
  if exists (select 1 from ledger_entries e where e.merchant_id = new.merchant_id and e.movement_id = new.movement_id
             group by e.currency having sum(e.amount_minor) <> 0) then
    raise exception '分录不平 / ledger movement % does not sum to zero', new.movement_id using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger balanced after insert on ledger_entries deferrable initially deferred
  for each row execute function amends_balanced();
