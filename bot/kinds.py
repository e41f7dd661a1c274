"""The kinds of question: choice, several, text, story, files, place. Times and numbers are in ``read_kinds``."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.forms import Partial, Refused, Rows, StaleOption, Unreadable, View, ticks
from bot.i18n import _, n_
from bot.incoming import Incoming

Option = tuple[str, Callable[[View], str]]
Options = Callable[[View], Sequence[Option]]
_MORE = "+"
MAX_FILE_MB = 20
MAX_FILES = 20
MAX_STORY = 16_000


def options_of(codes: Iterable[str], name: Callable[[str], str]) -> Options:
    """Options that are always the same, named when they are shown."""
    fixed = tuple((code, _calling(name, code)) for code in codes)
    return lambda _view: fixed


def _calling(name: Callable[[str], str], code: str) -> Callable[[View], str]:
    return lambda _view: name(code)


def options_named(pairs: Iterable[tuple[str, str]]) -> Sequence[Option]:
    """Options with names of their own, the same in every language."""
    return tuple((code, _calling(str, name)) for code, name in pairs)


def in_rows(buttons: Sequence[tuple[str, str]], columns: int) -> Rows:
    """Buttons in rows of ``columns``."""
    return [list(buttons[i : i + columns]) for i in range(0, len(buttons), columns)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One of several options; those after the first ``common`` stand on further pages of ``page_size``."""

    options: Options
    columns: int = 2
    common: int = 100
    page_size: int = 100

    def rows(self, view: View, key: str, page: int) -> Rows:
        """The options of a page, and the way to the next one."""
        options = self.options(view)
        start = 0 if page == 0 else self.common + (page - 1) * self.page_size
        stop = start + (self.common if page == 0 else self.page_size)
        buttons = [(label(view), code) for code, label in options[start:stop]]
        if stop < len(options):
            buttons.append((_("More…"), f"{_MORE}{page + 1}"))
        elif page:
            buttons.append((_("To the first"), f"{_MORE}0"))
        return in_rows(buttons, self.columns)

    def press(self, option: str, view: View, key: str) -> str:
        """The code pressed."""
        if any(code == option for code, _label in self.options(view)):
            return option
        raise StaleOption(option)

    def read(self, incoming: Incoming, view: View, key: str) -> str:
        """A typed label counts as its button."""
        typed = incoming.text.strip().lower()
        for code, label in self.options(view):
            if typed and typed == label(view).lower():
                return code
        if incoming.kind != "text":
            raise Unreadable
        raise Refused(_("Please press one of the buttons. Everything so far is kept."))

    def show(self, value: Any, view: View) -> str:
        """The label of the option."""
        return next(
            (label(view) for code, label in self.options(view) if code == value), str(value)
        )


def page_of(option: str) -> int | None:
    """The page a paging button asks for; None for an answer."""
    number = option.removeprefix(_MORE)
    return int(number) if option.startswith(_MORE) and number.isdecimal() else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Several:
    """Any number of options, ticked one by one and then confirmed; none is an answer as well."""

    options: Options

    def rows(self, view: View, key: str, page: int) -> Rows:
        """Each option with a tick where it is chosen, and the confirmation below."""
        chosen = self._ticked(view, key)
        rows = [
            [(("✓ " if code in chosen else "") + label(view), code)]
            for code, label in self.options(view)
        ]
        done = n_("Done: {n} chosen", "Done: {n} chosen", len(chosen)).format(n=len(chosen))
        return [*rows, [(done if chosen else _("None of these"), "done")]]

    def press(self, option: str, view: View, key: str) -> Any:
        """The list when confirmed; a Partial while ticking."""
        chosen = list(self._ticked(view, key))
        if option == "done":
            return chosen
        codes = [code for code, _label in self.options(view)]
        if option not in codes:
            raise StaleOption(option)
        chosen.remove(option) if option in chosen else chosen.append(option)
        return Partial([code for code in codes if code in chosen])

    @staticmethod
    def _ticked(view: View, key: str) -> list[str]:
        return view.held.get(ticks(key), view.get(key, []))  # type: ignore[no-any-return]

    def read(self, incoming: Incoming, view: View, key: str) -> Any:
        """Nothing typed can answer this."""
        raise Refused(_("Please tick what fits with the buttons, then press Done."))

    def show(self, value: Any, view: View) -> str:
        """The chosen labels."""
        labels = [label(view) for code, label in self.options(view) if code in value]
        return _(", ").join(labels) if labels else _("none")


class _NoButtons:
    def rows(self, view: View, key: str, page: int) -> Rows:
        """No answer buttons."""
        return []

    def press(self, option: str, view: View, key: str) -> Any:
        """Nothing to press."""
        raise StaleOption(option)


@dataclass(frozen=True, kw_only=True, slots=True)
class Text(_NoButtons):
    """A short text of at most ``longest`` characters."""

    longest: int = 60

    def read(self, incoming: Incoming, view: View, key: str) -> str:
        """The text without spaces around it."""
        if incoming.kind != "text":
            raise Refused(_("Please type this in a few words."))
        text = incoming.text.strip()
        if not text or len(text) > self.longest:
            raise Refused(
                _("That is {n} characters, at most {most} fit here. Please put it shorter.").format(
                    n=len(text), most=self.longest
                )
            )
        return text

    def show(self, value: Any, view: View) -> str:
        """The text itself."""
        return str(value)


def check_files(incoming: Incoming, had: int) -> None:
    """Raise Refused for a file the Bot API could not fetch, or one too many."""
    if any((file["size"] or 0) > MAX_FILE_MB * 1024 * 1024 for file in incoming.files):
        raise Refused(
            _(
                "This file is too big: at most {most} MB. Send a shorter one, or go on without it; "
                "everything so far is kept."
            ).format(most=MAX_FILE_MB)
        )
    if had + len(incoming.files) > MAX_FILES:
        raise Refused(
            _("At most {most} files fit here. The first ones are kept.").format(most=MAX_FILES)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Story(_NoButtons):
    """What happened, in any mix of text, photo, voice, video, document and location; more is appended."""

    def read(self, incoming: Incoming, view: View, key: str) -> dict[str, Any]:
        """The story with this message added to what was told before."""
        old = dict(view.get(key) or {})
        if view.editing == key:
            old["text"] = ""  # written anew; the files sent before stay
        files = [*old.get("files", []), *incoming.files]
        check_files(incoming, len(old.get("files", [])))
        if incoming.kind not in ("text", "files", "location"):
            raise Refused(
                _("I cannot use this kind of message. Text, photos, voice, video and files work.")
            )
        words = "\n".join(part for part in (old.get("text", ""), incoming.text) if part)
        if len(words) > MAX_STORY:
            raise Refused(_("The account is full. What you sent before is kept."))
        place = list(incoming.place) if incoming.place else old.get("place")
        return {"text": words, "files": files, "place": place}

    def show(self, value: Any, view: View) -> str:
        """The words."""
        return str(value["text"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Files(_NoButtons):
    """One optional photo, voice or document; sent again it replaces the first."""

    def read(self, incoming: Incoming, view: View, key: str) -> list[dict[str, Any]]:
        """The file."""
        if incoming.kind != "files":
            raise Refused(_("Please send a photo or a file, or press Skip."))
        check_files(incoming, 0)
        return list(incoming.files)

    def show(self, value: Any, view: View) -> str:
        """How many files there are."""
        count = len(value or [])
        return n_("{n} file", "{n} files", count).format(n=count)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place(Text):
    """Where: a few words, or a location sent from the phone."""

    def read(self, incoming: Incoming, view: View, key: str) -> Any:
        """The words, or {"point": [latitude, longitude]}."""
        if incoming.kind == "location" and incoming.place:
            return {"point": list(incoming.place)}
        return Text.read(self, incoming, view, key)

    def show(self, value: Any, view: View) -> str:
        """The words, or the coordinates."""
        if isinstance(value, dict):
            latitude, longitude = value["point"]
            return f"{latitude:.5f}, {longitude:.5f}"
        return str(value)
