"""Reports after the first one: 续报 and 结报, from a text made of the record, kept with receipt and date."""

from datetime import datetime
from typing import Any

from bot.dates import say_day, say_moment
from bot.forms import Form, Question, Refused, View
from bot.i18n import _, current_locale
from bot.kinds import Text
from bot.messages import Button
from bot.read_kinds import Moment
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import case_terms, casewords, words
from handlers.case_actions import Dossier
from handlers.case_rights import hold, open_dossier, pressed, say_done, say_outdated
from handlers.casework import record
from handlers.roles import DUTY
from models.filing import receipt_of
from models.people import HospitalFacts
from models.preset import in_language, shipped_preset

_LONGEST = 2000
_STEPS = {"progress": "progress_report", "final": "final_report"}


def press_upward(turn: Turn) -> None:
    """Show the ready text and ask for the receipt: ``upward:progress:NUMBER``, ``upward:final:NUMBER``."""
    which, number = pressed(turn)
    if which not in _STEPS:
        say_outdated(turn)
        return
    case = hold(turn, number, which)
    if case is None:
        return
    dossier = open_dossier(turn, case)
    if not dossier.owes_reports:
        turn.toast(_("{number} is not filed with the authority.").format(number=number))
    elif not dossier.paper.submitted_at:
        turn.say(
            _("The first report of {number} comes first; it is still to be filed.").format(
                number=number
            ),
            [[Button(_("File it"), f"file:{dossier.paper.id}")]],
        )
    else:
        receipt = receipt_of(turn.conn, dossier.paper.id)
        text = ready_text(which, dossier, turn.actor.hospital, receipt)
        turn.say(text)
        params = {"number": number, "which": which, "text": text}
        intro = _("Please check the text above and copy it: nothing has left yet.")
        turn.talks.begin(turn, "upward", params=params, answers={}, intro=intro)


# -- the text ------------------------------------------------------------------------------------


def ready_text(which: str, dossier: Dossier, hospital: HospitalFacts, receipt: str) -> str:
    """The report in the official register: numbers, categories, times and degrees of harm; no names."""
    case, paper = dossier.case, dossier.paper
    recipient = in_language(shipped_preset().template(paper.code).recipient, current_locale())
    title = (
        _("Follow-up report on {number}") if which == "progress" else _("Final report on {number}")
    )
    lines = [
        title.format(number=case.number),
        _("To: {recipient}").format(recipient=recipient),
        _("On {time} {hospital} learnt of an incident: {category}, severity {severity}.").format(
            time=_full(case.discovered_at, hospital),
            hospital=hospital.name,
            category=words.category(case.category),
            severity=words.severity(case.severity),
        ),
        _("First report: number {receipt}, {time}.").format(
            receipt=receipt or "-", time=_full(paper.submitted_at, hospital)
        ),
        *_course(dossier.case, hospital),
        _("Injured: {people}.").format(
            people=case_terms.casualties(dossier.injuries) or _("none known")
        ),
        _ending(which, case),
        hospital.name,
        say_day(dossier.now.astimezone(hospital.zone).date(), this_year=0),
    ]
    return "\n".join(lines)


def _full(moment: datetime, hospital: HospitalFacts) -> str:
    """A document gives its times in full."""
    local = moment.astimezone(hospital.zone)
    return _("{day} {clock}").format(day=say_day(local.date(), this_year=0), clock=f"{local:%H:%M}")


def _course(case: Any, hospital: HospitalFacts) -> list[str]:
    columns = {
        "police": "called_police_at",
        "arrived": "arrived_at",
        "controlled": "controlled_at",
        "scene": "scene_kept_at",
    }
    stamps = [
        f"{case_terms.stamp(code)} {_full(getattr(case, column), hospital)}"
        for code, column in columns.items()
        if getattr(case, column)
    ]
    lines = [_("Course: {stamps}.").format(stamps=_("; ").join(stamps))] if stamps else []
    if case.police_number:
        lines.append(_("Police record: {number}.").format(number=case.police_number))
    return lines


def _ending(which: str, case: Any) -> str:
    if which == "progress":
        return _("State: {state}. Further developments will be reported.").format(
            state=casewords.state(case.state)
        )
    if case.outcome:
        return _("Outcome: {outcome}. This concludes the report.").format(
            outcome=case_terms.outcome(case.outcome)
        )
    return _("State: {state}. This concludes the report.").format(state=casewords.state(case.state))


# -- that it was filed -----------------------------------------------------------------------------


def build_upward(params: dict[str, Any]) -> Form:
    """The receipt's number and the date; the text as it was filed can be changed on the card."""
    receipt = Question(
        key="receipt",
        kind=Text(longest=60),
        ask=lambda _view: _("Filed it? Then what is its number? For example: 2026-031."),
        label=lambda _view: _("number"),
    )
    when = Question(
        key="when",
        kind=Moment(minutes_ago=(0,)),
        ask=lambda _view: _("When was it filed? Press Now, or type for example: Jul 9 16:30."),
        label=lambda _view: _("date"),
    )
    text = Question(
        key="text",
        kind=Text(longest=_LONGEST),
        ask=lambda _view: _("Send the text as you filed it."),
        label=lambda _view: _("text"),
        proposed=lambda _view: params["text"],
    )

    def card(view: View) -> str:
        lines = [
            _("Please check; if it is right, submit."),
            _("{number}: {report}, number {receipt}, {time}").format(
                number=params["number"],
                report=case_terms.report(params["which"]),
                receipt=view.answers["receipt"],
                time=when.kind.show(view.answers["when"], view),
            ),
            words.account(view.get("text") or params["text"]),
        ]
        return "\n".join(lines)

    return Form(
        name="upward",
        version=1,
        title=lambda _view: _("report on {number}").format(number=params["number"]),
        questions=(receipt, when, text),
        card=card,
        submit=lambda _view: _("✅ Submit"),
    )


def complete_upward(turn: Turn, finished: Finished) -> None:
    """Keep what was filed, when and against which receipt."""
    params, answers = finished.view.params, finished.answers
    case = hold(turn, params["number"], params["which"])
    if case is None:
        return
    filed = min(datetime.fromisoformat(answers["when"]), turn.now)
    if filed < case.discovered_at.replace(second=0, microsecond=0):
        raise Refused(_("That is before the incident was discovered. Please correct the date."))
    record(
        turn,
        case,
        _STEPS[params["which"]],
        said=answers["text"],
        receipt=answers["receipt"],
        filed_at=filed.isoformat(),
    )
    say_done(
        turn,
        case.number,
        _("✅ Kept for {number}: {report}, number {receipt}, {time}.").format(
            number=case.number,
            report=case_terms.report(params["which"]),
            receipt=answers["receipt"],
            time=say_moment(filed, zone=turn.actor.hospital.zone, now=turn.now),
        ),
    )


UPWARD = Conversation(
    name="upward", version=1, roles=DUTY, build=build_upward, complete=complete_upward
)
