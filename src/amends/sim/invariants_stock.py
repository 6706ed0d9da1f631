"""Invariants of stock and holds (OP-8, ST-K2): what is held is what live holds say, each of a case that is open, and every piece that moved is written down."""

_M = "%(m)s"
HOLDS: dict[str, str] = {
    "held": f"""
      select 'stock: held of ' || coalesce(s.sku, h.sku) || '@' || coalesce(s.warehouse, h.warehouse) || ' is ' || coalesce(s.held, 0) || ', live holds make ' || coalesce(h.sum, 0)
      from (select sku, warehouse, held from stock where merchant_id = {_M}) s
      full join (select sku, warehouse, sum(quantity)::int as sum from holds where merchant_id = {_M} and ended_at is null group by 1, 2) h on h.sku = s.sku and h.warehouse = s.warehouse
      where coalesce(s.held, 0) <> coalesce(h.sum, 0)""",
    "live_holds": f"""
      select 'a hold of ' || h.quantity || ' ' || h.sku || ' outlives its case ' || coalesce(c.number, '?') || ' in ' || coalesce(c.state, 'nothing')
      from holds h left join cases c on c.merchant_id = {_M} and c.id = h.case_id
      where h.merchant_id = {_M} and h.ended_at is null and (c.id is null or c.closed_at is not null or c.state in ('awaiting_delivery', 'confirming'))""",
    "explained": f"""
      with m as (
        select sku, warehouse, seq, on_hand_after, held_after, quarantine_after, scrapped_after,
          on_hand_after - on_hand <> lag(on_hand_after) over w or held_after - held <> lag(held_after) over w or quarantine_after - quarantine <> lag(quarantine_after) over w
            or scrapped_after - scrapped <> lag(scrapped_after) over w as gap,
          row_number() over (partition by sku, warehouse order by seq desc) = 1 as last
        from stock_moves where merchant_id = {_M} window w as (partition by sku, warehouse order by seq)
      )
      select 'stock: pieces of ' || m.sku || '@' || m.warehouse || ' moved and nothing says why' from m
      left join stock s on s.merchant_id = {_M} and s.sku = m.sku and s.warehouse = m.warehouse
      where m.gap or (m.last and (s.on_hand, s.held, s.quarantine, s.scrapped) is distinct from (m.on_hand_after, m.held_after, m.quarantine_after, m.scrapped_after))""",
    "ended_holds": f"""
      select 'a hold ended twice or never: ' || h.case_id || ' ' || h.sku from holds h
      left join lateral (
        select count(*) filter (where kind = 'held') as opened, count(*) filter (where kind in ('released', 'taken') and held < 0) as ended from stock_moves m
        where m.merchant_id = {_M} and m.case_id = h.case_id and m.sku = h.sku and m.warehouse = h.warehouse
      ) m on true
      where h.merchant_id = {_M} group by h.case_id, h.sku, h.warehouse having max(m.opened) <> count(*) or max(m.ended) <> count(*) filter (where h.ended_at is not null)""",
}
"""Each finds rows that must not be, one text each; they join `sim.invariants.WRONG`."""
