"""/report: an incident from a phone in three actions."""

from datetime import datetime
from typing import Any

from bot.command_words import content_of
from bot.forms import Form, Question, View
from bot.i18n import _
from bot.kinds import Choice, Place, Story, options_of
from bot.messages import Button
from bot.read_kinds import Moment
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import words
from handlers.escalation import begin
from handlers.openings import open_incident
from handlers.roles import REPORTERS
from models.category import BY_CODE, CATEGORIES, CHOOSABLE, SEVERITIES, guess_category
from models.incident import NAMINGS

_COMMON = sum(category.common for category in CATEGORIES)
_CALM_GROUPS = frozenset({"medical", "staff", "touts", "other"})
"""Where nobody is in danger from somebody: no word of dialling 110."""


def _place(view: View) -> Any:
    story = view.get("what") or {}
    if story.get("place"):
        return {"point": story["place"]}
    return view.actor.department or _("not given")


def _severity(view: View) -> str:
    return BY_CODE[_category(view)].severity


def _category(view: View) -> str:
    return str(view.get("category") or "other")


CATEGORY = Question(
    key="category",
    kind=Choice(options=options_of(CHOOSABLE, words.category), common=_COMMON),
    ask=lambda _view: _("What happened?"),
    label=lambda _view: _("category"),
    hear=guess_category,
)
STORY = Question(
    key="what",
    kind=Story(),
    ask=lambda _view: _("Say in one sentence what happened. A photo or voice message works too."),
    label=lambda _view: _("account"),
)
DETAILS = (
    Question(
        key="place",
        kind=Place(),
        ask=lambda _view: _("Where was it? For example: ER, room 3. Or send your location."),
        label=lambda _view: _("place"),
        proposed=_place,
    ),
    Question(
        key="time",
        kind=Moment(),
        ask=lambda _view: _('When was it? For example: 21:40, or "last night 11pm".'),
        label=lambda _view: _("time"),
        proposed=lambda view: view.begun_at.isoformat(),
    ),
    Question(
        key="severity",
        kind=Choice(options=options_of(SEVERITIES, words.severity)),
        ask=lambda _view: _("How serious is it?"),
        label=lambda _view: _("severity"),
        proposed=_severity,
    ),
    Question(
        key="naming",
        kind=Choice(options=options_of(NAMINGS, words.naming)),
        ask=lambda _view: _(
            "With your name? Confidential: colleagues do not see who reported. An administrator can open it with "
            "a reason, and you are told. Telegram and the operator of this bot still see your account."
        ),
        label=lambda _view: _("name shown"),
        proposed=lambda _view: NAMINGS[0],
    ),
)


def card(view: View) -> str:
    """The review card: everything that will be filed, a long account by its beginning."""
    story = view.answers["what"]
    severity = view.get("severity") or _severity(view)
    place = DETAILS[0].kind.show(view.get("place") or _place(view), view)
    moment = DETAILS[1].kind.show(view.get("time") or view.begun_at.isoformat(), view)
    lines = [
        _("Please check; if it is right, submit."),
        f"{words.category(_category(view))} · {words.severity(severity)}",
        _("Place: {place}").format(place=place),
        _("Time: {time}").format(time=moment),
    ]
    lines.append(
        _("Reported: {naming}").format(naming=words.naming(view.get("naming", NAMINGS[0])))
    )
    if story["text"]:
        lines.append(words.account(story["text"]))
    if story["files"]:
        lines.append(_("Attached: {n}").format(n=len(story["files"])))
    return "\n".join(lines)


def build_report(_params: dict[str, Any]) -> Form:
    """The form behind /report: category, then what happened."""
    return Form(
        name="report",
        version=1,
        title=lambda _view: _("incident report"),
        questions=(CATEGORY, STORY, *DETAILS),
        card=card,
        submit=lambda _view: _("✅ Submit"),
        catch="what",
    )


def start_report(turn: Turn) -> None:
    """Begin a report, or go on with the open one; what stands behind the command is what happened."""
    turn.talks.begin(turn, "report", told=content_of(turn.incoming))


def complete(turn: Turn, finished: Finished) -> None:
    """Write the incident, what it obliges to and who is told; answer with its number."""
    answers = finished.answers
    story, place = answers["what"], answers["place"]
    occurred = min(datetime.fromisoformat(answers["time"]), turn.now)
    discovered = max(occurred, min(finished.view.begun_at, turn.now))
    point = place["point"] if isinstance(place, dict) else story.get("place") or (None, None)
    case = open_incident(
        turn,
        kind="report",
        confidential=answers["naming"] == "confidential",
        draft_id=finished.draft_id,
        category=answers["category"],
        severity=answers["severity"],
        place=DETAILS[0].kind.show(place, finished.view),
        latitude=point[0],
        longitude=point[1],
        description=story["text"],
        occurred_at=occurred,
        discovered=discovered,
    )
    turn.keep_files(story["files"], subject="incident", subject_id=case.incident_id)
    _confirm(turn, case.number, answers["category"], words.people(begin(turn, case)))


def _confirm(turn: Turn, number: str, category: str, told: str) -> None:
    lines = [_("Filed as {number}.").format(number=number)]
    if told:
        lines.append(_("Notified: {people}.").format(people=told))
    else:
        lines.append(_("Nobody here could be notified yet: please phone your duty desk."))
    if BY_CODE[category].group not in _CALM_GROUPS:
        lines.append(_("☎️ In danger? Dial 110 or press the wall alarm first."))
    buttons = [
        [Button(_("Add details"), f"add:{number}"), Button(_("Correct it"), f"correct:{number}")],
        [Button(_("My reports"), "mine:0")],
    ]
    turn.say("\n".join(lines), buttons)


REPORT = Conversation(
    name="report", version=1, roles=REPORTERS, build=build_report, complete=complete
)
