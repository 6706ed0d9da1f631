-- Disputes (04-disputes): evidence as it was filed, which nobody changes afterwards, and what tells a dispute of its subject.

-- Each file filed as evidence: whose it is, what it is said to show, and its digest as it was then (DI-5). Append-only; `files` keeps the bytes.
create table evidence (
  merchant_id uuid not null,
  id uuid not null,
  case_id uuid not null,
  n int not null check (n > 0),
  side text not null check (side in ('buyer', 'merchant', 'platform')),
  kind text not null,
  words text not null,
  file_id uuid not null,
  sha256 bytea not null check (length(sha256) = 32),
  media_type text not null,
  size int not null check (size >= 0),
  actor_id text not null,
  actor_name text not null,
  version int not null,
  at timestamptz not null,
  primary key (merchant_id, id),
  unique (merchant_id, case_id, n)
);
create index evidence_case on evidence (merchant_id, case_id, at);
select amends_wall('evidence', verbs => 'select, insert');
create trigger append_only before update or delete on evidence for each row execute function amends_append_only();
create trigger kept before truncate on evidence for each statement execute function amends_append_only();

-- One open dispute about the same thing (a case, or an order as such).
create unique index cases_dispute_open on cases (merchant_id, coalesce(parent_id, order_id)) where kind = 'dispute' and closed_at is null;
create index cases_parent on cases (merchant_id, parent_id) where parent_id is not null;
