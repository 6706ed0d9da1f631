-- Goods that nobody entered yet, from the lines, so that exchanges have something to choose; what is there stays as it is. `known`: what an import remembers to be there.
insert into skus (merchant_id, sku, title, category, price_minor, currency)
select distinct on (t.merchant_id, l.sku) t.merchant_id, l.sku, l.title, l.category, l.unit_price_minor, t.currency
from t_lines l join t_orders t using (nr) where t.status in ('new', 'changed') and l.sku <> all(%(known)s) order by t.merchant_id, l.sku, t.nr
on conflict (merchant_id, sku) do nothing
