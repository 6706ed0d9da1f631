-- A buyer's personal data: erased when its time is over or on request, matter by matter, and given to the buyer on request (ST-10).

alter table orders add column erased_at timestamptz;
alter table cases add column erased_at timestamptz;
-- Whether another person must confirm that a buyer is to be erased.
alter table retention add column second_person boolean not null default true;

-- What stands for a buyer in rows that are erased, while other rows still hold the buyer's own id. The row goes with the last of them, and then nothing leads from one to the other.
create table pseudonyms (
  merchant_id uuid not null,
  buyer_id text not null check (buyer_id not like 'erased:%'),
  pseudonym text not null check (pseudonym ~ '^erased:[0-9a-f]{24}$'),
  primary key (merchant_id, buyer_id)
);
select amends_wall('pseudonyms');
revoke all on pseudonyms from amends_app;

-- One matter that was erased: an order with everything about it, or a case that is about no order; or, with neither, what was left beside a buyer's last one. done_at is set in the transaction that began it.
create table erasures (
  merchant_id uuid not null,
  id uuid not null,
  order_id uuid,
  case_id uuid,
  pseudonym text not null,
  request_id uuid,
  by_name text not null,
  at timestamptz not null,
  done_at timestamptz,
  primary key (merchant_id, id),
  check (order_id is null or case_id is null)
);
create index erasures_at on erasures (merchant_id, at);
create index erasures_of on erasures (merchant_id, request_id) where request_id is not null;
select amends_wall('erasures', verbs => 'select, insert, update');
revoke all on erasures from amends_app;

-- A buyer, or somebody for them, asks that they be erased. Lasts until the last matter has gone; then the buyer's id goes from here too.
create table buyer_erasures (
  merchant_id uuid not null,
  id uuid not null,
  buyer_id text not null,
  why text not null,
  reference text not null default '',
  state text not null check (state in ('asked', 'running', 'done', 'withdrawn')),
  asked_by text not null,
  asked_name text not null,
  asked_at timestamptz not null,
  confirmed_by text,
  confirmed_name text not null default '',
  confirmed_at timestamptz,
  ended_at timestamptz,
  next_at timestamptz,
  erased int not null default 0 check (erased >= 0),
  held jsonb not null default '[]',
  primary key (merchant_id, id),
  constraint buyer_erasures_confirmed check (state not in ('running', 'done') or confirmed_at is not null),
  constraint buyer_erasures_ended check ((state in ('done', 'withdrawn')) = (ended_at is not null)),
  constraint buyer_erasures_forgotten check (state <> 'done' or buyer_id like 'erased:%')
);
create unique index buyer_erasures_open on buyer_erasures (merchant_id, buyer_id) where state in ('asked', 'running');
create index buyer_erasures_next on buyer_erasures (next_at) where state = 'running';
create index buyer_erasures_list on buyer_erasures (asked_at desc, id);
select amends_wall('buyer_erasures', verbs => 'select, insert, update');
revoke all on buyer_erasures from amends_app;

-- A copy of what is kept of a buyer, for the buyer; its bytes go after some days.
create table buyer_exports (
  merchant_id uuid not null,
  id uuid not null,
  buyer_id text not null,
  why text not null,
  reference text not null default '',
  language text not null check (language in ('zh-CN', 'en')),
  asked_by text not null,
  asked_name text not null,
  asked_at timestamptz not null,
  bytes bytea not null,
  sha256 bytea not null check (length(sha256) = 32),
  size int not null check (size >= 0),
  orders int not null,
  cases int not null,
  files int not null,
  taken int not null default 0 check (taken >= 0),
  gone_after timestamptz not null,
  gone_at timestamptz,
  primary key (merchant_id, id),
  constraint buyer_exports_gone check ((gone_at is null and length(bytes) = size) or (gone_at is not null and length(bytes) = 0 and buyer_id = ''))
);
create index buyer_exports_over on buyer_exports (gone_after) where gone_at is null;
create index buyer_exports_list on buyer_exports (asked_at desc, id);
select amends_wall('buyer_exports', verbs => 'select, insert, update');
revoke all on buyer_exports from amends_app;

-- Answers told to keys that belong to no case, by age: they go when their time is over.
create index commands_done_said on commands_done (at) where case_id is null and answer ? 'said';

-- Whether a value differs from what it was only in texts that were emptied, or that became a pseudonym. Objects whose keys are waybills may be emptied as a whole (core/veiling.py).
create function amends_only_emptied(was jsonb, became jsonb, key text default '') returns boolean language plpgsql immutable as $$
begin
  if was is not distinct from became then return true; end if;
  if was is null or became is null then return false; end if;
  if key in ('intercepts', 'waybills') and became in ('{}'::jsonb, '[]'::jsonb) then return true; end if;
  if jsonb_typeof(was) = 'string' then
    return jsonb_typeof(became) = 'null' or (jsonb_typeof(became) = 'string' and (became #>> '{}' = '' or became #>> '{}' like 'erased:%'));
  end if;
  if jsonb_typeof(was) <> jsonb_typeof(became) then return false; end if;
  if jsonb_typeof(was) = 'object' then
    return not exists (select 1 from jsonb_each(was) w full join jsonb_each(became) b on b.key = w.key
                       where w.key is null or b.key is null or not amends_only_emptied(w.value, b.value, w.key));
  end if;
  if jsonb_typeof(was) = 'array' then
    return jsonb_array_length(was) = jsonb_array_length(became)
      and not exists (select 1 from jsonb_array_elements(was) with ordinality w(value, n) join jsonb_array_elements(became) with ordinality b(value, n) using (n)
                      where not amends_only_emptied(w.value, b.value, amends_only_emptied.key));
  end if;
  return false;
end $$;

-- For what may only be added to: no change and no deletion, but for an erasure that is under way in this transaction, which may empty texts in the columns named and nothing else.
create function amends_erases_only() returns trigger language plpgsql as $$
declare
  was jsonb;
  became jsonb;
  named text;
  good boolean;
begin
  if tg_op = 'UPDATE' and current_setting('amends.scope', true) = 'platform' and coalesce(current_setting('amends.erasing', true), '') <> ''
     and exists (select 1 from erasures e where e.merchant_id = old.merchant_id and e.id::text = current_setting('amends.erasing', true) and e.done_at is null) then
    was := to_jsonb(old);
    became := to_jsonb(new);
    good := (was - tg_argv::text[]) = (became - tg_argv::text[]);
    foreach named in array tg_argv loop
      good := good and amends_only_emptied(was -> named, became -> named, named);
    end loop;
    if good then return new; end if;
  end if;
  raise exception '% 只能追加，不能修改或删除 / % can only be added to', tg_table_name, tg_table_name using errcode = 'insufficient_privilege';
end $$;

drop trigger append_only on events;
create trigger append_only before update or delete on events for each row execute function amends_erases_only('actor_id', 'actor_name', 'body', 'explanation');
grant update (actor_id, actor_name, body, explanation) on events to amends_platform;
drop trigger append_only on evidence;
create trigger append_only before update or delete on evidence for each row execute function amends_erases_only('actor_id', 'actor_name', 'words');
grant update (actor_id, actor_name, words) on evidence to amends_platform;
drop trigger append_only on audit;
create trigger append_only before update or delete on audit for each row execute function amends_erases_only('actor_id', 'actor_name', 'address', 'before', 'after');
grant update (actor_id, actor_name, address, before, after) on audit to amends_platform;
drop trigger append_only on ledger_movements;
create trigger append_only before update or delete on ledger_movements for each row execute function amends_erases_only('actor_id', 'actor_name', 'reason', 'facts');
grant update (actor_id, actor_name, reason, facts) on ledger_movements to amends_platform;
drop trigger added_to on order_changes;
create trigger added_to before update or delete on order_changes for each row execute function amends_erases_only('actor_id', 'actor_name', 'before', 'after');
grant update (actor_id, actor_name, before, after) on order_changes to amends_platform;
drop trigger added_to on stock_moves;
create trigger added_to before update or delete on stock_moves for each row execute function amends_erases_only('actor_id', 'actor_name', 'note');
grant update (actor_id, actor_name, note) on stock_moves to amends_platform;
grant update (key, words, place) on parcel_events to amends_platform;

-- What was erased from an order does not come back with a shop's next record of it.
create function amends_order_stays_erased() returns trigger language plpgsql as $$
begin
  new.erased_at := old.erased_at; new.buyer_id := old.buyer_id; new.receiver := null; new.phone := null; new.city := null; new.district := null; new.detail := null;
  new.remarks := ''; new.buyer_remark := ''; new.invoice := '{}'; new.receiver_mark := null; new.facts := old.facts;
  return new;
end $$;
create trigger stays_erased before update on orders for each row when (old.erased_at is not null) execute function amends_order_stays_erased();
