"""The buttons of a case's card, fit for whoever looks at it; and a whole copy, text and buttons."""

from dataclasses import dataclass
from typing import Any

from bot.i18n import _
from bot.messages import Button, Buttons
from handlers.faces import OVER, Face, back_line, card_text, own_text, room_text
from handlers.roles import DUTY
from models.card import REPORTER


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewer:
    """Whoever looks at a copy: its buttons are those that this person can use now."""

    id: int
    role: str


def card_buttons(face: Face, viewer: Viewer) -> Buttons:
    """What a colleague can do from the card."""
    number, state = face.case.number, face.case.state
    case = Button(_("Case"), f"case:{number}")
    if not face.alarm:
        return _report_buttons(face, case)
    if state in OVER:
        again = Button(_("Not a false alarm"), f"act:again:{number}")
        return [[*([again] if _takes_back(face, viewer) else []), case]]
    rows = [_steps(number, _answer_of(face, viewer), office=viewer.role in DUTY)]
    rows.append([*_call_police(face), case])
    # Apart from what is pressed in a hurry: one press of it sends everybody home.
    return [*rows, *([[_false_alarm(number)]] if _calls_off(face, viewer) else [])]


def _answer_of(face: Face, viewer: Viewer) -> Any:
    return next((row for row in face.responses if row.member_id == viewer.id), None)


def _calls_off(face: Face, viewer: Viewer) -> bool:
    mine = _answer_of(face, viewer)
    return viewer.role in DUTY or (mine is not None and mine.on_scene_at is not None)


def _takes_back(face: Face, viewer: Viewer) -> bool:
    return face.alarm and face.case.state == "false_alarm" and _calls_off(face, viewer)


def _steps(number: str, mine: Any, *, office: bool) -> list[Button]:
    """The way from the call to control, as far as somebody has still to go."""
    coming = Button(_("I'm coming"), f"act:coming:{number}")
    here = Button(_("I'm there"), f"act:here:{number}")
    calm = Button(_("Under control"), f"act:calm:{number}")
    if mine is None:
        return [coming, here, *([calm] if office else [])]
    return [calm] if mine.on_scene_at else [here, calm]


def _call_police(face: Face) -> list[Button]:
    if face.case.called_police_at:
        return []
    return [Button(_("☎️ 110 called"), f"act:police:{face.case.number}")]


def _false_alarm(number: str) -> Button:
    return Button(_("False alarm"), f"act:false:{number}")


def _report_buttons(face: Face, case: Button) -> Buttons:
    number = face.case.number
    text = Button(_("Full text"), f"show:{number}")
    first = [text, case]
    if face.case.state in ("new", "reopened"):
        first.insert(0, Button(_("I take it"), f"act:coming:{number}"))
    paper = face.paper
    if paper is None or paper.submitted_at or paper.waived_at:
        return [first]
    return [
        first,
        [
            Button(_("File it"), f"file:{paper.id}"),
            Button(_("Not reportable"), f"waive:{paper.id}"),
        ],
    ]


def own_buttons(face: Face) -> Buttons:
    """What the one who raised the alarm can do."""
    number, state = face.case.number, face.case.state
    case = Button(_("Case"), f"case:{number}")
    if state == "false_alarm":
        return [[Button(_("Not a false alarm"), f"act:again:{number}")]]
    if state in OVER:
        return [[Button(_("Add details"), f"add:{number}"), case]]
    return [[*_call_police(face), case], [_false_alarm(number)]]


def room_buttons(face: Face) -> Buttons:
    """What members can do from the operations room: one copy for all, so every press is checked."""
    number = face.case.number
    if not face.alarm or face.case.state in OVER:
        return []
    return [
        [
            Button(_("I'm coming"), f"act:coming:{number}"),
            Button(_("I'm there"), f"act:here:{number}"),
            Button(_("Under control"), f"act:calm:{number}"),
        ],
        [_false_alarm(number)],
    ]


def draw(face: Face, level: int, viewer: Viewer | None = None) -> tuple[str, Buttons]:
    """Text and buttons of a copy at this level for whoever looks at it, in the current language."""
    if level == REPORTER:
        return own_text(face), own_buttons(face)
    if viewer is None:
        return room_text(face), room_buttons(face)
    lines = [card_text(face), *([back_line()] if _takes_back(face, viewer) else [])]
    return "\n".join(lines), card_buttons(face, viewer)
