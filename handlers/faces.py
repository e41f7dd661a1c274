"""What the card of a case shows: to colleagues, to whoever raised the alarm, to the operations room."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.dates import say_moment
from bot.i18n import _, n_
from handlers import casewords, words
from handlers.papers import filing_line
from models.card import Call, list_calls
from models.case import SETTLED, WAITING
from models.category import ALARM, BY_CODE
from models.chain import steps_of
from models.hearing import CONDUCT, without_name
from models.house_rule import POLICE, read_rule
from models.incident import last_additions
from models.masking import mask
from models.obligation import paper_of
from models.people import HospitalFacts
from models.response import list_responses, still_coming

_SAID, _SAYINGS, _OWN = 200, 2, 40
OVER = ("controlled", "investigated", *SETTLED)


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
    coming: set[int]
    """Who of those who answered can still be counted on."""
    calls: list[Call]
    """Whom the newest call for help called so far."""

    @property
    def alarm(self) -> bool:
        """Whether it is an alarm's card."""
        return bool(self.case.kind == "alarm")

    @property
    def reached(self) -> list[Call]:
        """Whose phones the newest call made sound: each person once."""
        return self._called("sent")

    @property
    def calling(self) -> list[Call]:
        """Whose messages are still on their way, who was not reached before."""
        there = {call.member_id for call in self.reached}
        return [call for call in self._called("queued") if call.member_id not in there]

    def _called(self, state: str) -> list[Call]:
        return list({c.member_id: c for c in self.calls if c.state == state}.values())

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
    responses = list_responses(conn, case.incident_id)
    return Face(
        case=case,
        hospital=hospital,
        now=now,
        responses=responses,
        coming=still_coming(conn, case.incident_id) if responses else set(),
        said=[
            unnamed(case, said)
            for said in _newest(case.description, last_additions(conn, case.incident_id, _SAYINGS))
        ],
        paper=paper_of(conn, case.hospital_id, case.number),
        police=(read_rule(conn, case.hospital_id, POLICE) or "") if shown else None,
        calls=list_calls(conn, case) if case.kind == "alarm" else [],
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
    if case.state in OVER or (case.state not in WAITING and not face.responses):
        return [_("Now: {state}").format(state=casewords.state(case.state))]
    if case.state not in WAITING or face.responses:
        return casewords.comers(face.responses, case.lead_id, face.clock, alarm=face.alarm)
    if not face.alarm:
        return [_("Nobody has taken it yet")]
    return [_waiting(face)]


def _waiting(face: Face) -> str:
    """That nobody has answered, at which call, and who has been reached: only who was, and so many."""
    number = len({call.level for call in face.calls})
    if number < 2:
        return _("Nobody has answered yet")
    reached = face.reached
    if not reached:
        return _("Nobody has answered yet; this is call no. {n}").format(n=number)
    return _("Nobody has answered yet; this is call no. {n}. Reached so far: {who}").format(
        n=number, who=words.people(reached)
    )


def _first_line(face: Face) -> str:
    case = face.case
    place = case.department or case.place
    if face.alarm:
        if case.state == "false_alarm":
            return _("✅ {place}: false alarm").format(place=place)
        if case.state in OVER:
            return _("✅ {place}: alarm of {clock} is over").format(
                place=place, clock=face.clock(case.reported_at)
            )
        first = _("🆘 {place} calls for help again! {clock}")
        if case.rung_at is None:
            first = _("🆘 {place} needs help! {clock}")
        return first.format(place=place, clock=face.clock(case.rung_at or case.reported_at))
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


def back_line() -> str:
    """How to take a false alarm back, for whoever has the button."""
    return _("Pressed by mistake? Take it back below: everything is as it was.")


def own_text(face: Face) -> str:
    """The card as the one who raised the alarm reads it: first whom it reaches, in truth."""
    case = face.case
    if case.state == "false_alarm":
        first = _("False alarm, called off: {number}.").format(number=case.number)
        return f"{first}\n{back_line()}"
    if case.state in OVER:
        over = _("✅ {number}: {state}.").format(
            number=case.number, state=casewords.state(case.state)
        )
        return f"{over}\n" + _("Again in danger? Press 🆘: everybody is called anew.")
    if _reaches_nobody(face):
        return "\n".join(
            [
                _(
                    "⚠️ Nobody could be reached! Dial 110 now, press the wall alarm or shout for help."
                ),
                _("{number} is written down. Press 🆘 again: I call everybody once more.").format(
                    number=case.number
                ),
            ]
        )
    lines = [
        _whom_it_reaches(face),
        *_own_words(face),
        _("☎️ In danger? Dial 110 or press the wall alarm first."),
        *_standing(face),
        _("Anything you send me now reaches those who come: location, text, photo, voice."),
    ]
    return "\n".join(lines)


def _own_words(face: Face) -> list[str]:
    """That what was written went along, where an alarm began with words: also where the clock raised it."""
    said = face.case.description
    return [_("With your words: {words}").format(words=words.brief(said, _OWN))] if said else []


def _reaches_nobody(face: Face) -> bool:
    """Whether it is known that the newest press made nobody's phone sound, and nobody has answered it."""
    since = face.case.rung_at or face.case.reported_at
    answered = any(row.coming_at > since and row.member_id in face.coming for row in face.responses)
    return not (face.reached or face.calling or answered)


def _whom_it_reaches(face: Face) -> str:
    """What the newest press of the alarm has come to so far: who is being called, and who was reached."""
    number, more = face.case.number, len(face.calling)
    who = words.people(face.reached)
    if who and more:
        text = _("🆘 Reached: {who}; calling {n} more. {number}")
        return text.format(who=who, n=more, number=number)
    if who:
        return _("🆘 Reached: {who}. {number}").format(who=who, number=number)
    if more:
        text = n_("🆘 Calling {n} person. {number}", "🆘 Calling {n} people. {number}", more)
        return text.format(n=more, number=number)
    return _("🆘 Somebody has answered. {number}").format(number=number)


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


def draw_superseded(face: Face) -> str:
    """What is left of a copy when a newer one came into the same chat."""
    return _("🆘 {number}: called again, see below.").format(number=face.case.number)
