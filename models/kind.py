"""What a register is made of: kinds of entry with their fields, states and moves. Data, and how it is put together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

STATES = (
    *("open", "rectified", "answered", "returned", "handed", "closed"),
    *("kept", "working", "fault", "absent"),
)
SETTLED = ("closed", "kept", "working", "absent")
"""Where nothing is waited for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One thing asked. ``sort`` says how; a proposed one stands on the card and is changed there."""

    key: str
    sort: str
    codes: tuple[str, ...] = ()
    when: tuple[str, str] | None = None
    optional: bool = False
    proposed: bool = False
    least: int = 1
    """Of a number."""

    @property
    def counted(self) -> bool:
        """Whether the answer is a code or a number, which figures are made of."""
        return self.sort in ("code", "number", "asset")


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """One way on: from which states to which, who may (by what they are to the entry), what is asked."""

    code: str
    leads: Mapping[str, str]
    by: frozenset[str]
    fields: tuple[Field, ...] = ()
    not_after: str | None = None
    """The move whose last doer may not do this one: nobody checks their own work."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One register. ``owner`` is who sees to it at first: ``self``, ``head``, ``office`` or nobody."""

    code: str
    letter: str
    roles: frozenset[str]
    fields: tuple[Field, ...] = ()
    moves: tuple[Move, ...] = ()
    owner: str | None = None
    days: int | None = None
    """How long until it is due (our default)."""
    waiting: tuple[str, ...] = ()
    """The states in which the owner has to act."""
    told: bool = False
    """Whether officers and administrators hear of a new one."""
    for_head: bool = True
    """Whether the head of its department may read it."""


OFFICE = frozenset({"officer", "admin"})
BY_OWNER = OFFICE | {"owner"}
BY_ANYBODY_RELATED = BY_OWNER | {"author", "head"}

WHAT = Field(key="what", sort="story")
MORE = Field(key="what", sort="story", optional=True)


def code(key: str, codes: Iterable[str], *, proposed: bool = False) -> Field:
    """A field that is one of ``codes``."""
    return Field(key=key, sort="code", codes=tuple(codes), proposed=proposed)


def move(
    name: str, by: frozenset[str], *fields: Field, not_after: str | None = None, **leads: str
) -> Move:
    """A move; ``leads`` are its states, from=to."""
    return Move(code=name, leads=leads, by=by, fields=fields, not_after=not_after)


WRONG = "wrong"
"""Which answer of an entry its author corrects."""
_CORRECTABLE = ("story", "place", "text", "number", "moment")
"""What is words, numbers and times: a coded answer decides where an entry may go, and has moves of its own."""


def _correction(fields: Iterable[Field], counted: Iterable[str]) -> Move | None:
    """Whoever entered it puts an answer right that was always asked and that no other move changes."""
    able = [f for f in fields if f.sort in _CORRECTABLE and not f.when and f.key not in counted]
    if not able:
        return None
    asked = [replace(f, when=(WRONG, f.key), optional=False, proposed=False, least=1) for f in able]
    which = code(WRONG, (f.key for f in able))
    states = [state for state in STATES if state != "closed"]
    return move("correct", frozenset({"author"}), which, *asked, **_in_place(states))


def _in_place(states: Iterable[str]) -> dict[str, str]:
    return {state: state for state in states}


def kind(name: str, letter: str, roles: frozenset[str], *moves: Move, **options: Any) -> Kind:
    """A kind with what every one has: a note can be added, an owned one handed on, an answer corrected."""
    waiting = options.get("waiting", ())
    common = [move("note", BY_ANYBODY_RELATED, WHAT, **_in_place(STATES))]
    if waiting:
        new_owner = Field(key="owner", sort="owner")
        due = (Field(key="due", sort="day"),) if options.get("days") else ()
        by = BY_OWNER | {"head"}
        common.insert(0, move("assign", by, new_owner, *due, **_in_place(waiting)))
    counted = {f.key for each in moves for f in each.fields if f.sort == "number"}
    if correction := _correction(options.get("fields", ()), counted):
        common.append(correction)
    return Kind(code=name, letter=letter, roles=roles, moves=(*moves, *common), **options)
