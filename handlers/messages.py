"""A message that is no command: a home button, an answer, or something that happened."""

from collections.abc import Callable

from bot.i18n import _
from bot.registry import Command, guarded
from bot.turn import Turn
from handlers.offer import offer
from handlers.relay import take_from_responder, take_more, take_reply_to_card
from handlers.replying import take_reply
from handlers.start import Reception


def _takers(turn: Turn) -> tuple[Callable[[Turn], bool], ...]:
    """Who may take a message that no home button is named by, in their order."""
    form = (turn.talks.typed, turn.talks.answer)
    return (take_reply, take_reply_to_card, *form, take_more, take_from_responder)


def answer_message(turn: Turn, reception: Reception) -> None:
    """Do what the home keyboard says, or a shown button; else it goes to what it answers, the open form or a case.

    What is none of these is news.
    """
    command: Command | None = None
    if turn.incoming.kind == "text":
        command = reception.home_command(turn.incoming.text, turn.actor.role)
    if command:
        guarded(command.act, command.roles)(turn)
    elif not any(take(turn) for take in _takers(turn)):
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
