-- Gifts know the line they go with; run when the batch has any, before lines are added.
update t_lines l set gift_of = (select m.id from t_lines m where m.nr = l.nr and m.sku = l.gift_sku and not m.gift order by m.position limit 1) where l.gift_sku is not null
