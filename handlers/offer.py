"""A plain message: what it probably is, offered; one press says it, the card stands filled in, 提交 files it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from bot.forms import Form, Question, Refused, Rows, StaleOption, Unreadable, View
from bot.i18n import _, n_
from bot.incoming import Incoming, says_something
from bot.kinds import in_rows
from bot.naming import names_button
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import report, words
from handlers.offered import PARTS, chosen, facts, kinds_for, name_of
from handlers.parts import Part
from handlers.roles import REPORTERS
from models.guess import guess
from models.hints import THREAT, Kind
from models.people import actor_by_id

_STORIES = ("text", "files", "location")
_A_PAGE = 10
_SHOWN = 60


def offer(turn: Turn) -> None:
    """Ask what this message is; a former offer that still waits takes it in as well: nothing said is lost."""
    if turn.incoming.kind not in _STORIES:
        turn.send(
            _("I cannot use this kind of message. Text, photos, voice, video and files work.")
        )
    elif turn.incoming.kind == "text" and not says_something(turn.incoming.text):
        turn.send(
            _("There are no words in this message. Say it in a sentence, or send a photo or voice.")
        )
    elif turn.incoming.kind == "text" and names_button(turn.incoming.text):
        turn.send(_("Nothing is open, so nothing was discarded."))
    elif turn.actor.role not in REPORTERS:
        turn.send(_("I did not understand this. /help lists what you can do."))
    else:
        turn.talks.begin(turn, "note", params={"member": turn.actor.id}, read=True)


class _Kinds:
    """What it is: the likeliest kinds first, all that the role may file behind 其他."""

    def rows(self, view: View, key: str, page: int) -> Rows:
        """The likeliest; on further pages every kind."""
        likely, everything = _likely(view), kinds_for(view.actor.role)
        if page == 0:
            more = _("Something else…") if likely else _("Yes, file it")
            return in_rows([*map(_cell, likely), (more, "+1")], 2)
        part = everything[(page - 1) * _A_PAGE : page * _A_PAGE]
        last = page * _A_PAGE >= len(everything)
        turn_over = (_("To the first"), "+0") if last else (_("More…"), f"+{page + 1}")
        return in_rows([*map(_cell, part), turn_over], 2)

    def press(self, option: str, view: View, key: str) -> str:
        """The kind pressed, if the role may file it."""
        if option not in map(_code, kinds_for(view.actor.role)):
            raise StaleOption(option)
        return option

    def read(self, incoming: Incoming, view: View, key: str) -> str:
        """A typed name counts as its button; whatever else is written belongs to the account."""
        typed = incoming.text.strip().lower()
        for kind in kinds_for(view.actor.role):
            if typed == name_of(kind).lower():
                return _code(kind)
        raise Unreadable

    def show(self, value: Any, view: View) -> str:
        """The name of the kind."""
        family, _colon, code = value.partition(":")
        return name_of((family, code))


def _code(kind: Kind) -> str:
    return ":".join(kind)


def _cell(kind: Kind) -> tuple[str, str]:
    return name_of(kind), _code(kind)


def _likely(view: View) -> list[Kind]:
    said = (view.get("what") or {}).get("text", "")
    return guess(said, kinds_for(view.actor.role))


def _ask(view: View) -> str:
    """Whether and as what to file it, and what there is so far."""
    story = view.answers["what"]
    lines = [_("File this? Press what fits best:") if _likely(view) else _("File this?")]
    if story["text"]:
        lines.append(words.account(story["text"]))
    if story["files"]:
        lines.append(_("Attached: {n}").format(n=len(story["files"])))
    return "\n".join(lines)


SORT = Question(
    key="sort",
    kind=_Kinds(),
    ask=_ask,
    label=lambda _view: _("what it is"),
    leave=lambda _view: _("Do not file"),
)


def _part(view: View) -> Part:
    return next(part for part in PARTS if part.chosen(view))


def _title(view: View) -> str:
    if chosen(view) is None:
        return _("what you wrote")
    part = _part(view)
    return part.form.title(part.view(view))


def _summary(view: View) -> str:
    """The account in brief; of a threat only how much there is: chats are read over shoulders."""
    if chosen(view) == THREAT:
        return n_("{n} answer", "{n} answers", len(view.answers)).format(n=len(view.answers))
    story = view.get("what") or {}
    return words.brief(story.get("text", ""), _SHOWN)


def _questions() -> Iterator[Question]:
    yield from (report.STORY, SORT)
    for part in PARTS:
        yield from part.questions()


def build_note(_params: dict[str, Any]) -> Form:
    """The account, what it is, and the questions of that; what the words tell stands on the card."""
    return Form(
        name="note",
        version=2,
        title=_title,
        questions=tuple(_questions()),
        card=lambda view: _part(view).card(view),
        submit=lambda _view: _("✅ Submit"),
        catch="what",
        summary=_summary,
    )


def _context(conn: Connection, params: dict[str, Any]) -> dict[str, Any]:
    me = actor_by_id(conn, params["member"])
    return facts(conn, me) if me else {"facts": {}, "post": None}


def complete(turn: Turn, finished: Finished) -> None:
    """File it as what it was said to be, if the role still may."""
    if chosen(finished.view) not in kinds_for(turn.actor.role):
        raise Refused(_("Your role does not file this. Please choose something else."))
    _part(finished.view).finish(turn, finished)


NOTE = Conversation(
    name="note",
    version=2,
    roles=REPORTERS,
    build=build_note,
    complete=complete,
    # It may turn out to be a threat, which is sealed from its first word.
    sealed=True,
    context=_context,
)
