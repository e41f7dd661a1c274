"""Incident categories: stable codes in groups, and words that hint at one."""

import re
from dataclasses import dataclass

SEVERITIES = ("general", "serious", "major", "extreme")


@dataclass(frozen=True, kw_only=True, slots=True)
class Category:
    """One leaf; ``hints`` are words people use."""

    code: str
    group: str
    severity: str = "general"
    hints: tuple[str, ...] = ()
    common: bool = False


def _leaf(
    code: str, group: str, hints: str, severity: str = "general", *, common: bool = False
) -> Category:
    said = tuple(hint.replace("_", " ") for hint in hints.split())
    return Category(code=code, group=group, severity=severity, hints=said, common=common)


CATEGORIES: tuple[Category, ...] = (
    _leaf(
        "violence_staff",
        "violence",
        "打医生 打护士 打伤 打人 动手 殴打 伤医 砍 持刀 捅 扇耳光 推搡 hit punch attack stab knife assault",
        "serious",
        common=True,
    ),
    _leaf(
        "insult",
        "threat",
        "辱骂 骂人 侮辱 威胁 恐吓 骂医生 骂护士 insult abuse threat",
        common=True,
    ),
    _leaf(
        "threat_to_staff",
        "threat",
        "扬言 要杀 弄死 报复 放话 要打 threaten kill",
        "serious",
        common=True,
    ),
    _leaf(
        "dispute",
        "medical",
        "纠纷 讨说法 投诉 赔偿 退费 不满意治疗 dispute compensation",
        common=True,
    ),
    _leaf(
        "theft",
        "property",
        "偷 盗 扒窃 小偷 被盗 丢了手机 钱包 theft stolen thief pickpocket",
        common=True,
    ),
    _leaf(
        "fire",
        "property",
        "着火 火灾 起火 冒烟 失火 火情 烟雾 fire smoke burning",
        "major",
        common=True,
    ),
    _leaf(
        "patient_injury",
        "property",
        "摔倒 跌倒 坠楼 坠床 走失 自杀 轻生 跳楼 fall fell jump suicide",
        "serious",
        common=True,
    ),
    _leaf(
        "mental_patient",
        "stability",
        "精神病 精神障碍 精神异常 发病伤人 psychiatric",
        "serious",
        common=True,
    ),
    _leaf(
        "violence_patient",
        "violence",
        "打患者 打病人 病人被打 患者被打 patient_attacked",
        "serious",
    ),
    _leaf("restraint", "violence", "不让走 扣留 围住医生 限制自由 锁在 held_against", "serious"),
    _leaf("mob", "violence", "打砸 围堵 聚众 砸东西 冲击 mob smash blockade", "major"),
    _leaf("banner", "disorder", "横幅 条幅 标语 banner"),
    _leaf("wreath", "disorder", "花圈 wreath"),
    _leaf("mourning_hall", "disorder", "灵堂 烧纸 祭奠 mourning"),
    _leaf("body_left", "disorder", "停尸 尸体 遗体 不肯移 corpse", "serious"),
    _leaf(
        "driving_away",
        "disorder",
        "驱赶 不让看病 堵门 堵住大门 扰乱秩序 吵闹 闹事 disturb blocking",
    ),
    _leaf("extortion", "disorder", "医闹 敲诈 勒索 寻衅滋事 extort", "serious"),
    _leaf("medical_tout", "touts", "医托 tout"),
    _leaf("ticket_tout", "touts", "号贩子 黄牛 倒号 scalper"),
    _leaf("illegal_practice", "touts", "非法行医 无证行医 假医生 unlicensed"),
    _leaf("illegal_ads", "touts", "小广告 发传单 非法广告 贴广告 flyer leaflet"),
    _leaf("traffic", "property", "车祸 撞车 撞人 交通 堵车 traffic car_crash"),
    _leaf(
        "disaster",
        "property",
        "爆炸 炸弹 恐怖 纵火 破坏 地震 台风 漏水 停电 bomb explosion flood",
        "major",
    ),
    _leaf(
        "drugs_lost",
        "controlled",
        "麻醉药 精神药品 吗啡 芬太尼 毒药 少了药 麻精 morphine fentanyl",
        "major",
    ),
    _leaf("pathogen_lost", "controlled", "菌种 毒种 病毒样本 pathogen culture", "major"),
    _leaf("radioactive_lost", "controlled", "放射源 辐射 radioactive", "extreme"),
    _leaf("explosive_lost", "controlled", "易燃 易爆 氧气瓶丢 酒精桶 flammable explosive", "major"),
    _leaf("mass_event", "stability", "群体 集会 很多人聚集 聚集 crowd gathering", "major"),
    _leaf("petition", "stability", "信访 上访 进京 petition"),
    _leaf(
        "media_hype",
        "stability",
        "记者 媒体 抖音 直播 网上发 拍视频 曝光 热搜 reporter media live_stream",
    ),
    _leaf("gang", "staff", "黑社会 涉黑 涉恶 保护伞 gang", "serious"),
    _leaf("industry_chaos", "staff", "行业乱象 乱收费 过度医疗 overcharging"),
    _leaf("bribery", "staff", "红包 回扣 贿赂 bribe kickback"),
    _leaf("fraud", "staff", "诈骗 虚假宣传 骗子 骗钱 fraud scam"),
    _leaf(
        "malpractice",
        "medical",
        "医疗事故 差错 用错药 打错针 手术失误 malpractice wrong_drug",
        "serious",
    ),
    _leaf("safety_event", "medical", "医疗安全事件 输血反应 院感 adverse_event", "major"),
    _leaf("other", "other", ""),
)
"""Common ones first; the order is the same for everybody. ``other`` is our default for what the seeds do not name."""

ALARM = "alarm"
"""An alarm that nobody has said the nature of yet: it owes nothing until it is given a category."""
BY_CODE = {
    category.code: category for category in (*CATEGORIES, _leaf(ALARM, "alarm", "", "major"))
}
CHOOSABLE = tuple(category.code for category in CATEGORIES)
"""What a person may say an incident is."""


def guess_category(words: str) -> str | None:
    """The category whose longest hint stands in ``words``, or None where nothing hints at one."""
    lowered = words.lower()
    hits = [
        (len(hint), -index, category.code)
        for index, category in enumerate(CATEGORIES)
        for hint in category.hints
        if _said(hint, lowered)
    ]
    return max(hits)[2] if hits else None


def _said(hint: str, lowered: str) -> bool:
    if hint not in lowered:
        return False
    # An English word must begin where the hint does: nobody is hit in a white coat.
    return not hint.isascii() or bool(re.search(rf"(?<![a-z]){hint}", lowered))
