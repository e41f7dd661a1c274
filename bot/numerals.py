"""Typed text made plain for the parsers: half-width, lower case, simplified, digits for numerals."""

import re
import unicodedata

_DIGITS = {sign: str(value) for value, sign in enumerate("零一二三四五六七八九")} | {
    "〇": "0",
    "两": "2",
}
YEAR = 4
"""Signs in a year written digit by digit: 二〇二六."""
_SIMPLIFIED = str.maketrans("點時鐘號後剛現兩個裡間", "点时钟号后刚现两个里间")
_NUMERAL = re.compile("[零〇一二两三四五六七八九十]+")
_TENS = re.compile("([一二三四五六七八九]?)十([一二三四五六七八九]?)")


def plain(text: str) -> str:
    """The text with NFKC forms, lower case, single spaces, and 二十一 written as 21."""
    folded = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    return _NUMERAL.sub(_in_digits, folded.translate(_SIMPLIFIED))


def _in_digits(found: re.Match[str]) -> str:
    tens = _TENS.fullmatch(found[0])
    if tens:
        return _DIGITS.get(tens[1], "1") + _DIGITS.get(tens[2], "0")
    if len(found[0]) not in (1, YEAR) and found[0][0] not in "零〇":
        return found[0]  # 两三点 is two or three o'clock, not 23
    return "".join(_DIGITS.get(sign, sign) for sign in found[0])
