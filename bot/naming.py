"""Which button of the open question somebody has named in words instead of pressing it."""

from typing import TYPE_CHECKING

from bot.i18n import LOCALES, _, use_locale
from bot.typed import LONGEST, by_name, plain, pressed

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


def names_button(text: str) -> bool:
    """Whether words are nothing but the name of a button that forms have, in any language, shown or not."""
    if len(text) > LONGEST:
        return False
    for locale in LOCALES:
        with use_locale(locale):
            labels = (_("✅ Submit"), _("Back"), _("Skip"), _("Cancel"))
            if plain(text) in map(plain, labels):
                return True
    return False
