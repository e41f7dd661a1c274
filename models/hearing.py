"""Who may hear of a record at all, whatever a chain says: conduct of staff, what is confidential, whom it is about."""

import re
from dataclasses import dataclass

CONDUCT = "staff"
"""The group of categories that blame a colleague."""
CONDUCT_ROLES = frozenset({"officer", "admin", "leader"})
"""Who hears of conduct: never the head, who may be in it, and never a colleague."""
_APART = re.compile(r"[\s·•|/,，、()（）\[\]【】_-]+")
_TITLES = (
    *("护士长", "主任", "科长", "队长", "院长", "组长", "医生", "医师", "大夫", "护士", "保安"),
    *("老师", "经理", "书记", "处长"),
)
_SHORTEST = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Matter:
    """What decides who may hear: the group, whether it is confidential, from which department, what it says."""

    group: str
    confidential: bool
    department_id: int | None
    words: str

    @property
    def guarded(self) -> bool:
        """Whether it may be about somebody who would hear of it."""
        return self.confidential or self.group == CONDUCT


def may_hear(matter: Matter, *, role: str, department_id: int | None, name: str) -> bool:
    """Whether a member may hear of it, be it as somebody called, on duty or by reading."""
    if matter.group == CONDUCT and role not in CONDUCT_ROLES:
        return False
    if matter.guarded and is_named(name, matter.words):
        return False
    # A head would know by the department alone who reported confidentially.
    own_head = role == "head" and department_id == matter.department_id
    return not (matter.confidential and own_head)


def is_named(name: str, words: str) -> bool:
    """Whether somebody's display name, or what is a name in it, stands in the words."""
    return any(pattern.search(words) for pattern in _patterns(name))


def without_name(name: str, words: str, instead: str) -> str:
    """The words with ``instead`` wherever they name somebody."""
    for pattern in _patterns(name):
        words = pattern.sub(lambda _match: instead, words)
    return words


def calls(name: str) -> set[str]:
    """How words may call somebody shown under ``name``: 赵芳 as well where that is 赵芳主任 or 急诊科 赵芳."""
    whole = name.strip().lower()
    parts = {_untitled(part) for part in _APART.split(whole) if not part.isascii()}
    found = {whole, *parts}
    return {called for called in found if len(called) >= _SHORTEST and not _is_post(called)}


def _untitled(part: str) -> str:
    title = next((title for title in _TITLES if part.endswith(title)), "")
    rest = part.removesuffix(title)
    # 王医生 is no name without its title: half the hospital is called 王.
    return rest if len(rest) >= _SHORTEST else part


def _is_post(part: str) -> bool:
    return part in _TITLES or part.endswith(("科", "室", "部", "病区", "中心", "医院"))


def _patterns(name: str) -> list[re.Pattern[str]]:
    """What finds each of the calls, the longest first; an English one only where it stands alone."""
    return [
        re.compile(
            rf"(?<![a-z0-9]){re.escape(called)}(?![a-z0-9])"
            if called.isascii()
            else re.escape(called),
            re.IGNORECASE,
        )
        for called in sorted(calls(name), key=len, reverse=True)
    ]
