-- Dossiers as they were made (DI-10): the document and its paper are kept unaltered. Only what is still to be drawn may change.
create table dossiers (
  merchant_id uuid not null,
  id uuid not null,
  case_id uuid not null,
  case_version int not null,
  side text not null check (side in ('merchant', 'buyer', 'platform')),
  unmasked boolean not null default false,
  content bytea not null check (length(content) = 32),
  json bytea not null,
  json_sha256 bytea not null check (length(json_sha256) = 32),
  pdf bytea,
  pdf_sha256 bytea check (length(pdf_sha256) = 32),
  drawn int not null default 0 check (drawn >= 0),
  to_draw int not null default 0 check (to_draw >= drawn),
  claimed_until timestamptz,
  attempts int not null default 0 check (attempts >= 0),
  trouble text,
  requested_kind text not null check (requested_kind in ('merchant', 'buyer', 'platform', 'system')),
  requested_by text,
  requested_name text not null default '',
  requested_at timestamptz not null,
  made_at timestamptz,
  primary key (merchant_id, id),
  constraint dossiers_paper check ((pdf is null) = (pdf_sha256 is null) and (pdf is null) = (made_at is null)),
  constraint dossiers_full check (side = 'platform' or not unmasked)
);
create unique index dossiers_once on dossiers (merchant_id, case_id, side, unmasked, content);
create index dossiers_case on dossiers (merchant_id, case_id, requested_at desc);
create index dossiers_waiting on dossiers (requested_at) where pdf is null;
select amends_wall('dossiers', verbs => 'select, insert, update');
create function amends_dossier_stays() returns trigger language plpgsql as $$
begin
  if old.pdf is not null or (new.merchant_id, new.id, new.case_id, new.side, new.unmasked, new.content, new.json, new.json_sha256, new.requested_at)
     is distinct from (old.merchant_id, old.id, old.case_id, old.side, old.unmasked, old.content, old.json, old.json_sha256, old.requested_at) then
    raise exception '卷宗制成后不能修改 / a dossier does not change once it is made' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger stays before update on dossiers for each row execute function amends_dossier_stays();
create trigger kept before delete on dossiers for each row execute function amends_append_only();
create trigger kept_whole before truncate on dossiers for each statement execute function amends_append_only();

-- Reply templates as a merchant has changed or added them (DI-12); those that come with the product are data of the core.
create table reply_templates (
  merchant_id uuid not null,
  id text not null check (id ~ '^[a-z0-9_]{1,64}$'),
  scenario text not null check (scenario ~ '^[a-z_]{1,64}$'),
  name_zh text not null check (length(name_zh) between 1 and 40),
  name_en text not null check (length(name_en) between 1 and 80),
  words_zh text not null check (length(words_zh) between 1 and 500),
  words_en text not null check (length(words_en) between 1 and 500),
  active boolean not null default true,
  changed_by text not null default '',
  changed_at timestamptz not null,
  primary key (merchant_id, id)
);
select amends_wall('reply_templates');
