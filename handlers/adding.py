"""What joins a record after it was filed: details by whoever reported, kept beside the report."""

from collections.abc import Mapping
from typing import Any

from bot.forms import Form, Question
from bot.i18n import _
from bot.kinds import Story
from bot.messages import Button, Priority
from bot.registry import Conversation, Finished
from bot.turn import Turn, tell_each
from handlers import words
from handlers.casework import refresh
from handlers.faces import unnamed
from handlers.hearing import hearers
from handlers.roles import REPORTERS
from handlers.tidings import on_duty
from models import audit
from models.incident import incident_by_number, insert_addition
from models.masking import mask


def join(turn: Turn, incident_id: int, story: Mapping[str, Any], **of: Any) -> int:
    """Keep words, place and files beside a record; the addition's id. ``of``: the draft, the question it answers."""
    addition_id = insert_addition(
        turn.conn,
        incident_id=incident_id,
        member_id=turn.actor.id,
        words=told(story),
        created_at=turn.now,
        **of,
    )
    turn.keep_files(story["files"], subject="addition", subject_id=addition_id)
    return addition_id


def told(story: Mapping[str, Any]) -> str:
    """The words of a story, and the place where one was sent: what is added has no map of its own."""
    lines = [story["text"]]
    if story.get("place"):
        latitude, longitude = story["place"]
        lines.append(_("Place sent: {place}").format(place=f"{latitude:.5f}, {longitude:.5f}"))
    return "\n".join(filter(None, lines))


# -- adding details ------------------------------------------------------------------------------


def build_addition(_params: dict[str, Any]) -> Form:
    """One question: what there is to add."""
    question = Question(
        key="what",
        kind=Story(),
        ask=lambda view: _("What do you want to add to {number}? Text, photo or voice.").format(
            number=view.params["number"]
        ),
        label=lambda _view: _("addition"),
    )
    return Form(
        name="addition",
        version=1,
        title=lambda view: _("addition to {number}").format(number=view.params["number"]),
        questions=(question,),
    )


def press_add(turn: Turn) -> None:
    """Begin adding to one's own report."""
    number = turn.incoming.data.partition(":")[2]
    row = incident_by_number(turn.conn, turn.actor.hospital.id, number)
    if row is None or row.reporter_id != turn.actor.id:
        turn.toast(_("There is no such record of yours."))
        return
    turn.talks.begin(turn, "addition", params={"number": number}, answers={})


def complete_addition(turn: Turn, finished: Finished) -> None:
    """Keep what was added beside the report and tell those on duty."""
    number = finished.view.params["number"]
    row: Any = incident_by_number(turn.conn, turn.actor.hospital.id, number)
    people = add(turn, row, finished.answers["what"], draft_id=finished.draft_id)
    text = _("Added to {number}.").format(number=number)
    turn.send(f"{text}\n" + _("Notified: {people}.").format(people=people) if people else text)


def add(turn: Turn, row: Any, story: Mapping[str, Any], *, draft_id: int) -> str:
    """Keep what the reporter adds and tell those on duty; who was told, in words."""
    join(turn, row.id, story, draft_id=draft_id)
    audit.note(
        turn.conn,
        at=turn.now,
        action="incident.added_to",
        subject=row.number,
        hospital_id=turn.actor.hospital.id,
        # A confidential reporter's account stands in the record itself and nowhere else.
        member_id=None if row.confidential else turn.actor.id,
    )
    case = refresh(turn, row.id)
    said = unnamed(case, told(story))

    def card(_reader: Any) -> tuple[str, list[list[Button]]]:
        lines = [_("📝 More on {number}").format(number=row.number)]
        if said:
            lines.append(words.brief(mask(said), 200))
        if story["files"]:
            lines.append(_("Attached: {n}").format(n=len(story["files"])))
        return "\n".join(lines), [[Button(_("Full text"), f"show:{row.number}")]]

    readers = hearers(turn.conn, case, on_duty(turn))
    tell_each(turn, readers, card, priority=Priority.NOTICE)
    return words.people(readers)


ADDITION = Conversation(
    name="addition", version=1, roles=REPORTERS, build=build_addition, complete=complete_addition
)
