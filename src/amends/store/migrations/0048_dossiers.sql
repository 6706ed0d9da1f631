-- Dossiers signed by the house and told in another language (DI-10), and what is erased when its time of retention is over (ST-10).

-- The public halves of the keys with which this installation signs dossiers; the private ones are never in the database. What was signed under an old key stays verifiable.
create table signing_keys (
  id text primary key check (id ~ '^[0-9a-f]{16}$'),
  public bytea not null check (length(public) = 32),
  first_used_at timestamptz not null
);
alter table signing_keys enable row level security;
alter table signing_keys force row level security;
create policy readable on signing_keys for select to amends_app, amends_platform using (true);
create policy added on signing_keys for insert to amends_platform with check (current_setting('amends.scope', true) = 'platform');
grant select on signing_keys to amends_app;
grant select, insert on signing_keys to amends_platform;
create trigger append_only before update or delete on signing_keys for each row execute function amends_append_only();

-- language: of the paper; the document is the same in every language, and `content` tells the papers apart. signature: over SHA256SUMS of its ZIP, under signing_key.
alter table dossiers add column language text not null default 'zh-CN' check (language in ('zh-CN', 'en'));
alter table dossiers add column signing_key text references signing_keys (id);
alter table dossiers add column signature bytea check (length(signature) = 64);
alter table dossiers add column erased_at timestamptz;
alter table dossiers add column erased_by text not null default '';
alter table dossiers add constraint dossiers_signed check ((signing_key is null) = (signature is null));
alter table dossiers add constraint dossiers_erased check (erased_at is null or (length(json) = 0 and coalesce(length(pdf), 0) = 0));

-- A dossier does not change once it is made, but for one thing: in the platform's scope its bytes go, and its digests stay.
create or replace function amends_dossier_stays() returns trigger language plpgsql as $$
begin
  if old.erased_at is null and new.erased_at is not null and current_setting('amends.scope', true) = 'platform'
     and (new.merchant_id, new.id, new.case_id, new.side, new.language, new.json_sha256, new.pdf_sha256, new.requested_at)
     is not distinct from (old.merchant_id, old.id, old.case_id, old.side, old.language, old.json_sha256, old.pdf_sha256, old.requested_at) then
    return new;
  end if;
  if old.pdf is not null or old.erased_at is not null or (new.merchant_id, new.id, new.case_id, new.side, new.unmasked, new.content, new.language, new.json, new.json_sha256, new.requested_at)
     is distinct from (old.merchant_id, old.id, old.case_id, old.side, old.unmasked, old.content, old.language, old.json, old.json_sha256, old.requested_at) then
    raise exception '卷宗制成后不能修改 / a dossier does not change once it is made' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;

-- How long personal data is kept after a matter has ended (the law asks for three years of what a transaction left), and whether the worker erases what is due by itself.
create table retention (
  one boolean primary key default true check (one),
  days int not null default 1096 check (days between 1096 and 7305),
  by_itself boolean not null default false,
  changed_by text not null default '',
  changed_at timestamptz
);
insert into retention default values;
alter table retention enable row level security;
alter table retention force row level security;
create policy whole on retention to amends_platform using (current_setting('amends.scope', true) = 'platform') with check (current_setting('amends.scope', true) = 'platform');
grant select, update on retention to amends_platform;

-- A mail that was erased keeps when it came, where it was placed and the hash of its message; nothing of whom or what.
alter table mails add column erased_at timestamptz;
alter table mails add column erased_by text not null default '';
alter table mails add constraint mails_erased check (
  erased_at is null or (sender = '' and sender_name = '' and reply_to = '' and recipient = '' and recipients = '[]' and subject = '' and said = '' and body = '' and attached = '[]' and told = '' and message_id = '')
);
create index mails_not_erased on mails (at) where erased_at is null;
create index dossiers_not_erased on dossiers (requested_at) where erased_at is null;
grant update (key) on mail_keys to amends_platform;
create function amends_mail_goes() returns trigger language plpgsql as $$
begin
  if current_setting('amends.scope', true) <> 'platform' or not exists (select 1 from mails m where m.merchant_id = old.merchant_id and m.id = old.mail_id and m.erased_at is not null) then
    raise exception '邮件原件只能随清除删去 / the original of a mail goes only when the mail is erased' using errcode = 'insufficient_privilege';
  end if;
  return old;
end $$;
drop trigger append_only on mail_originals;
create trigger append_only before delete on mail_originals for each row execute function amends_mail_goes();
grant delete on mail_originals to amends_platform;
