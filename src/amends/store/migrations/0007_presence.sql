-- Who looks at a case and who types there; worth nothing after a minute, so not logged.

create unlogged table presence (
  merchant_id uuid not null,
  case_id uuid not null,
  person_id uuid not null,
  person_name text not null,
  doing text not null check (doing in ('looking', 'typing')),
  at timestamptz not null,
  primary key (merchant_id, case_id, person_id)
);
select amends_wall('presence');
