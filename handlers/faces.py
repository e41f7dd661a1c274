"""What the card of a case shows: to colleagues, to whoever raised the alarm, to the operations room."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.dates import say_moment
from bot.i18n import _
from bot.messages import Button, Buttons
from handlers import casewords, words
from handlers.papers import filing_line
from models.card import REPORTER, ROOM, reached_nobody
from models.case import SETTLED, WAITING
from models.category import ALARM, BY_CODE
from models.chain import steps_of
from models.hearing import CONDUCT, without_name
from models.house_rule import POLICE, read_rule
from models.incident import last_additions
from models.masking import mask
from models.obligation import paper_of
from models.people import HospitalFacts
from models.response import list_responses

_SAID, _SAYINGS = 200, 2
_OVER = ("controlled", "investigated", *SETTLED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Face:
    """Everything a card shows, read once for all its copies."""

    case: Any
    hospital: HospitalFacts
    now: datetime
    responses: list[Any]
    said: list[str]
    paper: Any
    police: str | None
    nobody_on_duty: bool

    @property
    def alarm(self) -> bool:
        """Whether it is an alarm's card."""
        return bool(self.case.kind == "alarm")

    def clock(self, moment: datetime) -> str:
        """A moment in words; of an alarm's day only the hour: every word counts."""
        zone = self.hospital.zone
        local = moment.astimezone(zone)
        if self.alarm and local.date() == self.now.astimezone(zone).date():
            return f"{local:%H:%M}"
        return say_moment(moment, zone=zone, now=self.now)


def read_face(conn: Connection, case: Any, hospital: HospitalFacts, *, now: datetime) -> Face:
    """What the card of this case shows now."""
    steps = steps_of(case.chain)[: case.step]
    shown = any(step.police for step in steps) and case.state not in SETTLED
    return Face(
        case=case,
        hospital=hospital,
        now=now,
        responses=list_responses(conn, case.incident_id),
        said=[
            unnamed(case, said)
            for said in _newest(case.description, last_additions(conn, case.incident_id, _SAYINGS))
        ],
        paper=paper_of(conn, case.hospital_id, case.number),
        police=(read_rule(conn, case.hospital_id, POLICE) or "") if shown else None,
        nobody_on_duty=case.state in WAITING and reached_nobody(conn, case, level=0),
    )


def _newest(description: str, additions: list[str]) -> list[str]:
    return [said for said in (description, *additions) if said][-_SAYINGS:]


# -- texts ---------------------------------------------------------------------------------------


def who_reported(case: Any) -> str:
    """Who reported: display name, role and department; of a confidential record only that it is one."""
    if case.confidential:
        return _("a confidential reporter")
    place = f" · {case.department}" if case.department else ""
    return f"{case.reporter} · {words.role(case.reporter_role)}{place}"


def unnamed(case: Any, said: str) -> str:
    """The words, of a confidential record without its reporter's name: it slips into one's own account."""
    if not case.confidential:
        return said
    return without_name(case.reporter, said, _("(the reporter)"))


def _standing(face: Face) -> list[str]:
    case = face.case
    if case.state == "false_alarm":
        return [_("False alarm, all clear. Nobody needs to come.")]
    if case.state == "merged":
        return [_("It goes on under {number}.").format(number=case.merged_number)]
    if case.state in _OVER or (case.state not in WAITING and not face.responses):
        return [_("Now: {state}").format(state=casewords.state(case.state))]
    if case.state in WAITING:
        first = _("Nobody has answered yet") if face.alarm else _("Nobody has taken it yet")
        called = [code for step in steps_of(case.chain)[1 : case.step] for code in step.notify]
        if called and face.alarm:
            more = (
                _("Nobody is on duty; called at once: {who}")
                if face.nobody_on_duty
                else _("Nobody has answered yet; called as well: {who}")
            )
            first = more.format(who=casewords.audience(dict.fromkeys(called)))
        return [first]
    return casewords.comers(face.responses, case.lead_id, face.clock)


def _first_line(face: Face) -> str:
    case = face.case
    place = case.department or case.place
    if face.alarm:
        if case.state == "false_alarm":
            return _("✅ {place}: false alarm").format(place=place)
        if case.state in _OVER:
            return _("✅ {place}: alarm of {clock} is over").format(
                place=place, clock=face.clock(case.reported_at)
            )
        return _("🆘 {place} needs help! {clock}").format(
            place=place, clock=face.clock(case.reported_at)
        )
    kind = f"{words.category(case.category)} · {words.severity(case.severity)}"
    if face.paper is not None and not face.paper.submitted_at and not face.paper.waived_at:
        return _("📝 New incident, to be filed with the district: {kind}").format(kind=kind)
    return _("📝 New incident: {kind}").format(kind=kind)


def card_text(face: Face) -> str:
    """The card as colleagues read it."""
    case = face.case
    lines = [_first_line(face)]
    if face.alarm:
        where = [] if case.place == case.department else [mask(unnamed(case, case.place))]
        lines.append(" · ".join([who_reported(case), *where]))
        lines.append(case.number)
    else:
        lines += [
            f"{case.number} · {mask(unnamed(case, case.place))}",
            _("Time: {time}").format(time=face.clock(case.occurred_at)),
        ]
    lines += [words.brief(mask(said), _SAID // len(face.said)) for said in face.said]
    if not face.alarm:
        lines.append(_("Reported by: {who}").format(who=who_reported(case)))
        lines += filing_line(face.paper, zone=face.hospital.zone, now=face.now)
    lines += _standing(face)
    if case.called_police_at and case.state not in SETTLED:
        clock = face.clock(case.called_police_at)
        lines.append(_("☎️ Police called {clock}").format(clock=clock))
    elif face.police is not None:
        lines.append(
            _("☎️ Police: {contact}").format(contact=face.police)
            if face.police
            else _("☎️ Call the police: 110")
        )
    return "\n".join(lines)


def card_buttons(face: Face) -> Buttons:
    """What a colleague can do from the card."""
    number, state = face.case.number, face.case.state
    case = Button(_("Case"), f"case:{number}")
    if not face.alarm:
        return _report_buttons(face, case)
    if state == "false_alarm":
        return [[Button(_("Not a false alarm"), f"act:again:{number}"), case]]
    if state in _OVER:
        return [[case]]
    rows = [
        [
            Button(_("I'm coming"), f"act:coming:{number}"),
            Button(_("I'm there"), f"act:here:{number}"),
        ],
        [
            Button(_("Under control"), f"act:calm:{number}"),
            Button(_("False alarm"), f"act:false:{number}"),
        ],
    ]
    called = (
        [] if face.case.called_police_at else [Button(_("☎️ 110 called"), f"act:police:{number}")]
    )
    return [*rows, [*called, case]]


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


def own_text(face: Face) -> str:
    """The card as the one who raised the alarm reads it."""
    case = face.case
    if case.state == "false_alarm":
        first = _("False alarm, called off: {number}.")
        return first.format(number=case.number)
    if case.state in _OVER:
        first = _("✅ {number}: {state}.")
        return first.format(number=case.number, state=casewords.state(case.state))
    lines = [
        _("🆘 Help is called: {number}").format(number=case.number),
        _("☎️ In danger? Dial 110 or press the wall alarm first."),
        *_standing(face),
        _("Anything you send me now reaches those who come: location, text, photo, voice."),
    ]
    return "\n".join(lines)


def own_buttons(face: Face) -> Buttons:
    """What the one who raised the alarm can do."""
    number, state = face.case.number, face.case.state
    case = Button(_("Case"), f"case:{number}")
    if state == "false_alarm":
        return [[Button(_("Not a false alarm"), f"act:again:{number}")]]
    if state in _OVER:
        return [[Button(_("Add details"), f"add:{number}"), case]]
    return [[case, Button(_("False alarm"), f"act:false:{number}")]]


def room_text(face: Face) -> str:
    """The card as the operations room reads it: numbers and categories only."""
    case = face.case
    kind = f"{words.category(case.category)} · {words.severity(case.severity)}"
    if case.category == ALARM:
        kind = _("🆘 Alarm")
    elif BY_CODE[case.category].group == CONDUCT:
        # It was something else when it came here.
        kind = _("For the safety office only")
    lines = [f"{kind} · {case.number}", casewords.state(case.state)]
    if face.responses:
        lines.append(casewords.count_comers(face.responses))
    return "\n".join(lines)


def room_buttons(face: Face) -> Buttons:
    """What members can do from the operations room."""
    if not face.alarm or face.case.state in _OVER:
        return []
    return list(card_buttons(face))[:2]


def draw(face: Face, level: int) -> tuple[str, Buttons]:
    """Text and buttons of a copy at this level, in the current language."""
    if level == REPORTER:
        return own_text(face), own_buttons(face)
    if level == ROOM:
        return room_text(face), room_buttons(face)
    return card_text(face), card_buttons(face)
