"""The stamps of a case, each with its own time: 报警, 到场, 控制, 现场保护; and the number the police gave."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.dates import say_moment
from bot.forms import Form, Question, Refused, View
from bot.i18n import _
from bot.kinds import Text
from bot.read_kinds import Moment
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import case_terms
from handlers.case_actions import CALLED, OFFICE
from handlers.case_rights import hats, hold, pressed, say_done, say_outdated
from handlers.casework import move, record
from handlers.filing.closing import close_by_stamp
from handlers.roles import REPORTERS
from models.case import MOVES, WAITING, take_lead
from models.response import add_response, note_arrival


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamp:
    """Where a stamp stands, the step it leaves, and the state it moves a case to where it can."""

    column: str
    step: str
    state: str = ""


STAMPS = {
    "police": Stamp(column="called_police_at", step="police_called"),
    "arrived": Stamp(column="arrived_at", step="arrived", state="on_scene"),
    "controlled": Stamp(column="controlled_at", step="controlled", state="controlled"),
    "scene": Stamp(column="scene_kept_at", step="scene_kept"),
}
_DETAILS = "details"


def press_stamp(turn: Turn) -> None:
    """Set or correct a stamp: ``stamp:police:NUMBER``; or note the police number."""
    verb, number = pressed(turn)
    if verb not in STAMPS and verb != _DETAILS:
        say_outdated(turn)
    elif hold(turn, number, verb) is not None:
        params = {"number": number, "stamp": verb}
        form = "police" if verb == _DETAILS else "stamp"
        turn.talks.begin(turn, form, params=params, answers={})


# -- one stamp -----------------------------------------------------------------------------------


def build_stamp(params: dict[str, Any]) -> Form:
    """Nothing is asked: the time is now unless it is changed on the card."""
    when = Question(
        key="when",
        kind=Moment(),
        ask=lambda _view: _('When was it? For example: 21:40, or "10 minutes ago".'),
        label=lambda _view: _("time"),
        proposed=lambda view: view.begun_at.isoformat(),
    )

    def card(view: View) -> str:
        time = when.kind.show(view.get("when") or view.begun_at.isoformat(), view)
        return _("{number}, {stamp}: {time}. Note it like this?").format(
            number=params["number"], stamp=case_terms.stamp(params["stamp"]), time=time
        )

    return Form(
        name="stamp",
        version=1,
        title=lambda _view: _("a time for {number}").format(number=params["number"]),
        questions=(when,),
        card=card,
        submit=lambda _view: _("✅ Note it"),
    )


def complete_stamp(turn: Turn, finished: Finished) -> None:
    """Keep the time beside the one that stood there, and move the case on where that follows."""
    params = finished.view.params
    case = hold(turn, params["number"], params["stamp"])
    if case is None:
        return
    stamp = STAMPS[params["stamp"]]
    when = min(datetime.fromisoformat(finished.answers["when"]), turn.now)
    if when < case.occurred_at.replace(second=0, microsecond=0):
        raise Refused(
            _("That is before it happened ({time}). Please correct one of the two times.").format(
                time=_clock(turn, case.occurred_at)
            )
        )
    old = getattr(case, stamp.column)
    data = {"time": when.isoformat()} | ({"old": old.isoformat()} if old else {})
    values: dict[str, Any] = {stamp.column: when}
    _come_along(turn, case, params["stamp"], when)
    if params["stamp"] == "police":
        close_by_stamp(turn, case.number, when)
    if stamp.state in MOVES[case.state]:
        if not move(turn, case, stamp.state, data=data, **values):
            return
    else:
        record(turn, case, stamp.step, values=values, **data)
    say_done(
        turn,
        case.number,
        _("✅ Noted for {number}: {stamp} {time}.").format(
            number=case.number,
            stamp=case_terms.stamp(params["stamp"]),
            time=_clock(turn, when),
        ),
    )


def _come_along(turn: Turn, case: Any, stamp: str, when: datetime) -> None:
    """Whoever notes that help is there leads, if nobody does; one who was called is there themselves."""
    if stamp not in ("arrived", "controlled"):
        return
    if case.state in WAITING:
        take_lead(turn.conn, case.incident_id, turn.actor.id)
    if hats(turn, case) & {CALLED, OFFICE} == {CALLED}:
        add_response(turn.conn, case.incident_id, turn.actor.id, now=when)
        note_arrival(turn.conn, case.incident_id, turn.actor.id, now=when)


def _clock(turn: Turn, moment: datetime) -> str:
    return say_moment(moment, zone=turn.actor.hospital.zone, now=turn.now)


STAMP = Conversation(
    name="stamp", version=1, roles=REPORTERS, build=build_stamp, complete=complete_stamp
)


# -- what the police gave --------------------------------------------------------------------------


def build_police(params: dict[str, Any]) -> Form:
    """The number of the police record, and which station or officer."""
    return Form(
        name="police",
        version=1,
        title=lambda _view: _("police number of {number}").format(number=params["number"]),
        questions=(
            Question(
                key="number",
                kind=Text(longest=60),
                ask=lambda _view: _(
                    "☎️ What number did the police give (接警单号)? Skip if there is none yet."
                ),
                label=lambda _view: _("number"),
                optional=True,
            ),
            Question(
                key="unit",
                kind=Text(longest=60),
                ask=lambda _view: _(
                    "Which station, or which officer's badge number? For example: Yingpu station, 012345."
                ),
                label=lambda _view: _("station"),
                optional=True,
            ),
        ),
    )


def complete_police(turn: Turn, finished: Finished) -> None:
    """Keep what was told; what was skipped stays as it stood."""
    case = hold(turn, finished.view.params["number"], _DETAILS)
    if case is None:
        return
    answers = finished.answers
    number = answers["number"] or case.police_number
    unit = answers["unit"] or case.police_unit
    if (number, unit) == (case.police_number, case.police_unit):
        say_done(
            turn, case.number, _("Nothing was changed on {number}.").format(number=case.number)
        )
        return
    record(
        turn,
        case,
        "police_noted",
        values={"police_number": number, "police_unit": unit},
        number=number,
        unit=unit,
        old_number=case.police_number,
        old_unit=case.police_unit,
    )
    say_done(
        turn,
        case.number,
        _("✅ Noted for {number}: police {details}.").format(
            number=case.number, details=" · ".join(filter(None, (number, unit)))
        ),
    )


POLICE = Conversation(
    name="police", version=1, roles=REPORTERS, build=build_police, complete=complete_police
)
