-- The ledger (MO-4): movements, their entries, and what each day did to each account. Nothing wrote the table of 0004; it gives way to these.

drop table ledger_entries;
drop function amends_balanced();

-- One movement: what happened (kind), about what (the key that makes posting it twice impossible), and where it came from.
-- case_version is the event of the case that decided it. facts: what else explains it, such as coupons given back in kind.
create table ledger_movements (
  merchant_id uuid not null,
  id uuid not null,
  kind text not null check (kind ~ '^[a-z_]{3,40}$'),
  about text not null check (length(about) between 1 and 120),
  at timestamptz not null,
  case_id uuid,
  case_version int,
  order_id uuid,
  request_id uuid,
  compensation_id uuid,
  actor_kind text,
  actor_id text,
  actor_name text,
  reason text not null default '',
  facts jsonb not null default '{}',
  primary key (merchant_id, id),
  constraint ledger_once unique (merchant_id, kind, about)
);
create index ledger_movements_at on ledger_movements (merchant_id, at desc, id desc);
create index ledger_movements_kind on ledger_movements (merchant_id, kind, at desc, id desc);
create index ledger_movements_case on ledger_movements (merchant_id, case_id, at) where case_id is not null;
create index ledger_movements_order on ledger_movements (merchant_id, order_id, at) where order_id is not null;
select amends_wall('ledger_movements', verbs => 'select, insert');
create trigger append_only before update or delete on ledger_movements for each row execute function amends_append_only();
create trigger kept before truncate on ledger_movements for each statement execute function amends_append_only();

-- Its entries: signed minor units, in the order of the statement (account, currency, time, movement, line).
create table ledger_entries (
  merchant_id uuid not null,
  movement_id uuid not null,
  line smallint not null check (line > 0),
  account text not null check (account ~ '^([a-z_]{3,40}|provider:.{1,80})$'),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint not null check (amount_minor <> 0),
  at timestamptz not null,
  part text not null default '',
  primary key (merchant_id, movement_id, line)
);
create unique index ledger_statement on ledger_entries (merchant_id, account, currency, at, movement_id, line) include (amount_minor);
select amends_wall('ledger_entries', verbs => 'select, insert');
create trigger append_only before update or delete on ledger_entries for each row execute function amends_append_only();
create trigger kept before truncate on ledger_entries for each statement execute function amends_append_only();

-- The entries that one statement writes sum to zero, movement by movement and currency by currency: looked at once for the whole statement, however
-- many thousand entries it brings. What is there already can neither change nor go, so every movement sums to zero for ever.
create function amends_balanced() returns trigger language plpgsql as $$
declare
  wrong uuid;
begin
  select movement_id into wrong from fresh group by merchant_id, movement_id, currency having sum(amount_minor) <> 0 limit 1;
  if found then
    raise exception '分录不平 / ledger movement % does not sum to zero', wrong using errcode = 'check_violation';
  end if;
  return null;
end $$;
create trigger balanced after insert on ledger_entries referencing new table as fresh for each statement execute function amends_balanced();

-- What each UTC day did to each account, written by the statement that writes the entries. A balance at any instant is the days before it and the
-- entries of its own day. Kept in stripes, one chosen by the connection, so that many refunds of one merchant at once do not wait for one row.
create table ledger_days (
  merchant_id uuid not null,
  account text not null,
  currency text not null,
  day date not null,
  stripe smallint not null,
  in_minor bigint not null check (in_minor >= 0),
  out_minor bigint not null check (out_minor <= 0),
  entries int not null check (entries > 0),
  primary key (merchant_id, account, currency, day, stripe)
) with (fillfactor = 70);
select amends_wall('ledger_days', verbs => 'select, insert, update');

create view ledger_balances with (security_invoker = true) as
  select merchant_id, account, currency, sum(in_minor + out_minor)::bigint as balance_minor, sum(entries)::bigint as entries from ledger_days group by merchant_id, account, currency;
grant select on ledger_balances to amends_app, amends_platform;

alter table ledger_entries alter column merchant_id set statistics 0;
alter table ledger_movements alter column merchant_id set statistics 0;
alter table ledger_days alter column merchant_id set statistics 0;

-- What was granted and moved before there was a ledger, as it stands now: one movement for what each case has granted, one for each transfer made.
set local role amends_platform;
set local amends.scope = 'platform';
with g as (
  insert into ledger_movements (merchant_id, id, kind, about, at, case_id, order_id, reason)
  select merchant_id, gen_random_uuid(), 'refund_granted', id || ':before', coalesce(granted_at, updated_at), id, order_id, 'before the ledger' from cases where granted_minor > 0
  returning merchant_id, id, at, case_id
)
insert into ledger_entries (merchant_id, movement_id, line, account, currency, amount_minor, at, part)
select g.merchant_id, g.id, x.line, x.account, c.currency, x.sign * c.granted_minor, g.at, x.part from g join cases c on c.merchant_id = g.merchant_id and c.id = g.case_id
cross join (values (1, 'merchant_settlement', -1, 'goods'), (2, 'buyer_refund', 1, 'refund')) x (line, account, sign, part);
with m as (
  insert into ledger_movements (merchant_id, id, kind, about, at, case_id, order_id, request_id, reason)
  select merchant_id, gen_random_uuid(), 'refund_moved', id::text, moved_at, case_id, order_id, id, 'before the ledger' from refund_requests where state = 'moved'
  returning merchant_id, id, at, request_id
)
insert into ledger_entries (merchant_id, movement_id, line, account, currency, amount_minor, at, part)
select m.merchant_id, m.id, x.line, coalesce(x.account, 'provider:' || r.provider), r.currency, x.sign * r.amount_minor, m.at, 'refund' from m join refund_requests r on r.merchant_id = m.merchant_id and r.id = m.request_id
cross join (values (1, 'buyer_refund', -1), (2, null, 1)) x (line, account, sign);
insert into ledger_days (merchant_id, account, currency, day, stripe, in_minor, out_minor, entries)
select merchant_id, account, currency, (at at time zone 'UTC')::date, 0, sum(greatest(amount_minor, 0)), sum(least(amount_minor, 0)), count(*) from ledger_entries group by 1, 2, 3, 4;
reset role;

-- The list of all refunds and payouts, newest first.
create index refund_requests_list on refund_requests (merchant_id, requested_at desc, id desc);
