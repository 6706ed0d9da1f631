"""Refusals about parcels, pick-ups and traces."""

PARCELS: dict[str, tuple[str, str]] = {
    "no_pickup": ("没有预约上门取件，无需取消；可直接填写寄回运单", "No pick-up is booked, so there is nothing to cancel; enter the return waybill instead"),
    "pickup_cancelling": ("已请承运商取消，请等答复", "The carrier has been asked to cancel; wait for its answer"),
    "pickup_over": ("这次取件已经结束，请按最新的预约办理", "This pick-up is over; go by the latest booking"),
    "slot_gone": ("这个时段不能约了，请另选一个", "This time cannot be booked any more; choose another"),
    "parcel_is_connected": ("“{carrier}”已接入，轨迹由承运商提供，不能手工上报", "“{carrier}” is connected and reports by itself; traces cannot be posted by hand"),
    "parcels_of_what": ("case、order、waybill 最多给一个，请去掉其余的", "Give at most one of case, order and waybill"),
    "carrier_name_taken": ("“{name}”已用于连接“{connection}”，请先从那里去掉", "“{name}” stands for the connection “{connection}”; remove it there first"),
    "carrier_names_wrong": ("最多 {most} 个名称，每个最多 {longest} 字，请删减", "At most {most} names of {longest} characters each; shorten the list"),
}
