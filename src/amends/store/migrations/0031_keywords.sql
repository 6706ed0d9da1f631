-- Keyword sets of merchants (KW-1): every version as it was kept, never changed afterwards. A merchant without a row has the sets that come with the product, all on.
-- document: {off: [set codes], changes: {set code: {added, removed}}, own: [{code, kind, type, zh, en, words}]}, read by `core/keyword_choice.py`.
create table keyword_versions (
  merchant_id uuid not null,
  version int not null check (version > 0),
  document jsonb not null,
  note text not null default '',
  made_by text not null,
  made_by_name text not null default '',
  made_at timestamptz not null,
  primary key (merchant_id, version)
);
select amends_wall('keyword_versions', verbs => 'select, insert');
