"""A question that takes files and words along with its answer: whatever proves it is sent before the button."""

from dataclasses import dataclass
from typing import Any

from bot.forms import Kind, Partial, Refused, Rows, Unreadable, View, ticks
from bot.i18n import _, n_
from bot.incoming import Incoming
from bot.kinds import check_files

LONGEST = 500
"""Characters of all the words sent along."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """Wraps a kind; the answer is ``{"value": ..., "files": [...], "words": "..."}``.

    With ``words`` false, what is typed is the wrapped kind's answer and only files are taken along.
    """

    kind: Kind
    words: bool = True

    def rows(self, view: View, key: str, page: int) -> Rows:
        """The buttons of the wrapped kind."""
        return self.kind.rows(view, key, page)

    def press(self, option: str, view: View, key: str) -> Any:
        """The answer with what was sent before it."""
        return self._with(self.kind.press(option, view, key), view, key)

    def read(self, incoming: Incoming, view: View, key: str) -> Any:
        """An answer of the wrapped kind, or something to take along: a Partial."""
        sent = self._sent(view, key)
        if incoming.files:
            check_files(incoming, len(sent["files"]))
            told = {**sent, "files": [*sent["files"], *incoming.files]}
            return Partial(_joined(told, incoming.text) if self.words else told)
        try:
            return self._with(self.kind.read(incoming, view, key), view, key)
        except (Refused, Unreadable):
            if not self.words or incoming.kind != "text":
                raise
        return Partial(_joined(sent, incoming.text))

    def show(self, value: Any, view: View) -> str:
        """The answer in a few words, and how much was sent with it."""
        said = self.kind.show(value["value"], view)
        count = len(value["files"]) + bool(value["words"])
        return f"{said} 📎{count}" if count else said

    def _with(self, value: Any, view: View, key: str) -> Any:
        if isinstance(value, Partial):
            return value
        return {"value": value, **self._sent(view, key)}

    @staticmethod
    def _sent(view: View, key: str) -> dict[str, Any]:
        empty = {"files": [], "words": ""}
        return dict(view.held.get(ticks(key)) or empty)


def _joined(sent: dict[str, Any], words: str) -> dict[str, Any]:
    said = "\n".join(filter(None, [sent["words"], words.strip()]))
    if len(said) > LONGEST:
        raise Refused(
            _("At most {most} characters fit here. The first ones are kept.").format(most=LONGEST)
        )
    return {**sent, "words": said}


def sent_line(view: View, key: str) -> str:
    """What has been sent along with the open question so far; empty for nothing."""
    sent = view.held.get(ticks(key))
    if not sent:
        return ""
    count = len(sent["files"]) + bool(sent["words"])
    return n_(
        "📎 {n} taken along; now press the answer.",
        "📎 {n} taken along; now press the answer.",
        count,
    ).format(n=count)
