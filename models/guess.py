"""What a plain message is probably about: the likeliest kinds of record, from the words people use."""

import re
from collections.abc import Callable, Iterable, Iterator

from models.hints import BESIDE, CODED, HINTS, Kind

MOST = 3
"""So many kinds are offered at most: more is a menu."""
_ENOUGH, _NEARLY_SAID = 2, 3
_LOOKED_AT = 300
"""Characters: what it is about is said at the beginning."""
_PATTERN = re.compile(r"[.\[|?({]")
_QUESTION = re.compile(r"[?？]|吗(?!啡)|谁|哪|怎么|几点|多少|(?:who|when|where|how|what)\b")
_SHORT = 14
_LATIN = re.compile("[a-z]{2}")
_DENIED = re.compile(r"(?:没有?人?|不是|并未|别|no |not |n't )$")

_WORDS: dict[str, list[tuple[int, Kind]]] = {}
"""Plain hints: found by looking each part of the words up, so their number costs nothing."""
_PATTERNS: list[tuple[Callable[[str], re.Match[str] | None], int, Kind]] = []


for _kind, _hints in HINTS.items():
    for _weight, _hint in _hints:
        if _PATTERN.search(_hint):
            _PATTERNS.append((re.compile(_hint).search, _weight, _kind))
        else:
            _WORDS.setdefault(_hint, []).append((_weight, _kind))
_LENGTHS = sorted({len(word) for word in _WORDS})


def _said(words: str) -> Iterator[tuple[int, int, Kind]]:
    """(where, weight, kind) of every hint in the words, once each."""
    seen = set()
    for at in range(len(words)):
        for length in _LENGTHS:
            word = words[at : at + length]
            if word in _WORDS and word not in seen and not _within(words, at):
                seen.add(word)
                yield from ((at, weight, kind) for weight, kind in _WORDS[word])
    for search, weight, kind in _PATTERNS:
        if (found := search(words)) and not _within(words, found.start()):
            yield found.start(), weight, kind


def _within(words: str, at: int) -> bool:
    """Whether an English word began before: nobody is hit in a white coat."""
    return bool(_LATIN.fullmatch(words[max(at - 1, 0) : at + 1]))


def score(words: str) -> dict[Kind, int]:
    """How much speaks for each kind that anything speaks for."""
    said = words[:_LOOKED_AT].lower()
    found, claimed = dict.fromkeys(HINTS, 0), set()
    # Who asks where the cameras are names them and claims nothing.
    least = _NEARLY_SAID if len(said) < _SHORT and _QUESTION.search(said) else 0
    for at, weight, kind in _said(said):
        if not (kind[0] == "incident" and _DENIED.search(said[max(at - 6, 0) : at])):
            found[kind] += weight
            claimed |= {kind} if weight >= least else set()
    return {kind: found[kind] for kind in HINTS if kind in claimed and found[kind] >= _ENOUGH}


def ranked(words: str) -> list[Kind]:
    """The kinds that something speaks for, likeliest first."""
    found = score(words)
    return sorted(found, key=lambda kind: -found[kind])


def guess(words: str, allowed: Iterable[Kind] | None = None) -> list[Kind]:
    """The likeliest kinds, best first, of those ``allowed``; none where nothing hints at one.

    Where fewer are hinted at, what is most easily taken for the likeliest is offered beside it.
    """
    hinted = ranked(words)
    beside = [other for kind in hinted[:1] for other in BESIDE.get(kind, ())]
    found = dict.fromkeys((*hinted, *beside))
    open_to = found.keys() if allowed is None else found.keys() & set(allowed)
    return [kind for kind in found if kind in open_to][:MOST]


def guess_code(field: str, words: str) -> str | None:
    """The code of a register's field that the words name first, or None."""
    said = words[:_LOOKED_AT].lower()
    places = {
        code: min((at for hint in hints if (at := said.find(hint)) >= 0), default=-1)
        for code, hints in CODED.get(field, {}).items()
    }
    named = [code for code, at in places.items() if at >= 0]
    return min(named, key=lambda code: places[code], default=None)
