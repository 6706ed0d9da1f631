-- Messages as their readers list them: a merchant's newest first, read or not; the platform's unread over all merchants.
create index notices_list on notices (merchant_id, reader, at, id);
create index notices_platform on notices (at, id) where reader = 'platform' and read_at is null;
