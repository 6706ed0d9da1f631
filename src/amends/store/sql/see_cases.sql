-- The same cases, only looked at: for dry runs and screens.
select id::text, kind, number, state, version, opened_at, coalesce(type, ''), coalesce(expectation, ''), coalesce(reason, ''), coalesce(order_id::text, ''),
       coalesce(buyer_id, ''), coalesce(sku, ''), coalesce(quantity, 1), coalesce(currency, 'CNY'), assignee::text, granted_minor, moved_minor, due_at, closed_at, facts, line_id::text
from cases where merchant_id = %(merchant)s and id = any(%(ids)s::uuid[]) order by id
