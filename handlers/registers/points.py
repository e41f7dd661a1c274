"""The safety office's patrol points: setting one up, printing its link, renewing it, taking it out of use."""

from collections.abc import Iterable
from typing import Any

from bot.dates import say_moment
from bot.forms import Form, Question
from bot.i18n import _
from bot.incoming import row_of
from bot.kinds import Choice, Option, Text, options_named
from bot.messages import Button
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers.admin import invite_link
from handlers.registers.patrol import todays_rounds
from handlers.roles import DUTY
from models import audit
from models.patrol import close_point, insert_point, list_points, point_by_id, renew_code
from models.people import list_departments

_NONE = "none"
_SHOWN = 20


def press_point(turn: Turn) -> None:
    """The points, one of them, a new code for it, or taking it out of use."""
    which, _colon, verb = turn.incoming.data.partition(":")[2].partition(":")
    if which == "new":
        departments = list_departments(turn.conn, turn.actor.hospital.id)
        turn.talks.begin(turn, "point", params={"departments": departments})
        return
    if not which:
        _list(turn)
        return
    point = point_by_id(turn.conn, turn.actor.hospital.id, row_of(which))
    if point is None:
        turn.toast(_("There is no such patrol point in your hospital."))
    else:
        _act(turn, point, verb)


def _act(turn: Turn, point: Any, verb: str) -> None:
    if verb in ("renew", "close"):
        _confirm(turn, point, verb)
    elif verb == "renew_now":
        turn.say(_("The code printed before no longer works."))
        _hand_out(turn, point.id, point.name)
        _note(turn, "point.renewed", point.id)
    elif verb == "close_now":
        close_point(turn.conn, point.id, now=turn.now)
        _note(turn, "point.closed", point.id)
        turn.say(_("{point} is out of use. Its rounds stay on record.").format(point=point.name))
    else:
        buttons = [
            [Button(_("New code"), f"point:{point.id}:renew")],
            [Button(_("Out of use"), f"point:{point.id}:close")],
            [Button(_("All points"), "point:")],
        ]
        turn.say(_line(turn, point, todays_rounds(turn)), buttons)


def _confirm(turn: Turn, point: Any, verb: str) -> None:
    asked = {
        "renew": _("Make a new code for {point}? The printed one stops working at once."),
        "close": _("Take {point} out of use? Its printed code stops working at once."),
    }
    keep = Button(_("Leave it"), f"point:{point.id}")
    go = Button(_("Yes, do it"), f"point:{point.id}:{verb}_now")
    turn.say(asked[verb].format(point=point.name), [[keep], [go]])


def _list(turn: Turn) -> None:
    points, rounds = list_points(turn.conn, turn.actor.hospital.id), todays_rounds(turn)
    first = _("Patrol points: {n}").format(n=len(points))
    lines = [first, *(_line(turn, point, rounds) for point in points[:_SHOWN])]
    cells = [Button(point.name, f"point:{point.id}") for point in points[:_SHOWN]]
    buttons = [cells[i : i + 2] for i in range(0, len(cells), 2)]
    turn.say("\n".join(lines), [*buttons, [Button(_("New point"), "point:new")]])


def _line(turn: Turn, point: Any, rounds: dict[str, tuple[int, Any]]) -> str:
    place = f" ({point.department})" if point.department else ""
    count, last = rounds.get(str(point.id), (0, None))
    if last is None:
        return _("{point}: no round today yet").format(point=point.name + place)
    moment = say_moment(last, zone=turn.actor.hospital.zone, now=turn.now)
    return _("{point}: {n} today, last {time}").format(
        point=point.name + place, n=count, time=moment
    )


def _hand_out(turn: Turn, point_id: int, name: str) -> None:
    code = renew_code(turn.conn, point_id, now=turn.now)
    turn.send(
        _("For {point}: make a QR code of this link and put it up there.\n{link}").format(
            point=name, link=invite_link(turn.house.bot_name, code)
        )
    )


def _note(turn: Turn, action: str, point_id: int) -> None:
    audit.note(
        turn.conn,
        at=turn.now,
        action=action,
        subject=str(point_id),
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
    )


def _departments(pairs: Iterable[Any]) -> list[Option]:
    known = options_named((str(key), name) for key, name in pairs)
    return [*known, (_NONE, lambda _view: _("None"))]


def build(_params: dict[str, Any]) -> Form:
    """What the point is called, and whose it is."""
    return Form(
        name="point",
        version=1,
        title=lambda _view: _("patrol point"),
        questions=(
            Question(
                key="name",
                kind=Text(longest=40),
                ask=lambda _view: _("What is the point called? For example: ER gate."),
                label=lambda _view: _("name"),
            ),
            Question(
                key="department",
                kind=Choice(
                    options=lambda view: _departments(view.params["departments"]),
                    common=30,
                    page_size=30,
                ),
                ask=lambda _view: _("Which department is it in?"),
                label=lambda _view: _("department"),
            ),
        ),
    )


def complete(turn: Turn, finished: Finished) -> None:
    """Set the point up and hand out its link."""
    hospital, answers = turn.actor.hospital, finished.answers
    departments = {str(key): key for key, _name in list_departments(turn.conn, hospital.id)}
    point_id = insert_point(
        turn.conn,
        hospital_id=hospital.id,
        department_id=departments.get(answers["department"]),
        name=answers["name"],
        created_by=turn.actor.id,
        created_at=turn.now,
    )
    _note(turn, "point.made", point_id)
    turn.say(_("✅ The patrol point is set up. Guards check in by opening the next link there."))
    _hand_out(turn, point_id, answers["name"])


POINT = Conversation(name="point", version=1, roles=DUTY, build=build, complete=complete)
