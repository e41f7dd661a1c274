"""The kinds of question: choice, several, text, story, files, place. Times and numbers are in ``read_kinds``."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.forms import Partial, Refused, Rows, StaleOption, TooMuch, Unreadable, View, ticks
from bot.i18n import _, n_
from bot.incoming import Incoming, is_blank, says_something
from bot.typed import plain

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
        """A typed label counts as its button, also where it stands on another page."""
        typed = plain(incoming.text)
        for code, label in self.options(view):
            if typed and not incoming.files and typed == plain(label(view)):
                return code
        raise Unreadable

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
        raise Unreadable(_("Please tick what fits with the buttons, then press Done."))

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
        if is_blank(text):
            raise Refused(_("There are no words in this message. Please type a few."))
        if len(text) > self.longest:
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
    """Raise TooMuch for a file the Bot API could not fetch, or one too many."""
    if any((file["size"] or 0) > MAX_FILE_MB * 1024 * 1024 for file in incoming.files):
        raise TooMuch(
            _(
                "This file is too big: at most {most} MB. Send a shorter one, or go on without it; "
                "everything so far is kept."
            ).format(most=MAX_FILE_MB)
        )
    if had + len(incoming.files) > MAX_FILES:
        raise TooMuch(
            _("At most {most} files fit here. The first ones are kept.").format(most=MAX_FILES)
        )


def parts_of(told: Mapping[str, Any]) -> list[str]:
    """The pieces of a story, a message each; where it is one piece, they are not stored beside it."""
    text = told.get("text", "")
    return list(told.get("parts", [text])) if text else []


def story(parts: Sequence[str], files: Sequence[Any], place: Any) -> dict[str, Any]:
    """A story made of its pieces."""
    told = {"text": "\n".join(parts), "files": list(files), "place": place}
    return {**told, "parts": list(parts)} if len(parts) > 1 else told


def told_before(view: View, key: str) -> dict[str, Any]:
    """What was told before of a story; one that is written anew keeps the files and the place sent before."""
    told = dict(view.get(key) or view.held.get(key) or {})
    anew = view.editing == key or view.get(key) is None
    return {**told, "files": told.get("files", []), "parts": [] if anew else parts_of(told)}


def _joined(parts: list[str], incoming: Incoming) -> list[str]:
    """The pieces with the words of a message; what was said just before is not said twice."""
    words = incoming.text if says_something(incoming.text) else ""
    if not words and not incoming.files and not incoming.place:
        raise Refused(
            _("There are no words in this message. Say it in a sentence, or send a photo or voice.")
        )
    return parts if not words or parts[-1:] == [words] else [*parts, words]


@dataclass(frozen=True, kw_only=True, slots=True)
class Story(_NoButtons):
    """What happened, in any mix of text, photo, voice, video, document and location; more is appended."""

    def read(self, incoming: Incoming, view: View, key: str) -> dict[str, Any]:
        """The story with this message added to what was told before."""
        old = told_before(view, key)
        files = [*old["files"], *incoming.files]
        check_files(incoming, len(old["files"]))
        if incoming.kind not in ("text", "files", "location"):
            raise Refused(
                _("I cannot use this kind of message. Text, photos, voice, video and files work.")
            )
        parts = _joined(old["parts"], incoming)
        place = list(incoming.place) if incoming.place else old.get("place")
        told = story(parts, files, place)
        if len(told["text"]) > MAX_STORY:
            raise Refused(_("The account is full. What you sent before is kept."))
        return told

    def show(self, value: Any, view: View) -> str:
        """The words."""
        return str(value["text"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Files(_NoButtons):
    """An optional photo, voice or document, or an album of them; sent again it replaces what was sent first."""

    def read(self, incoming: Incoming, view: View, key: str) -> list[dict[str, Any]]:
        """The file."""
        if incoming.kind != "files":
            raise Unreadable(_("Please send a photo or a file, or press Skip."))
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
        """The words, or {"point": [latitude, longitude]}, of a place from the map with its ``name``."""
        if incoming.kind == "location" and incoming.place:
            named = {"name": incoming.text} if incoming.text else {}
            return {"point": list(incoming.place), **named}
        return Text.read(self, incoming, view, key)

    def show(self, value: Any, view: View) -> str:
        """The words, or the coordinates."""
        if isinstance(value, dict):
            if value.get("name"):
                return str(value["name"])
            latitude, longitude = value["point"]
            return f"{latitude:.5f}, {longitude:.5f}"
        return str(value)
