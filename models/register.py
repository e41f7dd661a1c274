"""The other registers (台账): which kinds of entry there are, what each asks and where it may go."""

from collections.abc import Iterable, Mapping
from typing import Any

from models.kind import (
    BY_ANYBODY_RELATED,
    BY_OWNER,
    MORE,
    OFFICE,
    WHAT,
    WRONG,
    Field,
    Move,
    code,
    kind,
    move,
)

CHANNELS = ("internal", "people", "administrative", "judicial")
"""000: 院内调解、人民调解、行政调解、司法调解相结合."""
OUTCOMES = ("agreed", "not_agreed", "litigation", "appraisal")
"""达成, 未达成, 诉讼, 司法鉴定."""
SYSTEMS = ("video", "alarm", "access", "patrol", "screening")
"""001: 视频监控、一键报警、出入口控制系统、电子巡查系统、安检系统."""
MATERIALS = {
    "drugs": "drugs_lost",
    "pathogen": "pathogen_lost",
    "radioactive": "radioactive_lost",
    "explosive": "explosive_lost",
}
"""003: 特殊药品的管理,严防丢失. Each with the category of the incident that its loss is."""
ITEMS = ("knife", "flammable", "poison", "firearm", "other_item")
"""000: 有效防止禁限物品进入医院 (which items: our default)."""
FATES = ("held", "given_up", "police", "turned_away")
"""What became of a seized item (our default)."""
TOPICS = ("safety", "ethics_law", "key_post", "other_topic")
"""003: 定期开展医德医风教育和法律法规培训; the other topics are those that papers ask for (domain 3)."""

_CLINICAL = OFFICE | {"doctor", "head"}
_EVERY_POST = _CLINICAL | {"guard"}
_GUARDS = OFFICE | {"guard"}

_PLACE = Field(key="place", sort="place")
_TYPED_PLACE = Field(key="place", sort="text")
_WHEN = Field(key="when", sort="moment")
_SINCE = Field(key="when", sort="moment", proposed=True)
_OWNED_BY = Field(key="owner", sort="owner", proposed=True)
_DUE = Field(key="due", sort="day", proposed=True)
_COUNT = Field(key="count", sort="number")
_HEADS = Field(key="heads", sort="number")
_CHANNEL = code("channel", CHANNELS)
_SYSTEM = code("system", SYSTEMS)
_OUT_OF_ORDER = code("system", (*SYSTEMS, "other_system"))
"""A lift breaks down as well; only the five systems of 001 are listed as equipment (our default)."""

HAZARD = kind(
    "hazard",
    "H",
    _EVERY_POST,
    move("rectify", BY_OWNER, WHAT, open="rectified", returned="rectified"),
    # 回头看: not by whoever put it right
    move("pass", BY_ANYBODY_RELATED, MORE, not_after="rectify", rectified="closed"),
    move("fail", BY_ANYBODY_RELATED, WHAT, not_after="rectify", rectified="returned"),
    fields=(WHAT, _PLACE, _OWNED_BY, _DUE, _SINCE),
    owner="head",
    days=7,
    waiting=("open", "returned"),
    told=True,
)
"""R5: 001 开展医疗机构安全大检查; 003 及时消除安全隐患."""
COMPLAINT = kind(
    "complaint",
    "C",
    _CLINICAL,
    move("rectify", BY_OWNER, WHAT, open="rectified", answered="closed"),
    move("feedback", BY_OWNER, WHAT, open="answered", rectified="closed"),
    fields=(WHAT, _DUE, _SINCE),
    owner="self",
    days=7,
    waiting=("open", "rectified", "answered"),
    told=True,
)
"""R3: 000 指定专人负责投诉处理,确保件件落实. Who first takes it owns it; feedback and rectification close it."""
DISPUTE = kind(
    "dispute",
    "D",
    _CLINICAL,
    move("settle", BY_OWNER, code("outcome", OUTCOMES), MORE, open="closed"),
    move("channel", BY_OWNER, _CHANNEL, MORE, open="open"),
    move("reopen", OFFICE, _CHANNEL, WHAT, closed="open"),
    fields=(WHAT, code("channel", CHANNELS, proposed=True), _OWNED_BY, _SINCE),
    owner="self",
    waiting=("open",),
    told=True,
)
"""R4."""
FAULT = kind(
    "fault",
    "F",
    _EVERY_POST,
    move("repair", BY_OWNER, MORE, open="closed"),
    fields=(
        _OUT_OF_ORDER,
        Field(key="asset", sort="asset"),
        Field(key="place", sort="place", when=("asset", "none")),
        WHAT,
        _OWNED_BY,
        _SINCE,
    ),
    owner="office",
    waiting=("open",),
    told=True,
)
"""R12: a fault stays open until it is repaired."""
SEIZURE = kind(
    "seizure",
    "S",
    _GUARDS,
    fields=(code("item", ITEMS), _COUNT, code("fate", FATES), MORE, _SINCE),
)
"""R13."""
CHECK = kind(
    "check",
    "K",
    OFFICE,
    move("explain", BY_OWNER, WHAT, open="closed"),
    fields=(
        code("material", MATERIALS),
        code("agrees", ("yes", "no")),
        Field(key="what", sort="story", when=("agrees", "no")),
        _SINCE,
    ),
    owner="self",
    waiting=("open",),
    told=True,
)
"""R14."""
CLUE = kind(
    "clue",
    "L",
    OFFICE,
    move("hand_over", BY_OWNER, Field(key="receiver", sort="text"), MORE, open="handed"),
    move("close", BY_OWNER, WHAT, open="closed", handed="closed"),
    fields=(
        code("found", ("yes", "no")),
        Field(key="what", sort="story", when=("found", "yes")),
        _SINCE,
    ),
    owner="self",
    for_head=False,
    waiting=("open", "handed"),
)
"""R9: 003 持续开展线索摸排; 建立与公安机关的线索发现移交机制. None found is an explicit zero row."""
DRILL = kind("drill", "E", OFFICE, fields=(Field(key="topic", sort="text"), _WHEN, _HEADS, MORE))
"""R6: 000 定期组织应急演练. Here and not among the incidents, so no incident figure counts it."""
TRAINING = kind("training", "T", OFFICE, fields=(code("topic", TOPICS), _WHEN, _HEADS, MORE))
"""R7."""
MEETING = kind(
    "meeting", "M", OFFICE, fields=(code("form", ("meeting", "inspection")), _WHEN, WHAT)
)
"""R8: 003 定期召开工作会议,定期检查工作落实情况."""
ASSET = kind(
    "asset",
    "A",
    OFFICE,
    move("recount", OFFICE, _COUNT, absent="working", working="working", fault="fault"),
    move("remove", OFFICE, MORE, working="absent", fault="absent"),
    fields=(_SYSTEM, _TYPED_PLACE, Field(key="count", sort="number", least=0)),
)
"""R12."""
PATROL = kind("patrol", "P", _GUARDS)
"""R11: 002 定时和随时巡查; entered by a printed code."""

_LIST = (
    *(HAZARD, COMPLAINT, DISPUTE, FAULT, SEIZURE, CHECK),
    *(CLUE, DRILL, TRAINING, MEETING, ASSET, PATROL),
)
KINDS = {each.code: each for each in _LIST}
"""In the order of the menu."""
ENTERED = tuple(each for each in _LIST if each.fields)
"""Those that a form enters; a patrol is entered by its printed code."""


def first_state(kind: str, answers: Mapping[str, Any]) -> str:
    """The state a new entry is in."""
    if kind == "asset":
        return "working" if int(answers["count"]) else "absent"
    # A check that agrees, and the explicit zero row of 003 持续开展线索摸排, wait for nobody.
    nothing = answers.get("agrees") == "yes" or answers.get("found") == "no"
    return "open" if KINDS[kind].waiting and not nothing else "kept"


def move_of(kind: str, code: str) -> Move | None:
    """A kind's move by its code."""
    found = KINDS.get(kind)
    return next((move for move in found.moves if move.code == code), None) if found else None


def relations(
    kind: str, *, role: str, member_id: int, department_id: int | None, entry: Any
) -> set[str]:
    """What a member is to an entry: officer, admin, owner, author, head of its department; or nothing."""
    found = {role} & OFFICE
    if entry.owner_id == member_id:
        found |= {"owner"}
    if entry.member_id == member_id:
        found |= {"author"}
    if role == "head" and KINDS[kind].for_head and department_id is not None:
        found |= {"head"} if entry.department_id == department_id else set()
    return found


def possible_moves(
    kind: str, state: str, mine: Iterable[str], *, done_last: Iterable[str]
) -> list[Move]:
    """What somebody may do next, by their relations; ``done_last`` are the moves they were the last to do."""
    related, done = frozenset(mine), frozenset(done_last)
    return [
        move
        for move in KINDS[kind].moves
        if state in move.leads and move.by & related and move.not_after not in done
    ]


def figures(fields: Iterable[Field], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that are codes and numbers."""
    counted = [f.key for f in fields if f.counted and f.key != WRONG]
    return {key: answers[key] for key in counted if answers.get(key) is not None}
