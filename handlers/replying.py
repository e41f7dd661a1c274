"""What the reporter says to a question: by its button or by a reply, at any time, joined to the record."""

from collections.abc import Mapping
from typing import Any

from bot.forms import Form, Question, Refused, View
from bot.i18n import _, use_locale
from bot.incoming import row_of
from bot.kinds import Story
from bot.messages import Button, Outgoing, Priority
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import casewords, words
from handlers.adding import join, told
from handlers.asking import who_asks
from handlers.casework import record
from handlers.faces import unnamed
from handlers.hearing import hearers
from handlers.roles import DUTY, EVERYBODY, REPORTERS
from handlers.sos import pass_file
from handlers.tidings import on_duty
from models.card import was_called
from models.case import SETTLED, case_by_id
from models.draft import active_draft
from models.inquiry import list_inquiries, own_inquiry, replied_inquiry
from models.masking import mask
from models.people import Actor, reachable_actor

_STORY = Story()
_KINDS = ("text", "files", "location")
_IN_LOG, _OF_QUESTION = 200, 40


def press_answer(turn: Turn) -> None:
    """Begin the answer to a question: ``answer:ID``."""
    inquiry = own_inquiry(turn.conn, turn.actor.id, row_of(turn.incoming.data.partition(":")[2]))
    if inquiry is None:
        turn.toast(_("There is no such question to you."))
        return
    params = {
        "inquiry": inquiry.id,
        "number": inquiry.number,
        "words": inquiry.words,
        "role": inquiry.asker_role,
    }
    turn.talks.begin(turn, "answer", params=params, answers={})


def build_answer(params: dict[str, Any]) -> Form:
    """One question: the one that was asked."""
    what = Question(
        key="what",
        kind=_STORY,
        ask=lambda _view: _(
            "{who} asks: {words}\n"
            "Please answer now, about {number}. Text, photo, voice, a file or your location."
        ).format(
            who=who_asks(params["role"]), words=mask(params["words"]), number=params["number"]
        ),
        label=lambda _view: _("answer"),
    )
    return Form(
        name="answer",
        version=1,
        title=lambda _view: _("answer about {number}").format(number=params["number"]),
        questions=(what,),
    )


def complete_answer(turn: Turn, finished: Finished) -> None:
    """Join the answer to the record."""
    inquiry = own_inquiry(turn.conn, turn.actor.id, finished.view.params["inquiry"])
    if inquiry is None:
        turn.say(_("There is no such question to you."))
        return
    _answer(turn, inquiry, finished.answers["what"], draft_id=finished.draft_id)


def take_reply(turn: Turn) -> bool:
    """Take a reply to the message that asks as the answer; False for anything else."""
    message_id = turn.incoming.reply_to_message_id
    if message_id is None or turn.incoming.kind not in _KINDS:
        return False
    inquiry = replied_inquiry(
        turn.conn, turn.actor.id, chat_id=turn.incoming.chat_id, message_id=message_id
    )
    if inquiry is None or _is_asked(turn, inquiry.id):
        return False
    view = View(
        params={},
        answers={},
        held={},
        begun_at=turn.now,
        now=turn.now,
        zone=turn.actor.hospital.zone,
    )
    try:
        story = _STORY.read(turn.incoming, view, "what")
    except Refused as refusal:
        turn.send(str(refusal))
    else:
        _answer(turn, inquiry, story)
    return True


def _is_asked(turn: Turn, inquiry_id: int) -> bool:
    """Whether the open form asks just this: then it takes the reply like any message."""
    row = active_draft(turn.conn, turn.actor.id)
    return row is not None and row.form == "answer" and row.params["inquiry"] == inquiry_id


def _answer(turn: Turn, inquiry: Any, story: Mapping[str, Any], **of: Any) -> None:
    case = case_by_id(turn.conn, inquiry.incident_id)
    join(turn, case.incident_id, story, inquiry_id=inquiry.id, **of)
    record(
        turn,
        case,
        "answered",
        said=words.brief(told(story), _IN_LOG),
        inquiry=inquiry.id,
        question=words.brief(inquiry.words, _OF_QUESTION),
        files=len(story["files"]),
    )
    readers = _readers(turn, inquiry, case)
    for reader in readers:
        _pass_on(turn, inquiry, case, story, reader)
    _thank(turn, inquiry, case, words.people(readers))


def _readers(turn: Turn, inquiry: Any, case: Any) -> list[Actor]:
    """Whoever asked, while the case is still theirs to read; else the safety office."""
    asker = reachable_actor(turn.conn, inquiry.asker_id)
    if asker is None or asker.role not in REPORTERS:
        return hearers(turn.conn, case, on_duty(turn))
    on_it = asker.role in DUTY or was_called(turn.conn, case.incident_id, asker.id)
    return hearers(turn.conn, case, [asker] if on_it else on_duty(turn))


def _pass_on(turn: Turn, inquiry: Any, case: Any, story: Mapping[str, Any], reader: Actor) -> None:
    """The answer with its question, then what came along: never who it was."""
    said = mask(unnamed(case, told(story)))
    with use_locale(reader.locale):
        lines = [
            _("{number}: the reporter answered.").format(number=case.number),
            _("Question: {words}").format(words=mask(inquiry.words)),
        ]
        if said:
            lines.append(_("Answer: {words}").format(words=said))
        if story["files"]:
            lines.append(_("Attached: {n}").format(n=len(story["files"])))
        if case.state in SETTLED:
            state = casewords.state(case.state)
            lines.append(_("The case is {state} meanwhile.").format(state=state))
        buttons = [[Button(_("Case"), f"case:{case.number}")]]
    turn.tell(reader, "\n".join(lines), buttons, priority=Priority.REPLY)
    turn.out += [pass_file(reader, file) for file in story["files"]]
    if story.get("place"):
        latitude, longitude = story["place"]
        payload = {"chat_id": reader.telegram_id, "latitude": latitude, "longitude": longitude}
        turn.out.append(
            Outgoing(chat_id=reader.telegram_id, method="sendLocation", payload=payload)
        )


def _thank(turn: Turn, inquiry: Any, case: Any, people: str) -> None:
    lines = [_("Your answer is with {number}.").format(number=case.number)]
    if people:
        lines.append(_("Notified: {people}.").format(people=people))
    if case.state in SETTLED:
        state = casewords.state(case.state)
        lines.append(
            _("The case is {state} meanwhile; the answer still counts.").format(state=state)
        )
    more = Button(_("Say more"), f"answer:{inquiry.id}")
    asked = list_inquiries(turn.conn, case.incident_id)
    waiting = [row for row in asked if not row.answered]
    if waiting:
        first = words.brief(mask(waiting[0].words), _IN_LOG)
        lines.append(_("Still asked: {words}").format(words=first))
        more = Button(_("Answer it"), f"answer:{waiting[0].id}")
    turn.send("\n".join(lines), [[more, Button(_("Case"), f"case:{case.number}")]])


ANSWER = Conversation(
    name="answer", version=1, roles=EVERYBODY, build=build_answer, complete=complete_answer
)
