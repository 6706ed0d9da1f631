-- Mail (TI-4): mailboxes, what came in and went out, the messages themselves. The merchant of zeros stands for the platform's own.

-- Where mail is read and sent. way: `imap` we fetch; `pipe` a mail server hands it to us; `none` we only send. smtp_host empty: nothing is sent from here.
-- uid_validity and last_uid: how far the folder was taken; they move in the transaction that keeps the mail. leased_until: a worker is reading it.
-- check_*: somebody wants to know whether it works, and what came of it; the worker tries.
create table mailboxes (
  merchant_id uuid not null,
  id uuid not null,
  address text not null check (address = lower(address) and address ~ '^[^@\s]{1,64}@[^@\s]{1,190}$'),
  name text not null default '' check (length(name) <= 80),
  way text not null check (way in ('imap', 'pipe', 'none')),
  imap_host text not null default '',
  imap_port int not null default 993 check (imap_port between 1 and 65535),
  imap_security text not null default 'tls' check (imap_security in ('tls', 'starttls', 'plain')),
  imap_user text not null default '',
  folder text not null default 'INBOX',
  smtp_host text not null default '',
  smtp_port int not null default 465 check (smtp_port between 1 and 65535),
  smtp_security text not null default 'tls' check (smtp_security in ('tls', 'starttls', 'plain')),
  smtp_user text not null default '',
  plus boolean not null default false,
  take_old boolean not null default false,
  active boolean not null default true,
  uid_validity bigint,
  last_uid bigint not null default 0 check (last_uid >= 0),
  seen_until timestamptz,
  next_look_at timestamptz,
  leased_until timestamptz,
  looked_at timestamptz,
  failures int not null default 0 check (failures >= 0),
  trouble text not null default '',
  check_asked_at timestamptz,
  checked_at timestamptz,
  check_read text not null default '',
  check_send text not null default '',
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (merchant_id, id),
  check ((way = 'imap') = (imap_host <> '')),
  check (way <> 'none' or smtp_host <> '')
);
create index mailboxes_address on mailboxes (address);
create index mailboxes_due on mailboxes (next_look_at) where way = 'imap' and active;
create index mailboxes_check on mailboxes (check_asked_at) where check_asked_at is not null;
select amends_wall('mailboxes', 'merchant_id', 'select');
grant insert, update on mailboxes to amends_platform;

-- The register of addresses, each of which is one mailbox, and the passwords. Readable in the platform's scope only: the workers' who sign in. No page, export or log has passwords.
create table mailbox_secrets (
  mailbox_id uuid primary key,
  address text not null unique,
  imap_password text not null default '',
  smtp_password text not null default ''
);
alter table mailbox_secrets enable row level security;
alter table mailbox_secrets force row level security;
create policy whole on mailbox_secrets to amends_platform using (current_setting('amends.scope', true) = 'platform') with check (current_setting('amends.scope', true) = 'platform');
grant select, insert, update on mailbox_secrets to amends_platform;

-- Every mail, in and out. In: kept (not read yet) → placed on a ticket, not_placed (waits for staff), set_aside (with a reason).
-- Out: queued → sent → bounced; refused: the other side's server said no for good, or it was tried too often.
-- side: out, whom it was written to; in, whose word it was taken for; empty when it says nothing on the ticket.
-- key: the Message-ID, or a hash where there is none. note: why it is where it is, as a code. told: why it was not delivered, in the server's words.
create table mails (
  merchant_id uuid not null,
  id uuid not null,
  direction text not null check (direction in ('in', 'out')),
  mailbox_id uuid,
  status text not null,
  key text not null,
  message_id text not null default '',
  kind text not null default 'mail' check (kind in ('mail', 'auto_reply', 'generated', 'list', 'bounce')),
  case_id uuid,
  side text not null default '' check (side in ('', 'merchant', 'other_side')),
  answers uuid,
  sender text not null default '',
  sender_name text not null default '',
  reply_to text not null default '',
  recipient text not null default '',
  recipients jsonb not null default '[]',
  subject text not null default '',
  said text not null default '',
  body text not null default '',
  attached jsonb not null default '[]',
  dated_at timestamptz,
  counts_at timestamptz,
  counts_by text not null default '',
  at timestamptz not null,
  due_at timestamptz,
  attempts int not null default 0 check (attempts >= 0),
  done_at timestamptz,
  note text not null default '',
  told text not null default '',
  by_name text not null default '',
  primary key (merchant_id, id),
  check (direction = 'in' and status in ('kept', 'placed', 'not_placed', 'set_aside') or direction = 'out' and status in ('queued', 'sent', 'bounced', 'refused')),
  check (status <> 'placed' or case_id is not null),
  check (direction = 'in' or case_id is not null)
);
create index mails_by_id on mails (id);
create index mails_message on mails (message_id) where message_id <> '';
create index mails_mailbox on mails (mailbox_id, at desc) where mailbox_id is not null;
create index mails_case on mails (merchant_id, case_id, at) where case_id is not null;
create index mails_list on mails (direction, at desc, id);
create index mails_kept on mails (due_at) where status = 'kept';
create index mails_open on mails (at desc) where status = 'not_placed';
create index mails_broken on mails (merchant_id, at desc) where status in ('bounced', 'refused');
create index mails_from on mails (sender, at desc) where direction = 'in';
-- A merchant's people read what is theirs; only the platform's side writes, and nobody takes a mail away.
select amends_wall('mails', 'merchant_id', 'select');
grant insert, update on mails to amends_platform;

-- What each mailbox has taken: the same key in one mailbox is the same mail, whose ever it turns out to be.
create table mail_keys (
  mailbox_id uuid not null,
  key text not null,
  mail_id uuid not null,
  primary key (mailbox_id, key)
);
alter table mail_keys enable row level security;
alter table mail_keys force row level security;
create policy whole on mail_keys to amends_platform using (current_setting('amends.scope', true) = 'platform') with check (current_setting('amends.scope', true) = 'platform');
grant select, insert on mail_keys to amends_platform;

-- The message exactly as it came or went, with its hash; nothing is ever changed in it or taken away. Whose it is moves, when the mail finds its place.
create table mail_originals (
  merchant_id uuid not null,
  mail_id uuid not null,
  sha256 bytea not null check (length(sha256) = 32),
  size int not null check (size = length(bytes)),
  bytes bytea not null,
  primary key (merchant_id, mail_id)
);
select amends_wall('mail_originals', 'merchant_id', 'select');
grant insert, update (merchant_id) on mail_originals to amends_platform;
create trigger append_only before delete on mail_originals for each row execute function amends_append_only();
create trigger unchanged before update on mail_originals for each row
  when ((old.mail_id, old.sha256, old.size, old.bytes) is distinct from (new.mail_id, new.sha256, new.size, new.bytes)) execute function amends_append_only();
create trigger kept before truncate on mail_originals for each statement execute function amends_append_only();

-- Where the platform writes to a merchant; answers from there are the merchant's.
create table merchant_mail (
  merchant_id uuid primary key,
  contact text not null check (contact = lower(contact) and contact ~ '^[^@\s]{1,64}@[^@\s]{1,190}$'),
  changed_at timestamptz not null
);
create index merchant_mail_contact on merchant_mail (contact);
select amends_wall('merchant_mail');

-- Mails about tickets leave by SMTP: leased, as what needs the network is. Whatever else is outside stays so.
do $$
declare was text;
begin
  select pg_get_expr(d.adbin, d.adrelid) into strict was from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
    where d.adrelid = 'outbox'::regclass and a.attname = 'outside';
  drop index outbox_due;
  drop index outbox_merchant_due;
  drop index outbox_outside_due;
  drop index outbox_outside_merchant_due;
  alter table outbox drop column outside;
  execute format('alter table outbox add column outside boolean not null generated always as ((%s) or effect = ''mail_ticket'') stored', was);
end $$;
create index outbox_due on outbox (due_at) where done_at is null and dead_at is null and not outside;
create index outbox_merchant_due on outbox (merchant_id, due_at) where done_at is null and dead_at is null and not outside;
create index outbox_outside_due on outbox (due_at) where done_at is null and dead_at is null and outside;
create index outbox_outside_merchant_due on outbox (merchant_id, due_at) where done_at is null and dead_at is null and outside;
