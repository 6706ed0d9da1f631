-- Secrets to the outside world lie sealed (AES-256-GCM) under a key that is not in the database: `sealed:1:<key>:<nonce and text>`, docs/decisions/0012.
-- SQL has no key, so the rows that are here now are sealed by the first process of this release that opens the house (engine/sealed_secrets.py), or by `amends secrets rotate`.
-- What begins like a sealed text is one, so that nothing half written is taken for a secret.
create function amends_sealed_well(value text) returns boolean language sql immutable parallel safe as
  $$ select value is null or value not like 'sealed:%' or value ~ '^sealed:1:[0-9a-f]{8}:[A-Za-z0-9_-]{38,}$' $$;
alter table connections add constraint connections_sealed check (amends_sealed_well(secret) and amends_sealed_well(old_secret));
alter table mailbox_secrets add constraint mailbox_secrets_sealed check (amends_sealed_well(imap_password) and amends_sealed_well(smtp_password));
comment on column connections.secret is 'sealed; see store/sealing.py';
comment on column connections.old_secret is 'sealed; see store/sealing.py';
comment on column mailbox_secrets.imap_password is 'sealed; see store/sealing.py';
comment on column mailbox_secrets.smtp_password is 'sealed; see store/sealing.py';
