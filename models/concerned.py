"""Which department an incident concerns: the one that its place names, else its words, else the reporter's own."""

import re
from collections.abc import Iterable

Departments = Iterable[tuple[int, str]]
_KINDS = ("门诊部", "中心", "病区", "门诊", "科室", "科", "室", "部")
"""What a department is called beside its own name; 急诊科 is also meant by 急诊3诊室."""
_SHORTEST = 2
_FIGURES = str.maketrans("〇零一二三四五六七八九", "00123456789")


_AT = r"(?=$|[0-9，。,. ]|[一-龥]?楼|诊|病|抢|输|候|分|留|走|门|大|护|医|这|里|有人|来|出事)"
"""What follows a stem in a story where it means a place: 急诊有人打架, and not 手术失误."""


def concerned_department(
    departments: Departments, *, place: str, words: str = "", own: tuple[int, str] | None = None
) -> int | None:
    """The id of the department; ``own`` is the reporter's, whose name as the place says no more than nothing."""
    known = list(departments)
    somewhere = "" if own is not None and place == own[1] else place
    found = department_named(known, somewhere) or department_named(known, words, story=True)
    return found or (own[0] if own is not None else None)


def department_named(departments: Departments, text: str, *, story: bool = False) -> int | None:
    """The department whose name, or its stem, stands in ``text``; of several the longest that is written there.

    In a ``story`` a stem counts only where it stands for a place.
    """
    plain = _plain(text)
    hits = [
        (match.end() - match.start(), -match.start(), -department_id)
        for department_id, name in departments
        for pattern in _patterns(name, story)
        if (match := re.search(pattern, plain))
    ]
    return -max(hits)[2] if hits else None


def _patterns(name: str, story: bool) -> list[str]:
    plain = _plain(name)
    stems = {plain.removesuffix(kind) for kind in _KINDS if plain.endswith(kind)}
    calls = [(plain, "")] + [(stem, _AT if story else "") for stem in stems]
    return [
        # An English name must stand alone: there is no ER in "over there".
        rf"(?<![a-z0-9]){re.escape(called)}(?![a-z0-9])"
        if called.isascii()
        else re.escape(called) + after
        for called, after in calls
        if len(called) >= _SHORTEST
    ]


def _plain(text: str) -> str:
    """五病区 and 5病区 are one."""
    return text.strip().lower().translate(_FIGURES)
