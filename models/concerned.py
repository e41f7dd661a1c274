"""Which department an incident concerns: the one that its place names, else its words, else the reporter's own."""

import re
from collections.abc import Iterable

Departments = Iterable[tuple[int, str]]
_KINDS = ("门诊部", "中心", "病区", "门诊", "科室", "科", "室", "部")
"""What a department is called beside its own name; 急诊科 is also meant by 急诊3诊室."""
_SHORTEST = 2
_FIGURES = str.maketrans("〇零一二三四五六七八九", "00123456789")


def concerned_department(
    departments: Departments, *, place: str, words: str = "", own: tuple[int, str] | None = None
) -> int | None:
    """The id of the department; ``own`` is the reporter's, whose name as the place says no more than nothing."""
    known = list(departments)
    somewhere = "" if own is not None and place == own[1] else place
    for text in (somewhere, words):
        found = department_named(known, text)
        if found is not None:
            return found
    return own[0] if own is not None else None


def department_named(departments: Departments, text: str) -> int | None:
    """The department whose name, or its stem, stands in ``text``; of several the longest that is written there."""
    plain = _plain(text)
    hits = [
        (len(called), -plain.index(called), -department_id)
        for department_id, name in departments
        for called in _calls(name)
        if _stands(called, plain)
    ]
    return -max(hits)[2] if hits else None


def _calls(name: str) -> set[str]:
    """What a department is called: its whole name, and that without what kind of department it is."""
    plain = _plain(name)
    stem = next((plain.removesuffix(kind) for kind in _KINDS if plain.endswith(kind)), plain)
    return {called for called in (plain, stem) if len(called) >= _SHORTEST}


def _stands(called: str, text: str) -> bool:
    if called not in text:
        return False
    # An English name must stand alone: there is no ER in "over there".
    return not called.isascii() or bool(
        re.search(rf"(?<![a-z0-9]){re.escape(called)}(?![a-z0-9])", text)
    )


def _plain(text: str) -> str:
    """五病区 and 5病区 are one."""
    return text.strip().lower().translate(_FIGURES)
