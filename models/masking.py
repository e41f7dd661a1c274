"""Hides ID-card and phone numbers in words that are sent on; what is stored stays unchanged."""

import re
import unicodedata

_GAP = r"[ \-‐‑–—.·]?"
_ID_CARD = re.compile(rf"(?<!\d)(?:\d{_GAP}){{17}}[\dXx](?!\d)|(?<!\d)(?:\d{_GAP}){{14}}\d(?!\d)")
_MOBILE = re.compile(rf"(?<!\d)(?:\+?86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[ \-]\d{7,8}(?!\d)")


def mask(words: str) -> str:
    """The words with every ID-card or phone number replaced by dots of the same length."""
    # Full-width digits are as readable as plain ones; each is one character either way.
    plain = "".join(unicodedata.normalize("NFKC", c) if c.isdecimal() else c for c in words)
    hidden = list(words)
    for pattern in (_ID_CARD, _MOBILE, _LANDLINE):
        for match in pattern.finditer(plain):
            hidden[match.start() : match.end()] = "•" * (match.end() - match.start())
    return "".join(hidden)
