"""Numbers as people type them: 1200张, 一千二, 两百五, 3万, 1、3、10分钟, 92.5%, 1,200. Exact, or not read at all.

Pure: no sentences. What cannot be taken raises one of two errors.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from bot.numerals import fold, number_of

LONGEST = 200
WORKING_DAYS = "工作日"
"""As a unit: weeks are not counted in it, for they have more days."""
_NUMERALS = "零〇一二两三四五六七八九十百千万亿"
_IN_SECONDS = {
    name: seconds
    for names, seconds in (
        ("秒 秒钟 s sec second seconds", 1),
        ("分 分钟 min mins minute minutes m", 60),
        ("刻 刻钟", 900),
        ("时 小时 钟头 h hr hrs hour hours", 3600),
        ("天 日 工作日 个工作日 d day days workingdays workingday", 86_400),
        ("周 星期 礼拜 w week weeks", 604_800),
        (
            "月 年 季 季度 month months year years",
            0,
        ),  # not always as long: never counted as another
    )
    for name in names.split()
}
_SCALES = (
    (r"(?<=[0-9]) ?k(?![a-z])", "千"),
    (r"(?<=[0-9]) ?w(?![a-z])", "万"),
    (r"(?<=[0-9]) ?hundred\b", "百"),
    (r"(?<=[0-9]) ?thousand\b", "千"),
    (rf"(?<=[0-9{_NUMERALS}])点(?=[0-9{_NUMERALS}])", "."),
)
_SAID_AROUND = (
    r"大约|大概|差不多|左右|上下|约|一共|总共|合计|共计|共|百分之|^有|^是"
    r"|\b(?:about|around|approximately|circa|total|in all|altogether)\b"
)
_INEXACT = re.compile(
    r"几|多|余|来(?=[个人张次名件天分小]|$)|数[十百千]|上[百千万]|近|超过|不到|至少|至多|最少|以上|以下|以内|若干|好些|一些"
    r"|[0-9] ?[-~到至–—] ?[0-9]|[+<>≥≤±]"
    r"|\b(?:some|several|few|over|under|more|less|fewer|than|almost|nearly|up|least|most|dozens?)\b"
)
_ADJACENT = re.compile(
    "(?<![零〇一二两三四五六七八九])[一二两三四五六七八九]{2}(?![零〇一二两三四五六七八九])"
)
_THOUSANDS = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])")
_BETWEEN = re.compile(r" and | & |[\s、,/;]+|(?<=[^a-z ])(?:和|与|及|跟)(?=.)")
_LOOSE_UNIT = re.compile(rf"(?<=[0-9{_NUMERALS}]) +(?=[^\W\d_]|%)(?![{_NUMERALS}半]|and\b)")
_WORD = re.compile(
    rf"(?P<number>(?:[0-9]{{1,9}}(?:\.[0-9]{{0,6}})?|\.[0-9]{{1,6}}|[{_NUMERALS}.])+)?"
    rf"(?P<measure>个)?(?P<half>半)?(?P<unit>%|[^\W\d_{_NUMERALS}半成折倍打双对]{{0,12}})(?P<late_half>半)?\.?"
)
_NONE = frozenset(["没有", "无", "none"])


class NotANumber(ValueError):
    """The text is no number, or not one alone."""


class Inexact(NotANumber):
    """The text says only about how many: 30多, 十几, 10-20."""


def read_amounts(text: str, *, unit: str = "") -> list[list[Decimal]]:
    """Every way the whole text can be read as numbers side by side; NotANumber.

    There are two where a comma may part thousands or numbers: 1,200. With ``unit``, a unit of time,
    what is told in another one is counted in it: 半小时 is 30 minutes.
    """
    said = _shorten(text)
    if said in _NONE:
        return [[Decimal(0)]]
    joined = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), said)
    return [_numbers(each, unit) for each in dict.fromkeys((joined, said))]


def _shorten(text: str) -> str:
    if len(text) > LONGEST:
        raise NotANumber
    said = fold(text)
    for pattern, same in _SCALES:
        said = re.sub(pattern, same, said)
    said = re.sub(_SAID_AROUND, " ", said).strip(" 。.!?;,、")
    if _INEXACT.search(said) or _ADJACENT.search(said):
        raise Inexact
    return said


def _numbers(said: str, unit: str) -> list[Decimal]:
    words = [_WORD.fullmatch(word) for word in _BETWEEN.split(_LOOSE_UNIT.sub("", said))]
    found = [word for word in words if word and _is_number(word)]
    if not found or len(found) < len(words):
        raise NotANumber
    return list(reversed(list(_counted(found, unit))))


def _is_number(word: re.Match[str]) -> bool:
    # Letters only: the ² of 3² is no unit.
    is_unit = word["unit"].isalpha() or word["unit"] in ("", "%")
    return is_unit and bool(word["number"] or word["half"])


def _counted(words: list[re.Match[str]], unit: str) -> Iterator[Decimal]:
    """The numbers from the last on, for a unit stands after the last of those it is for: 1、3、10分钟."""
    named = ""
    for word in reversed(words):
        named = word["unit"] or named
        number, factor = _number(word), _factor(named, unit)
        # 2、半小时: two hours or two minutes?
        if number is None or (factor != 1 and not word["unit"]):
            raise NotANumber
        yield number * factor


def _number(word: re.Match[str]) -> Decimal | None:
    number = number_of(word["number"]) if word["number"] else Decimal(0)
    halves = [half for half in word.group("half", "late_half") if half]
    if number is None or len(halves) > 1 or (halves and number != number.to_integral_value()):
        return None
    return number + Decimal(len(halves)) / 2


def _factor(named: str, unit: str) -> Decimal:
    """How many of ``unit`` one of what is named makes."""
    if not unit or named not in _IN_SECONDS or named == unit:
        return Decimal(1)
    seconds, wanted = _IN_SECONDS[named], _IN_SECONDS[unit]
    if not seconds or (unit == WORKING_DAYS and seconds != wanted):
        raise NotANumber
    return Decimal(seconds) / Decimal(wanted)
