"""Which button of the open question somebody has named in words instead of pressing it."""

from typing import TYPE_CHECKING

from bot.i18n import LOCALES, use_locale
from bot.typed import LONGEST, by_name, pressed

if TYPE_CHECKING:
    from bot.seat import Seat


def named_button(seat: "Seat") -> tuple[str, str] | None:
    """(key, option) of the button whose label was typed, in any language; None where none was."""
    incoming = seat.turn.incoming
    if incoming.kind != "text" or len(incoming.text) > LONGEST:
        return None
    for locale in LOCALES:
        with use_locale(locale):
            data = pressed(incoming.text, by_name(seat.nameable))
        if data:
            key, option = data.split(":", 3)[2:]
            return key, option
    return None
