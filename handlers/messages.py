"""A message that is no command: a home button, an answer, or something that happened."""

from bot.i18n import _
from bot.registry import Command, guarded
from bot.turn import Turn
from handlers.offer import offer
from handlers.relay import take_more
from handlers.start import Reception


def answer_message(turn: Turn, reception: Reception) -> None:
    """Do what the home keyboard says, else answer the open form, else add to one's alarm, else offer to file it."""
    command: Command | None = None
    if turn.incoming.kind == "text":
        command = reception.home_command(turn.incoming.text, turn.actor.role)
    if command:
        guarded(command.act, command.roles)(turn)
    elif not (turn.talks.answer(turn) or take_more(turn)):
        offer(turn)


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
