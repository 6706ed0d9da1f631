"""What can be chosen in work on an order, each in both languages: flags, preparing steps, troubles of parcels, delivery times, kinds of invoice (OR-7, OR-8, DE-5)."""

Choices = dict[str, tuple[str, str]]

FLAGS: Choices = {"red": ("红旗", "Red"), "yellow": ("黄旗", "Yellow"), "green": ("绿旗", "Green"), "blue": ("蓝旗", "Blue"), "purple": ("紫旗", "Purple")}
STEPS: Choices = {"printed": ("已打印", "Printed"), "picked": ("已拣货", "Picked"), "scanned": ("已扫描", "Scanned"), "packed": ("已打包", "Packed")}
TROUBLES: Choices = {
    "lost": ("疑似丢失", "Seems lost"), "damaged": ("破损", "Damaged"), "stalled": ("物流停滞", "Does not move"), "misrouted": ("错分、错派", "Sent the wrong way"),
    "unreachable": ("联系不上收货人", "Receiver not reached"), "refused": ("客户拒收", "Refused by the buyer"), "other": ("其他", "Other"),
}
DELIVERY: Choices = {"any": ("不限", "Any day"), "workdays": ("工作日", "Workdays"), "restdays": ("周末与节假日", "Weekends and holidays")}
INVOICE_KINDS: Choices = {"none": ("不开", "None"), "personal": ("个人", "Personal"), "company": ("单位", "Company")}
