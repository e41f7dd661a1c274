"""How many lines a text takes in a cell: a spreadsheet gives a merged cell no height of its own accord."""

import re
import unicodedata

# What is never torn: a word with the punctuation behind it. What is not Latin may be cut anywhere.
_PIECES = re.compile(r"[\x21-\u024f]+ ?|\s|.")
_NARROW = 0.56
"""Of a full-width character: Latin letters and digits, on the average of a word."""


def width_of(text: str) -> float:
    """The width of a text in full-width characters."""
    return sum(1 if unicodedata.east_asian_width(sign) in "WFA" else _NARROW for sign in text)


def lines_in(text: str, room: float) -> int:
    """Lines that a text takes where ``room`` full-width characters fit into one; at least 1."""
    return sum(_lines(line, room) for line in text.split("\n"))


def _lines(line: str, room: float) -> int:
    lines, used = 1, 0.0
    for piece in _PIECES.findall(line):
        width = width_of(piece)
        if used + width > room:
            more, used = divmod(width, room) if width > room else (0.0, width)
            lines += 1 + int(more) if width <= room or used else int(more)
        else:
            used += width
    return lines
