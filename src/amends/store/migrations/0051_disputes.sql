-- Files brought to a form that is not sent yet belong to its draft: they stay as long as it does, and go with it (UI-1a).
alter table drafts add column file_ids uuid[] not null default '{}';
create index drafts_with_files on drafts (merchant_id, saved_at) where file_ids <> '{}';
