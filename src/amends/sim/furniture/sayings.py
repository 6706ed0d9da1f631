"""What the demo's people write: buyers' descriptions by reason, questions, answers, talk, notes; names and streets. Invented."""

from dataclasses import dataclass

SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾萧田董袁潘蒋蔡余"
GIVEN = ("晓彤", "一帆", "婉清", "浩然", "思远", "佳宁", "梓涵", "立群", "若溪", "明哲", "雨桐", "嘉树", "静", "磊", "敏", "秋", "宁", "洋", "书瑶", "子墨", "可心", "景行", "云舒", "建国", "秀兰", "海燕")
PLACES = (
    ("江苏省", "苏州市", "吴中区", "宝带东路 {n} 号"), ("浙江省", "杭州市", "余杭区", "文一西路 {n} 号"), ("广东省", "深圳市", "龙岗区", "龙翔大道 {n} 号"),
    ("北京市", "市辖区", "朝阳区", "望京街 {n} 号"), ("上海市", "市辖区", "闵行区", "沪闵路 {n} 弄"), ("四川省", "成都市", "武侯区", "科华北路 {n} 号"),
    ("湖北省", "武汉市", "洪山区", "珞喻路 {n} 号"), ("陕西省", "西安市", "雁塔区", "小寨西路 {n} 号"), ("山东省", "青岛市", "市南区", "香港中路 {n} 号"),
    ("福建省", "厦门市", "思明区", "湖滨南路 {n} 号"), ("湖南省", "长沙市", "岳麓区", "麓谷大道 {n} 号"), ("辽宁省", "大连市", "沙河口区", "黄河路 {n} 号"),
)


@dataclass(frozen=True, slots=True)
class Plea:
    """Why a buyer asks: the leaf of the reason tree, what the photos show, and the words by the kind of goods ("" for any)."""

    reason: str
    damage: str
    words: dict[str, tuple[str, ...]]

    def fitting(self, kinds: tuple[str, ...]) -> tuple[str, ...]:
        """The words that fit goods of these kinds."""
        return tuple(w for kind in ("", *kinds) for w in self.words.get(kind, ()))


PLEAS: dict[str, tuple[Plea, ...]] = {
    "return": (
        Plea("no_reason", "", {
            "": ("收到后觉得和家里风格不搭，没有拆封。", "买多了一件，包装都在。", ""), "hard": ("尺寸比想的大，放不下，包装都在。",),
            "cloth": ("颜色不适合，吊牌没拆。",), "worn": ("试了一下偏大，没有穿出门。",),
        }),
        Plea("changed_mind", "", {"": ("家里人已经买了同款，用不上了。", "临时搬家，不需要了。", "")}),
        Plea("bought_wrong", "", {"": ("拍错颜色了，没有使用。", "手滑多拍了一件。", "地址填错寄到老家，不想要了。")}),
        Plea("quality_fault", "dead", {"powered": ("通电后没有反应，换了两个插座都一样。", "用了两次就不工作了，指示灯也不亮。", "声音特别大，开十分钟就自动停机。")}),
        Plea("quality_fault", "leak", {"vessel": ("盖子拧紧后倒放还是渗水，试了三次，包里的书都湿了。", "底部有一条细缝，装水半小时就漏一滩。")}),
        Plea("quality_fault", "stain", {"cloth": ("洗了一次就掉色，把浅色衣服都染了。", "有一块污渍，闻着有霉味。", "走线开了，轻轻一扯就脱线。"), "worn": ("鞋底胶开了，只穿了一天。",)}),
        Plea("not_as_described", "wrong", {"": ("实物颜色偏黄，和页面上的完全不是一个色。", "页面写的是哑光，收到是亮面，和图片差别很大。"), "cloth": ("标的是纯棉，摸着像化纤。",)}),
        Plea("wrong_goods", "wrong", {"": ("下单的是另一个颜色，发错了。", "收到的型号不对，发货单上写的也不是我买的。")}),
        Plea("damaged_in_transit", "crack", {"hard": ("外箱压扁了，打开里面已经裂了。", "快递放门口，拆开发现碎了一角。"), "powered": ("箱子一角塌了，外壳摔裂。",), "vessel": ("杯口磕出一个缺口。",)}),
        Plea("missing_goods", "short", {"hard": ("三件套只收到两件，箱子里找遍了。",), "powered": ("少了说明书和配件袋。",), "cloth": ("四件套少一只枕套。",)}),
    ),
    "exchange": (
        Plea("not_as_described", "wrong", {"": ("颜色和页面不符，想换另一个颜色。",), "worn": ("尺码偏小，想换大一码。", "比标的小，脚背卡，换大一号。"), "cloth": ("尺寸和页面写的差五厘米，想换大一号。",)}),
        Plea("wrong_goods", "wrong", {"": ("发成别的颜色了，麻烦换回来。", "型号发错，希望换成我下单的那款。")}),
        Plea("quality_fault", "crack", {"hard": ("表面有裂纹，想换一个新的。", "边角开胶，换个好的就行。"), "vessel": ("内胆有裂纹，想换一个新的。",), "powered": ("外壳合不上，换一台。",)}),
        Plea("quality_fault", "stain", {"cloth": ("中间有两处抽丝，换一套好的。",), "worn": ("一只有胶印擦不掉，换一双。",)}),
        Plea("damaged_in_transit", "crack", {"hard": ("运输途中摔坏了，换一件。", "到手就碎了，请换新。"), "powered": ("屏幕那侧摔裂，换新。",)}),
    ),
    "repair": (
        Plea("fault_in_use", "dead", {"powered": ("用了两周，按键失灵，麻烦修一下。", "电源接口松了，要按着才通电。")}),
        Plea("quality_fault", "dead", {"powered": ("开机后一直闪红灯，照说明书处理过没用。",)}),
    ),
    "reissue": (
        Plea("missing_parts", "short", {"powered": ("少了电源线，其他都好。",), "vessel": ("赠品杯刷没有收到。",), "hard": ("少一包螺丝，装不起来。", "底座的防滑垫没有。"), "cloth": ("送的洗衣袋没有收到。",)}),
        Plea("missing_goods", "short", {"": ("下单两件只到一件，请补发。",), "vessel": ("少发一个盖子。",)}),
        Plea("lost_in_transit", "", {"": ("物流停在中转站十天了，客服说可能丢了。",)}),
    ),
}
MISMATCHES: tuple[tuple[str, str, str], ...] = (
    ("return", "quality_fault", "表面有瑕疵。不想折腾退款，能换一个新的最好，要是没有同色换成灰色也行。"),
    ("return", "wrong_goods", "发错颜色了。给我换一个新的就可以，颜色按订单来。"),
    ("exchange", "quality_fault", "已经是第二个坏的了，不换了，直接退款吧，钱退回来就行。"),
    ("exchange", "not_as_described", "还是退货退款吧，换来换去太麻烦。"),
    ("return", "missing_goods", "少了一件，补一个给我就行，不用退整套。"),
)
SAFETY: dict[str, tuple[str, str, str]] = {
    "hard": ("return", "quality_fault", "孩子拿的时候断了，手被划伤去了医院，你们必须给说法。"),
    "powered": ("return", "quality_fault", "插上电冒烟了，闻到焦味，太危险，我要向平台投诉。"),
    "worn": ("return", "quality_fault", "标着防滑，老人在浴室摔了一跤，骨折住院，我要找媒体曝光。"),
}
QUESTIONS = (
    ("photos", "请补拍一张整体照片和一张问题部位的近照，方便我们判断。"), ("photos", "照片里看不清裂纹的位置，麻烦再拍一张近照。"),
    ("reason", "请问是收到就这样，还是使用之后出现的？"), ("serial", "请提供底部标签上的序列号。"), ("other", "请问外包装有没有破损？箱子还在吗？"),
)
ANSWERS = ("收到就这样，没有用过。", "补拍了，请看照片。", "箱子还在，一个角压扁了。", "序列号是底下那行，QH 开头。", "用了一次就发现了。")
PROPOSALS = (
    "瑕疵不影响使用，商品您留用，我们退您一部分作为补偿，您看可以吗？", "来回寄要一周左右，您若愿意留下，我们直接退这部分给您，今天就办。",
    "这款库存紧张，商品您先留用，差的部分我们退给您，不满意可以不接受。",
)
BUYERS_SAY = ("麻烦尽快，周末要出差。", "已经寄出了，注意查收。", "请问大概几天能处理？", "包装已经扔了，可以用别的箱子吗？", "谢谢，辛苦了。")
MERCHANTS_SAY = ("您好，已经看到您的申请，正在核实，稍后回复您。", "寄回时请把配件一起放好，运费先垫付，我们会一并退给您。", "已经为您加急处理。", "给您添麻烦了，新的今天就发出。")
NOTES = ("同批次这周第三起，已反馈品控。", "老客户，优先处理。", "电话沟通过，客户同意先寄回。", "仓库说这箱有压痕，留意。", "等品控回复再处理。")
REJECTIONS = {
    "wish": (("other", "商品已使用并清洗，影响二次销售，不支持无理由退货。如有质量问题，请按质量原因申请。"), ("agreed_otherwise", "与您电话沟通，已为您改价补差，商品留用。")),
    "fault": (("no_fault_found", "照片显示商品完好，未见所述问题，欢迎补充近照后重新申请。"), ("false_proof", "照片里的商品不是本店所售型号，请核对订单后再申请。")),
}
DECLINES = ("金额不对，少退了运费。", "换来的还是有划痕。", "寄回来的不是新的。")
REPAIRS = ("更换按键板，通电测试两小时正常。", "更换充电口，老化测试通过。", "更换主控板，功能正常。")
RATINGS = (
    ("very_satisfied", ("处理很快，客服也耐心。", "第二天就退款了，赞。", "")), ("satisfied", ("还不错。", "流程清楚。", "")), ("neutral", ("一般，等得有点久。", "")),
    ("dissatisfied", ("来回问了三次才同意。",)), ("very_dissatisfied", ("东西坏了还要我先垫运费。",)),
)
RATING_ANSWERS = ("谢谢您的反馈，运费已为您补上。", "让您久等了，我们会把审核再提速。")
CARRIERS = (("顺丰速运", "SF"), ("京东快递", "JD"), ("中通快递", "ZT"), ("圆通速递", "YT"))
