"""PTB's dispatch: each update to the one action it names, checked against the role it needs."""

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    CallbackContext,
    CallbackQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.arrivals import Arrivals
from bot.desk import Desk
from bot.i18n import _
from bot.registry import Act, Registry, do_nothing, guarded
from bot.runner import Runner
from bot.turn import Turn
from bot.typed import PRESS
from models.inbox import changes_message

Callback = Callable[[Update, CallbackContext[Any, Any, Any, Any]], Coroutine[Any, Any, None]]


def add_routes(
    application: Application[Any, Any, Any, Any, Any, Any],
    desk: Desk,
    registry: Registry,
    runner: Runner,
) -> None:
    """Register every command, press and message with PTB."""

    def answer(act: Act) -> Callback:
        async def callback(update: Update, _context: CallbackContext[Any, Any, Any, Any]) -> None:
            """Answer one update."""
            await desk.handle(update, act)

        return callback

    def press_form(turn: Turn) -> None:
        """Do what a form's button says; a form is its owner's, and nobody fills it in before others."""
        if turn.incoming.private:
            runner.press(turn)
        else:
            turn.toast(_("Forms are filled in in the private chat with me, not here."))

    application.add_handler(CallbackQueryHandler(answer(press_form), pattern=f"^{PRESS}:"))
    for press in registry.presses:
        act = guarded(press.act, press.roles)
        application.add_handler(CallbackQueryHandler(answer(act), pattern=f"^{press.kind}:"))
    application.add_handler(CallbackQueryHandler(answer(refuse_press)))
    arrivals = Arrivals(registry, runner)
    new = filters.UpdateType.MESSAGE
    application.add_handler(MessageHandler(new, answer(arrivals.take)))
    edited = filters.UpdateType.EDITED_MESSAGE
    application.add_handler(MessageHandler(edited & filters.LOCATION, answer(registry.on_moved)))
    application.add_handler(MessageHandler(edited, answer(refuse_edit)))
    application.add_handler(TypeHandler(Update, answer(do_nothing)))


def refuse_press(turn: Turn) -> None:
    """Answer a button this version does not know."""
    _member = turn.actor
    turn.toast(_("This button is no longer in use. /help lists what you can do."))


def refuse_edit(turn: Turn) -> None:
    """Say that changing a sent message changes nothing here; where nothing changed there is nothing to say."""
    _member = turn.actor
    if not changes_message(turn.conn, turn.incoming.update_id):
        return
    turn.send(
        _(
            "You changed a message; I keep what you sent first. To correct it, send a new message or use the buttons."
        )
    )
