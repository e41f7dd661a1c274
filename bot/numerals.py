"""Typed text made plain for the parsers: half-width, lower case, simplified, digits for numerals."""

import re
import unicodedata
from decimal import Decimal

_DIGITS = {sign: str(value) for value, sign in enumerate("零一二三四五六七八九")} | {
    "〇": "0",
    "两": "2",
}
YEAR = 4
"""Signs in a year written digit by digit: 二〇二六."""
_SIMPLIFIED = str.maketrans("點時鐘號後剛現兩個裡間週禮萬張", "点时钟号后刚现两个里间周礼万张")
_NUMERAL = re.compile("[零〇一二两三四五六七八九十]+")
_TENS = re.compile("([一二三四五六七八九]?)十([一二三四五六七八九]?)")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile("(?:周|星期|礼拜)([一二三四五六日天1-7])")
_ENGLISH = {
    word: str(value)
    for value, words in {
        **dict(
            enumerate(
                [
                    "one",
                    "two",
                    "three",
                    "four",
                    "five",
                    "six",
                    "seven",
                    "eight",
                    "nine",
                    "ten",
                    "eleven",
                ],
                1,
            )
        ),
        12: "twelve",
        15: "fifteen",
        20: "twenty",
        25: "twenty-five",
        30: "thirty",
        40: "forty",
        45: "forty-five",
        50: "fifty",
    }.items()
    for word in (words, words.replace("-", " "))
}
_ENGLISH_WORD = re.compile(rf"\b(?:{'|'.join(sorted(_ENGLISH, key=len, reverse=True))})\b")
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 10**8}
_PIECE = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+|[零〇一二两三四五六七八九十百千万亿]")


def plain(text: str) -> str:
    """The text with NFKC forms, lower case, single spaces, 二十一 written as 21 and 星期三 as wed."""
    folded = fold(unicodedata.normalize("NFKC", text))
    return _NUMERAL.sub(_in_digits, _WEEKDAY.sub(_in_english, folded))


def fold(text: str) -> str:
    """The text half-width, lower case and simplified, with single spaces and digits for English numbers."""
    half = text.translate(_HALF_WIDTH).lower().translate(_SIMPLIFIED)
    return _ENGLISH_WORD.sub(lambda found: _ENGLISH[found[0]], " ".join(half.split()))


_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def _in_english(found: re.Match[str]) -> str:
    # As a word of its own: the 三 of 星期三十点 is no part of thirty.
    sign = _DIGITS.get(found[1], found[1])
    return f" {WEEKDAYS[int(sign) - 1 if sign.isdecimal() else 6]} "


def _in_digits(found: re.Match[str]) -> str:
    tens = _TENS.fullmatch(found[0])
    if tens:
        return _DIGITS.get(tens[1], "1") + _DIGITS.get(tens[2], "0")
    if len(found[0]) not in (1, YEAR) and found[0][0] not in "零〇":
        return found[0]  # 两三点 is two or three o'clock, not 23
    return "".join(_DIGITS.get(sign, sign) for sign in found[0])


def number_of(written: str) -> Decimal | None:
    """The one number that digits and numerals write: 1200, 一千二, 1万5, 九十二.五, 1.2千; None for any doubt."""
    whole, _point, fraction = written.partition(".")
    if fraction and set(fraction) <= set(_DIGITS):  # 九十二.五
        value = _value(_PIECE.findall(whole))
        return None if value is None else value + Decimal(f"0.{_by_digit(fraction)}")
    if len(written) >= 3 and set(written) <= set(_DIGITS):
        return Decimal(_by_digit(written))
    return _value(_PIECE.findall(written))


def _by_digit(signs: str) -> str:
    return "".join(_DIGITS[sign] for sign in signs)


def _value(pieces: list[str]) -> Decimal | None:
    """So many of the greatest scale, and the rest."""
    scales = [_SCALES.get(piece, 0) for piece in pieces]
    if not any(scales):
        return Decimal(_DIGITS.get(pieces[0], pieces[0])) if len(pieces) == 1 else None
    scale = max(scales)
    at = scales.index(scale)
    many = _how_many(pieces[:at], scale)
    rest = _rest(pieces[at + 1 :], scale)
    if many is None or rest is None or (rest and many % 1):
        return None
    return many * scale + rest


def _how_many(pieces: list[str], scale: int) -> Decimal | None:
    """十 alone is ten; only 万 and above are counted in tens and hundreds."""
    if not pieces:
        return Decimal(1) if scale == 10 else None
    if len(pieces) > 1 and scale < 10_000:
        return None
    return _value(pieces) or None


def _rest(pieces: list[str], scale: int) -> Decimal | None:
    """What follows a scale: the 二 of 一千二 is 200, of 一千零二 and of 二十二 it is 2."""
    if not pieces:
        return Decimal(0)
    zero = pieces[0] in "零〇"
    value = _value(pieces[1:] if zero else pieces)
    if value is None or value % 1 or not value:
        return None
    if zero:
        return value if value < scale / 10 else None
    if len(pieces) > 1:
        return value if value < scale else None
    if value < 10:
        return value * scale / 10
    # 1万2000 is plain, 1千20 might be 1020 or 1200.
    return value if scale == 10_000 and 1000 <= value < scale else None
