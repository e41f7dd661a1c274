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
    whole, point, fraction = written.partition(".")
    in_words = point and not set(written) <= set("0123456789.")
    if in_words and fraction and set(fraction) <= set(_DIGITS):
        value = _scaled(_PIECE.findall(whole))
        digits = "".join(_DIGITS[sign] for sign in fraction)
        return None if value is None else value + Decimal(f"0.{digits}")
    if len(written) >= 3 and set(written) <= set(_DIGITS):
        return Decimal("".join(_DIGITS[sign] for sign in written))
    return _scaled(_PIECE.findall(written))


def _scaled(pieces: list[str]) -> Decimal | None:
    """Digits and scales added up as they are spoken, each scale below the one before it."""
    total, section, number = Decimal(0), Decimal(0), None
    scale, above, zero = 0, 10**9, False
    for piece in pieces:
        if piece in "零〇" and len(pieces) > 1:
            if number is not None or not scale:
                return None
            zero = True
        elif piece not in _SCALES:
            if number is not None:
                return None
            number = Decimal(_DIGITS.get(piece, piece))
        elif _SCALES[piece] >= 10_000:
            scale = _SCALES[piece]
            section += number or 0
            if not section or (total and total < scale * 10_000):
                return None
            total, section, number = total + section * scale, Decimal(0), None
            above, zero = scale, False
        else:
            scale = _SCALES[piece]
            if scale >= above or (number is None and (scale > 10 or section)):
                return None
            section += (1 if number is None else number) * scale
            number, above, zero = None, scale, False
    if number is None:
        return total + section if pieces else None
    rest = _last(number, scale, zero=zero)
    return None if rest is None else total + section + rest


def _last(number: Decimal, scale: int, *, zero: bool) -> Decimal | None:
    """What the digits at the end are worth: the 二 of 一千二 is 200, of 一千零二 and of 二十二 it is 2."""
    if scale <= 10 or zero:
        return number if not scale or number < scale else None
    if number < 10:
        return number * scale / 10 if number == int(number) else None
    # 1万2000 is plain, 1千20 might be 1020 or 1200.
    return number if scale == 10_000 and 1000 <= number < scale else None
