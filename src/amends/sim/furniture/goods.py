"""The goods of the demo's four merchants: products with their sizes and colours. Prices in minor units (分)."""

from dataclasses import dataclass

Colour = tuple[int, int, int]

BLUE, GREEN, WHITE, BLACK = (118, 146, 173), (132, 158, 138), (232, 229, 222), (52, 54, 60)
SAND, CLAY, PINK, YELLOW, GREY = (206, 186, 156), (176, 122, 96), (222, 170, 176), (226, 190, 96), (148, 152, 158)


@dataclass(frozen=True, slots=True)
class Variant:
    """One SKU: its code, size and colour as shown, and the colour it is painted in."""

    sku: str
    attributes: tuple[tuple[str, str], ...]
    colour: Colour


@dataclass(frozen=True, slots=True)
class Product:
    """One product: code, title, category of the pack, price, the shape it is painted as, its SKUs, and tags that bear on policy."""

    code: str
    title: str
    category: str
    price: int
    shape: str
    variants: tuple[Variant, ...]
    tags: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """What sort of thing it is, which decides what can be wrong with it."""
        return KINDS[self.shape]


KINDS: dict[str, tuple[str, ...]] = {
    "cup": ("vessel",), "mug": ("hard",), "kettle": ("vessel", "powered"), "fryer": ("powered",), "pot": ("hard",), "sheet": ("cloth",), "blanket": ("cloth",), "lamp": ("powered",),
    "box": ("hard",), "rack": ("hard",), "shoe": ("worn",), "humidifier": ("powered",), "board": ("hard",), "candle": ("hard",), "headset": ("powered",), "keyboard": ("powered",),
    "shirt": ("cloth",), "bag": ("cloth",),
}


def _made(code: str, title: str, category: str, price: int, shape: str, colours: dict[str, Colour], sizes: tuple[str, ...] = (), tags: tuple[str, ...] = ()) -> Product:
    variants = [
        Variant(f"{code}-{n:02d}", (("颜色", name), *((("尺码", size),) if size else ())), rgb)
        for n, (name, rgb, size) in enumerate(((c, rgb, s) for c, rgb in colours.items() for s in sizes or ("",)), 1)
    ]
    return Product(code, title, category, price, shape, tuple(variants), tags)


HOME = (
    _made("QH1001", "双层保温随行杯 480ml", "home", 11900, "cup", {"海雾蓝": BLUE, "苔绿": GREEN, "曜石黑": BLACK}),
    _made("QH1002", "手拉坯陶瓷马克杯", "home", 4900, "mug", {"陶土": CLAY, "月白": WHITE}),
    _made("QH1003", "折叠硅胶电热水壶 0.8L", "electronics", 16800, "kettle", {"鼠尾草绿": GREEN, "奶油白": WHITE}),
    _made("QH1004", "可视空气炸锅 5L", "electronics", 39900, "fryer", {"深空灰": GREY, "奶油白": WHITE}),
    _made("QH1005", "珐琅铸铁炖锅 24cm", "home", 32900, "pot", {"松石绿": GREEN, "焦糖": CLAY}),
    _made("QH1006", "水洗亚麻四件套", "home_textiles", 45900, "sheet", {"燕麦": SAND, "雾白": WHITE}, ("1.5m", "1.8m")),
    _made("QH1007", "羊毛混纺盖毯", "home_textiles", 19900, "blanket", {"焦糖": CLAY, "浅灰": GREY}),
    _made("QH1008", "护眼暖光台灯", "electronics", 9900, "lamp", {"麦黄": YELLOW, "黑": BLACK}),
    _made("QH1009", "棉麻收纳箱 三件装", "home", 8900, "box", {"米白": WHITE, "深灰": GREY}),
    _made("QH1010", "实木衣帽架", "home", 25900, "rack", {"原木": SAND, "胡桃": CLAY}),
    _made("QH1011", "居家防滑拖鞋", "shoes", 3900, "shoe", {"豆沙": PINK, "灰蓝": BLUE}, ("36-37", "38-39", "40-41", "42-43")),
    _made("QH1012", "静音桌面加湿器", "electronics", 12900, "humidifier", {"奶油白": WHITE, "樱粉": PINK}),
    _made("QH1013", "定制刻字木砧板", "home", 15900, "board", {"榉木": SAND}, (), ("custom_made",)),
    _made("QH1014", "香薰蜡烛礼盒", "home", 13900, "candle", {"白茶": WHITE, "雪松": GREEN}),
)
DIGITAL = (
    _made("NQ2001", "头戴式降噪耳机", "electronics", 59900, "headset", {"暮紫": (138, 124, 168), "石墨": BLACK}),
    _made("NQ2002", "三模机械键盘 84 键", "electronics", 34900, "keyboard", {"茶轴灰": GREY, "红轴白": WHITE}),
    _made("NQ2003", "氮化镓充电器 65W", "electronics", 12900, "keyboard", {"白": WHITE, "黑": BLACK}),
    _made("NQ2004", "便携投影仪", "electronics", 189900, "fryer", {"云白": WHITE}),
)
CLOTHES = (
    _made("ZY3001", "重磅纯棉短袖", "clothing", 12900, "shirt", {"白": WHITE, "炭黑": BLACK, "雾蓝": BLUE}, ("S", "M", "L", "XL")),
    _made("ZY3002", "轻量羽绒马甲", "clothing", 29900, "shirt", {"苔绿": GREEN, "黑": BLACK}, ("M", "L", "XL")),
    _made("ZY3003", "云感缓震跑鞋", "shoes", 26900, "shoe", {"海盐蓝": BLUE, "米白": WHITE}, ("40", "41", "42", "43")),
    _made("ZY3004", "通勤双肩包", "bags", 23900, "bag", {"苔绿": GREEN, "黑": BLACK}),
)
PAPER = (
    _made("XM4001", "布面手账本 A5", "home", 4900, "board", {"雾蓝": BLUE, "豆沙": PINK}),
    _made("XM4002", "黄铜钢笔礼盒", "home", 12900, "candle", {"黄铜": YELLOW, "曜石黑": BLACK}),
    _made("XM4003", "桌面收纳笔筒", "home", 3900, "mug", {"陶土": CLAY, "月白": WHITE}),
    _made("XM4004", "可调光阅读灯", "electronics", 15900, "lamp", {"白": WHITE, "黑": BLACK}),
)
