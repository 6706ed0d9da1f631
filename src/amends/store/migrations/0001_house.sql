-- The house: two roles, the wall between merchants, merchants, people and their rights, the demo's clock.
--
-- amends_app       one merchant at a time: sees the rows of the setting amends.merchant, and nothing without it
-- amends_platform  the marketplace operator: sees all merchants, and only while amends.scope = 'platform'
-- Neither may sign in; the account of DATABASE_URL takes them on with `set role` (see connect.py).

do $$
declare r text;
begin
  foreach r in array array['amends_app', 'amends_platform'] loop
    begin
      if not exists (select 1 from pg_roles where rolname = r) then
        execute format('create role %I nologin nosuperuser nobypassrls', r);
      end if;
    exception when duplicate_object or unique_violation then null;  -- another database of this server was quicker
    end;
    if not pg_has_role(current_user, r, 'set') then
      execute format('grant %I to current_user with set true', r);
    end if;
    execute format('grant usage on schema public to %I', r);
  end loop;
end $$;

-- Row security for one table, forced on its owner too. `col` is the column that names the merchant.
create function amends_wall(tab regclass, col text default 'merchant_id', verbs text default 'select, insert, update, delete')
returns void language plpgsql as $$
declare
  own text := format('%I = nullif(current_setting(''amends.merchant'', true), '''')::uuid', col);
  whole text := 'current_setting(''amends.scope'', true) = ''platform''';
begin
  execute format('alter table %s enable row level security', tab);
  execute format('alter table %s force row level security', tab);
  execute format('create policy own on %s to amends_app using (%s) with check (%s)', tab, own, own);
  execute format('create policy whole on %s to amends_platform using (%s) with check (%s)', tab, whole, whole);
  execute format('grant %s on %s to amends_app, amends_platform', verbs, tab);
end $$;
revoke execute on function amends_wall from public;

-- A trigger for what may only be added to.
create function amends_append_only() returns trigger language plpgsql as $$
begin
  raise exception '% 只能追加，不能修改或删除 / % can only be added to', tg_table_name, tg_table_name using errcode = 'insufficient_privilege';
end $$;

-- Reference: the tenants.
create table merchants (
  id uuid primary key,
  name text not null,
  pack text not null,
  fulfilment_mode text not null check (fulfilment_mode in ('FBP', 'LBP', 'SOPL', 'SOP')),
  currency text not null default 'CNY' check (currency ~ '^[A-Z]{3}$'),
  tz text not null default 'Asia/Shanghai',
  settings jsonb not null default '{}',
  opened_at timestamptz not null default now(),
  closed_at timestamptz
);
select amends_wall('merchants', 'id', 'select, insert, update');

-- Reference: everybody who signs in. merchant_id is null for the platform's own people.
create table people (
  id uuid primary key,
  merchant_id uuid references merchants (id),
  email text not null,
  name text not null,
  main_account boolean not null default false,
  password_hash text,
  totp_secret text,
  oidc_subject text,
  language text not null default 'zh-CN',
  on_duty boolean not null default false,
  failed_attempts int not null default 0 check (failed_attempts >= 0),
  locked_until timestamptz,
  invited_at timestamptz,
  active boolean not null default true,
  created_at timestamptz not null default now()
);
create unique index people_email on people (lower(email));
create unique index people_main on people (merchant_id) where main_account;
create index people_merchant on people (merchant_id, id);
select amends_wall('people');

-- Roles of a merchant (merchant_id null: of the platform), each a set of permissions.
create table roles (
  id uuid primary key,
  merchant_id uuid references merchants (id),
  name text not null,
  permissions text[] not null default '{}',
  unique nulls not distinct (merchant_id, name)
);
select amends_wall('roles');

-- What a person holds: a role, or one permission directly (补充权限).
create table grants (
  id uuid primary key,
  merchant_id uuid references merchants (id),
  person_id uuid not null references people (id) on delete cascade,
  role_id uuid references roles (id) on delete cascade,
  permission text,
  granted_by uuid,
  granted_at timestamptz not null default now(),
  check ((role_id is null) <> (permission is null)),
  unique nulls not distinct (person_id, role_id, permission)
);
select amends_wall('grants');

create table sessions (
  token_hash bytea primary key,
  merchant_id uuid references merchants (id),
  person_id uuid not null references people (id) on delete cascade,
  data jsonb not null default '{}',
  address inet,
  agent text,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index sessions_person on sessions (person_id);
create index sessions_expiry on sessions (expires_at);
select amends_wall('sessions');

create table api_keys (
  id uuid primary key,
  merchant_id uuid references merchants (id),
  name text not null,
  prefix text not null unique,
  key_hash bytea not null,
  permissions text[] not null default '{}',
  created_by uuid,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz
);
select amends_wall('api_keys');

-- Return addresses of a merchant.
create table addresses (
  merchant_id uuid not null,
  id uuid not null,
  label text not null,
  receiver text not null,
  phone text not null,
  province text not null,
  city text not null,
  district text not null,
  detail text not null,
  is_default boolean not null default false,
  active boolean not null default true,
  primary key (merchant_id, id)
);
create unique index addresses_default on addresses (merchant_id) where is_default;
select amends_wall('addresses');

-- How far the demo's clock is ahead of the real one. One row; never backward.
create table demo_clock (
  one boolean primary key default true check (one),
  ahead interval not null default '0' check (ahead >= interval '0')
);
insert into demo_clock default values;
create function amends_clock_forward() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' or new.ahead < old.ahead then
    raise exception '演示时钟只能向前 / the demo clock only moves forward' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger forward before update or delete on demo_clock for each row execute function amends_clock_forward();
create trigger kept before truncate on demo_clock for each statement execute function amends_clock_forward();
grant select on demo_clock to amends_app, amends_platform;
grant update on demo_clock to amends_platform;
