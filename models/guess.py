"""What a plain message is probably about: the likeliest kinds of record, from the words people use."""

import re
from collections.abc import Callable, Iterable

from models.hints import CLASSES, CODED, HINTS, Kind

MOST = 3
"""So many kinds are offered at most: more is a menu."""
_ENOUGH = 2
_LOOKED_AT = 600
"""Characters: what it is about is said at the beginning."""
_PATTERN = re.compile(r"[.\[|?({]")
_QUESTION = re.compile(r"[?？吗]|谁|哪|怎么|几点|多少|who |when |where |how ", re.IGNORECASE)
_SHORT = 14
_DENIED = re.compile(r"(?:没有?人?|不是|并未|别|no |not |n't )$")
Hint = Callable[[str], int]
"""Where the words say it; -1 where they do not."""


def _read(token: str) -> Hint:
    """A hint as it is written in the table, made ready to be looked for."""
    hint = token.replace("_", " ")
    if not _PATTERN.search(hint):
        return _plain(hint)
    for name, words in CLASSES.items():
        hint = hint.replace("{" + name + "}", words.replace("_", " "))
    # An English word must begin where the hint does: nobody is hit in a white coat.
    search = re.compile(hint if not hint[0].isascii() else rf"(?<![a-z])(?:{hint})").search
    return lambda words: found.start() if (found := search(words)) else -1


def _plain(hint: str) -> Hint:
    if not hint.isascii():
        return lambda words: words.find(hint)
    search = re.compile(rf"(?<![a-z]){re.escape(hint)}").search
    return lambda words: found.start() if hint in words and (found := search(words)) else -1


def _table(text: str) -> list[tuple[int, Hint]]:
    lines = [line.split() for line in text.strip().splitlines()]
    return [(int(line[0]), _read(token)) for line in lines for token in line[1:]]


_TABLE = {kind: _table(text) for kind, text in HINTS.items()}


def score(words: str) -> dict[Kind, int]:
    """How much speaks for each kind that anything speaks for."""
    said = words[:_LOOKED_AT].lower()
    found = {kind: _weigh(kind, hints, said) for kind, hints in _TABLE.items()}
    least = _ENOUGH + 1 if len(said) < _SHORT and _QUESTION.search(said) else _ENOUGH
    return {kind: weight for kind, weight in found.items() if weight >= least}


def _weigh(kind: Kind, hints: list[tuple[int, Hint]], said: str) -> int:
    total = 0
    for weight, hint in hints:
        at = hint(said)
        if at >= 0 and not (kind[0] == "incident" and _DENIED.search(said[:at])):
            total += weight
    return total


def guess(words: str, allowed: Iterable[Kind] | None = None, *, most: int = MOST) -> list[Kind]:
    """The likeliest kinds, best first, of those ``allowed``; none where nothing hints at one."""
    found = score(words)
    open_to = found.keys() if allowed is None else found.keys() & set(allowed)
    return [kind for kind in sorted(found, key=lambda kind: -found[kind]) if kind in open_to][:most]


def guess_code(field: str, words: str) -> str | None:
    """The code of a register's field that the words name first, or None."""
    said = words[:_LOOKED_AT].lower()
    places = {
        code: min((at for hint in hints.split() if (at := said.find(hint)) >= 0), default=-1)
        for code, hints in CODED.get(field, {}).items()
    }
    return min((c for c, at in places.items() if at >= 0), key=lambda c: places[c], default=None)
