"""A message that is no command: a home button, an answer, or something that happened."""

from bot.i18n import _
from bot.incoming import says_something
from bot.registry import Command, guarded
from bot.turn import Turn
from handlers.relay import take_more
from handlers.roles import REPORTERS
from handlers.start import Reception
from models.category import guess_category

_STORIES = ("text", "files", "location")


def answer_message(turn: Turn, reception: Reception) -> None:
    """Do what the home keyboard says, or a shown button, else answer the open form, else add to one's alarm.

    What is none of these is offered as a report.
    """
    command: Command | None = None
    if turn.incoming.kind == "text":
        command = reception.home_command(turn.incoming.text, turn.actor.role)
    if command:
        guarded(command.act, command.roles)(turn)
    elif not (turn.talks.typed(turn) or turn.talks.answer(turn) or take_more(turn)):
        _offer(turn)


def say_unsaved() -> str:
    """Nothing can be saved just now."""
    return _(
        "⚠️ I cannot save anything right now, nothing is filed yet. In danger, dial 110 first. "
        "What you sent is kept and goes on as soon as it works again."
    )


def say_failed() -> str:
    """This one message could not be dealt with."""
    return _(
        "That did not work, and nothing was filed by it. What you filled in before is kept; "
        "please try again. In danger, dial 110."
    )


def _offer(turn: Turn) -> None:
    """File this as an incident? The category is guessed from the words."""
    if turn.incoming.kind not in _STORIES:
        turn.send(
            _("I cannot use this kind of message. Text, photos, voice, video and files work.")
        )
        return
    if turn.incoming.kind == "text" and not says_something(turn.incoming.text):
        turn.send(
            _("There are no words in this message. Say it in a sentence, or send a photo or voice.")
        )
        return
    if turn.actor.role not in REPORTERS:
        turn.send(_("I did not understand this. /help lists what you can do."))
        return
    # A former offer that still waits takes this in as well: nothing said before is lost.
    params = {"guess": guess_category(turn.incoming.text)}
    turn.talks.begin(turn, "note", params=params, read=True)
