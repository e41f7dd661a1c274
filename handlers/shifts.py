"""How a shift stands, in words: oneself, the others on duty, the open cases; and where every shift begins."""

from typing import Any

from sqlalchemy import Connection

from bot.dates import say_moment
from bot.i18n import _, n_
from bot.messages import Button, Buttons
from bot.turn import Turn
from handlers import casewords, words
from handlers.filing.closing import open_shift_papers
from handlers.hearing import hears
from handlers.roles import DUTY, ON_SHIFTS
from models import audit
from models.case import list_open_cases
from models.category import BY_CODE
from models.duty import begin_duty, on_duty_now, open_duty, recent_posts
from models.people import Actor

_LISTED = 4
_POSTS = 4
_ON_BUTTON = 12
_OFFICE_ONLY = frozenset({"staff", "medical"})


def screen(
    turn: Turn, first: str = "", *, others: bool = True, posts: bool = False
) -> tuple[str, Buttons]:
    """How it stands, and what can be done; ``first`` says what was done just now, and perhaps who else is on.

    ``posts`` offers those last stood at, to be taken with one press.
    """
    mine = open_duty(turn.conn, turn.actor.id)
    lines = [
        first or _own_line(turn, mine),
        *(_others(turn) if others else []),
        *open_case_lines(turn.conn, turn.actor),
    ]
    if mine is None:
        return "\n".join(lines), [[Button(_("Sign on"), "duty:on")]]
    choices = _posts(turn) if posts else []
    if choices:
        lines.insert(1, _("Which post? One press will do, or leave it."))
    return "\n".join(lines), [
        *choices,
        [Button(_("Hand over"), "duty:hand"), Button(_("Name my post"), "duty:post")],
        [Button(_("Sign off"), "duty:off")],
    ]


def _posts(turn: Turn) -> list[list[Button]]:
    known = recent_posts(turn.conn, turn.actor.hospital.id, most=_POSTS)
    cells = [Button(words.brief(row.post, _ON_BUTTON), f"duty:at:{row.id}") for row in known]
    return [cells[i : i + 2] for i in range(0, len(cells), 2)]


def _own_line(turn: Turn, mine: Any) -> str:
    if mine is None:
        return _("You are off duty: alarms do not call you.")
    since = say_moment(mine.began_at, zone=turn.actor.hospital.zone, now=turn.now)
    if mine.post:
        return _("You are on duty at {post}, since {time}.").format(post=mine.post, time=since)
    return _("You are on duty, since {time}.").format(time=since)


def _others(turn: Turn) -> list[str]:
    others = [
        row
        for row in on_duty_now(turn.conn, turn.actor.hospital.id)
        if row.member_id != turn.actor.id
    ]
    if not others:
        return [_("Nobody else is on duty.")]
    names = [f"{row.name} ({row.post})" if row.post else row.name for row in others[:_LISTED]]
    if len(others) > _LISTED:
        names.append("…")
    return [_("Also on duty: {names}").format(names=_(", ").join(names))]


def open_case_lines(conn: Connection, actor: Actor) -> list[str]:
    """The open cases a shift should know of in a few lines: number, kind, state."""
    cases = [
        case for case in list_open_cases(conn, actor.hospital.id) if _for_shifts(conn, case, actor)
    ]
    if not cases:
        return [_("No open cases.")]
    lines = [n_("{n} open case:", "{n} open cases:", len(cases)).format(n=len(cases))]
    for case in cases[-_LISTED:]:
        kind, state = words.category(case.category), casewords.state(case.state)
        lines.append(f"{case.number} {kind} · {state}")
    return lines


def _for_shifts(conn: Connection, case: Any, actor: Actor) -> bool:
    """What was said in confidence, and what a colleague or a treatment is blamed for, is the office's alone."""
    if actor.role in DUTY:
        return hears(conn, case, actor)
    return not case.confidential and BY_CODE[case.category].group not in _OFFICE_ONLY


def is_uncalled(conn: Connection, actor: Actor) -> bool:
    """Whether alarms could call somebody, and do not because they are off duty."""
    return actor.role in ON_SHIFTS and open_duty(conn, actor.id) is None


def begin_shift(turn: Turn, *, post: str | None) -> bool:
    """Open the actor's shift and note it; False when they are on duty already."""
    actor = turn.actor
    fresh = begin_duty(
        turn.conn, hospital_id=actor.hospital.id, member_id=actor.id, post=post, now=turn.now
    )
    if fresh:
        note_shift(turn, "duty.begun", actor)
        open_shift_papers(turn, actor.id, open_duty(turn.conn, actor.id))
    return fresh


def note_shift(turn: Turn, action: str, whose: Actor) -> None:
    """Write down what the actor did to somebody's shift."""
    audit.note(
        turn.conn,
        at=turn.now,
        action=action,
        subject=str(whose.id),
        hospital_id=whose.hospital.id,
        member_id=turn.actor.id,
    )
