"""Sentences in the reader's language: gettext catalogues read from .po at first use, dates by Babel."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po

LOCALES = ("zh_Hans", "en")
_current: ContextVar[str] = ContextVar("locale", default="zh_Hans")


@cache
def catalogue(locale: str) -> dict[str, tuple[str, ...]]:
    """Every translated msgid of a locale with its plural forms."""
    path = files("locales").joinpath(locale, "LC_MESSAGES", "messages.po")
    with path.open("rb") as source:
        messages = read_po(source, locale=locale)
    found = {}
    for message in messages:
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        msgid = message.id[0] if isinstance(message.id, tuple | list) else message.id
        if msgid and all(forms):
            found[str(msgid)] = tuple(str(form) for form in forms)
    return found


@contextmanager
def use_locale(locale: str) -> Iterator[None]:
    """Speak ``locale`` inside the block."""
    token = _current.set(locale)
    try:
        yield
    finally:
        _current.reset(token)


def current_locale() -> str:
    """The locale being spoken."""
    return _current.get()


def _(msgid: str) -> str:
    """The sentence in the current locale; the English original where there is none."""
    forms = catalogue(_current.get()).get(msgid)
    return forms[0] if forms else msgid


def n_(singular: str, plural: str, number: int) -> str:
    """The sentence with the plural form that ``number`` wants."""
    forms = catalogue(_current.get()).get(singular) or (singular, plural)
    return forms[0] if number == 1 or len(forms) == 1 else forms[1]


def N_(msgid: str) -> str:  # noqa: N802  (gettext's own name for a deferred sentence)
    """Mark a sentence for the catalogue that is translated later."""
    return msgid


def negotiate(language_code: str | None, default: str) -> str:
    """The locale for a Telegram language code such as zh-hant or en-US, else ``default``."""
    language = (language_code or "").lower().partition("-")[0]
    return {"zh": "zh_Hans", "en": "en"}.get(language, default)
