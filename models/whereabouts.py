"""Where something is, as far as the words of an account say it."""

import re

_NUMBER = "[0-9０-９一二三四五六七八九十]{1,4}"
_PART = (
    f"(?:负|地下)?{_NUMBER}号?(?:楼|层|病区|诊室|病房|床|手术室|房间)|[A-Za-z]?[0-9]?[A-Z](?:楼|座|区)|"
    "急诊科?|门诊部?|住院部|行政楼|药房|药库|收费处|挂号处|挂号窗口|候诊区|抢救室|手术室|重症|护士站|值班室|监控室|消控室|"
    "检验科|放射科|影像科|妇产科|产科|儿科|骨科|内科|外科|肿瘤科|精神科|口腔科|眼科|医务科|保卫科|太平间|食堂|厨房|"
    "厕所|卫生间|水房|配电[房间]|锅炉房|机房|仓库|库房|天台|楼顶|宿舍|大厅|大门|后门|[东南西北正侧]门|门口|"
    "停车场|地下车库|车库|车棚|走廊|过道|楼梯间|楼道|电梯口?|会议室|办公室|诊室|病房|广场|岗亭"
)
_CHINESE = re.compile(rf"(?:{_PART})(?:的?(?:{_PART}))*")
_ENGLISH = re.compile(
    r"\b(?:(?:ward|room|stairwell|gate|floor|building) [A-Z0-9]{1,3}|[0-9](?:st|nd|rd|th) floor|ER|ICU|"
    r"(?:(?:main|north|south|east|west|ER) )?(?:gate|entrance)|lobby|parking lot|basement|pharmacy|corridor|kitchen)\b",
    re.IGNORECASE,
)


def place_said(words: str) -> str | None:
    """The longest place named, the first of equals; None where none is."""
    found = [match[0] for pattern in (_CHINESE, _ENGLISH) for match in pattern.finditer(words)]
    return max(found, key=len, default=None)
